package translate

// This file is the whole of what the stand-in knows about AWS. A resource or a data source is added with one line; the
// other columns are needed only where pulumi-aws gives a property another name or shape than Terraform does, or where
// Terraform takes time limits: the ones here are Terraform's own.

// resources are the resources that are served: pulumi-aws's token, Terraform's name.
var resources = []entity{
	{sdk: "aws:acm/certificate:Certificate", terraform: "aws_acm_certificate"},
	{sdk: "aws:acm/certificateValidation:CertificateValidation", terraform: "aws_acm_certificate_validation",
		timeouts: limits{"create": "75m"}, waitsOnly: true},
	{sdk: "aws:cloudfront/cachePolicy:CachePolicy", terraform: "aws_cloudfront_cache_policy"},
	{sdk: "aws:cloudfront/distribution:Distribution", terraform: "aws_cloudfront_distribution"},
	{sdk: "aws:cloudfront/function:Function", terraform: "aws_cloudfront_function"},
	{sdk: "aws:cloudfront/keyGroup:KeyGroup", terraform: "aws_cloudfront_key_group"},
	{sdk: "aws:cloudfront/monitoringSubscription:MonitoringSubscription", terraform: "aws_cloudfront_monitoring_subscription"},
	{sdk: "aws:cloudfront/originAccessControl:OriginAccessControl", terraform: "aws_cloudfront_origin_access_control"},
	{sdk: "aws:cloudfront/publicKey:PublicKey", terraform: "aws_cloudfront_public_key"},
	{sdk: "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", terraform: "aws_cloudfront_response_headers_policy"},
	{sdk: "aws:cloudwatch/dashboard:Dashboard", terraform: "aws_cloudwatch_dashboard"},
	{sdk: "aws:cloudwatch/logDelivery:LogDelivery", terraform: "aws_cloudwatch_log_delivery", ownID: true},
	{sdk: "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
		terraform: "aws_cloudwatch_log_delivery_destination", fields: logDeliveryDestination},
	{sdk: "aws:cloudwatch/logDeliverySource:LogDeliverySource", terraform: "aws_cloudwatch_log_delivery_source"},
	{sdk: "aws:cloudwatch/metricAlarm:MetricAlarm", terraform: "aws_cloudwatch_metric_alarm", fields: metricAlarm},
	{sdk: "aws:kms/key:Key", terraform: "aws_kms_key", timeouts: limits{"create": "2m"}},
	{sdk: "aws:route53/record:Record", terraform: "aws_route53_record", fields: record, timeouts: dnsLimits},
	{sdk: "aws:route53/zone:Zone", terraform: "aws_route53_zone", timeouts: dnsLimits},
	{sdk: "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		terraform: "aws_s3_bucket_lifecycle_configuration", fields: lifecycle, timeouts: limits{"create": "3m", "update": "3m"}, sparse: true, ownID: true},
	{sdk: "aws:s3/bucketObjectv2:BucketObjectv2", terraform: "aws_s3_object", fields: bucketObject},
	{sdk: "aws:s3/bucketOwnershipControls:BucketOwnershipControls", terraform: "aws_s3_bucket_ownership_controls"},
	{sdk: "aws:s3/bucketPolicy:BucketPolicy", terraform: "aws_s3_bucket_policy", fields: bucketPolicy},
	{sdk: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", terraform: "aws_s3_bucket_public_access_block"},
	{sdk: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		terraform: "aws_s3_bucket_server_side_encryption_configuration"},
	{sdk: "aws:s3/bucketV2:BucketV2", terraform: "aws_s3_bucket", fields: bucket,
		timeouts: limits{"create": "20m", "read": "20m", "update": "20m", "delete": "60m"}},
	{sdk: "aws:s3/bucketVersioningV2:BucketVersioningV2", terraform: "aws_s3_bucket_versioning"},
	{sdk: "aws:sns/topic:Topic", terraform: "aws_sns_topic"},
	{sdk: "aws:wafv2/webAcl:WebAcl", terraform: "aws_wafv2_web_acl", fields: webACL},
}

// dnsLimits are those of everything whose change has to reach all of Route 53's servers.
var dnsLimits = limits{"create": "30m", "update": "30m", "delete": "30m"}

// functions are the data sources that are served: pulumi-aws's token, Terraform's name.
var functions = []entity{
	{sdk: "aws:acm/getCertificate:getCertificate", terraform: "aws_acm_certificate"},
	{sdk: "aws:cloudfront/getCachePolicy:getCachePolicy", terraform: "aws_cloudfront_cache_policy"},
	{sdk: "aws:cloudfront/getDistribution:getDistribution", terraform: "aws_cloudfront_distribution"},
	{sdk: "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy", terraform: "aws_cloudfront_origin_request_policy"},
	{sdk: "aws:cloudfront/getResponseHeadersPolicy:getResponseHeadersPolicy", terraform: "aws_cloudfront_response_headers_policy"},
	{sdk: "aws:iam/getPolicyDocument:getPolicyDocument", terraform: "aws_iam_policy_document"},
	{sdk: "aws:index/getCallerIdentity:getCallerIdentity", terraform: "aws_caller_identity"},
	{sdk: "aws:index/getPartition:getPartition", terraform: "aws_partition"},
	{sdk: "aws:index/getRegion:getRegion", terraform: "aws_region"},
	{sdk: "aws:kms/getKey:getKey", terraform: "aws_kms_key"},
	{sdk: "aws:route53/getRecords:getRecords", terraform: "aws_route53_records"},
	{sdk: "aws:route53/getZone:getZone", terraform: "aws_route53_zone"},
	{sdk: "aws:route53/getZones:getZones", terraform: "aws_route53_zones"},
	{sdk: "aws:s3/getBucket:getBucket", terraform: "aws_s3_bucket"},
	{sdk: "aws:s3/getBucketPolicy:getBucketPolicy", terraform: "aws_s3_bucket_policy"},
	{sdk: "aws:wafv2/getWebAcl:getWebAcl", terraform: "aws_wafv2_web_acl"},
}

// configuration is the provider's own.
var configuration = Fields{
	{SDK: "assumeRole", Bridge: "assumeRoles", Shape: ListInBridge},
	{SDK: "assumeRoleWithWebIdentity", Bridge: "assumeRoleWithWebIdentities", Shape: ListInBridge},
	{SDK: "defaultTags", Shape: ListInBridge},
	{SDK: "ignoreTags", Shape: ListInBridge},
	{SDK: "skipMetadataApiCheck", Shape: BoolInSDK},
}

var (
	bucket = Fields{
		{SDK: "lifecycleRules", Fields: Fields{
			{SDK: "expirations", Bridge: "expiration", Shape: ListInSDK},
			{SDK: "noncurrentVersionExpirations", Bridge: "noncurrentVersionExpiration", Shape: ListInSDK},
		}},
		{SDK: "loggings", Bridge: "logging", Shape: ListInSDK},
		{SDK: "objectLockConfiguration", Fields: Fields{
			{SDK: "rules", Bridge: "rule", Shape: ListInSDK, Fields: Fields{
				{SDK: "defaultRetentions", Bridge: "defaultRetention", Shape: ListInSDK},
			}},
		}},
		{SDK: "replicationConfigurations", Bridge: "replicationConfiguration", Shape: ListInSDK, Fields: replication},
		{SDK: "serverSideEncryptionConfigurations", Bridge: "serverSideEncryptionConfiguration", Shape: ListInSDK, Fields: Fields{
			{SDK: "rules", Bridge: "rule", Shape: ListInSDK, Fields: Fields{
				{SDK: "applyServerSideEncryptionByDefaults", Bridge: "applyServerSideEncryptionByDefault", Shape: ListInSDK},
			}},
		}},
		{SDK: "versionings", Bridge: "versioning", Shape: ListInSDK},
		{SDK: "websites", Bridge: "website", Shape: ListInSDK},
	}

	replication = Fields{{SDK: "rules", Fields: Fields{
		{SDK: "destinations", Bridge: "destination", Shape: ListInSDK, Fields: Fields{
			{SDK: "accessControlTranslations", Bridge: "accessControlTranslation", Shape: ListInSDK},
			{SDK: "metrics", Shape: ListInSDK},
			{SDK: "replicationTimes", Bridge: "replicationTime", Shape: ListInSDK},
		}},
		{SDK: "filters", Bridge: "filter", Shape: ListInSDK},
		{SDK: "sourceSelectionCriterias", Bridge: "sourceSelectionCriteria", Shape: ListInSDK, Fields: Fields{
			{SDK: "sseKmsEncryptedObjects", Shape: ListInSDK},
		}},
	}}}

	bucketPolicy = Fields{{SDK: "policy", Shape: DocumentInSDK}}

	lifecycle = Fields{{SDK: "rules", Fields: Fields{
		{SDK: "abortIncompleteMultipartUpload", Bridge: "abortIncompleteMultipartUploads", Shape: ListInBridge},
		{SDK: "expiration", Bridge: "expirations", Shape: ListInBridge},
		{SDK: "filter", Bridge: "filters", Shape: ListInBridge, Fields: Fields{
			{SDK: "and", Bridge: "ands", Shape: ListInBridge},
			{SDK: "tag", Bridge: "tags", Shape: ListInBridge},
		}},
		{SDK: "noncurrentVersionExpiration", Bridge: "noncurrentVersionExpirations", Shape: ListInBridge},
	}}}

	logDeliveryDestination = Fields{
		{SDK: "deliveryDestinationConfiguration", Bridge: "deliveryDestinationConfigurations", Shape: ListInBridge},
	}

	metricAlarm = Fields{{SDK: "name", Bridge: "alarmName"}}

	bucketObject = Fields{{SDK: "source", Shape: Unsupported}}

	record = Fields{
		{SDK: "aliases", Bridge: "alias", Shape: ListInSDK},
		{SDK: "failoverRoutingPolicies", Bridge: "failoverRoutingPolicy", Shape: ListInSDK},
		{SDK: "geolocationRoutingPolicies", Bridge: "geolocationRoutingPolicy", Shape: ListInSDK},
		{SDK: "latencyRoutingPolicies", Bridge: "latencyRoutingPolicy", Shape: ListInSDK},
		{SDK: "weightedRoutingPolicies", Bridge: "weightedRoutingPolicy", Shape: ListInSDK},
	}

	webACL = Fields{{SDK: "associationConfig", Fields: Fields{{SDK: "requestBodies", Fields: Fields{
		{SDK: "apiGateways", Bridge: "apiGateway", Shape: ListInSDK},
		{SDK: "appRunnerServices", Bridge: "appRunnerService", Shape: ListInSDK},
		{SDK: "cloudfronts", Bridge: "cloudfront", Shape: ListInSDK},
		{SDK: "cognitoUserPools", Bridge: "cognitoUserPool", Shape: ListInSDK},
		{SDK: "verifiedAccessInstances", Bridge: "verifiedAccessInstance", Shape: ListInSDK},
	}}}}}
)
