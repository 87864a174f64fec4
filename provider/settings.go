package provider

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	// defaultAttempts per call: with backoff, a throttled call has more than a minute to recover.
	defaultAttempts = 10
	// sessionName is what CloudTrail shows for a role whose settings name no session.
	sessionName = "imagecdn"
)

// settings are an identity's: those of the AWS provider that reach the services called here, under its names, in
// the spelling of Pulumi (accessKey) or of Terraform (access_key). Other names are ignored.
type settings struct {
	awsbase.Config

	endpoints map[string]string
	pathStyle bool
}

// settingsReader collects faults while it reads one value after the other. A fault names the key, never the value,
// which may be a secret.
type settingsReader struct {
	values map[string]any // by folded key
	faults []string
}

// readSettings reads one identity.
func readSettings(value resource.PropertyValue) (settings, []string) {
	values, err := object(value)
	if err != nil {
		return settings{}, []string{err.Error()}
	}
	r := &settingsReader{values: folded(values)}
	s := settings{pathStyle: r.flag("s3UsePathStyle"), Config: awsbase.Config{
		Region: r.text("region"), Profile: r.text("profile"),
		AccessKey: r.text("accessKey"), SecretKey: r.text("secretKey"), Token: r.text("token"),
		SharedConfigFiles: r.texts("sharedConfigFiles"), SharedCredentialsFiles: r.texts("sharedCredentialsFiles"),
		AssumeRole: r.roles(), AssumeRoleWithWebIdentity: r.webIdentity(),
		CustomCABundle: r.text("customCaBundle"), Insecure: r.flag("insecure"),
		HTTPProxy: r.proxy("httpProxy"), HTTPSProxy: r.proxy("httpsProxy"), NoProxy: r.text("noProxy"),
		MaxRetries: r.number("maxRetries"), RetryMode: aws.RetryMode(r.text("retryMode")),
		UseFIPSEndpoint: r.flag("useFipsEndpoint"), UseDualStackEndpoint: r.flag("useDualstackEndpoint"),
		EC2MetadataServiceEndpoint:     r.text("ec2MetadataServiceEndpoint"),
		EC2MetadataServiceEndpointMode: r.text("ec2MetadataServiceEndpointMode"),
		StsRegion:                      r.text("stsRegion"),
		SkipCredsValidation:            true, SkipRequestingAccountId: true, SuppressDebugLog: true,
	}}
	if r.flag("skipMetadataApiCheck") {
		s.EC2MetadataServiceEnableState = imds.ClientDisabled
	}
	if s.MaxRetries == 0 {
		s.MaxRetries = defaultAttempts
	}
	s.endpoints = r.endpoints()
	s.StsEndpoint = s.endpoints["sts"]
	return s, r.faults
}

func (r *settingsReader) fail(key, reason string) { r.faults = append(r.faults, key+" "+reason) }

// text is a value that is text on the wire, or should have been.
func (r *settingsReader) text(key string) string {
	switch value := r.values[fold(key)].(type) {
	case nil:
		return ""
	case string:
		return value
	case bool, float64:
		return fmt.Sprint(value)
	}
	r.fail(key, "must be text")
	return ""
}

func (r *settingsReader) flag(key string) bool {
	text := r.text(key)
	if text == "" {
		return false
	}
	flag, err := strconv.ParseBool(text)
	if err != nil {
		r.fail(key, "must be true or false")
	}
	return flag
}

func (r *settingsReader) number(key string) int {
	text := r.text(key)
	if text == "" {
		return 0
	}
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number < 0 || number != float64(int(number)) {
		r.fail(key, "must be a whole number, zero or more")
	}
	return int(number)
}

// proxy checks the URL here: the library repeats it in its error, and it may hold a password.
func (r *settingsReader) proxy(key string) *string {
	text := r.text(key)
	if _, err := url.Parse(text); err != nil {
		r.fail(key, "is not a URL")
	}
	return optional(text)
}

func (r *settingsReader) texts(key string) []string {
	var texts []string
	for _, item := range r.list(key) {
		text, ok := item.(string)
		if !ok {
			r.fail(key, "must be a list of texts")
		}
		texts = append(texts, text)
	}
	return texts
}

// list is a list, JSON text of one, or one element without a list around it.
func (r *settingsReader) list(key string) []any {
	value := r.values[fold(key)]
	if text, ok := value.(string); ok && text != "" {
		value = nil
		if json.Unmarshal([]byte(text), &value) != nil {
			r.fail(key, "must be JSON of the shape that the AWS provider takes")
		}
	}
	switch value := value.(type) {
	case nil, string:
		return nil
	case []any:
		return value
	default:
		return []any{value}
	}
}

// objects are the elements of a list of objects, as readers of their own.
func (r *settingsReader) objects(key string) []*settingsReader {
	var readers []*settingsReader
	for _, item := range r.list(key) {
		if item == nil {
			continue
		}
		object, ok := item.(map[string]any)
		if !ok {
			r.fail(key, "must be of the shape that the AWS provider takes")
			continue
		}
		readers = append(readers, &settingsReader{values: folded(object)})
	}
	return readers
}

