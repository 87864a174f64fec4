// Package docs_test checks what the documentation says against what is there.
package docs_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root is the repository.
const root = ".."

// read returns a file of the repository.
func read(t *testing.T, path ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	require.NoError(t, err)
	return string(content)
}

// pages are the documentation, as paths from the root.
func pages(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md"}
	for _, dir := range []string{"docs", "tools", "examples", "localaws"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".md" {
				path, err = filepath.Rel(root, path)
				found = append(found, path)
			}
			return err
		})
		require.NoError(t, err)
	}
	return found
}

// rows are the rows of the table between the README's comment that starts with
// the name and the one that ends it.
func rows(t *testing.T, name string) []string {
	t.Helper()
	_, after, found := strings.Cut(read(t, "README.md"), "<!-- "+name+":")
	require.True(t, found, "the README has a table of the %s", name)
	table, _, found := strings.Cut(after, "<!-- end of "+name+" -->")
	require.True(t, found, "the table of the %s has an end", name)
	var entries []string
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| `") {
			entries = append(entries, strings.TrimSpace(line))
		}
	}
	return entries
}

func TestTheReadmeListsTheOutputsThatTheProgramExports(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, row := range rows(t, "outputs") {
		listed = append(listed, strings.Split(row, "`")[1])
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "infra", "program.go"), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	assert.Equal(t, exports(t, file), listed)
}

// exports are the names a file gives to ctx.Export.
func exports(t *testing.T, file *ast.File) []string {
	t.Helper()
	var names []string
	ast.Inspect(file, func(node ast.Node) bool {
		call, isCall := node.(*ast.CallExpr)
		if !isCall {
			return true
		}
		if method, ok := call.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Export" {
			literal, ok := call.Args[0].(*ast.BasicLit)
			require.True(t, ok, "an output's name is a literal")
			name, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			names = append(names, name)
		}
		return true
	})
	return names
}

func TestTheReadmeListsTheErrorsOfTheAutomationApi(t *testing.T) {
	t.Parallel()
	declared := regexp.MustCompile(`(?m)^\t(Err\w+)\s+= errors\.New`).FindAllStringSubmatch(read(t, "automation", "errors.go"), -1)
	listed := regexp.MustCompile("(?m)^\\| `(Err\\w+)` ").FindAllStringSubmatch(read(t, "README.md"), -1)
	assert.ElementsMatch(t, firsts(declared), firsts(listed))
}

func firsts(matches [][]string) []string {
	var found []string
	for _, match := range matches {
		found = append(found, match[1])
	}
	return found
}

func TestTheMakeTargetsOfTheDocumentationExist(t *testing.T) {
	t.Parallel()
	mentioned := regexp.MustCompile("(?m)(?:`|^    )make ([a-z][a-z-]*)")
	targets := firsts(regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(read(t, "Makefile"), -1))
	for _, page := range pages(t) {
		for _, target := range firsts(mentioned.FindAllStringSubmatch(read(t, page), -1)) {
			assert.Contains(t, targets, target, "make %s, in %s", target, page)
		}
	}
}

var (
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeBlock = regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")
)

func TestEveryRelativeLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, target := range firsts(link.FindAllStringSubmatch(codeBlock.ReplaceAllString(read(t, page), ""), -1)) {
			path, heading, _ := strings.Cut(target, "#")
			if strings.Contains(path, "://") {
				continue
			}
			file := page
			if path != "" {
				file = filepath.Join(filepath.Dir(page), path)
				_, err := os.Stat(filepath.Join(root, file))
				assert.NoError(t, err, "link %s in %s", target, page)
			}
			if heading != "" {
				assert.Contains(t, anchors(read(t, file)), heading, "link %s in %s", target, page)
			}
		}
	}
}

// anchors are the names that GitHub gives to the headings of a page.
func anchors(page string) []string {
	var names []string
	for _, heading := range firsts(regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(codeBlock.ReplaceAllString(page, ""), -1)) {
		name := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(heading), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

func TestJsonBlocksAreJson(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, block := range blocks(t, page, "json") {
			assert.True(t, json.Valid([]byte(block)), "in %s:\n%s", page, block)
		}
	}
}

// maxManagedPolicy is the most that IAM takes as one managed policy, white space
// not counted (IAM User Guide, "IAM and AWS STS quotas").
const maxManagedPolicy = 6144

func TestThePermissionsFitIntoOneManagedPolicy(t *testing.T) {
	t.Parallel()
	size := 0
	for _, policy := range blocks(t, filepath.Join("docs", "permissions.md"), "json") {
		var compact bytes.Buffer
		require.NoError(t, json.Compact(&compact, []byte(policy)))
		size += compact.Len()
	}
	assert.Positive(t, size)
	assert.LessOrEqual(t, size, maxManagedPolicy)
}

// blocks are the code blocks of a page in one language.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	var found []string
	for _, match := range codeBlock.FindAllStringSubmatch(read(t, page), -1) {
		if match[1] == language {
			found = append(found, match[2])
		}
	}
	return found
}

// Each Go block is a program. It is compiled as a package of this module that
// exists in an overlay only, so that nothing is written into the repository, and
// under another package name, so that nothing is linked.
func TestGoBlocksCompile(t *testing.T) {
	t.Parallel()
	module, err := filepath.Abs(root)
	require.NoError(t, err)
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	dir := t.TempDir()
	args := []string{"build", "-overlay", filepath.Join(dir, "overlay.json")}
	for _, page := range pages(t) {
		for _, source := range blocks(t, page, "go") {
			name := "block" + strconv.Itoa(len(overlay.Replace))
			file := filepath.Join(dir, name+".go")
			source = strings.Replace(source, "package main", "package "+name, 1)
			require.NoError(t, os.WriteFile(file, []byte(source), 0o600))
			overlay.Replace[filepath.Join(module, "docs", name, "main.go")] = file
			args = append(args, "./docs/"+name)
		}
	}
	require.NotEmpty(t, overlay.Replace)
	encoded, err := json.Marshal(overlay)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), encoded, 0o600))
	build := exec.CommandContext(t.Context(), "go", args...)
	build.Dir, build.WaitDelay = module, time.Minute
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
}
