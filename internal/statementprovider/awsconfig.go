package statementprovider

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"golang.org/x/net/http/httpproxy"
)

const (
	// defaultAttempts per call: with backoff, a throttled bucket has more than a minute to recover.
	defaultAttempts = 10
	// defaultRegion serves when neither the resource, the configuration nor the environment names one.
	defaultRegion = "us-east-1"
	sessionName   = "imagecdn"
)

// s3Client makes a client for the bucket's region; without one, the region of the configuration or the environment.
func (s settings) s3Client(ctx context.Context, region string) (*s3.Client, error) {
	cfg, err := s.awsConfig(ctx)
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		if region != "" {
			o.Region = region
		}
		o.UsePathStyle = s.PathStyle
		o.BaseEndpoint = override(s.S3Endpoint, o.BaseEndpoint)
	}), nil
}

// awsConfig finds credentials as the AWS SDK does, for what the settings leave open.
func (s settings) awsConfig(ctx context.Context) (aws.Config, error) {
	options, err := s.loadOptions()
	if err != nil {
		return aws.Config{}, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("loading AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	s.assumeRoles(&cfg)
	return cfg, nil
}

func (s settings) loadOptions() ([]func(*config.LoadOptions) error, error) {
	client, err := s.httpClient()
	if err != nil {
		return nil, err
	}
	options := []func(*config.LoadOptions) error{
		config.WithRegion(s.Region),
		config.WithSharedConfigProfile(s.Profile),
		config.WithHTTPClient(client),
		config.WithRetryer(s.retryer),
	}
	if s.AccessKey != "" {
		static := credentials.NewStaticCredentialsProvider(s.AccessKey, s.SecretKey, s.Token)
		options = append(options, config.WithCredentialsProvider(static))
	}
	if len(s.ConfigFiles) > 0 {
		options = append(options, config.WithSharedConfigFiles(s.ConfigFiles))
	}
	if len(s.CredentialFiles) > 0 {
		options = append(options, config.WithSharedCredentialsFiles(s.CredentialFiles))
	}
	if s.FIPS {
		options = append(options, config.WithUseFIPSEndpoint(aws.FIPSEndpointStateEnabled))
	}
	if s.DualStack {
		options = append(options, config.WithUseDualStackEndpoint(aws.DualStackEndpointStateEnabled))
	}
	if s.CABundle != "" {
		pem, err := os.ReadFile(s.CABundle)
		if err != nil {
			return nil, fmt.Errorf("reading customCaBundle: %w", err)
		}
		options = append(options, config.WithCustomCABundle(bytes.NewReader(pem)))
	}
	return append(options, s.imdsOptions()...), nil
}

func (s settings) imdsOptions() []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	if s.SkipIMDS {
		options = append(options, config.WithEC2IMDSClientEnableState(imds.ClientDisabled))
	}
	if s.IMDSAddress != "" {
		options = append(options, config.WithEC2IMDSEndpoint(s.IMDSAddress))
	}
	return options
}

// retryer repeats throttled calls and, beyond the SDK's list, those that met another change of the same bucket.
func (s settings) retryer() aws.Retryer {
	attempts := defaultAttempts
	if s.MaxRetries > 0 {
		attempts = s.MaxRetries
	}
	limit := func(o *retry.StandardOptions) { o.MaxAttempts = attempts }
	var retryer aws.RetryerV2 = retry.NewStandard(limit)
	if s.RetryMode == string(aws.RetryModeAdaptive) {
		retryer = retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, limit)
		})
	}
	return retry.AddWithErrorCodes(retryer, "OperationAborted", "ConflictingOperation", "ConcurrentModification")
}

func (s settings) httpClient() (*awshttp.BuildableClient, error) {
	proxy, err := s.proxy()
	if err != nil {
		return nil, err
	}
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = proxy
		if s.Insecure {
			if t.TLSClientConfig == nil {
				t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			t.TLSClientConfig.InsecureSkipVerify = true
		}
	}), nil
}

