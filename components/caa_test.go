package components

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACAARecordThatForbidsAmazonIsReportedBeforehand(t *testing.T) {
	t.Parallel()
	for _, preview := range []bool{false, true} {
		c := newCloud(t)
		c.preview, c.caa = preview, map[string]string{"cdn.example.com": `example.com 0 issue "letsencrypt.org"`}
		assert.Equal(t, Fault{
			Field: "domain", Value: "cdn.example.com",
			Problem: `the CAA record of example.com lets only others issue certificates (0 issue "letsencrypt.org"), and ACM would fail with CAA_ERROR`,
			Cure:    `Add 0 issue "amazon.com" to the CAA record of example.com`,
		}, c.oneFault(one()))
	}
}

func TestACertificateOfItsOwnIsCheckedForCAARecordsToo(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.caa = map[string]string{"*.example.com": `example.com 0 issuewild ";"`}
	faults := c.faultsOf(c.run(func(ctx *pulumi.Context) error {
		_, err := NewValidatedCertificate(ctx, "tls", &ValidatedCertificateArgs{Domain: "*.example.com"})
		return err
	}))
	assert.Len(t, faults, 1)
	assert.Contains(t, faults[0].Cure, `0 issuewild "amazon.com"`)
}

func TestACAARecordDoesNotStopWhatHasACertificate(t *testing.T) {
	t.Parallel()
	forbidden := map[string]string{"img.example.com": `example.com 0 issue "letsencrypt.org"`}
	certificate := func(names ...any) []any {
		return []any{inState("aws:acm/certificate:Certificate", map[string]any{"domainName": names[0], "subjectAlternativeNames": names[1:]})}
	}
	for sentence, test := range map[string]struct {
		change func(*cloud, *ImageCdnArgs)
		warns  int
	}{
		"because one was given": {func(c *cloud, a *ImageCdnArgs) {
			c.certificates[issuedARN] = certificateAt{"ISSUED", []string{"img.example.com", "*.img.example.com", "cdn.example.net"}}
			a.Certificate.Arn = pulumi.String(issuedARN)
		}, 0},
		"because the stack made one": {func(c *cloud, _ *ImageCdnArgs) {
			c.state = certificate("img.example.com", "cdn.example.net", "*.img.example.com", "img.example.com")
		}, 1},
		"as far as can be told": {func(c *cloud, _ *ImageCdnArgs) { c.unreadable = true }, 1},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			c.caa = forbidden
			args := three()
			test.change(c, &args)
			warnings := c.warnings(args)
			require.Len(t, warnings, test.warns)
			for _, warning := range warnings {
				assert.Contains(t, warning, "ACM cannot renew its certificate")
			}
		})
	}
	c := newCloud(t)
	c.caa, c.state = forbidden, certificate("img.example.com", "*.img.example.com")
	c.oneFault(three())
}

func TestWhoMayIssueIsReadAsAuthoritiesDo(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		records  []string
		name     bool // whether a certificate of the name may be issued
		wildcard bool
	}{
		"Amazon":                        {[]string{`0 issue "amazon.com"`}, true, true},
		"another name of Amazon":        {[]string{`0 issue "pki.goog"`, `0 ISSUE "AmazonTrust.com; cansignhttpexchanges=yes"`}, true, true},
		"nobody":                        {[]string{`0 issue ";"`}, false, false},
		"others":                        {[]string{`0 issue "letsencrypt.org"`, `128 issue "digicert.com"`}, false, false},
		"a name that ends alike":        {[]string{`0 issue "notamazon.com"`}, false, false},
		"Amazon, but no wildcards":      {[]string{`0 issue "amazonaws.com"`, `0 issuewild ";"`}, true, false},
		"Amazon for wildcards only":     {[]string{`0 issue "letsencrypt.org"`, `0 issuewild "awstrust.com"`}, false, true},
		"everybody but for wildcards":   {[]string{`0 issuewild "letsencrypt.org"`}, true, false},
		"everybody, and reports wanted": {[]string{`0 iodef "mailto:security@example.com"`}, true, true},
		"what cannot be read":           {[]string{`0 issue`}, true, true},
	} {
		assert.Equal(t, test.name, amazonMayIssue(test.records, false), sentence)
		assert.Equal(t, test.wildcard, amazonMayIssue(test.records, true), "%s, for a wildcard", sentence)
	}
}
