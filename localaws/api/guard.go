package api

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// The server accepts any credentials, so it must not be reached by a web page
// that somebody on this machine happens to look at. Such a page gets there in
// two ways: under a name of its own that it lets resolve to loopback (DNS
// rebinding), which the Host header shows, or by a request across origins, which
// the Origin header shows.

// foreign says why a request is one that a web page may have sent, "" if it is not.
func foreign(r *http.Request) string {
	if !ownHost(r.Host) {
		return "the host " + r.Host + " is not this machine's: use 127.0.0.1 or localhost"
	}
	origin := r.Header.Get("Origin")
	if origin == "" || ownOrigin(origin) || mayBeAsked(r) {
		return ""
	}
	return "a web page of " + origin + " may not call the embedded AWS"
}

// mayBeAsked says whether any web page may send a request: to S3, which browsers
// read across origins as its CORS rules let them. What changes something they
// ask for first (preflight), except for POST.
func mayBeAsked(r *http.Request) bool {
	service, _, _, signed := scope(r)
	if !signed {
		service = unsignedService(r)
	}
	return service == "s3" && r.Method != http.MethodPost && !isControl(r)
}

// ownHost says whether a Host header names this machine, or an endpoint of AWS
// that a client was made to reach here. Nobody but Amazon can let a name under
// amazonaws.com resolve to loopback.
func ownHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.IsLoopback()
	}
	return name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") ||
		strings.HasSuffix(name, ".amazonaws.com") || strings.HasSuffix(name, ".amazonaws.com.cn")
}

// ownOrigin says whether an Origin header is of a page that this machine serves.
func ownOrigin(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && ownHost(u.Host) && !strings.Contains(u.Hostname(), "amazonaws.com")
}
