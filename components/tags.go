package components

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Limits of tags. Source: "Tag naming limits and requirements" in Tagging AWS Resources.
const (
	maxTags        = 50
	maxTagKeyLen   = 128
	maxTagValueLen = 256
)

// checkTags reports tags that AWS refuses, of those that are known.
func checkTags(tags pulumi.StringMapInput, fs *faults) {
	given, plain := tags.(pulumi.StringMap)
	if !plain {
		return
	}
	if len(given) > maxTags-1 { // the mark is one
		fs.add("tags", strconv.Itoa(len(given)), fmt.Sprintf("AWS takes %d tags, and one is the component's own", maxTags), "Give fewer")
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		switch {
		case key == "":
			fs.add("tags", key, "a tag needs a key", "Give it one, or take the tag away")
		case len([]rune(key)) > maxTagKeyLen:
			fs.add("tags", key, fmt.Sprintf("AWS takes keys of at most %d characters", maxTagKeyLen), "Give a shorter one")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			fs.add("tags", key, "keys that start with aws: are AWS's own", "Choose another key")
		}
		if value, known := plainString(given[key]); known && len([]rune(value)) > maxTagValueLen {
			fs.add("tags."+key, value, fmt.Sprintf("AWS takes values of at most %d characters", maxTagValueLen), "Give a shorter one")
		}
	}
}

// concealTags keeps secret tags secret in the output tagsAll, too, to which the AWS
// provider copies them. Whether an output is a secret is known too late, so every tag that
// is not plain text counts.
func concealTags(tags pulumi.StringMapInput) []pulumi.ResourceOption {
	if tags == nil {
		return nil
	}
	given, plain := tags.(pulumi.StringMap)
	for _, value := range given {
		_, known := plainString(value)
		plain = plain && known
	}
	if plain {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.AdditionalSecretOutputs([]string{"tagsAll"})}
}
