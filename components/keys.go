package components

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"imagecdn/internal/bucketpolicy"
)

// keyARN has the region as its group. Source: "Key identifiers" in the AWS KMS Developer
// Guide.
var keyARN = regexp.MustCompile(`^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key/[A-Za-z0-9-]+$`)

const (
	notAKey    = "this is not the ARN of a KMS key"
	giveKeyARN = "Give it as `aws kms describe-key` prints it, such as " +
		"arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab; an alias has no policy"
)

// keyPlan is a key whose policy is to let the distribution decrypt.
type keyPlan struct {
	statement string // the name of the resource
	arn       pulumi.StringInput
	bucket    pulumi.StringInput // by whose encryption it was found; nil for one that is given
}

// keyPlans are those of a CDN.
type keyPlans []keyPlan

func (keys keyPlans) has(statement string) bool {
	return slices.ContainsFunc(keys, func(k keyPlan) bool { return k.statement == statement })
}

// decryptName names the statement of a key: another key is another resource, so that the
// old one is kept apart from the new one. Keys of several regions may have the same id.
func decryptName(component, arn string) string {
	region := ""
	if parts := keyARN.FindStringSubmatch(arn); parts != nil {
		region = parts[1] + "-"
	}
	return component + "-decrypt-" + region + arn[strings.LastIndex(arn, "/")+1:]
}

// buckets are those that the distribution reads.
func (plan imagePlan) buckets() []bucketPlan {
	all := []bucketPlan{plan.bucket}
	if plan.replica != nil {
		all = append(all, *plan.replica)
	}
	for _, m := range plan.mounts {
		if m.bucket != nil && !slices.ContainsFunc(all, func(b bucketPlan) bool { return b.key == m.bucket.key }) {
			all = append(all, *m.bucket)
		}
	}
	return all
}

// planKeys finds the keys that images are encrypted under.
func planKeys(ctx *pulumi.Context, plan imagePlan, fs *faults) keyPlans {
	grant := textOr(plan.Origin.KeyGrant, Managed)
	switch {
	case grant != Managed && grant != None:
		fs.add("origin.keyGrant", grant, `this is neither "managed" nor "none"`, "Give one of them")
		return nil
	case grant == None && len(plan.Origin.KeyArns) > 0:
		fs.add("origin.keyGrant", grant, "with it the policies of keys are left alone, and origin.keyArns is of no use", "Leave out one of the two")
		return nil
	case grant == None:
		for _, bucket := range plan.buckets() {
			if key := bucket.found.customerKey(); key != "" {
				_ = ctx.Log.Warn("bucket "+bucket.found.Name+": new objects are encrypted with the key "+key+
					". Its policy must have the statement that is the output keyGrantStatement", nil)
			}
		}
		return nil
	case len(plan.Origin.KeyArns) > 0:
		return givenKeys(ctx, plan, fs)
	}
	return foundKeys(ctx, plan, fs)
}

// givenKeys are those of origin.keyArns, and no others.
func givenKeys(ctx *pulumi.Context, plan imagePlan, fs *faults) keyPlans {
	var keys keyPlans
	for i, given := range plan.Origin.KeyArns {
		arn, plain := plainString(given)
		if !plain {
			keys = append(keys, keyPlan{statement: decryptName(plan.name, strconv.Itoa(i)), arn: given})
			continue
		}
		key := keyPlan{statement: decryptName(plan.name, arn), arn: given}
		if keys.has(key.statement) {
			continue
		}
		keys = append(keys, key)
		fault, regions := keyFault{fs, fmt.Sprintf("origin.keyArns[%d]", i), arn, "it"}, plan.regions()
		switch parts := keyARN.FindStringSubmatch(arn); {
		case parts == nil:
			fs.add(fault.field, arn, notAKey, giveKeyARN)
		case len(regions) > 0 && !slices.Contains(regions, parts[1]):
			where := strings.Join(regions, " and ")
			fault.add("is in "+parts[1]+", and S3 takes keys of the bucket's region only, "+where, "Give a key of "+where)
		default:
			lookUpKey(ctx, plan, arn, "", fault)
		}
	}
	for _, bucket := range plan.buckets() {
		warnOfAnotherKey(ctx, bucket.found, plan.Origin.KeyArns)
	}
	return keys
}