func (r *settingsReader) endpoints() map[string]string {
	endpoints := map[string]string{}
	for _, element := range r.objects("endpoints") {
		for _, service := range []string{"acm", "cloudfront", "kms", "logs", "route53", "s3", "sts", "wafv2"} {
			if endpoint := element.text(service); endpoint != "" {
				endpoints[service] = endpoint
			}
		}
		r.faults = append(r.faults, element.faults...)
	}
	return endpoints
}

// roles are assumed one after the other. assumeRoles is Pulumi's later name for the list.
func (r *settingsReader) roles() []awsbase.AssumeRole {
	for _, key := range []string{"assumeRoles", "assumeRole"} {
		var roles []awsbase.AssumeRole
		for _, element := range r.objects(key) {
			role := awsbase.AssumeRole{
				RoleARN: element.text("roleArn"), SessionName: element.session(), ExternalID: element.text("externalId"),
				Duration: element.duration(), Policy: element.text("policy"), PolicyARNs: element.texts("policyArns"),
				SourceIdentity: element.text("sourceIdentity"), TransitiveTagKeys: element.texts("transitiveTagKeys"),
				Tags: element.tags(),
			}
			if role.RoleARN == "" && key == "assumeRoles" {
				r.fail(key, "has an element without a roleArn")
			}
			if role.RoleARN != "" {
				roles = append(roles, role)
			}
			r.faults = append(r.faults, element.faults...)
		}
		if len(roles) > 0 {
			return roles
		}
	}
	return nil
}

func (r *settingsReader) webIdentity() *awsbase.AssumeRoleWithWebIdentity {
	var identity *awsbase.AssumeRoleWithWebIdentity
	for _, element := range r.objects("assumeRoleWithWebIdentity") {
		if element.text("roleArn") != "" {
			identity = &awsbase.AssumeRoleWithWebIdentity{
				RoleARN: element.text("roleArn"), SessionName: element.session(), Duration: element.duration(),
				Policy: element.text("policy"), PolicyARNs: element.texts("policyArns"),
				WebIdentityToken: element.text("webIdentityToken"), WebIdentityTokenFile: element.text("webIdentityTokenFile"),
			}
		}
		r.faults = append(r.faults, element.faults...)
	}
	return identity
}

func (r *settingsReader) session() string {
	if name := r.text("sessionName"); name != "" {
		return name
	}
	return sessionName
}

// duration is the length of a session; 0 leaves it to AWS.
func (r *settingsReader) duration() time.Duration {
	if seconds := r.number("durationSeconds"); seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	text := r.text("duration")
	if text == "" {
		return 0
	}
	duration, err := time.ParseDuration(text)
	if err != nil {
		r.fail("duration", "must be a duration such as 1h30m")
	}
	return duration
}

func (r *settingsReader) tags() map[string]string {
	tags := map[string]string{}
	given, _ := r.values[fold("tags")].(map[string]any)
	for key, value := range given {
		tags[key] = fmt.Sprint(value)
	}
	return tags
}

// object is what is in an object, or in JSON text of one, without secrets and outputs around its parts. Unknown parts
// count as absent.
func object(value resource.PropertyValue) (map[string]any, error) {
	value = bare(value)
	if value.IsNull() || value.IsComputed() {
		return nil, nil
	}
	if value.IsString() {
		var values map[string]any
		if json.Unmarshal([]byte(value.StringValue()), &values) != nil {
			return nil, fmt.Errorf("must be an object of the AWS provider's settings, or JSON text of one")
		}
		return values, nil
	}
	if !value.IsObject() {
		return nil, fmt.Errorf("must be an object of the AWS provider's settings, or JSON text of one")
	}
	values, _ := value.MapRepl(nil, plain).(map[string]any)
	return values, nil
}

// folded puts the two spellings of a name together.
func folded(values map[string]any) map[string]any {
	names := make(map[string]any, len(values))
	for key, value := range values {
		if value != nil {
			names[fold(key)] = value
		}
	}
	return names
}

func fold(key string) string { return strings.ToLower(strings.ReplaceAll(key, "_", "")) }

// bare takes a secret or an output off a value.
func bare(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return bare(value.SecretValue().Element)
	case value.IsOutput() && value.OutputValue().Known:
		return bare(value.OutputValue().Element)
	case value.IsOutput():
		return resource.MakeComputed(resource.NewProperty(""))
	}
	return value
}

// plain is for PropertyValue.MapRepl: the Go value of what is inside a secret or an output; nil for what is unknown.
func plain(value resource.PropertyValue) (any, bool) {
	inside := bare(value)
	switch {
	case inside.IsComputed():
		return nil, true
	case value.IsSecret(), value.IsOutput():
		return inside.MapRepl(nil, plain), true
	}
	return nil, false
}

// optional is nil for an empty string, which AWS would refuse.
func optional(value string) *string {
	if value == "" {
		return nil
	}
	return aws.String(value)
}