// proxy starts from the environment, as the AWS provider does. A proxy's URL may hold a password and is not repeated in
// an error.
func (s settings) proxy() (func(*http.Request) (*url.URL, error), error) {
	chosen := httpproxy.FromEnvironment()
	for key, value := range map[string]string{"httpProxy": s.HTTPProxy, "httpsProxy": s.HTTPSProxy} {
		if _, err := url.Parse(value); err != nil {
			return nil, fmt.Errorf("%s is not a URL", key)
		}
	}
	if s.HTTPProxy != "" {
		chosen.HTTPProxy = s.HTTPProxy
	}
	if s.HTTPSProxy != "" {
		chosen.HTTPSProxy = s.HTTPSProxy
	}
	if s.NoProxy != "" {
		chosen.NoProxy = s.NoProxy
	}
	choose := chosen.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return choose(r.URL) }, nil
}

// assumeRoles exchanges the credentials for those of each role in turn, a web identity's first.
func (s settings) assumeRoles(cfg *aws.Config) {
	if s.WebIdentity != nil {
		provider := stscreds.NewWebIdentityRoleProvider(s.stsClient(*cfg), s.WebIdentity.RoleARN, s.WebIdentity.token(),
			s.WebIdentity.configureWebIdentity)
		cfg.Credentials = aws.NewCredentialsCache(provider)
	}
	for _, role := range s.AssumeRoles {
		provider := stscreds.NewAssumeRoleProvider(s.stsClient(*cfg), role.RoleARN, role.configure)
		cfg.Credentials = aws.NewCredentialsCache(provider)
	}
}

func (s settings) stsClient(cfg aws.Config) *sts.Client {
	return sts.NewFromConfig(cfg, func(o *sts.Options) {
		if s.STSRegion != "" {
			o.Region = s.STSRegion
		}
		o.BaseEndpoint = override(s.STSEndpoint, o.BaseEndpoint)
	})
}

func (a assumeRole) configure(o *stscreds.AssumeRoleOptions) {
	o.RoleSessionName = a.session()
	o.Duration = a.duration()
	o.ExternalID = optional(a.ExternalID)
	o.Policy = optional(a.Policy)
	o.PolicyARNs = a.policies()
	o.SourceIdentity = optional(a.SourceIdentity)
	o.TransitiveTagKeys = a.TransitiveTags
	for key, value := range a.Tags {
		o.Tags = append(o.Tags, ststypes.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
}

func (a assumeRole) configureWebIdentity(o *stscreds.WebIdentityRoleOptions) {
	o.RoleSessionName = a.session()
	o.Duration = a.duration()
	o.Policy = optional(a.Policy)
	o.PolicyARNs = a.policies()
}

func (a assumeRole) session() string {
	if a.SessionName != "" {
		return a.SessionName
	}
	return fmt.Sprintf("%s-%d", sessionName, time.Now().Unix())
}

func (a assumeRole) policies() []ststypes.PolicyDescriptorType {
	var policies []ststypes.PolicyDescriptorType
	for _, arn := range a.PolicyARNs {
		policies = append(policies, ststypes.PolicyDescriptorType{Arn: aws.String(arn)})
	}
	return policies
}

// token is the web identity's: given as it is, or in a file.
func (a assumeRole) token() stscreds.IdentityTokenRetriever {
	if a.WebIdentityToken != "" {
		return literalToken(a.WebIdentityToken)
	}
	return stscreds.IdentityTokenFile(a.WebIdentityFile)
}

type literalToken string

// GetIdentityToken returns the token itself.
func (t literalToken) GetIdentityToken() ([]byte, error) { return []byte(t), nil }

func override(value string, otherwise *string) *string {
	if value == "" {
		return otherwise
	}
	return aws.String(value)
}

// optional is nil for an empty string, which AWS would refuse.
func optional(value string) *string { return override(value, nil) }
