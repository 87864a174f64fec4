package statementprovider

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// secretKeys are never stored or shown in clear.
var secretKeys = []resource.PropertyKey{"secretKey", "token"}

// settings is the part of pulumi-aws's provider configuration that reaches S3, under the same names, so that a program
// hands its `aws:` stack configuration over as it is. Other keys are ignored.
type settings struct {
	Region    string
	Profile   string
	AccessKey string
	SecretKey string
	Token     string

	AssumeRoles     []assumeRole
	WebIdentity     *assumeRole
	S3Endpoint      string
	STSEndpoint     string
	STSRegion       string
	PathStyle       bool
	ConfigFiles     []string
	CredentialFiles []string

	CABundle   string
	HTTPProxy  string
	HTTPSProxy string
	NoProxy    string
	Insecure   bool

	MaxRetries  int
	RetryMode   string
	FIPS        bool
	DualStack   bool
	SkipIMDS    bool
	IMDSAddress string
}

// assumeRole is one element of assumeRoles, or the one object of assumeRole and assumeRoleWithWebIdentity.
type assumeRole struct {
	RoleARN          string            `json:"roleArn"`
	SessionName      string            `json:"sessionName"`
	ExternalID       string            `json:"externalId"`
	Duration         string            `json:"duration"`
	DurationSeconds  json.Number       `json:"durationSeconds"`
	Policy           string            `json:"policy"`
	PolicyARNs       []string          `json:"policyArns"`
	SourceIdentity   string            `json:"sourceIdentity"`
	Tags             map[string]string `json:"tags"`
	TransitiveTags   []string          `json:"transitiveTagKeys"`
	WebIdentityToken string            `json:"webIdentityToken"`
	WebIdentityFile  string            `json:"webIdentityTokenFile"`
}

// duration is the length of the session; 0 leaves it to AWS.
func (a assumeRole) duration() time.Duration {
	if d, err := time.ParseDuration(a.Duration); err == nil {
		return d
	}
	seconds, err := a.DurationSeconds.Int64()
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

func (s settings) equal(other settings) bool { return reflect.DeepEqual(s, other) }

// settingsReader collects faults while it reads one value after the other.
type settingsReader struct {
	inputs resource.PropertyMap
	faults []plugin.CheckFailure
}

func readSettings(inputs resource.PropertyMap) (*settings, []plugin.CheckFailure) {
	r := &settingsReader{inputs: inputs}
	s := &settings{
		Region: r.text("region"), Profile: r.text("profile"),
		AccessKey: r.text("accessKey"), SecretKey: r.text("secretKey"), Token: r.text("token"),
		STSRegion: r.text("stsRegion"), PathStyle: r.flag("s3UsePathStyle"),
		CABundle: r.text("customCaBundle"), HTTPProxy: r.text("httpProxy"), HTTPSProxy: r.text("httpsProxy"),
		NoProxy: r.text("noProxy"), Insecure: r.flag("insecure"),
		MaxRetries: r.number("maxRetries"), RetryMode: r.text("retryMode"),
		FIPS: r.flag("useFipsEndpoint"), DualStack: r.flag("useDualstackEndpoint"),
		SkipIMDS: r.flag("skipMetadataApiCheck"), IMDSAddress: r.text("ec2MetadataServiceEndpoint"),
	}
	r.decode("sharedConfigFiles", &s.ConfigFiles)
	r.decode("sharedCredentialsFiles", &s.CredentialFiles)
	r.readRoles(s)
	r.readEndpoints(s)
	return s, r.faults
}

func (r *settingsReader) readRoles(s *settings) {
	var single assumeRole
	r.decode("assumeRole", &single)
	r.decode("assumeRoles", &s.AssumeRoles)
	if len(s.AssumeRoles) == 0 && single.RoleARN != "" {
		s.AssumeRoles = []assumeRole{single}
	}
	for _, role := range s.AssumeRoles {
		if role.RoleARN == "" {
			r.fail("assumeRoles", "an element has no roleArn")
		}
	}
	var web assumeRole
	if r.decode("assumeRoleWithWebIdentity", &web); web.RoleARN != "" {
		s.WebIdentity = &web
	}
}

func (r *settingsReader) readEndpoints(s *settings) {
	var endpoints []struct{ S3, STS string }
	r.decode("endpoints", &endpoints)
	for _, e := range endpoints {
		if e.S3 != "" {
			s.S3Endpoint = e.S3
		}
		if e.STS != "" {
			s.STSEndpoint = e.STS
		}
	}
}

func (r *settingsReader) fail(key resource.PropertyKey, reason string) {
	r.faults = append(r.faults, plugin.CheckFailure{Property: key, Reason: reason})
}

// text is a string value; "" if it is absent or not known yet.
func (r *settingsReader) text(key resource.PropertyKey) string {
	value := bare(r.inputs[key])
	switch {
	case value.IsString():
		return value.StringValue()
	case value.IsBool(), value.IsNumber():
		return fmt.Sprint(value.V)
	case value.IsNull(), value.IsComputed():
		return ""
	}
	r.fail(key, "must be a string")
	return ""
}

func (r *settingsReader) flag(key resource.PropertyKey) bool {
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

func (r *settingsReader) number(key resource.PropertyKey) int {
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

// decode reads a list or an object, which is JSON text on the wire. Unknown parts count as absent.
func (r *settingsReader) decode(key resource.PropertyKey, into any) {
	value := bare(r.inputs[key])
	if value.IsNull() || value.ContainsUnknowns() {
		return
	}
	text := ""
	if value.IsString() {
		text = value.StringValue()
	} else if encoded, err := json.Marshal(value.MapRepl(nil, plain)); err == nil {
		text = string(encoded)
	}
	if text == "" {
		return
	}
	if json.Unmarshal([]byte(text), into) != nil {
		r.fail(key, "must be JSON of the shape that the AWS provider takes")
	}
}

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

// plain is for PropertyValue.MapRepl: the Go value of what is inside a secret or an output.
func plain(value resource.PropertyValue) (any, bool) {
	inside := bare(value)
	if value.IsSecret() || value.IsOutput() {
		return inside.MapRepl(nil, plain), true
	}
	return nil, false
}
