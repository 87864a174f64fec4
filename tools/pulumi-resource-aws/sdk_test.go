package main

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
)

// sdkConfiguration is the provider's configuration in Go.
var sdkConfiguration = plain(aws.ProviderArgs{})

// sdkResources are the arguments and the state of each resource in Go.
var sdkResources = map[string][2]reflect.Type{
	"aws:acm/certificate:Certificate":                              plains(acm.CertificateArgs{}, acm.CertificateState{}),
	"aws:acm/certificateValidation:CertificateValidation":          plains(acm.CertificateValidationArgs{}, acm.CertificateValidationState{}),
	"aws:cloudfront/cachePolicy:CachePolicy":                       plains(cloudfront.CachePolicyArgs{}, cloudfront.CachePolicyState{}),
	"aws:cloudfront/distribution:Distribution":                     plains(cloudfront.DistributionArgs{}, cloudfront.DistributionState{}),
	"aws:cloudfront/function:Function":                             plains(cloudfront.FunctionArgs{}, cloudfront.FunctionState{}),
	"aws:cloudfront/monitoringSubscription:MonitoringSubscription": plains(cloudfront.MonitoringSubscriptionArgs{}, cloudfront.MonitoringSubscriptionState{}),
	"aws:cloudfront/originAccessControl:OriginAccessControl":       plains(cloudfront.OriginAccessControlArgs{}, cloudfront.OriginAccessControlState{}),
	"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy":   plains(cloudfront.ResponseHeadersPolicyArgs{}, cloudfront.ResponseHeadersPolicyState{}),
	"aws:cloudfront/keyGroup:KeyGroup":                             plains(cloudfront.KeyGroupArgs{}, cloudfront.KeyGroupState{}),
	"aws:cloudfront/publicKey:PublicKey":                           plains(cloudfront.PublicKeyArgs{}, cloudfront.PublicKeyState{}),
	"aws:cloudwatch/dashboard:Dashboard":                           plains(cloudwatch.DashboardArgs{}, cloudwatch.DashboardState{}),
	"aws:cloudwatch/logDelivery:LogDelivery":                       plains(cloudwatch.LogDeliveryArgs{}, cloudwatch.LogDeliveryState{}),
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": plains(cloudwatch.LogDeliveryDestinationArgs{}, cloudwatch.LogDeliveryDestinationState{}),
	"aws:cloudwatch/logDeliverySource:LogDeliverySource":           plains(cloudwatch.LogDeliverySourceArgs{}, cloudwatch.LogDeliverySourceState{}),
	"aws:cloudwatch/metricAlarm:MetricAlarm":                       plains(cloudwatch.MetricAlarmArgs{}, cloudwatch.MetricAlarmState{}),
	"aws:kms/key:Key":                                              plains(kms.KeyArgs{}, kms.KeyState{}),
	"aws:route53/record:Record":                                    plains(route53.RecordArgs{}, route53.RecordState{}),
	"aws:route53/zone:Zone":                                        plains(route53.ZoneArgs{}, route53.ZoneState{}),
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": plains(
		s3.BucketLifecycleConfigurationV2Args{}, s3.BucketLifecycleConfigurationV2State{}),
	"aws:s3/bucketObjectv2:BucketObjectv2":                   plains(s3.BucketObjectv2Args{}, s3.BucketObjectv2State{}),
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": plains(s3.BucketOwnershipControlsArgs{}, s3.BucketOwnershipControlsState{}),
	"aws:s3/bucketPolicy:BucketPolicy":                       plains(s3.BucketPolicyArgs{}, s3.BucketPolicyState{}),
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": plains(s3.BucketPublicAccessBlockArgs{}, s3.BucketPublicAccessBlockState{}),
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": plains(
		s3.BucketServerSideEncryptionConfigurationV2Args{}, s3.BucketServerSideEncryptionConfigurationV2State{}),
	"aws:s3/bucketV2:BucketV2":                     plains(s3.BucketV2Args{}, s3.BucketV2State{}),
	"aws:s3/bucketVersioningV2:BucketVersioningV2": plains(s3.BucketVersioningV2Args{}, s3.BucketVersioningV2State{}),
	"aws:sns/topic:Topic":                          plains(sns.TopicArgs{}, sns.TopicState{}),
	"aws:wafv2/webAcl:WebAcl":                      plains(wafv2.WebAclArgs{}, wafv2.WebAclState{}),
}

// sdkFunctions are the arguments, if it has any, and the result of each function in Go.
var sdkFunctions = map[string][2]reflect.Type{
	"aws:acm/getCertificate:getCertificate":                            types(acm.LookupCertificateArgs{}, acm.LookupCertificateResult{}),
	"aws:cloudfront/getCachePolicy:getCachePolicy":                     types(cloudfront.LookupCachePolicyArgs{}, cloudfront.LookupCachePolicyResult{}),
	"aws:cloudfront/getDistribution:getDistribution":                   types(cloudfront.LookupDistributionArgs{}, cloudfront.LookupDistributionResult{}),
	"aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy":     types(cloudfront.LookupOriginRequestPolicyArgs{}, cloudfront.LookupOriginRequestPolicyResult{}),
	"aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy": types(cloudfront.LookupResponseHeadersPolicyArgs{}, cloudfront.LookupResponseHeadersPolicyResult{}),
	"aws:kms/getKey:getKey":                                            types(kms.LookupKeyArgs{}, kms.LookupKeyResult{}),
	"aws:s3/getBucketPolicy:getBucketPolicy":                           types(s3.LookupBucketPolicyArgs{}, s3.LookupBucketPolicyResult{}),
	"aws:iam/getPolicyDocument:getPolicyDocument":                      types(iam.GetPolicyDocumentArgs{}, iam.GetPolicyDocumentResult{}),
	"aws:index/getCallerIdentity:getCallerIdentity":                    types(aws.GetCallerIdentityArgs{}, aws.GetCallerIdentityResult{}),
	"aws:index/getPartition:getPartition":                              types(aws.GetPartitionArgs{}, aws.GetPartitionResult{}),
	"aws:index/getRegion:getRegion":                                    types(aws.GetRegionArgs{}, aws.GetRegionResult{}),
	"aws:route53/getRecords:getRecords":                                types(route53.GetRecordsArgs{}, route53.GetRecordsResult{}),
	"aws:route53/getZone:getZone":                                      types(route53.LookupZoneArgs{}, route53.LookupZoneResult{}),
	"aws:route53/getZones:getZones":                                    {nil, reflect.TypeFor[route53.GetZonesResult]()},
	"aws:s3/getBucket:getBucket":                                       types(s3.LookupBucketArgs{}, s3.LookupBucketResult{}),
	"aws:wafv2/getWebAcl:getWebAcl":                                    types(wafv2.LookupWebAclArgs{}, wafv2.LookupWebAclResult{}),
}

// input is what the SDK's exported arguments and states have: the way to the plain type behind.
type input interface{ ElementType() reflect.Type }

func plain(i input) reflect.Type { return i.ElementType() }

func plains(args, state input) [2]reflect.Type { return [2]reflect.Type{plain(args), plain(state)} }

func types(args, result any) [2]reflect.Type {
	return [2]reflect.Type{reflect.TypeOf(args), reflect.TypeOf(result)}
}
