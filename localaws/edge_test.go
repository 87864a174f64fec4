package localaws_test

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// distribution is a distribution of the bucket, whose configuration may be changed first.
func (w world) distribution(change func(*cloudfronttypes.DistributionConfig)) *cloudfronttypes.Distribution {
	w.t.Helper()
	created, err := w.distribute(w.certificate(usEast1))
	require.NoError(w.t, err)
	if change == nil {
		return created.Distribution
	}
	config := created.Distribution.DistributionConfig
	change(config)
	updated, err := w.cloudfront().UpdateDistribution(w.t.Context(), &cloudfront.UpdateDistributionInput{
		Id: created.Distribution.Id, IfMatch: created.ETag, DistributionConfig: config,
	})
	require.NoError(w.t, err)
	return updated.Distribution
}

func (w world) allow(policy string) {
	w.t.Helper()
	_, err := w.s3(home).PutBucketPolicy(w.t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: &policy})
	require.NoError(w.t, err)
}

func TestAnImageOfAListableBucketIsServedOnceTheCachedErrorIsOver(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	const errorTTL = 2
	d := w.distribution(func(c *cloudfronttypes.DistributionConfig) {
		c.CustomErrorResponses = &cloudfronttypes.CustomErrorResponses{
			Quantity: aws.Int32(1), Items: []cloudfronttypes.CustomErrorResponse{{ErrorCode: aws.Int32(404), ErrorCachingMinTTL: aws.Int64(errorTTL)}},
		}
	})
	w.allow(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
		"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::` + bucket + `","arn:aws:s3:::` + bucket + `/*"],
		"Condition":{"StringEquals":{"AWS:SourceArn":"` + *d.ARN + `"}}}]}`)
	status, _ := w.view(w.RootCA(), "/new.jpg")
	require.Equal(t, http.StatusNotFound, status, "who may list learns that there is none")
	asked := time.Now()
	_, err := w.s3(home).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("new.jpg"), Body: strings.NewReader("new")})
	require.NoError(t, err)
	status, _ = w.view(w.RootCA(), "/new.jpg")
	if time.Since(asked) < errorTTL*time.Second {
		assert.Equal(t, http.StatusNotFound, status, "the error is cached")
	}
	require.Eventually(t, func() bool {
		status, body := w.view(w.RootCA(), "/new.jpg")
		return status == http.StatusOK && string(body) == "new"
	}, soon, 100*time.Millisecond)
	assert.GreaterOrEqual(t, time.Since(asked), errorTTL*time.Second)
}

func TestADistributionIsServedThroughAnOriginAccessIdentity(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	identity, err := w.cloudfront().CreateCloudFrontOriginAccessIdentity(t.Context(), &cloudfront.CreateCloudFrontOriginAccessIdentityInput{
		CloudFrontOriginAccessIdentityConfig: &cloudfronttypes.CloudFrontOriginAccessIdentityConfig{CallerReference: aws.String("1"), Comment: aws.String("")},
	})
	require.NoError(t, err)
	id := identity.CloudFrontOriginAccessIdentity
	w.distribution(func(c *cloudfronttypes.DistributionConfig) {
		o := &c.Origins.Items[0]
		o.OriginAccessControlId = aws.String("")
		o.S3OriginConfig.OriginAccessIdentity = aws.String("origin-access-identity/cloudfront/" + *id.Id)
	})
	status, _ := w.view(w.RootCA(), "/myimage.jpg")
	assert.Equal(t, http.StatusForbidden, status, "it may not read yet")
	w.allow(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"CanonicalUser":"` + *id.S3CanonicalUserId + `"},
		"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"}}`)
	status, _ = w.view(w.RootCA(), "/myimage.jpg")
	assert.Equal(t, http.StatusOK, status)
	got, err := w.s3(home).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	require.NoError(t, err)
	assert.Contains(t, *got.Policy, `{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity `+*id.Id+`"}`)
}

func TestDNSGivesAnAddressOfIPv6OnlyWhereSomethingListens(t *testing.T) {
	t.Parallel()
	w := start(t, "")
	w.fill(home)
	for _, enabled := range []bool{true, false} {
		d := w.distribution(func(c *cloudfronttypes.DistributionConfig) {
			c.IsIPV6Enabled, c.Aliases = &enabled, &cloudfronttypes.Aliases{Quantity: aws.Int32(0)}
			c.ViewerCertificate = &cloudfronttypes.ViewerCertificate{CloudFrontDefaultCertificate: aws.Bool(true)}
		})
		asked := new(dns.Msg).SetQuestion(*d.DomainName+".", dns.TypeAAAA)
		reply, _, err := (&dns.Client{Timeout: soon}).ExchangeContext(t.Context(), asked, w.DNSAddr())
		require.NoError(t, err)
		if !enabled {
			assert.Empty(t, reply.Answer)
		}
		for _, rr := range reply.Answer {
			aaaa, ok := rr.(*dns.AAAA)
			require.True(t, ok)
			for _, address := range []string{w.HTTPSAddr(), w.HTTPAddr()} {
				_, port, err := net.SplitHostPort(address)
				require.NoError(t, err)
				connection, err := net.DialTimeout("tcp", net.JoinHostPort(aaaa.AAAA.String(), port), soon)
				require.NoError(t, err)
				require.NoError(t, connection.Close())
			}
		}
	}
}
