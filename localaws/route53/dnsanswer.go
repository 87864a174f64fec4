package route53

import (
	"encoding/xml"
	"net/http"
	"strings"

	"imagecdn/localaws/api"
)

type testDNSAnswerResponse struct {
	XMLName      xml.Name `xml:"https://route53.amazonaws.com/doc/2013-04-01/ TestDNSAnswerResponse"`
	Nameserver   string
	RecordName   string
	RecordType   string
	RecordData   []string `xml:"RecordData>RecordDataEntry"`
	ResponseCode string
	Protocol     string
}

// testDNSAnswer answers as the zone's own name servers do, whether anybody
// delegates to them or not.
func (s *Service) testDNSAnswer(r *api.Request) (*api.Response, error) {
	asked := r.HTTP.URL.Query()
	z, err := s.zone(r, asked.Get("hostedzoneid"))
	if err != nil {
		return nil, err
	}
	r.Resource = z.ID
	name, recordType := asked.Get("recordname"), asked.Get("recordtype")
	canonical, err := canonicalName(name)
	switch {
	case z.Private:
		return nil, api.Refuse("InvalidInput", "TestDNSAnswer supports only public hosted zones: %s is private", z.ID)
	case err != nil:
		return nil, api.Refuse("InvalidInput", "%v", err)
	case !types[recordType]:
		return nil, api.Refuse("InvalidInput", "%s is not a record type", recordType)
	}
	s.settle(s.env.Now())
	out := testDNSAnswerResponse{
		Nameserver: z.NameServers[0], RecordName: name, RecordType: recordType, ResponseCode: "NOERROR", Protocol: "UDP",
	}
	if !within(canonical, z.Name) {
		out.ResponseCode = "REFUSED"
		return api.XML(http.StatusOK, out, nil)
	}
	answer := query{zone: z, name: canonical, owner: toDNS(canonical), qtype: recordType}.answer()
	if !answer.Exists {
		out.ResponseCode = "NXDOMAIN"
	}
	for _, rr := range append(answer.Records, answer.Delegation...) {
		out.RecordData = append(out.RecordData, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	if answer.Alias != "" {
		out.RecordData = append(out.RecordData, edgeData[recordType])
	}
	return api.XML(http.StatusOK, out, nil)
}

// edgeData is what an alias to a distribution answers: the edge is on this machine.
var edgeData = map[string]string{"A": "127.0.0.1", "AAAA": "::1", "HTTPS": `1 . alpn="h2,h3"`}
