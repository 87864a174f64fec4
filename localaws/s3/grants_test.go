package s3_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withACLs is a bucket that takes ACLs, of everybody.
func withACLs(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	_, err := w.client.PutBucketOwnershipControls(t.Context(), &sdk.PutBucketOwnershipControlsInput{
		Bucket: bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerPreferred}}},
	})
	require.NoError(t, err)
	w.allowPublic(t)
	return w
}

func (w *world) acl(t *testing.T) *sdk.GetBucketAclOutput {
	t.Helper()
	out, err := w.client.GetBucketAcl(t.Context(), &sdk.GetBucketAclInput{Bucket: bucket})
	require.NoError(t, err)
	return out
}

func (w *world) putACL(t *testing.T, in *sdk.PutBucketAclInput) error {
	t.Helper()
	in.Bucket = bucket
	_, err := w.client.PutBucketAcl(t.Context(), in)
	return err //nolint:wrapcheck // the error is what is tested
}

// logsDelivery is the account that CloudFront's standard logs are written by.
const logsDelivery = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

func TestGrantsAreReadBackAsTheyWerePut(t *testing.T) {
	t.Parallel()
	w := withACLs(t)
	owner := w.acl(t).Owner
	grants := []types.Grant{
		{Grantee: &types.Grantee{Type: types.TypeCanonicalUser, ID: owner.ID}, Permission: types.PermissionFullControl},
		{Grantee: &types.Grantee{Type: types.TypeCanonicalUser, ID: aws.String(logsDelivery)}, Permission: types.PermissionFullControl},
		{Grantee: &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/s3/LogDelivery")}, Permission: types.PermissionWrite},
	}
	require.NoError(t, w.putACL(t, &sdk.PutBucketAclInput{AccessControlPolicy: &types.AccessControlPolicy{Owner: owner, Grants: grants}}))
	assert.Equal(t, grants, w.acl(t).Grants)

	require.NoError(t, w.putACL(t, &sdk.PutBucketAclInput{
		GrantFullControl: aws.String(`id="` + logsDelivery + `"`), GrantReadACP: aws.String(`uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers", id=` + *owner.ID),
	}))
	got := w.acl(t).Grants
	require.Len(t, got, 3, "nothing but what the headers grant")
	assert.Equal(t, types.PermissionReadAcp, got[1].Permission)
	require.NoError(t, w.putACL(t, &sdk.PutBucketAclInput{ACL: types.BucketCannedACLPrivate}))
	assert.Len(t, w.acl(t).Grants, 1)
}

func TestGrantsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	w := withACLs(t)
	owner := w.acl(t).Owner
	put := func(g types.Grant) error {
		return w.putACL(t, &sdk.PutBucketAclInput{AccessControlPolicy: &types.AccessControlPolicy{Owner: owner, Grants: []types.Grant{g}}})
	}
	user := &types.Grantee{Type: types.TypeCanonicalUser, ID: owner.ID}
	code(t, put(types.Grant{Grantee: user, Permission: "EVERYTHING"}), "MalformedACLError", http.StatusBadRequest)
	code(t, put(types.Grant{Grantee: &types.Grantee{Type: types.TypeCanonicalUser, ID: aws.String("nobody")}, Permission: types.PermissionRead}),
		"InvalidArgument", http.StatusBadRequest)
	code(t, put(types.Grant{Grantee: &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://example.com/")}, Permission: types.PermissionRead}),
		"InvalidArgument", http.StatusBadRequest)
	code(t, put(types.Grant{Grantee: &types.Grantee{Type: types.TypeAmazonCustomerByEmail, EmailAddress: aws.String("a@example.com")}, Permission: types.PermissionRead}),
		"InvalidArgument", http.StatusBadRequest)
	code(t, w.putACL(t, &sdk.PutBucketAclInput{ACL: types.BucketCannedACLPrivate, GrantRead: aws.String("id=" + *owner.ID)}), "InvalidRequest", http.StatusBadRequest)
	code(t, w.putACL(t, &sdk.PutBucketAclInput{ACL: "unknown"}), "InvalidArgument", http.StatusBadRequest)
	code(t, w.putACL(t, &sdk.PutBucketAclInput{}), "MissingSecurityHeader", http.StatusBadRequest)
}

func TestAnACLLetsInWhomItNames(t *testing.T) {
	t.Parallel()
	w := withACLs(t)
	w.put(t, "a", "hello")
	stranger := w.clientIn("us-east-1", anonymous)
	list := func() error {
		_, err := stranger.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: bucket})
		return err //nolint:wrapcheck // the error is what is tested
	}
	code(t, list(), "AccessDenied", http.StatusForbidden)
	require.NoError(t, w.putACL(t, &sdk.PutBucketAclInput{ACL: types.BucketCannedACLPublicRead}))
	require.NoError(t, list())
	_, err := stranger.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("b")})
	code(t, err, "AccessDenied", http.StatusForbidden)
	_, err = stranger.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "AccessDenied", http.StatusForbidden)

	answer := w.send(t, http.MethodPut, "/pictures?publicAccessBlock",
		"<PublicAccessBlockConfiguration><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>", nil)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	code(t, list(), "AccessDenied", http.StatusForbidden)
	code(t, w.putACL(t, &sdk.PutBucketAclInput{GrantRead: aws.String(`uri="http://acs.amazonaws.com/groups/global/AllUsers"`)}), "AccessDenied", http.StatusForbidden)
}

func TestOwnershipCannotBeEnforcedOverGrantsToOthers(t *testing.T) {
	t.Parallel()
	w := withACLs(t)
	require.NoError(t, w.putACL(t, &sdk.PutBucketAclInput{ACL: types.BucketCannedACLPublicRead}))
	_, err := w.client.PutBucketOwnershipControls(t.Context(), &sdk.PutBucketOwnershipControlsInput{
		Bucket: bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced}}},
	})
	code(t, err, "InvalidBucketAclWithObjectOwnership", http.StatusBadRequest)
}
