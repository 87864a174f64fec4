package wafv2

import (
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

type resourceInput struct{ ResourceArn string }

// getWebACLForResource knows no resources: those of the regional services do
// not exist here, and for distributions CloudFront is to be asked, as on AWS.
func (s *Service) getWebACLForResource(r *api.Request, in *resourceInput) (*nothing, error) {
	r.Resource = in.ResourceArn
	if strings.HasPrefix(in.ResourceArn, "arn:aws:cloudfront:") {
		return nil, invalid("RESOURCE_ARN", in.ResourceArn, "The ARN isn't valid. A valid ARN begins with arn: and "+
			"includes other information separated by colons or slashes.")
	}
	return nil, nonexistent()
}

type resourcesInput struct{ WebACLArn string }

type resourcesOutput struct{ ResourceArns []string }

// listResourcesForWebACL lists no distributions, as on AWS: CloudFront lists
// them by ListDistributionsByWebACLId.
func (s *Service) listResourcesForWebACL(r *api.Request, in *resourcesInput) (*resourcesOutput, error) {
	if _, err := s.byARN(r, in.WebACLArn); err != nil {
		return nil, err
	}
	return &resourcesOutput{ResourceArns: []string{}}, nil
}

// maxTags is how many tags a web ACL or an IP set can have.
const maxTags = 50

type tagsInput struct {
	ResourceARN string
	Tags        []tags.Tag
	TagKeys     []string
}

type tagInfo struct {
	ResourceARN string
	TagList     []tags.Tag
}

type tagsOutput struct{ TagInfoForResource tagInfo }

func merged(existing map[string]string, added []tags.Tag) (map[string]string, error) {
	all, fault := tags.Merge(existing, added, maxTags)
	switch {
	case fault == nil:
		return all, nil
	case fault.Kind == tags.TooMany:
		return nil, limitExceeded()
	}
	return nil, invalid("TAG_KEYS", fault.Key, "The tag is not valid.")
}

// tagged are the tags of what an ARN names.
func (s *Service) tagged(r *api.Request, arn string) (*map[string]string, error) {
	if i, found := s.state.IPSets[arn]; found && i.visibleTo(r) {
		r.Resource = arn
		return &i.Tags, nil
	}
	a, err := s.byARN(r, arn)
	if err != nil {
		return nil, err
	}
	return &a.Tags, nil
}

func (s *Service) tagResource(r *api.Request, in *tagsInput) (*nothing, error) {
	existing, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	all, err := merged(*existing, in.Tags)
	if err != nil {
		return nil, err
	}
	*existing = all
	return &nothing{}, nil
}

func (s *Service) untagResource(r *api.Request, in *tagsInput) (*nothing, error) {
	existing, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(*existing, key)
	}
	return &nothing{}, nil
}

func (s *Service) listTagsForResource(r *api.Request, in *tagsInput) (*tagsOutput, error) {
	existing, err := s.tagged(r, in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &tagsOutput{TagInfoForResource: tagInfo{ResourceARN: in.ResourceARN, TagList: tags.List(*existing)}}, nil
}
