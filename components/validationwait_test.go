package components

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// journal keeps what a program logs, in place of the engine.
type journal struct {
	pulumi.Log

	mu                   sync.Mutex
	infos, warns, errors []string
}

// Info implements pulumi.Log.
func (j *journal) Info(message string, _ *pulumi.LogArgs) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.infos = append(j.infos, message)
	return nil
}

// Warn implements pulumi.Log.
func (j *journal) Warn(message string, _ *pulumi.LogArgs) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.warns = append(j.warns, message)
	return nil
}

// Error implements pulumi.Log.
func (j *journal) Error(message string, _ *pulumi.LogArgs) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.errors = append(j.errors, message)
	return nil
}

// watching runs a program in which a wait for a certificate can be asked to speak. Before ACM has named the records,
// named is false.
func watching(t *testing.T, c *cloud, args ValidatedCertificateArgs, named bool, ask func(*validationWatch)) *journal {
	t.Helper()
	heard := &journal{}
	require.NoError(t, c.run(func(ctx *pulumi.Context) error {
		ctx.Log = heard
		plan := planOf(ctx, t, args)
		certificate, err := acm.NewCertificate(ctx, "cert", &acm.CertificateArgs{
			DomainName: pulumi.String(plan.domains[0]), SubjectAlternativeNames: pulumi.ToStringArray(plan.domains[1:]),
		})
		if err != nil {
			return err
		}
		certificate.DomainValidationOptions.ApplyT(func(options []acm.CertificateDomainValidationOption) error {
			watch := &validationWatch{ctx: ctx, plan: plan, resource: certificate}
			if named {
				watch.wanted.Store(&options)
			}
			ask(watch)
			return nil
		})
		return nil
	}))
	return heard
}

// planOf is what is known of a certificate before anything is registered.
func planOf(ctx *pulumi.Context, t *testing.T, args ValidatedCertificateArgs) certificatePlan {
	t.Helper()
	var fs faults
	made, err := newProviders(ctx, "tls", ProvidersArgs{}, IdentitiesArgs{}, nil, &fs)
	require.NoError(t, err)
	domains := checkDomains(args.Domain, args.AdditionalDomains, &fs)
	plan := certificatePlan{domains: domains, dns: planDns(ctx, made.plugin, args.Dns, domains, &fs), timeout: 45 * time.Minute, providers: made}
	require.NoError(t, fs.err())
	return plan
}

var twoZones = ValidatedCertificateArgs{
	Domain: "*.img.example.com", AdditionalDomains: []string{"img.example.com", "cdn.example.net"},
}

func TestTheWaitSaysWhatItWaitsForWhenItStarts(t *testing.T) {
	t.Parallel()
	heard := watching(t, newCloud(t), twoZones, true, func(w *validationWatch) { assert.NoError(t, w.announce(nil)) })
	require.Len(t, heard.infos, 1)
	assert.Equal(t, "waiting up to 45m0s for ACM to issue the certificate of *.img.example.com, cdn.example.net, img.example.com "+
		"(commonly 5 to 30 minutes); it does so once it can resolve:\n"+
		"  _token.cdn.example.net. CNAME _for-cdn-example-net.acm-validations.aws.\n"+
		"  _token.img.example.com. CNAME _for-img-example-com.acm-validations.aws.", heard.infos[0])
}

func TestAFailedWaitSaysWhichRecordIsMissing(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	c.records["Z2"] = []recordAt{{name: "_token.cdn.example.net", kind: "CNAME", ttl: 300, value: validationValue("cdn.example.net")}}
	heard := watching(t, c, twoZones, true, func(w *validationWatch) {
		again, err := w.explain(&pulumi.ErrorHookArgs{Errors: []string{"timeout while waiting for state\n", "an older one"}})
		assert.NoError(t, err)
		assert.False(t, again, "another wait would not help")
	})
	require.Len(t, heard.errors, 1)
	text := heard.errors[0]
	assert.Contains(t, text, ValidationFailed+" within 45m0s (timeout while waiting for state).")
	for _, domain := range []string{"*.img.example.com", "img.example.com"} {
		assert.Contains(t, text, "\n  "+domain+": the record _token.img.example.com. CNAME _for-img-example-com.acm-validations.aws. "+
			"is MISSING from zone example.com (Z1). Run `pulumi refresh`")
	}
	assert.Contains(t, text, "\n  cdn.example.net: the record _token.cdn.example.net. CNAME _for-cdn-example-net.acm-validations.aws. "+
		"is in zone example.net (Z2). If ACM still cannot resolve it, the parent zone delegates elsewhere")
	assert.Contains(t, text, "dig +short NS example.net")
	assert.Contains(t, text, "CAA")
}

func TestAFailedWaitExplainsItselfEvenIfLittleIsKnown(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		named  bool
		broken error
		errors []string
		want   []string
	}{
		"ACM has named no record": {
			false, nil, []string{"boom"}, []string{"(boom)", "cdn.example.com: ACM has named no validation record yet"},
		},
		"the zone cannot be read": {
			true, errors.New("AccessDenied"), []string{"boom"},
			[]string{"needs the record _token.cdn.example.com. CNAME", "zone example.com (Z1), which could not be read: ", "AccessDenied"},
		},
		"the engine gives no reason": {true, nil, nil, []string{"(failed)", "MISSING"}},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			heard := watching(t, c, ValidatedCertificateArgs{Domain: "cdn.example.com"}, test.named, func(w *validationWatch) {
				c.broken = map[string]error{getDomainsToken: test.broken}
				again, err := w.explain(&pulumi.ErrorHookArgs{Errors: test.errors})
				assert.NoError(t, err)
				assert.False(t, again)
			})
			require.Len(t, heard.errors, 1)
			for _, want := range test.want {
				assert.Contains(t, heard.errors[0], want)
			}
		})
	}
}

func TestAFailedWaitSaysWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		dns  DnsArgs
		want string
	}{
		"somebody else writes the records": {
			DnsArgs{Records: None}, "needs the record _token.cdn.example.com. CNAME _for-cdn-example-com.acm-validations.aws., which is yours to make",
		},
		"the zone is of the same program": {
			DnsArgs{ZoneId: pulumi.String("Z9").ToStringOutput()}, "in the zone that the program makes; look whether its parent zone delegates to it",
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t)
			heard := watching(t, c, ValidatedCertificateArgs{Domain: "cdn.example.com", Dns: test.dns}, true, func(w *validationWatch) {
				_, err := w.explain(&pulumi.ErrorHookArgs{Errors: []string{"boom"}})
				assert.NoError(t, err)
			})
			require.Len(t, heard.errors, 1)
			assert.Contains(t, heard.errors[0], test.want)
			assert.Empty(t, c.callsOf(getDomainsToken), "there is no zone to look into")
		})
	}
}

func TestOptionsOfACertificateWithoutRecordsAreNoRecords(t *testing.T) {
	t.Parallel()
	domain, name, value := "cdn.example.com", "_a.cdn.example.com.", "_b.acm-validations.aws."
	assert.Empty(t, wantedRecords([]acm.CertificateDomainValidationOption{{DomainName: &domain}}))
	watch := &validationWatch{}
	_, found := watch.option(domain)
	assert.False(t, found)
	watch.wanted.Store(&[]acm.CertificateDomainValidationOption{
		{}, {DomainName: &domain}, {DomainName: &domain, ResourceRecordName: &name, ResourceRecordValue: &value},
	})
	option, found := watch.option("*.cdn.example.com")
	require.True(t, found)
	assert.Equal(t, name, *option.ResourceRecordName)
}
