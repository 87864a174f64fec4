package components

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// ValidatedCertificateToken is the type token of [ValidatedCertificate].
const ValidatedCertificateToken = "imagecdn:index:ValidatedCertificate" //nolint:gosec // a type token

// DefaultValidationTimeout bounds the wait for ACM. Issuing commonly takes 5 to
// 30 minutes; what is not issued after 45 has a cause that waiting does not cure.
const DefaultValidationTimeout = "45m"

// Bounds of the wait for ACM. It gives up by itself after 72 hours: "DNS validation"
// in the ACM user guide.
const (
	shortestValidationTimeout = time.Second
	longestValidationTimeout  = 72 * time.Hour
)

// Limits of ACM. Source: "AWS Certificate Manager quotas" and the API reference
// of RequestCertificate.
const (
	maxFirstNameLength  = 64
	maxCertificateNames = 100
	defaultNamesQuota   = 10
)

// ValidatedCertificate is a public ACM certificate in us-east-1 together with
// the Route 53 records that validate it and the wait until it is issued.
type ValidatedCertificate struct {
	pulumi.ResourceState

	// Arn is the ARN of the certificate, known only once it is issued: whoever
	// depends on it waits for the validation.
	Arn pulumi.StringOutput `pulumi:"arn"`
	// ValidationRecords are the records ACM asks for, each as "name CNAME value".
	ValidationRecords pulumi.StringArrayOutput `pulumi:"validationRecords"`

	// Certificate is the certificate as it was requested.
	Certificate *acm.Certificate
	// Records are the validation records; none where somebody else writes them.
	Records []*ValidationRecord
	// Validation is the wait until the certificate is issued.
	Validation *acm.CertificateValidation
}

// ValidatedCertificateArgs are the arguments of [NewValidatedCertificate].
type ValidatedCertificateArgs struct {
	// Domain is the first name of the certificate, at most 64 characters; a
	// wildcard such as "*.example.com" is fine. Required. A change issues a new
	// certificate before the old one is deleted.
	Domain string `pulumi:"domain"`
	// AdditionalDomains are further names; their order does not matter. A change
	// issues a new certificate before the old one is deleted.
	AdditionalDomains []string `pulumi:"additionalDomains"`
	// Dns says where the validation records go.
	Dns DnsArgs `pulumi:"dns"`
	// ValidationTimeout bounds the wait until the certificate is issued, as a
	// duration such as "45m" or "1h30m", at most 72h. Default:
	// [DefaultValidationTimeout].
	ValidationTimeout string `pulumi:"validationTimeout"`
	// Tags are put on the certificate, besides the provider's default tags.
	Tags pulumi.StringMapInput `pulumi:"tags"`
	// Identities say whose the hosted zones are.
	Identities IdentitiesArgs `pulumi:"identities"`
	// Providers are AWS providers of the program's own.
	Providers ProvidersArgs
}

// NewValidatedCertificate registers a [ValidatedCertificate].
//
// It returns an [InvalidArgsError] when arguments, or the hosted zones they
// lead to, do not allow it.
func NewValidatedCertificate(
	ctx *pulumi.Context, name string, args *ValidatedCertificateArgs, opts ...pulumi.ResourceOption,
) (*ValidatedCertificate, error) {
	if args == nil {
		args = &ValidatedCertificateArgs{}
	}
	var fs faults
	made, err := newProviders(ctx, name, args.Providers, args.Identities, opts, &fs)
	if err != nil {
		return nil, err
	}
	checkName(name, &fs)
	checkTags(args.Tags, &fs)
	domains := checkDomains(args.Domain, args.AdditionalDomains, &fs)
	plan := certificatePlan{
		domains: domains, dns: planDns(ctx, made.plugin, args.Dns, domains, &fs), providers: made, tags: args.Tags,
		timeout: checkTimeout("validationTimeout", textOr(args.ValidationTimeout, DefaultValidationTimeout),
			shortestValidationTimeout, longestValidationTimeout, &fs),
	}
	checkIssuance(ctx, domains, plan.dns, &lastState{ctx: ctx, providers: made}, &fs)
	if err := fs.err(); err != nil {
		return nil, err
	}
	return newValidatedCertificate(ctx, name, plan, opts...)
}

// certificatePlan is what is known of a certificate before anything is
// registered: normalised domains and their zones.
type certificatePlan struct {
	domains   []string // all, the first one first, the others sorted
	dns       dnsPlan
	timeout   time.Duration
	tags      pulumi.StringMapInput
	mark      *mark // nil for one of its own
	providers *providers

	existing        string            // ARN of the certificate to import, "" for a new one
	existingRecords map[string]string // ids of its records that are there, by domain
}

