package components

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnExistingBucketGetsOneStatementAndNothingElse(t *testing.T) {
	t.Parallel()
	for sentence, given := range map[string]string{"by name": "images", "by ARN": "arn:aws:s3:::images"} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["images"] = bucketAt{region: "ap-southeast-2"}
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Bucket = pulumi.String(given) }))
			assert.Equal(t, map[string]any{
				"bucket": "images", "region": "ap-southeast-2", "distributionArn": distributionARN,
			}, c.resource("cdn-read").inputs.Mappable())
			assert.Equal(t, "images.s3.ap-southeast-2.amazonaws.com", c.resource("cdn-distribution").input("origins[0].domainName"))
			assert.Len(t, c.callsOf(getBucketToken), 1)
		})
	}
}

func TestANewBucketIsPrivateAndTakesTlsOnly(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(with(one(), newBucket))
	expectInputs(t, c.resource("cdn-origin-bucket"), map[string]any{
		"bucket": "new-images", "forceDestroy": nil, "tags": map[string]any{bucketTag: "made by imagecdn"},
	})
	expectInputs(t, c.resource("cdn-origin-ownership"), map[string]any{
		"bucket": "new-images", "rule.objectOwnership": "BucketOwnerEnforced",
	})
	assert.Equal(t, map[string]any{
		"bucket": "new-images", "blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": true, "restrictPublicBuckets": true,
	}, c.resource("cdn-origin-private").inputs.Mappable())
	assert.Equal(t, map[string]any{"bucket": "new-images", "region": "eu-central-1", "kind": TlsOnly},
		c.resource("cdn-origin-tls").inputs.Mappable())
	assert.Equal(t, map[string]any{"bucket": "new-images", "region": "eu-central-1", "distributionArn": distributionARN},
		c.resource("cdn-read").inputs.Mappable())
	assert.Equal(t, "new-images.s3.eu-central-1.amazonaws.com", c.resource("cdn-distribution").input("origins[0].domainName"))
}

func TestANewBucketOutlivesTheStackUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		given *bool
		want  bool
	}{
		"by default": {nil, true}, "when told": {new(true), true}, "not when told otherwise": {new(false), false},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { newBucket(a); a.Origin.RetainBucket = test.given }))
			for _, part := range []string{"bucket", "ownership", "private", "tls"} {
				assert.Equal(t, test.want, c.resource("cdn-origin-"+part).request.GetRetainOnDelete(), part)
			}
			assert.False(t, c.resource("cdn-read").request.GetRetainOnDelete(), "the grant goes with the distribution")
			assert.False(t, c.resource("cdn-origin-oac").request.GetRetainOnDelete())
		})
	}
}

func TestABucketThatIsThereIsMadeByNobody(t *testing.T) {
	t.Parallel()
	ours := map[string]any{bucketTag: "made by imagecdn"}
	for sentence, test := range map[string]struct {
		bucket         bucketAt
		field, problem string
	}{
		"it is somebody else's in this account": {bucketAt{region: "eu-central-1"}, "origin.createBucket", "was not made by this component"},
		"it is another account's": {
			bucketAt{status: "forbidden", region: "eu-central-1"}, "bucket", "another account has a bucket of that name",
		},
		"it was made in another home region": {
			bucketAt{region: "eu-west-1", tags: ours}, "bucket", "it was made in eu-west-1, and a bucket cannot move to eu-central-1",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["new-images"] = test.bucket
			fault := c.oneFault(with(one(), newBucket))
			assert.Equal(t, test.field, fault.Field)
			assert.Contains(t, fault.Problem, test.problem)
		})
	}
}

func TestABucketOfOursIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	for sentence, value := range map[string]string{"as it was made": "made by imagecdn", "with a tag that a user has changed": ""} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["new-images"] = bucketAt{region: "eu-central-1", tags: map[string]any{bucketTag: value}}
			c.mustUp(with(one(), newBucket))
			assert.Equal(t, "new-images", c.resource("cdn-origin-bucket").request.GetImportId())
			assert.Empty(t, c.resource("cdn-origin-private").request.GetImportId())
		})
	}
	c := newCloud(t)
	c.mustUp(with(one(), newBucket))
	assert.Empty(t, c.resource("cdn-origin-bucket").request.GetImportId(), "one that is not there is made")
}

