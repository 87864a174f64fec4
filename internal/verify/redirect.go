package verify

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
)

// redirects are the statuses by which HTTP leads to HTTPS.
var redirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

func (s *session) checkRedirect(ctx context.Context) finding {
	address := s.httpAddress()
	if address == "" {
		return skipped("there is no address to connect to: no connection over HTTPS")
	}
	client := newClient(address, s.tlsConfig())
	defer client.CloseIdleConnections()
	got, err := get(ctx, client, "http://"+s.target.Domain+s.target.Path, nil)
	if err != nil {
		return failed(httpUnreachable, oneLine(err))
	}
	location := got.header.Get("Location")
	switch {
	case s.disabled && got.status == http.StatusForbidden:
		return failed(distributionDisabled, got.summary())
	case !slices.Contains(redirects, got.status):
		return failed(redirectMissing, got.summary())
	case !s.leadsToImage(location):
		return failed(redirectElsewhere, fmt.Sprintf("%d to %s", got.status, orElse(location, "nowhere")))
	}
	return ok(fmt.Sprintf("%d to %s", got.status, location))
}

// httpAddress is where to connect for HTTP, "" while that is not known.
func (s *session) httpAddress() string {
	host, port := splitAddress(s.target.HTTPAddress, "80")
	if host == "" {
		host, _, _ = net.SplitHostPort(s.edge) // "" while there is no edge
	}
	if host == "" {
		return ""
	}
	return net.JoinHostPort(host, port)
}

// leadsToImage compares a redirect with the image's URL, however that is escaped: a CDN
// may write it in another way than it got it. A port is right if it is where HTTPS is.
func (s *session) leadsToImage(location string) bool {
	to, err := url.Parse(location)
	if err != nil {
		return false
	}
	_, port := splitAddress(s.target.HTTPSAddress, "443")
	return to.Scheme == "https" && to.Hostname() == s.target.Domain && keyOf(to.EscapedPath()) == keyOf(s.target.Path) &&
		(to.Port() == "" || to.Port() == port)
}
