package cloudfront

// distributionConfig is DistributionConfig of the CloudFront API, element by
// element. What AWS distinguishes from absent is a pointer; the rest gets AWS's
// default from fillDefaults. A configuration is never changed once it is
// stored: an update replaces it, so that readers may keep what they were given.
type distributionConfig struct {
	CallerReference               string
	Aliases                       *aliases
	DefaultRootObject             string
	Origins                       *origins
	OriginGroups                  *originGroups
	DefaultCacheBehavior          *cacheBehavior
	CacheBehaviors                *cacheBehaviors
	CustomErrorResponses          *customErrorResponses
	Comment                       string
	Logging                       *loggingConfig
	PriceClass                    string
	Enabled                       bool
	ViewerCertificate             *viewerCertificate
	Restrictions                  *restrictions
	WebACLId                      string
	HttpVersion                   string
	IsIPV6Enabled                 bool
	ContinuousDeploymentPolicyId  string
	Staging                       bool
	AnycastIpListId               string                         `xml:",omitempty"`
	CacheTagConfig                *cacheTagConfig                `xml:",omitempty"`
	ConnectionFunctionAssociation *connectionFunctionAssociation `xml:",omitempty"`
	ConnectionMode                string                         `xml:",omitempty"`
	TenantConfig                  *tenantConfig                  `xml:",omitempty"`
	ViewerMtlsConfig              *viewerMtlsConfig              `xml:",omitempty"`
}

type aliases struct {
	Quantity int
	Items    []string `xml:"Items>CNAME,omitempty"`
}

type names struct {
	Quantity int
	Items    []string `xml:"Items>Name,omitempty"`
}

type origins struct {
	Quantity int
	Items    []*origin `xml:"Items>Origin,omitempty"`
}

type origin struct {
	Id                        string
	DomainName                string
	OriginPath                string
	CustomHeaders             *customHeaders
	S3OriginConfig            *s3OriginConfig
	CustomOriginConfig        *customOriginConfig
	VpcOriginConfig           *vpcOriginConfig
	ConnectionAttempts        *int
	ConnectionTimeout         *int
	ResponseCompletionTimeout *int
	OriginShield              *originShield
	OriginAccessControlId     string
}

type customHeaders struct {
	Quantity int
	Items    []customHeader `xml:"Items>OriginCustomHeader,omitempty"`
}

type customHeader struct {
	HeaderName  string
	HeaderValue string
}

type s3OriginConfig struct {
	OriginAccessIdentity string
	OriginReadTimeout    *int
}

type customOriginConfig struct {
	HTTPPort               int
	HTTPSPort              int
	OriginProtocolPolicy   string
	OriginSslProtocols     *sslProtocols
	OriginReadTimeout      *int
	OriginKeepaliveTimeout *int
	IpAddressType          string            `xml:",omitempty"`
	OriginMtlsConfig       *originMtlsConfig `xml:",omitempty"`
}

type originMtlsConfig struct {
	ClientCertificateArn string
}

type sslProtocols struct {
	Quantity int
	Items    []string `xml:"Items>SslProtocol,omitempty"`
}

type vpcOriginConfig struct {
	VpcOriginId            string
	OwnerAccountId         string `xml:",omitempty"`
	OriginReadTimeout      *int
	OriginKeepaliveTimeout *int
}

type originShield struct {
	Enabled            bool
	OriginShieldRegion string `xml:",omitempty"`
}

type originGroups struct {
	Quantity int
	Items    []*originGroup `xml:"Items>OriginGroup,omitempty"`
}

type originGroup struct {
	Id                string
	FailoverCriteria  *failoverCriteria
	Members           *originGroupMembers
	SelectionCriteria string `xml:",omitempty"`
}

type failoverCriteria struct {
	StatusCodes *statusCodes
}

type statusCodes struct {
	Quantity int
	Items    []int `xml:"Items>StatusCode,omitempty"`
}

type originGroupMembers struct {
	Quantity int
	Items    []originGroupMember `xml:"Items>OriginGroupMember,omitempty"`
}

type originGroupMember struct {
	OriginId string
}

type cacheBehaviors struct {
	Quantity int
	Items    []*cacheBehavior `xml:"Items>CacheBehavior,omitempty"`
}

