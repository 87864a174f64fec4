// Package ca is the certificate authority of the embedded AWS: the root that a
// browser or curl is told to trust, and the certificates below it that ACM
// issues and the edge presents.
package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// rootLifetime is generous: whoever trusts the root once should not have to do
// it again next year.
const rootLifetime = 10 * 365 * 24 * time.Hour

// clockSkew is how far the root's validity reaches back, for clients whose
// clock is behind and tests whose clock stands still.
const clockSkew = 24 * time.Hour

// maximumCommonName is X.509's upper bound for a common name.
const maximumCommonName = 64

// ErrKeyAlgorithm is a key algorithm that ACM does not issue.
var ErrKeyAlgorithm = errors.New("key algorithm is none of RSA_2048, EC_prime256v1, EC_secp384r1")

// ErrNoNames is a certificate for nothing.
var ErrNoNames = errors.New("a certificate needs at least one name")

// Authority is a root certificate with its key. It is safe for concurrent use.
type Authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	file        string
}

// RootPEM is the root certificate, to be trusted by clients.
func (a *Authority) RootPEM() []byte { return certificatePEM(a.certificate.Raw) }

// RootFile is the path of the root certificate, "" if it is only in memory.
func (a *Authority) RootFile() string { return a.file }

// Issue makes a server certificate for names, the first of which is its common
// name, and the key for it. The algorithm is named as ACM names it: RSA_2048,
// EC_prime256v1 or EC_secp384r1. The chain is what ends in the root, without
// the certificate itself.
func (a *Authority) Issue(names []string, keyAlgorithm string, notBefore, notAfter time.Time) (certificate, chain, key []byte, err error) {
	if len(names) == 0 {
		return nil, nil, nil, ErrNoNames
	}
	leafKey, err := newKey(keyAlgorithm)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("making the key of the certificate for %q: %w", names[0], err)
	}
	template, err := template(names[0], notBefore, notAfter)
	if err != nil {
		return nil, nil, nil, err
	}
	template.DNSNames = names
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if keyAlgorithm == "RSA_2048" {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, leafKey.Public(), a.key)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("signing the certificate for %q: %w", names[0], err)
	}
	key, err = keyPEM(leafKey)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("encoding the key of the certificate for %q: %w", names[0], err)
	}
	return certificatePEM(der), a.RootPEM(), key, nil
}

// newAuthority makes a root of its own, in memory.
func newAuthority(now time.Time) (*Authority, error) {
	key, err := newKey("EC_prime256v1")
	if err != nil {
		return nil, fmt.Errorf("making the root key: %w", err)
	}
	template, err := template("Embedded AWS root", now.Add(-clockSkew), now.Add(rootLifetime))
	if err != nil {
		return nil, err
	}
	template.Subject.Organization = []string{"Embedded AWS"}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.MaxPathLenZero = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("signing the root certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the root certificate just made: %w", err)
	}
	return &Authority{certificate: certificate, key: key}, nil
}

// template is what root and leaf have in common.
func template(name string, notBefore, notAfter time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	subject := pkix.Name{}
	if len(name) <= maximumCommonName {
		subject.CommonName = name
	}
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: notBefore, NotAfter: notAfter}, nil
}

func newKey(algorithm string) (crypto.Signer, error) {
	switch algorithm {
	case "RSA_2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "EC_prime256v1":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "EC_secp384r1":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return nil, fmt.Errorf("%w: %q", ErrKeyAlgorithm, algorithm)
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func keyPEM(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
