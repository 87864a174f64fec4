package components

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// damage is what the state has and AWS has not. A destroy that was killed leaves that, as
// does a person. A plain up compares the state with the program alone: it would see no
// change, and the domains would answer nothing.
type damage struct {
	renewals renewals        // those that are needed now included
	disabled bool            // the distribution is there and disabled
	gone     bool            // the state has a distribution, and AWS has not
	waited   bool            // what the state has of the distribution's waitForDeployment
	records  map[string]bool // alias records that are gone, by name: what the state has of allowOverwrite
}

// findDamage compares the state with AWS, in one call where there is no damage: what a
// distribution uses, AWS does not delete.
func findDamage(ctx *pulumi.Context, plan imagePlan, last *lastState) damage {
	d := damage{renewals: countedRenewals(plan, last)}
	distribution, made := last.made(distributionToken, plan.name+"-distribution")
	d.waited, _ = distribution.Outputs.WaitForDeployment.(bool)
	if id := textOf(distribution.Outputs.ID); made && id != "" {
		found, err := plan.made.plugin.getEdge(ctx, edgeQuery{DistributionID: id})
		if err != nil || found.Distribution == nil { // whoever may not look can do without
			return d
		}
		if found.Distribution.Found {
			d.disabled = !found.Distribution.Enabled
			if d.disabled {
				_ = ctx.Log.Warn("distribution "+id+" is disabled, as an interrupted destroy leaves it: it is enabled", nil)
			}
			d.records = missingRecords(ctx, plan, last)
			return d
		}
	}
	d.findMissing(ctx, plan, last)
	d.records = missingRecords(ctx, plan, last)
	return d
}

// rewriting has a change of waitForDeployment write the distribution once more, or make it
// anew: Pulumi forgets the trigger of what it has imported, and would not replace it.
func (d damage) rewriting(imported bool) []pulumi.ResourceOption {
	switch {
	case d.gone:
		return []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"waitForDeployment"})}
	case d.disabled || imported:
		return nil
	}
	return []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"waitForDeployment"})}
}

// countedRenewals are those that the state knows of.
func countedRenewals(plan imagePlan, last *lastState) renewals {
	kept, _ := last.made(LeftoversToken, plan.name+"-mark")
	if !last.known || last.unasked {
		return nil
	}
	counted := renewals{}
	given, _ := kept.Outputs.Renewals.(map[string]any)
	for name, times := range given {
		counted[name] = textOf(times)
	}
	return counted
}

// count asks for one more. It is a number and nothing random, so that a preview shows what the
// up will do.
func (r renewals) count(name string) {
	times, _ := strconv.Atoi(r[name])
	r[name] = strconv.Itoa(times + 1)
}

// findMissing looks at everything that no distribution holds any more.
func (d *damage) findMissing(ctx *pulumi.Context, plan imagePlan, last *lastState) {
	var parts []marked
	for _, p := range plan.parts() {
		if p.resource, p.made = last.made(p.kind, p.name); p.made {
			parts = append(parts, p)
		}
	}
	account := accountOf(parts)
	if account == "" || d.renewals == nil {
		return // nothing was made yet, or it cannot be told
	}
	found, err := plan.made.plugin.getEdge(ctx, edgeQuery{Account: account})
	if err != nil || !found.OwnAccount { // with somebody else's credentials all would seem to be gone
		return
	}
	for _, p := range parts {
		found, err := plan.made.plugin.getEdge(ctx, p.query(p.resource))
		if err != nil || p.there(found) {
			continue
		}
		d.renewals.count(p.name)
		d.gone = d.gone || p.kind == distributionToken
		_ = ctx.Log.Warn(fmt.Sprintf("the %s %s is in the state and not in AWS: it is made anew", p.what, textOf(p.resource.Outputs.ID)), nil)
	}
}

// checkVersions refuses to go on with what is replaced by a change, where somebody else has changed it. The AWS
// provider deletes it by the version that the state knows. If the up replaced it, Pulumi would go on to fail at
// deleting the old one, in a destroy too, and a refresh would not help any more.
func checkVersions(ctx *pulumi.Context, plan imagePlan, last *lastState, fs *faults) {
	for _, p := range plan.parts() {
		if p.version == nil {
			continue
		}
		old, made := last.made(p.kind, p.name)
		known := textOf(old.Outputs.Etag)
		if !made || known == "" {
			continue
		}
		found, err := plan.made.plugin.getEdge(ctx, p.query(old))
		if err != nil { // whoever may not look can do without
			continue
		}
		if now := p.version(found); now != "" && now != known {
			fs.add(p.field, textOf(old.Outputs.ID), "somebody else has changed this "+p.what+" since the last up, and the AWS provider could not "+
				"delete the old one any more once it was replaced", "Run `pulumi refresh`, and then this again: it gets back what is configured")
		}
	}
}

// marked is something that the component makes in AWS, besides records.
type marked struct {
	kind, name, what string
	query            func(madeResource) edgeQuery
	there            func(foundEdge) bool

	field   string                 // that configures what a change replaces
	version func(foundEdge) string // the ETag of that

	resource madeResource
	made     bool
}

