package infra

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"imagecdn/components"
)

// Project is the name of the Pulumi project, as in Pulumi.yaml. A project made
// from it by `pulumi new` has a name of its own: the configuration is read from
// whatever project runs.
const Project = "imagecdn"

// Config is the stack's configuration. The JSON names are the configuration
// keys; Pulumi.yaml describes them to the CLI, and a test holds the two together.
// A zero value means that the default applies.
type Config struct {
	// Domain is the first domain of the CDN, such as cdn.example.com. Required.
	Domain string `json:"domain,omitempty"`
	// AdditionalDomains are further domains; a wildcard is fine.
	AdditionalDomains []string `json:"additionalDomains,omitempty"`
	// Bucket is the name of the bucket of images. Required.
	Bucket string `json:"bucket,omitempty"`
	// CreateBucket makes a new private bucket of that name. Default: false, it exists.
	CreateBucket *bool `json:"createBucket,omitempty"`
	// ZoneId is the public hosted zone of all domains. Default: found by name.
	ZoneId string `json:"zoneId,omitempty"`
	// ZoneIds gives single domains another zone, by domain.
	ZoneIds map[string]string `json:"zoneIds,omitempty"`
	// WebAcl is "managed", "none" or the ARN of a web ACL. Default: managed.
	WebAcl string `json:"webAcl,omitempty"`
	// MinTtl is the shortest time an image stays at the edge, in seconds. Default: 0.
	MinTtl *int `json:"minTtl,omitempty"`
	// DefaultTtl is the time an image without Cache-Control stays at the edge, in
	// seconds. Default: 86400, a day.
	DefaultTtl *int `json:"defaultTtl,omitempty"`
	// MaxTtl is the longest time an image stays at the edge, in seconds. Default:
	// 31536000, a year.
	MaxTtl *int `json:"maxTtl,omitempty"`
	// ErrorTtl is the time an error stays at the edge, in seconds. Default: 5.
	ErrorTtl *int `json:"errorTtl,omitempty"`
	// CachePolicyId is an existing cache policy, instead of one made from the TTLs.
	CachePolicyId string `json:"cachePolicyId,omitempty"`
	// PriceClass is PriceClass_All, PriceClass_200 or PriceClass_100. Default: PriceClass_All.
	PriceClass string `json:"priceClass,omitempty"`
	// WaitForDeployment waits until every edge location has the change. Default: true.
	WaitForDeployment *bool `json:"waitForDeployment,omitempty"`
	// ValidationTimeout bounds the wait for the certificate, as a Go duration. Default: "45m".
	ValidationTimeout string `json:"validationTimeout,omitempty"`
	// Tags are put on every resource that takes tags.
	Tags map[string]string `json:"tags,omitempty"`
}

// Values is the configuration as a stack holds it: key to text, with lists,
// maps, numbers and booleans as JSON. Keys are without the project's namespace.
func (c Config) Values() (map[string]string, error) {
	encoded, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(encoded, &raw); err != nil {
		return nil, fmt.Errorf("encoding the configuration: %w", err)
	}
	values := map[string]string{}
	for key, value := range raw {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		values[key] = text
	}
	return values, nil
}

// readConfig reads the stack's configuration, and says of each value that cannot
// be read what is wrong with it.
func readConfig(ctx *pulumi.Context) (Config, []components.Fault) {
	var (
		c      Config
		faults []components.Fault
		stack  = config.New(ctx, "")
		target = reflect.ValueOf(&c).Elem()
	)
	for i := range target.NumField() {
		key, _, _ := strings.Cut(target.Type().Field(i).Tag.Get("json"), ",")
		text := stack.Get(key)
		if text == "" {
			continue
		}
		if err := decode(text, target.Field(i)); err != nil {
			faults = append(faults, components.Fault{
				Field: key, Value: text, Problem: "it cannot be read as " + describe(target.Field(i).Type()),
				Cure: "Set it as Pulumi.yaml describes it: pulumi config set " + example(key, target.Field(i).Type()),
			})
		}
	}
	return c, faults
}

func decode(text string, into reflect.Value) error {
	if into.Kind() == reflect.String {
		into.SetString(text)
		return nil
	}
	return json.Unmarshal([]byte(text), into.Addr().Interface())
}

// describe and example tell a person what a value of a type looks like. The types
// are those of Config's fields; numbers and booleans are behind pointers.
func describe(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	case t.Kind() == reflect.Map:
		return "a map of texts"
	case t.Elem().Kind() == reflect.Bool:
		return "true or false"
	default:
		return "a whole number"
	}
}

func example(key string, t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Slice:
		return "--path '" + key + "[0]' VALUE"
	case t.Kind() == reflect.Map:
		return "--path '" + key + ".NAME' VALUE"
	case t.Elem().Kind() == reflect.Bool:
		return key + " true"
	default:
		return key + " 60"
	}
}

// args is the configuration as the component takes it.
func (c Config) args() (components.ImageCdnArgs, []components.Fault) {
	args := components.ImageCdnArgs{
		Domain: c.Domain, AdditionalDomains: c.AdditionalDomains, ZoneId: c.ZoneId, ZoneIds: c.ZoneIds,
		Bucket: c.Bucket, CreateBucket: c.CreateBucket != nil && *c.CreateBucket, WebAcl: c.WebAcl,
		MinTtl: c.MinTtl, DefaultTtl: c.DefaultTtl, MaxTtl: c.MaxTtl, ErrorTtl: c.ErrorTtl,
		CachePolicyId: c.CachePolicyId, PriceClass: c.PriceClass, WaitForDeployment: c.WaitForDeployment,
	}
	if len(c.Tags) > 0 {
		args.Tags = pulumi.ToStringMap(c.Tags)
	}
	if c.ValidationTimeout == "" {
		return args, nil
	}
	timeout, err := time.ParseDuration(c.ValidationTimeout)
	if err != nil || timeout <= 0 {
		return args, []components.Fault{{
			Field: "validationTimeout", Value: c.ValidationTimeout, Problem: "it is not a duration",
			Cure: "Give a number with a unit, such as 45m or 1h30m",
		}}
	}
	args.ValidationTimeout = timeout
	return args, nil
}
