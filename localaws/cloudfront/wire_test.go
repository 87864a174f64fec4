package cloudfront

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

func call(body string) *api.Request {
	return &api.Request{Service: "cloudfront", Operation: "CreateDistribution", Body: []byte(body)}
}

func TestUnknownElementsAreRefused(t *testing.T) {
	t.Parallel()
	for body, code := range map[string]string{
		"": "MissingBody",
		"<DistributionConfig><CallerReference>1</CallerReference></DistributionConfig>": "",
		"<Other/>": "MalformedInput",
		"<DistributionConfig><Colour>red</Colour></DistributionConfig>":                                                                                "MalformedInput",
		"<DistributionConfig><Aliases><Quantity>1</Quantity><Items><CNAME>a</CNAME></Items></Aliases></DistributionConfig>":                            "",
		"<DistributionConfig><Aliases><Quantity>1</Quantity><Items><Name>a</Name></Items></Aliases></DistributionConfig>":                              "MalformedInput",
		"<DistributionConfig><Aliases><Quantity>2</Quantity><Items><CNAME>a</CNAME></Items></Aliases></DistributionConfig>":                            "InconsistentQuantities",
		"<DistributionConfig><Origins><Quantity>1</Quantity><Items><Origin><Id><B/></Id></Origin></Items></Origins></DistributionConfig>":              "MalformedInput",
		"<DistributionConfig><Enabled>maybe</Enabled></DistributionConfig>":                                                                            "MalformedInput",
		"<DistributionConfig><Enabled>true</DistributionConfig>":                                                                                       "MalformedInput",
		`<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Enabled>true</Enabled><Comment>c</Comment></DistributionConfig>`: "",
	} {
		err := decode(call(body), "DistributionConfig", new(distributionConfig))
		if code == "" {
			require.NoError(t, err, body)
			continue
		}
		var refusal *api.Error
		require.ErrorAs(t, err, &refusal, body)
		assert.Equal(t, code, refusal.Code, body)
	}
}

func FuzzDecodeNeverPanics(f *testing.F) {
	f.Add("<DistributionConfig><Aliases><Quantity>1</Quantity><Items><CNAME>a</CNAME></Items></Aliases></DistributionConfig>")
	f.Add("<DistributionConfig>")
	f.Fuzz(func(_ *testing.T, body string) {
		config := new(distributionConfig)
		if decode(call(body), "DistributionConfig", config) != nil {
			return
		}
		config.fillDefaults()
		s := New(api.Environment{}, Options{
			Certificate:  func(string) (Certificate, bool) { return Certificate{}, false },
			WebACLExists: func(string) bool { return false },
		})
		_ = s.check(api.AccountID, "", config) // refuses or not, but does not panic
	})
}
