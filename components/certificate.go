package components

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/dnsname"
)

// ValidatedCertificateToken is the type token of [ValidatedCertificate].
const ValidatedCertificateToken = "imagecdn:index:ValidatedCertificate" //nolint:gosec // a type token

// DefaultValidationTimeout bounds the wait for ACM. Issuing commonly takes 5 to
// 30 minutes; what is not issued after 45 has a cause that waiting does not cure.
const DefaultValidationTimeout = 45 * time.Minute

// Limits of ACM. Source: "AWS Certificate Manager quotas" and the API reference
// of RequestCertificate.
const (
	maxFirstNameLength  = 64
	maxCertificateNames = 100
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
}

// ValidatedCertificateArgs are the arguments of [NewValidatedCertificate].
type ValidatedCertificateArgs struct {
	// Domain is the first name of the certificate, at most 64 characters; a
	// wildcard such as "*.example.com" is fine. Required. A change issues a new
	// certificate before the old one is deleted.
	Domain string
	// AdditionalDomains are further names; their order does not matter. A change
	// issues a new certificate before the old one is deleted.
	AdditionalDomains []string
	// ZoneId is the id of the public hosted zone of all domains. Default: found,
	// for each domain, as the public zone with the longest matching name.
	ZoneId string
	// ZoneIds gives single domains another zone than ZoneId.
	ZoneIds map[string]string
	// UsEast1Provider is an AWS provider for us-east-1, see [NewUsEast1Provider].
	// Default: the component's own AWS provider, which must then be in us-east-1.
	UsEast1Provider *aws.Provider
	// ValidationTimeout bounds the wait until the certificate is issued. Default:
	// [DefaultValidationTimeout].
	ValidationTimeout time.Duration
	// Tags are put on the certificate, besides the provider's default tags.
	Tags pulumi.StringMapInput
}

// NewValidatedCertificate registers a [ValidatedCertificate]. The options'
// AWS provider makes the records; UsEast1Provider the certificate.
//
// It returns an [InvalidArgsError] when arguments, or the hosted zones they
// lead to, do not allow it.
func NewValidatedCertificate(
	ctx *pulumi.Context, name string, args *ValidatedCertificateArgs, opts ...pulumi.ResourceOption,
) (*ValidatedCertificate, error) {
	if args == nil {
		args = &ValidatedCertificateArgs{}
	}
	lookup, err := lookupOptions(opts)
	if err != nil {
		return nil, err
	}
	var fs faults
	plan := planCertificate(ctx, *args, lookup, &fs)
	checkUsEast1(ctx, args.UsEast1Provider, lookup, &fs)
	if err := fs.err(); err != nil {
		return nil, err
	}
	return newValidatedCertificate(ctx, name, plan, opts...)
}

// certificatePlan is what is known of a certificate before anything is
// registered: normalised domains, their zones, what is in the zones.
type certificatePlan struct {
	ValidatedCertificateArgs
	domains []string // all, the first one first, the others sorted
	zones   map[string]zone
	records []existingRecord
}

// planCertificate checks the arguments and looks up what they lead to.
func planCertificate(
	ctx *pulumi.Context, args ValidatedCertificateArgs, lookup []pulumi.InvokeOption, fs *faults,
) certificatePlan {
	plan := certificatePlan{ValidatedCertificateArgs: args}
	if plan.ValidationTimeout == 0 {
		plan.ValidationTimeout = DefaultValidationTimeout
	}
	if plan.ValidationTimeout < 0 {
		fs.add("validationTimeout", args.ValidationTimeout.String(), "a wait cannot be negative", "Give minutes, such as 45")
	}
	plan.domains = checkDomains(args.Domain, args.AdditionalDomains, fs)
	ids := zoneIDs{all: args.ZoneId, byDomain: checkZoneIDs(args.ZoneIds, plan.domains, fs)}
	plan.zones = newZoneFinder(ctx, lookup).find(plan.domains, ids, fs)
	plan.records = existingRecords(ctx, plan.zones, lookup, fs)
	return plan
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
			fs.add(field, given, err.Error(), "Give a host name such as cdn.example.com or *.example.com")
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

// checkZoneIDs returns the zone ids by domain in normal form.
func checkZoneIDs(given map[string]string, domains []string, fs *faults) map[string]string {
	ids := map[string]string{}
	for _, domain := range slices.Sorted(maps.Keys(given)) {
		normal, err := dnsname.Normalize(domain)
		if err != nil || !slices.Contains(domains, normal) {
			fs.add("zoneIds", domain, "this is none of the domains ("+strings.Join(domains, ", ")+")",
				"Give the ids by domain, each as in domain or additionalDomains")
			continue
		}
		ids[normal] = given[domain]
	}
	return ids
}

func newValidatedCertificate(
	ctx *pulumi.Context, name string, plan certificatePlan, opts ...pulumi.ResourceOption,
) (*ValidatedCertificate, error) {
	c := &ValidatedCertificate{}
	if err := ctx.RegisterComponentResource(ValidatedCertificateToken, name, c, opts...); err != nil {
		return nil, fmt.Errorf("registering certificate %q: %w", name, err)
	}
	usEast1 := []pulumi.ResourceOption{pulumi.Parent(c)}
	if plan.UsEast1Provider != nil {
		usEast1 = append(usEast1, pulumi.Provider(plan.UsEast1Provider))
	}
	certificate, err := acm.NewCertificate(ctx, name+"-cert", &acm.CertificateArgs{
		DomainName:              pulumi.String(plan.domains[0]),
		SubjectAlternativeNames: pulumi.ToStringArray(plan.domains[1:]),
		ValidationMethod:        pulumi.String("DNS"),
		// CloudFront takes RSA up to 2048 bits and ECDSA P-256; every client takes this one.
		KeyAlgorithm: pulumi.String("RSA_2048"),
		Tags:         plan.Tags,
	}, usEast1...)
	if err != nil {
		return nil, fmt.Errorf("requesting certificate for %s: %w", strings.Join(plan.domains, ", "), err)
	}
	fqdns, err := newValidationRecords(ctx, c, name, certificate, plan)
	if err != nil {
		return nil, err
	}
	wait, err := newValidationWait(ctx, name, certificate, fqdns, plan, usEast1)
	if err != nil {
		return nil, err
	}
	c.Arn = wait.CertificateArn
	c.ValidationRecords = certificate.DomainValidationOptions.ApplyT(wantedRecords).(pulumi.StringArrayOutput)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.Arn, "validationRecords": c.ValidationRecords})
}

