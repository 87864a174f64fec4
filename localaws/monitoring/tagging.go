package monitoring

import (
	"maps"
	"net/url"
	"slices"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (s *Service) tagged(r *api.Request, form url.Values) (*alarm, error) {
	arn := form.Get("ResourceARN")
	r.Resource = arn
	a := s.state.Alarms[arn]
	if a == nil || !a.visibleTo(r) {
		return nil, api.RefuseStatus(404, "ResourceNotFoundException", "Unknown")
	}
	return a, nil
}

type tagsDocument struct {
	XMLName struct{} `xml:"ListTagsForResourceResult"`
	Tags    list[tags.Tag]
}

func (s *Service) listTags(r *api.Request, form url.Values) (any, error) {
	a, err := s.tagged(r, form)
	if err != nil {
		return nil, err
	}
	return tagsDocument{Tags: list[tags.Tag]{tags.List(a.Tags)}}, nil
}

func (s *Service) tagResource(r *api.Request, form url.Values) (any, error) {
	a, err := s.tagged(r, form)
	if err != nil {
		return nil, err
	}
	a.Tags, err = merged(a.Tags, form)
	return tagDocument{}, err
}

func (s *Service) untagResource(r *api.Request, form url.Values) (any, error) {
	a, err := s.tagged(r, form)
	if err != nil {
		return nil, err
	}
	rest := maps.Clone(a.Tags)
	for _, key := range members(form, "TagKeys") {
		delete(rest, key)
	}
	a.Tags = rest
	return untagDocument{}, nil
}

type tagDocument struct {
	XMLName struct{} `xml:"TagResourceResult"`
}

type untagDocument struct {
	XMLName struct{} `xml:"UntagResourceResult"`
}
