package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cli stands in for Pulumi's CLI: it notes what it is asked, and answers a preview.
type cli struct {
	preview string
	asked   []string
	fails   string // the command that fails, by its first words
}

func (c *cli) run(_ context.Context, notes io.Writer, args ...string) ([]byte, error) {
	line := strings.Join(args, " ")
	c.asked = append(c.asked, line)
	if c.fails != "" && strings.HasPrefix(line, c.fails) {
		_, _ = io.WriteString(notes, "error: it failed\n")
		return nil, errors.New("exit status 255")
	}
	switch args[0] {
	case "stack":
		return []byte("acme/prod\n"), nil
	case "preview":
		return []byte(c.preview), nil
	}
	return nil, nil
}

// adopt runs the command on a configuration file of a stack named prod.
func (c *cli) adopt(t *testing.T, args ...string) (out, errs, file string, err error) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "Pulumi.prod.yaml")
	require.NoError(t, os.WriteFile(file, []byte("config: {}\n"), 0o600))
	var stdout, stderr bytes.Buffer
	cmd := newAdoptCommand(stdio{out: &stdout, err: &stderr}, c.run)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append(args, "--config-file", file))
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), file, err
}

const takenOver = `{"steps": [
 {"op": "import", "urn": "urn:x::cdn-distribution", "newState": {"type": "aws:cloudfront/distribution:Distribution", "custom": true, "importID": "E1"}},
 {"op": "update", "urn": "urn:x::cdn-distribution", "diffReasons": ["comment"],
  "oldState": {"type": "aws:cloudfront/distribution:Distribution", "importID": "E1", "inputs": {}},
  "newState": {"type": "aws:cloudfront/distribution:Distribution", "importID": "E1", "inputs": {"comment": "c"}}},
 {"op": "create", "urn": "urn:x::cdn-cache", "newState": {"type": "aws:cloudfront/cachePolicy:CachePolicy", "custom": true}}
], "diagnostics": [{"severity": "warning", "message": "warning: a tag goes"}, {"severity": "info", "message": "an identity stays"}]}`

func TestATakeOverIsShownAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	c := &cli{preview: takenOver}
	out, errs, file, err := c.adopt(t, "cdn.example.com")
	require.NoError(t, err)
	assert.Equal(t, `Distribution E1 serves cdn.example.com. With adopt.distributionId, the next pulumi up

takes over, and changes in place:
  cdn-distribution  E1
      comment: (none) -> "c"

makes beside them:
  cdn-cache  aws:cloudfront/cachePolicy:CachePolicy

Beware:
  a tag goes

To know:
  an identity stays
`, out)
	assert.Equal(t, "Previewing the take-over; nothing is changed by that.\n", errs)
	for _, line := range c.asked {
		assert.NotContains(t, line, file, "only a copy is changed")
	}
	assert.Contains(t, strings.Join(c.asked, "\n"), "config set --path adopt.distributionId cdn.example.com --stack acme/prod")
}

func TestTheStackIsToldToTakeOverTheDistributionThatWasShown(t *testing.T) {
	t.Parallel()
	c := &cli{preview: takenOver, fails: "config get domain"}
	out, errs, file, err := c.adopt(t, "cdn.example.com", "--stack", "prod", "--yes", "--json")
	require.NoError(t, err)
	var document struct{ Domain, DistributionID string }
	require.NoError(t, json.Unmarshal([]byte(out), &document))
	assert.Equal(t, "E1", document.DistributionID)
	assert.Equal(t, "cdn.example.com", document.Domain)
	assert.Equal(t, []string{
		"config get domain --stack prod --config-file " + file,
		"config set domain cdn.example.com --stack prod --config-file " + file,
		"config set --path adopt.distributionId E1 --stack prod --config-file " + file,
	}, c.asked[len(c.asked)-3:])
	assert.Contains(t, errs, "Now run: pulumi up --stack prod")
}

func TestNothingIsWrittenOfATakeOverThatCannotBe(t *testing.T) {
	t.Parallel()
	for sentence, test := range map[string]struct {
		cli  cli
		args []string
		want string
	}{
		"something would be replaced": {cli{preview: `{"steps": [{"op": "replace", "urn": "urn:x::cdn-distribution"}]}`}, nil, "is no take-over"},
		"the configuration is wrong":  {cli{preview: `{"diagnostics": [{"severity": "error", "message": "error: bucket: none"}]}`}, nil, "bucket: none"},
		"the preview fails":           {cli{fails: "preview"}, nil, "error: it failed"},
		"the stack has it already":    {cli{preview: `{"steps": []}`}, nil, ""},
		"no stack is selected":        {cli{fails: "stack"}, nil, "Give --stack"},
	} {
		t.Run(sentence, func(t *testing.T) {
			t.Parallel()
			_, _, file, err := test.cli.adopt(t, "cdn.example.com", "--yes")
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
			} else {
				require.NoError(t, err)
			}
			for _, line := range test.cli.asked {
				assert.NotContains(t, line, file)
			}
		})
	}
}

func TestAdoptTakesOneDomain(t *testing.T) {
	t.Parallel()
	var usage *usageError
	for _, args := range [][]string{nil, {"a.example.com", "b.example.com"}} {
		_, _, _, err := (&cli{}).adopt(t, args...)
		require.ErrorAs(t, err, &usage)
	}
}
