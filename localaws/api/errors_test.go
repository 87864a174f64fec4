package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	acmsdk "github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	cloudfrontsdk "github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	route53sdk "github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	s3sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	stssdk "github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

// message has what XML and JSON must escape.
const message = `it is <not> "there" & will never be`

// failing is a world in which each service fails at the one thing it is asked.
func failing(t *testing.T) world {
	t.Helper()
	fail := func(name string, protocol api.Protocol, operation, code string, status int) *service {
		refusal := fmt.Errorf("wrapped: %w", api.RefuseStatus(status, code, "%s", message))
		return &service{name: name, protocol: protocol, operations: map[string]api.Operation{operation: refuses(refusal)}}
	}
	return newWorld(t,
		fail("acm", api.JSON, "DescribeCertificate", "ResourceNotFoundException", 0),
		fail("cloudfront", api.RESTXML, "GET /2020-05-31/distribution/E1", "NoSuchDistribution", http.StatusNotFound),
		fail("route53", api.RESTXML, "GET /2013-04-01/hostedzone/Z1", "NoSuchHostedZone", http.StatusNotFound),
		fail("s3", api.S3XML, "GET /images/a.jpg", "NoSuchKey", http.StatusNotFound),
		fail("sts", api.Query, "AssumeRoleWithWebIdentity", "ExpiredTokenException", http.StatusBadRequest),
	)
}

func TestTheSDKReadsARefusalOfEachProtocolAsItsTypedError(t *testing.T) {
	t.Parallel()
	w := failing(t)
	config := w.config("us-east-1")
	for protocol, test := range map[string]struct {
		call   func(*testing.T) error
		typed  func(error) bool
		code   string
		status int
	}{
		"JSON": {func(t *testing.T) error {
			_, err := acmsdk.NewFromConfig(config).DescribeCertificate(t.Context(), &acmsdk.DescribeCertificateInput{CertificateArn: aws.String("arn")})
			return err
		}, is[*acmtypes.ResourceNotFoundException], "ResourceNotFoundException", http.StatusBadRequest},
		"REST-XML": {func(t *testing.T) error {
			_, err := cloudfrontsdk.NewFromConfig(config).GetDistribution(t.Context(), &cloudfrontsdk.GetDistributionInput{Id: aws.String("E1")})
			return err
		}, is[*cloudfronttypes.NoSuchDistribution], "NoSuchDistribution", http.StatusNotFound},
		"REST-XML of Route 53": {func(t *testing.T) error {
			_, err := route53sdk.NewFromConfig(config).GetHostedZone(t.Context(), &route53sdk.GetHostedZoneInput{Id: aws.String("Z1")})
			return err
		}, is[*route53types.NoSuchHostedZone], "NoSuchHostedZone", http.StatusNotFound},
		"REST-XML of S3": {func(t *testing.T) error {
			client := s3sdk.NewFromConfig(config, func(o *s3sdk.Options) { o.UsePathStyle = true })
			_, err := client.GetObject(t.Context(), &s3sdk.GetObjectInput{Bucket: aws.String("images"), Key: aws.String("a.jpg")})
			return err
		}, is[*s3types.NoSuchKey], "NoSuchKey", http.StatusNotFound},
		"query": {func(t *testing.T) error {
			_, err := stssdk.NewFromConfig(config).AssumeRoleWithWebIdentity(t.Context(), &stssdk.AssumeRoleWithWebIdentityInput{
				RoleArn: aws.String("arn:aws:iam::1:role/r"), RoleSessionName: aws.String("s"), WebIdentityToken: aws.String("t"),
			})
			return err
		}, is[*ststypes.ExpiredTokenException], "ExpiredTokenException", http.StatusBadRequest},
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Parallel()
			err := test.call(t)
			assert.True(t, test.typed(err), "%v", err)
			var refusal smithy.APIError
			require.ErrorAs(t, err, &refusal)
			assert.Equal(t, test.code, refusal.ErrorCode())
			assert.Equal(t, message, refusal.ErrorMessage())
			var response *awshttp.ResponseError
			require.ErrorAs(t, err, &response)
			assert.Equal(t, test.status, response.HTTPStatusCode())
			assert.NotEmpty(t, response.ServiceRequestID())
		})
	}
}

func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

func TestAFaultOfTheServersIsAReceiversFault(t *testing.T) {
	t.Parallel()
	fail := map[string]api.Operation{
		"ListThings": refuses(errors.New("out of order")),
		"GET /thing": refuses(errors.New("out of order")),
		"GET /shy":   refuses(api.Refuse("InvalidArgument", "no")),
	}
	w := newWorld(t, acm(fail), &service{name: "route53", protocol: api.RESTXML, operations: fail})
	inJSON := w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings"))
	assert.Equal(t, http.StatusInternalServerError, inJSON.status)
	assert.JSONEq(t, `{"__type":"InternalFailure","message":"out of order","Message":"out of order"}`, inJSON.body)
	assert.Equal(t, "InternalFailure", inJSON.header.Get("X-Amzn-ErrorType"))

	inXML := w.must(t, http.MethodGet, "/thing", "", signed("route53", "us-east-1"))
	assert.Equal(t, http.StatusInternalServerError, inXML.status)
	assert.Contains(t, inXML.body, "<Type>Receiver</Type><Code>InternalFailure</Code>")
	assert.Contains(t, inXML.body, "<RequestId>"+inXML.header.Get("X-Amzn-RequestId")+"</RequestId>")
	assert.Contains(t, w.must(t, http.MethodGet, "/shy", "", signed("route53", "us-east-1")).body, "<Type>Sender</Type>")
}

func TestFurtherFieldsOfAnErrorAreInItsDocument(t *testing.T) {
	t.Parallel()
	operations := map[string]api.Operation{}
	for _, name := range []string{"GET /b", "ListThings"} {
		operations[name] = refuses(&api.Error{Code: "NoSuchBucket", Message: "no", Status: http.StatusNotFound, Fields: map[string]string{"BucketName": "a&b"}})
	}
	w := newWorld(t, acm(operations), &service{name: "s3", protocol: api.S3XML, operations: operations},
		&service{name: "route53", protocol: api.RESTXML, operations: operations})
	assert.Contains(t, w.must(t, http.MethodGet, "/b", "", signed("s3", "us-east-1")).body,
		"<Error><Code>NoSuchBucket</Code><Message>no</Message><BucketName>a&amp;b</BucketName><RequestId>")
	assert.Contains(t, w.must(t, http.MethodGet, "/b", "", signed("route53", "us-east-1")).body, "<BucketName>a&amp;b</BucketName></Error>")
	assert.Contains(t, w.must(t, http.MethodPost, "/", "", targeted("acm", "CertificateManager.ListThings")).body, `"BucketName":"a\u0026b"`)
}