// checkDomains returns the distinct domains in normal form, the first one first.
func checkDomains(first string, others []string, fs *faults) []string {
	var domains []string
	for i, given := range append([]string{first}, others...) {
		field := "domain"
		if i > 0 {
			field = "additionalDomains[" + strconv.Itoa(i-1) + "]"
		}
		domain, err := dnsname.Normalize(given)
		if err != nil {
			fs.add(field, given, nameProblem(given, err), "Give a host name such as cdn.example.com or *.example.com")
			continue
		}
		if i == 0 && len(domain) > maxFirstNameLength {
			fs.add(field, given, fmt.Sprintf("ACM takes at most %d characters for the first name of a certificate", maxFirstNameLength),
				"Put a shorter name first and this one into additionalDomains")
			continue
		}
		if !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	if len(domains) > maxCertificateNames {
		fs.add("additionalDomains", strconv.Itoa(len(domains)),
			fmt.Sprintf("a certificate and a distribution hold at most %d names", maxCertificateNames), "Use a wildcard, or a second CDN")
	}
	if len(domains) > 1 {
		sort.Strings(domains[1:]) // so that another order is not another certificate
	}
	return domains
}

// nameProblem is what is wrong with a domain, without the domain: a fault has it already.
func nameProblem(given string, err error) string {
	problem, named := strings.CutPrefix(err.Error(), fmt.Sprintf("domain %q", strings.TrimSpace(given)))
	if !named {
		return err.Error()
	}
	if problem, colon := strings.CutPrefix(problem, ": "); colon {
		return problem
	}
	return "it" + problem
}

// checkTimeout reads a duration; zero where it is none.
func checkTimeout(field, given string, shortest, longest time.Duration, fs *faults) time.Duration {
	timeout, err := time.ParseDuration(given)
	switch {
	case err != nil:
		fs.add(field, given, "it is not a duration", "Give a number with a unit, such as 45m or 1h30m")
	case timeout < shortest || timeout > longest:
		fs.add(field, given, fmt.Sprintf("it must be from %s to %s", shortest, longest), "Give a duration in that range, such as 45m")
	default:
		return timeout
	}
	return 0
}

func newValidatedCertificate(
	ctx *pulumi.Context, name string, plan certificatePlan, opts ...pulumi.ResourceOption,
) (*ValidatedCertificate, error) {
	c := &ValidatedCertificate{}
	if err := ctx.RegisterComponentResource(ValidatedCertificateToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering certificate %q: %w", name, err)
	}
	if plan.mark == nil {
		mark, err := newMark(ctx, name, nil, nil, plan.providers.plugin, c)
		if err != nil {
			return nil, err
		}
		plan.mark = mark
	}
	if len(plan.domains) > defaultNamesQuota {
		_ = ctx.Log.Warn(fmt.Sprintf("the certificate has %d names; an account may ask for %d unless its quota was raised "+
			"(Service Quotas, AWS Certificate Manager, \"Domain names per ACM certificate\")", len(plan.domains), defaultNamesQuota),
			&pulumi.LogArgs{Resource: c})
	}
	usEast1 := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(plan.providers.usEast1)}
	certificate, err := requestCertificate(ctx, name+"-cert", &acm.CertificateArgs{
		DomainName:              pulumi.String(plan.domains[0]),
		SubjectAlternativeNames: pulumi.ToStringArray(plan.domains[1:]),
		ValidationMethod:        pulumi.String("DNS"),
		// CloudFront takes RSA up to 2048 bits and ECDSA P-256; every client takes this one.
		KeyAlgorithm: pulumi.String("RSA_2048"),
		Tags:         withMark(plan.tags, plan.mark.text),
	}, plan.domains, c, slices.Concat(usEast1, concealTags(plan.tags), importing(plan.existing),
		[]pulumi.ResourceOption{plan.mark.renewals.of(name + "-cert")}))
	if err != nil {
		return nil, err
	}
	c.Certificate = certificate
	if err := c.addRecords(ctx, name, plan); err != nil {
		return nil, err
	}
	if err := c.sweep(ctx, name, plan); err != nil {
		return nil, err
	}
	if c.Validation, err = newValidationWait(ctx, name, c, plan, usEast1); err != nil {
		return nil, err
	}
	c.Arn = c.Validation.CertificateArn
	c.ValidationRecords = certificate.DomainValidationOptions.ApplyT(wantedRecords).(pulumi.StringArrayOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.Arn, "validationRecords": c.ValidationRecords})
}

// sweep deletes, before the records are deleted, certificates that an interrupted up left:
// a record that another certificate needs would stay.
func (c *ValidatedCertificate) sweep(ctx *pulumi.Context, name string, plan certificatePlan) error {
	records := make([]pulumi.Resource, len(c.Records))
	for i, record := range c.Records {
		records[i] = record
	}
	_, err := newLeftovers(ctx, name+"-unfinished", leftoversArgs{
		mark: plan.mark.text, kinds: []string{leftCertificate}, keep: pulumi.StringArray{c.Certificate.Arn},
	}, plan.providers.plugin, pulumi.Parent(c), pulumi.DependsOn(records))
	return err
}