// regions are those of the buckets; none where one of them is not known.
func (plan imagePlan) regions() []string {
	var regions []string
	for _, bucket := range plan.buckets() {
		if bucket.found.Region == "" {
			return nil
		}
		regions = append(regions, bucket.found.Region)
	}
	return regions
}

// warnOfAnotherKey says so where new images are encrypted with a key that is not given.
func warnOfAnotherKey(ctx *pulumi.Context, found foundBucket, given []pulumi.StringInput) {
	key := found.customerKey()
	if !keyARN.MatchString(key) || slices.ContainsFunc(given, func(given pulumi.StringInput) bool {
		arn, plain := plainString(given)
		return !plain || arn == key
	}) {
		return
	}
	_ = ctx.Log.Warn("bucket "+found.Name+": new objects are encrypted with the key "+key+
		", which is not among origin.keyArns: the distribution cannot read them", nil)
}

// foundKeys are the keys of the buckets' default encryption and those that they were
// before: objects stay under the key that they were written with.
func foundKeys(ctx *pulumi.Context, plan imagePlan, fs *faults) keyPlans {
	var keys keyPlans
	for _, bucket := range plan.buckets() {
		key := bucket.found.customerKey()
		if key == "" {
			continue
		}
		found := lookUpKey(ctx, plan, key, bucket.found.Region,
			keyFault{fs, bucket.field, bucket.found.Name, "the key of its default encryption, " + key + ","})
		if name := decryptName(plan.name, found.Arn); found.Arn != "" && !keys.has(name) {
			keys = append(keys, keyPlan{name, pulumi.String(found.Arn), bucket.bucket})
		}
	}
	for _, earlier := range plan.earlierKeys() {
		if arn, _ := plainString(earlier.arn); !keys.has(earlier.statement) && isStillThere(ctx, plan, arn) {
			keys = append(keys, earlier)
		}
	}
	return keys
}

// earlierKeys are those that the stack has found before, at buckets that are read now.
func (plan imagePlan) earlierKeys() keyPlans {
	plan.last.load()
	var keys keyPlans
	for _, r := range plan.last.resources {
		arn, bucket := textOf(r.Outputs.KeyArn), textOf(r.Outputs.Bucket)
		if r.Type == KeyPolicyStatementToken && arn != "" && r.Name == decryptName(plan.name, arn) && plan.mayRead(bucket) {
			keys = append(keys, keyPlan{r.Name, pulumi.String(arn), pulumi.String(bucket)})
		}
	}
	slices.SortFunc(keys, func(a, b keyPlan) int { return strings.Compare(a.statement, b.statement) })
	return keys
}

// mayRead says whether a bucket is read now, as far as it is known yet.
func (plan imagePlan) mayRead(bucket string) bool {
	return bucket != "" && slices.ContainsFunc(plan.buckets(), func(b bucketPlan) bool {
		name, plain := plainString(b.bucket)
		return !plain || name == bucket
	})
}

// isStillThere says whether a key of earlier images is still one. Whoever may not look can
// do without.
func isStillThere(ctx *pulumi.Context, plan imagePlan, arn string) bool {
	found, err := plan.made.plugin.getKey(ctx, arn, "")
	switch {
	case err != nil:
	case found.Status == keyMissing:
		_ = ctx.Log.Info("the key "+arn+", which earlier images were encrypted with, is gone, and they with it", nil)
		return false
	case found.State != "" && found.State != keyEnabled:
		_ = ctx.Log.Warn("the key "+arn+", which earlier images were encrypted with, is in the state "+found.State+": they are not served", nil)
	}
	return true
}

// keyFault is how a fault of a key is reported: the field, its value, and what the key is
// called in the sentence.
type keyFault struct {
	fs                  *faults
	field, value, named string
}

func (f keyFault) add(problem, cure string) { f.fs.add(f.field, f.value, f.named+" "+problem, cure) }

