package docs_test

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/components"
	"imagecdn/internal/golden"
	"imagecdn/internal/packageschema"
)

// The README's table of options is written from the comments of the component's
// arguments: UPDATE=1 go test ./docs
func TestTheReadmeListsTheOptionsAsTheirCommentsSay(t *testing.T) {
	t.Parallel()
	rows := []string{"| option | default | meaning |", "|---|---|---|"}
	for _, o := range options(t) {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", o.path, o.unset, o.meaning))
	}
	golden.Table(t, filepath.Join(root, "README.md"), "configuration", rows)
}

func TestEveryOptionHasACommentThatReadsAsASentence(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`CloudFront|PriceClass_\w+`)
	for _, o := range options(t) {
		assert.Regexp(t, `^["A-Z].*\.$`, o.meaning, o.path)
		assert.NotRegexp(t, `\b[A-Z]\w*[a-z][A-Z]\w*\b`, names.ReplaceAllString(o.meaning, ""), "%s: names are those of the configuration", o.path)
	}
}

func TestCuresCallOptionsByTheirNames(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, o := range options(t) {
		paths = append(paths, o.path)
	}
	words := regexp.MustCompile(`\b(?:[a-z]+\.)?[a-z]+[A-Z]\w*`).FindAllString(read(t, "docs", "troubleshooting.md"), -1)
	assert.NotEmpty(t, words)
	for _, word := range words {
		assert.True(t, slices.Contains(paths, word), "%s is no option", word)
	}
}

// option is one option of the component.
type option struct{ path, unset, meaning string }

func options(t *testing.T) []option {
	t.Helper()
	comments, err := packageschema.ReadDocs(filepath.Join(root, "components"))
	require.NoError(t, err)
	return optionsOf(reflect.TypeFor[components.ImageCdnArgs](), "", comments)
}

// optionsOf are those of a struct of arguments, groups resolved.
func optionsOf(group reflect.Type, prefix string, comments packageschema.Docs) []option {
	var all []option
	for field := range group.Fields() {
		key := field.Tag.Get("pulumi")
		switch {
		case key == "": // for Go programs only
		case field.Type.Kind() == reflect.Struct:
			all = append(all, optionsOf(field.Type, prefix+key+".", comments)...)
		default:
			all = append(all, describe(prefix+key, field.Name, comments.Fields[group.Name()+"."+field.Name]))
		}
	}
	return all
}

var (
	isRequired = regexp.MustCompile(` Required\.`)
	isUnset    = regexp.MustCompile(` Default: (.*)\.$`)
)

// describe reads a comment: "Name is ... Default: X."
func describe(path, name, text string) option {
	o := option{path: path}
	if found := isUnset.FindStringSubmatch(text); found != nil {
		o.unset, text = found[1], isUnset.ReplaceAllString(text, "")
		if !strings.Contains(o.unset, " ") {
			o.unset = "`" + o.unset + "`"
		}
	}
	if isRequired.MatchString(text) {
		o.unset, text = "required", isRequired.ReplaceAllString(text, "")
	}
	text = strings.TrimPrefix(text, name+" ")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "is "), "are ")
	if text != "" {
		o.meaning = strings.ToUpper(text[:1]) + text[1:]
	}
	return o
}
