// Command pulumi-resource-imagecdn is the Pulumi provider plugin with imagecdn:index:BucketPolicyStatement. The engine
// starts it; Pulumi.yaml says where it is.
package main

import (
	"fmt"
	"os"

	"imagecdn/internal/statementprovider"
)

func main() {
	if err := statementprovider.Main(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
