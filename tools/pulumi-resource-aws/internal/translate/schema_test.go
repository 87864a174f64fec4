package translate

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequiredPropertiesAreOnesThatThereAre(t *testing.T) {
	t.Parallel()
	text, err := Schema(`{
		"resources": {"aws:index/route53Record:Route53Record": {
			"properties": {"alias": {"type": "object"}, "name": {"type": "string"}}, "required": ["alias", "name", "route53RecordId"],
			"inputProperties": {"alias": {"type": "object"}}, "requiredInputs": ["alias"]
		}},
		"types": {"aws:index/x:x": {"properties": {"a": {"type": "string"}}, "required": ["a", "b"]}}
	}`, "1.2.3")
	require.NoError(t, err)
	var s struct {
		Resources map[string]struct{ Required, RequiredInputs []string }
		Types     map[string]struct{ Required []string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &s))
	record := s.Resources["aws:route53/record:Record"]
	assert.Equal(t, []string{"aliases", "name"}, record.Required)
	assert.Equal(t, []string{"aliases"}, record.RequiredInputs)
	assert.Equal(t, []string{"a"}, s.Types["aws:index/x:x"].Required)
}
