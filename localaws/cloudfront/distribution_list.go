package cloudfront

import (
	"net/http"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// distributionSummary is DistributionSummary.
type distributionSummary struct {
	Id                            string
	ARN                           string
	ETag                          string
	Status                        string
	LastModifiedTime              time.Time
	DomainName                    string
	Aliases                       *aliases
	Origins                       *origins
	OriginGroups                  *originGroups
	DefaultCacheBehavior          *cacheBehavior
	CacheBehaviors                *cacheBehaviors
	CustomErrorResponses          *customErrorResponses
	Comment                       string
	PriceClass                    string
	Enabled                       bool
	ViewerCertificate             *viewerCertificate
	Restrictions                  *restrictions
	WebACLId                      string
	HttpVersion                   string
	IsIPV6Enabled                 bool
	Staging                       bool
	AnycastIpListId               string                         `xml:",omitempty"`
	ConnectionMode                string                         `xml:",omitempty"`
	ConnectionFunctionAssociation *connectionFunctionAssociation `xml:",omitempty"`
	ViewerMtlsConfig              *viewerMtlsConfig              `xml:",omitempty"`
}

func (d *distribution) summary(status string) distributionSummary {
	c := d.Config
	return distributionSummary{
		Id: d.ID, ARN: d.arn(), ETag: d.ETag, Status: status,
		LastModifiedTime: d.Modified, DomainName: d.Domain,
		Aliases: c.Aliases, Origins: c.Origins, OriginGroups: c.OriginGroups,
		DefaultCacheBehavior: c.DefaultCacheBehavior, CacheBehaviors: c.CacheBehaviors,
		CustomErrorResponses: c.CustomErrorResponses, Comment: c.Comment, PriceClass: c.PriceClass,
		Enabled: c.Enabled, ViewerCertificate: c.ViewerCertificate, Restrictions: c.Restrictions,
		WebACLId: c.WebACLId, HttpVersion: c.HttpVersion, IsIPV6Enabled: c.IsIPV6Enabled, Staging: c.Staging,
		AnycastIpListId: c.AnycastIpListId, ConnectionMode: c.ConnectionMode,
		ConnectionFunctionAssociation: c.ConnectionFunctionAssociation, ViewerMtlsConfig: c.ViewerMtlsConfig,
	}
}

func (s *Service) listDistributions(r *api.Request) (*api.Response, error) {
	return s.list(r, all)
}

// listDistributionsByWebACL lists those with a web ACL, or with none for "null".
func (s *Service) listDistributionsByWebACL(r *api.Request) (*api.Response, error) {
	acl := r.HTTP.PathValue("WebACLId")
	r.Resource = acl
	if acl == "null" {
		acl = ""
	}
	return s.list(r, func(d *distribution) bool { return d.Config.WebACLId == acl })
}

func (s *Service) list(r *api.Request, is func(*distribution) bool) (*api.Response, error) {
	p, err := paginate(r.HTTP, s.ids(r.Caller.Account, is))
	if err != nil {
		return nil, err
	}
	now := s.now()
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		d := s.distributions[id]
		items = append(items, element{name: "DistributionSummary", content: d.summary(d.statusLag.Read(s.env, d.status(now)))})
	}
	return answer(http.StatusOK, element{name: "DistributionList", children: p.markedList(items)}, "", "")
}

// behaves says whether one of a distribution's behaviours refers to an id.
func behaves(reference func(*cacheBehavior) string) func(d *distribution, id string) bool {
	return func(d *distribution, id string) bool {
		return slices.ContainsFunc(d.Config.behaviors(), func(b *cacheBehavior) bool { return reference(b) == id })
	}
}

// listIDs is an operation that lists the ids of the distributions that refer to
// something, whose id is a parameter of the path.
func (s *Service) listIDs(
	parameter string, exists func(account, id string) error, refers func(d *distribution, id string) bool,
) api.Operation {
	return func(r *api.Request) (*api.Response, error) {
		id := r.HTTP.PathValue(parameter)
		r.Resource = id
		if err := exists(r.Caller.Account, id); err != nil {
			return nil, err
		}
		p, err := paginate(r.HTTP, s.ids(r.Caller.Account, func(d *distribution) bool { return refers(d, id) }))
		if err != nil {
			return nil, err
		}
		items := make([]element, 0, len(p.ids))
		for _, found := range p.ids {
			items = append(items, element{name: "DistributionId", content: found})
		}
		return answer(http.StatusOK, element{name: "DistributionIdList", children: p.markedList(items)}, "", "")
	}
}