// cacheBehavior is CacheBehavior, and DefaultCacheBehavior, which only lacks
// the path pattern.
type cacheBehavior struct {
	PathPattern                string `xml:",omitempty"`
	TargetOriginId             string
	TrustedSigners             *trustedSigners
	TrustedKeyGroups           *trustedKeyGroups
	ViewerProtocolPolicy       string
	AllowedMethods             *allowedMethods
	SmoothStreaming            bool
	Compress                   bool
	LambdaFunctionAssociations *lambdaFunctionAssociations
	FunctionAssociations       *functionAssociations
	FieldLevelEncryptionId     string
	RealtimeLogConfigArn       string           `xml:",omitempty"`
	CachePolicyId              string           `xml:",omitempty"`
	OriginRequestPolicyId      string           `xml:",omitempty"`
	ResponseHeadersPolicyId    string           `xml:",omitempty"`
	GrpcConfig                 *grpcConfig      `xml:",omitempty"`
	ForwardedValues            *forwardedValues `xml:",omitempty"`
	MinTTL                     *int64           `xml:",omitempty"`
	DefaultTTL                 *int64           `xml:",omitempty"`
	MaxTTL                     *int64           `xml:",omitempty"`
}

type trustedSigners struct {
	Enabled  bool
	Quantity int
	Items    []string `xml:"Items>AwsAccountNumber,omitempty"`
}

type trustedKeyGroups struct {
	Enabled  bool
	Quantity int
	Items    []string `xml:"Items>KeyGroup,omitempty"`
}

type allowedMethods struct {
	Quantity      int
	Items         []string `xml:"Items>Method,omitempty"`
	CachedMethods *methods
}

type methods struct {
	Quantity int
	Items    []string `xml:"Items>Method,omitempty"`
}

type lambdaFunctionAssociations struct {
	Quantity int
	Items    []lambdaFunctionAssociation `xml:"Items>LambdaFunctionAssociation,omitempty"`
}

type lambdaFunctionAssociation struct {
	LambdaFunctionARN string
	EventType         string
	IncludeBody       bool
}

type functionAssociations struct {
	Quantity int
	Items    []functionAssociation `xml:"Items>FunctionAssociation,omitempty"`
}

type functionAssociation struct {
	FunctionARN string
	EventType   string
}

type grpcConfig struct {
	Enabled bool
}

type forwardedValues struct {
	QueryString          bool
	Cookies              *cookiePreference
	Headers              *names
	QueryStringCacheKeys *names
}

type cookiePreference struct {
	Forward          string
	WhitelistedNames *names `xml:",omitempty"`
}

type customErrorResponses struct {
	Quantity int
	Items    []customErrorResponse `xml:"Items>CustomErrorResponse,omitempty"`
}

type customErrorResponse struct {
	ErrorCode          int
	ResponsePagePath   string
	ResponseCode       string
	ErrorCachingMinTTL *int64
}

type loggingConfig struct {
	Enabled        bool
	IncludeCookies bool
	Bucket         string
	Prefix         string
}

type viewerCertificate struct {
	CloudFrontDefaultCertificate bool
	IAMCertificateId             string `xml:",omitempty"`
	ACMCertificateArn            string `xml:",omitempty"`
	SSLSupportMethod             string `xml:",omitempty"`
	MinimumProtocolVersion       string `xml:",omitempty"`
	Certificate                  string `xml:",omitempty"`
	CertificateSource            string `xml:",omitempty"`
}

type restrictions struct {
	GeoRestriction *geoRestriction
}

type geoRestriction struct {
	RestrictionType string
	Quantity        int
	Items           []string `xml:"Items>Location,omitempty"`
}

type cacheTagConfig struct {
	HeaderName string
}

type connectionFunctionAssociation struct {
	Id string
}

type tenantConfig struct {
	ParameterDefinitions []parameterDefinition `xml:"ParameterDefinitions>member,omitempty"`
}

type parameterDefinition struct {
	Name       string
	Definition *parameterDefinitionSchema
}

type parameterDefinitionSchema struct {
	StringSchema *stringSchemaConfig
}

type stringSchemaConfig struct {
	Required     bool
	Comment      string `xml:",omitempty"`
	DefaultValue string `xml:",omitempty"`
}

type viewerMtlsConfig struct {
	Mode             string            `xml:",omitempty"`
	TrustStoreConfig *trustStoreConfig `xml:",omitempty"`
}

type trustStoreConfig struct {
	TrustStoreId               string
	AdvertiseTrustStoreCaNames *bool
	IgnoreCertificateExpiry    *bool
}
