package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// longRun has TestAStruckLifeGoesOnAndLeavesNothing try every cell of docs/reliability.md, for hours:
// `make reliability`. It is the file with what was tried; the run goes on where it stopped.
const longRun = "RELIABILITY_RESULTS"

var reliabilityFaults = []string{answerLost, engineKilled, providerKilled, diskFull, backendGone}

// results are what a run has found.
type results struct {
	Seconds  float64             `json:"seconds"` // of all lives, as if they had run one after the other
	Writes   map[string][]aWrite `json:"writes"`
	Outcomes []outcome           `json:"outcomes"`

	mu   sync.Mutex
	file string
}

func loadResults(t *testing.T, file string) *results {
	t.Helper()
	r := &results{file: file}
	content, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return r
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, r))
	return r
}

// keep replaces what was known of the same cells, and writes the file.
func (r *results) keep(t *testing.T, took time.Duration, outcomes ...outcome) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Seconds += took.Seconds()
	for _, o := range outcomes {
		if known := r.find(o.Write, o.Fault); known != nil {
			*known = o
			continue
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	content, err := json.MarshalIndent(r, "", " ")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(r.file+".new", content, 0o600))
	require.NoError(t, os.Rename(r.file+".new", r.file))
}

func (r *results) find(write aWrite, fault string) *outcome {
	for i := range r.Outcomes {
		if r.Outcomes[i].Write == write && r.Outcomes[i].Fault == fault {
			return &r.Outcomes[i]
		}
	}
	return nil
}

// open are the lives that are still to be lived with a fault: the writes to strike, by phase, that
// were not tried, or not recovered.
func (r *results) open(fault string) (lives []map[string]aWrite) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, phase := range phases {
		life := 0
		for _, write := range r.Writes[phase] {
			if known := r.find(write, fault); known != nil && known.Result == "" {
				continue
			}
			if life == len(lives) {
				lives = append(lives, map[string]aWrite{})
			}
			lives[life][phase] = write
			life++
		}
	}
	return lives
}

// plainLife is a life without faults: what it writes is what is to be struck.
func plainLife(t *testing.T) map[string][]aWrite {
	t.Helper()
	w := newWorld(t)
	before, spec := w.inventory(), w.spec("life")
	writes := map[string][]aWrite{}
	for _, phase := range phases {
		w.aws.Front().Journal().Clear()
		if phase == change {
			spec = changed(spec)
		}
		require.NoError(t, w.operate(phase, spec))
		writes[phase] = writesOf(phase, w.aws.Front().Journal().Entries())
	}
	assert.Equal(t, before, w.inventory())
	return writes
}

// A life without faults has the writes that the table has rows of: a new resource needs another run.
func TestTheReliabilityTableHasEveryWriteOfALife(t *testing.T) {
	t.Parallel()
	page := reliabilityPage(t)
	require.Equal(t, reliabilityRows(plainLife(t)), rowNames(page), "run `make reliability`: docs/reliability.md is of another life")
}

