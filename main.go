// The program `pulumi up` runs: a CDN for a bucket of images. See README.md.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/infra"
)

func main() {
	pulumi.Run(infra.Program)
}
