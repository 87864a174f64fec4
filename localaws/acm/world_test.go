package acm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/acm"
	"imagecdn/localaws/api"
)

// world is an ACM behind a front, with a clock and a DNS that tests change.
type world struct {
	*sdk.Client
	t       *testing.T
	service *acm.Service
	front   *api.Front
	delays  *api.Delays
	limits  *api.Limits
	passed  atomic.Int64
	url     string
	dns     map[string]string
	users   map[string][]string
	caa     map[string][]string
	issuer  *issuer
}

var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, stateDir string) *world {
	t.Helper()
	w := &world{
		t: t, delays: &api.Delays{}, limits: &api.Limits{}, dns: map[string]string{}, users: map[string][]string{}, caa: map[string][]string{},
		issuer: &issuer{},
	}
	env := api.Environment{Now: func() time.Time { return start.Add(time.Duration(w.passed.Load())) }, Delays: w.delays, Limits: w.limits}
	w.service = acm.New(env, acm.Options{
		Resolve: func(name string) (string, bool) { target, found := w.dns[name]; return target, found },
		InUseBy: func(arn string) []string { return w.users[arn] },
		CAA:     func(name string, _ bool) ([]string, bool) { allowed, found := w.caa[name]; return allowed, found },
		Issuer:  w.issuer,
	})
	front, err := api.NewFront(api.FrontOptions{Services: []api.Service{w.service}, Environment: env, StateDir: stateDir})
	require.NoError(t, err)
	w.front = front
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.Client = w.in("us-east-1")
	return w
}

// in is a client of another region.
func (w *world) in(region string) *sdk.Client {
	return sdk.New(sdk.Options{
		BaseEndpoint: aws.String(w.url), Region: region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

func (w *world) pass(d time.Duration) { w.passed.Add(int64(d)) }

func (w *world) tick() bool {
	w.front.Lock()
	defer w.front.Unlock()
	return w.service.Tick(start.Add(time.Duration(w.passed.Load())))
}

// request asks for a certificate and returns its ARN.
func (w *world) request(names ...string) string {
	w.t.Helper()
	out, err := w.RequestCertificate(w.t.Context(), &sdk.RequestCertificateInput{
		DomainName: &names[0], SubjectAlternativeNames: names[1:], ValidationMethod: types.ValidationMethodDns,
	})
	require.NoError(w.t, err)
	return *out.CertificateArn
}

func (w *world) describe(arn string) *types.CertificateDetail {
	w.t.Helper()
	out, err := w.DescribeCertificate(w.t.Context(), &sdk.DescribeCertificateInput{CertificateArn: &arn})
	require.NoError(w.t, err)
	return out.Certificate
}

// prove puts the validation records of a certificate into DNS.
func (w *world) prove(arn string) {
	w.t.Helper()
	for _, v := range w.describe(arn).DomainValidationOptions {
		w.front.Lock()
		w.dns[*v.ResourceRecord.Name] = *v.ResourceRecord.Value
		w.front.Unlock()
	}
}

// code is the error code of a refusal.
func code(t *testing.T, err error) string {
	t.Helper()
	var refusal smithy.APIError
	require.ErrorAs(t, err, &refusal)
	return refusal.ErrorCode()
}

// issuer signs with a new key every time, or fails.
type issuer struct{ broken bool }

func (i *issuer) Issue(names []string, _ string, notBefore, notAfter time.Time) (certificate, chain, key []byte, err error) {
	if i.broken {
		return nil, nil, nil, errors.New("the issuer is broken")
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x0102abcd), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: notBefore, NotAfter: notAfter,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, nil, err
	}
	certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return certificate, certificate, []byte("the key"), nil
}
