package provider

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"imagecdn/internal/bucketpolicy"
)

const (
	// maxWrites bounds how often a lost statement is written again.
	maxWrites = 8
	// maxLooks bounds how long one write is watched when reads contradict each other.
	maxLooks = 10
	// looksToTrust is how many reads in a row must agree before a write counts as kept, or as lost: S3's bucket
	// configuration is eventually consistent (Amazon S3 User Guide, "data consistency model").
	looksToTrust = 2
)

// editor changes one document of a bucket, such as its policy, by reading all of it and writing all of it: S3 has no
// other way, and its calls have no condition on what they replace.
//
// Within the process, edits of one bucket take turns. Between processes they may overlap, so a write is watched: if the
// change is gone when the document has settled, it is made again on what is there then. Two editors of this kind
// converge, and neither loses its part. What cannot be guaranteed: a tool that writes the whole document without looking
// again may lose its own change to ours, if it writes between our read and our write, a few dozen milliseconds; and it
// may undo ours after we stopped watching, which the next refresh shows.
type editor[D document[D]] struct {
	store[D]

	owner  *identity
	client *s3.Client // for the region that the bucket is taken to be in
	bucket string
	locks  *keyedLock
	pace   pace
}

// document is compared by its meaning.
type document[D any] interface{ Equal(other D) bool }

// store is where S3 keeps the documents of one kind.
type store[D any] struct {
	what  string // is kept, for people
	event string // of CloudTrail that says who writes it
	cures cures
	// get reads the document of a bucket; that of a bucket without one is empty.
	get func(ctx context.Context, client *s3.Client, bucket *string) (D, error)
	// put writes it, and takes an empty one away.
	put func(ctx context.Context, client *s3.Client, bucket *string, wanted D) error
}

// change makes the wanted document of the present one. It must be repeatable: applied to its own result, it changes
// nothing.
type change[D any] func(D) (D, error)

// place says where the documents of a bucket are.
type place struct {
	bucket, region string
	owner          string // the identity that the bucket is of, "" for that of the images
}

// placeOf is the place of a bucket as it was last known.
func placeOf(bucket string, inputs, state resource.PropertyMap) place {
	last := func(key resource.PropertyKey) string { return either(text(inputs, key), text(state, key)) }
	return place{bucket: bucket, region: last(regionKey), owner: last(ownerKey)}
}

// newEditor makes an editor with the credentials of the bucket's owner.
func newEditor[D document[D]](ctx context.Context, p *Provider, kept store[D], at place) (*editor[D], error) {
	ids, err := p.configured()
	if err != nil {
		return nil, fmt.Errorf("bucket %q: %w", at.bucket, err)
	}
	owner := ids.owner(at.owner)
	client, err := owner.s3(ctx, at.region)
	if err != nil {
		return nil, explain(ctx, fmt.Sprintf("changing the %s of bucket %q", kept.what, at.bucket), err, kept.cures)
	}
	return &editor[D]{store: kept, owner: owner, client: client, bucket: at.bucket, locks: &p.locks, pace: p.pace}, nil
}

// apply makes the change and stays until it has settled. Nothing is written if the document is as wanted.
func (e *editor[D]) apply(ctx context.Context, c change[D]) error {
	for range maxWrites {
		wrote, err := e.write(ctx, c)
		if err != nil || !wrote {
			return err
		}
		kept, err := e.watch(ctx, c)
		if err != nil || kept {
			return err
		}
	}
	return fmt.Errorf("bucket %q: somebody else keeps replacing its %s: %d writes were lost. "+
		"Find who writes it (CloudTrail, event %s), stop it, and run the operation again", e.bucket, e.what, maxWrites, e.event)
}

// write reads, changes and writes once.
func (e *editor[D]) write(ctx context.Context, c change[D]) (bool, error) {
	unlock, err := e.locks.lock(ctx, e.bucket)
	if err != nil {
		return false, fmt.Errorf("waiting for another change of bucket %q: %w", e.bucket, err)
	}
	defer unlock()
	wanted, done, err := e.compare(ctx, c)
	if err != nil || done {
		return false, err
	}
	if err := e.put(ctx, e.client, aws.String(e.bucket), wanted); err != nil {
		return false, e.explain(ctx, "writing", err)
	}
	return true, nil
}