func TestABucketThatWasMadeIsNotRenamed(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.made = "old-images"
	err := c.up(with(one(), newBucket))
	require.ErrorContains(t, err, "the stack has made bucket old-images, and a bucket cannot be renamed")
	assert.Contains(t, c.resource("cdn-origin-bucket").request.GetIgnoreChanges(), "bucket", "it is not replaced by an empty one")
	assert.NotContains(t, c.names(), "imagecdn:index:BucketPolicyStatement cdn-read")
	assert.NotContains(t, c.names(), "aws:cloudfront/distribution:Distribution cdn-distribution")
}

func TestABucketThatCannotBeUsedIsReported(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		bucket  bucketAt
		problem string
	}{
		"it is another account's": {bucketAt{status: "forbidden", message: "AccessDenied"}, "may not look at it: AccessDenied"},
		"it is not there":         {bucketAt{status: "missing"}, "no bucket of that name"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.buckets["images"] = test.bucket
			fault := c.oneFault(one())
			assert.Equal(t, "bucket", fault.Field)
			assert.Contains(t, fault.Problem, test.problem)
		})
	}
}

func TestABucketNeedNotBeLookedUp(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.buckets = nil
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Origin.DomainName = pulumi.String("images.s3.eu-west-3.amazonaws.com") }))
	assert.Empty(t, c.callsOf(getBucketToken))
	assert.Equal(t, "images.s3.eu-west-3.amazonaws.com", c.resource("cdn-distribution").input("origins[0].domainName"))
	assert.Equal(t, map[string]any{"bucket": "images", "region": "", "distributionArn": distributionARN},
		c.resource("cdn-read").inputs.Mappable(), "the plugin finds the region")
}

func TestABucketOfTheSameProgramIsUsedOnceItIsThere(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview = preview
		require.NoError(t, c.run(func(ctx *pulumi.Context) error {
			home, err := homeProvider(ctx)
			if err != nil {
				return err
			}
			photos, err := s3.NewBucketV2(ctx, "photos", &s3.BucketV2Args{Bucket: pulumi.String("photos")}, pulumi.Provider(home))
			if err != nil {
				return err
			}
			args := with(one(), func(a *ImageCdnArgs) { a.Bucket = photos.ID().ToStringOutput() })
			_, err = NewImageCdn(ctx, "cdn", &args)
			return err
		}))
		want := append(slices.Concat(whole, wholeAlways), "aws:s3/bucketV2:BucketV2 photos")
		assert.ElementsMatch(t, want, c.names(), "preview: %v", preview)
		if preview {
			assert.True(t, c.resource("cdn-read").inputs["bucket"].IsComputed())
			assert.Empty(t, c.callsOf(getBucketToken))
			continue
		}
		assert.Equal(t, "photos", c.resource("cdn-read").input("bucket"))
		assert.Equal(t, "photos.s3.eu-west-1.amazonaws.com", c.resource("cdn-distribution").input("origins[0].domainName"))
	}
}

func TestABucketWhoseNameIsKnownBeforeItIsMadeIsNoFaultInThePreview(t *testing.T) {
	t.Parallel()
	later := with(one(), func(a *ImageCdnArgs) { a.Bucket = pulumi.String("arn:aws:s3:::photos").ToStringOutput() })
	c := newCloud(t)
	c.preview = true
	c.mustUp(later)
	assert.Equal(t, "photos", c.resource("cdn-read").input("bucket"))

	c = newCloud(t)
	require.ErrorContains(t, c.up(later), `bucket "photos" is missing: NoSuchBucket`)
	assert.NotContains(t, c.names(), "aws:cloudfront/distribution:Distribution cdn-distribution")

	c = newCloud(t)
	fault := c.oneFault(with(later, func(a *ImageCdnArgs) { a.Origin.CreateBucket = true }))
	assert.Equal(t, "origin.createBucket", fault.Field)
	assert.Contains(t, fault.Problem, "another resource's output")
}

