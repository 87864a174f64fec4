package components

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
)

func TestACdnThatIsNotLiveIsPreparedBesideWhateverServesItsDomains(t *testing.T) {
	t.Parallel()
	served := map[string]func(*cloud){
		"by another distribution": func(c *cloud) { c.claims = []distributionAt{anotherStacks("cdn.example.com")} },
		"by records of that distribution": func(c *cloud) {
			c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "A", alias: "e9other.cloudfront.net"}}
		},
		"by another CDN": func(c *cloud) {
			c.records["Z1"] = []recordAt{{name: "cdn.example.com", kind: "CNAME", value: "cdn.other.example"}}
		},
	}
	for sentence, set := range served {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			set(c)
			c.mustUp(with(one(), func(a *ImageCdnArgs) { a.Operation.Live = new(false) }))
			assert.NotContains(t, c.resource("cdn-distribution").inputs, "aliases")
			assert.Contains(t, strings.Join(c.names(), " "), "cdn-certificate-validation-cdn.example.com")
			assert.NotContains(t, strings.Join(c.names(), " "), "cdn-alias-")
		})
	}
}

func TestTheOutputsOfACdnThatIsNotLiveSayWhereItServes(t *testing.T) {
	t.Parallel()
	prepared := with(one(), func(a *ImageCdnArgs) { a.Operation.Live, a.Dns.Records = new(false), None })
	assert.Equal(t, distributionDomain, newCloud(t).output(prepared, func(c *ImageCdn) pulumi.Output { return c.CdnDomain }))
	assert.Equal(t, "https://"+distributionDomain, newCloud(t).output(prepared, func(c *ImageCdn) pulumi.Output { return c.CdnUrl }))
	records := newCloud(t).output(prepared, func(c *ImageCdn) pulumi.Output { return c.DnsRecords }).([]string)
	assert.Len(t, records, 1, "only the validation record")
	assert.Contains(t, records[0], validationName("cdn.example.com"))
}
