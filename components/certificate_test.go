package components

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ttlOf is the TTL by which the stack knows its own validation record.
func ttlOf(t *testing.T, certificate, key string) int {
	t.Helper()
	var ttl int
	require.NoError(t, newCloud(t).run(func(ctx *pulumi.Context) error {
		ttl = ownershipTTL(ctx, certificate+"/"+key)
		return nil
	}))
	return ttl
}

func TestTheCertificateIsOneThatCloudFrontTakes(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	assert.Equal(t, map[string]any{
		"domainName": "img.example.com", "subjectAlternativeNames": []any{"*.img.example.com", "cdn.example.net"},
		"validationMethod": "DNS", "keyAlgorithm": "RSA_2048",
	}, c.resource("cdn-certificate-cert").inputs.Mappable())
}

func TestHowDomainsAreWrittenDoesNotMatter(t *testing.T) {
	t.Parallel()
	reference := newCloud(t)
	reference.mustUp(three())
	for sentence, change := range map[string]func(*ImageCdnArgs){
		"another order":                     func(a *ImageCdnArgs) { slices.Reverse(a.AdditionalDomains) },
		"upper case":                        func(a *ImageCdnArgs) { a.Domain = "IMG.Example.COM" },
		"a trailing dot and spaces":         func(a *ImageCdnArgs) { a.Domain = " img.example.com. " },
		"a domain twice":                    func(a *ImageCdnArgs) { a.AdditionalDomains = append(a.AdditionalDomains, "CDN.example.net") },
		"the first domain among the others": func(a *ImageCdnArgs) { a.AdditionalDomains = append(a.AdditionalDomains, a.Domain) },
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(three(), change))
			assert.Equal(t, reference.names(), c.names())
			for _, r := range reference.all() {
				assert.Equal(t, r.inputs, c.resource(r.name).inputs, r.name)
			}
		})
	}
}

func TestInternationalDomainsAreWrittenInPunycode(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.zones = []zoneAt{{id: "Z9", name: "xn--bcher-kva.example"}}
	c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Domain = "bilder.bücher.example" }))
	assert.Equal(t, []any{"bilder.xn--bcher-kva.example"}, c.resource("cdn-distribution").input("aliases"))
}

func TestValidationRecordsAreFoundByNameInTheirZone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	for domain, zone := range map[string]string{"img.example.com": "Z1", "cdn.example.net": "Z2"} {
		record := c.resource("cdn-certificate-validation-" + domain)
		assert.Equal(t, map[string]any{
			"zoneId": zone, "name": validationName(domain) + ".", "type": "CNAME", "records": []any{validationValue(domain) + "."},
			"ttl": float64(ttlOf(t, "cdn-certificate", domain)), "allowOverwrite": false,
		}, record.inputs.Mappable())
		assert.False(t, record.request.GetRetainOnDelete(), "it is the stack's own")
		assert.Contains(t, record.request.GetIgnoreChanges(), "allowOverwrite")
	}
	assert.Equal(t, map[string]any{
		"certificateArn":        certificateARN,
		"validationRecordFqdns": []any{validationName("img.example.com") + ".", validationName("cdn.example.net") + "."},
	}, sortedFqdns(c.resource("cdn-certificate-validated")).inputs.Mappable())
}

// sortedFqdns puts the record names in the order of the domains of three.
func sortedFqdns(r registration) registration {
	names := texts(r.inputs["validationRecordFqdns"])
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	r.inputs = r.inputs.Copy()
	values := make([]resource.PropertyValue, len(names))
	for i, name := range names {
		values[i] = resource.NewProperty(name)
	}
	r.inputs["validationRecordFqdns"] = resource.NewProperty(values)
	return r
}

