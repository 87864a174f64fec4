package components

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheCertificateIsOneThatCloudFrontTakes(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.mustUp(three())
	assert.Equal(t, map[string]any{
		"domainName": "img.example.com", "subjectAlternativeNames": []any{"*.img.example.com", "cdn.example.net"},
		"validationMethod": "DNS", "keyAlgorithm": "RSA_2048", "tags": map[string]any{"imagecdn:mark": theMark},
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
			"zoneId": zone, "name": validationName(domain) + ".", "value": validationValue(domain) + ".",
			"certificateArn": certificateARN, "domain": domain,
		}, record.inputs.Mappable())
		assert.Equal(t, PluginVersion, record.request.GetVersion(), "a destroy from an empty directory knows the plugin")
	}
	assert.Equal(t, map[string]any{
		"certificateArn":        certificateARN,
		"validationRecordFqdns": []any{validationName("img.example.com"), validationName("cdn.example.net")},
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

func TestMoreNamesThanACMGivesByDefaultAreAWarning(t *testing.T) {
	t.Parallel()
	for number, warns := range map[int]int{defaultNamesQuota: 0, defaultNamesQuota + 1: 1} {
		c := newCloud(t)
		c.preview = true
		warnings := c.warnings(with(one(), func(a *ImageCdnArgs) {
			for i := range number - 1 {
				a.AdditionalDomains = append(a.AdditionalDomains, fmt.Sprintf("n%d.example.com", i))
			}
		}))
		require.Len(t, warnings, warns, "%d names", number)
		for _, warning := range warnings {
			assert.Contains(t, warning, "the certificate has 11 names; an account may ask for 10 unless its quota was raised")
		}
	}
}

func TestTheWaitForTheCertificateIsBounded(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		given string
		want  string
	}{
		"by 45 minutes":              {"", "45m0s"},
		"by the time that was given": {"90s", "1m30s"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Certificate.ValidationTimeout = test.given }))
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
	got, err := c.valueOf(func(ctx *pulumi.Context) (pulumi.Output, error) {
		certificate, err := NewValidatedCertificate(ctx, "tls", &ValidatedCertificateArgs{
			Domain: "example.com", AdditionalDomains: []string{"*.example.com"},
		})
		if err != nil {
			return nil, err
		}
		return pulumi.All(certificate.Arn, certificate.ValidationRecords), nil
	})
	require.NoError(t, err)
	assert.Equal(t, []any{
		issuedARN, []string{validationName("example.com") + ". CNAME " + validationValue("example.com") + "."},
	}, got, "the certificate is the issued one, and one record validates both names")
	assert.Equal(t, []string{
		"aws:acm/certificate:Certificate tls-cert",
		"aws:acm/certificateValidation:CertificateValidation tls-validated",
		"imagecdn:index:Leftovers tls-mark",
		"imagecdn:index:Leftovers tls-unfinished",
		"imagecdn:index:ValidatedCertificate tls",
		"imagecdn:index:ValidationRecord tls-validation-example.com",
	}, c.names())
}

// givenARN is the ARN of a certificate that the program does not make.
const givenARN = "arn:aws:acm:us-east-1:123456789012:certificate/given"

func TestACertificateThatIsGivenServesTheDomains(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.certificates[givenARN] = certificateAt{"ISSUED", []string{"example.net", "*.example.net", "*.img.example.com", "img.example.com"}}
	arn := c.output(with(three(), func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(givenARN) }),
		func(cdn *ImageCdn) pulumi.Output { return cdn.CertificateArn })
	assert.Equal(t, givenARN, arn)
	assert.Equal(t, givenARN, c.resource("cdn-distribution").input("viewerCertificate.acmCertificateArn"))
}

func TestACertificateThatCannotServeIsRefused(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		arn, problem string
	}{
		"it is in another region":     {"arn:aws:acm:eu-central-1:123456789012:certificate/given", "in us-east-1 only"},
		"it is no certificate":        {"arn:aws:iam::123456789012:server-certificate/given", "in us-east-1 only"},
		"it is no ARN":                {"given", "in us-east-1 only"},
		"it is not there":             {givenARN + "-404", "cannot be found: ResourceNotFoundException"},
		"it is not issued":            {givenARN + "-pending", "is PENDING_VALIDATION"},
		"it does not cover a domain":  {givenARN + "-other", "does not cover cdn.example.com (it has www.example.com, *.example.net)"},
		"its wildcard is too shallow": {givenARN + "-shallow", "does not cover cdn.example.com"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.certificates[givenARN+"-pending"] = certificateAt{"PENDING_VALIDATION", []string{"cdn.example.com"}}
			c.certificates[givenARN+"-other"] = certificateAt{"ISSUED", []string{"www.example.com", "*.example.net"}}
			c.certificates[givenARN+"-shallow"] = certificateAt{"ISSUED", []string{"*.com", "*.cdn.example.com"}}
			fault := c.oneFault(with(one(), func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(test.arn) }))
			assert.Equal(t, "certificate.arn", fault.Field)
			assert.Equal(t, test.arn, fault.Value)
			assert.Contains(t, fault.Problem, test.problem)
		})
	}
}

func TestACertificateOfTheSameProgramIsCheckedOnceItIsThere(t *testing.T) {
	t.Parallel()
	later := func(a *ImageCdnArgs) { a.Certificate.Arn = pulumi.String(givenARN).ToStringOutput() }
	c := newCloud(t)
	c.certificates[givenARN] = certificateAt{"ISSUED", []string{"cdn.example.com"}}
	c.mustUp(with(one(), later))

	c = newCloud(t)
	require.ErrorContains(t, c.up(with(one(), later)), "the certificate cannot be found")
	assert.NotContains(t, c.names(), "aws:cloudfront/distribution:Distribution cdn-distribution")

	c = newCloud(t)
	c.preview = true
	c.mustUp(with(one(), later))
	assert.Empty(t, c.asked("certificateArn"), "it may be made by the same up")
}
