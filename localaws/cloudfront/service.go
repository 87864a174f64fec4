// Package cloudfront is CloudFront's control plane in the embedded AWS:
// distributions and what they refer to, with the rules that AWS enforces when
// they are made, changed and deleted. The data plane is package edge, which
// reads what is deployed through Service.ForHost.
//
// References to kinds of resources that are not served here
// (Lambda functions, real-time logs, VPC origins, trust stores) are kept, not checked.
package cloudfront

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"imagecdn/localaws/api"
)

// Options are what CloudFront must ask other services.
type Options struct {
	// Certificate returns an ACM certificate of us-east-1, and whether it is
	// issued. An unknown certificate is not.
	Certificate func(arn string) (c Certificate, issued bool)
	// WebACLExists says whether a web ACL of scope CLOUDFRONT exists.
	WebACLExists func(arn string) bool
	// LogBucket says of a bucket whether it exists and takes ACLs, which the
	// older kind of logs needs. Nil: there are no buckets.
	LogBucket func(name string) (exists, takesACLs bool)
	// PointsAt returns the domain under cloudfront.net to which public DNS leads
	// from a name, "" for none. Nil: there are no records.
	PointsAt func(name string) (domain string)
	// Texts returns the texts of the TXT records of a name. Nil: there are none.
	Texts func(name string) []string
}

// Certificate is what CloudFront must know of a certificate.
type Certificate struct {
	// Names are the names that it covers.
	Names []string
	// KeyAlgorithm is ACM's name of the key's type, such as RSA_2048.
	KeyAlgorithm string
}

// Service is CloudFront. Like all services it is used with the world's lock held.
type Service struct {
	env        api.Environment
	options    Options
	operations map[string]api.Operation

	distributions         map[string]*distribution
	held                  []held
	accessControls        *catalogue[accessControlConfig]
	accessIdentities      *catalogue[accessIdentityConfig]
	cachePolicies         *catalogue[cachePolicyConfig]
	originRequestPolicies *catalogue[originRequestPolicyConfig]
	responsePolicies      *catalogue[responseHeadersPolicyConfig]
	publicKeys            *catalogue[publicKeyConfig]
	keyGroups             *catalogue[keyGroupConfig]
	functions             map[string]*function // by ARN
}

var _ api.Service = (*Service)(nil)

// New returns a CloudFront with AWS's managed policies and nothing else.
func New(env api.Environment, o Options) *Service {
	s := &Service{env: env, options: o, distributions: map[string]*distribution{}, functions: map[string]*function{}}
	s.accessControls = s.newAccessControls()
	s.accessIdentities = s.newAccessIdentities()
	s.cachePolicies = s.newCachePolicies()
	s.originRequestPolicies = s.newOriginRequestPolicies()
	s.responsePolicies = s.newResponseHeadersPolicies()
	s.publicKeys = s.newPublicKeys()
	s.keyGroups = s.newKeyGroups()
	s.operations = s.allOperations()
	return s
}

// Name implements api.Service.
func (s *Service) Name() string { return "cloudfront" }

// Protocol implements api.Service.
func (s *Service) Protocol() api.Protocol { return api.RESTXML }

// state is what survives a restart.
type state struct {
	Distributions         map[string]*distribution
	Held                  []held `json:",omitempty"`
	AccessControls        map[string]*item[accessControlConfig]
	AccessIdentities      map[string]*item[accessIdentityConfig]
	CachePolicies         map[string]*item[cachePolicyConfig]
	OriginRequestPolicies map[string]*item[originRequestPolicyConfig]
	ResponsePolicies      map[string]*item[responseHeadersPolicyConfig]
	PublicKeys            map[string]*item[publicKeyConfig] `json:",omitempty"`
	KeyGroups             map[string]*item[keyGroupConfig]  `json:",omitempty"`
	Functions             map[string]*function              `json:",omitempty"`
}

// Snapshot implements api.Service.
func (s *Service) Snapshot() (json.RawMessage, error) {
	snapshot, err := json.Marshal(state{
		Distributions:         s.distributions,
		Held:                  s.held,
		AccessControls:        s.accessControls.items,
		AccessIdentities:      s.accessIdentities.items,
		CachePolicies:         s.cachePolicies.items,
		OriginRequestPolicies: s.originRequestPolicies.items,
		ResponsePolicies:      s.responsePolicies.items,
		PublicKeys:            s.publicKeys.items,
		KeyGroups:             s.keyGroups.items,
		Functions:             s.functions,
	})
	if err != nil {
		return nil, fmt.Errorf("encoding the state of cloudfront: %w", err)
	}
	return snapshot, nil
}

// Restore implements api.Service.
func (s *Service) Restore(snapshot json.RawMessage) error {
	var st state
	if err := json.Unmarshal(snapshot, &st); err != nil {
		return fmt.Errorf("decoding the state of cloudfront: %w", err)
	}
	s.distributions = orEmpty(st.Distributions)
	s.held = st.Held
	s.accessControls.items = orEmpty(st.AccessControls)
	s.accessIdentities.items = orEmpty(st.AccessIdentities)
	s.cachePolicies.items = orEmpty(st.CachePolicies)
	s.originRequestPolicies.items = orEmpty(st.OriginRequestPolicies)
	s.responsePolicies.items = orEmpty(st.ResponsePolicies)
	s.publicKeys.items = orEmpty(st.PublicKeys)
	s.keyGroups.items = orEmpty(st.KeyGroups)
	s.functions = orEmpty(st.Functions)
	for _, d := range s.distributions { // earlier snapshots have one account only
		d.Account = cmp.Or(d.Account, api.AccountID)
	}
	s.accessControls.adopt()
	s.cachePolicies.adopt()
	s.originRequestPolicies.adopt()
	s.responsePolicies.adopt()
	return nil
}

// adopt gives what an earlier snapshot has without an account to the only one
// there was.
func (c *catalogue[C]) adopt() {
	for _, it := range c.items {
		it.Account = cmp.Or(it.Account, api.AccountID)
	}
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

// now is the time in the resolution CloudFront reports it in.
func (s *Service) now() time.Time { return s.env.Now().UTC().Truncate(time.Millisecond) }

// noContent is the answer of what only succeeds.
func noContent() *api.Response { return &api.Response{Status: http.StatusNoContent} }
