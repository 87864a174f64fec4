package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/bucketpolicy"
)

// source is an origin of the distribution.
type source struct {
	located
	id string
}

// grantee is a bucket with a statement of its own for the distribution.
type grantee struct {
	located
	name string // of the resources, what comes between the component's name and "read"
}

// findSources finds the origins of the distribution, and the buckets they are in.
func (c *ImageCdn) findSources(ctx *pulumi.Context, plan imagePlan) {
	main := located{name: c.Origin.BucketName, arn: c.Origin.BucketArn, region: c.Origin.BucketRegion, domainName: c.Origin.DomainName}
	c.sources = []source{{located: main, id: originID}}
	c.grantees = []grantee{{located: main}}
	if plan.replica != nil {
		replica := plan.replica.locate(ctx)
		c.sources = append(c.sources, source{located: replica, id: replicaID})
		c.grantees = append(c.grantees, grantee{located: replica, name: "replica-"})
	}
}

// grants are the statements that let the distribution read.
func (c *ImageCdn) grants() []pulumi.Resource {
	var all []pulumi.Resource
	if c.Grant != nil {
		all = append(all, c.Grant)
	}
	for _, grant := range c.OtherGrants {
		all = append(all, grant)
	}
	return all
}

// grantRead lets the distribution, and nothing else, read the objects of its buckets.
func (c *ImageCdn) grantRead(ctx *pulumi.Context, plan imagePlan, distributionARN pulumi.StringInput) error {
	if plan.Origin.Grant == None {
		return nil
	}
	for i, bucket := range c.grantees {
		opts := []pulumi.ResourceOption{pulumi.Parent(c)}
		if i == 0 {
			opts = append(opts, importing(plan.adopted.grant)...)
		}
		grant, err := newStatement(ctx, plan.name+"-"+bucket.name+"read", &BucketPolicyStatementArgs{
			Bucket: bucket.located.name, Region: bucket.region, DistributionArn: distributionARN,
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
		known = append(known, bucket.located.name, bucket.arn)
	}
	return known.ToArrayOutput().ApplyT(func(known []any) map[string]string {
		distribution, all := known[0].(string), map[string]string{}
		for i := 1; i < len(known); i += 2 {
			all[known[i].(string)] = statementFor(known[i+1].(string), distribution, plan.Missing.NotFound)
		}
		return all
	}).(pulumi.StringMapOutput)
}

// statementFor is the statement that lets a distribution read a bucket.
func statementFor(bucketARN, distributionARN string, list bool) string {
	if list {
		return bucketpolicy.ReadAndListGrant("ImageCdnRead", bucketARN, distributionARN).String()
	}
	return bucketpolicy.ReadGrant("ImageCdnRead", bucketARN, distributionARN).String()
}

// readBuckets are the names of the buckets that the distribution reads.
func (c *ImageCdn) readBuckets() pulumi.StringArrayOutput {
	var names pulumi.StringArray
	for _, bucket := range c.grantees {
		names = append(names, bucket.located.name)
	}
	return names.ToStringArrayOutput()
}
