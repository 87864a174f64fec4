package localaws_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	_ "image/jpeg" // what the seed draws
	_ "image/png"  // likewise
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/seed"
)

// regions are where buckets are seeded.
var regions = []string{home, usEast1}

// contents is all that the seed makes, as clients see it.
type contents struct {
	records []string
	objects map[string]string // key to digest
	policy  string
}

// object is what is in the bucket under a key.
func (w world) object(region, key string) []byte {
	w.t.Helper()
	got, err := w.s3(region).GetObject(w.t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
	require.NoError(w.t, err)
	body, err := io.ReadAll(got.Body)
	require.NoError(w.t, err)
	return body
}

func (w world) contents(region string) contents {
	w.t.Helper()
	found := contents{objects: map[string]string{}}
	records, err := w.route53().ListResourceRecordSets(w.t.Context(), &route53.ListResourceRecordSetsInput{HostedZoneId: w.zoneID()})
	require.NoError(w.t, err)
	for _, set := range records.ResourceRecordSets {
		if set.Type != route53types.RRTypeNs && set.Type != route53types.RRTypeSoa {
			found.records = append(found.records, *set.Name+" "+string(set.Type)+" "+*set.ResourceRecords[0].Value)
		}
	}
	client := w.s3(region)
	listed, err := client.ListObjectsV2(w.t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	require.NoError(w.t, err)
	for _, object := range listed.Contents {
		found.objects[*object.Key] = fmt.Sprintf("%x", sha256.Sum256(w.object(region, *object.Key)))
	}
	policy, err := client.GetBucketPolicy(w.t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	require.NoError(w.t, err)
	found.policy = *policy.Policy
	return found
}

func TestTheSeedIsATeamsZoneAndBucketOfRealImages(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	got := w.contents(home)
	assert.Equal(t, []string{"www.example.com. A 192.0.2.10"}, got.records)
	assert.JSONEq(t, seed.Policy(bucket), got.policy)
	images, err := seed.Images()
	require.NoError(t, err)
	require.Len(t, got.objects, len(images))
	for _, want := range images {
		_, format, err := image.Decode(bytes.NewReader(w.object(home, want.Key)))
		require.NoError(t, err, want.Key)
		assert.Equal(t, "image/"+format, want.ContentType)
	}
	again, err := seed.Images()
	require.NoError(t, err)
	assert.Equal(t, images, again, "the images are the same at every call")
}

func TestSeedingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	for _, region := range regions {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			w := start(t, "")
			w.fill(region)
			before := w.contents(region)
			w.fill(region)
			assert.Equal(t, before, w.contents(region))
		})
	}
}

func TestSeedingAgainLeavesWhatWasChangedAlone(t *testing.T) {
	t.Parallel()
	for _, region := range regions {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			w := start(t, "")
			w.fill(region)
			w.change(route53types.ChangeActionUpsert, "www.example.com.", route53types.RRTypeA, "192.0.2.99")
			client := w.s3(region)
			_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: aws.String(bucket), Key: aws.String("myimage.jpg"), Body: strings.NewReader("another"),
			})
			require.NoError(t, err)
			_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String("logos/logo.png")})
			require.NoError(t, err)
			policy := strings.Replace(seed.Policy(bucket), "team-policy", "another-policy", 1)
			_, err = client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: &policy})
			require.NoError(t, err)

			before := w.contents(region)
			w.fill(region)
			assert.Equal(t, before, w.contents(region))
			assert.Equal(t, "another", string(w.object(region, "myimage.jpg")))
		})
	}
}

func TestWhatCannotBeSeededIsNamed(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	options := seed.Options{Endpoint: w.APIURL(), Region: home, Zone: "not a name..", Bucket: bucket}
	require.ErrorContains(t, seed.Fill(t.Context(), options), "filling hosted zone not a name..")
	options.Zone, options.Bucket = zone, "Not_A_Bucket"
	require.ErrorContains(t, seed.Fill(t.Context(), options), "filling bucket Not_A_Bucket")
}
