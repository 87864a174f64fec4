package components

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// requestedKind is what a certificate has to be for the component to change it in place
// from then on: as one that it requests. See foundCdn.
const requestedKind = "AMAZON_ISSUED DNS RSA_2048"

// AdoptArgs say which CDN that was made by hand is taken over.
type AdoptArgs struct {
	// DistributionId is the id of a distribution that was made by hand. It is taken over
	// with its certificate, origin access control, web ACL, alias records and grant: they
	// are imported, and changed in place. Once the stack has the distribution, it has no
	// effect and may be left out. In a preview a domain of the distribution is fine, too.
	// The command "imagecdn adopt" shows what it changes, and sets it. Default: none is
	// taken over.
	DistributionId string `pulumi:"distributionId"`
}

// adoption is a CDN that was made by hand, and is taken over. The zero value is none. Each
// part is imported, or else is left as it is, and one of the stack's own takes its place.
type adoption struct {
	foundCdn

	bucket        string // behind it
	certificate   string // ARN of the one that is imported, "" for none
	accessControl string // id
	webACL        string // id, as the AWS provider imports web ACLs
	grant         string // id
	left          []string
}

// planAdoption looks at what is to be taken over, and reports what cannot be, and what
// viewers would lose by it. A stack that has the distribution has nothing to take over.
func planAdoption(ctx *pulumi.Context, plan imagePlan, last *lastState, fs *faults) adoption {
	wanted := plan.Adopt.DistributionId
	if wanted == "" {
		return adoption{}
	}
	if last.hasDistribution(wanted) {
		return adoption{}
	}
	bucket, _ := plainString(plan.Bucket)
	found, err := plan.made.plugin.getCdn(ctx, cdnQuery{Distribution: wanted, Bucket: bucketOf(bucket), ZoneIDs: plan.dns.zoneIDs()})
	switch {
	case err != nil:
		fs.add("adopt.distributionId", wanted, "the distribution cannot be looked up: "+err.Error(), "Check the AWS credentials")
		return adoption{}
	case found.ID == "" && found.Message == "": // a preview whose provider is not configured yet
		return adoption{}
	case !found.Found:
		fs.add("adopt.distributionId", wanted, "there is no such distribution: "+found.Message, "Give the id of one of the CDN's account: aws cloudfront list-distributions")
		return adoption{}
	case last.hasDistribution(found.ID):
		return adoption{}
	case found.ID != wanted && !ctx.DryRun():
		fs.add("adopt.distributionId", wanted, "only a preview finds a distribution by its domain", "Give the id of the distribution that was meant: now it is "+found.ID)
		return adoption{}
	}
	a := adoption{foundCdn: found, bucket: bucketOfOrigin(found.Origin.DomainName)}
	a.checkDomains(plan.domains, fs)
	prefix, _ := plainString(plan.Origin.Prefix)
	a.checkOrigin(bucketOf(bucket), prefix, plan.Signing, fs)
	a.checkRecords(plan, fs)
	a.choose(plan, fs)
	return a
}

// hasDistribution says whether the stack has a distribution, by its id.
func (s *lastState) hasDistribution(id string) bool {
	made, _ := s.has(distributionToken, func(r madeResource) bool {
		arn, _ := r.Outputs.Arn.(string)
		return strings.HasSuffix(arn, "/"+id)
	})
	return made
}

func (a adoption) checkDomains(domains []string, fs *faults) {
	if len(domains) > 0 && !slices.Contains(a.Aliases, domains[0]) {
		fs.add("adopt.distributionId", a.ID, "that distribution does not answer to "+domains[0]+" (it has "+textOr(strings.Join(a.Aliases, ", "), "no domain")+")",
			"Give the id of the one that does, or leave it out to have one made")
		return
	}
	for _, alias := range a.Aliases {
		if !slices.Contains(domains, alias) {
			fs.add("additionalDomains", alias, "distribution "+a.ID+" serves it now, and would not any longer",
				"Add it to additionalDomains; or take it off the distribution first, if nobody uses it")
		}
	}
}

