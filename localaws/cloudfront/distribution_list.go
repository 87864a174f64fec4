package cloudfront

import (
	"net/http"
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

func (d *distribution) summary(now time.Time) distributionSummary {
	c := d.Config
	return distributionSummary{
		Id: d.ID, ARN: d.arn(), ETag: d.ETag, Status: d.status(now),
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
		items = append(items, element{name: "DistributionSummary", content: s.distributions[id].summary(now)})
	}
	return answer(http.StatusOK, element{name: "DistributionList", children: p.markedList(items)}, "", "")
}

// listConflictingAliases lists the aliases of other distributions, of any account, that an alias
// equals or overlaps, as far as AWS shows them: masked.
func (s *Service) listConflictingAliases(r *api.Request) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	r.HTTP.SetPathValue("DistributionId", query.Get("DistributionId"))
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	alias := query.Get("Alias")
	if alias == "" {
		return nil, api.Refuse("InvalidArgument", "The parameter Alias is required.")
	}
	items := []element{}
	for _, other := range s.distributions {
		if other == d {
			continue
		}
		for _, taken := range other.Config.Aliases.Items {
			if covers([]string{taken}, alias) || covers([]string{alias}, taken) {
				items = append(items, element{name: "ConflictingAlias", children: []element{
					{name: "Alias", content: taken},
					{name: "DistributionId", content: mask(other.ID)},
					{name: "AccountId", content: mask(other.Account)},
				}})
			}
		}
	}
	return answer(http.StatusOK, element{name: "ConflictingAliasesList", children: []element{
		{name: "MaxItems", content: maximumPage},
		{name: "Quantity", content: len(items)},
		{name: "Items", children: items},
	}}, "", "")
}

// mask hides the first half of an id.
func mask(id string) string {
	hidden := []byte(id)
	for i := range len(hidden) / 2 {
		hidden[i] = '*'
	}
	return string(hidden)
}
