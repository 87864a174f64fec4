package provider

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	dns "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// distribution makes a disabled one of ours, with a certificate for its aliases from records in a zone.
func (w *world) distribution(zone, comment string, aliases ...string) *types.Distribution {
	w.t.Helper()
	certificate := ""
	if len(aliases) > 0 {
		certificate = w.issued(ours, zone, aliases...)
	}
	return w.distributionWith(ours, certificate, comment, aliases...)
}

func (w *world) distributionWith(account, certificate, comment string, aliases ...string) *types.Distribution {
	w.t.Helper()
	viewer := &types.ViewerCertificate{CloudFrontDefaultCertificate: aws.Bool(true)}
	if certificate != "" {
		viewer = &types.ViewerCertificate{
			ACMCertificateArn: aws.String(certificate), SSLSupportMethod: types.SSLSupportMethodSniOnly,
			MinimumProtocolVersion: types.MinimumProtocolVersionTLSv122021,
		}
	}
	out, err := w.cloudfront(account).CreateDistribution(w.t.Context(), &cloudfront.CreateDistributionInput{
		DistributionConfig: &types.DistributionConfig{
			CallerReference: aws.String(fmt.Sprint(comment, aliases)), Comment: aws.String(comment), Enabled: aws.Bool(false),
			Aliases:           &types.Aliases{Items: aliases, Quantity: aws.Int32(int32(len(aliases)))},
			ViewerCertificate: viewer,
			Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
				Id: aws.String("o"), DomainName: aws.String("www.example.org"), CustomOriginConfig: &types.CustomOriginConfig{
					HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpsOnly,
				},
			}}},
			DefaultCacheBehavior: &types.DefaultCacheBehavior{
				TargetOriginId: aws.String("o"), ViewerProtocolPolicy: types.ViewerProtocolPolicyHttpsOnly,
				CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"),
			},
		},
	})
	require.NoError(w.t, err)
	return out.Distribution
}

// issued is a certificate of an account that the records of a zone of ours have validated.
func (w *world) issued(account, zone string, names ...string) string {
	w.t.Helper()
	arn, wanted := w.certificateOf(account, "us-east-1", names...)
	for _, one := range wanted {
		w.records(zone, record(*one.Name, dns.RRTypeCname, *one.Value))
	}
	require.Eventually(w.t, func() bool {
		out, err := w.acmOf(account, "us-east-1").DescribeCertificate(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: aws.String(arn)})
		return err == nil && out.Certificate.Status == acmtypes.CertificateStatusIssued
	}, time.Minute, 10*time.Millisecond)
	return arn
}

func TestDistributionsThatAnswerToANameAreFound(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, api.Delays{})
	zone, _ := w.zone(ours, "example.com", nil)
	taken := w.distribution(zone, "made by hand", "cdn.example.com", "www.example.com")
	bare := w.distribution(zone, "without a domain")
	w.distribution(zone, "another's", "*.img.example.com")
	w.clear()

	var answer struct {
		Distributions struct{ Found []foundDistribution }
	}
	require.NoError(t, w.provider(nil).invoke("getEdge", map[string]any{
		"names": []any{"CDN.example.com", "a.img.example.com", *bare.DomainName, "free.example.com"},
	}, &answer))
	assert.ElementsMatch(t, []foundDistribution{
		{
			ID: *taken.Id, ARN: *taken.ARN, DomainName: *taken.DomainName, Comment: "made by hand", Names: []string{"CDN.example.com"},
		},
		{ID: *bare.Id, ARN: *bare.ARN, DomainName: *bare.DomainName, Comment: "without a domain", Names: []string{*bare.DomainName}},
	}, answer.Distributions.Found, "a wildcard may overlap an exact name")
	assert.Equal(t, []string{"ListDistributions"}, w.calls("cloudfront"))
}

func TestWhoMayNotListDistributionsIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fault(api.Fault{Operation: "ListDistributions", Code: "AccessDenied", Status: 403, Message: "not you"})
	var answer found
	require.NoError(t, w.provider(nil).invoke("getEdge", map[string]any{"names": []any{"cdn.example.com"}}, &answer))
	assert.Equal(t, found{"distributions": map[string]any{"found": []any{}, "elsewhere": []any{}, "message": "AccessDenied: not you"}}, answer)

	w.fault(api.Fault{Operation: "ListDistributions", Code: "InvalidArgument", Status: 400, Message: "what?"})
	err := w.provider(nil).invoke("getEdge", map[string]any{"names": []any{"cdn.example.com"}}, &answer)
	require.ErrorContains(t, err, "listing distributions: InvalidArgument: what?")
}

func TestNamesOfOtherAccountsAreFoundWhereACertificateProvesWhoAsks(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, api.Delays{})
	zone, _ := w.zone(ours, "example.com", nil)
	theirs := w.distributionWith(otherAccount, w.issued(otherAccount, zone, "a.img.example.com", "b.img.example.com"), "theirs", "a.img.example.com", "b.img.example.com")
	certificate := w.issued(ours, zone, "*.img.example.com", "cdn.example.com", "www.example.com")
	ask := func() *foundClaims {
		var answer struct{ Distributions foundClaims }
		require.NoError(t, w.provider(nil).invoke("getEdge", map[string]any{
			"names": []any{"A.img.example.com", "own.img.example.com", "cdn.example.com"}, "certificateArn": certificate,
		}, &answer))
		return &answer.Distributions
	}
	assert.Empty(t, ask().Elsewhere, "the certificate is on no distribution")

	holder := w.distributionWith(ours, certificate, "ours", "own.img.example.com")
	w.clear()
	found := ask()
	require.Len(t, found.Found, 1)
	assert.Equal(t, *holder.Id, found.Found[0].ID)
	require.Len(t, found.Elsewhere, 1)
	assert.Equal(t, "A.img.example.com", found.Elsewhere[0].Name)
	assert.Equal(t, "******"+otherAccount[6:], found.Elsewhere[0].AccountID)
	assert.Equal(t, (*theirs.Id)[7:], found.Elsewhere[0].DistributionID[7:])
	assert.Equal(t, []string{"ListDistributions", "ListConflictingAliases", "ListConflictingAliases"}, w.calls("cloudfront"),
		"one for each name of the certificate that covers a domain")

	w.fault(api.Fault{Operation: "ListConflictingAliases", Code: "AccessDenied", Status: 403, Message: "not you"})
	assert.Empty(t, ask().Elsewhere)
}

func TestTheMarkOfADistributionIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	marked, bare := w.distributionWith(ours, "", "marked"), w.distributionWith(ours, "", "bare")
	_, err := w.cloudfront(ours).TagResource(t.Context(), &cloudfront.TagResourceInput{Resource: marked.ARN, Tags: &types.Tags{
		Items: []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}, {Key: aws.String(markTag), Value: aws.String("imagecdn-0123456789abcdef")}},
	}})
	require.NoError(t, err)
	for arn, want := range map[string]string{
		*marked.ARN: "imagecdn-0123456789abcdef", *bare.ARN: "", "arn:aws:cloudfront::" + ours + ":distribution/E404EXAMPLE": "",
	} {
		var answer found
		require.NoError(t, w.provider(nil).invoke("getEdge", map[string]any{"markOf": arn}, &answer))
		assert.Equal(t, found{"mark": want}, answer)
	}
}

// caaOf is what getDomains says of who may issue, by domain; "" for nothing.
func caaOf(t *testing.T, c client, given map[string]any, domains ...any) map[string]string {
	t.Helper()
	var answer struct {
		Domains []struct {
			Name string
			CAA  foundRecord
		}
	}
	require.NoError(t, c.invoke("getDomains", map[string]any{"domains": domains, "zoneIds": given}, &answer))
	said := map[string]string{}
	for _, domain := range answer.Domains {
		said[domain.Name] = ""
		if domain.CAA.Type != "" {
			said[domain.Name] = domain.CAA.Name + " " + fmt.Sprint(domain.CAA.Values)
		}
	}
	return said
}

func TestTheClosestCAARecordInTheZonesDecidesWhoMayIssue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apex, _ := w.zone(ours, "example.com", nil)
	child, servers := w.zone(ours, "a.b.example.com", nil)
	w.records(apex,
		record("a.b.example.com", dns.RRTypeNs, servers...),
		record("example.com", dns.RRTypeCaa, `0 issue "apex.example"`),
		record("own.example.com", dns.RRTypeCaa, `0 issue "own.example"`, `0 issuewild ";"`),
		record("alias.example.com", dns.RRTypeCname, "elsewhere.example.org."),
	)
	c := w.provider(nil)
	assert.Equal(t, map[string]string{
		"cdn.example.com": `example.com [0 issue "apex.example"]`, "*.own.example.com": `own.example.com [0 issue "own.example" 0 issuewild ";"]`,
		"x.y.own.example.com": `own.example.com [0 issue "own.example" 0 issuewild ";"]`, "deep.alias.example.com": "",
		"cdn.a.b.example.com": `example.com [0 issue "apex.example"]`, "example.com": `example.com [0 issue "apex.example"]`,
	}, caaOf(t, c, nil, "cdn.example.com", "*.own.example.com", "x.y.own.example.com", "deep.alias.example.com", "cdn.a.b.example.com", "example.com"))

	assert.Equal(t, map[string]string{"cdn.a.b.example.com": ""},
		caaOf(t, c, map[string]any{"cdn.a.b.example.com": child}, "cdn.a.b.example.com"),
		"where all zones are given, no other is looked at")

	w.records(apex, record("b.example.com", dns.RRTypeCaa, `0 issue "middle.example"`))
	assert.Equal(t, map[string]string{"cdn.a.b.example.com": `b.example.com [0 issue "middle.example"]`}, caaOf(t, c, nil, "cdn.a.b.example.com"))
	w.records(child, record("a.b.example.com", dns.RRTypeCaa, `0 issue "amazon.com"`))
	assert.Equal(t, map[string]string{"cdn.a.b.example.com": `a.b.example.com [0 issue "amazon.com"]`}, caaOf(t, c, nil, "cdn.a.b.example.com"))
}

func TestACAARecordIsFoundThroughThreeZones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apex, _ := w.zone(ours, "example.com", nil)
	middle, servers := w.zone(ours, "b.example.com", nil)
	_, lowest := w.zone(ours, "a.b.example.com", nil)
	w.records(apex, record("b.example.com", dns.RRTypeNs, servers...), record("example.com", dns.RRTypeCaa, `0 issue "apex.example"`))
	w.records(middle, record("a.b.example.com", dns.RRTypeNs, lowest...))
	assert.Equal(t, map[string]string{"cdn.a.b.example.com": `example.com [0 issue "apex.example"]`},
		caaOf(t, w.provider(nil), nil, "cdn.a.b.example.com"))
}

func TestADomainInASmallZoneTakesTwoCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.zone(ours, "example.com", nil)
	w.clear()
	caaOf(t, w.provider(nil), nil, "cdn.img.example.com")
	assert.Equal(t, []string{"ListHostedZones", "ListResourceRecordSets"}, w.calls("route53"))
}