// watch looks at the document until it shows the change, or shows it lost, several times in a row.
func (e *editor[D]) watch(ctx context.Context, c change[D]) (bool, error) {
	kept, lost := 0, 0
	for range maxLooks {
		if err := e.pace.wait(ctx); err != nil {
			return false, fmt.Errorf("waiting for the %s of bucket %q to settle: %w", e.what, e.bucket, err)
		}
		_, done, err := e.compare(ctx, c)
		if err != nil {
			return false, err
		}
		if done {
			kept, lost = kept+1, 0
		} else {
			kept, lost = 0, lost+1
		}
		if kept == looksToTrust || lost == looksToTrust {
			break
		}
	}
	return kept == looksToTrust, nil
}

// compare returns the wanted document and whether it is the present one.
func (e *editor[D]) compare(ctx context.Context, c change[D]) (wanted D, done bool, err error) {
	present, err := e.read(ctx)
	if err != nil {
		return wanted, false, err
	}
	if wanted, err = c(present); err != nil {
		return wanted, false, fmt.Errorf("bucket %q: %w", e.bucket, err)
	}
	return wanted, wanted.Equal(present), nil
}

// read returns the document. Every change starts with it, so it is the call that finds out where the bucket is.
func (e *editor[D]) read(ctx context.Context) (D, error) {
	found, err := e.get(ctx, e.client, aws.String(e.bucket))
	if region := elsewhere(ctx, e.client, e.bucket, err); region != "" {
		if e.client, err = e.owner.s3(ctx, region); err == nil {
			found, err = e.get(ctx, e.client, aws.String(e.bucket))
		}
	}
	if err != nil {
		return found, e.explain(ctx, "reading", err)
	}
	return found, nil
}

func (e *editor[D]) explain(ctx context.Context, doing string, err error) error {
	return explain(ctx, fmt.Sprintf("%s the %s of bucket %q", doing, e.what, e.bucket), err, e.cures)
}

// policies are the policies of buckets.
var policies = store[bucketpolicy.Document]{
	what: "policy", event: "PutBucketPolicy", get: getPolicy, put: putPolicy,
	cures: cures{
		"AccessDenied": "The caller needs s3:GetBucketPolicy, s3:PutBucketPolicy and s3:DeleteBucketPolicy on the bucket. " +
			"If it has them, look for a Deny in the bucket policy or the organization, and for a public statement in the " +
			"policy that Block Public Access refuses to store again",
		"MethodNotAllowed": "Only the account that owns the bucket may change its policy: use that account's credentials",
		"MalformedPolicy": "S3 refuses the merged policy: if a principal in another statement was deleted since, " +
			"remove it; and check that the distribution exists in this partition",
		"NoSuchBucket":     "Check the bucket's name and the account: the bucket has to exist before CloudFront may read it",
		"OperationAborted": "Another change of the bucket was in progress the whole time: repeat the operation",
	},
}

func getPolicy(ctx context.Context, client *s3.Client, bucket *string) (bucketpolicy.Document, error) {
	out, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
	switch {
	case errorCode(err) == "NoSuchBucketPolicy":
		return bucketpolicy.Document{}, nil
	case err != nil:
		return bucketpolicy.Document{}, err //nolint:wrapcheck // the editor does
	}
	return bucketpolicy.Parse(aws.ToString(out.Policy)) //nolint:wrapcheck // the editor does
}

func putPolicy(ctx context.Context, client *s3.Client, bucket *string, wanted bucketpolicy.Document) error {
	text, err := wanted.Text()
	switch {
	case err != nil:
	case text == "":
		if _, err = client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: bucket}); errorCode(err) == "NoSuchBucketPolicy" {
			return nil
		}
	default:
		_, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(text)})
	}
	return err //nolint:wrapcheck // the editor does
}

// pace is the time between a write and the looks after it, drawn from a range so that two editors do not keep step.
type pace struct{ shortest, longest time.Duration }

func (p pace) wait(ctx context.Context) error {
	timer := time.NewTimer(p.shortest + rand.N(max(p.longest-p.shortest, 1))) //nolint:gosec // jitter, not a secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx) //nolint:wrapcheck // the caller names the bucket
	}
}
