package components

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FailoverArgs name a bucket with the same images, such as a replica in another region,
// which the edge asks where the bucket does not answer, or answers that it cannot.
type FailoverArgs struct {
	// Bucket is the name or the ARN of the replica. It is of the same account as the
	// bucket, is there already, and gets one statement in its policy, as the bucket does.
	// A change updates the distribution in place. Default: none.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// StatusCodes are the answers of the bucket upon which the replica is asked: of 400,
	// 403, 404, 416, 429, 500, 502, 503 and 504. 503 is for a bucket that cannot be
	// reached, too, and 504 for one that does not answer in time. Default: 500, 502, 503
	// and 504.
	StatusCodes []int `pulumi:"statusCodes"`
}

// failoverCodes are the status codes that CloudFront fails over on. Source: CloudFront
// Developer Guide, "Optimize high availability with CloudFront origin failover".
var failoverCodes = []int{
	http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusRequestedRangeNotSatisfiable, http.StatusTooManyRequests,
	http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// defaultFailoverCodes say that the bucket cannot answer, not that an image is missing.
var defaultFailoverCodes = []int{
	http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

func (args FailoverArgs) given() bool { return args.Bucket != nil || len(args.StatusCodes) > 0 }

// target is the id of what a behavior asks for images of the bucket.
func (args OriginArgs) target() string {
	if args.Failover.Bucket != nil {
		return groupID
	}
	return originID
}

// group is the bucket and its replica, none without one.
func (args FailoverArgs) group() cloudfront.DistributionOriginGroupArray {
	if args.Bucket == nil {
		return nil
	}
	codes := args.StatusCodes
	if len(codes) == 0 {
		codes = defaultFailoverCodes
	}
	return cloudfront.DistributionOriginGroupArray{cloudfront.DistributionOriginGroupArgs{
		OriginId:         pulumi.String(groupID),
		FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{StatusCodes: pulumi.ToIntArray(codes)},
		Members: cloudfront.DistributionOriginGroupMemberArray{
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(originID)},
			cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(replicaID)},
		},
	}}
}

// planFailover finds the replica. It is nil where there is none.
func planFailover(ctx *pulumi.Context, main bucketPlan, fs *faults) *bucketPlan {
	args := main.Failover
	for i, code := range args.StatusCodes {
		field := fmt.Sprintf("origin.failover.statusCodes[%d]", i)
		switch {
		case !slices.Contains(failoverCodes, code):
			fs.add(field, strconv.Itoa(code), "CloudFront does not fail over on this status", "Give some of 400, 403, 404, 416, 429, 500, 502, 503 and 504")
		case slices.Contains(args.StatusCodes[:i], code):
			fs.add(field, strconv.Itoa(code), "it is there twice", "Give it once")
		}
	}
	if args.Bucket == nil {
		if len(args.StatusCodes) > 0 {
			fs.add("origin.failover.statusCodes", fmt.Sprint(args.StatusCodes), "they have no effect without origin.failover.bucket", "Give a bucket, or leave them out")
		}
		return nil
	}
	if main.sameAs(args.Bucket) {
		name, _ := plainString(args.Bucket)
		fs.add("origin.failover.bucket", name, "it is the bucket itself, which cannot stand in for itself", "Give another bucket with the same images, or leave it out")
		return nil
	}
	replica := planOther(ctx, main, "origin.failover.bucket", args.Bucket, fs)
	return &replica
}

// nameOr is the bucket's name where it is known yet, for the names of resources.
func (plan bucketPlan) nameOr(otherwise string) string {
	if name, plain := plainString(plan.bucket); plain {
		return name
	}
	return otherwise
}

// sameAs says whether a bucket is this one, as far as it is known yet.
func (plan bucketPlan) sameAs(other pulumi.StringInput) bool {
	name, plain := plainString(plan.bucket)
	given, givenPlain := plainString(other)
	return plain && givenPlain && name == bucketOf(given)
}
