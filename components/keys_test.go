package components

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	theKey     = "arn:aws:kms:eu-central-1:123456789012:key/k"
	anotherKey = "arn:aws:kms:eu-central-1:123456789012:key/other"
)

// encrypted is a bucket whose default encryption names a customer's key.
var encrypted = bucketAt{region: "eu-central-1", encryption: "aws:kms", key: theKey}

func cloudWithKey(t *testing.T) *cloud {
	t.Helper()
	c := newCloud(t)
	c.buckets["images"] = encrypted
	return c
}

// grantedBefore is the state of a CDN that had a statement in the policies of keys, found at
// a bucket.
func grantedBefore(bucket string, keys ...string) []any {
	var state []any
	for _, key := range keys {
		granted := inState(KeyPolicyStatementToken, map[string]any{"keyArn": key, "bucket": bucket, "distributionArn": distributionARN})
		granted["name"] = decryptName("cdn", key)
		state = append(state, granted)
	}
	return state
}

// keyGrants are the keys of the statements that were registered, by their names.
func (c *cloud) keyGrants() map[string]any {
	found := map[string]any{}
	for _, r := range c.registered {
		if r.kind == KeyPolicyStatementToken {
			found[r.name] = r.input("keyArn")
		}
	}
	return found
}

func TestTheKeyOfTheDefaultEncryptionIsGrantedBeforeTheDomainsPointAtTheDistribution(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := cloudWithKey(t)
		c.preview = preview
		c.mustUp(one())
		assert.Equal(t, map[string]any{"cdn-decrypt-eu-central-1-k": theKey}, c.keyGrants(), "preview %t", preview)
		granted := c.resource("cdn-decrypt-eu-central-1-k")
		assert.Contains(t, granted.provider, "::pulumi:providers:imagecdn::")
		if !preview {
			assert.Equal(t, distributionARN, granted.input("distributionArn"))
		}
		assert.Contains(t, strings.Join(c.resource("cdn-alias-cdn.example.com-a").request.GetDependencies(), " "), "::cdn-decrypt-eu-central-1-k")
		assert.Len(t, c.callsOf(getKeyToken), 1)
	}
}

func TestWithoutAKeyKMSIsNotAsked(t *testing.T) {
	t.Parallel()
	for sentence, bucket := range map[string]bucketAt{
		"SSE-S3": {region: "eu-central-1", encryption: "AES256"}, "what may not be read": {region: "eu-central-1"},
	} {
		c := newCloud(t)
		c.buckets["images"] = bucket
		assert.Empty(t, c.output(one(), func(cdn *ImageCdn) pulumi.Output { return cdn.KeyGrantStatement }), sentence)
		assert.Empty(t, c.keyGrants(), sentence)
		assert.Empty(t, c.callsOf(getKeyToken), sentence)
	}
}

func TestAnAliasInTheDefaultEncryptionIsTheKeyBehindIt(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	c.buckets["images"] = bucketAt{region: "eu-central-1", encryption: "aws:kms", key: "alias/pictures"}
	c.keys = map[string]map[string]any{"alias/pictures": {"arn": theKey}}
	c.mustUp(one())
	assert.Equal(t, map[string]any{"cdn-decrypt-eu-central-1-k": theKey}, c.keyGrants())
	assert.Equal(t, "eu-central-1", text(c.callsOf(getKeyToken)[0].Args["region"]))
}

// A replica has objects under keys of its own region: those of several regions may have one id.
func TestTheKeyOfAReplicaIsGrantedToo(t *testing.T) {
	t.Parallel()
	inIreland := strings.Replace(theKey, "eu-central-1", "eu-west-1", 1)
	for _, preview := range []bool{false, true} {
		c := cloudWithKey(t)
		c.preview = preview
		c.buckets["replica"] = bucketAt{region: "eu-west-1", encryption: "aws:kms", key: inIreland}
		c.state = grantedBefore("replica", strings.Replace(anotherKey, "eu-central-1", "eu-west-1", 1))
		args := with(one(), failover(FailoverArgs{Bucket: pulumi.String("replica")}))
		c.mustUp(args)
		assert.Equal(t, map[string]any{
			"cdn-decrypt-eu-central-1-k": theKey, "cdn-decrypt-eu-west-1-k": inIreland,
			"cdn-decrypt-eu-west-1-other": strings.Replace(anotherKey, "eu-central-1", "eu-west-1", 1),
		}, c.keyGrants())
		assert.Equal(t, "images", c.resource("cdn-decrypt-eu-central-1-k").input("bucket"))
		assert.Equal(t, "replica", c.resource("cdn-decrypt-eu-west-1-k").input("bucket"))

		c = newCloud(t)
		c.buckets["replica"] = bucketAt{region: "eu-west-1", encryption: "aws:kms", key: inIreland}
		c.keys = map[string]map[string]any{inIreland: {"state": "Disabled"}}
		assert.Equal(t, "origin.failover.bucket", c.oneFault(args).Field)
	}
}

