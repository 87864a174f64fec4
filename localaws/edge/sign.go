package edge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/internal/glob"
)

// signingParameters are what a signed URL has beside the viewer's own query. The edge
// takes them out: they are neither in a cache key nor sent to the origin.
var signingParameters = []string{"Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"}

// signature is what a viewer shows to be let in: in the URL, which counts alone if it
// has one, or in cookies ("Decide to use signed URLs or signed cookies").
type signature struct {
	keyID, policy, expires, signed, hash string
}

func signatureOf(r *http.Request) signature {
	query := r.URL.Query()
	value := query.Get
	if !slices.ContainsFunc(signingParameters, query.Has) {
		value = func(name string) string {
			c, err := r.Cookie("CloudFront-" + name)
			if err != nil {
				return ""
			}
			return c.Value
		}
	}
	return signature{
		keyID: value("Key-Pair-Id"), policy: value("Policy"), expires: value("Expires"),
		signed: value("Signature"), hash: value("Hash-Algorithm"),
	}
}

// admitsSigned answers who shows no signature that counts, and takes it off the request
// of who does.
func (a *answer) admitsSigned() bool {
	s := signatureOf(a.r)
	scheme := "http"
	if a.r.TLS != nil {
		scheme = "https"
	}
	resource := *a.r.URL
	resource.Scheme, resource.Host, resource.RawQuery = scheme, hostname(a.r.Host), unsignedQuery(a.r.URL.RawQuery)
	key, known := a.behavior.SigningKeys[s.keyID]
	switch {
	case s.keyID == "":
		a.refuseKey("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
	case !known:
		a.refuseKey("InvalidKey", "Unknown Key")
	case !s.admits(resource.String(), a.r.RemoteAddr, a.server.options.Now()) || !s.verifies(key, resource.String()):
		a.refuseKey("AccessDenied", "Access denied")
	default:
		unsigned := a.r.Clone(a.r.Context())
		unsigned.URL.RawQuery = resource.RawQuery
		a.r = unsigned
		return true
	}
	return false
}

func (a *answer) refuseKey(code, message string) {
	e := &entry{status: http.StatusForbidden, header: http.Header{}, body: fmt.Appendf(nil,
		`<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)}
	e.header.Set("Content-Type", "text/xml")
	e.header.Set("Server", "CloudFront")
	a.send(e, failure)
}

// unsignedQuery is a query without what a signed URL adds to it.
func unsignedQuery(query string) string {
	parameters := slices.DeleteFunc(strings.Split(query, "&"), func(parameter string) bool {
		name, _, _ := strings.Cut(parameter, "=")
		return slices.Contains(signingParameters, name)
	})
	return strings.Join(parameters, "&")
}

// policy is the policy that was signed. A canned one is not sent: the edge makes it of
// the URL and the time.
type policy struct {
	Statement []policyStatement
}

type policyStatement struct {
	Resource  string
	Condition policyCondition
}

type policyCondition struct {
	DateLessThan    *epoch
	DateGreaterThan *epoch             `json:",omitempty"`
	IPAddress       *map[string]string `json:"IpAddress,omitempty"`
}

type epoch struct {
	Seconds int64 `json:"AWS:EpochTime"`
}

// canned is the policy of a URL that only has a time. Its form is fixed to the byte
// ("Create a signature for a signed URL that uses a canned policy").
func canned(resource, expires string) string {
	return `{"Statement":[{"Resource":"` + resource + `","Condition":{"DateLessThan":{"AWS:EpochTime":` + expires + `}}}]}`
}

// admits says whether the policy allows this viewer this resource now.
func (s signature) admits(resource, viewer string, now time.Time) bool {
	if s.policy == "" {
		expires, err := strconv.ParseInt(s.expires, 10, 64)
		return err == nil && now.Unix() < expires
	}
	document, err := decodeSigned(s.policy)
	var p policy
	if err != nil || json.Unmarshal(document, &p) != nil || len(p.Statement) != 1 {
		return false
	}
	c := p.Statement[0].Condition
	return covers(p.Statement[0].Resource, resource) &&
		c.DateLessThan != nil && now.Unix() < c.DateLessThan.Seconds &&
		(c.DateGreaterThan == nil || now.Unix() > c.DateGreaterThan.Seconds) &&
		(c.IPAddress == nil || within(viewer, (*c.IPAddress)["AWS:SourceIp"]))
}

// covers holds a resource against that of a policy, which may have wildcards, and any
// query where it has none.
func covers(pattern, resource string) bool {
	if pattern == "" { // it stands for every file
		return true
	}
	return glob.Match(pattern, resource)
}

// within says whether a viewer's address is in a range, which may be one address.
func within(viewer, network string) bool {
	from, err := netip.ParseAddrPort(viewer)
	if err != nil {
		return false
	}
	if !strings.Contains(network, "/") {
		network += "/32"
	}
	allowed, err := netip.ParsePrefix(network)
	return err == nil && allowed.Contains(from.Addr().Unmap())
}

// verifies holds the signature against a public key. SHA-1 is what is meant where
// nothing is said.
func (s signature) verifies(key, resource string) bool {
	document := []byte(canned(resource, s.expires))
	if s.policy != "" {
		document, _ = decodeSigned(s.policy)
	}
	signed, err := decodeSigned(s.signed)
	block, _ := pem.Decode([]byte(key))
	if err != nil || block == nil {
		return false
	}
	hash := crypto.SHA1
	if strings.EqualFold(s.hash, "SHA256") {
		hash = crypto.SHA256
	}
	digest := hash.New()
	_, _ = digest.Write(document) // it never fails
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	switch public := public.(type) {
	case *rsa.PublicKey:
		return err == nil && rsa.VerifyPKCS1v15(public, hash, digest.Sum(nil), signed) == nil
	case *ecdsa.PublicKey:
		return err == nil && ecdsa.VerifyASN1(public, digest.Sum(nil), signed)
	default:
		return false
	}
}

// inURL puts back the characters of base64 that a URL cannot have.
var inURL = strings.NewReplacer("-", "+", "_", "=", "~", "/")

func decodeSigned(text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.DecodeString(inURL.Replace(text))
	if err != nil {
		return nil, fmt.Errorf("a signed URL's base64: %w", err)
	}
	return decoded, nil
}
