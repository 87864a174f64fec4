package automation

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/infra"
)

const usableVersion = "v3.256.0"

// operations are all that can be done with a CDN.
func operations(c *CDN) map[string]func(context.Context) error {
	result := func(do func(context.Context) (Result, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := do(ctx)
			return err
		}
	}
	return map[string]func(context.Context) error{
		"preview": result(c.Preview), "up": result(c.Up), "refresh": result(c.Refresh), "destroy": result(c.Destroy), "unlock": c.Unlock,
		"outputs": func(ctx context.Context) error {
			_, err := c.Outputs(ctx)
			return err
		},
	}
}

func newCDN(t *testing.T, engine Engine) *CDN {
	t.Helper()
	c, err := New(Spec{Stack: "dev", Engine: engine})
	require.NoError(t, err)
	return c
}

func TestASpecWithoutAProperStackIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	c, err := New(Spec{Stack: "not a name"})
	require.ErrorIs(t, err, ErrBadSpec)
	assert.Nil(t, c)
	c, err = New(Spec{Stack: "dev"}, OnEvent(func(Event) {}))
	require.NoError(t, err)
	assert.NotNil(t, c.notify)
}

func TestWithoutAUsableCLINothingIsDone(t *testing.T) {
	t.Parallel()
	for sentence, root := range map[string]string{
		"there is none": t.TempDir(), "it is too old": newStandIn(t, "v3.255.9"), "its version is unreadable": newStandIn(t, "?"),
	} {
		for operation, do := range operations(newCDN(t, Engine{Root: root})) {
			t.Run(sentence+": "+operation, func(t *testing.T) {
				t.Parallel()
				err := do(t.Context())
				require.ErrorIs(t, err, ErrNoPulumi)
				assert.NotErrorIs(t, err, ErrFailed)
			})
		}
	}
}

func TestAStackThatDoesNotExistIsAnError(t *testing.T) {
	t.Parallel()
	c := newCDN(t, Engine{Root: newStandIn(t, usableVersion), Env: map[string]string{standInSays: noStack}})
	for operation, do := range operations(c) {
		if operation == "up" || operation == "preview" {
			continue // they make it
		}
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, do(t.Context()), ErrNoStack)
		})
	}
}

func TestAnotherOperationOnTheStackIsAnError(t *testing.T) {
	t.Parallel()
	c := newCDN(t, Engine{Root: newStandIn(t, usableVersion), Env: map[string]string{standInSays: lockedHere}})
	for operation, do := range operations(c) {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			err := do(t.Context())
			require.ErrorIs(t, err, ErrConcurrentUpdate)
			assert.Contains(t, err.Error(), operation+" of stack dev")
		})
	}
}

