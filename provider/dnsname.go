package provider

import (
	"slices"
	"strconv"
	"strings"
)

// plainName is a name as people write it: lower case, no trailing dot, and Route 53's octal escapes undone ("DNS
// domain name format" in the Route 53 Developer Guide).
func plainName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	var out strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+3 < len(name) {
			if code, err := strconv.ParseUint(name[i+1:i+4], 8, 8); err == nil {
				out.WriteByte(byte(code))
				i += 3
				continue
			}
		}
		out.WriteByte(name[i])
	}
	return out.String()
}

// within reports whether a name is a zone's or below it.
func within(name, zone string) bool {
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// byLabels is the key that Route 53 lists names by: the labels in reverse (Route 53 API Reference,
// ListResourceRecordSets).
func byLabels(name string) string {
	labels := strings.Split(name, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "."
}

// ordinary reports whether a name has only characters that sort the same in every form of it.
func ordinary(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}

// zoneID is the id without what the API and ARNs put before it.
func zoneID(id string) string { return id[strings.LastIndex(id, "/")+1:] }
