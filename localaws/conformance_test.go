package localaws_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/acm"
	"imagecdn/localaws/api"
	"imagecdn/localaws/cloudfront"
	"imagecdn/localaws/iam"
	"imagecdn/localaws/kms"
	"imagecdn/localaws/logs"
	"imagecdn/localaws/monitoring"
	"imagecdn/localaws/route53"
	"imagecdn/localaws/s3"
	"imagecdn/localaws/sns"
	"imagecdn/localaws/sts"
	"imagecdn/localaws/wafv2"
)

// updateFidelity is the flag with which the page is written: go test . -run Fidelity -update
var updateFidelity = flag.Bool("update", false, "write docs/fidelity.md")

// fidelityPage is where the table is published.
const fidelityPage = "../docs/fidelity.md"

// rule is a row of the table: how AWS behaves, where it says so, and the tests
// that show that it is so here, as package.Test.
type rule struct {
	says, source string
	shown        []string
}

// section is a part of the table.
type section struct {
	title string
	rules []rule
}

// suite is the tests of one package, with everything that they use.
type suite struct {
	tests []string
	// nodes are the functions and variables of the package, by name.
	nodes map[string][]ast.Node
}

// suites reads the tests below a directory, by package. The root's is localaws.
func suites(t *testing.T, root string) map[string]*suite {
	t.Helper()
	found := map[string]*suite{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		name := filepath.ToSlash(filepath.Dir(path))
		if name == "." {
			name = "localaws"
		}
		if found[name] == nil {
			found[name] = &suite{nodes: map[string][]ast.Node{}}
		}
		found[name].add(file)
		return nil
	}))
	return found
}

func (s *suite) add(file *ast.File) {
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			s.nodes[d.Name.Name] = append(s.nodes[d.Name.Name], d)
			if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") {
				s.tests = append(s.tests, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					for _, name := range v.Names {
						s.nodes[name.Name] = append(s.nodes[name.Name], v)
					}
				}
			}
		}
	}
}

// mentions are the names and texts that a test comes by, in itself and in what it
// uses of its package.
func (s *suite) mentions(test string) map[string]bool {
	seen, open := map[string]bool{test: true}, []string{test}
	for len(open) > 0 {
		name := open[0]
		open = open[1:]
		for _, node := range s.nodes[name] {
			ast.Inspect(node, func(n ast.Node) bool {
				word := ""
				switch n := n.(type) {
				case *ast.Ident:
					word = n.Name
				case *ast.BasicLit:
					word, _ = strconv.Unquote(n.Value) // a number is no word
				}
				if word != "" && !seen[word] {
					seen[word] = true
					open = append(open, word)
				}
				return true
			})
		}
	}
	return seen
}

// shows are the tests that call an operation.
func (s *suite) shows(operation string) (tests []string) {
	words := []string{operation, "New" + operation + "Paginator"}
	if operation == "OptionsObject" {
		words = []string{"MethodOptions"} // the SDK does not have it: browsers send it
	}
	for _, test := range s.tests {
		mentions := s.mentions(test)
		if slices.ContainsFunc(words, func(word string) bool { return mentions[word] }) {
			tests = append(tests, test)
		}
	}
	slices.Sort(tests)
	return tests
}

// served are all services, which serve nobody here.
func served() []api.Service {
	environment := api.Environment{Now: time.Now, Delays: &api.Delays{}}
	return []api.Service{
		acm.New(environment, acm.Options{}), cloudfront.New(environment, cloudfront.Options{}),
		iam.New(environment), logs.New(environment, logs.Options{}), monitoring.New(environment, monitoring.Options{}), sns.New(), route53.New(environment, route53.Options{}), s3.New(environment, s3.Options{}), sts.New(environment, sts.Options{}),
		wafv2.New(environment, wafv2.Options{}), kms.New(environment, kms.Options{}),
	}
}

// references are where AWS documents the operations of a service.
var references = map[string]string{
	"acm": "acm/latest/APIReference", "cloudfront": "cloudfront/latest/APIReference", "route53": "Route53/latest/APIReference",
	"iam": "IAM/latest/APIReference", "kms": "kms/latest/APIReference", "logs": "AmazonCloudWatchLogs/latest/APIReference", "monitoring": "AmazonCloudWatch/latest/APIReference", "sns": "sns/latest/api", "s3": "AmazonS3/latest/API", "sts": "STS/latest/APIReference", "wafv2": "waf/latest/APIReference",
}

