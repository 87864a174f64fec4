package cloudfront

import (
	"net/http"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// distribution is one distribution. The configuration before the last change is
// what the edge serves until the change is deployed; a distribution that has
// never been deployed is served at once, which AWS may do but does not promise.
type distribution struct {
	ID            string
	Account       string
	ETag          string
	Domain        string
	Modified      time.Time
	DeployedAt    time.Time
	Config        *distributionConfig
	Previous      *distributionConfig `json:",omitempty"`
	Tags          map[string]string   `json:",omitempty"`
	Monitoring    string              `json:",omitempty"`
	Invalidations []*invalidation     `json:",omitempty"`

	// purges are the paths of the invalidations completed since the start.
	purges []string
	// statusLag is the status that readers have heard of.
	statusLag api.Lag[string]
}

func (d *distribution) arn() string { return distributionARN(d.Account, d.ID) }

func (d *distribution) status(now time.Time) string {
	if now.Before(d.DeployedAt) {
		return "InProgress"
	}
	return "Deployed"
}

// serving is the configuration the edge has.
func (d *distribution) serving(now time.Time) *distributionConfig {
	if d.Previous != nil && now.Before(d.DeployedAt) {
		return d.Previous
	}
	return d.Config
}

// read is the distribution as a read answers it, whose status may lag.
func (s *Service) read(d *distribution) element {
	now := s.now()
	return s.element(d, now, d.statusLag.Read(s.env, d.status(now)))
}

// element is Distribution as it is answered.
func (s *Service) element(d *distribution, now time.Time, status string) element {
	inProgress := 0
	for _, i := range d.Invalidations {
		if i.status(now) != completed {
			inProgress++
		}
	}
	return element{name: "Distribution", children: []element{
		{name: "Id", content: d.ID},
		{name: "ARN", content: d.arn()},
		{name: "Status", content: status},
		{name: "LastModifiedTime", content: d.Modified},
		{name: "InProgressInvalidationBatches", content: inProgress},
		{name: "DomainName", content: d.Domain},
		activeTrustedSigners(d.Config),
		s.activeTrustedKeyGroups(d),
		{name: "DistributionConfig", content: d.Config},
	}}
}

// activeTrustedSigners are the accounts whose keys may sign. Keys of accounts are not
// served here, so none is active.
func activeTrustedSigners(c *distributionConfig) element {
	var accounts []string
	for _, b := range c.behaviors() {
		accounts = append(accounts, b.TrustedSigners.Items...)
	}
	return active("ActiveTrustedSigners", "Signer", "AwsAccountNumber", accounts, func(string) []string { return nil })
}

func (s *Service) activeTrustedKeyGroups(d *distribution) element {
	var groups []string
	for _, b := range d.Config.behaviors() {
		groups = append(groups, b.TrustedKeyGroups.Items...)
	}
	return active("ActiveTrustedKeyGroups", "KeyGroup", "KeyGroupId", groups, func(group string) []string { return s.keysOf(d.Account, group) })
}

func active(name, member, key string, ids []string, keysOf func(id string) []string) element {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	items := []element{}
	for _, id := range ids {
		items = append(items, element{name: member, children: []element{
			{name: key, content: id},
			{name: "KeyPairIds", content: newKeyPairIDs(keysOf(id))},
		}})
	}
	return element{name: name, children: []element{
		{name: "Enabled", content: len(ids) > 0},
		{name: "Quantity", content: len(ids)},
		{name: "Items", children: items},
	}}
}

// keyPairIDs is KeyPairIds.
type keyPairIDs struct {
	Quantity int
	Items    []string `xml:"Items>KeyPairId,omitempty"`
}

func newKeyPairIDs(ids []string) keyPairIDs { return keyPairIDs{Quantity: len(ids), Items: ids} }

func (s *Service) createDistribution(r *api.Request) (*api.Response, error) {
	config := new(distributionConfig)
	if err := decode(r, "DistributionConfig", config); err != nil {
		return nil, err
	}
	return s.create(r, config, nil)
}

func (s *Service) createDistributionWithTags(r *api.Request) (*api.Response, error) {
	var in struct {
		DistributionConfig *distributionConfig
		Tags               *tagSet
	}
	if err := decode(r, "DistributionConfigWithTags", &in); err != nil {
		return nil, err
	}
	if in.DistributionConfig == nil {
		return nil, api.Refuse("InvalidArgument", "The parameter DistributionConfig is required.")
	}
	set, err := in.Tags.addTo(nil)
	if err != nil {
		return nil, err
	}
	return s.create(r, in.DistributionConfig, set)
}

// create makes a distribution. A caller reference is good once, whatever comes
// with it: who lost the answer does not get it by asking again.
func (s *Service) create(r *api.Request, config *distributionConfig, tags map[string]string) (*api.Response, error) {
	config.fillDefaults()
	for _, d := range s.distributions {
		if d.Account == r.Caller.Account && d.Config.CallerReference == config.CallerReference {
			return nil, api.RefuseStatus(http.StatusConflict, "DistributionAlreadyExists",
				"The caller reference that you are using to create a distribution is associated with another distribution. Already exists: %s", d.ID)
		}
	}
	if err := s.check(r.Caller.Account, "", config); err != nil {
		return nil, err
	}
	if len(s.ids(r.Caller.Account, all)) >= s.env.Quotas().Distributions {
		return nil, api.Refuse("TooManyDistributions", "Processing your request would cause you to exceed the maximum number of distributions allowed.")
	}
	now := s.now()
	d := &distribution{
		ID: newID(), Account: r.Caller.Account, ETag: newETag(), Domain: "d" + randomText(lowerAlphanumeric, 13) + ".cloudfront.net",
		Modified: now, DeployedAt: now.Add(s.env.Delays.Deploy), Config: config, Tags: tags,
	}
	s.distributions[d.ID] = d
	r.Resource = d.arn()
	return answer(http.StatusCreated, s.element(d, now, d.status(now)), d.ETag, location("/distribution/"+d.ID))
}

// find is the distribution a call names in its path.
func (s *Service) find(r *api.Request, parameter string) (*distribution, error) {
	id := r.HTTP.PathValue(parameter)
	r.Resource = distributionARN(r.Caller.Account, id)
	d, ok := s.distributions[id]
	if !ok || d.Account != r.Caller.Account {
		return nil, notFound("NoSuchDistribution", "The specified distribution does not exist.")
	}
	return d, nil
}

func (s *Service) getDistribution(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "Id")
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, s.read(d), d.ETag, "")
}

