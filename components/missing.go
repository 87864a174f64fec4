package components

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Defaults of [MissingArgs].
const (
	// DefaultRootObject is what web servers commonly answer for "/".
	DefaultRootObject = "index.html"
	// DefaultPlaceholderStatus tells programs that the image is not there. Browsers show
	// the placeholder all the same.
	DefaultPlaceholderStatus = 404
)

// MissingArgs say what viewers get where there is no image.
type MissingArgs struct {
	// NotFound has S3 say 404 of a missing image, instead of 403. For that a statement of
	// its own lets the distribution, and nobody else, list the bucket. Viewers cannot: "/"
	// is rootObject. Default: false.
	NotFound bool `pulumi:"notFound"`
	// Placeholder is the path of an image in the bucket, such as "/missing.png", that is
	// shown in the place of a missing one, where notFound is true. Default: none.
	Placeholder pulumi.StringInput `pulumi:"placeholder"`
	// PlaceholderStatus is the HTTP status of the placeholder, 404 or 200. Default:
	// [DefaultPlaceholderStatus].
	PlaceholderStatus pulumi.IntInput `pulumi:"placeholderStatus"`
	// RootObject is the key of the object that is answered for "/", whether it is there or
	// not. Default: [DefaultRootObject].
	RootObject pulumi.StringInput `pulumi:"rootObject"`
}

// withoutEmpty has what is set to nothing left out.
func (args MissingArgs) withoutEmpty() MissingArgs {
	args.Placeholder, args.RootObject = unlessEmpty(args.Placeholder), unlessEmpty(args.RootObject)
	return args
}

var (
	// placeholderPath is a path as it is written in a URL.
	placeholderPath = regexp.MustCompile(`^/([A-Za-z0-9_.$~'!()*,;:@&=/-]|%[0-9A-Fa-f]{2})+$`)
	// rootObject has the characters that CloudFront takes. Source: CloudFront API
	// reference, DistributionConfig.
	rootObject = regexp.MustCompile(`^[A-Za-z0-9_\-.*$~"'&][A-Za-z0-9_\-.*$/~"'&]{0,254}$`)
)

// checkMissing reports what cannot be.
func checkMissing(args MissingArgs, fs *faults) {
	path, plain := plainString(args.Placeholder)
	switch {
	case args.Placeholder == nil:
	case !args.NotFound:
		fs.add("missing.placeholder", path, "S3 does not say which images are missing while missing.notFound is false",
			"Set missing.notFound to true, or leave it out")
	case plain && !placeholderPath.MatchString(path):
		fs.add("missing.placeholder", path, "this is not the path of an image", "Give the path as in its URL, encoded and with a leading slash, such as /missing.png")
	}
	status, plain := plainInt(args.PlaceholderStatus, DefaultPlaceholderStatus)
	switch {
	case args.PlaceholderStatus != nil && args.Placeholder == nil:
		fs.add("missing.placeholderStatus", strconv.Itoa(status), "it has no effect without missing.placeholder", "Give a placeholder, or leave it out")
	case plain && status != http.StatusNotFound && status != http.StatusOK:
		fs.add("missing.placeholderStatus", strconv.Itoa(status), "a placeholder has one of two statuses", "Give 404 or 200")
	}
	if key, plain := plainString(args.RootObject); args.RootObject != nil && plain && !rootObject.MatchString(key) {
		fs.add("missing.rootObject", key, "CloudFront takes no such root object",
			`Give the key of an object: at most 255 letters, digits and _-.*$/~"'&, without a leading slash`)
	}
}

// errorResponses keep failures at the edge for a short time only, so that an
// image that was asked for before its upload is there soon after it. 403 is what
// S3 says of a missing key to those who may not list the bucket.
func errorResponses(ttl pulumi.IntInput, missing MissingArgs) cloudfront.DistributionCustomErrorResponseArray {
	var responses cloudfront.DistributionCustomErrorResponseArray
	for _, code := range []int{
		http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	} {
		response := cloudfront.DistributionCustomErrorResponseArgs{ErrorCode: pulumi.Int(code), ErrorCachingMinTtl: ttl.ToIntOutput()}
		if code == http.StatusNotFound && missing.Placeholder != nil {
			response.ResponsePagePath = missing.Placeholder.ToStringOutput()
			response.ResponseCode = intOr(missing.PlaceholderStatus, DefaultPlaceholderStatus).ToIntOutput()
		}
		responses = append(responses, response)
	}
	return responses
}

// listsAtTheRoot says whether an edge location could still answer "/" with the list of the
// bucket, once the distribution may list it: a version before this one gave the
// distribution no root object.
func (s *lastState) listsAtTheRoot(distributionArn string) bool {
	rootless, known := s.has(distributionToken, func(r madeResource) bool {
		return isText(r.Outputs.Arn, strings.ToLower(distributionArn)) && (r.Outputs.DefaultRootObject == nil || isText(r.Outputs.DefaultRootObject, ""))
	})
	return rootless || !known
}
