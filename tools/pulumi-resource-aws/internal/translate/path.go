package translate

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// Path returns the path of a property, as diffs and ignored changes name it, as the other side calls it:
// aliases[0].name is alias.name. What is not a path is left alone.
func (fs Fields) Path(path string, to Direction) string {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return path
	}
	out := fs.path(steps, to)
	if len(out) == len(steps) && equal(out, steps) {
		return path
	}

	return out.String()
}

// Paths returns every path as the other side calls it.
func (fs Fields) Paths(paths []string, to Direction) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = fs.Path(path, to)
	}

	return out
}

func (fs Fields) path(steps resource.PropertyPath, to Direction) resource.PropertyPath {
	if len(steps) == 0 {
		return nil
	}
	name, named := steps[0].(string)
	if !named || name == "*" { // an element of a list: the names come after it
		return append(resource.PropertyPath{steps[0]}, fs.path(steps[1:], to)...)
	}
	f, differs := fs.find(name, to)
	if !differs {
		return steps
	}
	_, target := f.names(to)
	out, rest := resource.PropertyPath{target}, steps[1:]
	switch {
	case f.unwraps(to) && len(rest) > 0:
		rest = rest[1:] // the index
	case f.wraps(to) && len(rest) > 0:
		out = append(out, 0)
	}

	return append(out, f.Fields.path(rest, to)...)
}

func equal(a, b resource.PropertyPath) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}

	return true
}
