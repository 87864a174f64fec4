package localaws_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

// ask is how DNS answers a viewer.
func (w world) ask(name string) (rcode int, answers int) {
	w.t.Helper()
	client := dns.Client{Timeout: soon}
	reply, _, err := client.ExchangeContext(w.t.Context(), new(dns.Msg).SetQuestion(name, dns.TypeA), w.DNSAddr())
	require.NoError(w.t, err)
	return reply.Rcode, len(reply.Answer)
}

func TestAZoneThatNobodyDelegatesToServesNeitherViewersNorCertificates(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	require.NoError(t, seed.Fill(t.Context(), seed.Options{
		Endpoint: w.APIURL(), Region: home, Zone: zone, Bucket: bucket, Undelegated: true,
	}))
	rcode, _ := w.ask("www.example.com.")
	assert.Equal(t, dns.RcodeRefused, rcode)
	certificate := w.pending(w)
	assert.Never(t, func() bool { return w.issued(certificate) }, 300*time.Millisecond, 50*time.Millisecond)

	id := strings.TrimPrefix(*w.zoneID(), "/hostedzone/")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut,
		w.APIURL()+api.ControlPrefix+"zones/"+id+"/delegation", strings.NewReader(`{"delegated": true}`))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	_, answers := w.ask("www.example.com.")
	assert.Equal(t, 1, answers)
	assert.Eventually(t, func() bool { return w.issued(certificate) }, soon, 20*time.Millisecond)
}

func TestAZoneOfAnotherAccountIsDelegatedByItsParent(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount)
	made, err := other.route53().CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
		Name: aws.String(domain), CallerReference: aws.String("1"),
	})
	require.NoError(t, err)
	certificate := other.pending(other)
	assert.Never(t, func() bool { return other.issued(certificate) }, 300*time.Millisecond, 50*time.Millisecond)
	var servers []route53types.ResourceRecord
	for _, server := range made.DelegationSet.NameServers {
		servers = append(servers, route53types.ResourceRecord{Value: aws.String(server)})
	}
	_, err = w.route53().ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: w.zoneID(), ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{
			Action: route53types.ChangeActionCreate, ResourceRecordSet: &route53types.ResourceRecordSet{
				Name: aws.String(domain), Type: route53types.RRTypeNs, TTL: aws.Int64(300), ResourceRecords: servers,
			},
		}}},
	})
	require.NoError(t, err)
	assert.Eventually(t, func() bool { return other.issued(certificate) }, soon, 20*time.Millisecond)
}

// pending is a certificate for the domain whose record is in the zone of another
// world, or of this one.
func (w world) pending(zones world) string {
	w.t.Helper()
	requested, err := w.acm(usEast1).RequestCertificate(w.t.Context(), &acm.RequestCertificateInput{
		DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns,
	})
	require.NoError(w.t, err)
	described, err := w.acm(usEast1).DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: requested.CertificateArn})
	require.NoError(w.t, err)
	record := described.Certificate.DomainValidationOptions[0].ResourceRecord
	zones.change(route53types.ChangeActionUpsert, *record.Name, route53types.RRTypeCname, *record.Value)
	return *requested.CertificateArn
}

func (w world) issued(certificate string) bool {
	described, err := w.acm(usEast1).DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: &certificate})
	return err == nil && described.Certificate.Status == acmtypes.CertificateStatusIssued
}
