package localaws

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
	"imagecdn/localaws/ca"
)

// seeds are calls that succeed: service, method, path, operation of the JSON
// protocol, and payload.
var seeds = [][5]string{
	{"acm", "POST", "/", "CertificateManager.RequestCertificate", `{"DomainName":"a.example.com","ValidationMethod":"DNS","SubjectAlternativeNames":["*.b.example.com"],"KeyAlgorithm":"EC_prime256v1","Tags":[{"Key":"k","Value":"v"}]}`},
	{"acm", "POST", "/", "CertificateManager.ListCertificates", `{"Includes":{"KeyTypes":["RSA_2048"]},"MaxItems":5,"NextToken":"1","SortBy":"CREATED_AT","SortOrder":"DESCENDING"}`},
	{"wafv2", "POST", "/", "AWSWAF_20190729.CreateWebACL", `{"Name":"n","Scope":"CLOUDFRONT","DefaultAction":{"Allow":{}},"VisibilityConfig":{"MetricName":"m"},"Rules":[{"Name":"r","Priority":0,"Action":{"Block":{}},"VisibilityConfig":{"MetricName":"m"},"Statement":{"NotStatement":{"Statement":{"GeoMatchStatement":{"CountryCodes":["NL"]}}}}}]}`},
	{"wafv2", "POST", "/", "AWSWAF_20190729.CreateIPSet", `{"Name":"n","Scope":"CLOUDFRONT","IPAddressVersion":"IPV4","Addresses":["192.0.2.0/24"]}`},
	{"logs", "POST", "/", "Logs_20140328.PutDeliverySource", `{"name":"n","resourceArn":"arn:aws:cloudfront::123456789012:distribution/E1","logType":"ACCESS_LOGS"}`},
	{"logs", "POST", "/", "Logs_20140328.PutDeliveryDestination", `{"name":"n","outputFormat":"w3c","deliveryDestinationConfiguration":{"destinationResourceArn":"arn:aws:s3:::images/logs"}}`},
	{"logs", "POST", "/", "Logs_20140328.CreateDelivery", `{"deliverySourceName":"n","deliveryDestinationArn":"arn:aws:logs:us-east-1:123456789012:delivery-destination:n","recordFields":["date"],"fieldDelimiter":";","s3DeliveryConfiguration":{"suffixPath":"{yyyy}","enableHiveCompatiblePath":true}}`},
	{"monitoring", "POST", "/", "", "Action=PutMetricAlarm&AlarmName=a&Namespace=AWS/CloudFront&MetricName=5xxErrorRate&Statistic=Average&Period=60&EvaluationPeriods=1&Threshold=5&ComparisonOperator=GreaterThanThreshold&Dimensions.member.1.Name=Region&Dimensions.member.1.Value=Global"},
	{"monitoring", "POST", "/", "", "Action=GetMetricStatistics&Namespace=AWS/CloudFront&MetricName=Requests&StartTime=2026-11-01T11:00:00Z&EndTime=2026-11-01T12:00:00Z&Period=60&Statistics.member.1=Sum"},
	{"monitoring", "POST", "/", "", "Action=PutDashboard&DashboardName=d&DashboardBody=" + url.QueryEscape(`{"widgets":[]}`)},
	{"sns", "POST", "/", "", "Action=CreateTopic&Name=t&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=T"},
	{"kms", "POST", "/", "TrentService.CreateKey", `{"Description":"d","Tags":[{"TagKey":"k","TagValue":"v"}],"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"123456789012\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}}"}`},
	{"kms", "POST", "/", "TrentService.DescribeKey", `{"KeyId":"alias/aws/s3"}`},
	{"kms", "POST", "/", "TrentService.ListAliases", `{"Limit":1,"Marker":"alias/a"}`},
	{"sts", "POST", "/", "", "Action=AssumeRole&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=s&DurationSeconds=900"},
	{"sts", "POST", "/", "", "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=s&WebIdentityToken=a.eyJzdWIiOiJ4In0.b"},
	{"iam", "POST", "/", "", "Action=CreateUser&UserName=u&Path=/team/"},
	{"iam", "POST", "/", "", "Action=CreatePolicy&PolicyName=p&PolicyDocument=" + url.QueryEscape(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)},
	{"iam", "POST", "/", "", "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=" + url.QueryEscape(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`)},
	{"route53", "POST", "/2013-04-01/hostedzone", "", `<CreateHostedZoneRequest><Name>example.com</Name><CallerReference>1</CallerReference></CreateHostedZoneRequest>`},
	{"route53", "POST", "/2013-04-01/hostedzone/Z/rrset", "", `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>a.example.org</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>"a\\052b"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`},
	{"route53", "GET", "/2013-04-01/hostedzone/Z/rrset?name=a.example.org&type=A&maxitems=2", "", ""},
	{"route53", "GET", "/2013-04-01/testdnsanswer?hostedzoneid=Z&recordname=example.org&recordtype=NS", "", ""},
	{"cloudfront", "POST", "/2020-05-31/distribution?WithTags", "", `<DistributionConfigWithTags xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><DistributionConfig><CallerReference>1</CallerReference><Comment></Comment><Enabled>true</Enabled><Origins><Quantity>1</Quantity><Items><Origin><Id>b</Id><DomainName>b.s3.eu-central-1.amazonaws.com</DomainName><S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>b</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy><CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior></DistributionConfig><Tags><Items><Tag><Key>k</Key><Value>v</Value></Tag></Items></Tags></DistributionConfigWithTags>`},
	{"cloudfront", "POST", "/2020-05-31/cache-policy", "", `<CachePolicyConfig><Name>n</Name><MinTTL>0</MinTTL><ParametersInCacheKeyAndForwardedToOrigin><EnableAcceptEncodingGzip>true</EnableAcceptEncodingGzip><HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig><CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>whitelist</QueryStringBehavior><QueryStrings><Quantity>1</Quantity><Items><Name>w</Name></Items></QueryStrings></QueryStringsConfig></ParametersInCacheKeyAndForwardedToOrigin></CachePolicyConfig>`},
	{"cloudfront", "POST", "/2020-05-31/response-headers-policy", "", `<ResponseHeadersPolicyConfig><Name>n</Name><RemoveHeadersConfig><Quantity>1</Quantity><Items><ResponseHeadersPolicyRemoveHeader><Header>X-A</Header></ResponseHeadersPolicyRemoveHeader></Items></RemoveHeadersConfig></ResponseHeadersPolicyConfig>`},
	{"cloudfront", "POST", "/2020-05-31/distribution/E1/invalidation", "", `<InvalidationBatch><CallerReference>1</CallerReference><Paths><Quantity>1</Quantity><Items><Path>/a%20b*</Path></Items></Paths></InvalidationBatch>`},
	{"s3", "PUT", "/another", "", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`},
	{"s3", "PUT", "/images?policy", "", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::images/*","Condition":{"StringLike":{"aws:SourceArn":"arn:*"}}}]}`},
	{"s3", "PUT", "/images?lifecycle", "", `<LifecycleConfiguration><Rule><ID>r</ID><Filter><And><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>`},
	{"s3", "PUT", "/images?cors", "", `<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.example.com</AllowedOrigin></CORSRule></CORSConfiguration>`},
	{"s3", "PUT", "/images?acl", "", `<AccessControlPolicy><Owner><ID>x</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`},
	{"s3", "PUT", "/images?notification", "", `<NotificationConfiguration><QueueConfiguration><Queue>arn:aws:sqs:eu-west-1:1:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>`},
	{"s3", "PUT", "/images?logging", "", `<BucketLoggingStatus><LoggingEnabled><TargetBucket>images</TargetBucket><TargetPrefix>p</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`},
	{"s3", "PUT", "/images?versioning", "", `<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Disabled</MfaDelete></VersioningConfiguration>`},
	{"s3", "PUT", "/images?encryption", "", `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`},
	{"s3", "PUT", "/images?tagging", "", `<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>`},
	{"s3", "PUT", "/images/a+b%2Fc", "", "an image"},
	{"s3", "POST", "/images?delete", "", `<Delete><Object><Key>k</Key><VersionId>null</VersionId></Object></Delete>`},
	{"s3", "GET", "/images?list-type=2&prefix=k&delimiter=/&max-keys=1&continuation-token=aw==&encoding-type=url", "", ""},
	{"s3", "GET", "/images/k?partNumber=1&response-content-type=x", "", ""},
	{"s3", "GET", "/images?versions&key-marker=a&version-id-marker=null", "", ""},
	{"s3", "POST", "/images/k?uploadId=1", "", `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag><ChecksumCRC32>AAAA</ChecksumCRC32></Part></CompleteMultipartUpload>`},
}

// call makes a call, as the user or without credentials.
func call(front http.Handler, c [5]string) *httptest.ResponseRecorder {
	r, err := http.NewRequest(c[1], "http://localhost"+c[2], strings.NewReader(c[4])) //nolint:noctx // it ends at once
	if err != nil {
		return nil
	}
	if c[0] != "" {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261101/us-east-1/"+c[0]+"/aws4_request")
	}
	r.Header.Set("X-Amz-Target", c[3])
	answer := httptest.NewRecorder()
	front.ServeHTTP(answer, r)
	return answer
}

// FuzzNoCallBreaksTheServer looks for calls that are answered with an internal
// failure, or not at all. Whatever they say is refused, or done; and what was done
// can be written down and read again.
func FuzzNoCallBreaksTheServer(f *testing.F) {
	authority, err := ca.Open("")
	require.NoError(f, err)
	for _, s := range seeds {
		f.Add(s[0], s[1], s[2], s[3], s[4])
	}
	f.Fuzz(func(t *testing.T, service, method, path, target, body string) {
		if strings.HasPrefix(path, api.ControlPrefix) || !strings.HasPrefix(path, "/") {
			return
		}
		front, all := fuzzed(t, authority)
		answer := call(front, [5]string{service, method, path, target, body})
		if answer == nil {
			return // not a call
		}
		assert.NotEqual(t, http.StatusInternalServerError, answer.Code, answer.Body)
		for _, s := range all.list() {
			snapshot, err := s.Snapshot()
			require.NoError(t, err)
			require.NoError(t, s.Restore(snapshot))
		}
	})
}

// fuzzed is a server with a bucket and an object.
func fuzzed(t *testing.T, authority *ca.Authority) (*api.Front, *services) {
	t.Helper()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	environment := api.Environment{Now: func() time.Time { return now }, Delays: &api.Delays{}, Limits: &api.Limits{}}
	all := newServices(environment, authority, "")
	front, err := api.NewFront(api.FrontOptions{
		Services:    all.list(),
		Environment: environment,
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, call(front, [5]string{"s3", "PUT", "/images", "", ""}).Code)
	require.Equal(t, http.StatusOK, call(front, [5]string{"s3", "PUT", "/images/k", "", "an image"}).Code)
	return front, all
}

func TestTheSeedsOfFuzzingAreCallsThatAreUnderstood(t *testing.T) {
	t.Parallel()
	authority, err := ca.Open("")
	require.NoError(t, err)
	for _, s := range seeds {
		front, _ := fuzzed(t, authority)
		answer := call(front, s)
		assert.NotContains(t, answer.Body.String(), "Malformed", s)
		assert.NotContains(t, answer.Body.String(), "Serialization", s)
		assert.NotEqual(t, http.StatusNotImplemented, answer.Code, s)
	}
}
