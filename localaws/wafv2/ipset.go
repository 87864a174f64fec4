package wafv2

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/tags"
)

// maxAddresses is how many addresses or ranges an IP set can have.
const maxAddresses = 10_000

// ipSet is one IP set. Like web ACLs it is kept, and blocks nobody.
type ipSet struct {
	entity

	Version   string
	Addresses []string

	// known is when the other parts of WAF have heard of it.
	known time.Time
}

type ipSetInput struct {
	identity
	IPAddressVersion string
	Addresses        []string
	Tags             []tags.Tag
}

// checkAddresses wants ranges in CIDR notation, of one version of IP. A range of
// everything is refused, as in the API reference of CreateIPSet.
func checkAddresses(version string, addresses []string) error {
	if version != "IPV4" && version != "IPV6" {
		return invalid("IP_ADDRESS_VERSION", version, "The IP address version is not valid.")
	}
	if len(addresses) > maxAddresses {
		return limitExceeded()
	}
	for _, address := range addresses {
		prefix, err := netip.ParsePrefix(address)
		if err != nil || prefix.Addr().Is4() != (version == "IPV4") || prefix.Bits() == 0 {
			return invalid("IP_ADDRESS", address, "Your request contains an IP address that isn't valid.")
		}
	}
	return nil
}

func (s *Service) createIPSet(r *api.Request, in *ipSetInput) (*createOutput, error) {
	if err := checkScope(r, in.Scope); err != nil {
		return nil, err
	}
	if !entityName.MatchString(in.Name) {
		return nil, invalid("ENTITY_NAME", in.Name, "The name is not valid.")
	}
	if err := checkAddresses(in.IPAddressVersion, in.Addresses); err != nil {
		return nil, err
	}
	tagged, err := merged(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if named(r, s.state.IPSets, in.Scope, in.Name) != nil {
		return nil, duplicate()
	}
	i := &ipSet{
		entity: newEntity(r, "ipset", in.identity, tagged), Version: in.IPAddressVersion, Addresses: in.Addresses,
		known: s.env.Now().Add(api.Jitter(s.env.Delays.ReadLag)),
	}
	s.state.IPSets[i.ARN] = i
	return &createOutput{Summary: i.summary()}, nil
}

type ipSetDocument struct {
	ARN              string
	ID               string `json:"Id"`
	Name             string
	Description      string
	IPAddressVersion string
	Addresses        []string
}

type ipSetOutput struct {
	IPSet     ipSetDocument
	LockToken string
}

func (s *Service) getIPSet(r *api.Request, in *identity) (*ipSetOutput, error) {
	i, err := find(r, s.state.IPSets, *in)
	if err != nil {
		return nil, err
	}
	return &ipSetOutput{LockToken: i.LockToken, IPSet: ipSetDocument{
		ARN: i.ARN, ID: i.ID, Name: i.Name, Description: i.Description, IPAddressVersion: i.Version,
		Addresses: append([]string{}, i.Addresses...),
	}}, nil
}

// updateIPSet replaces all addresses.
func (s *Service) updateIPSet(r *api.Request, in *ipSetInput) (*updateOutput, error) {
	i, err := find(r, s.state.IPSets, in.identity)
	if err != nil {
		return nil, err
	}
	if err := checkAddresses(i.Version, in.Addresses); err != nil {
		return nil, err
	}
	if in.LockToken != i.LockToken {
		return nil, stale()
	}
	i.Description, i.Addresses, i.LockToken = in.Description, in.Addresses, uuid.NewString()
	return &updateOutput{NextLockToken: i.LockToken}, nil
}

func (s *Service) deleteIPSet(r *api.Request, in *identity) (*nothing, error) {
	i, err := find(r, s.state.IPSets, *in)
	if err != nil {
		return nil, err
	}
	if in.LockToken != i.LockToken {
		return nil, stale()
	}
	for _, a := range s.state.WebACLs {
		if bytes.Contains(a.Config["Rules"], []byte(i.ARN)) {
			return nil, associated()
		}
	}
	delete(s.state.IPSets, i.ARN)
	return &nothing{}, nil
}

type ipSetsOutput struct {
	IPSets     []summary
	NextMarker string `json:",omitempty"`
}

func (s *Service) listIPSets(r *api.Request, in *listInput) (*ipSetsOutput, error) {
	page, next, err := listed(r, s.state.IPSets, in, every)
	if err != nil {
		return nil, err
	}
	return &ipSetsOutput{IPSets: summaries(page), NextMarker: next}, nil
}

// size is how many items a page has.
func (in *listInput) size() int {
	if in.Limit < 1 {
		return maxPage
	}
	return min(in.Limit, maxPage)
}

// referTo refuses an IP set that rules of a call's account and region may not
// refer to, or not yet.
func (s *Service) referTo(r *api.Request) func(arn string) error {
	return func(arn string) error {
		i, found := s.state.IPSets[arn]
		switch {
		case !found || !i.visibleTo(r):
			return nonexistent()
		case s.env.Now().Before(i.known):
			return unavailable()
		}
		return nil
	}
}
