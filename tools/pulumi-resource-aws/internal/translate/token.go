// Package translate turns what pulumi-aws calls its resources and properties into what a Terraform provider behind
// Pulumi's dynamic bridge calls them, and back. It is pure: no processes, no network.
package translate

import (
	"fmt"
	"strings"
)

// entity is one resource or one data source.
type entity struct {
	sdk       string // pulumi-aws's token
	terraform string // the Terraform provider's name
	fields    Fields // the properties that differ
	timeouts  limits // the operations for which Terraform takes a time limit, each with its default
	waitsOnly bool   // creating it makes nothing in AWS, so abandoning it loses nothing
	sparse    bool   // it has lists that are empty in Terraform and absent in pulumi-aws
	ownID     bool   // its "id" cannot be given in Terraform, and is an output called "id" on either side
}

// limits are the longest times that operations (create, update, ...) may take.
type limits map[string]string

// bridgePackage is the package that the dynamic bridge makes of a provider called "aws": one flat module.
const bridgePackage = "aws:index/"

// resourceToken is the dynamic bridge's token of the resource: aws_acm_certificate is
// aws:index/acmCertificate:AcmCertificate.
func (e entity) resourceToken() string {
	name := pascal(strings.TrimPrefix(e.terraform, "aws_"))
	return bridgePackage + lowerFirst(name) + ":" + name
}

// functionToken is the dynamic bridge's token of the data source: aws_route53_zone is
// aws:index/getRoute53Zone:getRoute53Zone.
func (e entity) functionToken() string {
	name := "get" + pascal(strings.TrimPrefix(e.terraform, "aws_"))
	return bridgePackage + name + ":" + name
}

// identifier is the name under which the dynamic bridge returns Terraform's own "id", which pulumi-aws calls "id".
func (e entity) identifier() string {
	return lowerFirst(pascal(strings.TrimPrefix(e.terraform, "aws_"))) + "Id"
}

func pascal(snake string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(snake, "_") {
		b.WriteString(strings.ToUpper(word[:1]))
		b.WriteString(word[1:])
	}

	return b.String()
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// typeOf returns the type of the resource that a URN names, without the types of its parents.
func typeOf(urn string) (string, error) {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return "", fmt.Errorf("%q is not a resource's URN", urn)
	}
	types := parts[2]

	return types[strings.LastIndex(types, "$")+1:], nil
}

// withType returns the URN with the type of the resource, and only that, replaced.
func withType(urn, token string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return urn
	}
	parts[2] = parts[2][:strings.LastIndex(parts[2], "$")+1] + token

	return strings.Join(parts, "::")
}
