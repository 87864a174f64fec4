package cloudfront

import (
	"net/http"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// maximumTags is how many tags a resource may have.
const maximumTags = 50

type tagSet struct {
	Items []tags.Tag `xml:"Items>Tag,omitempty"`
}

// addTo returns tags with these added, or refuses them all.
func (t *tagSet) addTo(existing map[string]string) (map[string]string, error) {
	if t == nil {
		return existing, nil
	}
	all, fault := tags.Merge(existing, t.Items, maximumTags)
	switch {
	case fault == nil:
		return all, nil
	case fault.Kind == tags.TooMany:
		return nil, api.Refuse("InvalidTagging", "The tagging specified is not valid: more than %d tags.", maximumTags)
	}
	return nil, api.Refuse("InvalidTagging", "The tagging specified is not valid: %q.", fault.Key)
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
	added := new(tagSet)
	if err := decode(r, "Tags", added); err != nil {
		return nil, err
	}
	all, err := added.addTo(d.Tags)
	if err != nil {
		return nil, err
	}
	d.Tags = all
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
	return answer(http.StatusOK, element{name: "Tags", content: tagSet{Items: tags.List(d.Tags)}}, "", "")
}
