package localaws_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/seed"
)

const otherAccount = "111122223333"

// in is the world as a role of another account sees it.
func (w world) in(account string) world {
	plain := w.config(usEast1)
	w.credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(
		sts.NewFromConfig(plain), "arn:aws:iam::"+account+":role/deploy/images",
		func(o *stscreds.AssumeRoleOptions) { o.RoleSessionName = "test" },
	))
	return w
}

func (w world) waf() *wafv2.Client { return wafv2.NewFromConfig(w.config(usEast1)) }

// refusal is the code and the status with which a call was refused.
func refusal(t *testing.T, err error) (code string, status int) {
	t.Helper()
	var refused smithy.APIError
	require.ErrorAs(t, err, &refused)
	var response *awshttp.ResponseError
	require.ErrorAs(t, err, &response)
	return refused.ErrorCode(), response.HTTPStatusCode()
}

func TestAnAssumedRoleIsInTheAccountOfItsARN(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	for client, want := range map[*sts.Client][2]string{
		sts.NewFromConfig(w.config(home)):                  {api.AccountID, "arn:aws:iam::123456789012:user/local"},
		sts.NewFromConfig(w.in(otherAccount).config(home)): {otherAccount, "arn:aws:sts::111122223333:assumed-role/images/test"},
	} {
		got, err := client.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{*got.Account, *got.Arn})
	}
}

func TestTheJournalNamesTheCaller(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	_, err := w.in(otherAccount).route53().ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
	require.NoError(t, err)
	_, err = w.acm(home).ListCertificates(t.Context(), &acm.ListCertificatesInput{})
	require.NoError(t, err)
	callers := map[string][2]string{}
	for _, entry := range w.Front().Journal().Entries() {
		callers[entry.Operation] = [2]string{entry.Account, entry.Caller}
	}
	assert.Equal(t, map[string][2]string{
		"AssumeRole":       {api.AccountID, "arn:aws:iam::123456789012:user/local"},
		"ListHostedZones":  {otherAccount, "arn:aws:sts::111122223333:assumed-role/images/test"},
		"ListCertificates": {api.AccountID, "arn:aws:iam::123456789012:user/local"},
	}, callers)
}

// owned makes one of everything in an account, of names that are unique in an
// account, and returns what it then sees.
func (w world) owned() (seen map[string]int) {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	_, err := w.route53().CreateHostedZone(ctx, &route53.CreateHostedZoneInput{Name: aws.String(zone), CallerReference: aws.String("1")})
	require.NoError(t, err)
	_, err = w.acm(usEast1).RequestCertificate(ctx, &acm.RequestCertificateInput{
		DomainName: aws.String(domain), ValidationMethod: acmtypes.ValidationMethodDns,
	})
	require.NoError(t, err)
	_, err = w.cloudfront().CreateCachePolicy(ctx, &cloudfront.CreateCachePolicyInput{
		CachePolicyConfig: &cloudfronttypes.CachePolicyConfig{Name: aws.String("images"), MinTTL: aws.Int64(0)},
	})
	require.NoError(t, err)
	_, err = w.cloudfront().CreateDistribution(ctx, &cloudfront.CreateDistributionInput{DistributionConfig: w.plain("1")})
	require.NoError(t, err)
	_, err = w.waf().CreateWebACL(ctx, &wafv2.CreateWebACLInput{
		Name: aws.String("images"), Scope: waftypes.ScopeCloudfront,
		DefaultAction:    &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
		VisibilityConfig: &waftypes.VisibilityConfig{MetricName: aws.String("images"), CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true},
	})
	require.NoError(t, err)
	return w.seen()
}

// seen counts what an account has.
func (w world) seen() map[string]int {
	w.t.Helper()
	ctx, t := w.t.Context(), w.t
	zones, err := w.route53().ListHostedZones(ctx, &route53.ListHostedZonesInput{})
	require.NoError(t, err)
	certificates, err := w.acm(usEast1).ListCertificates(ctx, &acm.ListCertificatesInput{})
	require.NoError(t, err)
	policies, err := w.cloudfront().ListCachePolicies(ctx, &cloudfront.ListCachePoliciesInput{Type: cloudfronttypes.CachePolicyTypeCustom})
	require.NoError(t, err)
	controls, err := w.cloudfront().ListOriginAccessControls(ctx, &cloudfront.ListOriginAccessControlsInput{})
	require.NoError(t, err)
	distributions, err := w.cloudfront().ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
	require.NoError(t, err)
	acls, err := w.waf().ListWebACLs(ctx, &wafv2.ListWebACLsInput{Scope: waftypes.ScopeCloudfront})
	require.NoError(t, err)
	return map[string]int{
		"zones": len(zones.HostedZones), "certificates": len(certificates.CertificateSummaryList),
		"cache policies": len(policies.CachePolicyList.Items), "access controls": len(controls.OriginAccessControlList.Items),
		"distributions": len(distributions.DistributionList.Items), "web ACLs": len(acls.WebACLs),
	}
}