func TestTheKeysOfTheBucketsOfMountsAreGrantedToo(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	c.buckets["people"] = bucketAt{region: "eu-central-1", encryption: "aws:kms", key: anotherKey}
	c.mustUp(with(one(), mounted(
		MountArgs{Path: "/a/*", Bucket: pulumi.String("people")}, MountArgs{Path: "/b/*", Bucket: pulumi.String("people")}, MountArgs{Path: "/c/*", StripPath: true},
	)))
	assert.Equal(t, map[string]any{"cdn-decrypt-eu-central-1-k": theKey, "cdn-decrypt-eu-central-1-other": anotherKey}, c.keyGrants())
	assert.Len(t, c.callsOf(getKeyToken), 2, "each key is looked up once")
}

func TestKeysThatAreGivenAreThoseThatAreGranted(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview, c.state = preview, grantedBefore("images", theKey)
		c.mustUp(with(one(), func(a *ImageCdnArgs) {
			a.Origin.KeyArns = []pulumi.StringInput{pulumi.String(anotherKey), later(theKey), pulumi.String(anotherKey)}
		}))
		assert.Equal(t, map[string]any{"cdn-decrypt-eu-central-1-other": anotherKey, "cdn-decrypt-1": theKey}, c.keyGrants(), "one of the same program, too")
	}
}

// Objects stay under the key that they were written with.
func TestTheGrantOnTheKeyBeforeStaysWhileTheBucketIsServed(t *testing.T) {
	t.Parallel()
	both := map[string]any{"cdn-decrypt-eu-central-1-k": theKey, "cdn-decrypt-eu-central-1-other": anotherKey}
	for sentence, test := range map[string]struct {
		state  []any
		bucket bucketAt
		change func(*ImageCdnArgs)
		want   map[string]any
	}{
		"where the default encryption has another key": {grantedBefore("images", anotherKey), encrypted, unchanged, both},
		"where it has none any more": {
			grantedBefore("images", theKey, anotherKey), bucketAt{region: "eu-central-1", encryption: "AES256"}, unchanged, both,
		},
		"where the bucket is not looked up any more": {
			grantedBefore("images", theKey, anotherKey), encrypted,
			func(a *ImageCdnArgs) { a.Origin.DomainName = pulumi.String("images.s3.eu-central-1.amazonaws.com") }, both,
		},
		"where its name is another resource's output now": {
			grantedBefore("images", theKey), encrypted, func(a *ImageCdnArgs) { a.Bucket = later("images") }, map[string]any{"cdn-decrypt-eu-central-1-k": theKey},
		},
		"but not where another bucket is served": {grantedBefore("pictures", anotherKey), encrypted, unchanged, map[string]any{"cdn-decrypt-eu-central-1-k": theKey}},
	} {
		for _, preview := range []bool{false, true} {
			c := newCloud(t)
			c.preview, c.state, c.buckets["images"] = preview, test.state, test.bucket
			c.mustUp(with(one(), test.change))
			assert.Equal(t, test.want, c.keyGrants(), "%s, preview %t", sentence, preview)
		}
	}
}

func TestAKeyOfEarlierImagesThatIsGoneIsNoFault(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	c.state = grantedBefore("images", anotherKey)
	c.keys = map[string]map[string]any{anotherKey: {"status": "missing"}}
	c.mustUp(one())
	assert.Equal(t, map[string]any{"cdn-decrypt-eu-central-1-k": theKey}, c.keyGrants())
}

func TestAFaultOfAKeyIsReportedInAPreviewToo(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	c.preview = true
	c.keys = map[string]map[string]any{theKey: {"state": "Disabled"}}
	fault := c.oneFault(one())
	assert.Equal(t, "the key of its default encryption, "+theKey+", is disabled, so that nobody can read what is encrypted with it", fault.Problem)
	c = newCloud(t)
	c.keys = map[string]map[string]any{theKey: {"state": "Disabled"}, anotherKey: {"status": "missing"}}
	faults := c.faults(with(one(), func(a *ImageCdnArgs) {
		a.Domain = "no domain"
		a.Origin.KeyArns = []pulumi.StringInput{pulumi.String(theKey), pulumi.String(anotherKey)}
	}))
	assert.Len(t, faults, 3, "all at once")
}

