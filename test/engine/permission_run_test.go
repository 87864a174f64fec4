package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
)

// permissionRun has TestAMissingPermissionIsNamedAndNothingIsLeft take away every action of docs/permissions.md,
// for an hour: `make permissions`. It is the file with what was tried; the run goes on where it stopped.
const permissionRun = "PERMISSION_RESULTS"

// permittedLife is a stack whose life needs some of the published policies.
type permittedLife struct {
	bucket   string
	headings []string
	logged   bool // to a bucket of its own, which needs what an existing bucket needs
	change   func(*automation.Config)
}

// The lives, as docs/permissions.md calls them.
const (
	withEverything = "an existing bucket with every option"
	onNewBucket    = "a new bucket"
)

// permittedLives need all of the published policies.
func permittedLives(t *testing.T) map[string]permittedLife {
	key := newKey(t)
	return map[string]permittedLife{
		withEverything: {
			bucket: bucketName,
			headings: []string{
				"Every stack", "An existing bucket", "The managed web ACL", "Response headers", "Signers", "Functions", "Preflights", "Logs", "Monitoring",
			},
			logged: true,
			change: func(c *automation.Config) { *c = everything(*c, key) },
		},
		onNewBucket: {
			bucket: "brand-new-pictures", headings: []string{"Every stack", "A new bucket"},
			change: func(c *automation.Config) {
				c.Origin.CreateBucket, c.Origin.RetainBucket, c.Protection.WebAcl = true, new(false), "none"
			},
		},
	}
}

// changedAgain changes what the actions that update, tag and untag are for.
func changedAgain(c automation.Config) automation.Config {
	c.AdditionalDomains = []string{"pictures." + zoneName}
	c.Tags = pulumi.StringMap{"owner": pulumi.String("pictures")}
	c.Cache.QueryParameters = []string{"revision"}
	if c.Headers.Security {
		c.Headers.CorsOrigins = []string{friend, "https://another." + zoneName}
		c.Functions.Robots = pulumi.String("User-agent: nobody\n")
		c.Monitoring.Dashboard = false
	}
	return c
}

// The operations of a stack's life, each with all that it may be refused.
var permittedPhases = []string{"preview", firstUp, change, "refresh", destroy}

func (w *world) attempt(phase string, spec automation.Spec) error {
	switch phase {
	case "preview":
		_, err := w.cdn(spec).Preview(within(w.t))
		return err
	case "refresh":
		_, err := w.cdn(spec).Refresh(within(w.t))
		return err
	}
	return w.operate(phase, spec)
}

// withoutAction is what became of a life without one of its actions.
type withoutAction struct {
	Life, Action string
	// Phase is the operation that failed, "" for none, and Resource what failed in it, "" for the stack.
	Phase, Resource string
	// Refused is how many calls AWS refused for it: a stack may do without what it has asked for.
	Refused int
	// Problem is what should not be: something left, an error that does not name the action.
	Problem string
}

// live has a stack live without an action. Where that fails, the action is given back, and the life goes on.
func (l permittedLife) live(t *testing.T, name, action string) (o withoutAction) {
	t.Helper()
	o.Life, o.Action = name, action
	w := newWorld(t)
	if l.logged {
		w.makeLogBucket()
	}
	before, spec := w.inventory(), w.spec("permitted")
	spec.Config.Bucket = pulumi.String(l.bucket)
	l.change(&spec.Config)
	l.permit(w, &spec, action)
	for _, phase := range permittedPhases {
		if phase == change {
			spec.Config = changedAgain(spec.Config)
		}
		err := w.attempt(phase, spec)
		if err == nil {
			continue
		}
		if o.Phase != "" || action == "" {
			o.Problem = phase + " failed although nothing was missing: " + err.Error()
			return o
		}
		o.Phase, o.Resource, o.Problem = phase, failedResource(err), unnamed(err, action)
		if phase == "preview" && !assert.ObjectsAreEqual(before, w.inventory()) {
			o.Problem = "a preview that was refused has changed something"
		}
		w.allow("deploys-"+spec.Stack, action)
		if err := w.attempt(phase, spec); err != nil {
			o.Problem = phase + " does not go on when the action is given: " + err.Error()
			return o
		}
	}
	for _, call := range w.aws.Front().Journal().Entries() {
		if call.Denied == action && action != "" {
			o.Refused++
		}
	}
	if after := w.inventory(); !assert.ObjectsAreEqual(before, after) {
		o.Problem = fmt.Sprintf("something is left: before %+v, after %+v", before, after)
	}
	return o
}

