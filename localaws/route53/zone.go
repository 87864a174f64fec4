package route53

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// TTLs of the records every zone is created with.
const (
	soaTTL = 900
	nsTTL  = 172800
)

// zone is one hosted zone.
type zone struct {
	ID              string
	Account         string
	Name            string
	CallerReference string
	Comment         string
	Private         bool
	VPCs            []vpc `json:",omitempty"`
	NameServers     []string
	// Number orders zones by creation: of two public zones of one name the
	// older one answers, as if it were the one the registry delegates to.
	Number int
	// Delegated says whether it is delegated from outside, where that was set.
	Delegated *bool             `json:",omitempty"`
	Tags      map[string]string `json:",omitempty"`
	Records   records
	// Served is what DNS answers: Records without the changes still in Pending.
	Served  records
	Pending []string `json:",omitempty"`

	busyUntil time.Time
	// listed are the record sets that are listed to readers.
	listed api.Lag[records]
}

type vpc struct {
	VPCRegion string `xml:"VPCRegion"`
	VPCID     string `xml:"VPCId"`
}

type createHostedZoneRequest struct {
	Name            string
	CallerReference string
	DelegationSetID string `xml:"DelegationSetId"`
	VPC             *vpc
	Config          hostedZoneConfig `xml:"HostedZoneConfig"`
}

func (s *Service) createHostedZone(r *api.Request) (*api.Response, error) {
	var in createHostedZoneRequest
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	name, err := canonicalName(in.Name)
	if err != nil {
		return nil, api.Refuse("InvalidDomainName", "%v", err)
	}
	if err := s.checkNewZone(r, in, name); err != nil {
		return nil, err
	}
	z := s.newZone(r.Caller.Account, in, name)
	r.Resource = z.ID
	c := s.submit(z, "", []edit{put(z.soa()), put(z.ns())})
	header := http.Header{"Location": {"https://route53.amazonaws.com" + apiPrefix + "hostedzone/" + z.ID}}
	return api.XML(http.StatusCreated, createHostedZoneResponse{
		HostedZone: z.hostedZone(), ChangeInfo: c.info(), DelegationSet: z.delegationSet(), VPC: in.VPC,
	}, header)
}

func (s *Service) checkNewZone(r *api.Request, in createHostedZoneRequest, name string) error {
	if in.CallerReference == "" {
		return api.Refuse("InvalidInput", "Invalid request: Missing field 'CallerReference'")
	}
	if in.DelegationSetID != "" {
		return api.Refuse("NoSuchDelegationSet", "A reusable delegation set with the specified ID %s does not exist.",
			in.DelegationSetID)
	}
	if in.VPC == nil && !strings.Contains(strings.TrimSuffix(name, "."), ".") {
		return api.Refuse("InvalidDomainName", "%s is a top-level domain, for which no public hosted zone can be created", name)
	}
	for _, z := range s.zonesOf(r) {
		if z.CallerReference == in.CallerReference {
			return api.RefuseStatus(http.StatusConflict, "HostedZoneAlreadyExists",
				"A hosted zone has already been created with the specified caller reference.")
		}
		if in.VPC != nil && z.Name == name && slices.Contains(z.VPCs, *in.VPC) {
			return api.Refuse("ConflictingDomainExists", "The VPC %s in region %s has already been associated with the "+
				"hosted zone %s with the same domain name.", in.VPC.VPCID, in.VPC.VPCRegion, z.ID)
		}
	}
	return nil
}

func (s *Service) newZone(account string, in createHostedZoneRequest, name string) *zone {
	s.state.Created++
	z := &zone{
		ID: "Z" + randomID(), Account: account, Name: name, CallerReference: in.CallerReference, Comment: in.Config.Comment,
		Private: in.VPC != nil, Number: s.state.Created, Tags: map[string]string{},
		NameServers: nameServers(s.state.Created), Records: records{}, Served: records{},
	}
	if in.VPC != nil {
		z.VPCs = []vpc{*in.VPC}
	}
	s.zonesListed.Change(s.env, s.allZones())
	s.state.Zones[z.ID] = z
	return z
}

// nameServers are the four servers of a zone's delegation set, one in each of
// the top-level domains that Route 53 spreads them over.
func nameServers(number int) []string {
	servers := make([]string, 0, 4)
	for i, tld := range []string{"com", "net", "org", "co.uk"} {
		n := i*512 + (number*37)%512
		servers = append(servers, fmt.Sprintf("ns-%d.awsdns-%02d.%s", n, n/8%64, tld))
	}
	return servers
}

func (z *zone) soa() recordSet {
	ttl := uint32(soaTTL)
	return recordSet{Name: z.Name, Type: "SOA", TTL: &ttl, Records: resourceRecords{
		{z.NameServers[0] + ". awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"},
	}}
}

func (z *zone) ns() recordSet {
	ttl := uint32(nsTTL)
	set := recordSet{Name: z.Name, Type: "NS", TTL: &ttl}
	for _, server := range z.NameServers {
		set.Records = append(set.Records, resourceRecord{server + "."})
	}
	return set
}

// randomID is the part after the first letter in the ids of zones and changes.
func randomID() string {
	return rand.Text()[:20]
}

// zone finds a hosted zone by its id, with or without the "/hostedzone/" before
// it. Zones are not shared: whoever asks for another account's is told that it
// is none of his.
func (s *Service) zone(r *api.Request, id string) (*zone, error) {
	z, found := s.state.Zones[strings.TrimPrefix(id, "/hostedzone/")]
	if !found {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: %s", id)
	}
	if z.Account != r.Caller.Account {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied",
			"User: %s is not authorized to access this resource", r.Caller.ARN)
	}
	return z, nil
}

func (s *Service) getHostedZone(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, getHostedZoneResponse{
		HostedZone: z.hostedZone(), DelegationSet: z.delegationSet(), VPCs: z.VPCs,
	}, nil)
}

func (s *Service) updateHostedZoneComment(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	var in struct{ Comment string }
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	z.Comment = in.Comment
	return api.XML(http.StatusOK, updateHostedZoneCommentResponse{HostedZone: z.hostedZone()}, nil)
}

func (s *Service) deleteHostedZone(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	for _, r := range z.Records {
		if r.Name != z.Name || r.Type != "SOA" && r.Type != "NS" {
			return nil, api.Refuse("HostedZoneNotEmpty",
				"The specified hosted zone contains non-required resource record sets  and so cannot be deleted.")
		}
	}
	s.zonesListed.Change(s.env, s.allZones())
	delete(s.state.Zones, z.ID)
	for _, id := range z.Pending { // there is nothing left for them to reach
		s.state.Changes[id].InSync, s.state.Changes[id].Edits = true, nil
	}
	return api.XML(http.StatusOK, deleteHostedZoneResponse{ChangeInfo: s.newChange(z.Account, "").info()}, nil)
}

// getDNSSEC answers that no zone is signed: signing is not part of this Route 53.
func (s *Service) getDNSSEC(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	if z.Private {
		return nil, api.Refuse("InvalidArgument", "Operation is unsupported for private hosted zones: %s", z.ID)
	}
	out := getDNSSECResponse{}
	out.Status.ServeSignature = "NOT_SIGNING"
	return api.XML(http.StatusOK, out, nil)
}
