// The program `pulumi up` runs: a CDN for a bucket of images. See README.md.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/infra"
)

// pulumi.Run would log the program's error a second time, wrapped in words of its own.
// The exit status tells the engine that there is nothing to add.
func main() {
	logged := false
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		err := infra.Program(ctx)
		if err != nil {
			logged = ctx.Log.Error(err.Error(), nil) == nil
		}
		return err
	})
	if err == nil {
		return
	}
	if !logged {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(constant.ExitStatusLoggedError)
}
