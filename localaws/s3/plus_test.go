package s3_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPlusInAPathIsASpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a b.jpg", "a space")
	w.put(t, "a+b.jpg", "a plus")
	assert.Equal(t, "a plus", w.get(t, "a+b.jpg"), "the SDK writes %2B")
	for path, want := range map[string]string{
		"/pictures/a+b.jpg": "a space", "/pictures/a%20b.jpg": "a space", "/pictures/a%2Bb.jpg": "a plus", "/pictures/a%2bb.jpg": "a plus",
	} {
		assert.Equal(t, want, read(t, w.send(t, http.MethodGet, path, "", nil).Body), path)
	}
	virtual := w.send(t, http.MethodGet, "/a+b.jpg", "", map[string]string{"Host": "pictures.s3.us-east-1.amazonaws.com"})
	assert.Equal(t, "a space", read(t, virtual.Body), "virtual-hosted style")
	list := w.send(t, http.MethodGet, "/pictures?list-type=2&prefix=a+b", "", nil)
	assert.Contains(t, read(t, list.Body), "<Key>a b.jpg</Key>", "a key in the query")
	status := w.send(t, http.MethodPut, "/pictures/c+d", "x", nil).StatusCode
	require.Equal(t, http.StatusOK, status)
	assert.Equal(t, "x", w.get(t, "c d"))
}

func TestAPlusInACopySourceIsASpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a b", "a space")
	w.put(t, "a+b", "a plus")
	for source, want := range map[string]string{"pictures/a+b": "a space", "pictures/a%20b": "a space", "pictures/a%2Bb": "a plus"} {
		_, err := w.client.CopyObject(t.Context(), &sdk.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String(source)})
		require.NoError(t, err)
		assert.Equal(t, want, w.get(t, "copy"), source)
	}
}
