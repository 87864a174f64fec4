package languages

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"imagecdn/localaws"
)

// operationTimeout bounds one command on a busy machine of two processors.
const operationTimeout = 10 * time.Minute

// stack is a stack of a program in a directory, driven by the CLI as a person does.
type stack struct {
	t         *testing.T
	world     *localaws.Server
	directory string // of the program
	backend   string
}

// newStack makes a stack of the program in a directory, on an AWS of its own.
func newStack(t *testing.T, world *localaws.Server, directory string) *stack {
	t.Helper()
	s := &stack{t: t, world: world, directory: directory, backend: "file://" + t.TempDir()}
	s.pulumi("stack", "init", "dev")
	s.configure()
	return s
}

// configure adds the settings of an emulator to the stack's configuration.
func (s *stack) configure() {
	s.t.Helper()
	file := filepath.Join(s.directory, "Pulumi.dev.yaml")
	endpoints := map[string]string{}
	for _, service := range []string{"acm", "cloudfront", "route53", "s3", "sts", "wafv2"} {
		endpoints[service] = s.world.APIURL()
	}
	text, err := yaml.Marshal(map[string]any{"config": map[string]any{
		"aws:region": region, "aws:accessKey": "local", "aws:secretKey": "local", "aws:s3UsePathStyle": true,
		"aws:skipMetadataApiCheck": true, "aws:endpoints": []any{endpoints},
	}})
	require.NoError(s.t, err)
	salt, err := os.ReadFile(file)
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(file, append(salt, text...), 0o600))
}

// pulumi runs the CLI in the program's directory.
func (s *stack) pulumi(args ...string) string {
	s.t.Helper()
	out, err := s.try(s.directory, "pulumi", append(args, "--non-interactive")...)
	require.NoError(s.t, err, "pulumi %s", strings.Join(args, " "))
	return out
}

// try runs a program in a directory, with the stack's settings.
func (s *stack) try(directory, name string, args ...string) (string, error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), operationTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = directory
	cmd.Env = append(os.Environ(), "GOWORK=off", "PULUMI_HOME="+setup.home, "PULUMI_BACKEND_URL="+s.backend,
		"PULUMI_CONFIG_PASSPHRASE=a passphrase of this test",
		// The program's types are checked by themselves, once.
		"PULUMI_NODEJS_TRANSPILE_ONLY=true")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		s.t.Logf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, said.String())
	}
	return string(out), err
}

// planned are the resources that a preview would create.
func (s *stack) planned() []string {
	s.t.Helper()
	var preview struct {
		Steps []struct{ Op, URN string }
	}
	require.NoError(s.t, json.Unmarshal([]byte(s.pulumi("preview", "--json")), &preview))
	var names []string
	for _, step := range preview.Steps {
		if step.Op == "create" {
			names = append(names, step.URN)
		}
	}
	slices.Sort(names)
	return names
}

// resources are those of the state, without default providers: no preview names them.
func (s *stack) resources() []string {
	s.t.Helper()
	var state struct {
		Deployment struct{ Resources []struct{ URN string } }
	}
	require.NoError(s.t, json.Unmarshal([]byte(s.pulumi("stack", "export")), &state))
	var names []string
	for _, resource := range state.Deployment.Resources {
		if !strings.Contains(resource.URN, "::default") {
			names = append(names, resource.URN)
		}
	}
	slices.Sort(names)
	return names
}

func copyFiles(t *testing.T, folder, to string) {
	t.Helper()
	require.NoError(t, copyFolder(folder, to))
}

// copyFolder copies the files of a folder of the checkout that git knows or would add.
func copyFolder(folder, to string) error {
	list, err := output(filepath.Join(setup.root, folder), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join(setup.root, folder, name))
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
