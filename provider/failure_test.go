package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFailuresNameTheBucketTheReasonAndTheCure(t *testing.T) {
	t.Parallel()
	for code, failure := range map[string]struct {
		method string
		fault  s3Fault
		says   string
	}{
		"AccessDenied":      {http.MethodGet, s3Fault{status: 403, message: "Access Denied"}, "s3:PutBucketPolicy"},
		"MethodNotAllowed":  {http.MethodPut, s3Fault{status: 405, message: "not allowed"}, "account that owns the bucket"},
		"MalformedPolicy":   {http.MethodPut, s3Fault{status: 400, message: "Invalid principal in policy"}, "deleted since"},
		"OperationAborted":  {http.MethodPut, s3Fault{status: 409, message: "conflict"}, "repeat the operation"},
		"ExpiredToken":      {http.MethodGet, s3Fault{status: 400, message: "expired"}, "sign in again"},
		"UnknownFutureCode": {http.MethodGet, s3Fault{status: 400, message: "new"}, "new"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
			failure.fault.code = code
			s3.fault(failure.method, failure.fault, failure.fault, failure.fault)
			_, err := connect(t, s3).create(testURN, "my-images", distA)
			require.ErrorContains(t, err, failure.says)
			require.ErrorContains(t, err, `policy of bucket "my-images"`)
			require.ErrorContains(t, err, code+": "+failure.fault.message)
			assert.NotContains(t, err.Error(), "very-secret")
			assert.Equal(t, theirPolicy, s3.policy("my-images"))
		})
	}
}

func TestAPolicyThatCannotBeReadIsLeftAlone(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": `{"Statement":"?"}`})
	_, err := connect(t, s3).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "left alone")
	s3.requireWrites(t, 0)
}

func TestAPolicyWithoutRoomIsLeftAlone(t *testing.T) {
	t.Parallel()
	full := `{"Statement":[{"Sid":"` + strings.Repeat("x", 20400) + `"}]}`
	s3 := newFakeS3(t, map[string]string{"my-images": full})
	_, err := connect(t, s3).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "AWS stores at most 20480")
	s3.requireWrites(t, 0)
}

func TestAMissingBucketFailsACreate(t *testing.T) {
	t.Parallel()
	_, err := connect(t, newFakeS3(t, map[string]string{})).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "NoSuchBucket")
	require.ErrorContains(t, err, "has to exist")
}
