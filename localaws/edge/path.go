package edge

import (
	"fmt"
	"net/url"
	"strings"
)

// Characters of a URL, by RFC 3986 and RFC 1738.
const (
	alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	// unreserved mean the same whether they are encoded or not.
	unreserved = alphanumeric + "-._~"
	// plain need no encoding in the path of an invalidation.
	plain = alphanumeric + "-._$+!*'(),;/?:@=&"
	// structural mean something else when they are encoded.
	structural = ";/?:@=&+$!*'(),"
)

// normalPath is a path as path patterns are matched with it: "CloudFront
// normalizes URI paths consistent with RFC 3986" ("Path pattern", URL path
// normalization). The origin gets the path as the viewer sent it.
func normalPath(escaped string) string {
	var kept []string
	last := ""
	for segment := range strings.SplitSeq(eachByte(escaped, normalByte), "/") {
		last = segment
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	path := "/" + strings.Join(kept, "/")
	if (last == "" || last == "." || last == "..") && len(kept) > 0 {
		path += "/"
	}
	return path
}

func normalByte(b byte, encoded bool) string {
	if encoded && strings.IndexByte(unreserved, b) < 0 {
		return fmt.Sprintf("%%%02X", b)
	}
	return string([]byte{b})
}

// invalidName is the name of a cached object that an invalidation must use:
// unsafe and other than ASCII characters are encoded, no others ("Invalidate
// files", what you need to know).
func invalidName(object string) string {
	return eachByte(object, func(b byte, encoded bool) string {
		safe := strings.IndexByte(plain, b) >= 0
		if !safe || encoded && strings.IndexByte(structural, b) >= 0 {
			return fmt.Sprintf("%%%02X", b)
		}
		return string([]byte{b})
	})
}

// invalidates says whether an invalidation path covers a cached object, which
// is named by its path and the query in its key. Only a trailing `*` is special,
// and what is encoded without need names nothing.
func invalidates(pattern, object string) bool {
	pattern, object = eachByte(pattern, asWritten), invalidName(object)
	if prefix, wild := strings.CutSuffix(pattern, "*"); wild {
		return strings.HasPrefix(object, prefix)
	}
	return pattern == object
}

// asWritten only makes the case of the digits equal.
func asWritten(b byte, encoded bool) string {
	if encoded {
		return fmt.Sprintf("%%%02X", b)
	}
	return string([]byte{b})
}

// eachByte writes a text anew, byte by byte; encoded says whether the byte is a
// percent-encoded one.
func eachByte(text string, write func(b byte, encoded bool) string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		const escape = 3
		if text[i] == '%' && i+escape <= len(text) {
			if b, err := url.PathUnescape(text[i : i+escape]); err == nil {
				out.WriteString(write(b[0], true))
				i += escape - 1
				continue
			}
		}
		out.WriteString(write(text[i], false))
	}
	return out.String()
}
