// Command pulumi-resource-imagecdn is the Pulumi provider plugin of package imagecdn. The engine
// starts it; Pulumi.yaml says where it is.
package main

import (
	"fmt"
	"os"

	"imagecdn/provider"
)

func main() {
	if err := provider.Main(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
