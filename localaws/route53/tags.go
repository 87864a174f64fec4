package route53

import (
	"encoding/xml"
	"maps"
	"net/http"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

type resourceTagSet struct {
	ResourceType string
	ResourceID   string     `xml:"ResourceId"`
	Tags         []tags.Tag `xml:"Tags>Tag"`
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
	return resourceTagSet{ResourceType: "hostedzone", ResourceID: z.ID, Tags: tags.List(z.Tags)}
}

func (s *Service) listTagsForResource(r *api.Request) (*api.Response, error) {
	z, err := s.tagged(r, r.HTTP.PathValue("ResourceType"), r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, listTagsResponse{ResourceTagSet: z.tagSet()}, nil)
}

func (s *Service) listTagsForResources(r *api.Request) (*api.Response, error) {
	var in struct {
		IDs []string `xml:"ResourceIds>ResourceId"`
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	out := listTagsForResourcesResponse{}
	for _, id := range in.IDs {
		z, err := s.tagged(r, r.HTTP.PathValue("ResourceType"), id)
		if err != nil {
			return nil, err
		}
		out.ResourceTagSets = append(out.ResourceTagSets, z.tagSet())
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) changeTagsForResource(r *api.Request) (*api.Response, error) {
	z, err := s.tagged(r, r.HTTP.PathValue("ResourceType"), r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	var in struct {
		Add    []tags.Tag `xml:"AddTags>Tag"`
		Remove []string   `xml:"RemoveTagKeys>Key"`
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	left := maps.Clone(z.Tags)
	for _, key := range in.Remove {
		delete(left, key)
	}
	all, fault := tags.Merge(left, in.Add, maxTags)
	switch {
	case fault == nil:
	case fault.Kind == tags.TooMany:
		return nil, api.Refuse("InvalidInput", "The hosted zone %s would have more than %d tags", z.ID, maxTags)
	default:
		return nil, api.Refuse("InvalidInput", "The tag %q is not valid", fault.Key)
	}
	z.Tags = all
	return api.XML(http.StatusOK, changeTagsResponse{}, nil)
}
