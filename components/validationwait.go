package components

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// newValidationWait registers the bounded wait until ACM has issued the
// certificate. It says what it waits for when it starts, and what is missing
// when its time is over; the provider by itself says neither.
func newValidationWait(
	ctx *pulumi.Context, name string, certificate *acm.Certificate, fqdns pulumi.StringArray,
	plan certificatePlan, opts []pulumi.ResourceOption,
) (*acm.CertificateValidation, error) {
	resourceName := name + "-validated"
	watch := &validationWatch{ctx: ctx, plan: plan, resource: certificate}
	// The wait takes the ARN by way of the options, so that they are known to the
	// hooks before it starts.
	arn := pulumi.All(certificate.Arn, certificate.DomainValidationOptions).ApplyT(func(known []any) string {
		options := known[1].([]acm.CertificateDomainValidationOption)
		watch.wanted.Store(&options)
		return known[0].(string)
	}).(pulumi.StringOutput)
	before, err := ctx.RegisterResourceHook(resourceName+"-announce", watch.announce, nil)
	if err != nil {
		return nil, fmt.Errorf("registering the announcement of %q: %w", resourceName, err)
	}
	failed, err := ctx.RegisterErrorHook(resourceName+"-explain", watch.explain)
	if err != nil {
		return nil, fmt.Errorf("registering the explanation of %q: %w", resourceName, err)
	}
	wait, err := acm.NewCertificateValidation(ctx, resourceName, &acm.CertificateValidationArgs{
		CertificateArn:        arn,
		ValidationRecordFqdns: fqdns,
	}, append(opts,
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: plan.ValidationTimeout.String()}),
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
		w.plan.ValidationTimeout.Round(time.Second), strings.Join(w.plan.domains, ", "),
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
	lines := []string{fmt.Sprintf("%s within %s (%s).", ValidationFailed, w.plan.ValidationTimeout, strings.TrimSpace(reason))}
	for _, domain := range w.plan.domains {
		lines = append(lines, "  "+w.explainDomain(domain))
	}
	lines = append(lines, "Then run the same command again: it goes on where this one stopped.")
	return false, w.ctx.Log.Error(strings.Join(lines, "\n"), &pulumi.LogArgs{Resource: w.resource})
}

func (w *validationWatch) explainDomain(domain string) string {
	z := w.plan.zones[domain]
	option, found := w.option(domain)
	if !found {
		return domain + ": ACM has named no validation record yet. Try again in a minute."
	}
	record := fmt.Sprintf("%s CNAME %s", *option.ResourceRecordName, *option.ResourceRecordValue)
	name := strings.TrimSuffix(*option.ResourceRecordName, ".")
	present, err := route53.GetRecords(w.ctx, &route53.GetRecordsArgs{
		ZoneId: z.ID, NameRegex: new(recordsPattern([]string{domain})),
	}, pulumi.Parent(w.resource))
	if err != nil {
		return fmt.Sprintf("%s: needs the record %s in zone %s (%s), which could not be read: %s",
			domain, record, z.Name, z.ID, lastLine(err))
	}
	for _, set := range present.ResourceRecordSets {
		if r := newExistingRecord(set); r.Name == name && r.Type == "CNAME" {
			return fmt.Sprintf("%s: the record %s is in zone %s (%s). If ACM still cannot resolve it, the parent zone delegates elsewhere: "+
				"compare `dig +short NS %s` with the zone's name servers; or a CAA record forbids amazon.com.", domain, record, z.Name, z.ID, z.Name)
		}
	}
	return fmt.Sprintf("%s: the record %s is MISSING from zone %s (%s). Run `pulumi refresh`, so that the next up puts it back.",
		domain, record, z.Name, z.ID)
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