// parts are those that the AWS provider makes and that a distribution holds.
func (plan imagePlan) parts() []marked {
	isThere := func(found *foundPart) bool { return found == nil || found.Found }
	version := func(found *foundPart) string {
		if found == nil {
			return ""
		}
		return found.Version
	}
	parts := []marked{
		{
			kind: distributionToken, name: plan.name + "-distribution", what: "distribution",
			query: func(r madeResource) edgeQuery { return edgeQuery{DistributionID: textOf(r.Outputs.ID)} },
			there: func(e foundEdge) bool { return e.Distribution == nil || e.Distribution.Found },
		},
		{
			kind: "aws:cloudfront/originAccessControl:OriginAccessControl", name: plan.name + "-origin-oac", what: "origin access control",
			query: func(r madeResource) edgeQuery { return edgeQuery{AccessControl: textOf(r.Outputs.ID)} },
			there: func(e foundEdge) bool { return isThere(e.AccessControl) },
		},
		{
			kind: "aws:wafv2/webAcl:WebAcl", name: plan.name + "-waf", what: "web ACL",
			query: func(r madeResource) edgeQuery { return edgeQuery{WebAclArn: textOf(r.Outputs.Arn)} },
			there: func(e foundEdge) bool { return isThere(e.WebAcl) },
		},
		{
			kind: "aws:acm/certificate:Certificate", name: plan.name + "-certificate-cert", what: "certificate",
			query: func(r madeResource) edgeQuery { return edgeQuery{CertificateArn: textOf(r.Outputs.Arn)} },
			there: func(e foundEdge) bool { return e.Certificate == nil || e.Certificate.Found },
		},
	}
	parts = append(parts, marked{
		field: "signing",
		kind:  "aws:cloudfront/keyGroup:KeyGroup", name: plan.name + "-signers", what: "key group",
		query:   func(r madeResource) edgeQuery { return edgeQuery{KeyGroupID: textOf(r.Outputs.ID)} },
		there:   func(e foundEdge) bool { return isThere(e.KeyGroup) },
		version: func(e foundEdge) string { return version(e.KeyGroup) },
	})
	for _, event := range []string{"request", "response"} {
		parts = append(parts, marked{
			field: "functions",
			kind:  "aws:cloudfront/function:Function", name: plan.name + "-" + event, what: "function",
			query:   func(r madeResource) edgeQuery { return edgeQuery{Function: textOf(r.Outputs.ID)} },
			there:   func(e foundEdge) bool { return isThere(e.Function) },
			version: func(e foundEdge) string { return version(e.Function) },
		})
	}
	for _, name := range plan.Signing.keyNames() {
		parts = append(parts, marked{
			field: "signing.publicKeys." + name,
			kind:  "aws:cloudfront/publicKey:PublicKey", name: plan.name + "-signer-" + name, what: "public key",
			query:   func(r madeResource) edgeQuery { return edgeQuery{PublicKeyID: textOf(r.Outputs.ID)} },
			there:   func(e foundEdge) bool { return isThere(e.PublicKey) },
			version: func(e foundEdge) string { return version(e.PublicKey) },
		})
	}
	for i, b := range plan.behaviors {
		field := ""
		if i > 0 { // the first is the default one
			field = fmt.Sprintf("paths[%d].", i-1)
		}
		parts = append(parts, marked{
			field: field + "cache",
			kind:  "aws:cloudfront/cachePolicy:CachePolicy", name: b.name + "-cache", what: "cache policy",
			query:   func(r madeResource) edgeQuery { return edgeQuery{CachePolicyID: textOf(r.Outputs.ID)} },
			there:   func(e foundEdge) bool { return isThere(e.CachePolicy) },
			version: func(e foundEdge) string { return version(e.CachePolicy) },
		}, marked{
			field: field + "headers",
			kind:  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", name: b.name + "-headers", what: "response headers policy",
			query:   func(r madeResource) edgeQuery { return edgeQuery{HeadersPolicyID: textOf(r.Outputs.ID)} },
			there:   func(e foundEdge) bool { return isThere(e.HeadersPolicy) },
			version: func(e foundEdge) string { return version(e.HeadersPolicy) },
		})
	}
	return parts
}

// missingRecords are the alias records that the state has and the zones have not.
func missingRecords(ctx *pulumi.Context, plan imagePlan, last *lastState) map[string]bool {
	missing := map[string]bool{}
	if !plan.live() {
		return missing
	}
	for _, domain := range plan.domains {
		dns, managed := plan.dns[domain]
		if !managed || dns.zone.ID == "" {
			continue
		}
		for _, kind := range aliasTypes {
			name := aliasName(plan.name, domain, kind)
			record, made := last.made("aws:route53/record:Record", name)
			if !made || textOf(record.Outputs.ZoneID) != dns.zone.ID ||
				slices.ContainsFunc(dns.records, func(r foundRecord) bool { return r.Type == kind }) {
				continue
			}
			missing[name], _ = record.Outputs.AllowOverwrite.(bool)
			_ = ctx.Log.Warn(fmt.Sprintf("the %s record of %s is in the state and not in its hosted zone: it is made again", kind, domain), nil)
		}
	}
	return missing
}

// accountOf is the account in the first ARN, "" if there is none.
func accountOf(parts []marked) string {
	for _, p := range parts {
		if account := accountIn(textOf(p.resource.Outputs.Arn)); account != "" {
			return account
		}
	}
	return ""
}

func textOf(value any) string {
	text, _ := value.(string)
	return text
}
