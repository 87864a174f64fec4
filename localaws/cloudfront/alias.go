package cloudfront

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// checkAliasNames refuses names that are not names.
func checkAliasNames(c *distributionConfig) error {
	if len(c.Aliases.Items) > maximumAliases {
		return api.Refuse("TooManyDistributionCNAMEs", "Your request contains more CNAMEs than are allowed per distribution.")
	}
	seen := map[string]bool{}
	for _, alias := range c.Aliases.Items {
		name := strings.ToLower(alias)
		if !validAlias(alias) {
			return api.Refuse("InvalidArgument", "The parameter CNAME contains one or more parameters that are not valid: %q.", alias)
		}
		if seen[name] {
			return api.Refuse("InvalidArgument", "The parameter CNAME is not unique: %q.", alias)
		}
		seen[name] = true
	}
	return nil
}

// checkAliases refuses names that another distribution has, of whatever account
// and disabled ones included, and those whose DNS record leads to another
// distribution. Only equal names collide: a wildcard may overlap an exact name.
func (s *Service) checkAliases(id string, c *distributionConfig) error {
	for _, other := range s.distributions {
		if other.ID != id && slices.ContainsFunc(c.Aliases.Items, other.has) {
			return api.RefuseStatus(http.StatusConflict, "CNAMEAlreadyExists",
				"One or more of the CNAMEs you provided are already associated with a different resource.")
		}
	}
	return s.checkRecords(id, c)
}

// checkRecords looks up the aliases that a distribution is to get. A record that
// leads to another distribution may be somebody's live site.
func (s *Service) checkRecords(id string, c *distributionConfig) error {
	if s.options.PointsAt == nil {
		return nil
	}
	had := []string{}
	if d, exists := s.distributions[id]; exists {
		had = d.Config.Aliases.Items
	}
	for _, alias := range c.Aliases.Items {
		domain := s.options.PointsAt(alias)
		other := s.byDomain(domain)
		if other == nil || other.ID == id || slices.Contains(had, alias) {
			continue
		}
		return api.RefuseStatus(http.StatusConflict, "CNAMEAlreadyExists",
			"One or more aliases specified for the distribution includes an incorrectly configured DNS record that points to "+
				"another CloudFront distribution. You must update the DNS record to correct the problem. "+
				"For more information, see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions")
	}
	return nil
}

// byDomain is the distribution of a domain under cloudfront.net, nil if there is none.
func (s *Service) byDomain(domain string) *distribution {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	for _, d := range s.distributions {
		if d.Domain == domain {
			return d
		}
	}
	return nil
}

// holding is the distribution whose certificate covers an alias, as the calls
// about an alias that is to move need it: to have the certificate proves that
// one may have the name.
func (s *Service) holding(r *api.Request, parameter, alias string) (*distribution, error) {
	d, err := s.find(r, parameter)
	if err != nil {
		return nil, err
	}
	if alias == "" {
		return nil, api.Refuse("InvalidArgument", "The parameter Alias is required.")
	}
	certified, issued := s.options.Certificate(d.Config.ViewerCertificate.ACMCertificateArn)
	if !issued || !covers(certified.Names, alias) {
		return nil, api.Refuse("InvalidArgument", "The certificate that is attached to the distribution %s doesn't cover the alias %q.", d.ID, alias)
	}
	return d, nil
}

// listConflictingAliases lists the aliases of other distributions, of any
// account, that an alias equals or overlaps, as far as AWS shows them: masked.
func (s *Service) listConflictingAliases(r *api.Request) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	r.HTTP.SetPathValue("DistributionId", query.Get("DistributionId"))
	alias := query.Get("Alias")
	d, err := s.holding(r, "DistributionId", alias)
	if err != nil {
		return nil, err
	}
	conflicts := map[string]element{}
	for _, other := range s.distributions {
		for _, taken := range other.Config.Aliases.Items {
			if other != d && (covers([]string{taken}, alias) || covers([]string{alias}, taken)) {
				conflicts[taken] = element{name: "ConflictingAlias", children: []element{
					{name: "Alias", content: taken},
					{name: "DistributionId", content: mask(other.ID)},
					{name: "AccountId", content: mask(other.Account)},
				}}
			}
		}
	}
	p, err := paginate(r.HTTP, slices.Collect(maps.Keys(conflicts)))
	if err != nil {
		return nil, err
	}
	items := []element{}
	for _, taken := range p.ids {
		items = append(items, conflicts[taken])
	}
	children := []element{
		{name: "MaxItems", content: p.maxItems}, {name: "Quantity", content: len(items)}, {name: "Items", children: items},
	}
	if p.nextMarker != "" {
		children = append(children, element{name: "NextMarker", content: p.nextMarker})
	}
	return answer(http.StatusOK, element{name: "ConflictingAliasesList", children: children}, "", "")
}

// mask hides the first half of an id.
func mask(id string) string {
	hidden := []byte(id)
	for i := range len(hidden) / 2 {
		hidden[i] = '*'
	}
	return string(hidden)
}

// associateAlias moves an alias from whichever distribution has it. The target's
// certificate covers it, and a TXT record at the name with an underscore before
// it names the target; out of another account it is taken only if the source is
// disabled ("Moving an alternate domain name to a different distribution").
func (s *Service) associateAlias(r *api.Request) (*api.Response, error) {
	alias := strings.ToLower(r.HTTP.URL.Query().Get("Alias"))
	target, err := s.holding(r, "TargetDistributionId", alias)
	if err != nil {
		return nil, err
	}
	if !validAlias(alias) {
		return nil, api.Refuse("InvalidArgument", "The parameter Alias is invalid: %q.", alias)
	}
	if !s.proven(alias, target) {
		return nil, api.Refuse("IllegalUpdate",
			"The alias %q cannot be moved: no TXT record at _%s names %s.", alias, strings.TrimPrefix(alias, "*."), target.Domain)
	}
	for _, d := range s.distributions {
		if d == target || !d.has(alias) {
			continue
		}
		if d.Account != target.Account && d.Config.Enabled {
			return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied",
				"The alias %q is on an enabled distribution of another account.", alias)
		}
		s.replaceAliases(d, slices.DeleteFunc(slices.Clone(d.Config.Aliases.Items), func(a string) bool { return strings.EqualFold(a, alias) }))
	}
	if target.has(alias) {
		return &api.Response{Status: http.StatusOK}, nil
	}
	if len(target.Config.Aliases.Items) >= maximumAliases {
		return nil, api.Refuse("TooManyDistributionCNAMEs", "Your request contains more CNAMEs than are allowed per distribution.")
	}
	s.replaceAliases(target, append(slices.Clone(target.Config.Aliases.Items), alias))
	return &api.Response{Status: http.StatusOK}, nil
}

func (d *distribution) has(alias string) bool {
	return slices.ContainsFunc(d.Config.Aliases.Items, func(a string) bool { return strings.EqualFold(a, alias) })
}

// proven says whether DNS says that an alias is to be the target's.
func (s *Service) proven(alias string, target *distribution) bool {
	if s.options.Texts == nil {
		return false
	}
	texts := s.options.Texts("_" + strings.TrimPrefix(alias, "*."))
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.EqualFold(strings.TrimSuffix(text, "."), target.Domain)
	})
}

// replaceAliases gives a distribution other aliases, as an update does.
func (s *Service) replaceAliases(d *distribution, names []string) {
	config := *d.Config
	config.Aliases = &aliases{Quantity: len(names), Items: names}
	s.replace(d, &config)
}
