package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"imagecdn/test/internal/mirror"
)

// operation is something that both do.
type operation string

const (
	firstUp   operation = "first up"
	preview   operation = "preview, no change"
	unchanged operation = "up, no change"
	refresh   operation = "refresh"
	destroy   operation = "destroy"
)

// operations are in the order in which they are done.
var operations = []operation{firstUp, preview, unchanged, refresh, destroy}

// isolated is the environment without anything of the caller's AWS, Pulumi and
// Terraform, but for where Pulumi's plugins are.
func isolated(settings ...string) []string {
	var kept []string
	for _, setting := range os.Environ() {
		if strings.HasPrefix(setting, "PULUMI_HOME=") ||
			!strings.HasPrefix(setting, "AWS_") && !strings.HasPrefix(setting, "PULUMI_") && !strings.HasPrefix(setting, "TF_") {
			kept = append(kept, setting)
		}
	}
	return append(kept, settings...)
}

// pulumi is the project: the Pulumi CLI in the checkout, with the configuration of
// the dev stack.
type pulumi struct{ checkout string }

func (pulumi) name() string { return "project" }

func (p pulumi) prepare(ctx context.Context, dir, endpoint string) (map[operation]command, error) {
	committed, err := os.ReadFile(filepath.Join(p.checkout, "Pulumi.dev.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the dev stack's configuration: %w", err)
	}
	config := filepath.Join(dir, "Pulumi.dev.yaml")
	moved := bytes.ReplaceAll(committed, []byte("http://127.0.0.1:4566"), []byte(endpoint))
	if err := os.WriteFile(config, moved, 0o600); err != nil {
		return nil, fmt.Errorf("writing the stack's configuration: %w", err)
	}
	cli := command{dir: p.checkout, program: "pulumi", environment: isolated("PULUMI_BACKEND_URL=file://"+dir,
		"PULUMI_CONFIG_PASSPHRASE=", "PULUMI_SKIP_UPDATE_CHECK=true", "TMPDIR="+dir)}
	if err := cli.with("stack", "select", "--create", "dev", "--non-interactive").run(ctx); err != nil {
		return nil, err
	}
	on := []string{"--stack", "dev", "--non-interactive", "--config-file", config}
	yes := append([]string{"--yes", "--skip-preview"}, on...)
	return map[operation]command{
		firstUp:   cli.with("up", yes...),
		preview:   cli.with("preview", append([]string{"--expect-no-changes"}, on...)...),
		unchanged: cli.with("up", append([]string{"--expect-no-changes"}, yes...)...),
		refresh:   cli.with("refresh", append([]string{"--expect-no-changes"}, yes...)...),
		destroy:   cli.with("destroy", yes...),
	}, nil
}

// terraform is Terraform with a configuration of the same resources.
type terraform struct{ checkout string }

func (terraform) name() string { return "Terraform" }

func (tf terraform) prepare(ctx context.Context, dir, endpoint string) (map[operation]command, error) {
	configuration := filepath.Join(tf.checkout, "test", "bench", "terraform")
	if err := os.CopyFS(dir, os.DirFS(configuration)); err != nil {
		return nil, fmt.Errorf("copying the configuration: %w", err)
	}
	cli := command{dir: dir, program: "terraform", environment: isolated("AWS_ENDPOINT_URL="+endpoint,
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_EC2_METADATA_DISABLED=true",
		"TF_CLI_CONFIG_FILE="+os.DevNull, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1", "TMPDIR="+dir,
		"TF_VAR_domain="+domain, "TF_VAR_zone="+zone, "TF_VAR_bucket="+bucket, "TF_VAR_region="+region)}
	initialise := cli.with("init")
	plugins, err := mirror.Find()
	if err != nil {
		return nil, err
	}
	if plugins != "" {
		initialise = cli.with("init", "-plugin-dir="+plugins)
	}
	if err := initialise.run(ctx); err != nil {
		return nil, err
	}
	apply := cli.with("apply", "-auto-approve")
	return map[operation]command{
		firstUp: apply, unchanged: apply,
		preview: cli.with("plan", "-detailed-exitcode"),
		refresh: cli.with("apply", "-refresh-only", "-auto-approve"),
		destroy: cli.with("destroy", "-auto-approve"),
	}, nil
}