func TestWithKeyGrantNoneTheStatementIsAnOutputAndKMSIsNotAsked(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	c.state = grantedBefore("images", anotherKey)
	c.keys = map[string]map[string]any{theKey: {"status": "forbidden"}}
	statement := c.output(with(one(), func(a *ImageCdnArgs) { a.Origin.KeyGrant = None }),
		func(cdn *ImageCdn) pulumi.Output { return cdn.KeyGrantStatement })
	assert.JSONEq(t, `{"Sid":"ImageCdnDecrypt","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*",`+
		`"Condition":{"StringEquals":{"AWS:SourceArn":"`+distributionARN+`"}}}`, statement.(string))
	assert.Empty(t, c.keyGrants())
	assert.Empty(t, c.callsOf(getKeyToken))
}

// The grant on a key that is no longer wanted goes when the program ends.
func TestEdgeLocationsAreWaitedForBeforeAGrantOnAKeyGoes(t *testing.T) {
	t.Parallel()
	for bucket, want := range map[string]int{"images": 0, "pictures": looksToBelieve} {
		c := newCloud(t)
		c.state = grantedBefore(bucket, anotherKey)
		c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Operation.WaitForDeployment = new(bool) }))
		assert.Len(t, c.callsOf(getDistribution), want, bucket)
	}
}

func TestACDNThatIsTakenOverMayDecryptBeforeItIsChanged(t *testing.T) {
	t.Parallel()
	c := cloudWithKey(t)
	byHand(nil)(c)
	c.mustUp(with(one(), adopting))
	assert.Contains(t, strings.Join(c.resource("cdn-distribution").request.GetDependencies(), " "), "::cdn-decrypt-eu-central-1-k")
}

func TestABucketOfAKeyThatNobodyGrantsIsWarnedOf(t *testing.T) {
	t.Parallel()
	for sentence, bucket := range map[string]pulumi.StringInput{"a name": pulumi.String("images"), "an output": later("images")} {
		c, heard := cloudWithKey(t), &journal{}
		require.NoError(t, c.run(func(ctx *pulumi.Context) error {
			ctx.Log = heard
			_, err := NewBucketOrigin(ctx, "origin", &BucketOriginArgs{Bucket: bucket})
			return err
		}))
		require.Len(t, heard.warns, 1, sentence)
		assert.Contains(t, heard.warns[0], "encrypted with the key "+theKey, sentence)
	}
	c := cloudWithKey(t)
	warnings := c.warnings(with(one(), func(a *ImageCdnArgs) { a.Bucket = later("images") }))
	require.Len(t, warnings, 1, "it is known too late")
	assert.Contains(t, warnings[0], "origin.keyArns")
	assert.Empty(t, cloudWithKey(t).warnings(with(one(), func(a *ImageCdnArgs) {
		a.Bucket, a.Origin.KeyArns = later("images"), []pulumi.StringInput{later(theKey)}
		a.Origin.Failover.Bucket = later("images")
	})))
}

func TestAStatementOfAKeyIsAResourceOfItsOwn(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		_, err := NewKeyPolicyStatement(ctx, "mine", &KeyPolicyStatementArgs{
			KeyArn: pulumi.String(theKey), DistributionArn: pulumi.String(distributionARN), Identities: IdentitiesArgs{Key: IdentityArgs{Profile: "security"}},
		})
		return err
	}))
	assert.Equal(t, map[string]any{"mine": theKey}, c.keyGrants())
	assert.Equal(t, "security", c.resource(providerName(c.resource("mine").provider)).input("key.profile"))
	c = newCloud(t)
	assert.Equal(t, "origin.keyGrant", c.faultsOf(c.run(func(ctx *pulumi.Context) error {
		_, err := NewBucketOrigin(ctx, "origin", &BucketOriginArgs{Bucket: pulumi.String("images"), Origin: OriginArgs{KeyGrant: None}})
		return err
	}))[0].Field)
	for name, args := range map[string]*KeyPolicyStatementArgs{
		"keyArn, distributionArn": nil,
		"keyArn":                  {KeyArn: pulumi.String("alias/images"), DistributionArn: pulumi.String(distributionARN)},
	} {
		c := newCloud(t)
		var fields []string
		for _, fault := range c.faultsOf(c.run(func(ctx *pulumi.Context) error {
			_, err := NewKeyPolicyStatement(ctx, "mine", args)
			return err
		})) {
			fields = append(fields, fault.Field)
		}
		assert.Equal(t, name, strings.Join(fields, ", "))
	}
}
