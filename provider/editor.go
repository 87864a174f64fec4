package provider

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

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

// editor changes the policy of one bucket by reading all of it and writing all of it: S3 has no other way, and
// PutBucketPolicy has no condition on what it replaces.
//
// Within the process, edits of one bucket take turns. Between processes they may overlap, so a write is watched: if the
// change is gone when the policy has settled, it is made again on what is there then. Two editors of this kind converge,
// and neither loses its statement. What cannot be guaranteed: a tool that writes the whole policy without looking
// again may lose its own change to ours, if it writes between our read and our write, a few dozen milliseconds; and it
// may undo ours after we stopped watching, which the next refresh shows.
type editor struct {
	owner  *identity
	client *s3.Client // for the region that the bucket is taken to be in
	bucket string
	locks  *keyedLock
	pace   pace
}

// change makes the wanted policy of the present one. It must be repeatable: applied to its own result, it changes
// nothing.
type change func(bucketpolicy.Document) (bucketpolicy.Document, error)

// apply makes the change and stays until it has settled. Nothing is written if the policy is as wanted.
func (e *editor) apply(ctx context.Context, c change) error {
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
	return fmt.Errorf("bucket %q: somebody else keeps replacing its policy: %d writes were lost. "+
		"Find who writes it (CloudTrail, event PutBucketPolicy), stop it, and run the operation again", e.bucket, maxWrites)
}

// write reads, changes and writes once.
func (e *editor) write(ctx context.Context, c change) (bool, error) {
	unlock, err := e.locks.lock(ctx, e.bucket)
	if err != nil {
		return false, fmt.Errorf("waiting for another change of bucket %q: %w", e.bucket, err)
	}
	defer unlock()
	wanted, done, err := e.compare(ctx, c)
	if err != nil || done {
		return false, err
	}
	return true, e.put(ctx, wanted)
}

// watch looks at the policy until it shows the change, or shows it lost, several times in a row.
func (e *editor) watch(ctx context.Context, c change) (bool, error) {
	kept, lost := 0, 0
	for range maxLooks {
		if err := e.pace.wait(ctx); err != nil {
			return false, fmt.Errorf("waiting for the policy of bucket %q to settle: %w", e.bucket, err)
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

// compare returns the wanted policy and whether it is the present one.
func (e *editor) compare(ctx context.Context, c change) (bucketpolicy.Document, bool, error) {
	present, err := e.read(ctx)
	if err != nil {
		return bucketpolicy.Document{}, false, err
	}
	wanted, err := c(present)
	if err != nil {
		return bucketpolicy.Document{}, false, fmt.Errorf("bucket %q: %w", e.bucket, err)
	}
	return wanted, wanted.Equal(present), nil
}

// read returns the policy; that of a bucket without one is empty. Every change starts with it, so it is the call that
// finds out where the bucket is.
func (e *editor) read(ctx context.Context) (bucketpolicy.Document, error) {
	out, err := e.get(ctx)
	if region := elsewhere(ctx, e.client, e.bucket, err); region != "" {
		if e.client, err = e.owner.s3(ctx, region); err == nil {
			out, err = e.get(ctx)
		}
	}
	if errorCode(err) == "NoSuchBucketPolicy" {
		return bucketpolicy.Document{}, nil
	}
	if err != nil {
		return bucketpolicy.Document{}, e.explain(ctx, "reading", err)
	}
	document, err := bucketpolicy.Parse(aws.ToString(out.Policy))
	if err != nil {
		return bucketpolicy.Document{}, e.explain(ctx, "reading", err)
	}
	return document, nil
}

func (e *editor) get(ctx context.Context) (*s3.GetBucketPolicyOutput, error) {
	return e.client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(e.bucket)}) //nolint:wrapcheck // the caller does
}

// policyCures are for calls that read and write the policy.
var policyCures = cures{
	"AccessDenied": "The caller needs s3:GetBucketPolicy, s3:PutBucketPolicy and s3:DeleteBucketPolicy on the bucket. " +
		"If it has them, look for a Deny in the bucket policy or the organization, and for a public statement in the " +
		"policy that Block Public Access refuses to store again",
	"MethodNotAllowed": "Only the account that owns the bucket may change its policy: use that account's credentials",
	"MalformedPolicy": "S3 refuses the merged policy: if a principal in another statement was deleted since, " +
		"remove it; and check that the distribution exists in this partition",
	"NoSuchBucket":     "Check the bucket's name and the account: the bucket has to exist before CloudFront may read it",
	"OperationAborted": "Another change of the bucket was in progress the whole time: repeat the operation",
}

func (e *editor) explain(ctx context.Context, doing string, err error) error {
	return explain(ctx, fmt.Sprintf("%s the policy of bucket %q", doing, e.bucket), err, policyCures)
}

func (e *editor) put(ctx context.Context, document bucketpolicy.Document) error {
	text, err := document.Text()
	if err != nil {
		return e.explain(ctx, "writing", err)
	}
	if text == "" {
		_, err = e.client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String(e.bucket)})
		if err == nil || errorCode(err) == "NoSuchBucketPolicy" {
			return nil
		}
		return e.explain(ctx, "deleting", err)
	}
	_, err = e.client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(e.bucket), Policy: aws.String(text)})
	if err != nil {
		return e.explain(ctx, "writing", err)
	}
	return nil
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