func TestACancelledEngineIsInterruptedAndWaitedFor(t *testing.T) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), "record")
	c := newCDN(t, Engine{Root: newStandIn(t, usableVersion), Env: map[string]string{standInRecord: record, standInWaits: "yes"}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var (
		running sync.WaitGroup
		failed  error
	)
	running.Go(func() { failed = operations(c)["up"](ctx) })
	require.Eventually(t, func() bool {
		_, err := os.Stat(record)
		return err == nil
	}, 20*time.Second, 10*time.Millisecond)
	cancel()
	running.Wait()
	require.ErrorIs(t, failed, ErrCancelled)
	require.ErrorIs(t, failed, context.Canceled)
	last, err := os.ReadFile(record)
	require.NoError(t, err)
	assert.Equal(t, "interrupted", string(last))
}

// recorded is what a stand-in was started with.
type recorded struct {
	directory, arguments string
	environment          []string
}

func (r recorded) value(name string) string {
	for _, entry := range slices.Backward(r.environment) {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}

func TestTwoCDNsSideBySideShareNoEnvironment(t *testing.T) {
	t.Parallel()
	before := os.Environ()
	names := []string{"one", "two"}
	engines := map[string]recorded{}
	var (
		mu  sync.Mutex
		all sync.WaitGroup
	)
	for _, name := range names {
		dir := t.TempDir()
		c := newCDN(t, Engine{
			Root: newStandIn(t, usableVersion), Backend: "file:///" + name, Home: filepath.Join(dir, "home"), Passphrase: "of-" + name,
			Env: map[string]string{standInSays: noStack, standInRecord: filepath.Join(dir, "record"), "ONLY_" + name: name, "BOTH": name},
		})
		all.Go(func() {
			_, err := c.Outputs(t.Context())
			assert.ErrorIs(t, err, ErrNoStack)
			content, err := os.ReadFile(filepath.Join(dir, "record"))
			assert.NoError(t, err)
			lines := append(strings.Split(string(content), "\n"), "", "")
			mu.Lock()
			defer mu.Unlock()
			engines[name] = recorded{directory: lines[0], arguments: lines[1], environment: lines[2:]}
		})
	}
	all.Wait()
	assert.Equal(t, before, os.Environ())
	for i, name := range names {
		got, other := engines[name], names[1-i]
		assert.Equal(t, name, got.value("BOTH"))
		assert.Equal(t, name, got.value("ONLY_"+name))
		assert.Empty(t, got.value("ONLY_"+other))
		assert.Equal(t, "file:///"+name, got.value("PULUMI_BACKEND_URL"))
		assert.Equal(t, "of-"+name, got.value("PULUMI_CONFIG_PASSPHRASE"))
		assert.Equal(t, "true", got.value("PULUMI_SKIP_UPDATE_CHECK"))
		assert.Equal(t, "home", filepath.Base(got.value("PULUMI_HOME")))
		assert.NotEqual(t, engines[other].value("PULUMI_HOME"), got.value("PULUMI_HOME"))
		assert.Contains(t, got.arguments, "--non-interactive", "it fails instead of asking")
		assert.NotEqual(t, engines[other].directory, got.directory)
		assert.NoDirExists(t, got.directory, "the work directory is gone")
	}
}

func TestCredentialsDoNotReachTheCommandLine(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	c, err := New(Spec{
		Stack:  "dev",
		AWS:    AWS{Region: "eu-central-1", AccessKey: "AKIAKEY", SecretKey: "secret key", Token: "a token"},
		Engine: Engine{Root: newStandIn(t, usableVersion), Env: map[string]string{standInLog: log}},
	})
	require.NoError(t, err)
	_, _ = c.Outputs(t.Context()) // a stand-in has none
	content, err := os.ReadFile(log)
	require.NoError(t, err)
	var given []string
	for line := range strings.Lines(string(content)) {
		arguments, input, _ := strings.Cut(strings.TrimSpace(line), " < ")
		for _, value := range []string{"AKIAKEY", "secret key", "a token"} {
			assert.NotContains(t, arguments, value)
		}
		if _, key, found := strings.Cut(arguments, "config set --stack dev "); found {
			given = append(given, key+": "+input)
		}
	}
	assert.Equal(t, []string{"--plaintext aws:accessKey: AKIAKEY", "--secret aws:secretKey: secret key", "--secret aws:token: a token"}, given)
	assert.Contains(t, string(content), "--plaintext aws:region=eu-central-1")
}

func TestWhatTheCLIPrintsIsPassedOnAndKept(t *testing.T) {
	t.Parallel()
	var printed strings.Builder
	c, err := New(Spec{Stack: "dev", Engine: Engine{
		Root: newStandIn(t, usableVersion), Env: map[string]string{standInSays: "the disk is full"},
	}}, Output(&printed))
	require.NoError(t, err)
	_, err = c.Up(t.Context())
	var engine *EngineError
	require.ErrorAs(t, err, &engine)
	assert.Contains(t, engine.Error(), "the disk is full")
	assert.Contains(t, printed.String(), "the disk is full\n")
}

func TestAnEngineInheritsWhatItNeedsAndNoMore(t *testing.T) {
	t.Parallel()
	host := []string{
		"HOME=/h", "PATH=/bin", "AWS_PROFILE=team", "PULUMI_CONFIG_PASSPHRASE=p", "https_proxy=http://proxy", "LC_ALL=C",
		"DATABASE_URL=secret", "GITHUB_TOKEN=secret", "AWSOME=1", "HOMEPAGE=x", "GOOGLE_CREDENTIALS=g",
	}
	assert.Equal(t, host[:1], inherited(host, []string{"HOME"}))
	assert.Empty(t, inherited(host, []string{}), "no names are not the default ones")
	assert.Equal(t, []string{"HOME=/h", "AWS_PROFILE=team", "PULUMI_CONFIG_PASSPHRASE=p", "https_proxy=http://proxy", "LC_ALL=C"}, inherited(host, nil))
	assert.Contains(t, inherited(host, append(DefaultInherit(), "GOOGLE_*")), "GOOGLE_CREDENTIALS=g")
}

func TestTheHostsOwnSecretsDoNotReachTheEngine(t *testing.T) {
	t.Setenv("SERVICE_DATABASE_URL", "secret")
	t.Setenv("AWS_SDK_UA_APP_ID", "service")
	for _, c := range []struct {
		inherit   []string
		aws, both string
	}{{nil, "service", ""}, {[]string{"SERVICE_*"}, "", "secret"}} {
		record := filepath.Join(t.TempDir(), "record")
		cdn := newCDN(t, Engine{Root: newStandIn(t, usableVersion), Inherit: c.inherit, Env: map[string]string{standInRecord: record}})
		_, err := cdn.Outputs(t.Context())
		require.ErrorIs(t, err, ErrFailed)
		content, err := os.ReadFile(record)
		require.NoError(t, err)
		got := recorded{environment: strings.Split(string(content), "\n")}
		assert.Equal(t, c.aws, got.value("AWS_SDK_UA_APP_ID"))
		assert.Equal(t, c.both, got.value("SERVICE_DATABASE_URL"))
		assert.NotEmpty(t, got.value("PATH"))
	}
}

func TestAWorkDirectoryThatIsStillWrittenToIsRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range 2000 {
			_ = os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600) // until the directory is gone
		}
	})
	require.NoError(t, removeAll(dir))
	writer.Wait()
	assert.NoDirExists(t, dir)
}

