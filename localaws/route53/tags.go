package route53

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"

	"imagecdn/localaws/api"
)

type tag struct{ Key, Value string }

type resourceTagSet struct {
	ResourceType string
	ResourceID   string `xml:"ResourceId"`
	Tags         []tag  `xml:"Tags>Tag"`
}

type listTagsResponse struct {
	XMLName        xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListTagsForResourceResponse"`
	ResourceTagSet resourceTagSet
}

type listTagsForResourcesResponse struct {
	XMLName         xml.Name         `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListTagsForResourcesResponse"`
	ResourceTagSets []resourceTagSet `xml:"ResourceTagSets>ResourceTagSet"`
}

type changeTagsResponse struct {
	XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ChangeTagsForResourceResponse"`
}

// maxTags is how many tags a resource can have.
const maxTags = 50

// tagged finds what tags are about. Only hosted zones can have tags here: there
// are no health checks.
func (s *Service) tagged(r *api.Request, resourceType, id string) (*zone, error) {
	switch resourceType {
	case "hostedzone":
		return s.zone(r, id)
	case "healthcheck":
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchHealthCheck", "No health check exists with the specified ID: %s", id)
	}
	return nil, api.Refuse("InvalidInput", "%s is not a resource type", resourceType)
}

func (z *zone) tagSet() resourceTagSet {
	set := resourceTagSet{ResourceType: "hostedzone", ResourceID: z.ID}
	for _, key := range slices.Sorted(maps.Keys(z.Tags)) {
		set.Tags = append(set.Tags, tag{Key: key, Value: z.Tags[key]})
	}
	return set
}

func (s *Service) listTagsForResource(r *api.Request, params []string) (*api.Response, error) {
	z, err := s.tagged(r, params[0], params[1])
	if err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, listTagsResponse{ResourceTagSet: z.tagSet()}, nil)
}

func (s *Service) listTagsForResources(r *api.Request, params []string) (*api.Response, error) {
	var in struct {
		IDs []string `xml:"ResourceIds>ResourceId"`
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	out := listTagsForResourcesResponse{}
	for _, id := range in.IDs {
		z, err := s.tagged(r, params[0], id)
		if err != nil {
			return nil, err
		}
		out.ResourceTagSets = append(out.ResourceTagSets, z.tagSet())
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) changeTagsForResource(r *api.Request, params []string) (*api.Response, error) {
	z, err := s.tagged(r, params[0], params[1])
	if err != nil {
		return nil, err
	}
	var in struct {
		Add    []tag    `xml:"AddTags>Tag"`
		Remove []string `xml:"RemoveTagKeys>Key"`
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	tags := map[string]string{}
	maps.Copy(tags, z.Tags)
	for _, key := range in.Remove {
		delete(tags, key)
	}
	for _, t := range in.Add {
		tags[t.Key] = t.Value
	}
	if len(tags) > maxTags {
		return nil, api.Refuse("InvalidInput", "The hosted zone %s would have %d tags: at most %d are allowed", z.ID, len(tags), maxTags)
	}
	z.Tags = tags
	return api.XML(http.StatusOK, changeTagsResponse{}, nil)
}
