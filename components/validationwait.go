package components

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// newValidationWait registers the bounded wait until ACM has issued the
// certificate. It says what it waits for when it starts, and what is missing
// when its time is over; the provider by itself says neither.
func newValidationWait(
	ctx *pulumi.Context, name string, c *ValidatedCertificate, plan certificatePlan, opts []pulumi.ResourceOption,
) (*acm.CertificateValidation, error) {
	resourceName, certificate := name+"-validated", c.Certificate
	watch := &validationWatch{ctx: ctx, plan: plan, resource: certificate}
	var fqdns pulumi.StringArray
	for _, record := range c.Records {
		fqdns = append(fqdns, record.Fqdn)
	}
	// The wait takes the ARN by way of the options, so that they are known to the
	// hooks before it starts.
	arn := pulumi.All(certificate.Arn, certificate.DomainValidationOptions).ApplyT(func(known []any) string {
		options := known[1].([]acm.CertificateDomainValidationOption)
		watch.wanted.Store(&options)
		return known[0].(string)
	}).(pulumi.StringOutput)
	before, err := ctx.RegisterResourceHook(hookName(ctx, resourceName+"-announce"), watch.announce, nil)
	if err != nil {
		return nil, fmt.Errorf("registering the announcement of %q: %w", resourceName, err)
	}
	failed, err := ctx.RegisterErrorHook(hookName(ctx, resourceName+"-explain"), watch.explain)
	if err != nil {
		return nil, fmt.Errorf("registering the explanation of %q: %w", resourceName, err)
	}
	wait, err := acm.NewCertificateValidation(ctx, resourceName, &acm.CertificateValidationArgs{
		CertificateArn:        arn,
		ValidationRecordFqdns: fqdns,
	}, append(opts,
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: plan.timeout.String()}),
		// Hooks for errors are safe here only because deleting a wait cannot fail:
		// a destroy does not run the program, and a failed delete that has a hook
		// the engine does not know reports the hook instead of the failure.
		pulumi.ResourceHooks(&pulumi.ResourceHookBinding{
			BeforeCreate: []*pulumi.ResourceHook{before},
			OnError:      []*pulumi.ErrorHook{failed},
		}))...)
	if err != nil {
		return nil, fmt.Errorf("waiting for the certificate of %s: %w", strings.Join(plan.domains, ", "), err)
	}
	return wait, nil
}

// validationWatch tells people about the wait for a certificate.
type validationWatch struct {
	ctx      *pulumi.Context
	plan     certificatePlan
	resource pulumi.Resource
	wanted   atomic.Pointer[[]acm.CertificateDomainValidationOption]
}

// options are the records ACM asks for, none before it has named them.
func (w *validationWatch) options() []acm.CertificateDomainValidationOption {
	if known := w.wanted.Load(); known != nil {
		return *known
	}
	return nil
}

func (w *validationWatch) announce(*pulumi.ResourceHookArgs) error {
	return w.ctx.Log.Info(fmt.Sprintf(
		"waiting up to %s for ACM to issue the certificate of %s (commonly 5 to 30 minutes); it does so once it can resolve:\n  %s",
		w.plan.timeout.Round(time.Second), strings.Join(w.plan.domains, ", "),
		strings.Join(wantedRecords(w.options()), "\n  ")), &pulumi.LogArgs{Resource: w.resource})
}

// ValidationFailed starts the message that explains a certificate that was not
// issued in time; package automation recognises it.
const ValidationFailed = "the certificate was not issued"

// explain logs, for each domain, which record ACM waits for and whether the zone
// has it. It never asks for another try.
func (w *validationWatch) explain(args *pulumi.ErrorHookArgs) (bool, error) {
	reason := "failed"
	if len(args.Errors) > 0 {
		reason = args.Errors[0]
	}
	lines := []string{fmt.Sprintf("%s within %s (%s).", ValidationFailed, w.plan.timeout, strings.TrimSpace(reason))}
	for _, domain := range w.plan.domains {
		lines = append(lines, "  "+w.explainDomain(domain))
	}
	lines = append(lines, "Then run the same command again: it goes on where this one stopped.")
	return false, w.ctx.Log.Error(strings.Join(lines, "\n"), &pulumi.LogArgs{Resource: w.resource})
}

func (w *validationWatch) explainDomain(domain string) string {
	option, found := w.option(domain)
	if !found {
		return domain + ": ACM has named no validation record yet. Try again in a minute."
	}
	record := fmt.Sprintf("%s CNAME %s", *option.ResourceRecordName, *option.ResourceRecordValue)
	z, managed := w.plan.dns[domain]
	if !managed {
		return domain + ": needs the record " + record + ", which is yours to make (dns.records is none)."
	}
	if z.zone.ID == "" {
		return domain + ": needs the record " + record + " in the zone that the program makes; look whether its parent zone delegates to it."
	}
	place := "zone " + z.zone.Name + " (" + z.zone.ID + ")"
	name := strings.TrimSuffix(*option.ResourceRecordName, ".")
	present, err := w.plan.providers.plugin.getDomains(w.ctx, []string{name}, map[string]string{name: z.zone.ID})
	switch {
	case err != nil || len(present) == 0:
		return fmt.Sprintf("%s: needs the record %s in %s, which could not be read: %v", domain, record, place, err)
	case !slices.ContainsFunc(present[0].Records, func(r foundRecord) bool { return r.Type == "CNAME" }):
		return fmt.Sprintf("%s: the record %s is MISSING from %s. Run `pulumi refresh`, so that the next up puts it back.", domain, record, place)
	}
	return fmt.Sprintf("%s: the record %s is in %s. If ACM still cannot resolve it, the parent zone delegates elsewhere: "+
		"compare `dig +short NS %s` with the zone's name servers; or a CAA record forbids amazon.com.", domain, record, place, z.zone.Name)
}

func (w *validationWatch) option(domain string) (acm.CertificateDomainValidationOption, bool) {
	for _, option := range w.options() {
		if option.DomainName != nil && option.ResourceRecordName != nil && option.ResourceRecordValue != nil &&
			dnsname.ValidationKey(*option.DomainName) == dnsname.ValidationKey(domain) {
			return option, true
		}
	}
	return acm.CertificateDomainValidationOption{}, false
}
