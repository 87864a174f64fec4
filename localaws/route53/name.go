package route53

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of DNS names (RFC 1035).
const (
	maxLabel = 63
	maxName  = 255
)

// Why a name is refused, in Route 53's words.
var (
	errNameEmpty    = errors.New("DomainNameEmpty (Domain name is empty)")
	errNameTooLong  = errors.New("DomainNameTooLong (Domain name is too long)")
	errLabelEmpty   = errors.New("DomainLabelEmpty (Domain label is empty)")
	errLabelTooLong = errors.New("DomainLabelTooLong (Domain label is too long)")
)

// canonicalName is a name as Route 53 keeps it: lower case, with a final dot,
// and every character but letters, digits, hyphen and underscore as a
// three-digit octal escape ("DNS domain name format" in the developer guide).
func canonicalName(name string) (string, error) {
	labels, err := splitLabels(name, octal)
	if err != nil {
		return "", fmt.Errorf("FATAL problem: %w encountered with '%s'", err, name)
	}
	return joinLabels(labels), nil
}

// fromDNS is the canonical form of a name as the DNS library presents it,
// whose escapes are decimal.
func fromDNS(name string) (string, error) {
	labels, err := splitLabels(name, decimal)
	if err != nil {
		return "", fmt.Errorf("reading the name %q: %w", name, err)
	}
	return joinLabels(labels), nil
}

// toDNS turns Route 53's octal escapes, in a name or a value, into the decimal
// ones of DNS master files. An escaped backslash escapes nothing itself.
func toDNS(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if c, size := octal(text[i:]); size > 0 {
			fmt.Fprintf(&b, `\%03d`, c)
			i += size - 1
			continue
		}
		if strings.HasPrefix(text[i:], `\\`) {
			b.WriteByte(text[i])
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// octal reads the escape \ooo at the start of a text; size 0 means there is none.
func octal(text string) (c byte, size int) { return numeric(text, 8) }

// decimal reads the escape \ddd or \c at the start of a text.
func decimal(text string) (c byte, size int) {
	if c, size = numeric(text, 10); size > 0 || len(text) < 2 || text[0] != '\\' {
		return c, size
	}
	return text[1], 2
}

func numeric(text string, base int) (c byte, size int) {
	const length = 4 // a backslash and three digits
	if len(text) < length || text[0] != '\\' {
		return 0, 0
	}
	value := 0
	for _, digit := range []byte(text[1:length]) {
		if digit < '0' || int(digit-'0') >= base {
			return 0, 0
		}
		value = value*base + int(digit-'0')
	}
	if value > 255 {
		return 0, 0
	}
	return byte(value), length
}

// splitLabels reads a name label by label; escape reads its escapes. Names are
// always complete: the final dot may be left out.
func splitLabels(name string, escape func(string) (byte, int)) ([]string, error) {
	if name == "" || name == "." {
		return nil, errNameEmpty
	}
	var labels []string
	label, total := []byte{}, 1
	end := func() error {
		if len(label) == 0 {
			return errLabelEmpty
		}
		if len(label) > maxLabel {
			return errLabelTooLong
		}
		labels, total, label = append(labels, string(label)), total+len(label)+1, label[:0]
		return nil
	}
	for i := 0; i < len(name); i++ {
		if c, size := escape(name[i:]); size > 0 {
			label = append(label, c)
			i += size - 1
			continue
		}
		if name[i] != '.' {
			label = append(label, name[i])
			continue
		}
		if err := end(); err != nil {
			return nil, err
		}
	}
	if len(label) > 0 {
		if err := end(); err != nil {
			return nil, err
		}
	}
	if total > maxName {
		return nil, errNameTooLong
	}
	return labels, nil
}

func joinLabels(labels []string) string {
	var b strings.Builder
	for _, label := range labels {
		for _, c := range []byte(label) {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
				b.WriteByte(c)
				continue
			}
			fmt.Fprintf(&b, `\%03o`, c)
		}
		b.WriteByte('.')
	}
	return b.String()
}

// reversed is a canonical name with its labels in reverse, by which Route 53
// orders: com.example.www.
func reversed(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return strings.Join(labels, ".") + "."
}

// within says whether a canonical name is a zone's name or below it.
func within(name, zone string) bool {
	return name == zone || strings.HasSuffix(name, "."+zone)
}

// parent is the name without its first label; "" above a top-level domain.
func parent(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}
