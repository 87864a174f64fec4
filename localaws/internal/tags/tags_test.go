package tags_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/internal/tags"
)

func TestTagsAreAddedToOthersAndReplaceThem(t *testing.T) {
	t.Parallel()
	existing := map[string]string{"a": "1", "b": "2"}
	merged, fault := tags.Merge(existing, []tags.Tag{{Key: "b", Value: "3"}, {Key: "c"}}, 3)
	assert.Nil(t, fault)
	assert.Equal(t, []tags.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "3"}, {Key: "c"}}, tags.List(merged))
	assert.Equal(t, map[string]string{"a": "1", "b": "2"}, existing)
}

func TestTagsAgainstTheRulesAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		added []tags.Tag
		want  tags.Fault
	}{
		{[]tags.Tag{{Key: ""}}, tags.Fault{Kind: tags.InvalidKey}},
		{[]tags.Tag{{Key: strings.Repeat("이", 129)}}, tags.Fault{Kind: tags.InvalidKey, Key: strings.Repeat("이", 129)}},
		{[]tags.Tag{{Key: "k", Value: strings.Repeat("이", 257)}}, tags.Fault{Kind: tags.InvalidValue, Key: "k"}},
		{[]tags.Tag{{Key: "AWS:k"}}, tags.Fault{Kind: tags.Reserved, Key: "AWS:k"}},
	} {
		_, fault := tags.Merge(nil, c.added, 50)
		assert.Equal(t, &c.want, fault)
	}
	full := map[string]string{}
	for i := range 50 {
		full[strconv.Itoa(i)] = ""
	}
	_, fault := tags.Merge(full, []tags.Tag{{Key: "one more"}}, 50)
	assert.Equal(t, &tags.Fault{Kind: tags.TooMany}, fault)
	_, fault = tags.Merge(full, []tags.Tag{{Key: "0", Value: "another"}}, 50)
	assert.Nil(t, fault)
	assert.True(t, tags.Repeated([]tags.Tag{{Key: "k"}, {Key: "l"}, {Key: "k"}}))
	assert.False(t, tags.Repeated([]tags.Tag{{Key: "k"}, {Key: "l"}}))
	assert.Nil(t, tags.Check([]tags.Tag{{Key: strings.Repeat("이", 128), Value: strings.Repeat("이", 256)}}))
}
