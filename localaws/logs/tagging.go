package logs

import (
	"maps"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// maxTags is how many tags a thing can have.
const maxTags = 50

// tag adds tags.
func (e *entity) tag(added map[string]string) error {
	if len(added) == 0 {
		return nil
	}
	all, fault := tags.Merge(e.Tags, tags.List(added), maxTags)
	if fault != nil {
		return invalid("The tag %q is not valid.", fault.Key)
	}
	e.Tags = all
	return nil
}

type tagsInput struct {
	ResourceARN string            `json:"resourceArn"`
	Tags        map[string]string `json:"tags"`
	TagKeys     []string          `json:"tagKeys"`
}

// tagged is what an ARN names.
func (s *Service) tagged(r *api.Request, arn string) (*entity, error) {
	if e, err := at(r, s.state.Sources, arn); err == nil {
		return e.base(), nil
	}
	if e, err := at(r, s.state.Destinations, arn); err == nil {
		return e.base(), nil
	}
	e, err := at(r, s.state.Deliveries, arn)
	if err != nil {
		return nil, err
	}
	return e.base(), nil
}

func (s *Service) tagResource(r *api.Request, in *tagsInput) (*nothing, error) {
	e, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &nothing{}, e.tag(in.Tags)
}

func (s *Service) untagResource(r *api.Request, in *tagsInput) (*nothing, error) {
	e, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	rest := maps.Clone(e.Tags)
	for _, key := range in.TagKeys {
		delete(rest, key)
	}
	e.Tags = rest
	return &nothing{}, nil
}

type tagsOutput struct {
	Tags map[string]string `json:"tags"`
}

func (s *Service) listTags(r *api.Request, in *tagsInput) (*tagsOutput, error) {
	e, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := &tagsOutput{Tags: map[string]string{}}
	maps.Copy(out.Tags, e.Tags)
	return out, nil
}
