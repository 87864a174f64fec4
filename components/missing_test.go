package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func TestTheBucketIsNotListedAtTheRoot(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"": "index.html", "start/page.html": "start/page.html"} {
		c := newCloud(t)
		c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Missing.RootObject = pulumi.String(given) }))
		expectInputs(t, c.resource("cdn-distribution"), map[string]any{"defaultRootObject": want})
	}
}

func TestAPlaceholderStandsInForMissingImagesAlone(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		status pulumi.IntInput
		want   float64
	}{
		"as not found":       {nil, 404},
		"as if it was there": {pulumi.Int(200), 200},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) {
				a.Missing = MissingArgs{NotFound: true, Placeholder: pulumi.String("/missing.png"), PlaceholderStatus: test.status}
				a.Cache.ErrorTtl = pulumi.Int(2)
			}))
			expectInputs(t, c.resource("cdn-distribution"), map[string]any{
				"customErrorResponses[0].errorCode": 403.0, "customErrorResponses[0].responsePagePath": nil,
				"customErrorResponses[1].errorCode": 404.0, "customErrorResponses[1].responsePagePath": "/missing.png",
				"customErrorResponses[1].responseCode": test.want, "customErrorResponses[1].errorCachingMinTtl": 2.0,
				"customErrorResponses[2].errorCode": 500.0, "customErrorResponses[2].responsePagePath": nil,
			})
		})
	}
}

// An edge location that does not know the root object yet would answer "/" with the list.
func TestTheListIsGrantedOnceTheRootObjectIsEverywhere(t *testing.T) {
	t.Parallel()
	made := func(outputs map[string]any) []any {
		outputs["arn"] = distributionARN
		return []any{inState(distributionToken, outputs)}
	}
	for sentence, test := range map[string]struct {
		state []any
		wait  *bool
		polls int
	}{
		"as long as it takes":                       {nil, nil, 3},
		"at once where no location has another one": {nil, new(false), 0},
		"at once where all have had it":             {made(map[string]any{"defaultRootObject": "index.html"}), new(false), 0},
		"whatever it was told where none had it":    {made(map[string]any{}), new(false), 3},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.statuses, c.state = []string{"InProgress", "Deployed"}, test.state
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Missing.NotFound, a.Operation.WaitForDeployment = true, test.wait }))
			grant := c.resource("cdn-list")
			assert.Equal(t, test.polls, grant.polls)
			expectInputs(t, grant, map[string]any{"kind": CloudFrontList, "bucket": "images", "distributionArn": distributionARN})
		})
	}
}

func TestTheStatementThatSomebodyElseWritesHasBothActions(t *testing.T) {
	t.Parallel()
	for notFound, actions := range map[bool]string{false: `"Action":"s3:GetObject"`, true: `"Action":["s3:GetObject","s3:ListBucket"]`} {
		c := newCloud(t)
		statement, err := c.valueOf(func(ctx *pulumi.Context) (pulumi.Output, error) {
			args := with(one(), func(a *ImageCdnArgs) { a.Missing.NotFound, a.Origin.Grant = notFound, None })
			cdn, err := NewImageCdn(ctx, "cdn", &args)
			if err != nil {
				return nil, err
			}
			return cdn.GrantStatement, nil
		})
		assert.NoError(t, err)
		assert.Contains(t, statement, actions)
	}
}
