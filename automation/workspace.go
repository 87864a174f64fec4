package automation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/infra"
)

// selection says what to do about a stack that does not exist.
type selection bool

const (
	create    selection = true
	mustExist selection = false
)

// program runs the stack's program and keeps the error it returned, which the engine
// would pass on as text only.
type program struct {
	run func(*pulumi.Context) error
	err error
}

func (p *program) main(ctx *pulumi.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the program failed: %v\n%s", r, debug.Stack())
		}
		p.err = err
	}()
	return p.run(ctx)
}

// stackWorkspace is a private directory with a stack selected in it.
type stackWorkspace struct {
	stack auto.Stack
	dir   string
}

func openWorkspace(ctx context.Context, spec Spec, selection selection, p *program, output io.Writer) (*stackWorkspace, error) {
	cli, err := newCommand(ctx, spec.Engine, output)
	if err != nil {
		return nil, err
	}
	if spec.Engine.Plugin != "" {
		// The engine would look for it in the private directory.
		if spec.Engine.Plugin, err = filepath.Abs(spec.Engine.Plugin); err != nil {
			return nil, fmt.Errorf("finding the plugin: %w", err)
		}
	}
	w := &stackWorkspace{}
	if w.dir, err = os.MkdirTemp("", "imagecdn-"); err != nil {
		return nil, fmt.Errorf("making a work directory: %w", err)
	}
	if err := w.selectStack(ctx, spec, selection, p, cli); err != nil {
		if closeErr := w.close(); closeErr != nil {
			return nil, errors.Join(err, closeErr)
		}
		return nil, err
	}
	return w, nil
}

func (w *stackWorkspace) selectStack(
	ctx context.Context, spec Spec, selection selection, p *program, cli auto.PulumiCommand,
) (err error) {
	options := []auto.LocalWorkspaceOption{
		auto.WorkDir(w.dir), auto.Pulumi(cli), auto.Project(project(spec)), auto.EnvVars(environment(spec)),
	}
	if spec.Engine.Home != "" {
		options = append(options, auto.PulumiHome(spec.Engine.Home))
	}
	if spec.Engine.SecretsProvider != "" {
		options = append(options, auto.SecretsProvider(spec.Engine.SecretsProvider))
	}
	// Not wrapped: the SDK's checks know its own error type only.
	if selection == create {
		w.stack, err = auto.UpsertStackInlineSource(ctx, spec.Stack, infra.Project, p.main, options...)
	}
	if selection == mustExist || auto.IsCreateStack409Error(err) { // another first up was quicker
		w.stack, err = auto.SelectStackInlineSource(ctx, spec.Stack, infra.Project, p.main, options...)
	}
	if err != nil {
		return err
	}
	config, err := spec.config()
	if err != nil {
		return err
	}
	return w.configure(ctx, config)
}

// credentialKeys are the values that must not be on a command line, where every user
// of the machine can read them.
var credentialKeys = []string{"aws:accessKey", "aws:secretKey", "aws:token"}

// configure sets the stack's configuration. The SDK passes all values as arguments, so
// credentials are set without it, through standard input.
func (w *stackWorkspace) configure(ctx context.Context, config auto.ConfigMap) error {
	arguments := maps.Clone(config)
	for _, key := range credentialKeys {
		delete(arguments, key)
	}
	if err := w.stack.SetAllConfig(ctx, arguments); err != nil {
		return err //nolint:wrapcheck // the SDK's checks know its own error type only
	}
	for _, key := range credentialKeys {
		if value, given := config[key]; given {
			if err := w.configureSilently(ctx, key, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *stackWorkspace) configureSilently(ctx context.Context, key string, value auto.ConfigValue) error {
	workspace := w.stack.Workspace()
	var env []string
	if home := workspace.PulumiHome(); home != "" {
		env = append(env, "PULUMI_HOME="+home)
	}
	for name, text := range workspace.GetEnvVars() {
		env = append(env, name+"="+text)
	}
	kind := "--plaintext"
	if value.Secret {
		kind = "--secret"
	}
	_, stderr, _, err := workspace.PulumiCommand().Run(ctx, workspace.WorkDir(), strings.NewReader(value.Value), nil, nil, env,
		"config", "set", "--stack", w.stack.Name(), kind, key)
	if err != nil {
		return fmt.Errorf("setting %s: %w: %s", key, err, stderr)
	}
	return nil
}

func project(spec Spec) workspace.Project {
	p := workspace.Project{
		Name:    tokens.PackageName(infra.Project),
		Runtime: workspace.NewProjectRuntimeInfo("go", nil),
	}
	if spec.Engine.Backend != "" {
		p.Backend = &workspace.ProjectBackend{URL: spec.Engine.Backend}
	}
	if spec.Engine.Plugin != "" {
		p.Plugins = &workspace.Plugins{Providers: []workspace.PluginOptions{{Name: "imagecdn", Path: spec.Engine.Plugin}}}
	}
	return p
}

func environment(spec Spec) map[string]string {
	env := map[string]string{"PULUMI_SKIP_UPDATE_CHECK": "true"}
	if spec.Engine.Backend != "" {
		env["PULUMI_BACKEND_URL"] = spec.Engine.Backend
	}
	if spec.Engine.Passphrase != "" {
		env["PULUMI_CONFIG_PASSPHRASE"] = spec.Engine.Passphrase
	}
	maps.Copy(env, spec.Engine.Env)
	return env
}

func (w *stackWorkspace) close() error { return removeAll(w.dir) }
