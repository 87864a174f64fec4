package localaws_test

// rules is how AWS behaves, as far as the stack depends on it.
var rules = []section{
	{title: "Certificates", rules: []rule{
		{
			says:   "A certificate is pending until its names are validated, then issued; it fails, times out or expires with the status and reason that the API names",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html",
			shown:  []string{"acm.TestCertificateIsIssuedOnceEveryRecordResolves", "acm.TestValidationTimesOutAfterThreeDays", "acm.TestCAARecordsThatLeaveAmazonOutFailTheCertificate", "acm.TestNamesOfAmazonAreNotIssued"},
		},
		{
			says:   "Each name has a status of its own",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_DomainValidation.html",
			shown:  []string{"acm.TestARecordOfAnEarlierCertificateValidatesNothingBeforeTheRecordsAreNamed"},
		},
		{
			says:   "For a moment a new certificate does not say its validation records",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html",
			shown:  []string{"acm.TestValidationRecordsAppearAfterAWhile"},
		},
		{
			says:   "Validation is tried for 72 hours",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
			shown:  []string{"acm.TestValidationTimesOutAfterThreeDays"},
		},
		{
			says:   "A certificate is issued a while after its CNAME resolves in public DNS",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
			shown:  []string{"acm.TestIssuingTakesItsTimeFromTheMomentTheRecordsResolve", "route53.TestValidationRecordsInAnUndelegatedZoneAreNotSeen"},
		},
		{
			says:   "The validation record depends on name and account alone: it is the same in every region and for every certificate",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
			shown:  []string{"acm.TestNewCertificateWaitsForItsValidationRecords", "localaws.TestEachAccountHasWhatItMadeAndNoMore"},
		},
		{
			says:   "A name and the wildcard below it share one record",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
			shown:  []string{"acm.TestNewCertificateWaitsForItsValidationRecords"},
		},
		{
			says:   "A certificate in use is renewed by itself for as long as its record stays",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
			shown:  []string{"acm.TestCertificateInUseIsRenewedWhileItsRecordStays"},
		},
		{
			says:   "An idempotency token is good for an hour",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html",
			shown:  []string{"acm.TestIdempotencyTokenReturnsTheSameCertificateForAnHour"},
		},
		{
			says:   "The first name has at most 64 characters, any other 253; a certificate has 10 names and an account 2,500 certificates in a region unless more are granted, or LimitExceededException",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html",
			shown:  []string{"acm.TestRequestsThatAWSRefusesAreRefused", "acm.TestQuotasOfCertificatesCanBeOthers"},
		},
		{
			says:   "ACM issues for keys of RSA 2048, P-256 and P-384, and for no others",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html",
			shown:  []string{"acm.TestRequestsThatAWSRefusesAreRefused", "ca.TestIssuedCertificatesAreTrustedThroughTheRoot"},
		},
		{
			says:   "CloudFront serves with RSA up to 4096 bits and P-256, not with P-384",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "A certificate in use cannot be deleted",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html",
			shown:  []string{"acm.TestCertificateInUseCannotBeDeleted", "localaws.TestACertificateInUseCannotBeDeleted"},
		},
		{
			says:   "It stays in use for minutes after a distribution has let go of it",
			source: "https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html",
			shown:  []string{"cloudfront.TestWhatADeletedDistributionUsedIsReleasedLater", "cloudfront.TestWhatAnUpdateTakesOutIsReleasedLater"},
		},
		{
			says:   "CAA records must let Amazon issue; issuewild counts for wildcards",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html",
			shown:  []string{"acm.TestCAARecordsThatLeaveAmazonOutFailTheCertificate", "route53.TestCAARecordsAreFoundOnTheWayUp"},
		},
		{
			says:   "Nobody can opt out of certificate transparency logging any more",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-bestpractices.html",
			shown:  []string{"acm.TestRequestsThatAWSRefusesAreRefused", "acm.TestOptionsCanBeChangedOnceIssued"},
		},
		{
			says:   "A certificate lasts 198 days",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html",
			shown:  []string{"acm.TestCertificateIsIssuedOnceEveryRecordResolves"},
		},
		{
			says:   "A certificate is of its region",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html",
			shown:  []string{"acm.TestCertificateIsOfOneRegion", "localaws.TestACertificateOfAnotherRegionIsInvisibleToCloudFront"},
		},
	}},
	{title: "Distributions", rules: []rule{
		{
			says:   "A viewer certificate is issued, in us-east-1, and covers every alias, a wildcard exactly one label; otherwise InvalidViewerCertificate in AWS's words",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "localaws.TestACertificateOfAnotherRegionIsInvisibleToCloudFront"},
		},
		{
			says:   "With a certificate of one's own a support method is required; the minimum protocol may be left out",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "cloudfront.TestReportedConfigurationsAreTakenOrRefusedAsOnAWS"},
		},
		{
			says:   "With CloudFront's certificate the minimum protocol is TLSv1",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ViewerCertificate.html",
			shown:  []string{"cloudfront.TestAWSFillsInDefaults"},
		},
		{
			says:   "The security policy decides on TLS versions and ciphers, up to TLSv1.3_2025",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html",
			shown:  []string{"edge.TestTheSecurityPolicyChoosesTheCiphers", "edge.TestTheCertificateIsTheDistributions"},
		},
		{
			says:   "An alias is on one distribution of all accounts, disabled ones included (CNAMEAlreadyExists)",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
			shown:  []string{"cloudfront.TestAnAliasBelongsToOneDistribution", "localaws.TestAnAliasOfAnotherAccountIsTakenAndShownMasked"},
		},
		{
			says:   "A wildcard alias may overlap an exact one, which wins",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
			shown:  []string{"cloudfront.TestTheEdgeServesWhatIsDeployed"},
		},
		{
			says:   "ListConflictingAliases shows, masked, who has a name; ListDomainConflicts is not served",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListConflictingAliases.html",
			shown:  []string{"cloudfront.TestConflictingAliasesAreListedInPagesToWhomTheNameMayBelong", "cloudfront.TestWhatIsNotServedIsRefusedByItsName"},
		},
		{
			says:   "An alias is moved by AssociateAlias where a TXT record names the target",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html",
			shown:  []string{"cloudfront.TestAnAliasIsMovedToTheDistributionThatDNSNames"},
		},
		{
			says:   "An alias whose DNS record leads to another distribution is refused",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html",
			shown:  []string{"cloudfront.TestAnAliasWhoseRecordLeadsToAnotherDistributionIsRefused"},
		},
		{
			says:   "An update replaces the whole configuration, and must say what it would reset",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html",
			shown:  []string{"cloudfront.TestAnUpdateMustSayWhatItWouldReset", "cloudfront.TestEveryMemberOfAConfigurationIsKept"},
		},
		{
			says:   "The caller reference stays, and is good once whatever comes with it (DistributionAlreadyExists)",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html",
			shown:  []string{"cloudfront.TestACallerReferenceIsGoodOnce", "cloudfront.TestOnlyTheCurrentVersionIsChanged"},
		},
		{
			says:   "A web ACL must be of scope CLOUDFRONT (InvalidWebACLId)",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html",
			shown:  []string{"localaws.TestADistributionTakesAWebACLOfScopeCloudFrontOnly"},
		},
		{
			says:   "If-Match is required (InvalidIfMatchVersion) and must be current (PreconditionFailed)",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html",
			shown:  []string{"cloudfront.TestOnlyTheCurrentVersionIsChanged", "cloudfront.TestAnOriginAccessControlLives"},
		},
		{
			says:   "Only a distribution that is disabled everywhere can be deleted",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToDeleteDistribution.html",
			shown:  []string{"cloudfront.TestAnEnabledDistributionCannotBeDeleted", "cloudfront.TestADistributionIsCreatedReadUpdatedAndDeleted"},
		},
		{
			says:   "Origin access controls, cache policies and response headers policies in use cannot be deleted",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html",
			shown:  []string{"cloudfront.TestAnOriginAccessControlLives", "cloudfront.TestACachePolicyLives", "cloudfront.TestAResponseHeadersPolicyLives"},
		},
		{
			says:   "Their names are unique in an account",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html",
			shown:  []string{"cloudfront.TestAnOriginAccessControlLives", "cloudfront.TestACachePolicyLives", "cloudfront.TestAResponseHeadersPolicyLives"},
		},
		{
			says:   "An origin access control is released some time after its distribution is gone",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html",
			shown:  []string{"cloudfront.TestWhatADeletedDistributionUsedIsReleasedLater"},
		},
		{
			says:   "TTLs are in order (InvalidTTLOrder)",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html",
			shown:  []string{"cloudfront.TestImpossibleCachePoliciesAreRefused", "cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "A change is InProgress for minutes, and the edge serves the old configuration until it is Deployed",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToUpdateDistribution.html",
			shown:  []string{"cloudfront.TestADistributionIsCreatedReadUpdatedAndDeleted", "cloudfront.TestTheEdgeServesWhatIsDeployed"},
		},
		{
			says:   "The status may be read late",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToUpdateDistribution.html",
			shown:  []string{"cloudfront.TestTheStatusOfAChangedDistributionIsReadLate"},
		},
		{
			says:   "A distribution has at most 100 aliases and 75 behaviours; an account 500 distributions, 20 cache policies, 20 response headers policies and 100 origin access controls",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "cloudfront.TestAnAccountHasAsManyDistributionsAsItsQuota", "cloudfront.TestAnAccountHasTwentyPoliciesOfAKind", "cloudfront.TestAnAccountHasAHundredOriginAccessControls"},
		},
		{
			says:   "AWS's managed policies are there under their ids, and cannot be changed",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html",
			shown:  []string{"cloudfront.TestManagedPoliciesAreThereAndStay"},
		},
		{
			says:   "An origin access identity must exist to be referred to, and cannot be deleted in use",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"cloudfront.TestADistributionNeedsAnOriginAccessIdentityThatExists", "cloudfront.TestAnOriginAccessIdentityIsMadeChangedAndDeleted"},
		},
		{
			says:   "Origin headers that CloudFront sets, or reserves, are refused",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "A path pattern has at most 255 of AWS's characters, a comment 128 characters of any script",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "cloudfront.TestReportedConfigurationsAreTakenOrRefusedAsOnAWS"},
		},
		{
			says:   "A response headers policy cannot remove the headers that CloudFront needs",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyRemoveHeadersConfig.html",
			shown:  []string{"cloudfront.TestImpossibleResponseHeadersPoliciesAreRefused"},
		},
		{
			says:   "Legacy logs need a bucket that exists and takes ACLs",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "Origin Shield is in some regions only",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "An origin group has two origins of the distribution and statuses of AWS's list, and serves no behaviour that lets POST, PUT, PATCH and DELETE through",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "cloudfront.TestAnOriginGroupIsTaken"},
		},
		{
			says:   "Restrictions name countries that exist",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "An origin is waited for as long as its response timeout says, 1 to 120 seconds, and asked up to three times",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_S3OriginConfig.html",
			shown:  []string{"cloudfront.TestWhatAWSRefusesIsRefused", "edge.TestAnOriginThatDoesNotAnswerIsAskedAgain", "edge.TestAnOriginThatDoesNotAnswerIsGivenUp"},
		},
		{
			says:   "More calls than an account may make are throttled",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/CommonErrors.html",
			shown:  []string{"cloudfront.TestCloudFrontAnswersTenCallsASecondIfRatesAreOn"},
		},
		{
			says:   "Extended metrics of a distribution need its monitoring subscription; metrics themselves are not served",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/viewing-cloudfront-metrics.html",
			shown:  []string{"cloudfront.TestAMonitoringSubscriptionLives", "api.TestWhatIsNotServedIsA501ThatNamesServiceAndOperation"},
		},
		{
			says:   "A distribution is restricted to countries, or from them",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html",
			shown:  []string{"edge.TestViewersAreRefusedByTheirCountry", "cloudfront.TestWhatAWSRefusesIsRefused"},
		},
		{
			says:   "Lambda functions and key value stores are not served: a viewer gets 503 where such a function would run",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions.html",
			shown:  []string{"cloudfront.TestWhatIsNotServedIsRefusedByItsName", "edge.TestWhatIsNotAllowedIsForbidden"},
		},
		{
			says:   "A published function runs when a viewer asks, and before he is answered unless the status is an error; one that fails, or takes too long, is a 503",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html",
			shown: []string{
				"edge.TestAFunctionChangesTheRequest", "edge.TestAFunctionAnswersByItself", "edge.TestAFunctionChangesTheAnswer", "edge.TestAFunctionThatCannotRunIsSaid",
			},
		},
		{
			says:   "A distribution runs functions of its account that are published, one at an event; one that is in use is not deleted",
			source: "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_FunctionAssociation.html",
			shown:  []string{"cloudfront.TestADistributionRunsWhatIsPublished"},
		},
		{
			says:   "A function has a name, at most 10 KB of code and one of two runtimes",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions.html",
			shown:  []string{"cloudfront.TestAFunctionThatCannotBeIsRefused"},
		},
		{
			says:   "A behaviour with key groups answers signed URLs and cookies only, by RSA or ECDSA keys of the group, for as long and as far as their policy says",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html",
			shown: []string{
				"edge.TestARestrictedImageIsForWhoHasASignedURL", "edge.TestAPolicyOfASignedURLHoldsForWhatItCovers",
				"edge.TestSignedCookiesOpenWhatTheirPolicyCovers", "edge.TestASignatureMayBeOfSHA256",
			},
		},
		{
			says:   "A key group has one to five public keys of the account; what is in use is not deleted",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html",
			shown:  []string{"cloudfront.TestAKeyGroupThatCannotBeIsRefused", "cloudfront.TestAKeyGroupHoldsItsKeysAndADistributionItsGroups"},
		},
		{
			says:   "Logging through CloudWatch log delivery is not served, and says so",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
			shown:  []string{"api.TestWhatIsNotServedIsA501ThatNamesServiceAndOperation"},
		},
	}},
	{title: "The bucket as an origin", rules: []rule{
		{
			says:   "The global name of a new bucket outside us-east-1 redirects (307) at first; another region's name always (301)",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html",
			shown:  []string{"s3.TestTheGlobalNameOfANewBucketRedirectsForAWhile", "s3.TestACallForTheWrongRegionLearnsTheRightOne"},
		},
		{
			says:   "An origin access control needs a bucket whose owner owns the objects",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"s3.TestOriginAccessControlNeedsAnOwnerOfAllObjects"},
		},
		{
			says:   "A website endpoint takes none",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"cloudfront.TestAWebsiteEndpointTakesNoOriginAccessControl"},
		},
		{
			says:   "CloudFront reads what the bucket policy grants its service for the distribution's ARN",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"s3.TestCloudFrontReadsWhatThePolicyLetsItRead"},
		},
		{
			says:   "Without that condition any distribution of anybody reads it",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"s3.TestAGrantWithoutAConditionLetsAnyDistributionIn", "localaws.TestADistributionOfAnotherAccountReadsTheBucketThatLetsIt"},
		},
		{
			says:   "Objects under a KMS key are served once the key's policy lets the distribution decrypt",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"s3.TestObjectsUnderAKeyAreServedOnceItsPolicyLetsTheDistributionDecrypt"},
		},
		{
			says:   "The policy of the key that AWS manages for S3 cannot be changed, and lets no distribution decrypt",
			source: "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html",
			shown:  []string{"s3.TestObjectsUnderTheKeyOfAWSCannotBeServed", "kms.TestThePolicyOfAKeyOfAWSCannotBeChanged", "kms.TestAKeyOfAWSIsUsedByTheAccountAndByNoDistribution"},
		},
		{
			says:   "A key that is disabled or waits for its deletion decrypts nothing",
			source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
			shown:  []string{"s3.TestTheStateOfAKeyIsThatOfItsObjects", "kms.TestAKeyIsDisabledEnabledAndDeletedAfterAWait"},
		},
		{
			says:   "A key's policy decides who may use it: the caller's own policies alone are not enough",
			source: "https://docs.aws.amazon.com/kms/latest/developerguide/determining-access.html",
			shown:  []string{"kms.TestThePolicyOfAKeyDecidesAndNotTheCallersOwnAlone"},
		},
		{
			says:   "A key's policy has at most 32 KB, names somebody in each statement, and does not lock out who puts it",
			source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
			shown:  []string{"kms.TestAPolicyThatKMSDoesNotTakeIsRefused"},
		},
		{
			says:   "A key's policy cannot be read from another account",
			source: "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html",
			shown:  []string{"kms.TestAKeyOfAnotherAccountShowsNobodyItsPolicy"},
		},
		{
			says:   "A missing object is 403, and 404 only for who may list the bucket",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
			shown:  []string{"s3.TestAMissingKeyIsOnlyNotFoundForWhoMayList", "localaws.TestAnImageOfAListableBucketIsServedOnceTheCachedErrorIsOver"},
		},
		{
			says:   "Who may list lets everybody list through CloudFront, unless there is a default root object",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html",
			shown:  []string{"s3.TestAMissingKeyIsOnlyNotFoundForWhoMayList", "edge.TestTheFirstMatchingBehaviorAnswers"},
		},
		{
			says:   "PutBucketPolicy replaces the whole policy",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html",
			shown:  []string{"s3.TestAPolicyIsReplacedAsAWhole"},
		},
		{
			says:   "Block Public Access refuses public policies; one bound to a distribution is none",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
			shown:  []string{"policy.TestOnlyWhatEveryoneGetsIsPublic", "s3.TestAPublicPolicyIsRefusedWherePublicPoliciesAreBlocked", "s3.TestCloudFrontReadsWhatThePolicyLetsItRead"},
		},
		{
			says:   "20 KB of a policy are counted without white space, and it may come back longer",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html",
			shown:  []string{"policy.TestWhiteSpaceDoesNotCountForTheSize", "policy.TestTheReportedPolicyGrowsWhenItIsGivenBack"},
		},
		{
			says:   "A policy comes back in S3's own form: root ARNs for accounts, values for lists of one, unique ids for principals that are gone",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html",
			shown:  []string{"s3.TestThePolicyComesBackAsS3WritesIt", "policy.TestAPolicyIsGivenBackAsS3WritesIt", "s3.TestAnIdentityIsNamedByItsARNAndOnceDeletedByAUniqueID", "localaws.TestAUserWhoIsGoneIsAUniqueIDInABucketsPolicy"},
		},
		{
			says:   "A plus in a path is a space to S3",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
			shown:  []string{"s3.TestAPlusInAPathIsASpace", "edge.TestAPlusInAPathIsASpaceToTheOrigin", "s3.TestAPlusInACopySourceIsASpace"},
		},
		{
			says:   "CloudFront passes a path on as the viewer wrote it",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html",
			shown:  []string{"edge.TestTheOriginGetsThePathAsTheViewerSentIt"},
		},
		{
			says:   "An explicit Deny wins, over CloudFront too",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
			shown:  []string{"s3.TestAnExplicitDenyStopsCloudFront", "policy.TestAnExplicitDenyWinsOverAnAllow", "s3.TestTheReportedPoliciesAreJudgedAsOnAWS"},
		},
		{
			says:   "A Deny that exempts a key's value sees the account, signature, region and service of CloudFront's request",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html",
			shown:  []string{"s3.TestADenyUnlessIsMetByWhatCloudFrontsRequestCarries"},
		},
		{
			says:   "A condition on an object's tag sees the tag as it is now",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html",
			shown:  []string{"s3.TestATagOfTheObjectIsJudgedAsItIsNow", "s3.TestTagsOfARequestAreJudged"},
		},
		{
			says:   "Condition keys that AWS documents for S3 are known; one that is not judged lets nobody in and is named",
			source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
			shown:  []string{"policy.TestConditionKeysOfTheDocumentationAreKnown", "policy.TestAKeyThatIsNotJudgedLetsNobodyInAndIsNamed", "s3.TestWhatCannotBeJudgedIsRefusedAndSaid"},
		},
		{
			says:   "An origin access identity reads what the policy gives it",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
			shown:  []string{"s3.TestAnOriginAccessIdentityReadsWhatThePolicyGivesIt", "localaws.TestADistributionIsServedThroughAnOriginAccessIdentity"},
		},
		{
			says:   "ACLs count only where ownership lets them",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
			shown:  []string{"s3.TestACLsAreRefusedUnlessOwnershipAllowsThem", "s3.TestAnACLLetsInWhomItNames", "s3.TestOwnershipCannotBeEnforcedOverGrantsToOthers"},
		},
		{
			says:   "A bucket's existence and its policy may be read late",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html",
			shown:  []string{"s3.TestANewBucketIsSeenOnlyAfterTheLag", "s3.TestADeletedBucketIsSeenUntilTheLagIsOver", "s3.TestAPolicyIsReadAndAppliedOnlyAfterTheLag"},
		},
		{
			says:   "A large object comes in parts, and can be read part by part",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html",
			shown:  []string{"s3.TestPartsBecomeOneObject", "s3.TestAPartOfAnObjectIsReadByItsNumber", "s3.TestAPartThatIsNotThereIsRefused"},
		},
		{
			says:   "MFA delete is read back once it was configured",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html",
			shown:  []string{"s3.TestMFADeleteIsReadBackOnceItWasConfigured"},
		},
	}},
	{title: "DNS", rules: []rule{
		{
			says:   "An alias to a distribution has CloudFront's zone id, no TTL and no health check, and is A, AAAA or HTTPS",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias.html",
			shown:  []string{"route53.TestAliasesAreKeptAsAWSWritesThem", "route53.TestRefusedChangesSayWhyAndChangeNothing"},
		},
		{
			says:   "An HTTPS alias offers the versions of HTTP that the distribution has",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-cloudfront-distribution.html",
			shown:  []string{"dnsserver.TestRepliesAreTheSameOverUDPAndTCP"},
		},
		{
			says:   "A distribution without IPv6 has no AAAA, a disabled one no address",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-enable-ipv6.html",
			shown:  []string{"dnsserver.TestRepliesAreTheSameOverUDPAndTCP", "localaws.TestDNSGivesAnAddressOfIPv6OnlyWhereSomethingListens"},
		},
		{
			says:   "A change is PENDING, then INSYNC, and DNS answers as before until then",
			source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html",
			shown:  []string{"route53.TestChangeIsPendingUntilTheDelayHasPassed"},
		},
		{
			says:   "A batch is done as a whole or not at all",
			source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
			shown:  []string{"route53.TestRefusedChangesSayWhyAndChangeNothing", "route53.TestBatchCanReplaceARecordByACNAME"},
		},
		{
			says:   "DELETE must match what is there; a CNAME excludes every other record of its name",
			source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
			shown:  []string{"route53.TestRefusedChangesSayWhyAndChangeNothing"},
		},
		{
			says:   "One region, place or failover role is for one record set of a name",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html",
			shown:  []string{"route53.TestOneRegionPlaceOrFailoverRoleIsForOneRecordSet"},
		},
		{
			says:   "An escaped backslash in a value is kept",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html",
			shown:  []string{"route53.TestAnEscapedBackslashInAValueIsKept"},
		},
		{
			says:   "An account makes five calls a second, and a zone takes one change at a time",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html",
			shown:  []string{"route53.TestRoute53AnswersFiveCallsASecondIfRatesAreOn", "route53.TestAZoneTakesOneChangeAtATimeIfRatesAreOn"},
		},
		{
			says:   "Lists of zones and record sets may be read late",
			source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html",
			shown:  []string{"route53.TestRecordSetsAreListedLate", "route53.TestZonesAreListedLate"},
		},
		{
			says:   "A private zone answers nothing to the public",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html",
			shown:  []string{"route53.TestPrivateZoneAnswersNothingToThePublic"},
		},
		{
			says:   "The zone of the longest matching name answers, at a label boundary",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-working-with.html",
			shown:  []string{"route53.TestAZoneAnswersForNamesAtALabelBoundary"},
		},
		{
			says:   "A zone answers to the world only where its parent delegates to its own name servers, though anybody can make a zone of any name",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-routing-traffic-for-subdomains.html",
			shown:  []string{"route53.TestAChildZoneAnswersOnlyWhereItsParentDelegatesToIt", "route53.TestADelegationIsRemovedWithItsRecord", "localaws.TestAZoneOfAnotherAccountIsDelegatedByItsParent"},
		},
		{
			says:   "A certificate hangs where its zone is not the one that is delegated to",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-DNS-validation.html",
			shown:  []string{"localaws.TestAZoneThatNobodyDelegatesToServesNeitherViewersNorCertificates", "route53.TestValidationRecordsInAnUndelegatedZoneAreNotSeen"},
		},
		{
			says:   "A referral carries the addresses that it has, and EDNS of another version is refused",
			source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-name-format.html",
			shown:  []string{"dnsserver.TestAReferralCarriesTheAddressesItHas", "dnsserver.TestAnotherVersionOfEDNSIsRefused"},
		},
	}},
	{title: "Web ACLs", rules: []rule{
		{
			says:   "What is of scope CLOUDFRONT is in us-east-1",
			source: "https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html",
			shown:  []string{"wafv2.TestWebACLsThatAWSRefusesAreRefused", "wafv2.TestRegionalWebACLIsOfItsRegion"},
		},
		{
			says:   "What was just made may not be known everywhere yet (WAFUnavailableEntityException)",
			source: "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html",
			shown:  []string{"wafv2.TestANewIPSetCannotBeReferredToBeforeItIsKnownEverywhere"},
		},
		{
			says:   "A web ACL in use cannot be deleted (WAFAssociatedItemException), nor for a while after",
			source: "https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html",
			shown:  []string{"wafv2.TestWebACLInUseCannotBeDeleted", "cloudfront.TestWhatADeletedDistributionUsedIsReleasedLater"},
		},
		{
			says:   "AWS's managed rule groups are known with their capacities",
			source: "https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html",
			shown:  []string{"wafv2.TestCapacityOfRulesCanBeAsked"},
		},
		{
			says:   "A change needs the current lock token",
			source: "https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html",
			shown:  []string{"wafv2.TestUpdateNeedsTheLatestLockTokenAndReplacesEverything"},
		},
	}},
	{title: "Caching at the edge", rules: []rule{
		{
			says:   "An answer is fresh as long as the origin says, between minimum and maximum TTL; where it says nothing, for the default TTL; no-store and private count only with a minimum of 0",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html",
			shown:  []string{"edge.TestTheLifetimeIsTheOriginsWithinTheBehaviorsBounds", "edge.TestExpiresIsHeededWhereThereIsNoMaxAge"},
		},
		{
			says:   "A viewer's Cache-Control is ignored",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html",
			shown:  []string{"edge.TestWhatIsNotInTheKeyDoesNotSplitTheCache"},
		},
		{
			says:   "A response headers policy changes the viewer's answer, not how long the edge keeps it",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html",
			shown:  []string{"edge.TestAPolicyChangesTheHeadersOfTheAnswer"},
		},
		{
			says:   "An image that is overwritten stays stale until its TTL is over or it is invalidated",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html",
			shown:  []string{"edge.TestAMissThenAHitWithItsAge", "edge.TestInvalidationsRemoveWhatTheyMatch"},
		},
		{
			says:   "An invalidation counts case, has a wildcard only at its end, includes a query that is in the key, and names paths as CloudFront does",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html",
			shown:  []string{"edge.TestInvalidationsRemoveWhatTheyMatch", "edge.TestAnInvalidationNamesAPathAsCloudFrontDoes", "edge.TestAnInvalidationIncludesTheQueryThatIsInTheKey", "cloudfront.TestInvalidationsHaveRules"},
		},
		{
			says:   "3,000 paths and 15 wildcards are under way at once",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
			shown:  []string{"cloudfront.TestInvalidationsHaveRules"},
		},
		{
			says:   "An invalidation takes its time",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html",
			shown:  []string{"cloudfront.TestAnInvalidationTakesEffectWhenItIsCompleted"},
		},
		{
			says:   "An error is kept for the error TTL, 10 seconds unless it is set, or for the origin's max-age, whichever is longer; 404 always, 403 only where the origin says so",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html",
			shown:  []string{"edge.TestErrorsAreCachedForAWhile", "edge.TestWhatAnErrorSaysOfItsCaching", "localaws.TestAnImageOfAListableBucketIsServedOnceTheCachedErrorIsOver"},
		},
		{
			says:   "What is not in the cache key does not split the cache; what is in it, does and reaches the origin",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html",
			shown:  []string{"edge.TestWhatIsNotInTheKeyDoesNotSplitTheCache", "edge.TestWhatIsInTheKeySplitsTheCacheAndReachesTheOrigin", "edge.TestOnlyGzipAndBrotliOfAcceptEncodingAreInTheKey"},
		},
		{
			says:   "Identical misses at the same time are one request to the origin",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html",
			shown:  []string{"edge.TestIdenticalConcurrentMissesAreOneRequest"},
		},
		{
			says:   "The edge compresses some types of 1,000 bytes to 10 MB, with gzip or Brotli as the policy lets it, and no images but SVG",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html",
			shown:  []string{"edge.TestOnlyWhatIsNeitherTooSmallNorTooLargeIsCompressed", "edge.TestOnlySomeTypesAndStatusesAreCompressed", "edge.TestBrotliGoesBeforeGzip", "edge.TestTextIsCompressedAndImagesAreNot"},
		},
		{
			says:   "Where Origin is not in the key, one answer is everybody's; a response headers policy answers CORS without splitting the cache",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/header-caching.html",
			shown:  []string{"edge.TestWhereTheOriginHeaderIsNotInTheKeyOneAnswerIsEverybodys", "edge.TestAPreflightIsAnsweredByThePolicy"},
		},
		{
			says:   "A policy with CORS settings has answers that depend on Origin say so in Vary, those to requests without one too",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html",
			shown:  []string{"edge.TestAPolicyChangesTheHeadersOfTheAnswer"},
		},
		{
			says:   "An error has the page that is configured for it; where that page is missing, the error of the page",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages.html",
			shown:  []string{"edge.TestErrorsHavePagesOfTheirOwn", "edge.TestWhereAnErrorsPageIsMissingItsOwnErrorIsTheAnswer"},
		},
		{
			says:   "stale-while-revalidate answers at once, stale-if-error only after the origin failed or ran out of time",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html",
			shown:  []string{"edge.TestStaleWhileRevalidateAnswersAtOnce", "edge.TestStaleIfErrorBoundsHowLongAnOldImageStandsIn", "edge.TestAnOldImageStandsInForAnOriginThatDoesNotAnswer"},
		},
		{
			says:   "X-Cache says hit, miss, refresh hit, error or redirect; Age is on what was kept; Via and the edge's ids are there",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html",
			shown:  []string{"edge.TestAMissThenAHitWithItsAge", "edge.TestAStaleAnswerIsConfirmedByTheOrigin", "edge.TestOnlyACachedErrorHasAnAge", "edge.TestPlainHTTPIsRedirected"},
		},
		{
			says:   "A range with an unknown unit or its ends exchanged is ignored; one outside the image is 416 with S3's XML, or the page for it",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RangeGETs.html",
			shown:  []string{"edge.TestARangeThatIsNotByTheRulesIsIgnored", "edge.TestARangeOutsideTheImageIsRefusedAsS3Does", "edge.TestARefusedRangeHasThePageForIt"},
		},
		{
			says:   "A path is normalised before a behaviour is chosen, and a malformed one is 400",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html",
			shown:  []string{"edge.TestAPathIsNormalisedBeforeABehaviorIsChosen", "edge.TestAMalformedPathIsABadRequestInBothVersionsOfHTTP"},
		},
		{
			says:   "A GET with a body is 403; a URL over 8,192 bytes and headers over 20,480 are refused",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html",
			shown:  []string{"edge.TestAGETWithABodyIsForbidden", "edge.TestRequestsThatAreTooLongAreRefused"},
		},
		{
			says:   "Cookies and queries reach the origin where a policy forwards them",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html",
			shown:  []string{"edge.TestCookiesAndQueriesReachTheOriginWhereAPolicyForwardsThem", "edge.TestNothingOfTheViewersReachesTheOriginUnasked"},
		},
		{
			says:   "Each edge location has a cache of its own. Modelled: a viewer names the location by a header, where AWS has DNS; there are no regional caches; an object's time counts from when the bucket was asked, in every layer",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowCloudFrontWorks.html",
			shown:  []string{"edge.TestEachEdgeLocationHasACacheOfItsOwn", "edge.TestWhatHasExpiredIsAskedForOnceAndIsNotFresherAtTheEdge"},
		},
		{
			says:   "All edge locations ask an origin's Origin Shield, which asks the origin once; X-Cache says Hit of its hits, and the detailed result of logs OriginShieldHit",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
			shown:  []string{"edge.TestAnOriginShieldAnswersWhatAnotherLocationHasAskedFor", "edge.TestAnInvalidationReachesTheOriginShieldToo"},
		},
		{
			says:   "An origin group goes on to the second origin for the statuses it names, 504 where the first one does not answer in time, and for cached methods only",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html",
			shown:  []string{"edge.TestAnOriginGroupFailsOver", "edge.TestAnOriginGroupFailsOverWhereTheFirstOriginDoesNotAnswer", "edge.TestOnlyCachedMethodsFailOver"},
		},
	}},
	{title: "Standard logs", rules: []rule{
		{
			says:   "Logs of a distribution are set up in us-east-1, once for each distribution and kind of destination; names have 60 letters, digits, hyphens and underscores",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
			shown:  []string{"logs.TestSourcesThatAWSRefusesAreRefused", "logs.TestDeliveriesThatAWSRefusesAreRefused"},
		},
		{
			says:   "A source or a destination that a delivery has cannot be deleted (ConflictException)",
			source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html",
			shown:  []string{"logs.TestADeliveryIsMadeChangedAndDeleted"},
		},
		{
			says:   "Without a prefix of the destination a new delivery has AWSLogs/{account-id}/CloudFront/ put before its path, a changed one has not",
			source: "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2274",
			shown:  []string{"logs.TestADeliveryIsMadeChangedAndDeleted", "logs.TestFilesAreWhereThePathSaysWithARecordForEachRequest"},
		},
		{
			says:   "A file is called by distribution and hour; its folder by the variables of the path, with their names where it is for Hive",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html",
			shown:  []string{"logs.TestFilesAreWhereThePathSaysWithARecordForEachRequest", "logs.TestEachHourHasFilesOfItsOwnAndWhatABucketRefusesIsDeliveredLater"},
		},
		{
			says:   "A bucket lets delivery.logs.amazonaws.com in by its policy; what is missing there is added with the permissions of whoever makes the delivery",
			source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html",
			shown:  []string{"localaws.TestRequestsAtTheEdgeAreLoggedInABucketThatLetsThem"},
		},
		{
			says:   "A record has the fields of the request and its answer",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
			shown:  []string{"localaws.TestRequestsAtTheEdgeAreLoggedInABucketThatLetsThem", "logs.TestFilesAreWhereThePathSaysWithARecordForEachRequest"},
		},
	}},
	{title: "Metrics and alarms", rules: []rule{
		{
			says:   "Metrics of distributions are in us-east-1, with the dimension Region=Global; hit rate and latency of the origin need a monitoring subscription",
			source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html",
			shown:  []string{"monitoring.TestMetricsAreThoseOfTheEdgeInUsEast1"},
		},
		{
			says:   "A certificate has a metric of the days until it expires",
			source: "https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html",
			shown:  []string{"monitoring.TestACertificateSaysHowManyDaysItHas"},
		},
		{
			says:   "An alarm goes off when as many of its last periods breach as it asks for; periods without data are what it says they are",
			source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html",
			shown:  []string{"monitoring.TestAsManyPeriodsAsAreAskedForMustBreach", "monitoring.TestMissingDataIsWhatTheAlarmSaysItIs"},
		},
		{
			says:   "An alarm tells its topics when its state changes, unless its actions are turned off",
			source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
			shown:  []string{"monitoring.TestAnAlarmGoesOffByWhatTheEdgeAnswersAndTellsItsTopic", "monitoring.TestAlarmsThatAWSRefusesAreRefused"},
		},
	}},
	{title: "Accounts and credentials", rules: []rule{
		{
			says:   "Who assumes a role is that role, in its account, until the credentials expire",
			source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html",
			shown:  []string{"sts.TestWhoAssumesARoleIsThatRoleUntilItExpires", "localaws.TestAnAssumedRoleIsInTheAccountOfItsARN"},
		},
		{
			says:   "What belongs to an account cannot be reached from another, unless a resource policy lets it",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
			shown:  []string{"localaws.TestWhatIsAnotherAccountsCannotBeReached", "localaws.TestABucketPolicyLetsAnotherAccountIn"},
		},
		{
			says:   "The name of a bucket is taken in all accounts",
			source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
			shown:  []string{"localaws.TestABucketsNameIsTakenInEveryAccount", "s3.TestBucketNamesFollowTheRules"},
		},
		{
			says:   "A call without credentials is refused but by S3 and STS",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html",
			shown:  []string{"api.TestOnlyS3AndSTSAnswerAnonymousCalls", "localaws.TestAClientWithoutCredentialsIsToldSo"},
		},
		{
			says:   "Where permissions are turned on, a user or a role may do what its policies allow and nothing else; a Deny wins, and a refusal names action and resource",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
			shown:  []string{"localaws.TestAUserMayDoWhatItsPoliciesAllowAndNothingElse", "localaws.TestEveryPermissionThatACallNeedsIsAskedFor", "localaws.TestPermissionsCountOnlyWhereTheyAreTurnedOn"},
		},
		{
			says:   "A call needs its action on the ARN of what it is about",
			source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html",
			shown:  []string{"cloudfront.TestACallNeedsAPermissionForWhatItIsAbout", "route53.TestACallNeedsAPermissionForWhatItIsAbout", "wafv2.TestACallNeedsAPermissionForWhatItIsAbout", "iam.TestACallNeedsAPermissionForWhatItIsAbout", "localaws.TestAUserMayDoWhatItsPoliciesAllowAndNothingElse"},
		},
		{
			says:   "Conditions narrow the names of certificates, the names, types and actions of record sets, and the tags of what is made",
			source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html",
			shown:  []string{"localaws.TestConditionsOfACallAreJudged", "localaws.TestTagsOfARequestAreJudgedAndThoseOfAResourceAreNot"},
		},
		{
			says:   "A role is assumed by whom its trust policy names, or by who has the permission where it names his account; across accounts it takes both",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
			shown:  []string{"localaws.TestARoleIsAssumedByWhomItsTrustPolicyNames", "localaws.TestARoleOfAnotherAccountTakesBothPolicies", "localaws.TestAWebIdentityIsTrustedByItsProviderAndSubject"},
		},
		{
			says:   "A session has the permissions of its role, for as long as the role lets",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html",
			shown:  []string{"localaws.TestASessionHasThePermissionsOfItsRoleForAsLongAsTheRoleLets", "sts.TestWhoAssumesARoleIsThatRoleUntilItExpires"},
		},
		{
			says:   "Within an account a bucket policy that names the caller is enough without his own; from another account it takes both",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html",
			shown:  []string{"localaws.TestABucketPolicyAndACallersOwnMeetAsOnAWS", "localaws.TestABucketOfAnotherAccountTakesBothPolicies"},
		},
		{
			says:   "Policies that IAM would not take are refused",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
			shown:  []string{"iam.TestPoliciesThatIAMWouldNotTakeAreRefused"},
		},
		{
			says:   "An access key that was deleted or turned off is nobody's",
			source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
			shown:  []string{"iam.TestAUserHasTwoAccessKeys"},
		},
	}},
}