// addRecords makes one record for each distinct record ACM asks for.
func (c *ValidatedCertificate) addRecords(ctx *pulumi.Context, name string, plan certificatePlan) error {
	made := map[string]bool{}
	for _, domain := range plan.domains {
		key := dnsname.ValidationKey(domain)
		zone, managed := plan.dns[domain]
		if made[key] || !managed {
			continue
		}
		made[key] = true
		option := validationOption(c.Certificate, key)
		record, err := newValidationRecord(ctx, name+"-validation-"+key, validationRecordArgs{
			zoneID: zone.zoneID, name: option.ResourceRecordName().Elem(), value: option.ResourceRecordValue().Elem(),
			certificateARN: c.Certificate.Arn, domain: key,
		}, plan.providers.plugin, append(plan.importedRecord(key), pulumi.Parent(c))...)
		if err != nil {
			return fmt.Errorf("making the validation record of %s: %w", domain, err)
		}
		c.Records = append(c.Records, record)
	}
	return nil
}

// importedRecord takes over the record of an imported certificate.
func (plan certificatePlan) importedRecord(key string) []pulumi.ResourceOption {
	if plan.existing == "" {
		return nil
	}
	return importing(plan.existingRecords[key])
}

// validationOption finds what ACM asks for a domain, by name: the order of the
// options is not the order of the domains.
func validationOption(certificate *acm.Certificate, key string) acm.CertificateDomainValidationOptionOutput {
	return certificate.DomainValidationOptions.ApplyT(
		func(options []acm.CertificateDomainValidationOption) (acm.CertificateDomainValidationOption, error) {
			for _, option := range options {
				if option.DomainName != nil && dnsname.ValidationKey(*option.DomainName) == key {
					return option, nil
				}
			}
			return acm.CertificateDomainValidationOption{}, fmt.Errorf("ACM gave no validation record for %s", key)
		}).(acm.CertificateDomainValidationOptionOutput)
}

// wantedRecords lists the distinct records ACM asks for, as people write them.
func wantedRecords(options []acm.CertificateDomainValidationOption) []string {
	var records []string
	for _, option := range options {
		if option.ResourceRecordName == nil || option.ResourceRecordValue == nil {
			continue
		}
		record := *option.ResourceRecordName + " CNAME " + *option.ResourceRecordValue
		if !slices.Contains(records, record) {
			records = append(records, record)
		}
	}
	sort.Strings(records)
	return records
}

// existingCertificate checks a certificate that the program did not make, and is its
// ARN: at once where it is known, else when it is.
func existingCertificate(
	ctx *pulumi.Context, plugin *pluginProvider, arn pulumi.StringInput, domains []string, fs *faults,
) pulumi.StringOutput {
	if text, plain := plainString(arn); plain {
		checkCertificate(ctx, plugin, text, domains, fs)
		return pulumi.String(text).ToStringOutput()
	}
	return arn.ToStringOutput().ApplyT(func(text string) (string, error) {
		var late faults
		if !ctx.DryRun() {
			checkCertificate(ctx, plugin, text, domains, &late)
		}
		return text, late.err()
	}).(pulumi.StringOutput)
}

func checkCertificate(ctx *pulumi.Context, plugin *pluginProvider, arn string, domains []string, fs *faults) {
	const field = "certificate.arn"
	if region, err := certificateRegion(arn); err != nil || region != UsEast1 {
		fs.add(field, arn, "CloudFront takes certificates of ACM in "+UsEast1+" only",
			"Give the ARN of such a certificate, arn:aws:acm:us-east-1:..., or leave it out to have one made")
		return
	}
	found, err := plugin.getEdge(ctx, edgeQuery{CertificateArn: arn})
	switch {
	case err != nil:
		fs.add(field, arn, "the certificate cannot be looked up: "+err.Error(), "Check that the credentials allow acm:DescribeCertificate")
	case found.Certificate == nil: // a preview whose provider is not configured yet
	case !found.Certificate.Found:
		fs.add(field, arn, "the certificate cannot be found: "+found.Certificate.Message, "Give one of the CDN's account: aws acm list-certificates --region us-east-1")
	case found.Certificate.Status != "ISSUED":
		fs.add(field, arn, "the certificate is "+found.Certificate.Status+", CloudFront takes issued ones only", "Have it validated first, or leave it out to have one made")
	default:
		for _, domain := range domains {
			if !slices.ContainsFunc(found.Certificate.Domains, func(name string) bool { return dnsname.Covers(name, domain) }) {
				fs.add(field, arn, "the certificate does not cover "+domain+" (it has "+strings.Join(found.Certificate.Domains, ", ")+")",
					"Give a certificate that does, or leave it out to have one made")
			}
		}
	}
}

var errNoCertificate = errors.New("not the ARN of a certificate")

func certificateRegion(arn string) (string, error) {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[2] != "acm" || !strings.HasPrefix(parts[5], "certificate/") {
		return "", errNoCertificate
	}
	return parts[3], nil
}
