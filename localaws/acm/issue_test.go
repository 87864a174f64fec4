package acm_test

import (
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCertificateIsIssuedOnceEveryRecordResolves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com", "cdn.example.com")
	options := w.describe(arn).DomainValidationOptions
	w.dns[*options[0].ResourceRecord.Name] = *options[0].ResourceRecord.Value
	half := w.describe(arn)
	assert.Equal(t, types.CertificateStatusPendingValidation, half.Status)
	assert.Equal(t, types.DomainStatusSuccess, half.DomainValidationOptions[0].ValidationStatus)
	assert.Equal(t, types.DomainStatusPendingValidation, half.DomainValidationOptions[1].ValidationStatus)
	_, issued := w.service.Issued(arn, "us-east-1")
	assert.False(t, issued)
	_, err := w.GetCertificate(t.Context(), &sdk.GetCertificateInput{CertificateArn: &arn})
	assert.Equal(t, "RequestInProgressException", code(t, err))

	w.dns[*options[1].ResourceRecord.Name] = "_wrong.acm-validations.aws."
	assert.Equal(t, types.CertificateStatusPendingValidation, w.describe(arn).Status, "the target must be the right one")
	w.prove(arn)
	c := w.describe(arn)
	assert.Equal(t, types.CertificateStatusIssued, c.Status, "without a delay describing is enough")
	assert.Equal(t, types.DomainStatusSuccess, c.DomainValidationOptions[1].ValidationStatus)
	assert.Equal(t, "01:02:ab:cd", *c.Serial)
	assert.Equal(t, "SHA256WITHECDSA", *c.SignatureAlgorithm)
	assert.Equal(t, "Amazon", *c.Issuer)
	assert.Equal(t, "CN=example.com", *c.Subject)
	assert.Equal(t, start, c.IssuedAt.UTC())
	assert.Equal(t, 198*24*time.Hour-time.Second, c.NotAfter.Sub(*c.NotBefore))
	assert.NotEmpty(t, c.KeyUsages)
	assert.NotEmpty(t, c.ExtendedKeyUsages)

	got, err := w.GetCertificate(t.Context(), &sdk.GetCertificateInput{CertificateArn: &arn})
	require.NoError(t, err)
	assert.Contains(t, *got.Certificate, "BEGIN CERTIFICATE")
	assert.Contains(t, *got.CertificateChain, "BEGIN CERTIFICATE")
	served, issued := w.service.Issued(arn, "us-east-1")
	assert.True(t, issued)
	assert.Equal(t, []string{"example.com", "cdn.example.com"}, served.Names)
	assert.Equal(t, "the key", string(served.KeyPEM))
	_, issued = w.service.Issued(arn, "eu-west-1")
	assert.False(t, issued)
}

func TestIssuingTakesItsTimeFromTheMomentTheRecordsResolve(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.delays.CertificateIssue = 10 * time.Minute
	arn := w.request("example.com")
	w.pass(time.Hour)
	w.prove(arn)
	assert.True(t, w.tick(), "that the records resolve is noticed")
	w.pass(9 * time.Minute)
	assert.False(t, w.tick())
	saved := w.dns
	w.dns = map[string]string{}
	assert.True(t, w.tick(), "a record that goes makes the wait start again")
	w.dns = saved
	w.tick()
	w.pass(9 * time.Minute)
	w.tick()
	assert.Equal(t, types.CertificateStatusPendingValidation, w.describe(arn).Status)
	w.pass(time.Minute)
	assert.True(t, w.tick())
	assert.Equal(t, types.CertificateStatusIssued, w.describe(arn).Status)
}

func TestValidationTimesOutAfterThreeDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com")
	w.pass(72*time.Hour - time.Second)
	assert.False(t, w.tick())
	w.pass(time.Second)
	assert.True(t, w.tick())
	c := w.describe(arn)
	assert.Equal(t, types.CertificateStatusValidationTimedOut, c.Status)
	assert.Equal(t, types.DomainStatusFailed, c.DomainValidationOptions[0].ValidationStatus)
	w.prove(arn)
	assert.Equal(t, types.CertificateStatusValidationTimedOut, w.describe(arn).Status, "it is too late")
}

func TestCAARecordsThatLeaveAmazonOutFailTheCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.caa["example.com"] = []string{"letsencrypt.org"}
	w.caa["allowed.test"] = []string{"letsencrypt.org", "amazontrust.com"}
	refused, allowed := w.request("*.example.com"), w.request("allowed.test")
	w.prove(refused)
	w.prove(allowed)
	c := w.describe(refused)
	assert.Equal(t, types.CertificateStatusFailed, c.Status)
	assert.Equal(t, types.FailureReasonCaaError, c.FailureReason)
	assert.Equal(t, types.CertificateStatusIssued, w.describe(allowed).Status)
}

func TestFailureOfTheIssuerFailsTheCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.issuer.broken = true
	arn := w.request("example.com")
	w.prove(arn)
	assert.Equal(t, types.FailureReasonOther, w.describe(arn).FailureReason)
}

func TestCertificateInUseIsRenewedWhileItsRecordStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	used, unused, lost := w.request("a.example.com"), w.request("b.example.com"), w.request("c.example.com")
	for _, arn := range []string{used, unused, lost} {
		w.prove(arn)
		require.Equal(t, types.CertificateStatusIssued, w.describe(arn).Status)
	}
	w.users[used], w.users[lost] = []string{"arn:distribution"}, []string{"arn:distribution"}
	delete(w.dns, *w.describe(lost).DomainValidationOptions[0].ResourceRecord.Name)
	before := w.describe(used)
	assert.Equal(t, types.RenewalEligibilityEligible, before.RenewalEligibility)
	assert.Nil(t, before.RenewalSummary)

	w.pass(160 * 24 * time.Hour)
	w.tick()
	renewed := w.describe(used)
	assert.True(t, renewed.NotAfter.After(*before.NotAfter))
	assert.Equal(t, types.RenewalStatusSuccess, renewed.RenewalSummary.RenewalStatus)
	assert.Equal(t, types.RenewalStatusPendingValidation, w.describe(lost).RenewalSummary.RenewalStatus)
	w.pass(40 * 24 * time.Hour)
	w.tick()
	assert.Equal(t, types.CertificateStatusIssued, w.describe(used).Status)
	assert.Equal(t, types.CertificateStatusExpired, w.describe(unused).Status)
	assert.Equal(t, types.CertificateStatusExpired, w.describe(lost).Status)
}
