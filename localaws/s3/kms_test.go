package s3_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	kmssdk "github.com/aws/aws-sdk-go-v2/service/kms"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

// kms is a client of the keys.
func (w *world) kms() *kmssdk.Client {
	o := w.client.Options()
	return kmssdk.New(kmssdk.Options{Region: o.Region, BaseEndpoint: o.BaseEndpoint, Credentials: o.Credentials, RetryMaxAttempts: 1})
}

// encrypted makes a key the default of the bucket, by a name of it, and puts an object.
func (w *world) encrypted(t *testing.T) (key string) {
	t.Helper()
	made, err := w.kms().CreateKey(t.Context(), &kmssdk.CreateKeyInput{})
	require.NoError(t, err)
	_, err = w.kms().CreateAlias(t.Context(), &kmssdk.CreateAliasInput{AliasName: aws.String("alias/pictures"), TargetKeyId: made.KeyMetadata.KeyId})
	require.NoError(t, err)
	byDefault := kmsByDefault()
	byDefault.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID = aws.String("alias/pictures")
	_, err = w.client.PutBucketEncryption(t.Context(), byDefault)
	require.NoError(t, err)
	w.put(t, "a", "hello")
	return *made.KeyMetadata.Arn
}

// letDecrypt adds a statement about CloudFront to a key's policy.
func (w *world) letDecrypt(t *testing.T, key, condition string) {
	t.Helper()
	_, err := w.kms().PutKeyPolicy(t.Context(), &kmssdk.PutKeyPolicyInput{KeyId: &key, Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"kms:*","Resource":"*"},` +
			`{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"kms:Decrypt","Resource":"*","Condition":` + condition + `}]}`)})
	require.NoError(t, err)
}

const bySourceARN = `{"StringEquals":{"AWS:SourceArn":"` + distribution + `"}}`

func TestObjectsUnderAKeyAreServedOnceItsPolicyLetsTheDistributionDecrypt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.encrypted(t)
	require.NoError(t, w.putPolicy(t, grant))
	found, err := w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.Equal(t, key, *found.SSEKMSKeyId, "the object names the key, whatever it was called by")

	status, _, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "<Code>AccessDenied</Code><Message>User: cloudfront.amazonaws.com is not authorized to perform: kms:Decrypt on resource: "+key)
	w.letDecrypt(t, key, bySourceARN)
	status, header, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "hello", body)
	assert.Equal(t, key, header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"))

	status, _, _ = w.fetch(t, func(f *s3.FetchRequest) { f.DistributionARN += "2" })
	assert.Equal(t, http.StatusForbidden, status, "another distribution")
	w.letDecrypt(t, key, strings.Replace(bySourceARN, "AWS:SourceArn", "kms:ViaService", 1))
	status, _, body = w.fetch(t, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, body, "cannot judge the condition key kms:ViaService")
}

func TestTheStateOfAKeyIsThatOfItsObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.encrypted(t)
	require.NoError(t, w.putPolicy(t, grant))
	w.letDecrypt(t, key, bySourceARN)
	_, err := w.kms().DisableKey(t.Context(), &kmssdk.DisableKeyInput{KeyId: &key})
	require.NoError(t, err)
	status, _, body := w.fetch(t, nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "<Code>KMS.DisabledException</Code>")
	_, err = w.client.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "KMS.DisabledException", http.StatusBadRequest)
	_, err = w.client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("b"), Body: strings.NewReader("b")})
	code(t, err, "KMS.DisabledException", http.StatusBadRequest)
	_, err = w.kms().ScheduleKeyDeletion(t.Context(), &kmssdk.ScheduleKeyDeletionInput{KeyId: &key})
	require.NoError(t, err)
	_, _, body = w.fetch(t, nil)
	assert.Contains(t, body, "<Code>KMS.KMSInvalidStateException</Code>")
}

func TestAnUploadUnderAKeyThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{"alias/none", "arn:aws:kms:eu-west-1:123456789012:key/1"} {
		_, err := w.client.PutObject(t.Context(), &sdk.PutObjectInput{
			Bucket: bucket, Key: aws.String("a"), Body: strings.NewReader("a"), ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &key,
		})
		code(t, err, "KMS.NotFoundException", http.StatusBadRequest)
	}
}

func TestACopyOfAnObjectUnderAKeyNeedsTheKeyToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.encrypted(t)
	again := &sdk.CopyObjectInput{
		Bucket: bucket, Key: aws.String("b"), CopySource: aws.String("pictures/a"), ServerSideEncryption: types.ServerSideEncryptionAes256,
	}
	_, err := w.client.CopyObject(t.Context(), again)
	require.NoError(t, err)
	_, err = w.kms().DisableKey(t.Context(), &kmssdk.DisableKeyInput{KeyId: &key})
	require.NoError(t, err)
	_, err = w.client.CopyObject(t.Context(), again)
	code(t, err, "KMS.DisabledException", http.StatusBadRequest)
	assert.Equal(t, "hello", w.get(t, "b"), "the copy has another encryption")
}
