package route53

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// types are the record types of Route 53 ("Supported DNS record types").
var types = map[string]bool{
	"A": true, "AAAA": true, "CAA": true, "CNAME": true, "DS": true, "HTTPS": true, "MX": true, "NAPTR": true,
	"NS": true, "PTR": true, "SOA": true, "SPF": true, "SRV": true, "SSHFP": true, "SVCB": true, "TLSA": true, "TXT": true,
}

// fields is how many fields a value has, of the types that have a fixed number.
var fields = map[string]struct {
	count int
	words string
}{
	"MX": {2, "2 fields"}, "SRV": {4, "4 fields"}, "SOA": {7, "7 fields"}, "DS": {4, "4 fields"},
	"TLSA": {4, "4 fields"}, "SSHFP": {3, "3 fields"},
	"CNAME": {1, "1 field"}, "NS": {1, "1 field"}, "PTR": {1, "1 field"},
}

var (
	quoted     = regexp.MustCompile(`^"(?:[^"\\]|\\.)*"(?:[ \t]+"(?:[^"\\]|\\.)*")*$`)
	caa        = regexp.MustCompile(`^\d+[ \t]+[A-Za-z0-9]+[ \t]+"(?:[^"\\]|\\.)*"$`)
	quotedPart = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// checkValue says in Route 53's words what is wrong with a value, "" if nothing is.
func checkValue(recordType, value string) string {
	switch recordType {
	case "A":
		if a, err := netip.ParseAddr(value); err != nil || !a.Is4() {
			return fatal("ARRDATAIllegalIPv4Address", "Value is not a valid IPv4 address", value)
		}
	case "AAAA":
		if a, err := netip.ParseAddr(value); err != nil || !a.Is6() || a.Zone() != "" {
			return fatal("AAAARRDATAIllegalIPv6Address", "Value is not a valid IPv6 address", value)
		}
	case "TXT", "SPF":
		if !quoted.MatchString(value) {
			return fatal("InvalidCharacterString", "Value should be enclosed in quotation marks", value)
		}
		if slices.ContainsFunc(quotedPart.FindAllString(value, -1), tooLong) {
			return fatal("CharacterStringTooLong", "Value is too long", value)
		}
	case "CAA":
		if !caa.MatchString(value) {
			return fatal("CAARRDATAInvalidValue", "Value should be flags, a tag, and a value in quotation marks", value)
		}
	}
	if f, fixed := fields[recordType]; fixed && len(strings.Fields(value)) != f.count {
		return fatal(recordType+"RRDATAInvalidFieldCount", recordType+" record doesn't have "+f.words, value)
	}
	// What a master file gives a meaning of its own is no part of a value.
	if strings.ContainsAny(value, "\r\n") || strings.ContainsAny(quotedPart.ReplaceAllString(value, ""), ";()@$") {
		return fatal("UnsupportedCharacter", "Value contains unsupported characters", value)
	}
	if _, err := parseValue("name.invalid.", recordType, 0, value); err != nil {
		return fatal("InvalidRRDATA", "Value is not valid for type "+recordType, value)
	}
	return ""
}

// tooLong says whether a quoted string has more octets than DNS allows, which
// the DNS library would silently split.
func tooLong(quoted string) bool {
	octets := 0
	for text := quoted[1 : len(quoted)-1]; len(text) > 0; octets++ {
		size := 1
		if _, escaped := octal(text); escaped > 0 {
			size = escaped
		} else if text[0] == '\\' {
			size = 2
		}
		text = text[min(size, len(text)):]
	}
	return octets > maxName
}

func fatal(code, words, value string) string {
	return fmt.Sprintf("Invalid Resource Record: 'FATAL problem: %s (%s) encountered with '%s''", code, words, value)
}

// parseValue makes a DNS record of a value. The name is in DNS presentation form.
func parseValue(name, recordType string, ttl uint32, value string) (dns.RR, error) {
	line := fmt.Sprintf("%s %d IN %s %s", name, ttl, recordType, toDNS(value))
	rr, err := dns.NewRR(line)
	if err != nil {
		return nil, fmt.Errorf("reading the record %q: %w", line, err)
	}
	if rr == nil {
		return nil, fmt.Errorf("reading the record %q: no record in it", line)
	}
	// Only packing finds what does not fit the wire.
	if _, err := dns.PackRR(rr, make([]byte, dns.MaxMsgSize), 0, nil, false); err != nil {
		return nil, fmt.Errorf("packing the record %q: %w", line, err)
	}
	return rr, nil
}
