package clients

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	// cliLimit is how long one of the CLI's stories may take.
	cliLimit = 8 * time.Minute
	cliCure  = "install the AWS CLI, version 1 or 2 (https://aws.amazon.com/cli), and see that it is on PATH"
)

// object is a JSON object.
type object = map[string]any

// awsCLI is the AWS CLI in one region, without any configuration file.
type awsCLI struct{ program }

func newAWSCLI(t *testing.T, w world, region string) awsCLI {
	t.Helper()
	p := newProgram(t, "aws", cliCure, append(w.environment(region),
		"AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "AWS_DEFAULT_OUTPUT=json",
	))
	p.environment = append(p.environment,
		"AWS_CONFIG_FILE="+filepath.Join(p.dir, "config"), "AWS_SHARED_CREDENTIALS_FILE="+filepath.Join(p.dir, "credentials"),
	)
	return awsCLI{p}
}

// value is what a command says of one thing, by its JMESPath query.
func (c awsCLI) value(ctx context.Context, t *testing.T, query string, command ...string) string {
	t.Helper()
	return c.succeed(ctx, t, append(command, "--query", query, "--output", "text")...)
}

// refused requires AWS to refuse an operation with an error code.
func (c awsCLI) refused(ctx context.Context, t *testing.T, code, operation string, command ...string) {
	t.Helper()
	result := c.run(ctx, t, command...)
	assert.NotZero(t, result.code, "%s", result)
	assert.Contains(t, result.stderr, "("+code+") when calling the "+operation+" operation")
}

// document is a value as the JSON argument of a command.
func document(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

// lines are the lines of an output.
func lines(output string) []string { return strings.Split(strings.TrimSpace(output), "\n") }

func TestAWSCLIKnowsWhoItIs(t *testing.T) {
	t.Parallel()
	ctx := within(t, cliLimit)
	cli := newAWSCLI(t, newWorld(ctx, t), homeRegion)
	assert.Equal(t, accountID, cli.value(ctx, t, "Account", "sts", "get-caller-identity"))
	assert.Contains(t, cli.value(ctx, t, "Arn", "sts", "get-caller-identity"), "::"+accountID+":")
}
