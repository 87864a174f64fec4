package wafv2

import (
	"maps"
	"slices"
	"strings"

	"imagecdn/localaws/api"
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

type tag struct{ Key, Value string }

type tagsInput struct {
	ResourceARN string
	Tags        []tag
	TagKeys     []string
}

type tagInfo struct {
	ResourceARN string
	TagList     []tag
}

type tagsOutput struct{ TagInfoForResource tagInfo }

func merged(existing map[string]string, added []tag) (map[string]string, error) {
	tags := map[string]string{}
	maps.Copy(tags, existing)
	for _, t := range added {
		if t.Key == "" || strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return nil, invalid("TAG_KEYS", t.Key, "The tag key is not valid.")
		}
		tags[t.Key] = t.Value
	}
	if len(tags) > maxTags {
		return nil, limitExceeded()
	}
	return tags, nil
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
	tags, err := merged(*existing, in.Tags)
	if err != nil {
		return nil, err
	}
	*existing = tags
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
	info := tagInfo{ResourceARN: in.ResourceARN, TagList: []tag{}}
	for _, key := range slices.Sorted(maps.Keys(*existing)) {
		info.TagList = append(info.TagList, tag{Key: key, Value: (*existing)[key]})
	}
	return &tagsOutput{TagInfoForResource: info}, nil
}
