package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/automation"
	"imagecdn/localaws/api"
)

// The operations of a stack's life that write.
const (
	firstUp = "first up"
	change  = "change"
	destroy = "destroy"
)

var phases = []string{firstUp, change, destroy}

// What goes wrong right after a write, or, of the last two, just before it is repeated.
const (
	answerLost     = "answer lost"
	engineKilled   = "engine killed"
	providerKilled = "providers killed"
	diskFull       = "disk full"
	backendGone    = "backend gone"
)

// aWrite is a call of AWS that changes something: the n-th of its kind in an operation.
type aWrite struct {
	Phase     string `json:"phase"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Nth       int    `json:"nth"` // from 1
}

func (x aWrite) String() string {
	return fmt.Sprintf("%s: %s %s %d", x.Phase, x.Service, x.Operation, x.Nth)
}

// writesOf are the writes in a journal.
func writesOf(phase string, entries []api.Entry) []aWrite {
	var writes []aWrite
	for _, entry := range entries {
		if entry.ReadOnly() || entry.Status < 200 || entry.Status >= 300 {
			continue
		}
		x := aWrite{Phase: phase, Service: entry.Service, Operation: entry.Operation, Nth: 1}
		for slices.Contains(writes, x) {
			x.Nth++
		}
		writes = append(writes, x)
	}
	slices.SortStableFunc(writes, func(a, b aWrite) int {
		return strings.Compare(fmt.Sprint(a.Service, a.Operation, 100+a.Nth), fmt.Sprint(b.Service, b.Operation, 100+b.Nth))
	})
	return writes
}

// changed is the spec with another domain, other tags and another time to live.
func changed(spec automation.Spec) automation.Spec {
	spec.Config.AdditionalDomains = []string{"img.example.com"}
	spec.Config.Cache.DefaultTtl = pulumi.Int(120)
	spec.Config.Tags = pulumi.StringMap{"team": pulumi.String("pictures")}
	return spec
}

func (w *world) operate(phase string, spec automation.Spec) error {
	if phase == destroy {
		_, err := w.cdn(spec).Destroy(within(w.t))
		return err
	}
	_, err := w.cdn(spec).Up(within(w.t))
	return err
}

// outcome is what became of a cell of the table.
type outcome struct {
	Write  aWrite `json:"write"`
	Fault  string `json:"fault"`
	Result string `json:"result"` // "" for recovered
	WentOn bool   `json:"wentOn"` // the operation completed in spite of the fault
	Help   string `json:"help"`   // what the next up needed: unlocked, restored; "" for nothing
}

// What a person has to do before the next up, as docs/reliability.md says.
const (
	unlocked = "`pulumi cancel`"
	restored = "state restored"
)

// struckLife lives through all operations, each struck at one of its writes. The next up must
// complete and serve, and the destroy at the end must leave what was there before.
func struckLife(t *testing.T, fault string, strikes map[string]aWrite) (outcomes []outcome) {
	t.Helper()
	w := newWorldFor(t, fault)
	before, spec := w.inventory(), w.spec("life")
	defer w.endOrphans()
	for _, phase := range phases {
		strike, wanted := strikes[phase]
		if phase == change || strikes[change] == (aWrite{}) {
			spec = changed(spec)
		}
		if !wanted {
			if phase == firstUp {
				require.NoError(t, w.operate(firstUp, spec))
			}
			continue
		}
		o := outcome{Write: strike, Fault: fault}
		o.WentOn, o.Result = w.struck(strike, fault, spec)
		if o.Result == "" {
			o.Help, o.Result = w.completed(spec)
		}
		t.Logf("%s: %s: %+v", fault, strike, o)
		outcomes = append(outcomes, o)
		if o.Result != "" {
			return outcomes
		}
	}
	_, err := w.cdn(spec).Destroy(within(t))
	after, left := w.inventory(), ""
	switch {
	case err != nil:
		left = "the last destroy failed: " + lastLine(err)
	case !assert.ObjectsAreEqual(before, after):
		left = fmt.Sprintf("the destroy left something: before %+v, after %+v", before, after)
	}
	for i := range outcomes {
		outcomes[i].Result = left
	}
	return outcomes
}

// One cell of each fault, of those that have the most to recover from, or every one for `make reliability`.
func TestAStruckLifeGoesOnAndLeavesNothing(t *testing.T) {
	t.Parallel()
	if file := os.Getenv(longRun); file != "" {
		everyCell(t, file)
		return
	}
	cells := map[string]aWrite{
		answerLost:     {Phase: destroy, Service: "acm", Operation: "DeleteCertificate", Nth: 1},
		engineKilled:   {Phase: change, Service: "cloudfront", Operation: "CreateCachePolicy", Nth: 1},
		providerKilled: {Phase: destroy, Service: "cloudfront", Operation: "DeleteDistribution", Nth: 1},
		backendGone:    {Phase: firstUp, Service: "cloudfront", Operation: "CreateDistributionWithTags", Nth: 1},
	}
	if os.Geteuid() == 0 { // who may mount a small disk
		cells[diskFull] = aWrite{Phase: firstUp, Service: "acm", Operation: "RequestCertificate", Nth: 1}
	}
	for fault, strike := range cells {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			for _, o := range struckLife(t, fault, map[string]aWrite{strike.Phase: strike}) {
				assert.Empty(t, o.Result, o.Write.String())
			}
		})
	}
}

// What an up took over is forgotten by Pulumi when it is gone later: no trigger replaces it.
func TestADistributionThatWasTakenOverIsMadeAnewToo(t *testing.T) {
	t.Parallel()
	for _, o := range struckLife(t, backendGone, map[string]aWrite{
		firstUp: {Phase: firstUp, Service: "cloudfront", Operation: "CreateDistributionWithTags", Nth: 1},
		destroy: {Phase: destroy, Service: "cloudfront", Operation: "UpdateDistribution", Nth: 1},
	}) {
		assert.Empty(t, o.Result, o.Write.String())
	}
}

// newWorldFor has the state on a disk that can be filled, where that is the fault.
func newWorldFor(t *testing.T, fault string) *world {
	t.Helper()
	w := newWorld(t)
	if fault == diskFull {
		dir := t.TempDir()
		out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", dir).CombinedOutput()
		require.NoError(t, err, "a small disk needs the right to mount one: %s", out)
		t.Cleanup(func() { assert.NoError(t, exec.Command("umount", "-l", dir).Run()) })
		w.backend = "file://" + dir
	}
	return w
}

// struck runs an operation and has the fault strike at a write. It says whether the operation
// went on to its end, and what kept the fault from striking.
func (w *world) struck(strike aWrite, fault string, spec automation.Spec) (wentOn bool, problem string) {
	w.aws.Front().Journal().Clear()
	injected := api.Fault{Service: strike.Service, Operation: strike.Operation, Skip: strike.Nth - 1, Times: 1, When: api.After, Drop: true}
	if fault == diskFull || fault == backendGone {
		// The provider repeats the call, and the engine has nowhere to write what was made.
		injected.When, injected.Drop, injected.Code = api.Before, false, "Throttling"
	}
	w.inject([]api.Fault{injected})
	if fault == diskFull && strike.Phase == firstUp { // there is no state of an operation before
		spec.Engine.Env = map[string]string{"PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS": "true"}
	}
	ctx, stop := context.WithCancel(w.t.Context())
	hit := make(chan func(), 1)
	go func() {
		defer close(hit)
		for !slices.ContainsFunc(w.aws.Front().Journal().Entries(), func(e api.Entry) bool { return e.Struck != "" }) {
			if ctx.Err() != nil {
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
		hit <- w.harm(fault)
	}()
	err := w.operate(strike.Phase, spec)
	stop()
	repair, didHit := <-hit
	w.inject(nil)
	if !didHit {
		return err == nil, fmt.Sprintf("not struck (%v)", err)
	}
	repair()
	return err == nil, ""
}

// harm does what the fault is, besides what happens to the call; repair undoes it.
func (w *world) harm(fault string) (repair func()) {
	dir := strings.TrimPrefix(w.backend, "file://")
	switch fault {
	case engineKilled:
		killEngine(w.t, w)
	case providerKilled:
		for _, pid := range descendants(enginePID(w.t, w)) {
			if strings.HasPrefix(filepath.Base(commandOf(pid)), "pulumi-resource-") {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	case diskFull:
		filler := filepath.Join(dir, "filler")
		file, err := os.Create(filler)
		if assert.NoError(w.t, err) {
			for size := 1 << 16; size > 0; {
				if _, err := file.Write(bytes.Repeat([]byte{0}, size)); err != nil {
					size /= 2
				}
			}
			assert.NoError(w.t, file.Close())
		}
		return func() { assert.NoError(w.t, os.Remove(filler)) }
	case backendGone:
		assert.NoError(w.t, os.Rename(dir, dir+".away"))
		assert.NoError(w.t, os.WriteFile(dir, nil, 0o600)) // or the engine would make it anew
		return func() {
			assert.NoError(w.t, os.Remove(dir))
			assert.NoError(w.t, os.Rename(dir+".away", dir))
		}
	}
	return func() {}
}

// completed repeats the up as the documentation says, and says what is not as it should be.
func (w *world) completed(spec automation.Spec) (help, problem string) {
	var helps []string
	_, err := w.cdn(spec).Up(within(w.t))
	for err != nil && len(helps) < 2 {
		switch {
		case errors.Is(err, automation.ErrConcurrentUpdate) && !slices.Contains(helps, unlocked):
			helps, err = append(helps, unlocked), w.cdn(spec).Unlock(within(w.t))
		case strings.Contains(err.Error(), "failed to load checkpoint") && !slices.Contains(helps, restored):
			helps, err = append(helps, restored), w.restoreState(spec.Stack)
		default:
			return strings.Join(helps, ", "), "the next up failed: " + lastLine(err)
		}
		if err == nil {
			_, err = w.cdn(spec).Up(within(w.t))
		}
	}
	help = strings.Join(helps, ", ")
	if err != nil {
		return help, "the next up failed: " + lastLine(err)
	}
	return help, w.unserved(append([]string{spec.Config.Domain}, spec.Config.AdditionalDomains...))
}

// restoreState puts back the newest whole copy of the state: from the write before, or from one before that
// if they were kept, or from the end of an operation before. The description beside a file, which may be
// written by half although the file is whole, nobody needs.
func (w *world) restoreState(stack string) error {
	file := w.stateFile(stack)
	copies := []string{file, file + ".bak"}
	for _, pattern := range []string{file + ".*[0-9]", filepath.Join(strings.TrimPrefix(w.backend, "file://"), ".pulumi", "history", "imagecdn", stack, "*.checkpoint.json")} {
		kept, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		slices.Sort(kept) // their names have the time
		slices.Reverse(kept)
		copies = append(copies, kept...)
	}
	for _, name := range copies {
		if content, err := os.ReadFile(name); err == nil && json.Valid(content) {
			return errors.Join(os.WriteFile(file, content, 0o600), os.RemoveAll(file+".attrs"))
		}
	}
	return errors.New("no copy of the state is whole")
}

// unserved says which domain has no image, or not all of its records.
func (w *world) unserved(domains []string) string {
	records := w.records()
	for _, domain := range domains {
		for _, kind := range []string{"A", "AAAA", "HTTPS"} {
			if !slices.Contains(records, domain+". "+kind) {
				return fmt.Sprintf("%s has no %s record after the up", domain, kind)
			}
		}
		validated := slices.ContainsFunc(records, func(r string) bool {
			return strings.HasPrefix(r, "_") && strings.HasSuffix(r, "."+domain+". CNAME")
		})
		if !validated {
			return domain + " has no validation record after the up"
		}
		request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, "https://"+domain+imagePath, nil)
		if err != nil {
			return err.Error()
		}
		response, err := w.viewer().Do(request)
		if err != nil {
			return domain + " does not answer after the up: " + err.Error()
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Sprintf("%s answers %d after the up", domain, response.StatusCode)
		}
	}
	return ""
}

func lastLine(err error) string {
	text := strings.TrimSpace(err.Error())
	if len(text) > 1500 {
		text = text[len(text)-1500:]
	}
	return text
}

// descendants are the processes that a process has started, and those that they have.
func descendants(pid int) (all []int) {
	for _, child := range processes() {
		if child.parent == pid {
			all = append(append(all, child.pid), descendants(child.pid)...)
		}
	}
	return all
}

type process struct{ pid, parent int }

func processes() (all []process) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		if err != nil { // it has ended
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		parent, _ := strconv.Atoi(fields[1])
		all = append(all, process{pid: pid, parent: parent})
	}
	return all
}

func commandOf(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	command, _, _ := strings.Cut(string(line), "\x00")
	return command
}

// orphans are processes of this world whose engine is gone.
func (w *world) orphans() (pids []int) {
	for _, p := range processes() {
		environment, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.pid))
		if p.parent == 1 && bytes.Contains(environment, []byte("PULUMI_BACKEND_URL="+w.backend+"\x00")) {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

// endOrphans ends what killed engines leave running.
func (w *world) endOrphans() {
	for _, pid := range w.orphans() {
		for _, child := range append(descendants(pid), pid) {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
	}
}
