package main

import (
	"context"
	"os"
	"path/filepath"
)

// languages makes the language hosts for YAML and Node.js ready, which only the examples need: those of the machine's
// own CLI, else ones that are built here.
func (t toolchain) languages(ctx context.Context) error {
	unlock, err := t.lock()
	if err != nil {
		return err
	}
	defer unlock()
	path := filepath.SplitList(os.Getenv("PATH"))
	if cli, ok := t.installed(ctx, path); ok {
		path = append([]string{filepath.Dir(cli)}, path...)
	} else {
		path = nil // hosts of a CLI that is too old are too old as well
	}
	for _, p := range []program{
		{module: "pulumi-language-nodejs", pkg: "tool", about: "seconds to a minute"},
		{module: "pulumi-language-yaml", pkg: "tool", about: "about 2 minutes"},
	} {
		if _, ok := t.find(p.module, path); ok {
			continue
		}
		p.target = filepath.Join(t.checkout.bin(), p.module)
		if err := t.build(ctx, p); err != nil {
			return err
		}
	}

	return nil
}
