package components

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllFaultsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	wrong := with(one(), func(a *ImageCdnArgs) {
		a.Domain, a.Bucket, a.MinTtl, a.DefaultTtl = "cdn.elsewhere.org", "My_Images", new(100), new(10)
	})
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview = preview
		err := c.up(wrong)
		faults := c.faultsOf(err)
		require.Len(t, faults, 3)
		for i, want := range []Fault{
			{Field: "domain", Value: "cdn.elsewhere.org", Problem: "no public hosted zone", Cure: "Create the hosted zone"},
			{Field: "bucket", Value: "My_Images", Problem: "no bucket with such a name", Cure: "Give the bucket's name alone"},
			{Field: "defaultTtl", Value: "10", Problem: "minTtl 100, defaultTtl 10, maxTtl 31536000", Cure: "minTtl <= defaultTtl <= maxTtl"},
		} {
			assert.Equal(t, want.Field, faults[i].Field)
			assert.Equal(t, want.Value, faults[i].Value)
			assert.Contains(t, faults[i].Problem, want.Problem)
			assert.Contains(t, faults[i].Cure, want.Cure)
			assert.Contains(t, err.Error(), "  - "+faults[i].String())
		}
		assert.Contains(t, err.Error(), "3 invalid values, nothing was created:\n")
	}
}

func TestFaultsComeInTheSameOrderEveryTime(t *testing.T) {
	t.Parallel()
	wrong := with(three(), func(a *ImageCdnArgs) {
		a.MinTtl, a.DefaultTtl, a.MaxTtl, a.ErrorTtl = new(-1), new(-1), new(-1), new(-1)
	})
	var first string
	for range 10 {
		c := newCloud(t)
		c.broken = map[string]error{"aws:route53/getRecords:getRecords": errors.New("AccessDenied")}
		text := c.up(wrong).Error()
		if first == "" {
			first = text
		}
		assert.Equal(t, first, text)
	}
}

func TestEachFaultIsReportedByItself(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("l", 52) + ".example.com" // 64 characters
	var hundred []string
	for i := range maxCertificateNames {
		hundred = append(hundred, fmt.Sprintf("n%d.example.com", i))
	}
	for sentence, test := range map[string]struct {
		change                func(*ImageCdnArgs)
		field, value, problem string
	}{
		"a URL as domain": {
			func(a *ImageCdnArgs) { a.Domain = "https://cdn.example.com/" }, "domain", "https://cdn.example.com/", "is a URL",
		},
		"no domain": {func(a *ImageCdnArgs) { a.Domain = "" }, "domain", "", "empty"},
		"a wildcard in the middle": {
			func(a *ImageCdnArgs) { a.Domain = "cdn.*.example.com" }, "domain", "cdn.*.example.com", "wildcard stands alone",
		},
		"a single label":       {func(a *ImageCdnArgs) { a.Domain = "localhost" }, "domain", "localhost", "single label"},
		"an address as domain": {func(a *ImageCdnArgs) { a.Domain = "203.0.113.7" }, "domain", "203.0.113.7", "IP address"},
		"a first name of 65 characters": {
			func(a *ImageCdnArgs) { a.Domain = "l" + long }, "domain", "l" + long, "at most 64 characters",
		},
		"a further domain": {
			func(a *ImageCdnArgs) { a.AdditionalDomains = []string{"a.example.com", "b_.example.com"} },
			"additionalDomains[1]", "b_.example.com", "only letters, digits and hyphens",
		},
		"101 names": {func(a *ImageCdnArgs) { a.AdditionalDomains = hundred }, "additionalDomains", "101", "at most 100 names"},

		"no bucket": {func(a *ImageCdnArgs) { a.Bucket = "" }, "bucket", "", "a bucket is needed"},
		"an ARN as bucket": {
			func(a *ImageCdnArgs) { a.Bucket = "arn:aws:s3:::images" }, "bucket", "arn:aws:s3:::images", "an address",
		},
		"an S3 address as bucket": {func(a *ImageCdnArgs) { a.Bucket = "s3://images" }, "bucket", "s3://images", "an address"},
		"a new bucket's bad name": {
			func(a *ImageCdnArgs) { a.CreateBucket, a.Bucket = true, "Images" }, "bucket", "Images", "no bucket with such a name",
		},
		"a bucket that is not there": {func(a *ImageCdnArgs) { a.Bucket = "missing" }, "bucket", "missing", "couldn't find resource"},

		"an unknown web ACL": {func(a *ImageCdnArgs) { a.WebAcl = "on" }, "webAcl", "on", "neither"},
		"a regional web ACL": {
			func(a *ImageCdnArgs) { a.WebAcl = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1" },
			"webAcl", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1", "neither",
		},
		"a web ACL of WAF classic": {func(a *ImageCdnArgs) { a.WebAcl = "473e64fd-f30b" }, "webAcl", "473e64fd-f30b", "neither"},
		"a price class":            {func(a *ImageCdnArgs) { a.PriceClass = "100" }, "priceClass", "100", "no such price class"},

		"a negative shortest time": {func(a *ImageCdnArgs) { a.MinTtl = new(-1) }, "minTtl", "-1", "0 to 3153600000 seconds"},
		"a negative default time":  {func(a *ImageCdnArgs) { a.DefaultTtl = new(-2) }, "defaultTtl", "-2", "0 to 3153600000 seconds"},
		"more than a century": {
			func(a *ImageCdnArgs) { a.MaxTtl = new(maxTTL + 1) }, "maxTtl", "3153600001", "0 to 3153600000 seconds",
		},
		"a negative error time": {func(a *ImageCdnArgs) { a.ErrorTtl = new(-1) }, "errorTtl", "-1", "0 to 3153600000 seconds"},
		"a default below the shortest time": {
			func(a *ImageCdnArgs) { a.MinTtl = new(86_401) }, "defaultTtl", "86400", "the order cannot be",
		},
		"a default above the longest time": {
			func(a *ImageCdnArgs) { a.MaxTtl = new(60) }, "defaultTtl", "86400", "the order cannot be",
		},
		"a negative wait": {
			func(a *ImageCdnArgs) { a.ValidationTimeout = -time.Minute }, "validationTimeout", "-1m0s", "negative",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			faults := newCloud(t).faults(with(one(), test.change))
			require.Len(t, faults, 1)
			assert.Equal(t, test.field, faults[0].Field)
			assert.Equal(t, test.value, faults[0].Value)
			assert.Contains(t, faults[0].Problem, test.problem)
			assert.NotEmpty(t, faults[0].Cure)
		})
	}
}

