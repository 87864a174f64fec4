package components

import (
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketOriginToken is the type token of [BucketOrigin].
const BucketOriginToken = "imagecdn:index:BucketOrigin" //nolint:gosec // a type token, not a credential

// bucketTag marks a bucket that a BucketOrigin has made, so that it is told from one
// that somebody else made and that createBucket must not take over.
const bucketTag = "imagecdn"

// BucketOrigin is an S3 bucket made ready to be the origin of CloudFront
// distributions: an existing bucket, of which nothing but single statements of its
// policy is ever changed, or a new private one. It grants nothing by itself: a
// [BucketPolicyStatement] lets a distribution read, and a [KeyPolicyStatement] decrypt.
type BucketOrigin struct {
	pulumi.ResourceState

	// BucketName is the name of the bucket.
	BucketName pulumi.StringOutput `pulumi:"bucketName"`
	// BucketArn is the ARN of the bucket.
	BucketArn pulumi.StringOutput `pulumi:"bucketArn"`
	// BucketRegion is the region of the bucket.
	BucketRegion pulumi.StringOutput `pulumi:"bucketRegion"`
	// DomainName is the regional domain name, for the origin of a distribution.
	// The global name answers redirects for a day after a bucket is made.
	DomainName pulumi.StringOutput `pulumi:"domainName"`
	// OriginAccessControlId is the id of the origin access control, for the
	// origin of a distribution.
	OriginAccessControlId pulumi.StringOutput `pulumi:"originAccessControlId"`

	// Bucket is the bucket where the component made it, else nil.
	Bucket *s3.BucketV2
	// OriginAccessControl is by what CloudFront signs its requests to the bucket.
	OriginAccessControl *cloudfront.OriginAccessControl
}

// OriginArgs say what is done to the bucket.
type OriginArgs struct {
	// CreateBucket makes a new private bucket, in the home region, instead of using
	// an existing one. A bucket that was made stays when this is set to false again:
	// it is then an existing one. Default: false.
	CreateBucket bool `pulumi:"createBucket"`
	// RetainBucket keeps a bucket that was made, and what is in it, when the stack is
	// destroyed. To have it deleted, set it to false, run up, empty the bucket, and
	// destroy; S3 refuses to delete a bucket that holds objects. Default: true.
	RetainBucket *bool `pulumi:"retainBucket"`
	// Grant is "managed", or "none": then the bucket's policy is left alone, and the
	// output grantStatement is the statement to put into it. Default: managed.
	Grant string `pulumi:"grant"`
	// KeyArns are the ARNs of the KMS keys of your own that images are encrypted with
	// (SSE-KMS): a statement in the policy of each lets the distribution decrypt. Default: the
	// key of the bucket's default encryption, if it is one of your own, and those that it was
	// before while the stack served the bucket.
	KeyArns []pulumi.StringInput `pulumi:"keyArns"`
	// KeyGrant is "managed", or "none": then the policies of keys are left alone, and the
	// output keyGrantStatement is the statement to put into them. Default: managed.
	KeyGrant string `pulumi:"keyGrant"`
	// DomainName is the regional domain name of an existing bucket. With it the bucket
	// is not looked up, for those who may not. Default: looked up.
	DomainName pulumi.StringInput `pulumi:"domainName"`
	// Shield is the region of CloudFront's Origin Shield, a cache that all edge locations
	// ask before the bucket is asked, such as "eu-central-1"; or "auto", the nearest one to
	// the bucket by AWS's table. AWS charges for its requests. A change updates the
	// distribution in place. Default: none.
	Shield string `pulumi:"shield"`
	// Failover names another bucket with the same images, which is asked where this one
	// fails.
	Failover FailoverArgs `pulumi:"failover"`
	// Prefix is a folder of the bucket, such as "web/images", that is the root of the CDN:
	// /cat.jpg is web/images/cat.jpg, and only what is below may be read. A change updates
	// the distribution in place. Default: the whole bucket.
	Prefix pulumi.StringInput `pulumi:"prefix"`
	// Mounts are paths whose images come from another bucket, or from another part of this
	// one, in the order in which they are tried. Default: none.
	Mounts []MountArgs `pulumi:"mounts"`
}

// BucketOriginArgs are the arguments of [NewBucketOrigin].
type BucketOriginArgs struct {
	// Bucket is the name or the ARN of the bucket. Required. A change makes
	// distributions fetch from the other bucket.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// Origin says what is done to the bucket. Of Grant only "none" has an effect: a
	// new bucket then has no policy. See [BucketPolicyStatement]. Shield, Failover, Prefix,
	// Mounts, KeyArns and KeyGrant are for an [ImageCdn]: here they are faults.
	Origin OriginArgs `pulumi:"origin"`
	// Tags are put on a new bucket. An existing one is left alone.
	Tags pulumi.StringMapInput `pulumi:"tags"`
	// Identities say whose the bucket is.
	Identities IdentitiesArgs `pulumi:"identities"`
	// Providers are AWS providers of the program's own.
	Providers ProvidersArgs
}

// NewBucketOrigin registers a [BucketOrigin].
//
// It returns an [InvalidArgsError] when the arguments, or the bucket they name,
// do not allow it.
func NewBucketOrigin(
	ctx *pulumi.Context, name string, args *BucketOriginArgs, opts ...pulumi.ResourceOption,
) (*BucketOrigin, error) {
	if args == nil {
		args = &BucketOriginArgs{}
	}
	var fs faults
	made, err := newProviders(ctx, name, args.Providers, args.Identities, opts, &fs)
	if err != nil {
		return nil, err
	}
	checkName(name, &fs)
	checkTags(args.Tags, &fs)
	plan := planBucket(ctx, made, args.Bucket, args.Origin, args.Tags, &fs)
	checkBucketAlone(args.Origin, &fs)
	if err := fs.err(); err != nil {
		return nil, err
	}
	warnOfKey(ctx, plan.found)
	return newBucketOrigin(ctx, name, plan, opts...)
}

// checkBucketAlone reports what is for a distribution, where there is none.
func checkBucketAlone(args OriginArgs, fs *faults) {
	if args.Shield != "" {
		fs.add("origin.shield", args.Shield, "a bucket alone has no Origin Shield", "Set it at the origin of the distribution")
	}
	if len(args.KeyArns) > 0 || args.KeyGrant != "" {
		fs.add("origin.keyGrant", args.KeyGrant, "a bucket alone has no distribution to let decrypt", "Use a KeyPolicyStatement")
	}
	if args.Failover.given() {
		name, _ := plainString(args.Failover.Bucket)
		fs.add("origin.failover", name, "a bucket alone is nobody's replica", "Set it at the origin of the distribution")
	}
	if prefix, _ := plainString(args.Prefix); args.Prefix != nil {
		fs.add("origin.prefix", prefix, "a bucket alone has no root of a CDN", "Set it at the origin of the distribution")
	}
	if len(args.Mounts) > 0 {
		fs.add("origin.mounts", args.Mounts[0].Path, "a bucket alone has no paths", "Set them at the origin of the distribution")
	}
}

// bucketPlan is what is known of the bucket before anything is registered.
type bucketPlan struct {
	OriginArgs
	field     string             // where its name was given
	bucket    pulumi.StringInput // its name
	key       any                // tells it from others, as far as they are known
	tags      pulumi.StringMapInput
	providers *providers
	mark      *mark       // nil for one of its own
	found     foundBucket // zero where the bucket is made in the same program, or is not to be looked up

	accessControl string // id of the origin access control to import, "" for a new one
}

func planBucket(
	ctx *pulumi.Context, made *providers, bucket pulumi.StringInput, args OriginArgs, tags pulumi.StringMapInput, fs *faults,
) bucketPlan {
	args.DomainName = unlessEmpty(args.DomainName)
	checkPrefix("origin.prefix", args.Prefix, fs)
	plan := bucketPlan{OriginArgs: args, field: "bucket", bucket: bucket, tags: tags, providers: made}
	if grant := textOr(args.Grant, Managed); grant != Managed && grant != None {
		fs.add("origin.grant", args.Grant, `this is neither "managed" nor "none"`, "Give one of them")
	}
	if args.DomainName != nil && args.CreateBucket {
		value, _ := plainString(args.DomainName)
		fs.add("origin.domainName", value, "it is for an existing bucket, and origin.createBucket makes a new one", "Leave out one of the two")
	}
	if _, plain := plainString(bucket); !plain && args.CreateBucket {
		fs.add("origin.createBucket", "true", "the bucket's name is another resource's output: that bucket is there already", "Set it to false")
	}
	plan.find(ctx, fs)
	return plan
}

// planOther is planBucket for a bucket besides that of the images, which is always there.
func planOther(ctx *pulumi.Context, main bucketPlan, field string, bucket pulumi.StringInput, fs *faults) bucketPlan {
	args := OriginArgs{Shield: main.Shield, Grant: main.Grant, KeyArns: main.KeyArns, KeyGrant: main.KeyGrant}
	plan := bucketPlan{OriginArgs: args, field: field, bucket: bucket, key: field, providers: main.providers}
	switch given := bucket.(type) {
	case pulumi.String:
		plan.key = bucketOf(string(given))
	case pulumi.StringOutput:
		plan.key = given
	}
	plan.find(ctx, fs)
	return plan
}

// find looks a bucket up whose name is known.
func (plan *bucketPlan) find(ctx *pulumi.Context, fs *faults) {
	given, plain := plainString(plan.bucket)
	if !plain {
		plan.bucket = plan.bucket.ToStringOutput().ApplyT(bucketOf).(pulumi.StringOutput)
		return
	}
	name := bucketOf(given)
	plan.bucket = pulumi.String(name)
	if problem := bucketNameProblem(name); problem != "" {
		fs.add(plan.field, given, problem,
			"Give the bucket's name alone, as `aws s3 ls` prints it, or its ARN: 3 to 63 lower-case letters, digits, dots and hyphens")
		return
	}
	if plan.DomainName == nil || plan.CreateBucket {
		plan.lookUp(ctx, name, fs)
	}
}

// bucketOf is the name in an ARN, or the name itself.
func bucketOf(given string) string {
	if _, name, found := strings.Cut(given, ":s3:::"); found && strings.HasPrefix(given, "arn:") {
		return name
	}
	return given
}

func (plan *bucketPlan) lookUp(ctx *pulumi.Context, name string, fs *faults) {
	found, err := plan.providers.plugin.getBucket(ctx, name, "")
	switch {
	case err != nil:
		fs.add(plan.field, name, "the bucket cannot be looked up: "+err.Error(), "Check the AWS credentials")
		return
	case found.Status == "": // a preview whose provider is not configured yet
		return
	case plan.CreateBucket:
		checkNewBucket("bucket", "origin.createBucket", found, plan.providers.homeRegion, fs)
		checkReadable(ctx, plan.field, found, fs)
	case found.Status == bucketMissing:
		fs.add(plan.field, name, "there is no bucket of that name", plan.cure("Check the name", ", or set origin.createBucket to true to have it made"))
	case found.Status != bucketFound:
		fs.add(plan.field, name, "the bucket exists, and these credentials may not look at it: "+found.Message,
			plan.cure("Use the credentials of its account (identities.bucket)", ", or give its regional domain name as origin.domainName"))
	default:
		checkReadable(ctx, plan.field, found, fs)
	}
	plan.found = found
}

// cure adds what can be done about the bucket of the images only.
func (plan *bucketPlan) cure(always, main string) string {
	if plan.field == "bucket" {
		return always + main
	}
	return always
}

// checkNewBucket sees to it that a bucket to be made is not somebody else's, and is not
// expected to move. The fields are those of its name, and of the wish to have it made.
func checkNewBucket(field, create string, found foundBucket, home string, fs *faults) {
	switch name := found.Name; {
	case found.Status == bucketMissing:
	case found.Status != bucketFound:
		fs.add(field, name, "another account has a bucket of that name, and names are unique in all of S3", "Choose another name")
	case !isOurs(found):
		fs.add(create, "true", "bucket "+name+" exists already, and was not made by this component",
			"Set it to false to use the bucket as it is, or choose another name")
	case home != "" && found.Region != home:
		fs.add(field, name, "it was made in "+found.Region+", and a bucket cannot move to "+home,
			"Go back to region "+found.Region+", or set "+create+" to false: the bucket stays where it is, and the CDN may be driven from any region")
	}
}

// isOurs says whether a bucket was made here. Only the key is asked for: its value may
// be the user's.
func isOurs(bucket foundBucket) bool {
	_, tagged := bucket.Tags[bucketTag]
	return tagged
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// bucketNameProblem says what is wrong with a name, "" if nothing. Source: "General
// purpose bucket naming rules" in the S3 user guide.
func bucketNameProblem(name string) string {
	switch {
	case name == "":
		return "a bucket is needed"
	case strings.HasPrefix(name, "s3://"), strings.HasPrefix(name, "arn:"), strings.Contains(name, "/"):
		return "this is an address, not a bucket's name"
	case !bucketName.MatchString(name), strings.Contains(name, ".."), net.ParseIP(name) != nil,
		strings.HasPrefix(name, "xn--"), strings.HasPrefix(name, "sthree-"), strings.HasSuffix(name, "-s3alias"),
		strings.HasSuffix(name, "--ol-s3"), strings.HasSuffix(name, ".mrap"), strings.HasSuffix(name, "--x-s3"):
		return "S3 has no bucket with such a name"
	}
	return ""
}

func newBucketOrigin(
	ctx *pulumi.Context, name string, plan bucketPlan, opts ...pulumi.ResourceOption,
) (*BucketOrigin, error) {
	o := &BucketOrigin{}
	if err := ctx.RegisterComponentResource(BucketOriginToken, name, o, opts...); err != nil {
		return nil, fmt.Errorf("registering bucket origin %q: %w", name, err)
	}
	var err error
	if plan.mark == nil {
		if plan.mark, err = newMark(ctx, name, []string{leftAccessControl}, nil, plan.providers.plugin, o); err != nil {
			return nil, err
		}
	}
	if plan.CreateBucket {
		err = o.makeBucket(ctx, name, plan)
	} else {
		o.useBucket(ctx, plan)
	}
	if err != nil {
		return nil, err
	}
	o.OriginAccessControl, err = cloudfront.NewOriginAccessControl(ctx, name+"-oac", &cloudfront.OriginAccessControlArgs{
		Description:                   describe("Signs CloudFront's requests to the bucket", plan.mark.text),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, append(importing(plan.accessControl), pulumi.Parent(o), pulumi.Provider(plan.providers.usEast1), plan.mark.renewals.of(name+"-oac"),
		pulumi.IgnoreChanges([]string{"name"}))...) // an imported one keeps its own
	if err != nil {
		return nil, fmt.Errorf("making the origin access control of %q: %w", name, err)
	}
	o.OriginAccessControlId = o.OriginAccessControl.ID().ToStringOutput()
	return o, ctx.RegisterResourceOutputs(o, pulumi.Map{
		"bucketName": o.BucketName, "bucketArn": o.BucketArn, "bucketRegion": o.BucketRegion,
		"domainName": o.DomainName, "originAccessControlId": o.OriginAccessControlId,
	})
}

// useBucket takes a bucket that is not the component's.
func (o *BucketOrigin) useBucket(ctx *pulumi.Context, plan bucketPlan) {
	found := plan.locate(ctx)
	o.BucketName, o.BucketArn, o.BucketRegion, o.DomainName = found.name, found.arn, found.region, found.domainName
}

// located is what a distribution and a grant are told of a bucket.
type located struct{ name, arn, region, domainName pulumi.StringOutput }

// locate finds out about a bucket that is not the component's: from what was looked
// up, or, for one that is made in the same program, when it is there.
func (plan bucketPlan) locate(ctx *pulumi.Context) located {
	found := plan.bucket.ToStringOutput().ApplyT(func(name string) (foundBucket, error) {
		if plan.found.Status == bucketFound {
			return plan.found, nil
		}
		return plan.await(ctx, name)
	})
	part := func(of func(foundBucket) string) pulumi.StringOutput {
		return found.ApplyT(func(b any) string { return of(b.(foundBucket)) }).(pulumi.StringOutput)
	}
	l := located{
		name: part(func(b foundBucket) string { return b.Name }), arn: part(func(b foundBucket) string { return b.Arn }),
		region: part(func(b foundBucket) string { return b.Region }), domainName: part(func(b foundBucket) string { return b.RegionalDomainName }),
	}
	if plan.DomainName != nil {
		l.domainName = plan.DomainName.ToStringOutput()
	}
	return l
}

// await looks a bucket up once its name is known.
func (plan bucketPlan) await(ctx *pulumi.Context, name string) (foundBucket, error) {
	guess := foundBucket{
		Name: name, Arn: "arn:aws:s3:::" + name, Region: plan.providers.homeRegion,
		RegionalDomainName: name + ".s3." + plan.providers.homeRegion + ".amazonaws.com",
	}
	if plan.DomainName != nil {
		guess.Region = "" // the plugin finds it
		return guess, nil
	}
	found, err := plan.providers.plugin.getBucket(ctx, name, "")
	switch {
	case err != nil:
		return foundBucket{}, fmt.Errorf("looking up bucket %q: %w", name, err)
	case found.Status == bucketFound:
		if len(plan.KeyArns) == 0 && plan.KeyGrant != None { // too late to register another resource
			warnOfKey(ctx, found)
		}
		return found, nil
	case ctx.DryRun():
		return guess, nil // it is made in the same program
	}
	return foundBucket{}, fmt.Errorf("bucket %q is %s: %s", name, found.Status, found.Message)
}

// makeBucket makes a private bucket. What it is made of stays when the bucket does.
func (o *BucketOrigin) makeBucket(ctx *pulumi.Context, name string, plan bucketPlan) error {
	provider, err := plan.providers.bucket()
	if err != nil {
		return err
	}
	bucket, err := newPrivateBucket(ctx, name, privateBucket{
		name: plan.bucket, tags: plan.tags, found: plan.found, retain: valueOr(plan.RetainBucket, true), keepsName: true,
		tlsOnly: plan.Grant != None, plugin: plan.providers.plugin,
	}, pulumi.Parent(o), pulumi.Provider(provider))
	if err != nil {
		return err
	}
	o.Bucket = bucket
	o.BucketName = pulumi.All(bucket.Bucket, plan.bucket).ApplyT(sameBucket).(pulumi.StringOutput)
	o.BucketArn, o.BucketRegion = bucket.Arn, bucket.Region
	o.DomainName = pulumi.All(o.BucketName, bucket.BucketRegionalDomainName).ApplyT(
		func(known []any) string { return known[1].(string) }).(pulumi.StringOutput)
	return nil
}

// sameBucket refuses another name for a bucket that was made: a replacement would be an
// empty bucket in the place of the images.
func sameBucket(names []any) (string, error) {
	made, wanted := names[0].(string), names[1].(string)
	if made == wanted {
		return made, nil
	}
	var fs faults
	fs.add("bucket", wanted, "the stack has made bucket "+made+", and a bucket cannot be renamed",
		"Go back to "+made+"; or make "+wanted+" by yourself, copy the images, and set origin.createBucket to false: "+made+" stays")
	return "", fs.err()
}