// operationRules are a section for each service, with a row for each operation.
// A row keeps the tests that are published for as long as they show it, so that a
// new test changes nothing.
func operationRules(found map[string]*suite) []section {
	var sections []section
	page, _ := os.ReadFile(fidelityPage) // none yet: nothing to keep
	for _, service := range served() {
		s := section{title: "Operations of " + service.Name()}
		for _, operation := range service.Operations() {
			row := rule{says: operation, source: "https://docs.aws.amazon.com/" + references[service.Name()] + "/API_" + operation + ".html"}
			if operation == "OptionsObject" {
				row.source = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html"
			}
			tests := found[service.Name()].shows(operation)
			slices.SortStableFunc(tests, func(a, b string) int {
				return strings.Index(lineOf(page, row.source), "`"+service.Name()+"."+b+"`") -
					strings.Index(lineOf(page, row.source), "`"+service.Name()+"."+a+"`")
			})
			for _, test := range tests[:min(2, len(tests))] {
				row.shown = append(row.shown, service.Name()+"."+test)
			}
			slices.Sort(row.shown)
			s.rules = append(s.rules, row)
		}
		sections = append(sections, s)
	}
	return sections
}

// lineOf is the line of a page that has a link, "" if none has.
func lineOf(page []byte, link string) string {
	for line := range strings.Lines(string(page)) {
		if strings.Contains(line, "("+link+")") {
			return line
		}
	}
	return ""
}

// faults are what is wrong with rows.
func faults(sections []section, found map[string]*suite) (wrong []string) {
	for _, s := range sections {
		for _, row := range s.rules {
			if !strings.HasPrefix(row.source, "https://") {
				wrong = append(wrong, fmt.Sprintf("%q has no source", row.says))
			}
			if len(row.shown) == 0 {
				wrong = append(wrong, fmt.Sprintf("no test shows %q", row.says))
			}
			for _, name := range row.shown {
				at := strings.LastIndex(name, ".")
				if suite := found[name[:max(at, 0)]]; suite == nil || !slices.Contains(suite.tests, name[at+1:]) {
					wrong = append(wrong, fmt.Sprintf("there is no test %s, which is to show %q", name, row.says))
				}
			}
		}
	}
	return wrong
}

func TestEveryRuleAndOperationIsShownByATest(t *testing.T) {
	t.Parallel()
	found := suites(t, ".")
	assert.Empty(t, faults(rules, found))
	assert.Empty(t, faults(operationRules(found), found))
}

func TestARowThatNothingShowsIsAFault(t *testing.T) {
	t.Parallel()
	found := map[string]*suite{"s3": {tests: []string{"TestOne"}}}
	const link = "https://docs.aws.amazon.com/"
	assert.Empty(t, faults([]section{{rules: []rule{{"good", link, []string{"s3.TestOne"}}}}}, found))
	assert.Len(t, faults([]section{{rules: []rule{
		{"no test", link, nil}, {"another's test", link, []string{"acm.TestOne"}}, {"no such test", link, []string{"s3.TestTwo"}},
		{"a name without a package", link, []string{"TestOne"}}, {"no source", "", []string{"s3.TestOne"}},
	}}}, found), 5)
}

func TestAnOperationIsShownByTestsThatCallIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte(`package a
func TestDirect() { client.PutThing() }
func TestByAHelper() { helper() }
func helper() { for _, c := range cases { c() } }
var cases = []func(){func() { NewListThingsPaginator() }}
func TestNothing() {}
`), 0o600))
	s := suites(t, dir)[filepath.ToSlash(dir)]
	assert.Equal(t, []string{"TestDirect"}, s.shows("PutThing"))
	assert.Equal(t, []string{"TestByAHelper"}, s.shows("ListThings"))
	assert.Empty(t, s.shows("GetThing"))
}

func TestTheFidelityPageIsTheTable(t *testing.T) {
	t.Parallel()
	page := fidelity(slices.Concat(rules, operationRules(suites(t, "."))))
	if *updateFidelity {
		require.NoError(t, os.WriteFile(fidelityPage, page, 0o644))
	}
	published, err := os.ReadFile(fidelityPage)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(page, published), "the page is not what the table says; write it with: go test . -run Fidelity -update")
}

// fidelity is the page.
func fidelity(sections []section) []byte {
	var page bytes.Buffer
	page.WriteString(fidelityHead)
	for _, s := range sections {
		fmt.Fprintf(&page, "\n## %s\n\n| rule | shown by |\n|---|---|\n", s.title)
		for _, row := range s.rules {
			fmt.Fprintf(&page, "| [%s](%s) | `%s` |\n", row.says, row.source, strings.Join(row.shown, "`, `"))
		}
	}
	return page.Bytes()
}

const fidelityHead = `# How faithful the embedded AWS is

How AWS behaves, as far as this project depends on it, and the tests of [the embedded AWS](../localaws/README.md) that show that it behaves so too. Each rule links to where AWS documents it. A rule whose test is gone, and an operation that no test calls, fail the build. What is not imitated is listed in [its README](../localaws/README.md#what-it-does-not-imitate). Prices, Security Hub's controls and good advice are no behaviour, and have no row.

This page is written by a test: ` + "`go -C localaws test . -run Fidelity -update`" + `.
`