func TestTheErrorOfTheProgramIsKept(t *testing.T) {
	t.Parallel()
	p := &program{run: infra.Program}
	err := pulumi.RunErr(p.main, pulumi.WithMocks("imagecdn", "dev", unreachable{}))
	require.Error(t, err)
	var invalid *components.InvalidArgsError
	require.ErrorAs(t, p.err, &invalid)
	assert.NotEmpty(t, invalid.Faults)

	panicked := &program{run: infra.Program}
	err = panicked.main(nil)
	require.ErrorContains(t, err, "the program failed: ")
	assert.Equal(t, err, panicked.err)
}

// unreachable is an AWS that cannot be reached.
type unreachable struct{}

func (unreachable) NewResource(pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return "", nil, assert.AnError
}

func (unreachable) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return nil, assert.AnError
}

func TestAResultSaysWhetherAnythingIsTouched(t *testing.T) {
	t.Parallel()
	for _, unchanged := range []map[string]int{nil, {}, {"same": 9}, {"same": 9, "read": 1}, {"same": 9, "create": 0}} {
		assert.False(t, Result{Changes: unchanged}.Changed(), unchanged)
	}
	for _, changed := range []map[string]int{{"create": 1}, {"same": 9, "update": 1}, {"delete": 1}, {"replace": 2, "read": 1}} {
		assert.True(t, Result{Changes: changed}.Changed(), changed)
	}
}

func TestTheOldestCLIIsTheSameUnderPulumiUp(t *testing.T) {
	t.Parallel()
	project, err := os.ReadFile("../Pulumi.yaml")
	require.NoError(t, err)
	assert.Contains(t, string(project), `requiredPulumiVersion: ">=`+oldestPulumi.String()+`"`)
}
