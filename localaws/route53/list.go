package route53

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
)

// Page sizes, which are also the largest that can be asked for.
const (
	zonesPerPage   = 100
	recordsPerPage = 300
)

// maxItems reads the page size of a call.
func maxItems(query url.Values, most int) (int, error) {
	size, ok := paging.Size(query.Get("maxitems"), 1, most)
	if !ok {
		return 0, api.Refuse("InvalidInput", "Invalid value for MaxItems: %s", query.Get("maxitems"))
	}
	return size, nil
}

// cut splits a list after a page; next is the first item that did not fit.
func cut[T any](items []T, size int) (fit []T, next *T, p page) {
	fit, rest := paging.Cut(items, size)
	p = page{MaxItems: size, IsTruncated: len(rest) > 0}
	if p.IsTruncated {
		next = &rest[0]
	}
	return fit, next, p
}

func (s *Service) listHostedZones(r *api.Request) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	size, err := maxItems(query, zonesPerPage)
	if err != nil {
		return nil, err
	}
	marker := strings.TrimPrefix(query.Get("marker"), "/hostedzone/")
	zones := slices.DeleteFunc(paging.From(s.zonesInOrder(r, byID), byID, marker), func(z *zone) bool {
		return query.Get("hostedzonetype") == "PrivateHostedZone" && !z.Private || query.Get("delegationsetid") != ""
	})
	fit, next, p := cut(zones, size)
	out := listHostedZonesResponse{HostedZones: documents(fit), Marker: query.Get("marker"), page: p}
	if next != nil {
		out.NextMarker = (*next).ID
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) listHostedZonesByName(r *api.Request) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	size, err := maxItems(query, zonesPerPage)
	if err != nil {
		return nil, err
	}
	start, id := "", strings.TrimPrefix(query.Get("hostedzoneid"), "/hostedzone/")
	if name := query.Get("dnsname"); name != "" {
		if start, err = canonicalName(name); err != nil {
			return nil, api.Refuse("InvalidDomainName", "%v", err)
		}
		start = reversed(start) + " " + id
	} else if id != "" {
		return nil, api.Refuse("InvalidInput", "HostedZoneId can be given only together with DNSName")
	}
	fit, next, p := cut(paging.From(s.zonesInOrder(r, byName), byName, start), size)
	out := listHostedZonesByNameResponse{
		HostedZones: documents(fit), DNSName: query.Get("dnsname"), HostedZoneID: query.Get("hostedzoneid"), page: p,
	}
	if next != nil {
		out.NextDNSName, out.NextHostedZoneID = (*next).Name, (*next).ID
	}
	return api.XML(http.StatusOK, out, nil)
}

func byID(z *zone) string   { return z.ID }
func byName(z *zone) string { return reversed(z.Name) + " " + z.ID }

// zonesOf are the zones of the caller's account, in no order.
func (s *Service) zonesOf(r *api.Request) []*zone {
	var zones []*zone
	for _, z := range s.state.Zones {
		if z.Account == r.Caller.Account {
			zones = append(zones, z)
		}
	}
	return zones
}

// allZones are the zones of all accounts, in no order.
func (s *Service) allZones() []*zone { return slices.Collect(maps.Values(s.state.Zones)) }

// zonesInOrder are the zones of the caller's account as they are listed.
func (s *Service) zonesInOrder(r *api.Request, key func(*zone) string) []*zone {
	zones := slices.DeleteFunc(slices.Clone(s.zonesListed.Read(s.env, s.allZones())), func(z *zone) bool {
		return z.Account != r.Caller.Account
	})
	return paging.Sort(zones, key)
}

func documents(zones []*zone) []hostedZone {
	list := make([]hostedZone, 0, len(zones))
	for _, z := range zones {
		list = append(list, z.hostedZone())
	}
	return list
}

func (s *Service) getHostedZoneCount(r *api.Request) (*api.Response, error) {
	return api.XML(http.StatusOK, getHostedZoneCountResponse{Count: len(s.zonesOf(r))}, nil)
}

func (s *Service) listReusableDelegationSets(*api.Request) (*api.Response, error) {
	return api.XML(http.StatusOK, listReusableDelegationSetsResponse{page: page{MaxItems: zonesPerPage}}, nil)
}

func (s *Service) listResourceRecordSets(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	query := r.HTTP.URL.Query()
	size, err := maxItems(query, recordsPerPage)
	if err != nil {
		return nil, err
	}
	start, err := listStart(query)
	if err != nil {
		return nil, err
	}
	sets := z.listed.Read(s.env, z.Records).sorted()
	fit, next, p := cut(paging.From(sets, recordSet.key, start), size)
	out := listResourceRecordSetsResponse{ResourceRecordSets: fit, page: p}
	if next != nil {
		out.NextRecordName, out.NextRecordType, out.NextRecordIdentifier = next.Name, next.Type, next.SetIdentifier
	}
	return api.XML(http.StatusOK, out, nil)
}

// listStart is the key at which a listing of record sets begins.
func listStart(query url.Values) (string, error) {
	name, recordType, identifier := query.Get("name"), query.Get("type"), query.Get("identifier")
	if name == "" && recordType != "" || recordType == "" && identifier != "" {
		return "", api.Refuse("InvalidInput", "StartRecordType needs StartRecordName, and StartRecordIdentifier needs both")
	}
	if name == "" {
		return "", nil
	}
	if recordType != "" && !types[recordType] {
		return "", api.Refuse("InvalidInput", "%s is not a record type", recordType)
	}
	canonical, err := canonicalName(name)
	if err != nil {
		return "", api.Refuse("InvalidInput", "%v", err)
	}
	return listKey(canonical, recordType, identifier), nil
}