// permit has a spec call AWS as a user who has all that the life needs but one action.
func (l permittedLife) permit(w *world, spec *automation.Spec, action string) {
	w.permitAllBut(action, spec, l.bucket, l.headings...)
	if l.logged {
		w.attachAllBut(action, "deploys-"+spec.Stack, logBucket, "An existing bucket")
	}
}

// unnamed is what is wrong with an error that should say which action is missing, and on what.
func unnamed(err error, action string) string {
	if text := err.Error(); !strings.Contains(text, action) {
		return "the error does not name " + action + ": " + text
	}
	return ""
}

func failedResource(err error) string {
	var failed *automation.FailedError
	if !errors.As(err, &failed) {
		return ""
	}
	for _, f := range failed.Failures {
		if f.Resource != "" {
			return f.Resource
		}
	}
	return ""
}

// allow gives a user one action.
func (w *world) allow(user, action string) {
	w.t.Helper()
	_, err := iam.NewFromConfig(w.config("us-east-1")).PutUserPolicy(w.t.Context(), &iam.PutUserPolicyInput{
		UserName: &user, PolicyName: aws.String("given-back"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"*"}]}`),
	})
	require.NoError(w.t, err)
}

// Everything that the published policies allow is taken away, one action at a time. In every run, one
// that is missing after much was made, and one without which something is made that nothing can be read of.
func TestAMissingPermissionIsNamedAndNothingIsLeft(t *testing.T) {
	t.Parallel()
	lives := permittedLives(t)
	if file := os.Getenv(permissionRun); file != "" {
		everyAction(t, lives, file)
		return
	}
	for _, action := range []string{"s3:PutBucketPolicy", "wafv2:GetWebACL"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, lives[withEverything].live(t, withEverything, action).Problem)
		})
	}
}

// everyAction is the long run. It writes the table of docs/permissions.md.
func everyAction(t *testing.T, lives map[string]permittedLife, file string) {
	t.Helper()
	var known []withoutAction
	if content, err := os.ReadFile(file); err == nil {
		require.NoError(t, json.Unmarshal(content, &known))
	}
	var mu sync.Mutex
	keep := func(o withoutAction) {
		mu.Lock()
		defer mu.Unlock()
		known = append(known, o)
		content, err := json.MarshalIndent(known, "", " ")
		assert.NoError(t, err)
		assert.NoError(t, os.WriteFile(file, content, 0o600))
	}
	t.Run("without", func(t *testing.T) {
		for _, name := range slices.Sorted(maps.Keys(lives)) {
			life := lives[name]
			for _, action := range actionsOf(t, life.headings) {
				if slices.ContainsFunc(known, func(o withoutAction) bool { return o.Life == name && o.Action == action }) {
					continue
				}
				t.Run(name+" "+action, func(t *testing.T) {
					t.Parallel()
					o := life.live(t, name, action)
					if assert.Empty(t, o.Problem) {
						keep(o)
					}
				})
			}
		}
	})
	if !t.Failed() {
		rewrite(t, filepath.Join("docs", "permissions.md"), removalsStart, removals(known), removalsEnd)
	}
}

const (
	removalsStart = "<!-- removals: written by make permissions -->"
	removalsEnd   = "<!-- end of removals -->"
)

// removals is the table of what happens without an action.
func removals(outcomes []withoutAction) string {
	slices.SortFunc(outcomes, func(a, b withoutAction) int { return strings.Compare(a.Life+a.Action, b.Life+b.Action) })
	var rows strings.Builder
	failed := 0
	for _, o := range outcomes {
		if o.Phase != "" {
			failed++
		}
		rows.WriteString("| `" + o.Action + "` | " + o.Life + " | " + o.happened() + " |\n")
	}
	return fmt.Sprintf("%d actions were taken away, one at a time. %d operations failed: each error named the action and what it was missing for. "+
		"Given the action, the same operation went on, and the destroy left nothing.\n\n| without | stack | what happens |\n|---|---|---|\n%s",
		len(outcomes), failed, rows.String())
}

func (o withoutAction) happened() string {
	switch {
	case o.Phase != "" && o.Resource != "":
		return o.Phase + " fails at " + o.Resource
	case o.Phase != "":
		return o.Phase + " fails before anything is changed"
	case o.Refused > 0:
		return "it is refused, and the stack goes on without"
	}
	return "such a life does not call it"
}
