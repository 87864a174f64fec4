package acm_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNewCertificateWaitsForItsValidationRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com", "*.Example.com", "cdn.example.com", "example.com")
	assert.Regexp(t, `^arn:aws:acm:us-east-1:123456789012:certificate/[0-9a-f-]{36}$`, arn)
	c := w.describe(arn)
	assert.Equal(t, types.CertificateStatusPendingValidation, c.Status)
	assert.Equal(t, []string{"example.com", "*.example.com", "cdn.example.com"}, c.SubjectAlternativeNames)
	assert.Equal(t, types.KeyAlgorithmRsa2048, c.KeyAlgorithm)
	assert.Equal(t, types.CertificateTypeAmazonIssued, c.Type)
	assert.Equal(t, types.RenewalEligibilityIneligible, c.RenewalEligibility)
	assert.Equal(t, types.CertificateTransparencyLoggingPreferenceEnabled, c.Options.CertificateTransparencyLoggingPreference)
	assert.Equal(t, start, c.CreatedAt.UTC())
	assert.Nil(t, c.IssuedAt)
	assert.Empty(t, c.InUseBy)

	require.Len(t, c.DomainValidationOptions, 3)
	apex, wildcard, cdn := c.DomainValidationOptions[0], c.DomainValidationOptions[1], c.DomainValidationOptions[2]
	assert.Regexp(t, `^_[0-9a-f]{32}\.example\.com\.$`, *apex.ResourceRecord.Name)
	assert.Regexp(t, `^_[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$`, *apex.ResourceRecord.Value)
	assert.Equal(t, types.RecordTypeCname, apex.ResourceRecord.Type)
	assert.Equal(t, types.DomainStatusPendingValidation, apex.ValidationStatus)
	assert.Equal(t, types.ValidationMethodDns, apex.ValidationMethod)
	assert.Equal(t, apex.ResourceRecord, wildcard.ResourceRecord, "a wildcard shares the record of its parent")
	assert.NotEqual(t, apex.ResourceRecord, cdn.ResourceRecord)

	again := w.describe(w.request("example.com"))
	assert.Equal(t, apex.ResourceRecord, again.DomainValidationOptions[0].ResourceRecord, "the record depends on the name alone")
	abroad := w.in("eu-west-1")
	requested, err := abroad.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
		DomainName: aws.String("example.com"), ValidationMethod: types.ValidationMethodDns,
	})
	require.NoError(t, err)
	described, err := abroad.DescribeCertificate(t.Context(), &sdk.DescribeCertificateInput{CertificateArn: requested.CertificateArn})
	require.NoError(t, err)
	assert.Equal(t, apex.ResourceRecord, described.Certificate.DomainValidationOptions[0].ResourceRecord, "it is the same in every region")
}

func TestValidationRecordsAppearAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.delays.ValidationOptions = 5 * time.Second
	arn := w.request("example.com")
	options := w.describe(arn).DomainValidationOptions
	require.Len(t, options, 1)
	assert.Nil(t, options[0].ResourceRecord)
	w.pass(5 * time.Second)
	assert.NotNil(t, w.describe(arn).DomainValidationOptions[0].ResourceRecord)
}

func TestARecordOfAnEarlierCertificateValidatesNothingBeforeTheRecordsAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	record := w.describe(w.request("example.com")).DomainValidationOptions[0].ResourceRecord
	w.dns[*record.Name] = *record.Value
	w.delays.ValidationOptions = 5 * time.Second
	arn := w.request("example.com", "cdn.example.com")
	options := w.describe(arn).DomainValidationOptions
	assert.Nil(t, options[0].ResourceRecord)
	assert.Equal(t, types.DomainStatusPendingValidation, options[0].ValidationStatus)
	w.pass(5 * time.Second)
	options = w.describe(arn).DomainValidationOptions
	assert.Equal(t, types.DomainStatusSuccess, options[0].ValidationStatus)
	assert.NotNil(t, options[1].ResourceRecord)
}

