package adopt

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const taken = `{"steps": [
 {"op": "create", "urn": "urn:pulumi:a::p::pulumi:providers:aws::us", "newState": {"type": "pulumi:providers:aws", "custom": true}},
 {"op": "create", "urn": "urn:pulumi:a::p::imagecdn:index:ImageCdn::cdn", "newState": {"type": "imagecdn:index:ImageCdn"}},
 {"op": "create", "urn": "urn:pulumi:a::p::imagecdn:index:Leftovers::cdn-mark", "newState": {"type": "imagecdn:index:Leftovers", "custom": true}},
 {"op": "create", "urn": "urn:pulumi:a::p::aws:cloudfront/cachePolicy:CachePolicy::cdn-cache",
  "newState": {"type": "aws:cloudfront/cachePolicy:CachePolicy", "custom": true}},
 {"op": "import", "urn": "urn:pulumi:a::p::aws:cloudfront/distribution:Distribution::cdn-distribution",
  "newState": {"type": "aws:cloudfront/distribution:Distribution", "custom": true, "importID": "E1"}},
 {"op": "update", "urn": "urn:pulumi:a::p::aws:cloudfront/distribution:Distribution::cdn-distribution",
  "diffReasons": ["comment", "origins", "tags", "tagsAll", "restrictions"],
  "oldState": {"type": "aws:cloudfront/distribution:Distribution", "importID": "E1", "inputs": {"httpVersion": "http2", "tagsAll": {"a": "b"},
   "origins": [{"originId": "s3", "connectionAttempts": 3, "connectionTimeout": 5}], "tags": {"Name": "images"}, "restrictions": {"none": {}}}},
  "newState": {"type": "aws:cloudfront/distribution:Distribution", "importID": "E1", "inputs": {"httpVersion": "http3", "comment": "<new>",
   "origins": [{"originId": "bucket", "__defaults": []}], "tags": {"mark": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}}},
 {"op": "update", "urn": "urn:pulumi:a::p::imagecdn:index:BucketPolicyStatement::cdn-read", "diffReasons": ["region"],
  "oldState": {"type": "imagecdn:index:BucketPolicyStatement", "inputs": {}},
  "newState": {"type": "imagecdn:index:BucketPolicyStatement", "importID": "b/Sid", "inputs": {"region": "eu-central-1"}}},
 {"op": "same", "urn": "urn:pulumi:a::p::aws:s3/bucketV2:BucketV2::b", "newState": {"type": "aws:s3/bucketV2:BucketV2", "custom": true}}
], "diagnostics": [{"severity": "warning", "message": "warning: tag Name goes\n"}, {"severity": "info", "message": "the identity stays\n"}]}`

func TestAPreviewIsReadAsWhatIsTakenOverChangedAndMade(t *testing.T) {
	t.Parallel()
	plan, err := Read([]byte(taken))
	require.NoError(t, err)
	assert.Equal(t, Plan{
		DistributionID: "E1",
		TakenOver: []Resource{{Name: "cdn-distribution", Type: Distribution, ID: "E1", Changes: []Change{
			{"comment", "", `"<new>"`}, {"origins[0].connectionTimeout", "5", ""}, {"origins[0].originId", `"s3"`, `"bucket"`},
			{"tags.Name", `"images"`, ""}, {"tags.mark", "", "known after the up"},
		}}, {Name: "cdn-read", Type: "imagecdn:index:BucketPolicyStatement", ID: "b/Sid"}},
		Made:    []Resource{{Name: "cdn-cache", Type: "aws:cloudfront/cachePolicy:CachePolicy"}},
		Refused: []Resource{}, Warnings: []string{"tag Name goes"}, Notes: []string{"the identity stays"},
	}, plan)
}

func TestWhatWouldBeReplacedOrDeletedIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"replace", "create-replacement", "delete-replaced", "delete", "import-replacement"} {
		plan, err := Read([]byte(`{"steps": [{"op": "` + op + `", "urn": "urn:x::y", "oldState": {"type": "t"}}]}`))
		require.NoError(t, err)
		assert.Equal(t, []Resource{{Name: "y", Type: "t"}}, plan.Refused, op)
	}
}

func TestAPreviewThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Read([]byte(`{"diagnostics": [{"severity": "error", "message": "error: 1 invalid value\n"}]}`))
	require.ErrorIs(t, err, ErrPreview)
	assert.EqualError(t, err, "the CDN cannot be taken over as the stack is configured: 1 invalid value")
	_, err = Read([]byte("no JSON"))
	require.Error(t, err)
}
