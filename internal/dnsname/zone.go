package dnsname

import "strings"

// Parents lists the zones that may hold a record of this domain, the longest first: the name itself and every parent
// but the top-level domain.
func Parents(domain string) []string {
	var parents []string
	for name := ValidationKey(domain); strings.Contains(name, "."); {
		parents = append(parents, name)
		_, name, _ = strings.Cut(name, ".")
	}
	return parents
}

// InZone reports whether the domain is the zone's name or ends in it at a label boundary: badexample.com is not in
// example.com.
func InZone(domain, zone string) bool {
	domain = ValidationKey(domain)
	return zone != "" && (domain == zone || strings.HasSuffix(domain, "."+zone))
}

// Covers reports whether a certificate with this name is valid for the host. A wildcard stands for exactly one label
// (RFC 6125, section 6.4.3); it covers a wildcard host only if that is the same.
func Covers(certName, host string) bool {
	if certName == host {
		return host != ""
	}
	base, wild := strings.CutPrefix(certName, wildcard)
	label, parent, found := strings.Cut(host, ".")
	return wild && found && label != "" && label != "*" && parent == base
}
