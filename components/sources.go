package components

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/bucketpolicy"
)

// source is an origin of the distribution.
type source struct {
	located
	id     string
	prefix pulumi.StringInput // nil for the whole bucket
}

// grantee is a bucket with a statement of its own for the distribution.
type grantee struct {
	located
	key      any                // tells buckets apart, as far as they are known
	name     string             // of the resources, what comes between the component's name and "read"
	prefixes pulumi.StringArray // what may be read; none for all
	mounted  bool               // images of paths come from it
}

// findSources finds the origins of the distribution, and the buckets they are in.
func (c *ImageCdn) findSources(ctx *pulumi.Context, plan imagePlan) {
	c.sources, c.grantees = nil, nil
	main := located{name: c.Origin.BucketName, arn: c.Origin.BucketArn, region: c.Origin.BucketRegion, domainName: c.Origin.DomainName}
	c.addSource(source{main, originID, plan.Origin.Prefix}, grantee{located: main})
	if plan.replica != nil {
		replica := plan.replica.locate(ctx)
		c.addSource(source{replica, replicaID, plan.Origin.Prefix}, grantee{located: replica, key: plan.replica.key, name: "replica-"})
	}
	for _, m := range plan.mounts {
		at := grantee{located: main, mounted: true}
		if m.bucket != nil {
			at = grantee{located: m.bucket.locate(ctx), key: m.bucket.key, mounted: true, name: m.bucket.nameOr(pathName(m.Path)) + "-"}
		}
		c.addSource(source{at.located, m.id(), m.Prefix}, at)
	}
}

// addSource adds an origin. A bucket that has a statement already gets no second one.
func (c *ImageCdn) addSource(s source, bucket grantee) {
	c.sources = append(c.sources, s)
	at := slices.IndexFunc(c.grantees, func(g grantee) bool { return g.key == bucket.key })
	switch {
	case at < 0:
		if s.prefix != nil {
			bucket.prefixes = pulumi.StringArray{s.prefix}
		}
		c.grantees = append(c.grantees, bucket)
	case s.prefix == nil:
		c.grantees[at].prefixes = nil
	case len(c.grantees[at].prefixes) > 0 && !slices.Contains(c.grantees[at].prefixes, s.prefix):
		c.grantees[at].prefixes = append(c.grantees[at].prefixes, s.prefix)
	}
	if at >= 0 && bucket.mounted {
		c.grantees[at].mounted = true
	}
}

// grants are the statements that let the distribution read and decrypt.
func (c *ImageCdn) grants() []pulumi.Resource {
	var all []pulumi.Resource
	if c.Grant != nil {
		all = append(all, c.Grant)
	}
	for _, grant := range c.OtherGrants {
		all = append(all, grant)
	}
	for _, grant := range c.KeyGrants {
		all = append(all, grant)
	}
	return all
}

// grantRead lets the distribution, and nothing else, read the objects of its buckets and
// decrypt them.
func (c *ImageCdn) grantRead(ctx *pulumi.Context, plan imagePlan, distributionARN pulumi.StringInput) error {
	if err := c.grantDecrypt(ctx, plan, distributionARN); err != nil || plan.Origin.Grant == None {
		return err
	}
	for i, bucket := range c.grantees {
		opts := []pulumi.ResourceOption{pulumi.Parent(c)}
		if i == 0 {
			opts = append(opts, importing(plan.adopted.grant)...)
		}
		grant, err := newStatement(ctx, plan.name+"-"+bucket.name+"read", &BucketPolicyStatementArgs{
			Bucket: bucket.located.name, Region: bucket.region, DistributionArn: distributionARN, Prefixes: bucket.readable(),
		}, plan.made.plugin, opts...)
		if err != nil {
			return err
		}
		if i == 0 {
			c.Grant = grant
		} else {
			c.OtherGrants = append(c.OtherGrants, grant)
		}
	}
	return nil
}

// grantList lets S3 tell the distribution which images are not there. It waits until the
// edge locations answer "/" with the root object: one that does not would list the bucket.
func (c *ImageCdn) grantList(ctx *pulumi.Context, plan imagePlan, served pulumi.StringOutput) error {
	if !plan.Missing.NotFound || plan.Origin.Grant == None {
		return nil
	}
	whenServed := pulumi.All(c.Distribution.Arn, served).ApplyT(func(known []any) string { return known[0].(string) }).(pulumi.StringOutput)
	for i, bucket := range c.grantees {
		grant, err := newStatement(ctx, plan.name+"-"+bucket.name+"list", &BucketPolicyStatementArgs{
			Bucket: bucket.located.name, Region: bucket.region, Kind: CloudFrontList, DistributionArn: whenServed,
		}, plan.made.plugin, pulumi.Parent(c))
		if err != nil {
			return err
		}
		if i == 0 {
			c.ListGrant = grant
		}
	}
	return nil
}

// statements are what the policies of the buckets need, by the buckets' names.
func (c *ImageCdn) statements(plan imagePlan) pulumi.StringMapOutput {
	known := pulumi.Array{c.Distribution.Arn}
	for _, bucket := range c.grantees {
		known = append(known, bucket.located.name, bucket.arn, bucket.prefixes)
	}
	return known.ToArrayOutput().ApplyT(func(known []any) map[string]string {
		distribution, all := known[0].(string), map[string]string{}
		for i := 1; i < len(known); i += 3 {
			all[known[i].(string)] = statementFor(known[i+1].(string), distribution, plan.Missing.NotFound, listed(known[i+2]))
		}
		return all
	}).(pulumi.StringMapOutput)
}

// statementFor is the statement that lets a distribution read a bucket.
func statementFor(bucketARN, distributionARN string, list bool, prefixes []string) string {
	if list {
		return bucketpolicy.ReadAndListGrant("ImageCdnRead", bucketARN, distributionARN, prefixes...).String()
	}
	return bucketpolicy.ReadGrant("ImageCdnRead", bucketARN, distributionARN, prefixes...).String()
}

// readable are the prefixes of a statement, nil for none: then it is one as ever.
func (g grantee) readable() pulumi.StringArrayInput {
	if len(g.prefixes) == 0 {
		return nil
	}
	return g.prefixes
}

// readFolders are the buckets that the distribution reads, each with its prefixes, if it
// has some.
func (c *ImageCdn) readFolders() pulumi.StringArrayOutput {
	known := pulumi.Array{}
	for _, bucket := range c.grantees {
		known = append(known, bucket.located.name, bucket.prefixes)
	}
	return known.ToArrayOutput().ApplyT(func(known []any) []string {
		var all []string
		for i := 0; i < len(known); i += 2 {
			all = append(all, folders(known[i].(string), listed(known[i+1])))
		}
		return all
	}).(pulumi.StringArrayOutput)
}

// folders tells what may be read of a bucket.
func folders(bucket string, prefixes []string) string {
	return strings.Join(append([]string{bucket}, prefixes...), " ")
}

// listed are the elements of a list.
func listed(list any) []string {
	given, _ := list.([]string)
	return given
}