func (s *Service) getDistributionConfig(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "Id")
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, element{name: "DistributionConfig", content: d.Config}, d.ETag, "")
}

// updateDistribution replaces the whole configuration.
func (s *Service) updateDistribution(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "Id")
	if err != nil {
		return nil, err
	}
	config := new(distributionConfig)
	if err := decode(r, "DistributionConfig", config); err != nil {
		return nil, err
	}
	if err := checkVersion(r, d.ETag); err != nil {
		return nil, err
	}
	if err := checkComplete(r); err != nil {
		return nil, err
	}
	config.fillDefaults()
	if config.CallerReference != d.Config.CallerReference || config.Staging != d.Config.Staging {
		return nil, api.Refuse("IllegalUpdate", "The update contains modifications that are not allowed: CallerReference and Staging are immutable.")
	}
	if err := s.check(d.Account, d.ID, config); err != nil {
		return nil, err
	}
	s.replace(d, config)
	return answer(http.StatusOK, s.element(d, d.Modified, d.status(d.Modified)), d.ETag, "")
}

// replace gives a distribution another configuration, which takes its time to deploy.
func (s *Service) replace(d *distribution, config *distributionConfig) {
	now := s.now()
	d.statusLag.Change(s.env, d.status(now))
	d.Previous = d.serving(now)
	d.Config, d.ETag, d.Modified = config, newETag(), now
	d.DeployedAt = now.Add(s.env.Delays.Deploy)
	s.letGo(d, d.Previous, d.DeployedAt)
}

// deleteDistribution refuses what is enabled, or not yet disabled everywhere:
// AWS has one code for both.
func (s *Service) deleteDistribution(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "Id")
	if err != nil {
		return nil, err
	}
	if err := checkVersion(r, d.ETag); err != nil {
		return nil, err
	}
	if d.Config.Enabled || d.status(s.now()) != "Deployed" {
		return nil, api.RefuseStatus(http.StatusConflict, "DistributionNotDisabled",
			"The distribution you are trying to delete has not been disabled.")
	}
	delete(s.distributions, d.ID)
	s.letGo(d, d.Config, s.now())
	return noContent(), nil
}

// anyDistribution says whether a configuration satisfies is: the current ones,
// and those the edge still serves.
func (s *Service) anyDistribution(is func(*distributionConfig) bool) bool {
	now := s.now()
	for _, d := range s.distributions {
		if is(d.Config) || is(d.serving(now)) {
			return true
		}
	}
	return false
}

// anyBehavior is inUse for what behaviours refer to.
func (s *Service) anyBehavior(reference func(*cacheBehavior) string) func(id string) bool {
	return func(id string) bool {
		return s.anyDistribution(func(c *distributionConfig) bool {
			return slices.ContainsFunc(c.behaviors(), func(b *cacheBehavior) bool { return reference(b) == id })
		})
	}
}

// ids are those of an account's distributions that satisfy is.
func (s *Service) ids(account string, is func(*distribution) bool) []string {
	var ids []string
	for id, d := range s.distributions {
		if d.Account == account && is(d) {
			ids = append(ids, id)
		}
	}
	return ids
}

// all is satisfied by every distribution.
func all(*distribution) bool { return true }
