// Package process starts the Terraform bridge and, through it, the Terraform provider, and sees to it that neither
// outlives this program.
package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The programs of the plugin, side by side in one directory. The bridge wants the Terraform provider to be called
// exactly providerRole, so that name is a link to the stand-in, which becomes the real provider: that is how the
// provider, a grandchild, learns to die with the bridge.
const (
	bridgeRole   = "pulumi-resource-terraform-provider"
	providerRole = "terraform-provider-aws"
	provider     = "terraform-provider-aws_v5.100.0_x5"
)

var errOrphan = errors.New("the program that started this one is gone")

// Become turns this process into the bridge or the Terraform provider if it was started under one of their names, and
// then it does not return except with an error. It reports false if it was started under its own.
func Become(args []string) (bool, error) {
	program, ok := map[string]string{bridgeRole: bridgeRole, providerRole: provider}[filepath.Base(args[0])]
	if !ok {
		return false, nil
	}
	home, err := Home()
	if err != nil {
		return true, err
	}

	return true, become(filepath.Join(home, program), args)
}

// Home is the directory that this program, and all that belongs to the plugin, is in.
func Home() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the plugin's own directory: %w", err)
	}

	return filepath.Dir(self), nil
}
