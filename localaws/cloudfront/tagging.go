package cloudfront

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// maximumTags is how many tags a resource may have.
const maximumTags = 50

type tags struct {
	Items []tag `xml:"Items>Tag,omitempty"`
}

type tag struct {
	Key   string
	Value string
}

// addTo adds tags to a set, or refuses them all.
func (t *tags) addTo(set map[string]string) error {
	if t == nil {
		return nil
	}
	for _, one := range t.Items {
		if one.Key == "" || len(one.Key) > 128 || len(one.Value) > 256 || strings.HasPrefix(strings.ToLower(one.Key), "aws:") {
			return api.Refuse("InvalidTagging", "The tagging specified is not valid: %q.", one.Key)
		}
	}
	for _, one := range t.Items {
		set[one.Key] = one.Value
	}
	if len(set) > maximumTags {
		return api.Refuse("InvalidTagging", "The tagging specified is not valid: more than %d tags.", maximumTags)
	}
	return nil
}

// tagged is the distribution whose ARN a call gives. Nothing else served here
// can be tagged.
func (s *Service) tagged(r *api.Request) (*distribution, error) {
	r.Resource = r.HTTP.URL.Query().Get("Resource")
	prefix := distributionARN(r.Caller.Account, "")
	id, ok := strings.CutPrefix(r.Resource, prefix)
	if !ok {
		return nil, api.Refuse("InvalidArgument", "The parameter Resource is not the ARN of a distribution: %q.", r.Resource)
	}
	d, ok := s.distributions[id]
	if !ok || d.Account != r.Caller.Account {
		return nil, notFound("NoSuchResource", "The specified resource does not exist: "+r.Resource)
	}
	return d, nil
}

func (s *Service) tagResource(r *api.Request) (*api.Response, error) {
	d, err := s.tagged(r)
	if err != nil {
		return nil, err
	}
	added := new(tags)
	if err := decode(r, "Tags", added); err != nil {
		return nil, err
	}
	set := orEmpty(maps.Clone(d.Tags))
	if err := added.addTo(set); err != nil {
		return nil, err
	}
	d.Tags = set
	return noContent(), nil
}

func (s *Service) untagResource(r *api.Request) (*api.Response, error) {
	d, err := s.tagged(r)
	if err != nil {
		return nil, err
	}
	var keys struct {
		Items []string `xml:"Items>Key,omitempty"`
	}
	if err := decode(r, "TagKeys", &keys); err != nil {
		return nil, err
	}
	for _, key := range keys.Items {
		delete(d.Tags, key)
	}
	return noContent(), nil
}

func (s *Service) listTags(r *api.Request) (*api.Response, error) {
	d, err := s.tagged(r)
	if err != nil {
		return nil, err
	}
	out := tags{}
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		out.Items = append(out.Items, tag{key, d.Tags[key]})
	}
	return answer(http.StatusOK, element{name: "Tags", content: out}, "", "")
}
