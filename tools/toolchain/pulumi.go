package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
)

// oldestPulumi is the oldest CLI that is good enough.
var oldestPulumi = version{3, 256, 0}

// hostFile is the Go language host, which the program that the CLI starts finds beside itself.
const hostFile = "go-language-host"

// pulumi returns the CLI to use: the machine's own if it is good enough, else one that is built here.
func (t toolchain) pulumi(ctx context.Context) (string, error) {
	path := filepath.SplitList(os.Getenv("PATH"))
	if cli, ok := t.installed(ctx, path); ok {
		return cli, nil
	}
	cli := filepath.Join(t.checkout.bin(), "pulumi")
	for _, p := range []program{
		{module: "pulumi-cli", pkg: "tool", target: cli, about: "about 4 minutes", stamp: true},
		{module: "pulumi-language-go", pkg: "tool", target: filepath.Join(t.checkout.bin(), hostFile), about: "about a minute"},
		{module: "pulumi-language-go", pkg: ".", target: cli + "-language-go", about: "seconds"},
	} {
		if err := t.build(ctx, p); err != nil {
			return "", err
		}
	}

	return cli, nil
}

// installed finds the machine's own CLI. It is of use if it is recent and a Go language host is beside it or in PATH.
func (t toolchain) installed(ctx context.Context, path []string) (string, bool) {
	cli, ok := t.find("pulumi", path)
	if !ok {
		return "", false
	}
	if _, ok := t.find("pulumi-language-go", append([]string{filepath.Dir(cli)}, path...)); !ok {
		return "", false
	}
	var out bytes.Buffer
	if err := t.run(ctx, &out, t.settings(), cli, "version"); err != nil {
		return "", false
	}
	v, err := parseVersion(out.String())

	return cli, err == nil && v.atLeast(oldestPulumi)
}

// find looks a program up in the directories of PATH, but not among those that were built here.
func (t toolchain) find(name string, path []string) (string, bool) {
	for _, dir := range path {
		if dir == "" || filepath.Clean(dir) == t.checkout.bin() {
			continue
		}
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return file, true
		}
	}

	return "", false
}

// settings keep the CLI inside the checkout and from looking for a newer one.
func (t toolchain) settings() []string {
	return []string{"PULUMI_HOME=" + t.checkout.pulumiHome(), "PULUMI_SKIP_UPDATE_CHECK=true"}
}
