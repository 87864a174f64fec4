package s3_test

import (
	"crypto/md5"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// part reads one part of an object.
func (w *world) part(t *testing.T, key, number string, header map[string]string) (answer *http.Response, body string) {
	t.Helper()
	answer = w.send(t, http.MethodGet, "/pictures/"+key+"?partNumber="+number, "", header)
	return answer, read(t, answer.Body)
}

func TestAPartOfAnObjectIsReadByItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.begin(t, nil)
	first := strings.Repeat("a", 5*mebibyte)
	u.part(2, first)
	u.part(7, "the rest")
	_, err := u.complete(nil)
	require.NoError(t, err)

	answer, body := w.part(t, "large", "2", nil)
	assert.Equal(t, http.StatusPartialContent, answer.StatusCode)
	assert.Equal(t, "the rest", body, "numbers count what was joined, from 1 on")
	assert.Equal(t, "bytes 5242880-5242887/5242888", answer.Header.Get("Content-Range"))
	assert.Equal(t, "2", answer.Header.Get("X-Amz-Mp-Parts-Count"))
	_, body = w.part(t, "large", "1", nil)
	assert.Equal(t, first, body)

	looked, err := w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("large"), PartNumber: aws.Int32(2)})
	require.NoError(t, err)
	assert.EqualValues(t, 8, *looked.ContentLength)
	assert.EqualValues(t, 2, *looked.PartsCount)

	plain := w.send(t, http.MethodGet, "/pictures/large", "", nil)
	assert.Equal(t, http.StatusOK, plain.StatusCode)
	assert.Empty(t, plain.Header.Get("X-Amz-Mp-Parts-Count"))
}

func TestAnObjectInOnePieceHasOnePart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	w.put(t, "empty", "")
	answer, body := w.part(t, "a", "1", nil)
	assert.Equal(t, http.StatusPartialContent, answer.StatusCode)
	assert.Equal(t, "hello", body)
	assert.Empty(t, answer.Header.Get("X-Amz-Mp-Parts-Count"))
	answer, body = w.part(t, "empty", "1", nil)
	assert.Equal(t, http.StatusOK, answer.StatusCode, "there is no range of nothing")
	assert.Empty(t, body)
}

func TestAPartThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	for _, c := range []struct {
		number string
		header map[string]string
		status int
		code   string
	}{
		{"2", nil, http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber"},
		{"0", nil, http.StatusBadRequest, "InvalidArgument"},
		{"10001", nil, http.StatusBadRequest, "InvalidArgument"},
		{"one", nil, http.StatusBadRequest, "InvalidArgument"},
		{"1", map[string]string{"Range": "bytes=0-1"}, http.StatusBadRequest, "InvalidRequest"},
	} {
		answer, body := w.part(t, "a", c.number, c.header)
		assert.Equal(t, c.status, answer.StatusCode, c)
		assert.Contains(t, body, "<Code>"+c.code+"</Code>", c)
	}
}

func TestACopyOfAnObjectInPartsIsInOnePiece(t *testing.T) {
	t.Parallel()
	w := startWorld(t, t.TempDir(), t.TempDir())
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	u := w.begin(t, nil)
	body := strings.Repeat("a", 5*mebibyte)
	u.part(1, body)
	u.part(2, "the rest")
	_, err = u.complete(nil)
	require.NoError(t, err)
	_, err = w.client.CopyObject(t.Context(), &sdk.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String("pictures/large")})
	require.NoError(t, err)
	copied, err := w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("copy"), ChecksumMode: types.ChecksumModeEnabled})
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf(`"%x"`, md5.Sum([]byte(body+"the rest"))), *copied.ETag)
	assert.Equal(t, types.ChecksumTypeFullObject, copied.ChecksumType)
	assert.Equal(t, body+"the rest", w.get(t, "copy"))
}