// plain is a distribution of the bucket without names of its own, through an
// origin access control that is made for it.
func (w world) plain(reference string) *cloudfronttypes.DistributionConfig {
	w.t.Helper()
	access, err := w.cloudfront().CreateOriginAccessControl(w.t.Context(), &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &cloudfronttypes.OriginAccessControlConfig{
			Name: aws.String("images" + reference), OriginAccessControlOriginType: cloudfronttypes.OriginAccessControlOriginTypesS3,
			SigningBehavior: cloudfronttypes.OriginAccessControlSigningBehaviorsAlways,
			SigningProtocol: cloudfronttypes.OriginAccessControlSigningProtocolsSigv4,
		},
	})
	require.NoError(w.t, err)
	return &cloudfronttypes.DistributionConfig{
		CallerReference: aws.String(reference), Comment: aws.String(""), Enabled: aws.Bool(true),
		Origins: &cloudfronttypes.Origins{Quantity: aws.Int32(1), Items: []cloudfronttypes.Origin{{
			Id: aws.String("bucket"), DomainName: aws.String(bucket + ".s3." + home + ".amazonaws.com"),
			OriginAccessControlId: access.OriginAccessControl.Id,
			S3OriginConfig:        &cloudfronttypes.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}}},
		DefaultCacheBehavior: &cloudfronttypes.DefaultCacheBehavior{
			TargetOriginId: aws.String("bucket"), ViewerProtocolPolicy: cloudfronttypes.ViewerProtocolPolicyAllowAll,
			CachePolicyId: aws.String("658327ea-f89d-4fab-a63d-7e88639e58f6"), // CachingOptimized
		},
	}
}

func TestEachAccountHasWhatItMadeAndNoMore(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	one := map[string]int{
		"zones": 1, "certificates": 1, "cache policies": 1, "access controls": 1, "distributions": 1, "web ACLs": 1,
	}
	assert.Equal(t, one, w.owned())
	other := w.in(otherAccount)
	assert.Equal(t, map[string]int{
		"zones": 0, "certificates": 0, "cache policies": 0, "access controls": 0, "distributions": 0, "web ACLs": 0,
	}, other.seen())
	assert.Equal(t, one, other.owned(), "the same names are free in another account")
	assert.Equal(t, one, w.seen())
}

func TestWhatIsAnotherAccountsCannotBeReached(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	certificate := w.certificate(usEast1)
	made, err := w.distribute(certificate)
	require.NoError(t, err)
	other := w.in(otherAccount)
	ctx := t.Context()
	for what, test := range map[string]struct {
		call   func() error
		code   string
		status int
	}{
		"a zone": {func() error {
			_, err := other.route53().GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: w.zoneID()})
			return err
		}, "AccessDenied", http.StatusForbidden},
		"a certificate": {func() error {
			_, err := other.acm(usEast1).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &certificate})
			return err
		}, "ResourceNotFoundException", http.StatusBadRequest},
		"a distribution": {func() error {
			_, err := other.cloudfront().GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: made.Distribution.Id})
			return err
		}, "NoSuchDistribution", http.StatusNotFound},
		"an origin access control": {func() error {
			_, err := other.cloudfront().DeleteOriginAccessControl(ctx, &cloudfront.DeleteOriginAccessControlInput{
				Id: made.Distribution.DistributionConfig.Origins.Items[0].OriginAccessControlId, IfMatch: aws.String("E"),
			})
			return err
		}, "NoSuchOriginAccessControl", http.StatusNotFound},
		"the tags of a distribution": {func() error {
			_, err := other.cloudfront().ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: made.Distribution.ARN})
			return err
		}, "InvalidArgument", http.StatusBadRequest},
		"a certificate for a distribution of its own": {func() error {
			_, err := other.distribute(certificate)
			return err
		}, "InvalidViewerCertificate", http.StatusBadRequest},
		"an origin access control for a distribution of its own": {func() error {
			config := other.plain("other")
			config.Origins.Items[0].OriginAccessControlId = made.Distribution.DistributionConfig.Origins.Items[0].OriginAccessControlId
			_, err := other.cloudfront().CreateDistribution(ctx, &cloudfront.CreateDistributionInput{DistributionConfig: config})
			return err
		}, "InvalidOriginAccessControl", http.StatusBadRequest},
	} {
		code, status := refusal(t, test.call())
		assert.Equal(t, test.code, code, what)
		assert.Equal(t, test.status, status, what)
	}
}

func TestABucketsNameIsTakenInEveryAccount(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount).s3(home)
	_, err := other.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String(bucket), CreateBucketConfiguration: createIn(home),
	})
	code, status := refusal(t, err)
	assert.Equal(t, "BucketAlreadyExists", code)
	assert.Equal(t, http.StatusConflict, status)
	_, err = other.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(bucket)})
	_, status = refusal(t, err)
	assert.Equal(t, http.StatusForbidden, status)
	listed, err := other.ListBuckets(t.Context(), &s3.ListBucketsInput{})
	require.NoError(t, err)
	assert.Empty(t, listed.Buckets)
}

