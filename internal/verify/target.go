package verify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"imagecdn/internal/dnsname"
)

// ErrTarget is wrapped by every error that says what is wrong with a [Target].
var ErrTarget = errors.New("not something that can be verified")

// Target is what to verify, and how to get there where that is not the usual way.
type Target struct {
	// Domain is the domain of the CDN, such as cdn.example.com. Required, no wildcard.
	Domain string
	// Path is the URL path of an image, without a query, as it would be typed into a
	// browser: what cannot stand in a URL is escaped. S3 reads a plus as a space, so that
	// one in the key is %2B; [PathOf] makes the path of a key. Required.
	Path string
	// Bucket is the bucket of the image. Without it the check that the bucket is private is skipped.
	Bucket string
	// BucketPrefix is the folder of the bucket that the CDN serves. Default: all of it.
	BucketPrefix string
	// BucketRegion is the region of the bucket. Default: what S3 says.
	BucketRegion string
	// S3Endpoint is the URL of an S3 API that is used path-style. Default: Amazon's.
	S3Endpoint string
	// DNSServer is the server to ask, host or host:port. Default: those of the system.
	DNSServer string
	// HTTPSAddress is where to connect for HTTPS, host:port; with :port alone, the host is
	// what the domain resolves to. Default: port 443 of what the domain resolves to.
	HTTPSAddress string
	// HTTPAddress is where to connect for HTTP, host:port; with :port alone, the host is
	// that of HTTPS. Default: port 80 there.
	HTTPAddress string
	// RootCAs are the roots to trust. Default: those of the system.
	RootCAs *x509.CertPool
	// Sign adds a signature to the address of an image, for a CDN that serves no others.
	// With it, the image must not be served without. Default: no signature.
	Sign func(image string) (string, error)
	// DistributionDomain is CloudFront's own name of the distribution. Optional: with it, a
	// domain that points at another distribution is found, and DNS failures say more.
	DistributionDomain string
	// RequireMiss makes it a failure that the image is in the cache before the first request.
	RequireMiss bool
	// Wait bounds, for all checks together, how long failures are waited for that pass by
	// themselves on a fresh deployment. Default: no wait.
	Wait time.Duration
	// Pause is the time between two attempts. Default: 1 s.
	Pause time.Duration
}

// normalized is the target with its defaults, or all that is wrong with it.
func (t Target) normalized() (Target, error) {
	var faults []error
	add := func(format string, a ...any) { faults = append(faults, fmt.Errorf(format, a...)) }
	if domain, err := dnsname.Normalize(t.Domain); err != nil {
		add("domain: %w", err)
	} else if strings.HasPrefix(domain, "*.") {
		add("domain %s: a wildcard cannot be asked for; name one host under it", domain)
	} else {
		t.Domain = domain
	}
	if err := checkPath(t.Path); err != nil {
		faults = append(faults, err)
	}
	if err := checkEndpoint(t.S3Endpoint); err != nil {
		faults = append(faults, err)
	}
	for name, address := range map[string]string{"HTTPS address": t.HTTPSAddress, "HTTP address": t.HTTPAddress} {
		if _, _, err := net.SplitHostPort(address); address != "" && err != nil {
			add("%s %q: %w", name, address, err)
		}
	}
	t.Path = escapePath(t.Path)
	if t.Pause <= 0 {
		t.Pause = time.Second
	}
	t.DNSServer = withPort(t.DNSServer, "53")
	t.DistributionDomain = strings.ToLower(strings.TrimSuffix(t.DistributionDomain, "."))
	if len(faults) > 0 {
		return Target{}, fmt.Errorf("%w: %w", ErrTarget, errors.Join(faults...))
	}
	return t, nil
}

func checkEndpoint(endpoint string) error {
	parsed, err := url.Parse(endpoint)
	switch {
	case endpoint == "":
		return nil
	case err != nil:
		return fmt.Errorf("S3 endpoint: %w", err)
	case parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https"):
		return fmt.Errorf("S3 endpoint %q: a URL is needed, such as https://s3.example.com", endpoint)
	}
	return nil
}

// withPort adds the port to an address that has none; "" stays "".
func withPort(address, port string) string {
	if address == "" {
		return ""
	}
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	if ip, err := netip.ParseAddr(strings.Trim(address, "[]")); err == nil {
		return net.JoinHostPort(ip.String(), port)
	}
	return net.JoinHostPort(address, port)
}

// URL is the image's, as people would share it.
func (t Target) URL() string { return "https://" + t.Domain + escapePath(t.Path) }