func TestLimitsMayBeReached(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("l", 52) + ".example.com"
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.Domain = long }))
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.AdditionalDomains = []string{"l" + long} }))
	newCloud(t).mustUp(with(one(), func(a *ImageCdnArgs) { a.MinTtl, a.DefaultTtl, a.MaxTtl = new(7), new(7), new(7) }))
}

func TestMissingProvidersAreReported(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		region         string
		broken         error
		make           func(ctx *pulumi.Context, args *ImageCdnArgs) error
		field, problem string
	}{
		"no provider for us-east-1, and home is elsewhere": {
			"eu-central-1", nil, func(ctx *pulumi.Context, args *ImageCdnArgs) (err error) {
				args.StatementProvider, err = NewStatementProvider(ctx, "bucket-policy")
				return err
			}, "usEast1Provider", "this provider is elsewhere",
		},
		"the provider for us-east-1 is elsewhere": {
			UsEast1, nil, func(ctx *pulumi.Context, args *ImageCdnArgs) (err error) {
				if args.StatementProvider, err = NewStatementProvider(ctx, "bucket-policy"); err == nil {
					args.UsEast1Provider, err = aws.NewProvider(ctx, "wrong", &aws.ProviderArgs{Region: pulumi.String("us-west-2")})
				}
				return err
			}, "usEast1Provider", "this provider is elsewhere",
		},
		"no provider for the policy of an existing bucket": {
			UsEast1, nil, func(*pulumi.Context, *ImageCdnArgs) error { return nil }, "statementProvider", "changed through it",
		},
		"a provider that does not work": {
			UsEast1, errors.New("no valid credential sources"), func(ctx *pulumi.Context, args *ImageCdnArgs) (err error) {
				args.StatementProvider, err = NewStatementProvider(ctx, "bucket-policy")
				return err
			}, "aws:region", "no valid credential sources",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.region, c.broken = test.region, map[string]error{"aws:index/getRegion:getRegion": test.broken}
			faults := c.faultsOf(c.run(func(ctx *pulumi.Context) error {
				args := one()
				if err := test.make(ctx, &args); err != nil {
					return err
				}
				_, err := NewImageCdn(ctx, "cdn", &args)
				return err
			}))
			require.Len(t, faults, 1)
			assert.Equal(t, test.field, faults[0].Field)
			assert.Contains(t, faults[0].Problem, test.problem)
		})
	}
}

func TestNilArgumentsAreFaultsAndNoPanic(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		program pulumi.RunFunc
		fields  []string
	}{
		"of an image CDN": {func(ctx *pulumi.Context) error {
			_, err := NewImageCdn(ctx, "cdn", nil)
			return err
		}, []string{"usEast1Provider", "domain", "bucket"}},
		"of a certificate": {func(ctx *pulumi.Context) error {
			_, err := NewValidatedCertificate(ctx, "tls", nil)
			return err
		}, []string{"domain", "usEast1Provider"}},
		"of a bucket origin": {func(ctx *pulumi.Context) error {
			_, err := NewBucketOrigin(ctx, "photos", nil)
			return err
		}, []string{"bucket"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			var fields []string
			for _, fault := range c.faultsOf(c.run(test.program)) {
				fields = append(fields, fault.Field)
			}
			assert.Equal(t, test.fields, fields)
		})
	}
}

func TestArgumentsCanBeValidatedWithoutMakingAnything(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		args := one()
		if err := c.addProviders(ctx, &args); err != nil {
			return err
		}
		var invalid *InvalidArgsError
		require.ErrorAs(t, with(args, func(a *ImageCdnArgs) { a.Bucket = "missing" }).Validate(ctx), &invalid)
		return args.Validate(ctx)
	}))
	assert.Empty(t, c.names())
}

func TestAFaultReadsAsOneLine(t *testing.T) {
	t.Parallel()
	err := &InvalidArgsError{Faults: []Fault{{Field: "maxTtl", Value: "-1", Problem: "it is negative", Cure: "Give seconds"}}}
	assert.EqualError(t, err, "1 invalid value, nothing was created:\n  - maxTtl \"-1\": it is negative. Give seconds.")
}
