package components

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [OperationArgs].
const (
	// DefaultPriceClass serves from every edge location.
	DefaultPriceClass = "PriceClass_All"
	// DefaultDeploymentTimeout bounds the wait for the edge locations. AWS commonly
	// takes 3 to 5 minutes, at most 15.
	DefaultDeploymentTimeout = "30m"
)

const (
	shortestDeploymentTimeout = time.Second
	longestDeploymentTimeout  = 6 * time.Hour
)

// Price classes. Source: "Choosing the price class for a CloudFront distribution".
var priceClasses = []string{"PriceClass_All", "PriceClass_200", "PriceClass_100"}

// maxComment is CloudFront's limit for a distribution's comment, in characters.
const maxComment = 128

// OperationArgs say how the CDN is run.
type OperationArgs struct {
	// PriceClass says which edge locations serve: PriceClass_All, PriceClass_200
	// or PriceClass_100. Default: [DefaultPriceClass].
	PriceClass pulumi.StringInput `pulumi:"priceClass"`
	// Comment is the distribution's comment in the console, at most 128 characters.
	// Default: the stack, the component and the first domain.
	Comment pulumi.StringInput `pulumi:"comment"`
	// WaitForDeployment makes the up wait until every edge location has the
	// distribution, and only then point the domains at it. False ends the up, and
	// points the domains, when CloudFront has taken it; an up that changes the bucket
	// waits all the same, since the edge locations read the old bucket until then.
	// Default: true.
	WaitForDeployment *bool `pulumi:"waitForDeployment"`
	// Live has the CDN serve its domains. False prepares it beside whatever serves
	// them today: everything is made, but neither the distribution nor a record has
	// the domains, and images are served at CloudFront's own name. A change updates
	// in place. Default: true.
	Live *bool `pulumi:"live"`
	// DeploymentTimeout bounds that wait, as a duration such as "30m", at most 6h.
	// Default: [DefaultDeploymentTimeout].
	DeploymentTimeout string `pulumi:"deploymentTimeout"`
}

// checkOperation returns the bound of the wait for the edge locations.
func checkOperation(args OperationArgs, fs *faults) time.Duration {
	if class, plain := plainString(args.PriceClass); plain && class != "" && !slices.Contains(priceClasses, class) {
		fs.add("operation.priceClass", class, "CloudFront has no such price class", "Give "+strings.Join(priceClasses, ", "))
	}
	if text, plain := plainString(args.Comment); plain && len([]rune(text)) > maxComment {
		fs.add("operation.comment", text, fmt.Sprintf("CloudFront takes at most %d characters", maxComment), "Give a shorter one")
	}
	return checkTimeout("operation.deploymentTimeout", textOr(args.DeploymentTimeout, DefaultDeploymentTimeout),
		shortestDeploymentTimeout, longestDeploymentTimeout, fs)
}
