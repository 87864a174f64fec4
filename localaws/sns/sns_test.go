package sns_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/sns"
)

// serve serves an SNS, and returns a maker of clients and its URL.
func serve(t *testing.T, stateDir string) (in func(region string) *sdk.Client, url string) {
	t.Helper()
	front, err := api.NewFront(api.FrontOptions{
		Services: []api.Service{sns.New()}, Environment: api.Environment{Now: time.Now, Delays: &api.Delays{}}, StateDir: stateDir,
	})
	require.NoError(t, err)
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	return func(region string) *sdk.Client {
		return sdk.New(sdk.Options{
			BaseEndpoint: aws.String(server.URL), Region: region, RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		})
	}, server.URL
}

func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

func TestATopicIsMadeOnceTaggedAndDeleted(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), t.Context()
	in, _ := serve(t, dir)
	client := in("us-east-1")
	made, err := client.CreateTopic(ctx, &sdk.CreateTopicInput{
		Name: aws.String("oncall"), Attributes: map[string]string{"DisplayName": "On call"}, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}},
	})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws:sns:us-east-1:123456789012:oncall", *made.TopicArn)
	again, err := client.CreateTopic(ctx, &sdk.CreateTopicInput{Name: aws.String("oncall")})
	require.NoError(t, err)
	assert.Equal(t, made.TopicArn, again.TopicArn, "a topic of the name is found")
	_, err = client.CreateTopic(ctx, &sdk.CreateTopicInput{Name: aws.String("on call")})
	assert.Equal(t, "InvalidParameter", code(t, err))
	_, err = client.SetTopicAttributes(ctx, &sdk.SetTopicAttributesInput{TopicArn: made.TopicArn, AttributeName: aws.String("DisplayName"), AttributeValue: aws.String("Night")})
	require.NoError(t, err)
	_, err = client.TagResource(ctx, &sdk.TagResourceInput{ResourceArn: made.TopicArn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}}})
	require.NoError(t, err)
	_, err = client.UntagResource(ctx, &sdk.UntagResourceInput{ResourceArn: made.TopicArn, TagKeys: []string{"team"}})
	require.NoError(t, err)

	in, _ = serve(t, dir)
	client = in("us-east-1")
	attributes, err := client.GetTopicAttributes(ctx, &sdk.GetTopicAttributesInput{TopicArn: made.TopicArn})
	require.NoError(t, err, "topics survive a restart")
	assert.Equal(t, "Night", attributes.Attributes["DisplayName"])
	tags, err := client.ListTagsForResource(ctx, &sdk.ListTagsForResourceInput{ResourceArn: made.TopicArn})
	require.NoError(t, err)
	require.Len(t, tags.Tags, 1)
	assert.Equal(t, "a", *tags.Tags[0].Key)
	listed, err := client.ListTopics(ctx, &sdk.ListTopicsInput{})
	require.NoError(t, err)
	assert.Len(t, listed.Topics, 1)
	elsewhere, err := in("eu-west-1").ListTopics(ctx, &sdk.ListTopicsInput{})
	require.NoError(t, err)
	assert.Empty(t, elsewhere.Topics)
	for range 2 {
		_, err = client.DeleteTopic(ctx, &sdk.DeleteTopicInput{TopicArn: made.TopicArn})
		require.NoError(t, err, "a second time there is nothing to delete")
	}
	_, err = client.GetTopicAttributes(ctx, &sdk.GetTopicAttributesInput{TopicArn: made.TopicArn})
	assert.Equal(t, "NotFound", code(t, err))
}

func TestWhatIsPublishedIsKeptForWhoeverLooks(t *testing.T) {
	t.Parallel()
	in, url := serve(t, "")
	client, ctx := in("us-east-1"), t.Context()
	made, err := client.CreateTopic(ctx, &sdk.CreateTopicInput{Name: aws.String("oncall")})
	require.NoError(t, err)
	_, err = client.Publish(ctx, &sdk.PublishInput{TopicArn: made.TopicArn, Subject: aws.String("Hello"), Message: aws.String("there")})
	require.NoError(t, err)
	_, err = client.Publish(ctx, &sdk.PublishInput{TopicArn: aws.String(*made.TopicArn + "0"), Message: aws.String("there")})
	assert.Equal(t, "NotFound", code(t, err))
	response, err := http.Get(url + api.ControlPrefix + "messages")
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	var messages []sns.Message
	require.NoError(t, json.NewDecoder(response.Body).Decode(&messages))
	assert.Equal(t, []sns.Message{{TopicARN: *made.TopicArn, Subject: "Hello", Message: "there"}}, messages)
}

func TestACallNeedsAPermissionForWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := sns.New()
	for operation, c := range map[string]struct {
		form string
		want []api.Need
	}{
		"CreateTopic": {"Action=CreateTopic&Name=a&Tags.member.1.Key=k", []api.Need{
			{Action: "sns:CreateTopic", Resource: "arn:aws:sns:us-east-1:123456789012:a"}, {Action: "sns:TagResource", Resource: "arn:aws:sns:us-east-1:123456789012:a"},
		}},
		"DeleteTopic": {"Action=DeleteTopic&TopicArn=arn:x", []api.Need{{Action: "sns:DeleteTopic", Resource: "arn:x"}}},
		"ListTopics":  {"Action=ListTopics", []api.Need{{Action: "sns:ListTopics", Resource: "*"}}},
	} {
		assert.Equal(t, c.want, s.Needs(&api.Request{
			Operation: operation, Region: "us-east-1", Caller: api.Caller{Account: "123456789012"}, Body: []byte(c.form),
		}), operation)
	}
}
