package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// checkClaims reports domains that another distribution has, and domains whose records
// point at one: CloudFront would refuse them, after the wait for the certificate. It
// returns the id of the stack's own distribution where no state knows it: AWS had made it,
// and its answer was lost.
func checkClaims(ctx *pulumi.Context, plan imagePlan, last *lastState, fs *faults) (lost string) {
	pointed := pointedAtDistributions(plan.domains, plan.dns)
	found, asked := findClaims(ctx, plan, pointed, fs)
	if !asked {
		return ""
	}
	others := map[string]foundDistribution{} // by CloudFront's own name
	for _, distribution := range found.Distributions.Found {
		made := last.madeDistribution(distribution, commentStart(ctx, plan.name))
		if !made && lost == "" && plan.adopted.ID == "" && last.marked(ctx, plan.made.plugin, distribution) {
			lost = distribution.ID
			_ = ctx.Log.Info("distribution "+distribution.describe()+" carries the mark of this stack, and its state has lost it: it is taken over", nil)
		}
		if made || lost == distribution.ID || plan.adopted.ID == distribution.ID {
			pointed = slices.DeleteFunc(pointed, func(p pointing) bool { return p.target == distribution.DomainName })
			continue
		}
		others[distribution.DomainName] = distribution
		for _, name := range distribution.Names {
			if slices.Contains(plan.domains, name) {
				fs.add("domain", name, "another distribution has it: "+distribution.describe(),
					takeOff+"; or take it over, if it was made by hand: imagecdn adopt "+plan.domains[0])
			}
		}
	}
	for _, conflict := range found.Distributions.Elsewhere {
		fs.add("domain", conflict.Name, fmt.Sprintf("a distribution of another account has it: %s of account %s (AWS hides the rest)",
			conflict.DistributionID, conflict.AccountID), takeOff)
	}
	elsewhere := " of another account"
	if found.Distributions.Message != "" {
		elsewhere = "" // nobody has seen those of this account
	}
	checkPointing(pointed, others, elsewhere, last, fs)
	return lost
}

const takeOff = "Move it as docs/switch.md says, or choose another domain"

// findClaims asks who has the domains, and whose distributions their records point at. What
// another account has, AWS tells only to whoever names a certificate.
func findClaims(ctx *pulumi.Context, plan imagePlan, pointed []pointing, fs *faults) (found foundEdge, asked bool) {
	query := edgeQuery{Names: slices.Clone(plan.domains)}
	for _, p := range pointed {
		query.Names = append(query.Names, p.target)
	}
	if len(query.Names) == 0 {
		return found, false
	}
	query.CertificateArn, _ = plainString(plan.Certificate.Arn)
	found, err := plan.made.plugin.getEdge(ctx, query)
	if err != nil {
		fs.add("domain", strings.Join(plan.domains, ", "), "the account's distributions cannot be looked up: "+err.Error(), "Check the AWS credentials")
	}
	return found, found.Distributions != nil // nil in a preview whose provider is not configured yet
}

// checkPointing reports domains whose records point at other distributions; elsewhere says
// whose those are that are not among the others of the account.
func checkPointing(pointed []pointing, others map[string]foundDistribution, elsewhere string, last *lastState, fs *faults) {
	for _, p := range pointed {
		if last.madePointing(p) {
			continue
		}
		where := p.target + elsewhere
		if other, ofThisAccount := others[p.target]; ofThisAccount {
			where = other.describe()
		}
		fs.add("domain", p.domain, fmt.Sprintf("it already has a record (%s) to another distribution, and that is not overwritten: %s",
			strings.Join(p.types, ", "), where), takeOff)
	}
}

// describe names the distribution, its account and its comment.
func (d foundDistribution) describe() string {
	account := ""
	if number := accountIn(d.Arn); number != "" {
		account = " of account " + number
	}
	text := d.ID + account + " (" + d.DomainName
	if !d.Enabled {
		text += ", disabled"
	}
	if d.Comment != "" {
		text += fmt.Sprintf(", comment %q", d.Comment)
	}
	return text + ")"
}

// pointing is a domain whose alias records lead to a distribution.
type pointing struct {
	domain, target string
	types          []string
}

func pointedAtDistributions(domains []string, dns dnsPlan) []pointing {
	var all []pointing
	for _, domain := range domains {
		for _, record := range dns[domain].records {
			if !isDistribution(record.AliasTarget) {
				continue
			}
			at := slices.IndexFunc(all, func(p pointing) bool { return p.domain == domain && p.target == record.AliasTarget })
			if at < 0 {
				at = len(all)
				all = append(all, pointing{domain: domain, target: record.AliasTarget})
			}
			all[at].types = append(all[at].types, record.Type)
		}
	}
	return all
}

// madeDistribution says whether a distribution is the stack's own, or may be. Its comment
// tells only where there is no state to ask.
func (s *lastState) madeDistribution(d foundDistribution, comment string) bool {
	made, known := s.has(distributionToken, func(r madeResource) bool {
		return isText(r.Outputs.Arn, strings.ToLower(d.Arn))
	})
	return made || !known || s.unasked && strings.HasPrefix(d.Comment, comment)
}

// marked says whether a distribution that is in no state carries a mark of the stack.
func (s *lastState) marked(ctx *pulumi.Context, plugin *pluginProvider, d foundDistribution) bool {
	found, err := plugin.getEdge(ctx, edgeQuery{MarkOf: d.Arn})
	if err != nil || found.Mark == "" {
		return false
	}
	ours, _ := s.has(LeftoversToken, func(r madeResource) bool { return isText(r.Outputs.Mark, found.Mark) })
	return ours
}

// madePointing says whether records are the stack's own, or may be: it has made them, or
// what they point at.
func (s *lastState) madePointing(p pointing) bool {
	target, known := s.has(distributionToken, func(r madeResource) bool {
		return isText(r.Outputs.DomainName, p.target)
	})
	record, _ := s.has("aws:route53/record:Record", func(r madeResource) bool {
		return isText(r.Outputs.Fqdn, p.domain)
	})
	return target || record || !known
}
