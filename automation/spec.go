package automation

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"imagecdn/components"
	"imagecdn/infra"
)

// Config is what the stack makes: the component's arguments, as plain values. It is
// the same as the configuration under `pulumi up`.
type Config = components.ImageCdnArgs

// Spec says which CDN a stack is, and where its state and its AWS are.
type Spec struct {
	// Stack is the name of the stack: at most 100 letters, digits, hyphens, underscores
	// and dots, the first a letter or a digit. It may be "organization/stack" or
	// "organization/imagecdn/stack", as Pulumi writes it; the organization is that of the
	// Pulumi Cloud, or the word "organization" itself with a backend of one's own.
	// Required. Another name is another CDN.
	Stack string
	// Config is what the stack makes.
	Config Config
	// AWS says how AWS is reached. The zero value is what the AWS SDK finds in
	// the environment.
	AWS AWS
	// Engine says how the Pulumi engine is run.
	Engine Engine
}

// AWS is the `aws:` configuration of the stack, used by every provider.
type AWS struct {
	// Region is the home region, the bucket's. Default: AWS_REGION.
	Region string
	// Profile is the name of a profile of the shared configuration files.
	Profile string
	// RoleARN is a role to assume, such as one of a tenant's account.
	RoleARN string
	// AccessKey, SecretKey and Token are explicit credentials. SecretKey and Token
	// are kept as secrets; a role or a profile is the better way.
	AccessKey, SecretKey, Token string
	// Endpoint is one URL to call instead of AWS, such as an emulator's.
	Endpoint string
	// Settings are further keys of the `aws:` configuration, as text or JSON; a
	// key here wins over the fields above.
	Settings map[string]string
}

// Engine says how the Pulumi engine is run.
type Engine struct {
	// Backend is the URL of the state, such as "s3://bucket" or "file:///dir".
	// Default: the one Pulumi is logged in to.
	Backend string
	// Passphrase encrypts secrets in state and configuration, where SecretsProvider
	// is "" and the backend is not the Pulumi Cloud. Default: PULUMI_CONFIG_PASSPHRASE.
	Passphrase string
	// SecretsProvider is the URL of a key, such as "awskms://alias/pulumi".
	SecretsProvider string
	// Home is the directory of Pulumi's plugins and credentials. Default: PULUMI_HOME, ~/.pulumi.
	Home string
	// Root is the directory with bin/pulumi. Default: the pulumi on PATH.
	Root string
	// Plugin is the directory with pulumi-resource-imagecdn, or with its source and
	// PulumiPlugin.yaml, which is built each time. It may be relative. Default: the
	// plugin that is installed in Home.
	Plugin string
	// Inherit are the names of the variables of this process that the engine, and the
	// providers it starts, get; a name may end in *. Default: [DefaultInherit], which
	// leaves out what has nothing to do with Pulumi or AWS. PATH is always passed.
	Inherit []string
	// Env is added to them, and wins over them.
	Env map[string]string
}

// stackName is an optional organization and project before the name. What starts with
// a hyphen would be an option of the CLI's, and dots alone a directory.
var stackName = regexp.MustCompile(`^(?:([A-Za-z0-9][A-Za-z0-9._-]*)/(?:([A-Za-z0-9][A-Za-z0-9._-]*)/)?)?([A-Za-z0-9][A-Za-z0-9._-]{0,99})$`)

// check reports what is wrong with the spec itself; its Config is checked by the
// program, which can look things up.
func (s Spec) check() error {
	parts := stackName.FindStringSubmatch(s.Stack)
	if parts == nil {
		return fmt.Errorf("%w: stack %q: a name has 1 to 100 letters, digits, hyphens, underscores and dots, the first a letter or a digit",
			ErrBadSpec, s.Stack)
	}
	if project := parts[2]; project != "" && project != infra.Project {
		return fmt.Errorf("%w: stack %q: the project is %s, so that its name in full is %s/%s/%s",
			ErrBadSpec, s.Stack, infra.Project, parts[1], infra.Project, parts[3])
	}
	return nil
}

// endpointServices are the services the stack calls.
var endpointServices = []string{"acm", "cloudfront", "cloudwatch", "kms", "logs", "route53", "s3", "sns", "sts", "wafv2"}

// config is the stack configuration the spec amounts to.
func (s Spec) config() (auto.ConfigMap, error) {
	values, err := infra.ConfigOf(s.Config)
	if err != nil {
		return nil, err
	}
	config := auto.ConfigMap{}
	for key, value := range values {
		config[infra.Project+":"+key] = auto.ConfigValue{Value: value}
	}
	aws, err := s.AWS.settings()
	if err != nil {
		return nil, err
	}
	for key, value := range aws {
		config["aws:"+key] = auto.ConfigValue{Value: value, Secret: key == "secretKey" || key == "token"}
	}
	return config, nil
}

func (a AWS) settings() (map[string]string, error) {
	settings := map[string]string{
		"region": a.Region, "profile": a.Profile,
		"accessKey": a.AccessKey, "secretKey": a.SecretKey, "token": a.Token,
	}
	if a.RoleARN != "" {
		role, err := json.Marshal(map[string]string{"roleArn": a.RoleARN})
		if err != nil {
			return nil, fmt.Errorf("encoding the role: %w", err)
		}
		settings["assumeRole"] = string(role)
	}
	if a.Endpoint != "" {
		endpoints := map[string]string{}
		for _, service := range endpointServices {
			endpoints[service] = a.Endpoint
		}
		list, err := json.Marshal([]map[string]string{endpoints})
		if err != nil {
			return nil, fmt.Errorf("encoding the endpoints: %w", err)
		}
		settings["endpoints"] = string(list)
		settings["s3UsePathStyle"] = "true"
		settings["skipMetadataApiCheck"] = "true"
	}
	maps.Copy(settings, a.Settings)
	for key, value := range settings {
		if value == "" {
			delete(settings, key)
		}
	}
	return settings, nil
}
