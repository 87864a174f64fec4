package components

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/internal/golden"
)

func TestTheOriginShieldIsTheOneNearestToTheBucket(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		change func(*ImageCdnArgs)
		region string // of the bucket
		shield any
	}{
		"none by default":               {unchanged, "eu-central-1", nil},
		"none where it is said":         {func(a *ImageCdnArgs) { a.Origin.Shield = None }, "eu-central-1", nil},
		"the region that was given":     {func(a *ImageCdnArgs) { a.Origin.Shield = "us-east-2" }, "eu-central-1", "us-east-2"},
		"the bucket's where it has one": {func(a *ImageCdnArgs) { a.Origin.Shield = Auto }, "ap-south-1", "ap-south-1"},
		"the nearest where it has none": {func(a *ImageCdnArgs) { a.Origin.Shield = Auto }, "eu-north-1", "eu-west-2"},
		"by the domain name of the origin": {func(a *ImageCdnArgs) {
			a.Origin = OriginArgs{Shield: Auto, DomainName: pulumi.String("images.s3.us-west-1.amazonaws.com")}
		}, "eu-central-1", "us-west-2"},
		"the home region's of a new bucket": {func(a *ImageCdnArgs) { newBucket(a); a.Origin.Shield = Auto }, "", "eu-central-1"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			for _, preview := range []bool{false, true} {
				c := newCloud(t)
				c.preview = preview
				c.buckets["images"] = bucketAt{region: test.region}
				c.mustUp(with(one(), test.change))
				if preview && test.region == "" { // a bucket that is not there yet
					continue
				}
				made := c.resource("cdn-distribution")
				assert.Equal(t, test.shield, made.input("origins[0].originShield.originShieldRegion"), "preview: %t", preview)
				if test.shield != nil {
					assert.Equal(t, true, made.input("origins[0].originShield.enabled"))
				}
			}
		})
	}
}

func TestABucketOfTheSameProgramWithoutANearShieldStopsTheUp(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets["later"] = bucketAt{region: "il-central-1"}
	err := c.up(with(one(), func(a *ImageCdnArgs) {
		a.Bucket = pulumi.String("later").ToStringOutput()
		a.Origin.Shield = Auto
	}))
	require.ErrorContains(t, err, "AWS names no Origin Shield for a bucket in il-central-1")
	assert.NotContains(t, c.names(), "aws:cloudfront/distribution:Distribution cdn-distribution")
}

func TestABucketAloneHasNoOriginShield(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	err := c.run(func(ctx *pulumi.Context) error {
		_, err := NewBucketOrigin(ctx, "photos", &BucketOriginArgs{Bucket: pulumi.String("images"), Origin: OriginArgs{Shield: Auto}})
		return err
	})
	require.ErrorContains(t, err, "a bucket alone has no Origin Shield")
}

func TestTheDocumentationHasTheNearestOriginShields(t *testing.T) {
	t.Parallel()
	rows := []string{"| bucket in | shield in |", "|---|---|", "| " + shieldRegions() + " | the same region |"}
	for _, region := range slices.Sorted(maps.Keys(nearestShields)) {
		if !hasShield(region) {
			rows = append(rows, fmt.Sprintf("| %s | %s |", region, nearestShields[region]))
		}
	}
	golden.Table(t, "../docs/origins.md", "shields", rows)
}