func TestTheStatementThatSomebodyElseWritesIsAnOutput(t *testing.T) {
	t.Parallel()
	for _, grant := range []string{None, Managed} {
		c := newCloud(t)
		statement := c.output(with(one(), func(a *ImageCdnArgs) { a.Origin.Grant = grant }),
			func(cdn *ImageCdn) pulumi.Output { return cdn.GrantStatement })
		require.IsType(t, "", statement)
		assert.JSONEq(t, `{
			"Sid": "ImageCdnRead", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
			"Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*",
			"Condition": {"StringEquals": {"AWS:SourceArn": "`+distributionARN+`"}}
		}`, statement.(string))
	}
}

func TestCloudFrontSignsEveryRequestToTheBucket(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(one())
	expectInputs(t, c.resource("cdn-origin-oac"), map[string]any{
		"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4",
		"description": "Signs CloudFront's requests to the bucket " + theMark,
	})
}

func TestABucketOriginIsUsefulAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	got, err := c.valueOf(func(ctx *pulumi.Context) (pulumi.Output, error) {
		origin, err := NewBucketOrigin(ctx, "photos", &BucketOriginArgs{Bucket: pulumi.String("images")})
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"first", "second"} {
			if _, err := NewBucketPolicyStatement(ctx, name, &BucketPolicyStatementArgs{
				Bucket: origin.BucketName, DistributionArn: pulumi.String(distributionARN + name),
			}); err != nil {
				return nil, err
			}
		}
		return pulumi.All(origin.BucketName, origin.BucketArn, origin.BucketRegion, origin.DomainName, origin.OriginAccessControlId), nil
	})
	require.NoError(t, err)
	assert.Equal(t, []any{"images", "arn:aws:s3:::images", "eu-central-1", "images.s3.eu-central-1.amazonaws.com", "photos-oac-id"}, got)
	assert.Equal(t, []string{
		"aws:cloudfront/originAccessControl:OriginAccessControl photos-oac",
		"imagecdn:index:BucketOrigin photos",
		"imagecdn:index:BucketPolicyStatement first",
		"imagecdn:index:BucketPolicyStatement second",
		"imagecdn:index:Leftovers photos-mark",
	}, c.names())
}

func TestBucketNamesAreThoseOfS3(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"abc", "images", "my.images-2", "0-9", "a2345678901234567890123456789012345678901234567890123456789012b"} {
		assert.Empty(t, bucketNameProblem(name), name)
	}
	for _, name := range []string{
		"", "ab", "Images", "my_images", "-images", "images-", ".images", "images.", "my..images", "192.168.0.1", "xn--images", "sthree-images",
		"images-s3alias", "images--ol-s3", "images.mrap", "images--x-s3", "s3://images", "arn:aws:s3:::images",
		"https://images.s3.amazonaws.com", "images/folder", "a23456789012345678901234567890123456789012345678901234567890123b",
	} {
		assert.NotEmpty(t, bucketNameProblem(name), name)
	}
}

func TestAStatementOfItsOwnIsCheckedBeforehand(t *testing.T) {
	t.Parallel()
	bucket, arn := pulumi.String("images"), pulumi.String(distributionARN)
	for field, args := range map[string]BucketPolicyStatementArgs{
		"bucket":          {Bucket: pulumi.String(""), DistributionArn: arn},
		"kind":            {Bucket: bucket, Kind: "write"},
		"distributionArn": {Bucket: bucket, Kind: TlsOnly, DistributionArn: arn},
	} {
		c := newCloud(t)
		faults := c.faultsOf(c.run(func(ctx *pulumi.Context) error {
			_, err := NewBucketPolicyStatement(ctx, "statement", &args)
			return err
		}))
		require.Len(t, faults, 1)
		assert.Equal(t, field, faults[0].Field)
	}
}

func TestAStatementOfItsOwnIsOfWhoeverOwnsTheBucket(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		_, err := NewBucketPolicyStatement(ctx, "tls", &BucketPolicyStatementArgs{
			Bucket: later("images"), Kind: TlsOnly, Identities: IdentitiesArgs{Bucket: IdentityArgs{Profile: "media"}},
		})
		return err
	}))
	assert.Equal(t, []string{c.plugin().kind + " " + c.plugin().name}, c.providers(), "no AWS provider is needed")
	assert.Equal(t, "media", c.plugin().input("bucket.profile"))
	assert.Equal(t, c.plugin().name, providerName(c.resource("tls").provider))
}
