package logs

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/edge"
)

// absent is the value of a field that a request does not have.
const absent = "-"

// values are the fields of a record ("Standard logging reference", CloudFront Developer
// Guide), and those of the real-time logs that standard logs can have.
var values = map[string]func(edge.Record) string{
	"date":                 func(r edge.Record) string { return r.Time.UTC().Format(time.DateOnly) },
	"time":                 func(r edge.Record) string { return r.Time.UTC().Format(time.TimeOnly) },
	"x-edge-location":      func(r edge.Record) string { return r.Location },
	"sc-bytes":             func(r edge.Record) string { return strconv.FormatInt(r.BytesSent, 10) },
	"c-ip":                 func(r edge.Record) string { return r.ViewerIP },
	"cs-method":            func(r edge.Record) string { return r.Method },
	"cs(Host)":             func(r edge.Record) string { return r.Domain },
	"cs-uri-stem":          func(r edge.Record) string { return r.Path },
	"sc-status":            func(r edge.Record) string { return strconv.Itoa(r.Status) },
	"cs(Referer)":          func(r edge.Record) string { return encoded(r.Referer) },
	"cs(User-Agent)":       func(r edge.Record) string { return encoded(r.UserAgent) },
	"cs-uri-query":         func(r edge.Record) string { return orAbsent(r.Query) },
	"cs(Cookie)":           func(r edge.Record) string { return encoded(r.Cookie) },
	"x-edge-result-type":   func(r edge.Record) string { return r.Result },
	"x-edge-request-id":    func(r edge.Record) string { return r.RequestID },
	"x-host-header":        func(r edge.Record) string { return r.Host },
	"cs-protocol":          func(r edge.Record) string { return r.Protocol },
	"cs-bytes":             func(r edge.Record) string { return strconv.FormatInt(r.BytesReceived, 10) },
	"time-taken":           func(r edge.Record) string { return seconds(r.Taken) },
	"x-forwarded-for":      func(r edge.Record) string { return orAbsent(r.ForwardedFor) },
	"ssl-protocol":         func(r edge.Record) string { return orAbsent(r.TLSVersion) },
	"ssl-cipher":           func(r edge.Record) string { return orAbsent(r.TLSCipher) },
	"cs-protocol-version":  func(r edge.Record) string { return r.HTTPVersion },
	"fle-status":           func(edge.Record) string { return absent },
	"fle-encrypted-fields": func(edge.Record) string { return absent },
	"c-port":               func(r edge.Record) string { return r.ViewerPort },
	"time-to-first-byte":   func(r edge.Record) string { return seconds(r.FirstByte) },
	"sc-content-type":      func(r edge.Record) string { return orAbsent(r.ContentType) },
	"sc-content-len":       func(r edge.Record) string { return orAbsent(r.ContentLength) },
	"sc-range-start":       func(r edge.Record) string { return orAbsent(r.RangeStart) },
	"sc-range-end":         func(r edge.Record) string { return orAbsent(r.RangeEnd) },

	"x-edge-response-result-type": func(r edge.Record) string { return r.Result },
	"x-edge-detailed-result-type": func(r edge.Record) string { return r.Detailed },

	"timestamp(ms)": func(r edge.Record) string { return strconv.FormatInt(r.Time.UnixMilli(), 10) },
	"origin-fbl":    func(r edge.Record) string { return originSeconds(r.OriginTook) },
	"origin-lbl":    func(r edge.Record) string { return originSeconds(r.OriginTook) },
	"asn":           func(edge.Record) string { return absent },
	"c-country":     func(edge.Record) string { return absent },

	"cache-behavior-path-pattern": func(r edge.Record) string { return r.PathPattern },
}

// defaultFields are those of a delivery that names none, in AWS's order.
var defaultFields = strings.Fields(`date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status
	cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol
	cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version
	fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type
	sc-content-len sc-range-start sc-range-end`)

func orAbsent(value string) string {
	if value == "" {
		return absent
	}
	return value
}

// encoded is a value as CloudFront writes those that viewers choose: a space would end it.
func encoded(value string) string {
	return orAbsent(strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

func originSeconds(d time.Duration) string {
	if d == 0 {
		return absent
	}
	return seconds(d)
}