// lookUpKey reports what keeps CloudFront from decrypting with a key, whatever is granted,
// and what keeps this stack from granting it.
func lookUpKey(ctx *pulumi.Context, plan imagePlan, key, region string, fault keyFault) foundKey {
	found, err := plan.made.plugin.getKey(ctx, key, region)
	const without = `, or set origin.keyGrant to "none" and have its owner put the output keyGrantStatement into its policy`
	switch {
	case err != nil:
		fault.add("cannot be looked up: "+err.Error(), "Check the AWS credentials")
	case found.Status == "": // a preview whose provider is not configured yet
	case found.Status == keyMissing:
		fault.add("is not there: "+found.Message, "Check the ARN; what a deleted key has encrypted nobody can read any more")
	case found.Status == keyElsewhere:
		fault.add("is of account "+accountIn(found.Arn)+", and these credentials are of account "+found.Caller+": only its owner can change its policy",
			"Give credentials of that account (identities.key)"+without)
	case found.Status != keyFound:
		fault.add("may not be looked at with these credentials, which lack "+found.Permission+": "+found.Message,
			"Allow kms:DescribeKey, kms:GetKeyPolicy and kms:PutKeyPolicy on it, in its policy or in IAM"+without)
	case found.Manager != keyOfCustomer:
		fault.add("is AWS's own, whose policy nobody can change, so that CloudFront can read nothing that is encrypted with it", encryptAnew)
	case found.State == "Disabled":
		fault.add("is disabled, so that nobody can read what is encrypted with it", "Enable it with `aws kms enable-key`")
	case found.State == "PendingDeletion":
		fault.add("waits for its deletion, so that nobody can read what is encrypted with it",
			"Keep it with `aws kms cancel-key-deletion` and `aws kms enable-key`")
	case found.State != keyEnabled:
		fault.add("is in the state "+found.State+", so that nobody can read what is encrypted with it", "Have it enabled")
	}
	return found
}

// customerKey is the key of a bucket's default encryption, if that is a key of a customer's
// own, in any of S3's spellings; else "".
func (found foundBucket) customerKey() string {
	if !found.underKMS() || found.underAWSsKey() {
		return ""
	}
	return found.KmsKeyID
}

func (found foundBucket) underKMS() bool { return strings.HasPrefix(found.Encryption, "aws:kms") }

// underAWSsKey says so where the name of the key tells. AWS's key has an ARN as well.
func (found foundBucket) underAWSsKey() bool {
	return found.underKMS() && (found.KmsKeyID == "" || strings.HasSuffix(found.KmsKeyID, "alias/aws/s3"))
}

// warnOfKey says that a bucket's objects are encrypted with a key that nothing here changes.
func warnOfKey(ctx *pulumi.Context, found foundBucket) {
	if key := found.customerKey(); key != "" {
		_ = ctx.Log.Warn("bucket "+found.Name+": new objects are encrypted with the key "+key+
			". A distribution can read them once its policy allows that: give the key to ImageCdn as origin.keyArns, or to a KeyPolicyStatement", nil)
	}
}

// grantDecrypt lets the distribution, and nothing else, decrypt with the keys.
func (c *ImageCdn) grantDecrypt(ctx *pulumi.Context, plan imagePlan, distributionARN pulumi.StringInput) error {
	for _, key := range plan.keys {
		statement, err := newKeyStatement(ctx, key.statement, key, distributionARN, plan.made.plugin, pulumi.Parent(c))
		if err != nil {
			return err
		}
		c.KeyGrants = append(c.KeyGrants, statement)
	}
	return nil
}

// keyStatement is what the policy of each key needs, "" where no key is known of.
func (c *ImageCdn) keyStatement(plan imagePlan) pulumi.StringOutput {
	return c.Distribution.Arn.ApplyT(func(arn string) string {
		if len(plan.keys) == 0 && plan.Origin.KeyGrant != None {
			return ""
		}
		return bucketpolicy.DecryptGrant("ImageCdnDecrypt", arn).String()
	}).(pulumi.StringOutput)
}

// grantsAnotherKey says whether the stack lets the distribution decrypt with a key besides
// these. The engine takes that grant away when the program ends.
func (s *lastState) grantsAnotherKey(distributionArn string, keys keyPlans) bool {
	granted, _ := s.has(KeyPolicyStatementToken, func(r madeResource) bool {
		return isText(r.Outputs.DistributionArn, strings.ToLower(distributionArn)) && !keys.has(r.Name)
	})
	return granted
}

// accountIn is the account in an ARN, "" if there is none.
func accountIn(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return ""
}
