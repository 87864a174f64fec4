package route53

import "encoding/xml"

// namespace is of every document of the API.
const namespace = "https://route53.amazonaws.com/doc/2013-04-01/"

type hostedZoneConfig struct {
	Comment     string `xml:",omitempty"`
	PrivateZone bool
}

type hostedZone struct {
	ID              string `xml:"Id"`
	Name            string
	CallerReference string
	Config          hostedZoneConfig
	Count           int `xml:"ResourceRecordSetCount"`
}

type delegationSet struct {
	NameServers []string `xml:"NameServers>NameServer"`
}

type changeInfo struct {
	ID          string `xml:"Id"`
	Status      string
	SubmittedAt string
	Comment     string `xml:",omitempty"`
}

// page is how a list says where it goes on.
type page struct {
	IsTruncated bool
	MaxItems    int
}

type createHostedZoneResponse struct {
	XMLName       xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ CreateHostedZoneResponse"`
	HostedZone    hostedZone
	ChangeInfo    changeInfo
	DelegationSet *delegationSet
	VPC           *vpc
}

type getHostedZoneResponse struct {
	XMLName       xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetHostedZoneResponse"`
	HostedZone    hostedZone
	DelegationSet *delegationSet
	VPCs          []vpc `xml:"VPCs>VPC,omitempty"`
}

type updateHostedZoneCommentResponse struct {
	XMLName    xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ UpdateHostedZoneCommentResponse"`
	HostedZone hostedZone
}

type deleteHostedZoneResponse struct {
	XMLName    xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ DeleteHostedZoneResponse"`
	ChangeInfo changeInfo
}

type getDNSSECResponse struct {
	XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetDNSSECResponse"`
	Status  struct{ ServeSignature string }
	Keys    struct{} `xml:"KeySigningKeys"`
}

// changeResponse answers the operations that return nothing but a change; its
// name says which.
type changeResponse struct {
	XMLName    xml.Name
	ChangeInfo changeInfo
}

func changeDocument(operation string, c *change) changeResponse {
	return changeResponse{XMLName: xml.Name{Space: namespace, Local: operation + "Response"}, ChangeInfo: c.info()}
}

type listHostedZonesResponse struct {
	XMLName     xml.Name     `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesResponse"`
	HostedZones []hostedZone `xml:"HostedZones>HostedZone"`
	Marker      string       `xml:",omitempty"`
	NextMarker  string       `xml:",omitempty"`
	page
}

type listHostedZonesByNameResponse struct {
	XMLName          xml.Name     `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesByNameResponse"`
	HostedZones      []hostedZone `xml:"HostedZones>HostedZone"`
	DNSName          string       `xml:",omitempty"`
	HostedZoneID     string       `xml:"HostedZoneId,omitempty"`
	NextDNSName      string       `xml:",omitempty"`
	NextHostedZoneID string       `xml:"NextHostedZoneId,omitempty"`
	page
}

type listHostedZonesByVPCResponse struct {
	XMLName   xml.Name            `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListHostedZonesByVPCResponse"`
	Summaries []hostedZoneSummary `xml:"HostedZoneSummaries>HostedZoneSummary"`
	MaxItems  int
}

type hostedZoneSummary struct {
	ID    string `xml:"HostedZoneId"`
	Name  string
	Owner zoneOwner
}

type zoneOwner struct{ OwningAccount string }

type getHostedZoneCountResponse struct {
	XMLName xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ GetHostedZoneCountResponse"`
	Count   int      `xml:"HostedZoneCount"`
}

type listResourceRecordSetsResponse struct {
	XMLName              xml.Name    `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListResourceRecordSetsResponse"`
	ResourceRecordSets   []recordSet `xml:"ResourceRecordSets>ResourceRecordSet"`
	NextRecordName       string      `xml:",omitempty"`
	NextRecordType       string      `xml:",omitempty"`
	NextRecordIdentifier string      `xml:",omitempty"`
	page
}

type listVPCAuthorizationsResponse struct {
	XMLName      xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListVPCAssociationAuthorizationsResponse"`
	HostedZoneID string   `xml:"HostedZoneId"`
	VPCs         struct{}
}

type listReusableDelegationSetsResponse struct {
	XMLName        xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ ListReusableDelegationSetsResponse"`
	DelegationSets struct{}
	page
}

func (z *zone) hostedZone() hostedZone {
	return hostedZone{
		ID: "/hostedzone/" + z.ID, Name: z.Name, CallerReference: z.CallerReference, Count: len(z.Records),
		Config: hostedZoneConfig{Comment: z.Comment, PrivateZone: z.Private},
	}
}

// delegationSet is nil for a private zone, which nobody delegates to.
func (z *zone) delegationSet() *delegationSet {
	if z.Private {
		return nil
	}
	return &delegationSet{NameServers: z.NameServers}
}