// checkOrigin reports what would change the addresses of images, or who may read them.
func (a adoption) checkOrigin(bucket, prefix string, signing SigningArgs, fs *faults) {
	origin := a.Origin
	switch {
	case origin.Custom:
		fs.add("adopt.distributionId", a.ID, "its images come from "+textOr(origin.DomainName, "a group of origins")+", and not from a bucket by way of S3's own API: "+
			"a website or a server may answer paths otherwise",
			"Make the bucket its origin (BUCKET.s3.REGION.amazonaws.com, with origin access control), see that its images are served, and repeat this; "+
				"or have a second CDN made for another domain")
	case a.bucket != bucket && bucket != "":
		fs.add("bucket", bucket, "distribution "+a.ID+" serves "+textOr(a.bucket, origin.DomainName), "Set it to that bucket. It can be changed after the take-over")
	case strings.Trim(origin.Path, "/") != prefix:
		fs.add("origin.prefix", prefix, "distribution "+a.ID+" has the path "+textOr(origin.Path, "/")+" of the bucket as its root: the address of every image would change",
			"Set it to "+strconv.Quote(strings.Trim(origin.Path, "/")))
	}
	group, _ := plainString(signing.KeyGroupId)
	sameSigners := signing.everywhere() && slices.Equal(a.PrivateBy, []string{group})
	if len(a.PrivateBy) > 0 && !sameSigners {
		fs.add("adopt.distributionId", a.ID, "it serves signed requests only ("+strings.Join(a.PrivateBy, ", ")+"), and the stack would serve everybody",
			"Set signing.keyGroupId to its key group; or, if its images may be public, take the restriction of viewer access away first")
	}
}

// bucketHosts are the names under which S3's API serves one bucket.
var bucketHosts = regexp.MustCompile(`^(.+)\.s3(?:[.-][a-z0-9-]+|\.dualstack\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$`)

func bucketOfOrigin(domainName string) string {
	if parts := bucketHosts.FindStringSubmatch(domainName); parts != nil {
		return parts[1]
	}
	return ""
}

// checkRecords reports domains that point at the distribution by a CNAME record: alias
// records cannot be beside it.
func (a adoption) checkRecords(plan imagePlan, fs *faults) {
	for _, domain := range plan.domains {
		if by := plan.dns[domain].cname(); by == a.DomainName {
			fs.add("dns.records", textOr(plan.Dns.Records, Managed), "a CNAME record points "+domain+" at distribution "+a.ID+
				", and alias records cannot be made beside it",
				"Set it to none: the record stays, and goes on working. Or replace it by alias records first: "+
					"aws route53 change-resource-record-sets deletes and creates in one step, which no viewer notices")
		}
	}
}

// cname is what a CNAME record at the domain says, "" where there is none.
func (d domainPlan) cname() string {
	for _, record := range d.records {
		if record.Type == "CNAME" && len(record.Values) == 1 {
			return strings.ToLower(record.Values[0])
		}
	}
	return ""
}

// choose says of each part whether it is taken over. What others use too, and what cannot
// become what the stack makes in place, is not.
func (a *adoption) choose(plan imagePlan, fs *faults) {
	if a.Origin.AccessControlID != "" {
		if a.Origin.AccessControlShared {
			a.leave("origin access control %s, which other distributions use", a.Origin.AccessControlID)
		} else {
			a.accessControl = a.Origin.AccessControlID
		}
	}
	grants := a.Grants
	if len(grants) > 0 && plan.Origin.Prefix == nil { // one that lets read everything is no longer it
		a.grant, grants = a.bucket+"/"+grants[0], grants[1:]
	}
	a.chooseCertificate(plan)
	a.chooseWebACL(plan.Protection, fs)
	if a.CachePolicyID != "" && plan.Cache.PolicyId == nil {
		a.leave("cache policy %s; set cache.policyId to go on with it", a.CachePolicyID)
	}
	for _, statement := range append(a.OtherGrants, grants...) {
		a.leave("statement %s of the bucket's policy, which is not needed once this has been deployed", statement)
	}
	if a.Origin.AccessIdentity != "" {
		a.leave("origin access identity %s, which is not used once this has been deployed", a.Origin.AccessIdentity)
	}
}

func (a *adoption) leave(format string, parts ...any) {
	a.left = append(a.left, fmt.Sprintf(format, parts...))
}

