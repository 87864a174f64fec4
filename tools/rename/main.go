// Command rename changes the module path of the repository: in every go.mod, every
// import, the linter's rules and the examples in the documentation. A home on a public
// host is also where the engine then downloads the plugin from.
//
//	go -C tools/rename run . -root <checkout> github.com/acme/imagecdn
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	root := flag.String("root", ".", "directory of the checkout")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: rename [-root DIRECTORY] MODULE-PATH, such as github.com/acme/imagecdn")
		os.Exit(2)
	}
	changed, err := renameAll(*root, flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d files changed. Run make sdk, look at it all with git diff, then run make test-short.\n", changed)
}

// renameAll renames in every file that git knows or would add.
func renameAll(root, to string) (changed int, err error) {
	from, err := modulePath(root)
	if err != nil {
		return 0, err
	}
	r, err := newRenaming(from, to)
	if err != nil {
		return 0, err
	}
	list := exec.Command("git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard") //nolint:gosec // the caller's checkout
	out, err := list.Output()
	if err != nil {
		return 0, fmt.Errorf("listing the files: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		did, err := r.file(filepath.Join(root, name))
		if err != nil {
			return changed, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

// modulePath is the module path in the root's go.mod.
func modulePath(root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("reading the present module path: %w", err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	path, ok := strings.CutPrefix(first, "module ")
	if !ok {
		return "", fmt.Errorf("%s does not start with the module path", filepath.Join(root, "go.mod")) //nolint:err113 // for people
	}
	return strings.TrimSpace(path), nil
}
