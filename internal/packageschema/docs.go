package packageschema

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// Docs are the docstrings of the components' Go types, as plain text.
type Docs struct {
	// Types are the docstrings of types, by name.
	Types map[string]string
	// Fields are the docstrings of their fields, by "Type.Field".
	Fields map[string]string

	constants map[string]string
}

// ReadDocs reads the docstrings from the source of a package. A link to a constant, such
// as [DefaultMaxTtl], becomes its value.
func ReadDocs(directory string) (Docs, error) {
	docs := Docs{Types: map[string]string{}, Fields: map[string]string{}, constants: map[string]string{}}
	packages, err := parser.ParseDir(token.NewFileSet(), directory, nil, parser.ParseComments) //nolint:staticcheck // no build tags here
	if err != nil {
		return docs, fmt.Errorf("reading the docstrings: %w", err)
	}
	for _, p := range packages {
		for _, file := range p.Files {
			for _, declaration := range file.Decls {
				if general, ok := declaration.(*ast.GenDecl); ok {
					docs.read(general)
				}
			}
		}
	}
	for _, texts := range []map[string]string{docs.Types, docs.Fields} {
		for name, text := range texts {
			texts[name] = docs.plain(text)
		}
	}
	return docs, nil
}

func (d Docs) read(declaration *ast.GenDecl) {
	for _, spec := range declaration.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			d.readType(s, declaration.Doc)
		case *ast.ValueSpec:
			if len(s.Values) == 1 && declaration.Tok == token.CONST {
				if literal, ok := s.Values[0].(*ast.BasicLit); ok {
					d.constants[s.Names[0].Name] = strings.Trim(strings.ReplaceAll(literal.Value, "_", ""), `"`)
					if literal.Kind == token.STRING {
						d.constants[s.Names[0].Name] = strings.Trim(literal.Value, `"`)
					}
				}
			}
		}
	}
}

func (d Docs) readType(s *ast.TypeSpec, doc *ast.CommentGroup) {
	d.Types[s.Name.Name] = doc.Text()
	structure, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			d.Fields[s.Name.Name+"."+name.Name] = field.Doc.Text()
		}
	}
}

var link = regexp.MustCompile(`\[(\w+)\](?:\.\w+)?`)

// plain is a docstring on one line, without Go's links.
func (d Docs) plain(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return link.ReplaceAllStringFunc(text, func(match string) string {
		name := link.FindStringSubmatch(match)[1]
		if value, known := d.constants[name]; known {
			return value
		}
		return name
	})
}