// newValidationRecords makes one record for each distinct record ACM asks for,
// and returns their names.
func newValidationRecords(
	ctx *pulumi.Context, parent pulumi.Resource, name string, certificate *acm.Certificate, plan certificatePlan,
) (pulumi.StringArray, error) {
	var fqdns pulumi.StringArray
	made := map[string]bool{}
	for _, domain := range plan.domains {
		key := dnsname.ValidationKey(domain)
		if made[key] {
			continue
		}
		made[key] = true
		record, err := newValidationRecord(ctx, parent, name, validationOption(certificate, key), plan.zones[domain], key, plan.records)
		if err != nil {
			return nil, fmt.Errorf("making the validation record of %s: %w", domain, err)
		}
		fqdns = append(fqdns, record.Fqdn)
	}
	return fqdns, nil
}

// newValidationRecord makes the validation record of one name. ACM asks for the
// same record for every certificate of an account with that name, so it may be
// there already: then it is written as it is and stays at destroy, because
// another certificate renews by it. What an up that was killed left behind is
// known by its TTL, and is this stack's own.
func newValidationRecord(
	ctx *pulumi.Context, parent pulumi.Resource, name string,
	option acm.CertificateDomainValidationOptionOutput, z zone, key string, records []existingRecord,
) (*route53.Record, error) {
	ttl := ownershipTTL(ctx, name+"/"+key)
	existing := findValidationRecord(records, key, ttl)
	shared := existing != nil && existing.TTL != ttl
	if shared {
		ttl = existing.TTL
		_ = ctx.Log.Info(fmt.Sprintf("zone %s already holds a validation record for %s that this stack did not make (%s): it is left as it is, and stays at destroy",
			z.Name, key, existing.Name), &pulumi.LogArgs{Resource: parent})
	}
	recordName, recordValue := option.ResourceRecordName().Elem(), option.ResourceRecordValue().Elem()
	if ctx.DryRun() && existing != nil {
		// A preview of a new certificate cannot know that ACM will ask for the same
		// record again, and would announce a replacement that does not happen.
		recordName = pulumi.String(existing.Name + ".").ToStringOutput()
		recordValue = pulumi.String(existing.Values[0] + ".").ToStringOutput()
	}
	return route53.NewRecord(ctx, name+"-validation-"+key, &route53.RecordArgs{
		ZoneId:         pulumi.String(z.ID),
		Name:           recordName,
		Type:           pulumi.String("CNAME"),
		Records:        pulumi.StringArray{recordValue},
		Ttl:            pulumi.Int(ttl),
		AllowOverwrite: pulumi.Bool(existing != nil),
	}, pulumi.Parent(parent), pulumi.RetainOnDelete(shared), pulumi.IgnoreChanges([]string{"allowOverwrite"}))
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

// findValidationRecord returns the ACM validation record of a domain that is
// already in its zone. There is one per name and account: of several, the one
// with the stack's own TTL counts.
func findValidationRecord(records []existingRecord, key string, ownTTL int) *existingRecord {
	var found *existingRecord
	for i, record := range records {
		label, parent, _ := strings.Cut(record.Name, ".")
		if strings.HasPrefix(label, "_") && parent == key && record.Type == "CNAME" &&
			len(record.Values) == 1 && strings.HasSuffix(record.Values[0], ".acm-validations.aws") &&
			(found == nil || record.TTL == ownTTL) {
			found = &records[i]
		}
	}
	return found
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
