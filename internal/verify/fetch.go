package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	// fetchTimeout bounds one request with its whole answer.
	fetchTimeout = time.Minute
	// userAgent is sent because AWS's common rule set blocks requests without one.
	userAgent = "imagecdn-verify"
	// excerptSize is how much of a body is kept, for error documents.
	excerptSize = 4 << 10
)

// answer is a response whose body has been read.
type answer struct {
	status  int
	header  http.Header
	digest  [sha256.Size]byte
	size    int64
	excerpt string
}

// newClient makes a client that connects to one address, whatever the URL, keeps the
// connection (so that requests meet the same cache) and follows no redirects.
func newClient(address string, config *tls.Config) *http.Client {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, network, address)
		},
		TLSClientConfig:     config.Clone(),
		TLSHandshakeTimeout: connectTimeout,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 1,
	}
	return &http.Client{Transport: transport, CheckRedirect: keepRedirect, Timeout: fetchTimeout}
}

func keepRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// get fetches a URL; dress may add to the request.
func get(ctx context.Context, client *http.Client, url string, dress func(*http.Request)) (*answer, error) {
	request, err := newRequest(ctx, url)
	if err != nil {
		return nil, err
	}
	if dress != nil {
		dress(request)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", url, err)
	}
	got, err := read(response)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", url, err)
	}
	return got, nil
}

// ask fetches the image, with a signature where the CDN serves no other requests; dress may
// add to the request before it is signed.
func (s *session) ask(ctx context.Context, dress func(*http.Request)) (*answer, error) {
	var refused error
	got, err := get(ctx, s.secure, s.target.URL(), func(r *http.Request) {
		if dress != nil {
			dress(r)
		}
		if s.target.Sign != nil {
			refused = s.sign(r)
		}
	})
	return got, errors.Join(refused, err)
}

func (s *session) sign(r *http.Request) error {
	signed, err := s.target.Sign(r.URL.String())
	if err != nil {
		return err
	}
	r.URL, err = r.URL.Parse(signed)
	if err != nil {
		return fmt.Errorf("reading the signed address: %w", err)
	}
	return nil
}

func newRequest(ctx context.Context, url string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", url, err)
	}
	request.Header.Set("User-Agent", userAgent)
	return request, nil
}

func read(response *http.Response) (*answer, error) {
	var excerpt bytes.Buffer
	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(digest, &excerpt),
		io.LimitReader(response.Body, excerptSize))
	if err != nil {
		return nil, err //nolint:wrapcheck // get names the URL
	}
	rest, err := io.Copy(digest, response.Body)
	if err != nil {
		return nil, err //nolint:wrapcheck // get names the URL
	}
	got := &answer{status: response.StatusCode, header: response.Header, size: size + rest, excerpt: excerpt.String()}
	digest.Sum(got.digest[:0])
	return got, nil
}

// cacheResult is the first word of X-Cache, such as Hit in "Hit from cloudfront"; ""
// when it is not CloudFront's.
func (a *answer) cacheResult() string {
	result, who, _ := strings.Cut(a.header.Get("X-Cache"), " ")
	if !strings.EqualFold(who, "from cloudfront") {
		return ""
	}
	return result
}

// fromS3 says whether the answer is S3's own, passed on.
func (a *answer) fromS3() bool { return a.header.Get("Server") == "AmazonS3" }

// fromKMS says whether it is S3's answer for a key that does not let CloudFront decrypt.
func (a *answer) fromKMS() bool {
	return a.fromS3() && (strings.HasPrefix(a.errorCode(), "KMS.") || strings.Contains(a.excerpt, "kms:Decrypt"))
}

// summary is the status, and what an S3 error document says.
func (a *answer) summary() string {
	text := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	if code := a.errorCode(); code != "" {
		text += ", " + code
	}
	if server := a.header.Get("Server"); server != "" {
		text += " (Server: " + server + ")"
	}
	return text
}

// errorCode is the code of an S3 error document, "" for anything else.
func (a *answer) errorCode() string {
	_, after, _ := strings.Cut(a.excerpt, "<Code>")
	code, _, closed := strings.Cut(after, "</Code>")
	if !closed {
		return ""
	}
	return code
}
