package components

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestANameThatAwsWouldRefuseIsReported(t *testing.T) {
	t.Parallel()
	for name, problem := range map[string]string{
		strings.Repeat("n", 41): "too long", "cdn.example.com": "characters", "my cdn": "characters", "käse": "characters",
	} {
		for _, program := range []func(ctx *pulumi.Context) error{
			func(ctx *pulumi.Context) error { args := one(); _, err := NewImageCdn(ctx, name, &args); return err },
			func(ctx *pulumi.Context) error {
				_, err := NewValidatedCertificate(ctx, name, &ValidatedCertificateArgs{Domain: "cdn.example.com"})
				return err
			},
			func(ctx *pulumi.Context) error {
				_, err := NewBucketOrigin(ctx, name, &BucketOriginArgs{Bucket: pulumi.String("images")})
				return err
			},
		} {
			c := newCloud(t)
			faults := c.faultsOf(c.run(program))
			require.Len(t, faults, 1)
			assert.Equal(t, "name", faults[0].Field)
			assert.Equal(t, name, faults[0].Value)
			assert.Contains(t, faults[0].Problem, problem)
		}
	}
}

func TestALongNameOfAComponentLeavesRoomForThoseOfItsParts(t *testing.T) {
	t.Parallel()
	const oacName, suffix = 64, len("-0123456")
	c := newCloud(t)
	name := strings.Repeat("n", longestName)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		args := one()
		_, err := NewImageCdn(ctx, name, &args)
		return err
	}))
	for _, part := range []string{"-origin-oac", "-cache", "-waf"} {
		assert.LessOrEqual(t, len(c.resource(name+part).name)+suffix, oacName)
	}
}

func TestCommentsFitCloudFront(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		long := comment(ctx, strings.Repeat("n", 200), "cdn.example.com")
		assert.Len(t, long, 128)
		assert.True(t, strings.HasPrefix(long, "Pulumi stack shop/prod, nnn"))
		for i := range 4 {
			cut := comment(ctx, strings.Repeat("n", i)+strings.Repeat("日", 100), "cdn.example.com")
			assert.True(t, utf8.ValidString(cut), "no character is cut in two: %q", cut)
			assert.LessOrEqual(t, len(cut), 128)
		}
		return nil
	}))
}
