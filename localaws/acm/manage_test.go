package acm_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCertificateInUseCannotBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com")
	w.users[arn] = []string{"arn:aws:cloudfront::123456789012:distribution/E1"}
	assert.Equal(t, w.users[arn], w.describe(arn).InUseBy)
	_, err := w.DeleteCertificate(t.Context(), &sdk.DeleteCertificateInput{CertificateArn: &arn})
	assert.Equal(t, "ResourceInUseException", code(t, err))
	delete(w.users, arn)
	_, err = w.DeleteCertificate(t.Context(), &sdk.DeleteCertificateInput{CertificateArn: &arn})
	require.NoError(t, err)
	_, err = w.DeleteCertificate(t.Context(), &sdk.DeleteCertificateInput{CertificateArn: &arn})
	assert.Equal(t, "ResourceNotFoundException", code(t, err))
}

func TestTagsOfACertificateCanBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	tag := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	out, err := w.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
		DomainName: aws.String("example.com"), ValidationMethod: types.ValidationMethodDns, Tags: []types.Tag{tag("a", "1")},
	})
	require.NoError(t, err)
	arn := out.CertificateArn
	_, err = w.AddTagsToCertificate(t.Context(), &sdk.AddTagsToCertificateInput{CertificateArn: arn, Tags: []types.Tag{tag("b", "2"), tag("c", "3")}})
	require.NoError(t, err)
	_, err = w.RemoveTagsFromCertificate(t.Context(), &sdk.RemoveTagsFromCertificateInput{
		CertificateArn: arn, Tags: []types.Tag{{Key: aws.String("a")}, tag("b", "other")},
	})
	require.NoError(t, err)
	list, err := w.ListTagsForCertificate(t.Context(), &sdk.ListTagsForCertificateInput{CertificateArn: arn})
	require.NoError(t, err)
	assert.Equal(t, []types.Tag{tag("b", "2"), tag("c", "3")}, list.Tags)
}

func TestOptionsCanBeChangedOnceIssued(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com")
	update := func(preference types.CertificateTransparencyLoggingPreference) error {
		_, err := w.UpdateCertificateOptions(t.Context(), &sdk.UpdateCertificateOptionsInput{
			CertificateArn: &arn, Options: &types.CertificateOptions{CertificateTransparencyLoggingPreference: preference},
		})
		return err
	}
	assert.Equal(t, "InvalidStateException", code(t, update("ENABLED")))
	w.prove(arn)
	w.describe(arn)
	assert.NoError(t, update("ENABLED"))
	assert.Equal(t, "InvalidParameterException", code(t, update("DISABLED")))
}

func TestWhatIsNotServedIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	arn := w.request("example.com")
	_, err := w.ResendValidationEmail(t.Context(), &sdk.ResendValidationEmailInput{
		CertificateArn: &arn, Domain: aws.String("example.com"), ValidationDomain: aws.String("example.com"),
	})
	assert.Equal(t, "InvalidStateException", code(t, err))
	_, err = w.ImportCertificate(t.Context(), &sdk.ImportCertificateInput{Certificate: []byte("x"), PrivateKey: []byte("y")})
	assert.ErrorContains(t, err, "ImportCertificate")
	_, err = w.RenewCertificate(t.Context(), &sdk.RenewCertificateInput{CertificateArn: &arn})
	assert.Equal(t, "NotImplemented", code(t, err))
}

func TestCertificatesAreListedInPagesAndByFilter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for _, name := range []string{"a.example.com", "b.example.com", "c.example.com"} {
		w.request(name)
	}
	issued := w.request("issued.example.com")
	w.prove(issued)
	_, err := w.RequestCertificate(t.Context(), &sdk.RequestCertificateInput{
		DomainName: aws.String("ec.example.com"), ValidationMethod: types.ValidationMethodDns, KeyAlgorithm: types.KeyAlgorithmEcPrime256v1,
	})
	require.NoError(t, err)

	names := func(in *sdk.ListCertificatesInput) (names []string) {
		pages := sdk.NewListCertificatesPaginator(w, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			require.NoError(t, err)
			for _, c := range page.CertificateSummaryList {
				names = append(names, *c.DomainName)
			}
		}
		return names
	}
	rsa := []string{"a.example.com", "b.example.com", "c.example.com", "issued.example.com"}
	assert.Equal(t, rsa, names(&sdk.ListCertificatesInput{MaxItems: aws.Int32(3)}), "only RSA certificates are listed unless asked")
	assert.Equal(t, []string{"ec.example.com"}, names(&sdk.ListCertificatesInput{
		Includes: &types.Filters{KeyTypes: []types.KeyAlgorithm{types.KeyAlgorithmEcPrime256v1}},
	}))
	assert.Equal(t, []string{"issued.example.com"}, names(&sdk.ListCertificatesInput{
		CertificateStatuses: []types.CertificateStatus{types.CertificateStatusIssued},
	}))
	assert.Equal(t, "issued.example.com", names(&sdk.ListCertificatesInput{
		SortBy: types.SortByCreatedAt, SortOrder: types.SortOrderDescending,
	})[0])
	for name, in := range map[string]*sdk.ListCertificatesInput{
		"a page of none":         {MaxItems: aws.Int32(0)},
		"an order by nothing":    {SortOrder: types.SortOrderAscending},
		"a token that is not so": {NextToken: aws.String("x")},
	} {
		_, err := w.ListCertificates(t.Context(), in)
		require.Error(t, err, name)
		assert.Equal(t, "ValidationException", code(t, err), name)
	}
}

func TestCertificatesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir)
	arn := w.request("example.com")
	w.prove(arn)
	before := w.describe(arn) // which issues it

	restarted := newWorld(t, dir)
	assert.Equal(t, before, restarted.describe(arn))
	served, issued := restarted.service.Issued(arn, "us-east-1")
	assert.True(t, issued)
	assert.Equal(t, "the key", string(served.KeyPEM))
	assert.Error(t, restarted.service.Restore([]byte("{")))
}