// chooseCertificate takes a certificate that the component would have requested itself.
func (a *adoption) chooseCertificate(plan imagePlan) {
	found := a.Certificate
	if given, _ := plainString(plan.Certificate.Arn); found.Arn == "" || plan.Certificate.Arn != nil {
		if found.Arn != "" && found.Arn != given {
			a.leave("certificate %s", found.Arn)
		}
		return
	}
	var why string
	switch {
	case found.Kind != requestedKind:
		why = "which is " + found.Kind + " and not " + requestedKind
	case found.Shared:
		why = "which something else uses, too"
	case len(found.Domains) == 0 || len(plan.domains) == 0 || found.Domains[0] != plan.domains[0] ||
		!slices.Equal(sorted(found.Domains), sorted(plan.domains)):
		why = "which is for " + strings.Join(found.Domains, ", ")
	default:
		a.certificate = found.Arn
		return
	}
	a.leave("certificate %s, %s: a new one takes its place, unless certificate.arn is set to it", found.Arn, why)
}

func sorted(texts []string) []string { return slices.Sorted(slices.Values(texts)) }

// chooseWebACL takes one with the rules that the stack would make. Rules of the user's own
// go only if the configuration says so.
func (a *adoption) chooseWebACL(args ProtectionArgs, fs *faults) {
	found := a.WebAcl
	if given, _ := plainString(args.WebAclArn); found.Arn == "" || found.Arn == given {
		return
	}
	alike := slices.Equal(sorted(found.Groups), sorted(managedRuleGroups)) && !found.Shared
	switch {
	case alike && args.WebAclArn == nil && args.WebAcl != None:
		parts := strings.Split(found.Arn, "/") // .../webacl/NAME/ID
		if len(parts) > 2 {
			a.webACL = parts[len(parts)-1] + "/" + parts[len(parts)-2] + "/CLOUDFRONT"
		}
	case args.WebAclArn == nil && args.WebAcl == "":
		fs.add("protection.webAclArn", "", "distribution "+a.ID+" has a web ACL that the stack would not have made: "+found.Arn+
			" (rules: "+textOr(strings.Join(found.Rules, ", "), "none")+")",
			"Set it to that ARN to keep the web ACL, or set protection.webAcl to managed or none: it then stays in the account, and protects nothing")
	default:
		a.leave("web ACL %s, which protects the CDN no longer", found.Arn)
	}
}

// announce says what is taken over, what the CDN loses by it, and what is left to the user.
func (a adoption) announce(ctx *pulumi.Context, plan imagePlan, c *ImageCdn) {
	if a.ID == "" {
		return
	}
	about := &pulumi.LogArgs{Resource: c}
	if mark := a.Tags[markTag]; mark != "" {
		_ = ctx.Log.Warn("distribution "+a.ID+" carries the mark of a stack, "+mark+": if that stack has it in its state, take it out there first "+
			"(pulumi state delete), or both will change it, and either may delete it", about)
	}
	lost := slices.Clone(a.Others)
	given, plain := plan.Tags.(pulumi.StringMap)
	for _, key := range slices.Sorted(maps.Keys(a.Tags)) {
		if _, kept := given[key]; !kept && (plain || plan.Tags == nil) && key != markTag {
			lost = append(lost, fmt.Sprintf("tag %s=%s", key, a.Tags[key]))
		}
	}
	if args := plan.Protection; a.WebAcl.Arn == "" && (args.WebAclArn != nil || args.WebAcl != None) {
		_ = ctx.Log.Warn("distribution "+a.ID+" has no web ACL, and gets one: its rules may refuse requests that are served today. "+
			"Set protection.webAcl to none to go on without", about)
	}
	for _, part := range lost {
		_ = ctx.Log.Warn("taking over distribution "+a.ID+" takes away its "+part, about)
	}
	for _, part := range a.left {
		_ = ctx.Log.Info("not taken over, and left as it is: "+part, about)
	}
}

// importing is the option that takes a resource over, none for "".
func importing(id string) []pulumi.ResourceOption {
	if id == "" {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.Import(pulumi.ID(id))}
}

// record is the id of a domain's alias record that points at the distribution, "" for none.
func (a adoption) record(domain string, in domainPlan, kind string) string {
	for _, record := range in.records {
		if a.ID != "" && record.Type == kind && record.AliasTarget == a.DomainName {
			return in.zone.ID + "_" + domain + "_" + kind
		}
	}
	return ""
}
