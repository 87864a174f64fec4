package engine

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/seed"
)

// pollInterval is between two looks at something that changes by itself.
const pollInterval = 100 * time.Millisecond

// viewerInterval is that of a viewer who asks all the time, ten times a second.
const viewerInterval = 100 * time.Millisecond

// askingViewer asks all the time.
type askingViewer struct{ stop func() []int }

// askAllTheTime asks the edge ten times a second, until stop, which returns the distinct
// statuses of the answers; 0 is no answer.
func (w *world) askAllTheTime(host string, path func(i int) string) askingViewer {
	w.t.Helper()
	w.awaitName(host)
	done, statuses := make(chan struct{}), make(chan map[int]int, 1)
	client := w.viewer()
	client.Transport.(*http.Transport).DisableKeepAlives = true // each request asks DNS anew
	go func() {
		seen := map[int]int{}
		ticker := time.NewTicker(viewerInterval)
		defer ticker.Stop()
		for i := 0; ; i++ {
			select {
			case <-done:
				statuses <- seen
				return
			case <-ticker.C:
			}
			response, err := client.Get("https://" + host + path(i))
			if err != nil {
				w.t.Log(time.Now().Format(time.TimeOnly), err)
				seen[0]++
				continue
			}
			_ = response.Body.Close()
			seen[response.StatusCode]++
		}
	}()
	return askingViewer{stop: func() []int {
		close(done)
		seen := <-statuses
		w.t.Logf("a viewer who asked all the time was answered: %v", seen)
		return slices.Sorted(maps.Keys(seen))
	}}
}

// The edge goes on with the old bucket for as long as the change takes to reach it, and
// may read both until then.
func TestNoRequestIsRefusedWhileTheBucketOfALiveCdnIsExchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const other = "other-images"
	require.NoError(t, seed.Fill(t.Context(), seed.Options{Endpoint: w.aws.APIURL(), Region: homeRegion, Zone: zoneName, Bucket: other}))
	w.setDeploy(5 * time.Second)
	before := w.inventory()
	spec := w.spec("exchange")
	spec.Config.Protection.WebAcl = "none"
	_, err := w.cdn(spec).Up(within(t))
	require.NoError(t, err)

	const pictures = 200
	for i := range pictures {
		w.put(bucketName, picture(i))
		w.put(other, picture(i))
	}
	client := w.askAllTheTime("cdn."+zoneName, func(i int) string { return "/" + picture(i%pictures) })
	for _, bucket := range []string{other, bucketName} {
		wait := bucket == other

		spec.Config.Bucket, spec.Config.Operation.WaitForDeployment = pulumi.String(bucket), &wait
		planned, err := w.cdn(spec).Preview(within(t))
		require.NoError(t, err)
		done, err := w.cdn(spec).Up(within(t))
		require.NoError(t, err)
		assert.Equal(t, planned.Changes, done.Changes)
	}
	assert.Equal(t, []int{http.StatusOK}, client.stop())
	_, err = w.cdn(spec).Destroy(within(t))
	require.NoError(t, err)
	before.Objects = w.inventory().Objects
	assert.Equal(t, before, w.inventory())
}

func (w *world) setDeploy(took time.Duration) {
	w.aws.Front().Lock()
	defer w.aws.Front().Unlock()
	w.aws.Delays().Deploy = took
}

func picture(i int) string { return fmt.Sprintf("p%04d.png", i) }

// put puts an object that no cache keeps.
func (w *world) put(bucket, key string) {
	w.t.Helper()
	_, err := w.s3().PutObject(w.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader([]byte("a picture")),
		ContentType: aws.String("image/png"), CacheControl: aws.String("max-age=0"),
	})
	require.NoError(w.t, err)
}