func TestABucketPolicyLetsAnotherAccountIn(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount).s3(home)
	get := func() error {
		_, err := other.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("myimage.jpg")})
		return err
	}
	_, status := refusal(t, get())
	assert.Equal(t, http.StatusForbidden, status)
	for _, principal := range []string{
		otherAccount, "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/deploy/images",
		"arn:aws:sts::111122223333:assumed-role/images/test",
	} {
		w.setPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},
			"Action":"s3:Get*","Resource":["arn:aws:s3:::` + bucket + `","arn:aws:s3:::` + bucket + `/*"]}]}`)
		require.NoError(t, get(), principal)
	}
	_, err := other.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	code, status := refusal(t, err)
	assert.Equal(t, "MethodNotAllowed", code, "a policy is its owner's, whoever is let in")
	assert.Equal(t, http.StatusMethodNotAllowed, status)
	_, err = other.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("new.jpg"), Body: strings.NewReader("x"),
	})
	_, status = refusal(t, err)
	assert.Equal(t, http.StatusForbidden, status, "what is not allowed is not")

	w.setPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/another"},
		"Action":"s3:*","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`)
	_, status = refusal(t, get())
	assert.Equal(t, http.StatusForbidden, status)
}

func TestAnAliasOfAnotherAccountIsTakenAndShownMasked(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	made, err := w.distribute(w.certificate(usEast1))
	require.NoError(t, err)
	other := w.in(otherAccount)
	certificate := w.certificateOf(other)
	_, err = other.distribute(certificate)
	code, status := refusal(t, err)
	assert.Equal(t, "CNAMEAlreadyExists", code)
	assert.Equal(t, http.StatusConflict, status)

	config := other.plain("own")
	config.ViewerCertificate = &cloudfronttypes.ViewerCertificate{
		ACMCertificateArn: &certificate, SSLSupportMethod: cloudfronttypes.SSLSupportMethodSniOnly,
	}
	own, err := other.cloudfront().CreateDistribution(t.Context(), &cloudfront.CreateDistributionInput{DistributionConfig: config})
	require.NoError(t, err)
	found, err := other.cloudfront().ListConflictingAliases(t.Context(), &cloudfront.ListConflictingAliasesInput{
		Alias: aws.String(domain), DistributionId: own.Distribution.Id,
	})
	require.NoError(t, err)
	require.Len(t, found.ConflictingAliasesList.Items, 1)
	conflict := found.ConflictingAliasesList.Items[0]
	assert.Equal(t, "******789012", *conflict.AccountId)
	assert.Equal(t, "*******"+(*made.Distribution.Id)[7:], *conflict.DistributionId)
}

// certificateOf is another account's certificate for the domain, validated by a
// record in this account's zone.
func (w world) certificateOf(other world) string {
	w.t.Helper()
	certificate := other.pending(w)
	require.NoError(w.t, acm.NewCertificateValidatedWaiter(other.acm(usEast1), func(o *acm.CertificateValidatedWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, 50*time.Millisecond
	}).Wait(w.t.Context(), &acm.DescribeCertificateInput{CertificateArn: &certificate}, soon))
	return certificate
}

func TestADistributionOfAnotherAccountReadsTheBucketThatLetsIt(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	other := w.in(otherAccount)
	made, err := other.distribute(w.certificateOf(other))
	require.NoError(t, err)
	assert.Contains(t, *made.Distribution.ARN, "arn:aws:cloudfront::111122223333:distribution/")
	status, _ := w.view(w.RootCA(), "/myimage.jpg")
	assert.Equal(t, http.StatusForbidden, status)
	w.setPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
		"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*",
		"Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333"}}}]}`)
	status, _ = w.view(w.RootCA(), "/photos/sunrise.jpg")
	assert.Equal(t, http.StatusOK, status)
}

func TestASeedFillsTheAccountItIsGiven(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	require.NoError(t, seed.Fill(t.Context(), seed.Options{
		Endpoint: w.APIURL(), Region: home, Zone: zone, Bucket: bucket, Account: otherAccount,
	}))
	assert.Zero(t, w.seen()["zones"])
	other := w.in(otherAccount)
	assert.Equal(t, 1, other.seen()["zones"])
	listed, err := other.s3(home).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	require.NoError(t, err)
	assert.Len(t, listed.Buckets, 1)
}

// A snapshot of before there were accounts must not lose what is in it.
func TestTheStateOfBeforeThereWereAccountsIsTheDefaultAccounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	_, err := w.s3(home).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String(bucket), CreateBucketConfiguration: createIn(home),
	})
	require.NoError(t, err)
	want := w.owned()
	require.NoError(t, w.Close())
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var state any
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&state))
		content, err = json.Marshal(forget(state))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, content, 0o600))
	}
	w = start(t, dir)
	assert.Equal(t, want, w.seen())
	_, err = w.s3(home).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(bucket)})
	require.NoError(t, err)
}

// forget takes the accounts out of a snapshot.
func forget(state any) any {
	switch state := state.(type) {
	case map[string]any:
		for name, value := range state {
			if strings.EqualFold(name, "account") {
				delete(state, name)
				continue
			}
			state[name] = forget(value)
		}
	case []any:
		for i := range state {
			state[i] = forget(state[i])
		}
	}
	return state
}

func createIn(region string) *s3types.CreateBucketConfiguration {
	return &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(region)}
}
