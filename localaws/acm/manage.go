package acm

import (
	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// nothing is the answer of operations that return nothing.
type nothing struct{}

func (s *Service) deleteCertificate(r *api.Request, in *certificateARN) (*nothing, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	if users := s.inUseBy(c); len(users) > 0 {
		return nil, api.Refuse("ResourceInUseException", "Certificate %s in account %s is in use.", c.ARN, c.Account)
	}
	delete(s.state.Certificates, c.ARN)
	return &nothing{}, nil
}

type updateOptionsInput struct {
	CertificateArn string
	Options        certificateOptions
}

func (s *Service) updateCertificateOptions(r *api.Request, in *updateOptionsInput) (*nothing, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	if in.Options.Export == "" {
		in.Options.Export = c.Options.Export
	}
	if err := in.Options.check(); err != nil {
		return nil, err
	}
	if c.Status != statusIssued {
		return nil, api.Refuse("InvalidStateException", "The certificate %s is in state %s: its options cannot be changed.", c.ARN, c.Status)
	}
	c.Options = in.Options
	return &nothing{}, nil
}

// resendValidationEmail is always refused, as on AWS for a certificate
// validated by DNS.
func (s *Service) resendValidationEmail(r *api.Request, in *certificateARN) (*nothing, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	return nil, api.Refuse("InvalidStateException", "The certificate %s is validated by DNS: there is no validation email.", c.ARN)
}

// maxTags is how many tags a certificate can have.
const maxTags = 50

type tag struct {
	Key   string
	Value *string `json:",omitempty"`
}

type tagsInput struct {
	CertificateArn string
	Tags           []tag
}

type listTagsOutput struct {
	Tags []tag
}

// plain are tags whose missing values are empty.
func plain(given []tag) []tags.Tag {
	list := make([]tags.Tag, len(given))
	for i, t := range given {
		list[i].Key = t.Key
		if t.Value != nil {
			list[i].Value = *t.Value
		}
	}
	return list
}

// merged are tags with others added; too many, or those that may not be, are refused.
func merged(existing map[string]string, added []tag) (map[string]string, error) {
	all, fault := tags.Merge(existing, plain(added), maxTags)
	switch {
	case fault == nil:
		return all, nil
	case fault.Kind == tags.TooMany:
		return nil, api.Refuse("TooManyTagsException", "A certificate can have at most %d tags.", maxTags)
	}
	return nil, api.Refuse("InvalidTagException", "The tag '%s' is not allowed.", fault.Key)
}

func (s *Service) addTags(r *api.Request, in *tagsInput) (*nothing, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	all, err := merged(c.Tags, in.Tags)
	if err != nil {
		return nil, err
	}
	c.Tags = all
	return &nothing{}, nil
}

// removeTags removes tags by key, or, where a value is given, by both.
func (s *Service) removeTags(r *api.Request, in *tagsInput) (*nothing, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		if t.Value == nil || c.Tags[t.Key] == *t.Value {
			delete(c.Tags, t.Key)
		}
	}
	return &nothing{}, nil
}

func (s *Service) listTags(r *api.Request, in *certificateARN) (*listTagsOutput, error) {
	c, err := s.find(r, in.CertificateArn)
	if err != nil {
		return nil, err
	}
	out := &listTagsOutput{Tags: []tag{}}
	for _, t := range tags.List(c.Tags) {
		out.Tags = append(out.Tags, tag{Key: t.Key, Value: &t.Value})
	}
	return out, nil
}
