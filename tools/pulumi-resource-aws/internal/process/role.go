// Package process starts the Terraform bridge and, through it, the Terraform provider, and sees to it that neither
// outlives this program.
package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The programs of the plugin, side by side in one directory. The bridge wants the Terraform provider to be called
// exactly relayRole, so that name is a link to the stand-in, which stands in between (package relay) and starts the
// real provider. That one is started by way of the stand-in as well: so it learns to die with the relay.
const (
	bridgeRole = "pulumi-resource-terraform-provider"
	relayRole  = "terraform-provider-aws"
	provider   = "terraform-provider-aws_v5.100.0_x5"
)

var errOrphan = errors.New("the program that started this one is gone")

// Become turns this process into the bridge or the Terraform provider if it was started under one of their names, and
// then it does not return except with an error. It reports false if it was started under its own.
func Become(args []string) (bool, error) {
	program, ok := map[string]string{bridgeRole: bridgeRole, provider: provider}[filepath.Base(args[0])]
	if !ok {
		return false, nil
	}
	home, err := Home()
	if err != nil {
		return true, err
	}

	return true, become(filepath.Join(home, program), args)
}

// IsRelay tells whether this process was started in the Terraform provider's place.
func IsRelay(args []string) bool { return filepath.Base(args[0]) == relayRole }

// Provider is the real Terraform provider, in home: its program, and the command that starts it.
func Provider(home string) (program string, cmd *exec.Cmd, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("finding the plugin's own program: %w", err)
	}
	program = filepath.Join(home, provider)

	return program, &exec.Cmd{Path: self, Args: []string{provider}}, nil
}

// Home is the directory that this program, and all that belongs to the plugin, is in.
func Home() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the plugin's own directory: %w", err)
	}

	return filepath.Dir(self), nil
}