func TestIdempotencyTokenReturnsTheSameCertificateForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	request := func(client *sdk.Client, token string) string {
		out, err := client.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
			DomainName: aws.String("example.com"), ValidationMethod: types.ValidationMethodDns, IdempotencyToken: &token,
		})
		require.NoError(t, err)
		return *out.CertificateArn
	}
	first := request(w.Client, "one")
	assert.Equal(t, first, request(w.Client, "one"))
	assert.NotEqual(t, first, request(w.Client, "two"))
	assert.NotEqual(t, first, request(w.in("eu-west-1"), "one"))
	w.pass(time.Hour)
	assert.NotEqual(t, first, request(w.Client, "one"))
}

func TestRequestsThatAWSRefusesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	long := strings.Repeat("a", 60) + ".example.com"
	eleven := make([]string, 10)
	for i := range eleven {
		eleven[i] = "n" + strconv.Itoa(i) + ".example.com"
	}
	cases := map[string]struct {
		change func(*sdk.RequestCertificateInput)
		code   string
	}{
		"a name of one label":   {func(in *sdk.RequestCertificateInput) { in.DomainName = aws.String("localhost") }, "ValidationException"},
		"an underscore":         {func(in *sdk.RequestCertificateInput) { in.DomainName = aws.String("a_b.example.com") }, "ValidationException"},
		"a leading hyphen":      {func(in *sdk.RequestCertificateInput) { in.DomainName = aws.String("a.-b.example.com") }, "ValidationException"},
		"an inner wildcard":     {func(in *sdk.RequestCertificateInput) { in.DomainName = aws.String("a.*.example.com") }, "ValidationException"},
		"a wrong second name":   {func(in *sdk.RequestCertificateInput) { in.SubjectAlternativeNames = []string{"x y"} }, "ValidationException"},
		"a name over 253":       {func(in *sdk.RequestCertificateInput) { in.DomainName = aws.String(strings.Repeat("a.", 126) + "aa") }, "ValidationException"},
		"a first name over 64":  {func(in *sdk.RequestCertificateInput) { in.DomainName = &long }, "InvalidParameterException"},
		"eleven names":          {func(in *sdk.RequestCertificateInput) { in.SubjectAlternativeNames = eleven }, "LimitExceededException"},
		"a wrong token":         {func(in *sdk.RequestCertificateInput) { in.IdempotencyToken = aws.String("a-b") }, "ValidationException"},
		"an unknown algorithm":  {func(in *sdk.RequestCertificateInput) { in.KeyAlgorithm = types.KeyAlgorithmRsa1024 }, "InvalidParameterException"},
		"a reserved tag":        {func(in *sdk.RequestCertificateInput) { in.Tags = []types.Tag{{Key: aws.String("aws:x")}} }, "InvalidTagException"},
		"too many tags":         {func(in *sdk.RequestCertificateInput) { in.Tags = tags(51) }, "TooManyTagsException"},
		"an unknown method":     {func(in *sdk.RequestCertificateInput) { in.ValidationMethod = "PIGEON" }, "ValidationException"},
		"validation by email":   {func(in *sdk.RequestCertificateInput) { in.ValidationMethod = types.ValidationMethodEmail }, "NotImplemented"},
		"a private certificate": {func(in *sdk.RequestCertificateInput) { in.CertificateAuthorityArn = aws.String("arn:aws:acm-pca:x") }, "NotImplemented"},
		"another's validation domain": {func(in *sdk.RequestCertificateInput) {
			in.DomainValidationOptions = []types.DomainValidationOption{{DomainName: in.DomainName, ValidationDomain: aws.String("example.org")}}
		}, "InvalidDomainValidationOptionsException"},
		"opting out of logging": {func(in *sdk.RequestCertificateInput) {
			in.Options = &types.CertificateOptions{CertificateTransparencyLoggingPreference: "DISABLED"}
		}, "InvalidParameterException"},
	}
	for name, c := range cases {
		in := &sdk.RequestCertificateInput{DomainName: aws.String("example.com"), ValidationMethod: types.ValidationMethodDns}
		c.change(in)
		_, err := w.RequestCertificate(t.Context(), in)
		require.Error(t, err, name)
		assert.Equal(t, c.code, code(t, err), name)
	}
	_, err := w.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
		DomainName: aws.String("example.com"), SubjectAlternativeNames: []string{long}, ValidationMethod: types.ValidationMethodDns,
	})
	assert.NoError(t, err, "only the first name is limited to 64 characters")
}

func TestQuotasOfCertificatesCanBeOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	names := make([]string, 12)
	for i := range names {
		names[i] = "n" + strconv.Itoa(i) + ".example.com"
	}
	request := func(client *sdk.Client, names ...string) error {
		_, err := client.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
			DomainName: &names[0], SubjectAlternativeNames: names[1:], ValidationMethod: types.ValidationMethodDns,
		})
		return err
	}
	assert.Equal(t, "LimitExceededException", code(t, request(w.Client, names...)))
	w.limits.CertificateNames, w.limits.Certificates = 12, 2
	require.NoError(t, request(w.Client, names...))
	require.NoError(t, request(w.Client, "a.example.com"))
	assert.Equal(t, "LimitExceededException", code(t, request(w.Client, "b.example.com")))
	require.NoError(t, request(w.in("eu-west-1"), "b.example.com"), "quotas are of a region")
}

func TestCertificatesAreRequestedFiveTimesASecondIfRatesAreOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.limits.Rates = true
	for range 5 {
		w.request("example.com")
	}
	_, err := w.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
		DomainName: aws.String("example.com"), ValidationMethod: types.ValidationMethodDns,
	})
	assert.Equal(t, "ThrottlingException", code(t, err))
	_, err = w.ListCertificates(t.Context(), &sdk.ListCertificatesInput{})
	require.NoError(t, err, "each operation has a rate of its own")
	w.pass(time.Second)
	w.request("example.com")
}

func tags(n int) []types.Tag {
	list := make([]types.Tag, n)
	for i := range list {
		list[i].Key = aws.String("k" + strconv.Itoa(i))
	}
	return list
}

func TestNamesOfAmazonAreNotIssued(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	c := w.describe(w.request("x.cloudfront.net"))
	assert.Equal(t, types.CertificateStatusFailed, c.Status)
	assert.Equal(t, types.FailureReasonDomainNotAllowed, c.FailureReason)
}

func TestCertificateIsOfOneRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com")
	_, err := w.in("eu-west-1").DescribeCertificate(t.Context(), &sdk.DescribeCertificateInput{CertificateArn: &arn})
	assert.Equal(t, "ResourceNotFoundException", code(t, err))
	_, err = w.DescribeCertificate(t.Context(), &sdk.DescribeCertificateInput{CertificateArn: aws.String("arn:aws:iam::123456789012:server-certificate/x")})
	assert.Equal(t, "InvalidArnException", code(t, err))
	list, err := w.in("eu-west-1").ListCertificates(t.Context(), &sdk.ListCertificatesInput{})
	require.NoError(t, err)
	assert.Empty(t, list.CertificateSummaryList)
}

func FuzzNamesNeverPanic(f *testing.F) {
	f.Add("*.example.com")
	f.Fuzz(func(t *testing.T, name string) {
		w := newWorld(t, "")
		out, err := w.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{DomainName: &name, ValidationMethod: types.ValidationMethodDns})
		if err == nil {
			assert.Equal(t, strings.ToLower(name), *w.describe(*out.CertificateArn).DomainName)
			return
		}
		assert.NotEqual(t, "InternalFailure", code(t, err))
	})
}
