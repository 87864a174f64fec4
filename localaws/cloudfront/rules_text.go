package cloudfront

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"imagecdn/localaws/api"
)

// Lengths, in characters ("Quotas" and "Distribution settings reference").
const (
	maximumComment      = 128
	maximumPathPattern  = 255
	maximumRootObject   = 255
	maximumAlias        = 253
	maximumHeaders      = 30
	maximumHeaderName   = 256
	maximumHeaderValue  = 1783
	maximumHeadersTotal = 10240
)

var (
	// pathPattern has the characters that a path pattern may have ("Path pattern").
	pathPattern = regexp.MustCompile(`^[A-Za-z0-9_\-.*$/~"'@:+?&]+$`)
	// rootObject has those of a default root object.
	rootObject = regexp.MustCompile(`^[A-Za-z0-9_\-.*$/~"'&]+$`)
	// aliasName is an alias without the wildcard in front of it.
	aliasName = regexp.MustCompile(`^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)+$`)
	// headerName is a name of an HTTP header (RFC 9110).
	headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
)

// deniedHeaders are not to be added to requests to an origin ("Custom headers
// that CloudFront can't add to origin requests"). A final star stands for the rest.
var deniedHeaders = []string{
	"cache-control", "connection", "content-length", "cookie", "host", "if-match", "if-modified-since", "if-none-match",
	"if-range", "if-unmodified-since", "max-forwards", "pragma", "proxy-authenticate", "proxy-authorization",
	"proxy-connection", "range", "request-range", "te", "trailer", "transfer-encoding", "upgrade", "via",
	"x-amz-*", "x-edge-*", "x-real-ip",
}

// keptHeaders are not to be removed from responses ("Headers that you can't
// remove" of the response headers policies).
var keptHeaders = []string{
	"connection", "content-encoding", "content-length", "expect", "host", "keep-alive", "proxy-authenticate",
	"proxy-authorization", "proxy-connection", "trailer", "transfer-encoding", "upgrade", "via", "warning",
	"x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amz-cf-*", "x-amzn-auth",
	"x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile", "x-amzn-header-count",
	"x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache", "x-edge-*", "x-forwarded-proto",
	"x-real-ip",
}

// among says whether a header is in one of the lists above.
func among(list []string, header string) bool {
	header = strings.ToLower(header)
	return slices.ContainsFunc(list, func(entry string) bool {
		prefix, open := strings.CutSuffix(entry, "*")
		return entry == header || open && strings.HasPrefix(header, prefix)
	})
}

func checkComment(comment string) error {
	if utf8.RuneCountInString(comment) > maximumComment {
		return api.Refuse("InvalidArgument", "The parameter Comment is too long: at most %d characters.", maximumComment)
	}
	return nil
}

func checkPathPattern(pattern string) error {
	if len(pattern) > maximumPathPattern {
		return api.Refuse("InvalidArgument", "The parameter PathPattern is too long: at most %d characters.", maximumPathPattern)
	}
	if !pathPattern.MatchString(pattern) {
		return api.Refuse("InvalidArgument", "The parameter PathPattern contains invalid characters: %q.", pattern)
	}
	return nil
}

func checkRootObject(name string) error {
	if name == "" {
		return nil
	}
	if strings.HasPrefix(name, "/") || len(name) > maximumRootObject || !rootObject.MatchString(name) {
		return api.Refuse("InvalidDefaultRootObject",
			"The default root object file name is too big or contains an invalid character: %q.", name)
	}
	return nil
}

func validAlias(alias string) bool {
	name := strings.ToLower(strings.TrimPrefix(alias, "*."))
	return len(alias) <= maximumAlias && aliasName.MatchString(name) && !strings.HasSuffix(name, ".cloudfront.net")
}

// checkOriginHeaders refuses headers that CloudFront does not add for anybody.
func checkOriginHeaders(headers *customHeaders) error {
	if len(headers.Items) > maximumHeaders {
		return api.Refuse("TooManyOriginCustomHeaders", "Your request contains too many origin custom headers.")
	}
	total, seen := 0, map[string]bool{}
	for _, h := range headers.Items {
		name := strings.ToLower(h.HeaderName)
		switch {
		case !headerName.MatchString(name) || len(name) > maximumHeaderName || len(h.HeaderValue) > maximumHeaderValue ||
			strings.ContainsAny(h.HeaderValue, "\r\n"):
			return api.Refuse("InvalidArgument", "The parameter OriginCustomHeader is invalid: %q.", h.HeaderName)
		case seen[name]:
			return api.Refuse("InvalidArgument", "The parameter HeaderName is not unique: %q.", h.HeaderName)
		case among(deniedHeaders, name):
			return api.Refuse("InvalidArgument", "The parameter HeaderName contains a header that is not allowed: %q.", h.HeaderName)
		}
		seen[name] = true
		total += len(name) + len(h.HeaderValue)
	}
	if total > maximumHeadersTotal {
		return api.Refuse("InvalidArgument", "The origin custom headers are longer than %d characters together.", maximumHeadersTotal)
	}
	return nil
}

// countries are the location codes of geographic restrictions (ISO 3166-1 alpha-2).
var countries = strings.Fields(`
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`)
