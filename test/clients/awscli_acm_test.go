package clients

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// requestCertificate requests a certificate for a domain and its wildcard, and
// returns its ARN.
func (c awsCLI) requestCertificate(ctx context.Context, t *testing.T, domain string) string {
	t.Helper()
	return c.value(ctx, t, "CertificateArn", "acm", "request-certificate", "--region", usEast1, "--validation-method", "DNS",
		"--domain-name", domain, "--subject-alternative-names", "*."+domain)
}

// validateCertificate makes the record that a certificate asks for and waits
// until it is issued.
func (c awsCLI) validateCertificate(ctx context.Context, t *testing.T, arn string) {
	t.Helper()
	record := strings.Fields(c.value(ctx, t, "Certificate.DomainValidationOptions[0].ResourceRecord.[Name, Type, Value]",
		"acm", "describe-certificate", "--region", usEast1, "--certificate-arn", arn))
	require.Len(t, record, 3)
	c.changeRecord(ctx, t, c.zoneID(ctx, t), change(t, "UPSERT", plainRecord(record[0], record[1], record[2])))
	c.succeed(ctx, t, "acm", "wait", "certificate-validated", "--region", usEast1, "--certificate-arn", arn)
}

func TestAWSCLIGetsACertificate(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	cli := newAWSCLI(t, newWorld(ctx, t), homeRegion)
	arn := cli.requestCertificate(ctx, t, "cdn."+seededZone)
	describe := []string{"acm", "describe-certificate", "--region", usEast1, "--certificate-arn", arn}

	tell(t, []step{
		{"it is pending until its record is there", func(t *testing.T) {
			assert.Equal(t, "PENDING_VALIDATION", cli.value(ctx, t, "Certificate.Status", describe...))
			assert.Equal(t, "PENDING_VALIDATION\tPENDING_VALIDATION",
				cli.value(ctx, t, "Certificate.DomainValidationOptions[].ValidationStatus", describe...))
		}},
		{"then it is issued, for both names", func(t *testing.T) {
			cli.validateCertificate(ctx, t, arn)
			assert.Equal(t, "ISSUED\tRSA_2048\tcdn.example.com\t*.cdn.example.com", strings.Join(strings.Fields(
				cli.value(ctx, t, "Certificate.[Status, KeyAlgorithm, SubjectAlternativeNames[0], SubjectAlternativeNames[1]]", describe...)), "\t"))
			assert.Contains(t, cli.value(ctx, t, "Certificate", "acm", "get-certificate", "--region", usEast1, "--certificate-arn", arn),
				"BEGIN CERTIFICATE")
		}},
		{"it is listed in its region, and there only", func(t *testing.T) {
			list := []string{"acm", "list-certificates", "--certificate-statuses", "ISSUED", "--region"}
			assert.Equal(t, arn, cli.value(ctx, t, "CertificateSummaryList[].CertificateArn", append(list, usEast1)...))
			assert.Empty(t, cli.value(ctx, t, "CertificateSummaryList[].CertificateArn", append(list, homeRegion)...))
			cli.refused(ctx, t, "ResourceNotFoundException", "DescribeCertificate",
				"acm", "describe-certificate", "--region", homeRegion, "--certificate-arn", arn)
		}},
		{"a deleted certificate is gone", func(t *testing.T) {
			cli.succeed(ctx, t, "acm", "delete-certificate", "--region", usEast1, "--certificate-arn", arn)
			cli.refused(ctx, t, "ResourceNotFoundException", "DescribeCertificate", describe...)
		}},
	})
}
