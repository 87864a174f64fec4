package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// shape of a module path. Source: "Module paths" in the Go modules reference, without
// what no public host has.
var shape = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*(/[A-Za-z0-9._~-]+)*$`)

// renaming replaces one module path by another, where it is one.
type renaming struct {
	to       string
	quoted   *regexp.Regexp // in imports, in the documentation's programs, and in the schema
	required *regexp.Regexp // in go.mod
	linted   *regexp.Regexp // in the linter's rules
	url      string         // of the plugin; "" where the host is not known
}

var downloadURL = regexp.MustCompile(`PluginDownloadURL = "[^"]*"`)

func newRenaming(from, to string) (*renaming, error) {
	if !shape.MatchString(to) {
		return nil, fmt.Errorf("%q is not a module path: give one such as github.com/acme/imagecdn", to) //nolint:err113 // for people
	}
	path := regexp.QuoteMeta(from)
	r := &renaming{
		to:       to,
		quoted:   regexp.MustCompile(`"` + path + `(/[a-z][\w/-]*)"`),
		required: regexp.MustCompile(`(?m)(^module |^require |^replace |^\t|=> )` + path + `((?:/[\w/-]+)?)( v| =>|$)`),
		linted:   regexp.MustCompile(`pkg: ` + path + `((?:/[\w/-]+)?)([,}])`),
	}
	if host, repository, _ := strings.Cut(to, "/"); host == "github.com" && strings.Count(repository, "/") == 1 {
		r.url = "github://api.github.com/" + repository
	}
	return r, nil
}

// file renames in one file, and says whether it changed.
func (r *renaming) file(name string) (bool, error) {
	before, err := os.ReadFile(name)
	if err != nil {
		return false, fmt.Errorf("renaming: %w", err)
	}
	after := r.content(filepath.Base(name), before)
	if bytes.Equal(before, after) {
		return false, nil
	}
	if err := os.WriteFile(name, after, 0o600); err != nil { // an existing file keeps its mode
		return false, fmt.Errorf("renaming: %w", err)
	}
	return true, nil
}

func (r *renaming) content(name string, content []byte) []byte {
	switch filepath.Ext(name) {
	case ".go":
		content = r.quoted.ReplaceAll(content, []byte(`"`+r.to+`$1"`))
		if r.url != "" && name == "plugin.go" {
			content = downloadURL.ReplaceAll(content, []byte(`PluginDownloadURL = "`+r.url+`"`))
		}
	case ".md", ".json":
		content = r.quoted.ReplaceAll(content, []byte(`"`+r.to+`$1"`))
	case ".mod", ".tmpl":
		content = r.required.ReplaceAll(content, []byte("${1}"+r.to+"$2$3"))
	case ".yml":
		content = r.linted.ReplaceAll(content, []byte("pkg: "+r.to+"$1$2"))
	}
	return content
}