func TestTheReadmePromisesWhatTheReliabilityTableShows(t *testing.T) {
	t.Parallel()
	page, shown := reliabilityPage(t), map[string]int{}
	for _, row := range tableRow.FindAllStringSubmatch(page, -1) {
		cells := strings.Split(strings.Trim(row[2], " |"), " | ")
		assert.Len(t, cells, len(reliabilityFaults), row[1])
		for _, cell := range cells {
			shown[cell]++
			assert.Regexp(t, "^("+wentOn+"|"+recovered+"(, "+unlocked+")?(, "+restored+")?)$", cell, row[1])
		}
	}
	readme, err := os.ReadFile(filepath.Join(toolchain.root, "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(readme), promise(shown))
}

// everyCell is the long run. It writes docs/reliability.md, and the promise in the README, when
// every cell was tried.
func everyCell(t *testing.T, file string) {
	t.Helper()
	r := loadResults(t, file)
	r.Writes = plainLife(t)
	t.Run("lives", func(t *testing.T) {
		for _, fault := range reliabilityFaults {
			for life, strikes := range r.open(fault) {
				t.Run(fmt.Sprint(fault, " ", life), func(t *testing.T) {
					t.Parallel()
					started := time.Now()
					outcomes := struckLife(t, fault, strikes)
					r.keep(t, time.Since(started), outcomes...)
					for _, o := range outcomes {
						assert.Empty(t, o.Result, "%s: %s", o.Fault, o.Write)
					}
				})
			}
		}
	})
	for _, fault := range reliabilityFaults {
		require.Empty(t, r.open(fault), "run it again: it goes on where it stopped")
	}
	table, shown := r.table()
	rewrite(t, filepath.Join("docs", "reliability.md"), tableStart, table, tableEnd)
	rewrite(t, "README.md", promiseStart, promise(shown)+"\n", promiseEnd)
}

// rewrite replaces what is between two comments of a document.
func rewrite(t *testing.T, name, start, text, end string) {
	t.Helper()
	file := filepath.Join(toolchain.root, name)
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	before, _, found := strings.Cut(string(page), start)
	require.True(t, found, "%s has no %s", name, start)
	_, after, _ := strings.Cut(string(page), end)
	require.NoError(t, os.WriteFile(file, []byte(before+start+"\n"+text+end+after), 0o600))
}

// promise is what the README says, of how many cells there are of each kind.
func promise(shown map[string]int) string {
	cells, cancelled, put := 0, 0, 0
	for cell, number := range shown {
		cells += number
		switch {
		case strings.Contains(cell, restored):
			put += number
		case strings.Contains(cell, unlocked):
			cancelled += number
		}
	}
	return fmt.Sprintf("An up, a change or a destroy that fails or is interrupted is run again, and goes on where it stopped. "+
		"[docs/reliability.md](docs/reliability.md) shows it for every write of a stack's life and five faults, %d cells: "+
		"in %d the next up completed without help, in %d after %s had released Pulumi's lock, in %d after a copy of Pulumi's state had been put back. "+
		"The destroy after that left nothing of the stack, and everything else as it was.", cells, cells-cancelled-put, cancelled, unlocked, put)
}

func reliabilityPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(toolchain.root, "docs", "reliability.md"))
	require.NoError(t, err)
	return string(page)
}

const (
	tableStart = "<!-- cells: written by make reliability -->"
	tableEnd   = "<!-- end of cells -->"

	promiseStart = "<!-- promise: written by make reliability -->"
	promiseEnd   = "<!-- end of promise -->"
)

// What a cell says.
const (
	wentOn    = "went on"
	recovered = "recovered"
)

// tableRow is a row with its name and its cells.
var tableRow = regexp.MustCompile(`(?m)^\| ([a-z ]+: [^|]+) \|(( [^|]+ \|)+)$`)

func rowNames(page string) (names []string) {
	for _, row := range tableRow.FindAllStringSubmatch(page, -1) {
		names = append(names, row[1])
	}
	return names
}

func reliabilityRows(writes map[string][]aWrite) (names []string) {
	for _, phase := range phases {
		for _, write := range writes[phase] {
			names = append(names, write.String())
		}
	}
	return names
}

// table is what is between the comments in docs/reliability.md, and how many cells of each kind it shows.
func (r *results) table() (text string, shown map[string]int) {
	var rows strings.Builder
	rows.WriteString("| right after | " + strings.Join(reliabilityFaults, " | ") + " |\n|---" + strings.Repeat("|---", len(reliabilityFaults)) + "|\n")
	shown = map[string]int{}
	for _, phase := range phases {
		for _, write := range r.Writes[phase] {
			rows.WriteString("| " + write.String() + " |")
			for _, fault := range reliabilityFaults {
				cell := r.find(write, fault).cell()
				rows.WriteString(" " + cell + " |")
				shown[cell]++
			}
			rows.WriteString("\n")
		}
	}
	return fmt.Sprintf("The lives took %.1f hours, one after the other.\n\n%s", r.Seconds/3600, rows.String()), shown
}

func (o *outcome) cell() string {
	switch {
	case o == nil:
		return "unknown"
	case o.Result != "":
		return "lost"
	case o.Help != "":
		return recovered + ", " + o.Help
	case o.WentOn:
		return wentOn
	}
	return recovered
}
