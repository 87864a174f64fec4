// Package dnsname knows what a domain name is: its one spelling, its wildcard, and the zones it may live in.
package dnsname

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// RFC 1035, section 2.3.4, in characters of the written form.
const (
	maxName  = 253
	maxLabel = 63
)

const wildcard = "*."

// toASCII maps a name as people type it (case, width, Unicode) to the form that DNS carries. It does not check
// letters, digits and hyphens: check does, with an error that says which label is wrong.
var toASCII = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.CheckHyphens(false),
	idna.StrictDomainName(false), idna.BidiRule())

// Normalize returns the one spelling of a domain that everything else compares: lower case, punycode, no trailing
// dot. A wildcard is allowed as the whole first label. Errors say what is wrong and what to write instead.
func Normalize(s string) (string, error) {
	name := strings.TrimSpace(s)
	if name == "" {
		return "", errors.New("the domain is empty: write a name such as cdn.example.com")
	}
	if err := refuseURL(name); err != nil {
		return "", err
	}
	host, wild := strings.CutPrefix(name, wildcard)
	host = strings.TrimSuffix(host, ".")
	normal, err := encode(host)
	if err != nil {
		return "", fmt.Errorf("domain %q has no DNS form: %w: write it in punycode (xn--...) or plain letters", s, err)
	}
	if err := check(normal); err != nil {
		return "", fmt.Errorf("domain %q: %w", s, err)
	}
	if wild {
		normal = wildcard + normal
	}
	if len(normal) > maxName {
		return "", fmt.Errorf("domain %q has %d characters, DNS allows %d: shorten it", s, len(normal), maxName)
	}
	return normal, nil
}

// encode is the DNS form of a name. Some invalid text is encoded and then refused when it comes back, so it is tried
// on its own result.
func encode(host string) (string, error) {
	ascii, err := toASCII.ToASCII(host)
	if err != nil {
		return "", err //nolint:wrapcheck // the caller names the domain
	}
	again, err := toASCII.ToASCII(ascii)
	if err != nil {
		return "", err //nolint:wrapcheck // the caller names the domain
	}
	return again, nil
}

// refuseURL recognises what is copied from a browser's address bar.
func refuseURL(name string) error {
	if scheme, after, found := strings.Cut(name, "://"); found {
		host, _, _ := strings.Cut(after, "/")
		return fmt.Errorf("domain %q is a URL: leave out %q and any path, and write %q", name, scheme+"://", host)
	}
	if host, _, found := strings.Cut(name, "/"); found {
		return fmt.Errorf("domain %q has a path: write %q", name, host)
	}
	if host, _, found := strings.Cut(name, ":"); found {
		return fmt.Errorf("domain %q has a port (or is an IP address): CloudFront answers on 443 and 80 only, write %q",
			name, host)
	}
	if _, host, found := strings.Cut(name, "@"); found {
		return fmt.Errorf("domain %q is an address at a domain: write %q", name, host)
	}
	return nil
}

// check applies RFC 1123: letters, digits and inner hyphens.
func check(host string) error {
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return err
		}
	}
	if len(labels) < 2 {
		return fmt.Errorf("%q is a single label: write a full name such as %s.example.com", host, host)
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return errors.New("the last label is a number, which looks like an IP address: write a domain name")
	}
	return nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("a label is empty: remove the extra dot")
	case len(label) > maxLabel:
		return fmt.Errorf("label %q has %d characters, DNS allows %d: shorten it", label, len(label), maxLabel)
	case strings.Contains(label, "*"):
		return errors.New("a wildcard stands alone as the first label: write *.example.com")
	case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
		return fmt.Errorf("label %q starts or ends with a hyphen: remove it", label)
	}
	if i := strings.IndexFunc(label, notLDH); i >= 0 {
		return fmt.Errorf("label %q has %q: only letters, digits and hyphens are allowed", label, []rune(label[i:])[0])
	}
	return nil
}

func notLDH(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
}

// ValidationKey names the ACM validation record of a domain: a wildcard and its base name share one
// (ACM User Guide, "DNS validation").
func ValidationKey(domain string) string { return strings.TrimPrefix(domain, wildcard) }
