package provider

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"golang.org/x/time/rate"
)

// Keys of the provider's configuration.
const (
	awsKey      resource.PropertyKey = "aws"
	dnsKey      resource.PropertyKey = "dns"
	bucketOwner resource.PropertyKey = "bucket"
	keyOwner    resource.PropertyKey = "key"
)

// configKeys in the order in which faults are reported.
var configKeys = []resource.PropertyKey{awsKey, dnsKey, bucketOwner, keyOwner}

// usEast1 is where CloudFront's certificates and web ACLs are, and the region where nothing names one.
const usEast1 = "us-east-1"

// identities are whose calls the provider makes.
type identities struct {
	aws    *identity // the CDN's account
	dns    *identity // owns the hosted zones
	bucket *identity // owns the bucket
	key    *identity // owns the keys that the objects are encrypted under
}

// readIdentities reads the configuration. An identity that is not given is the CDN's; that of keys is the bucket's.
func readIdentities(inputs resource.PropertyMap) (*identities, []plugin.CheckFailure) {
	var faults []plugin.CheckFailure
	read := map[resource.PropertyKey]*identity{}
	for _, key := range configKeys {
		if value := bare(inputs[key]); value.IsNull() {
			continue
		}
		s, reasons := readSettings(inputs[key])
		for _, reason := range reasons {
			faults = append(faults, plugin.CheckFailure{Property: key, Reason: reason})
		}
		read[key] = newIdentity(s)
	}
	if read[awsKey] == nil {
		s, _ := readSettings(resource.NewNullProperty())
		read[awsKey] = newIdentity(s)
	}
	for _, key := range configKeys {
		switch {
		case read[key] != nil:
		case key == keyOwner:
			read[key] = read[bucketOwner]
		default:
			read[key] = read[awsKey]
		}
	}
	return &identities{aws: read[awsKey], dns: read[dnsKey], bucket: read[bucketOwner], key: read[keyOwner]}, faults
}

// owner is the identity that owns a bucket; that of the images is "bucket".
func (i *identities) owner(name string) *identity {
	if name == string(awsKey) {
		return i.aws
	}
	return i.bucket
}

// identity makes clients. Credentials are looked for at the first call and kept: a preview that calls nothing needs
// none.
type identity struct {
	settings settings
	// pace is that of the calls of Route 53.
	pace *rate.Limiter

	mu     sync.Mutex
	loaded *aws.Config
}

func newIdentity(s settings) *identity {
	return &identity{settings: s, pace: rate.NewLimiter(route53PerSecond, route53AtOnce)}
}

// config finds credentials as the AWS provider does.
func (i *identity) config(ctx context.Context) (aws.Config, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.loaded != nil {
		return *i.loaded, nil
	}
	base := i.settings.Config
	_, cfg, diagnostics := awsbase.GetAwsConfig(ctx, &base)
	if diagnostics.HasError() {
		return aws.Config{}, &credentialsError{cause: diagnosed(diagnostics)}
	}
	if cfg.Region == "" {
		cfg.Region = usEast1
	}
	retryer := cfg.Retryer
	cfg.Retryer = func() aws.Retryer {
		return retry.AddWithErrorCodes(retryer(), "OperationAborted", "ConflictingOperation", "ConcurrentModification")
	}
	i.loaded = &cfg
	return cfg, nil
}

// diagnosed is the error in a library's diagnostics, without its paragraphs of advice.
func diagnosed(diagnostics diag.Diagnostics) error {
	var faults []error
	for _, one := range diagnostics.Errors() {
		if native, ok := one.(diag.DiagnosticWithErr); ok {
			faults = append(faults, native.Err())
			continue
		}
		faults = append(faults, fmt.Errorf("%s: %s", one.Summary(), one.Detail()))
	}
	return errors.Join(faults...)
}

// s3 makes a client for a region; "" is the identity's own.
func (i *identity) s3(ctx context.Context, region string) (*s3.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.Region = either(region, o.Region)
		o.UsePathStyle = i.settings.pathStyle
		o.BaseEndpoint = i.endpoint("s3", o.BaseEndpoint)
	}), nil
}

func (i *identity) route53(ctx context.Context) (*route53.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return route53.NewFromConfig(cfg, func(o *route53.Options) {
		o.BaseEndpoint = i.endpoint("route53", o.BaseEndpoint)
		if standard, ok := o.Retryer.(aws.RetryerV2); ok {
			o.Retryer = paced{RetryerV2: standard, pace: i.pace}
		}
	}), nil
}

// Route 53 answers five requests a second of an account.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
const (
	route53PerSecond = 4 // one is left to others
	route53AtOnce    = 5
)

// paced lets no attempt through before its time: the records of a hundred domains would
// otherwise have each other refused until their retries are used up.
type paced struct {
	aws.RetryerV2
	pace *rate.Limiter
}

// GetAttemptToken waits for the attempt's turn.
func (p paced) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	if err := p.pace.Wait(ctx); err != nil {
		return nil, fmt.Errorf("waiting for a turn at Route 53: %w", err)
	}

	return p.RetryerV2.GetAttemptToken(ctx)
}

func (i *identity) acm(ctx context.Context, region string) (*acm.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return acm.NewFromConfig(cfg, func(o *acm.Options) {
		o.Region = either(region, o.Region)
		o.BaseEndpoint = i.endpoint("acm", o.BaseEndpoint)
	}), nil
}

func (i *identity) cloudfront(ctx context.Context) (*cloudfront.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return cloudfront.NewFromConfig(cfg, func(o *cloudfront.Options) {
		o.BaseEndpoint = i.endpoint("cloudfront", o.BaseEndpoint)
	}), nil
}

// wafv2 asks where web ACLs of CloudFront are.
func (i *identity) wafv2(ctx context.Context) (*wafv2.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return wafv2.NewFromConfig(cfg, func(o *wafv2.Options) {
		o.Region = usEast1
		o.BaseEndpoint = i.endpoint("wafv2", o.BaseEndpoint)
	}), nil
}

// kms asks in a region, "" for that of the settings.
func (i *identity) kms(ctx context.Context, region string) (*kms.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return kms.NewFromConfig(cfg, func(o *kms.Options) {
		o.Region = either(region, o.Region)
		o.BaseEndpoint = i.endpoint("kms", o.BaseEndpoint)
	}), nil
}

// logs asks where the logs of CloudFront are delivered from.
func (i *identity) logs(ctx context.Context) (*cloudwatchlogs.Client, error) {
	cfg, err := i.config(ctx)
	if err != nil {
		return nil, err
	}
	return cloudwatchlogs.NewFromConfig(cfg, func(o *cloudwatchlogs.Options) {
		o.Region = usEast1
		o.BaseEndpoint = i.endpoint("logs", o.BaseEndpoint)
	}), nil
}

func (i *identity) endpoint(service string, otherwise *string) *string {
	if endpoint := i.settings.endpoints[service]; endpoint != "" {
		return aws.String(endpoint)
	}
	return otherwise
}

func either(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
