// Package signing makes signed URLs and signed cookies for images of a CDN that only some
// viewers may see. It calls nobody: a signature is a computation with a private key.
//
// Policies and signatures are those of AWS's own SDK
// (github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign).
package signing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/cloudfront/sign"
)

// ErrKey is wrapped by every error about a private key.
var ErrKey = errors.New("not a private key that CloudFront takes")

// Signer signs with one private key. It may be used by many goroutines at once.
type Signer struct {
	keyID string
	key   crypto.Signer
}

// New makes a signer of a private key in PEM, RSA or ECDSA, and the id of its public key
// in CloudFront, such as "K2JCJMDEHXQW5F": the output signingKeyIds of a stack has it.
func New(keyID string, privateKey []byte) (*Signer, error) {
	if keyID == "" {
		return nil, fmt.Errorf("%w: the id of its public key is missing", ErrKey)
	}
	key, err := parse(privateKey)
	if err != nil {
		return nil, err
	}
	return &Signer{keyID: keyID, key: key}, nil
}

func parse(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%w: it is not in PEM form", ErrKey)
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("%w: it is a %s", ErrKey, strings.ToLower(block.Type))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case *ecdsa.PrivateKey:
		return key, nil
	}
	return nil, fmt.Errorf("%w: it is neither RSA nor ECDSA", ErrKey)
}

// URL is the address of an image with a signature that counts until a time. Its query, if
// it has one, is signed with it.
func (s *Signer) URL(image string, until time.Time) (string, error) {
	signed, err := sign.NewURLSigner(s.keyID, s.key).Sign(image, until)
	if err != nil {
		return "", fmt.Errorf("signing %s: %w", image, err)
	}
	return signed, nil
}

// URLUnder is the address of an image with a signature for all that a pattern covers, such
// as "https://cdn.example.com/albums/7/*": what it adds to this address may be added to
// that of every other one.
func (s *Signer) URLUnder(image, pattern string, until time.Time) (string, error) {
	signed, err := sign.NewURLSigner(s.keyID, s.key).SignWithPolicy(image, policy(pattern, until))
	if err != nil {
		return "", fmt.Errorf("signing %s: %w", image, err)
	}
	return signed, nil
}

// Cookies are three cookies that open all that a pattern covers, such as
// "https://cdn.example.com/albums/7/*", until a time. They are for the host of the pattern;
// set Domain where the page that sets them is on another host of the same site.
func (s *Signer) Cookies(pattern string, until time.Time) ([]*http.Cookie, error) {
	address, err := url.Parse(strings.NewReplacer("*", "x").Replace(pattern))
	if err != nil || address.Host == "" {
		return nil, fmt.Errorf("signing cookies for %s: it is not the address of images, such as https://cdn.example.com/albums/*", pattern)
	}
	signature, document, err := policy(pattern, until).Sign(s.key)
	if err != nil {
		return nil, fmt.Errorf("signing cookies for %s: %w", pattern, err)
	}
	var cookies []*http.Cookie
	for _, c := range []struct{ name, value string }{
		{"Policy", string(document)}, {"Signature", string(signature)}, {"Key-Pair-Id", s.keyID},
	} {
		cookies = append(cookies, &http.Cookie{
			Name: "CloudFront-" + c.name, Value: c.value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	return cookies, nil
}

// policy lets everybody see what a pattern covers until a time.
func policy(pattern string, until time.Time) *sign.Policy {
	return &sign.Policy{Statements: []sign.Statement{{
		Resource: pattern, Condition: sign.Condition{DateLessThan: sign.NewAWSEpochTime(until)},
	}}}
}