func TestASharedValidationRecordIsNeitherSeizedNorTakenAway(t *testing.T) {
	t.Parallel()
	const key = "cdn.example.com"
	own := ttlOf(t, "cdn-certificate", key)
	record := func(ttl int) recordAt {
		return recordAt{name: validationName(key) + ".", kind: "CNAME", ttl: ttl, value: validationValue(key) + "."}
	}
	for sentence, test := range map[string]struct {
		existing          []recordAt
		ttl               int
		overwrite, retain bool
	}{
		"none is there: it is made and goes at destroy":                       {nil, own, false, false},
		"one with the stack's TTL is what a killed up left: it is taken over": {[]recordAt{record(own)}, own, true, false},
		"one with another TTL is somebody else's: it keeps its TTL and stays": {[]recordAt{record(60)}, 60, true, true},
		"the stack's own counts, even if another account's is there, too": {
			[]recordAt{{name: "_other.cdn.example.com.", kind: "CNAME", ttl: 60, value: "_y.acm-validations.aws."}, record(own)}, own, true, false,
		},
		"a CNAME below an underscore that is not ACM's is none": {
			[]recordAt{{name: "_dmarc.cdn.example.com.", kind: "CNAME", ttl: 60, value: "dmarc.example.org."}}, own, false, false,
		},
		"the record of another name is none": {
			[]recordAt{{name: "_x.www.cdn.example.com.", kind: "CNAME", ttl: 60, value: "_y.acm-validations.aws."}}, own, false, false,
		},
		"a TXT record is none": {
			[]recordAt{{name: "_x.cdn.example.com.", kind: "TXT", ttl: 60, value: "_y.acm-validations.aws."}}, own, false, false,
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			for _, preview := range []bool{false, true} {
				c := newCloud(t)
				c.preview, c.records["Z1"] = preview, test.existing
				c.mustUp(one())
				made := c.resource("cdn-certificate-validation-" + key)
				assert.InDelta(t, test.ttl, made.input("ttl"), 0)
				assert.Equal(t, test.overwrite, made.input("allowOverwrite"))
				assert.Equal(t, test.retain, made.request.GetRetainOnDelete())
			}
		})
	}
}

func TestTheTtlThatMarksARecordIsTheStacksOwn(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for _, stack := range []string{"dev", "test", "prod"} {
		require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
			for _, name := range []string{"a/cdn.example.com", "b/cdn.example.com", "a/img.example.com"} {
				ttl := ownershipTTL(ctx, name)
				assert.Equal(t, ttl, ownershipTTL(ctx, name), "it is the same in every run")
				assert.Greater(t, ttl, 3600)
				assert.Less(t, ttl, 86_400)
				seen[ttl] = true
			}
			return nil
		}, pulumi.WithMocks(testProject, stack, newCloud(t))))
	}
	assert.Len(t, seen, 9, "it tells stacks, components and names apart: %v", seen)
}

func TestTheWaitForTheCertificateIsBounded(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		given time.Duration
		want  string
	}{
		"by 45 minutes":              {0, "45m0s"},
		"by the time that was given": {90 * time.Second, "1m30s"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.ValidationTimeout = test.given }))
			wait := c.resource("cdn-certificate-validated").request
			assert.Equal(t, test.want, wait.GetCustomTimeouts().GetCreate())
			assert.Equal(t, []string{"cdn-certificate-validated-announce"}, wait.GetHooks().GetBeforeCreate())
			assert.Equal(t, []string{"cdn-certificate-validated-explain"}, wait.GetHooks().GetOnError())
		})
	}
}

func TestAValidatedCertificateIsUsefulAlone(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.region = UsEast1
	var got []any
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		certificate, err := NewValidatedCertificate(ctx, "tls", &ValidatedCertificateArgs{
			Domain: "example.com", AdditionalDomains: []string{"*.example.com"},
		})
		if err != nil {
			return err
		}
		pulumi.All(certificate.Arn, certificate.ValidationRecords).ApplyT(func(known []any) error {
			got = known
			return nil
		})
		return nil
	}))
	assert.Equal(t, []any{
		issuedARN, []string{validationName("example.com") + ". CNAME " + validationValue("example.com") + "."},
	}, got, "the certificate is the issued one, and one record validates both names")
	assert.Equal(t, []string{
		"aws:acm/certificate:Certificate tls-cert",
		"aws:acm/certificateValidation:CertificateValidation tls-validated",
		"aws:route53/record:Record tls-validation-example.com",
		"imagecdn:index:ValidatedCertificate tls",
	}, c.names())
}
