package route53

import (
	"encoding/xml"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// recordSet is a ResourceRecordSet, in the API's shape and words.
type recordSet struct {
	Name                 string
	Type                 string
	SetIdentifier        string                `json:",omitempty" xml:",omitempty"`
	Weight               *int64                `json:",omitempty" xml:",omitempty"`
	Region               string                `json:",omitempty" xml:",omitempty"`
	GeoLocation          *geoLocation          `json:",omitempty" xml:",omitempty"`
	Failover             string                `json:",omitempty" xml:",omitempty"`
	MultiValueAnswer     *bool                 `json:",omitempty" xml:",omitempty"`
	TTL                  *uint32               `json:",omitempty" xml:",omitempty"`
	Records              resourceRecords       `json:",omitempty" xml:"ResourceRecords,omitempty"`
	AliasTarget          *aliasTarget          `json:",omitempty" xml:",omitempty"`
	HealthCheckID        string                `json:",omitempty" xml:"HealthCheckId,omitempty"`
	TrafficPolicyID      string                `json:",omitempty" xml:"TrafficPolicyInstanceId,omitempty"`
	CidrRoutingConfig    *cidrRouting          `json:",omitempty" xml:",omitempty"`
	GeoProximityLocation *geoProximityLocation `json:",omitempty" xml:",omitempty"`
}

type resourceRecord struct{ Value string }

// resourceRecords are the values of a record set. In XML an alias must have no
// element for them at all, which a path in a field's tag would still write.
type resourceRecords []resourceRecord

type resourceRecordsXML struct {
	Records []resourceRecord `xml:"ResourceRecord"`
}

// MarshalXML implements xml.Marshaler.
func (rs resourceRecords) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeElement(resourceRecordsXML{rs}, start); err != nil {
		return fmt.Errorf("encoding resource records: %w", err)
	}
	return nil
}

// UnmarshalXML implements xml.Unmarshaler.
func (rs *resourceRecords) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var element resourceRecordsXML
	if err := d.DecodeElement(&element, &start); err != nil {
		return fmt.Errorf("decoding resource records: %w", err)
	}
	*rs = element.Records
	return nil
}

type geoLocation struct {
	ContinentCode   string `json:",omitempty" xml:",omitempty"`
	CountryCode     string `json:",omitempty" xml:",omitempty"`
	SubdivisionCode string `json:",omitempty" xml:",omitempty"`
}

type aliasTarget struct {
	HostedZoneID         string `xml:"HostedZoneId"`
	DNSName              string
	EvaluateTargetHealth bool
}

type cidrRouting struct {
	CollectionID string `xml:"CollectionId"`
	LocationName string
}

type geoProximityLocation struct {
	AWSRegion      string       `json:",omitempty" xml:",omitempty"`
	LocalZoneGroup string       `json:",omitempty" xml:",omitempty"`
	Coordinates    *coordinates `json:",omitempty" xml:",omitempty"`
	Bias           *int         `json:",omitempty" xml:",omitempty"`
}

type coordinates struct {
	Latitude, Longitude string
}

// key identifies a record set in its zone. Keys sort as Route 53 lists: by
// reversed name, then type, then set identifier. Canonical names have no space.
func (r recordSet) key() string { return listKey(r.Name, r.Type, r.SetIdentifier) }

func listKey(name, recordType, identifier string) string {
	return strings.TrimRight(reversed(name)+" "+recordType+" "+identifier, " ")
}

// routed says whether the record set is one of several of its name and type,
// chosen from by a routing policy.
func (r recordSet) routed() bool { return r.SetIdentifier != "" }

// policy names the routing policy of a record set.
func (r recordSet) policy() string {
	switch {
	case r.Weight != nil:
		return "weighted"
	case r.Region != "":
		return "latency"
	case r.GeoLocation != nil:
		return "geolocation"
	case r.Failover != "":
		return "failover"
	case r.MultiValueAnswer != nil && *r.MultiValueAnswer:
		return "multivalue answer"
	case r.GeoProximityLocation != nil:
		return "geoproximity"
	case r.CidrRoutingConfig != nil:
		return "CIDR"
	}
	return "simple"
}

// role is what of a routing policy only one record set of a name and type may
// have: a region, a place, or a part in a failover. "" means that any number may.
func (r recordSet) role() string {
	switch {
	case r.Region != "":
		return "region " + r.Region
	case r.Failover != "":
		return "failover " + r.Failover
	case r.GeoLocation != nil:
		return fmt.Sprintf("location %s/%s/%s", r.GeoLocation.ContinentCode, r.GeoLocation.CountryCode, r.GeoLocation.SubdivisionCode)
	}
	return ""
}

// equal compares as a DELETE does: everything must match, but the order of the values.
func (r recordSet) equal(other recordSet) bool {
	byValue := func(a, b resourceRecord) int { return strings.Compare(a.Value, b.Value) }
	r.Records = slices.SortedFunc(slices.Values(r.Records), byValue)
	other.Records = slices.SortedFunc(slices.Values(other.Records), byValue)
	return reflect.DeepEqual(r, other)
}

// describe is how Route 53 names a record set in its messages.
func (r recordSet) describe() string {
	description := "[name='" + r.Name + "', type='" + r.Type + "'"
	if r.routed() {
		description += ", set identifier='" + r.SetIdentifier + "'"
	}
	return description + "]"
}

// records are the record sets of a zone by key.
type records map[string]recordSet

// sorted are the record sets in the order Route 53 lists them.
func (rs records) sorted() []recordSet {
	list := make([]recordSet, 0, len(rs))
	for _, key := range slices.Sorted(maps.Keys(rs)) {
		list = append(list, rs[key])
	}
	return list
}

// of are the record sets of a name, of one type or, with "", of all.
func (rs records) of(name, recordType string) []recordSet {
	list := []recordSet{}
	for _, r := range rs {
		if r.Name == name && (recordType == "" || r.Type == recordType) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b recordSet) int { return strings.Compare(a.key(), b.key()) })
	return list
}
