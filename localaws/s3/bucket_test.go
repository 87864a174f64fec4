package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func createIn(region, name string) *sdk.CreateBucketInput {
	in := &sdk.CreateBucketInput{Bucket: aws.String(name)}
	if region != "" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	return in
}

func TestNewBucketsHaveTheDefaultsOfToday(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()

	access, err := w.client.GetPublicAccessBlock(ctx, &sdk.GetPublicAccessBlockInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true),
		IgnorePublicAcls: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
	}, access.PublicAccessBlockConfiguration)

	ownership, err := w.client.GetBucketOwnershipControls(ctx, &sdk.GetBucketOwnershipControlsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, types.ObjectOwnershipBucketOwnerEnforced, ownership.OwnershipControls.Rules[0].ObjectOwnership)

	encryption, err := w.client.GetBucketEncryption(ctx, &sdk.GetBucketEncryptionInput{Bucket: bucket})
	require.NoError(t, err)
	rule := encryption.ServerSideEncryptionConfiguration.Rules[0]
	assert.Equal(t, types.ServerSideEncryptionAes256, rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm)

	acl, err := w.client.GetBucketAcl(ctx, &sdk.GetBucketAclInput{Bucket: bucket})
	require.NoError(t, err)
	require.Len(t, acl.Grants, 1)
	assert.Equal(t, types.PermissionFullControl, acl.Grants[0].Permission)
	assert.Equal(t, types.TypeCanonicalUser, acl.Grants[0].Grantee.Type)
	assert.Equal(t, acl.Owner.ID, acl.Grants[0].Grantee.ID)

	versioning, err := w.client.GetBucketVersioning(ctx, &sdk.GetBucketVersioningInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, versioning.Status)

	payer, err := w.client.GetBucketRequestPayment(ctx, &sdk.GetBucketRequestPaymentInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, types.PayerBucketOwner, payer.Payer)
}

func TestWhatWasNeverConfiguredAnswersAsOnAWS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, c := t.Context(), w.client
	for want, f := range map[string]func() error{
		"NoSuchBucketPolicy": func() error { _, err := c.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket}); return err },
		"NoSuchTagSet": func() error {
			_, err := c.GetBucketTagging(ctx, &sdk.GetBucketTaggingInput{Bucket: bucket})
			return err
		},
		"NoSuchCORSConfiguration": func() error { _, err := c.GetBucketCors(ctx, &sdk.GetBucketCorsInput{Bucket: bucket}); return err },
		"NoSuchWebsiteConfiguration": func() error {
			_, err := c.GetBucketWebsite(ctx, &sdk.GetBucketWebsiteInput{Bucket: bucket})
			return err
		},
		"NoSuchLifecycleConfiguration": func() error {
			_, err := c.GetBucketLifecycleConfiguration(ctx, &sdk.GetBucketLifecycleConfigurationInput{Bucket: bucket})
			return err
		},
		"ReplicationConfigurationNotFoundError": func() error {
			_, err := c.GetBucketReplication(ctx, &sdk.GetBucketReplicationInput{Bucket: bucket})
			return err
		},
		"ObjectLockConfigurationNotFoundError": func() error {
			_, err := c.GetObjectLockConfiguration(ctx, &sdk.GetObjectLockConfigurationInput{Bucket: bucket})
			return err
		},
	} {
		code(t, f(), want, http.StatusNotFound)
	}
	logging, err := c.GetBucketLogging(ctx, &sdk.GetBucketLoggingInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Nil(t, logging.LoggingEnabled)
	accelerate, err := c.GetBucketAccelerateConfiguration(ctx, &sdk.GetBucketAccelerateConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, accelerate.Status)
	notification, err := c.GetBucketNotificationConfiguration(ctx, &sdk.GetBucketNotificationConfigurationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, notification.QueueConfigurations)
	uploads, err := c.ListMultipartUploads(ctx, &sdk.ListMultipartUploadsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, uploads.Uploads)
}

func TestWhatIsNotServedIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, r := range map[string][2]string{
		"PutBucketWebsite":    {http.MethodPut, "/pictures?website"},
		"PutObjectRetention":  {http.MethodPut, "/pictures/a?retention"},
		"SelectObjectContent": {http.MethodPost, "/pictures/a?select&select-type=2"},
	} {
		answer := w.send(t, r[0], r[1], "", nil)
		assert.Equal(t, http.StatusNotImplemented, answer.StatusCode, name)
		assert.Contains(t, read(t, answer.Body), name)
	}
}

func TestBucketNamesFollowTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"ab", "Upper-case", "under_score", "-dash", "dash-", "two..dots", "192.0.2.1", "xn--a", "a-s3alias", strings.Repeat("a", 64)} {
		answer := w.send(t, http.MethodPut, "/"+name, "", nil)
		assert.Equal(t, http.StatusBadRequest, answer.StatusCode, name)
		assert.Contains(t, read(t, answer.Body), "InvalidBucketName", name)
	}
	for _, name := range []string{"abc", "a.b.c", "0-1", strings.Repeat("a", 63)} {
		assert.Equal(t, http.StatusOK, w.send(t, http.MethodPut, "/"+name, "", nil).StatusCode, name)
	}
}

func TestBucketsLiveInTheirRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, ireland := t.Context(), w.clientIn("eu-west-1")

	_, err := ireland.CreateBucket(ctx, createIn("", "images"))
	code(t, err, "IllegalLocationConstraintException", http.StatusBadRequest)
	_, err = ireland.CreateBucket(ctx, createIn("us-west-2", "images"))
	code(t, err, "IllegalLocationConstraintException", http.StatusBadRequest)
	_, err = w.client.CreateBucket(ctx, createIn("us-east-1", "images"))
	code(t, err, "InvalidLocationConstraint", http.StatusBadRequest)
	_, err = ireland.CreateBucket(ctx, createIn("eu-west-1", "images"))
	require.NoError(t, err)
	_, err = ireland.CreateBucket(ctx, createIn("eu-west-1", "images"))
	code(t, err, "BucketAlreadyOwnedByYou", http.StatusConflict)
	_, err = w.client.CreateBucket(ctx, createIn("", "pictures"))
	require.NoError(t, err, "us-east-1 answers 200 to the owner")

	location, err := ireland.GetBucketLocation(ctx, &sdk.GetBucketLocationInput{Bucket: aws.String("images")})
	require.NoError(t, err)
	assert.Equal(t, types.BucketLocationConstraintEuWest1, location.LocationConstraint)
	location, err = w.client.GetBucketLocation(ctx, &sdk.GetBucketLocationInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, location.LocationConstraint)

	headed, err := ireland.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: aws.String("images")})
	require.NoError(t, err)
	assert.Equal(t, "eu-west-1", *headed.BucketRegion)
}

func TestACallForTheWrongRegionLearnsTheRightOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client.CreateBucket(t.Context(), createIn("eu-west-1", "images"))
	require.NoError(t, err)

	for name, want := range map[string]string{"images": "eu-west-1", "pictures": "us-east-1"} {
		got, err := w.regionOf(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, want, got, "anonymously")
	}
	redirect := w.send(t, http.MethodHead, "/images", "", nil)
	assert.Equal(t, http.StatusMovedPermanently, redirect.StatusCode)
	assert.Equal(t, "eu-west-1", redirect.Header.Get("X-Amz-Bucket-Region"))

	_, err = w.client.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: aws.String("images")})
	code(t, err, "PermanentRedirect", http.StatusMovedPermanently)

	hosted := w.send(t, http.MethodGet, "/?list-type=2", "", map[string]string{"Host": "images.s3.us-east-1.amazonaws.com"})
	assert.Equal(t, http.StatusBadRequest, hosted.StatusCode)
	body := read(t, hosted.Body)
	assert.Contains(t, body, "AuthorizationHeaderMalformed")
	assert.Contains(t, body, "<Region>eu-west-1</Region>")
}

func TestBothStylesOfAddressReachTheSameObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a/b c+ü.txt", "hello")
	for _, host := range []string{"pictures.s3.us-east-1.amazonaws.com", "pictures.s3.localhost:4566", "pictures.localhost:4566", "pictures.s3-us-east-1.amazonaws.com"} {
		answer := w.send(t, http.MethodGet, "/a/b%20c%2B%C3%BC.txt", "", map[string]string{"Host": host})
		assert.Equal(t, "hello", read(t, answer.Body), host)
	}
	for _, host := range []string{"localhost:4566", "127.0.0.1:4566", "s3.us-east-1.amazonaws.com", "s3.localhost"} {
		answer := w.send(t, http.MethodGet, "/pictures/a/b%20c%2B%C3%BC.txt", "", map[string]string{"Host": host})
		assert.Equal(t, "hello", read(t, answer.Body), host)
	}
}

func TestOnlyAnEmptyBucketCanBeDeleted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.put(t, "a", "x")
	_, err := w.client.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: bucket})
	code(t, err, "BucketNotEmpty", http.StatusConflict)
	_, err = w.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	_, err = w.client.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = w.client.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: bucket})
	code(t, err, "NotFound", http.StatusNotFound)
	_, err = w.client.GetBucketPolicy(ctx, &sdk.GetBucketPolicyInput{Bucket: bucket})
	code(t, err, "NoSuchBucket", http.StatusNotFound)
}

func TestBucketsAreListedByNameAndPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"apples", "pears"} {
		_, err := w.client.CreateBucket(t.Context(), createIn("", name))
		require.NoError(t, err)
	}
	var names []string
	pages := sdk.NewListBucketsPaginator(w.client, &sdk.ListBucketsInput{MaxBuckets: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, b := range page.Buckets {
			names = append(names, *b.Name)
			assert.Equal(t, w.now, *b.CreationDate)
		}
	}
	assert.Equal(t, []string{"apples", "pears", "pictures"}, names)
}

func TestAnotherAccountIsNotTheOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.client.GetBucketAcl(t.Context(), &sdk.GetBucketAclInput{Bucket: bucket, ExpectedBucketOwner: aws.String("210987654321")})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = w.client.GetBucketAcl(t.Context(), &sdk.GetBucketAclInput{Bucket: bucket, ExpectedBucketOwner: aws.String("123456789012")})
	require.NoError(t, err)
}

func TestSettingsCanBeChangedAndTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, c := t.Context(), w.client

	w.allowPublic(t)
	_, err := c.GetPublicAccessBlock(ctx, &sdk.GetPublicAccessBlockInput{Bucket: bucket})
	code(t, err, "NoSuchPublicAccessBlockConfiguration", http.StatusNotFound)

	_, err = c.PutBucketOwnershipControls(ctx, &sdk.PutBucketOwnershipControlsInput{
		Bucket: bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: "Nobody"}}},
	})
	code(t, err, "MalformedXML", http.StatusBadRequest)
	_, err = c.DeleteBucketOwnershipControls(ctx, &sdk.DeleteBucketOwnershipControlsInput{Bucket: bucket})
	require.NoError(t, err)
	_, err = c.GetBucketOwnershipControls(ctx, &sdk.GetBucketOwnershipControlsInput{Bucket: bucket})
	code(t, err, "OwnershipControlsNotFoundError", http.StatusNotFound)

	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}
	_, err = c.PutBucketTagging(ctx, &sdk.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: tags}})
	require.NoError(t, err)
	tagged, err := c.GetBucketTagging(ctx, &sdk.GetBucketTaggingInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, tags, tagged.TagSet)
	_, err = c.PutBucketTagging(ctx, &sdk.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: append(tags, tags...)}})
	code(t, err, "InvalidTag", http.StatusBadRequest)

	cors := []types.CORSRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: aws.Int32(60)}}
	_, err = c.PutBucketCors(ctx, &sdk.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: cors}})
	require.NoError(t, err)
	got, err := c.GetBucketCors(ctx, &sdk.GetBucketCorsInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, cors, got.CORSRules)
	_, err = c.DeleteBucketCors(ctx, &sdk.DeleteBucketCorsInput{Bucket: bucket})
	require.NoError(t, err)

	_, err = c.PutBucketEncryption(ctx, kmsByDefault())
	require.NoError(t, err)
	encryption, err := c.GetBucketEncryption(ctx, &sdk.GetBucketEncryptionInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Equal(t, types.ServerSideEncryptionAwsKms,
		encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm)
	_, err = c.DeleteBucketEncryption(ctx, &sdk.DeleteBucketEncryptionInput{Bucket: bucket})
	require.NoError(t, err)
	w.put(t, "a", "x")
	headed, err := c.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.Equal(t, types.ServerSideEncryptionAes256, headed.ServerSideEncryption)
}

func kmsByDefault() *sdk.PutBucketEncryptionInput {
	return &sdk.PutBucketEncryptionInput{
		Bucket: bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{
				ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms},
				BucketKeyEnabled:                   aws.Bool(true),
			}},
		},
	}
}

func TestACLsAreRefusedUnlessOwnershipAllowsThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, c := t.Context(), w.client
	private := &sdk.PutBucketAclInput{Bucket: bucket, ACL: types.BucketCannedACLPrivate}
	_, err := c.PutBucketAcl(ctx, private)
	code(t, err, "AccessControlListNotSupported", http.StatusBadRequest)
	_, err = c.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), ACL: types.ObjectCannedACLPublicRead})
	code(t, err, "AccessControlListNotSupported", http.StatusBadRequest)

	_, err = c.PutBucketOwnershipControls(ctx, &sdk.PutBucketOwnershipControlsInput{
		Bucket: bucket, OwnershipControls: &types.OwnershipControls{
			Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerPreferred}},
		},
	})
	require.NoError(t, err)
	_, err = c.PutBucketAcl(ctx, private)
	require.NoError(t, err)
	_, err = c.PutBucketAcl(ctx, &sdk.PutBucketAclInput{Bucket: bucket, ACL: types.BucketCannedACLPublicRead})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = c.PutBucketAcl(ctx, &sdk.PutBucketAclInput{Bucket: bucket, ACL: "log-delivery-write"})
	require.NoError(t, err)
	acl, err := c.GetBucketAcl(ctx, &sdk.GetBucketAclInput{Bucket: bucket})
	require.NoError(t, err)
	assert.Len(t, acl.Grants, 3)
}
