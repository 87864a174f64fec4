package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkout is the root of a copy of this repository.
type checkout string

func newCheckout(root string) (checkout, error) {
	path, err := filepath.Abs(root)
	if err != nil {
		return "", fmt.Errorf("finding the checkout: %w", err)
	}
	if _, err := os.Stat(filepath.Join(path, "tools", "toolchain", "go.mod")); err != nil {
		return "", fmt.Errorf("%s is not a checkout of this repository: %w", path, err)
	}

	return checkout(path), nil
}

// module is the directory of one of the tools' modules.
func (c checkout) module(name string) string { return filepath.Join(string(c), "tools", name) }

// bin holds the programs that were built, as a directory for PATH.
func (c checkout) bin() string { return filepath.Join(string(c), ".tools", "bin") }

// genuineOnly is the setting that has no stand-in take the place of the AWS plugin. Whatever its value is, but none.
const genuineOnly = "GENUINE_AWS_PLUGIN"

// pulumiHome is the PULUMI_HOME of this checkout. A stand-in must not be taken for the real plugin anywhere else, so
// the user's own is never used.
func (c checkout) pulumiHome() string {
	home := "pulumi-home"
	if os.Getenv(genuineOnly) != "" {
		home += "-genuine"
	}

	return filepath.Join(string(c), ".tools", home)
}

// plugin is the directory of the AWS plugin.
func (c checkout) plugin() string {
	return filepath.Join(c.pulumiHome(), "plugins", "resource-aws-v"+awsVersion)
}

// stamp is the file that says from what a program was built.
func (c checkout) stamp(program string) string {
	return filepath.Join(string(c), ".tools", "stamps", filepath.Base(program))
}

// environment is the setting of a shell that uses the tools.
func (c checkout) environment() string {
	return fmt.Sprintf("export PATH=%s:\"$PATH\"\nexport PULUMI_HOME=%s\nexport PULUMI_SKIP_UPDATE_CHECK=true\n",
		quoted(c.bin()), quoted(c.pulumiHome()))
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, os.ErrNotExist) && err == nil
}
