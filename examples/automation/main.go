// A CDN from Go: provisioned, its URL printed, destroyed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/automation"
)

func main() {
	domain := flag.String("domain", "cdn.example.com", "domain of the CDN")
	bucket := flag.String("bucket", "example-images", "existing bucket of images")
	region := flag.String("region", "eu-central-1", "region of the bucket")
	endpoint := flag.String("endpoint", "", "URL of an emulator to call instead of AWS")
	flag.Parse()
	ctx := context.Background()
	cdn, err := automation.New(automation.Spec{
		Stack:  "tenant-1",
		Config: automation.Config{Domain: *domain, Bucket: pulumi.String(*bucket)},
		AWS:    automation.AWS{Region: *region, Endpoint: *endpoint},
	}, automation.OnEvent(func(e automation.Event) { fmt.Fprintln(os.Stderr, e.Kind, e.Operation, e.Resource, e.Text) }))
	check(err)
	result, err := cdn.Up(ctx)
	check(err)
	fmt.Println(result.Outputs.CdnUrl)
	_, err = cdn.Destroy(ctx)
	check(err)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // Pulumi's SDK takes the standard logger for itself
		os.Exit(1)
	}
}
