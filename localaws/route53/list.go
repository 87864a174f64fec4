package route53

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"imagecdn/localaws/api"
)

// Page sizes, which are also the largest that can be asked for.
const (
	zonesPerPage   = 100
	recordsPerPage = 300
)

// maxItems reads the page size of a call.
func maxItems(query url.Values, most int) (int, error) {
	asked := query.Get("maxitems")
	if asked == "" {
		return most, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 {
		return 0, api.Refuse("InvalidInput", "Invalid value for MaxItems: %s", asked)
	}
	return min(n, most), nil
}

// cut splits a list after a page; next is the first item that did not fit.
func cut[T any](items []T, size int) (fit []T, next *T, p page) {
	p.MaxItems = size
	if len(items) <= size {
		return items, nil, p
	}
	p.IsTruncated = true
	return items[:size], &items[size], p
}

func (s *Service) listHostedZones(r *api.Request, _ []string) (*api.Response, error) {
	query := r.HTTP.URL.Query()
	size, err := maxItems(query, zonesPerPage)
	if err != nil {
		return nil, err
	}
	marker := strings.TrimPrefix(query.Get("marker"), "/hostedzone/")
	zones := slices.DeleteFunc(s.zonesInOrder(r, byID), func(z *zone) bool {
		return z.ID < marker || query.Get("hostedzonetype") == "PrivateHostedZone" && !z.Private ||
			query.Get("delegationsetid") != ""
	})
	fit, next, p := cut(zones, size)
	out := listHostedZonesResponse{HostedZones: documents(fit), Marker: query.Get("marker"), page: p}
	if next != nil {
		out.NextMarker = (*next).ID
	}
	return api.XML(http.StatusOK, out, nil)
}

func (s *Service) listHostedZonesByName(r *api.Request, _ []string) (*api.Response, error) {
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
	zones := slices.DeleteFunc(s.zonesInOrder(r, byName), func(z *zone) bool { return byName(z) < start })
	fit, next, p := cut(zones, size)
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
	slices.SortFunc(zones, func(a, b *zone) int { return strings.Compare(key(a), key(b)) })
	return zones
}

func documents(zones []*zone) []hostedZone {
	list := make([]hostedZone, 0, len(zones))
	for _, z := range zones {
		list = append(list, z.hostedZone())
	}
	return list
}

func (s *Service) getHostedZoneCount(r *api.Request, _ []string) (*api.Response, error) {
	return api.XML(http.StatusOK, getHostedZoneCountResponse{Count: len(s.zonesOf(r))}, nil)
}

func (s *Service) listReusableDelegationSets(*api.Request, []string) (*api.Response, error) {
	return api.XML(http.StatusOK, listReusableDelegationSetsResponse{page: page{MaxItems: zonesPerPage}}, nil)
}

func (s *Service) listResourceRecordSets(r *api.Request, params []string) (*api.Response, error) {
	z, err := s.zone(r, params[0])
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
	sets := slices.DeleteFunc(z.listed.Read(s.env, z.Records).sorted(), func(r recordSet) bool { return r.key() < start })
	fit, next, p := cut(sets, size)
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
