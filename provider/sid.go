package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"imagecdn/internal/bucketpolicy"
)

// sidPrefix tells a reader of the policy where a statement comes from. S3 allows letters and digits in a Sid.
const sidPrefix = "ImageCdn"

// maxSids bounds the search for a free Sid.
const maxSids = 16

// chooseSid finds the Sid for a new statement: a hash over the resource's URN and the distribution, so that
//   - a create that was killed after its write finds its own statement when it is repeated, and writes nothing;
//   - two stacks with equal URNs (of two backends) on one bucket have different distributions, hence different Sids.
//     (Two of kind tlsOnly do not, and share one statement: it is for buckets that a stack makes itself.)
//
// A Sid stays with its resource when the distribution changes later. The hash may therefore be taken, by a resource
// with the same URN elsewhere that was made for this distribution and has another now; then it is the next in the
// row. A statement that is ours already wins over a free Sid before it. Nothing of anybody else is ever overwritten.
//
// What remains: a create that is killed after its write and never repeated for the same distribution leaves its
// statement behind. It lets a distribution read that no longer exists, and it is there to see under its Sid.
func chooseSid(
	policy bucketpolicy.Document, urn resource.URN, args arguments,
) (string, error) {
	free := ""
	for n := range maxSids {
		sid := candidateSid(urn, args.subject(), n)
		statement, taken := policy.Find(sid)
		if !taken && free == "" {
			free = sid
		}
		if taken && statement.Equal(args.statement(sid)) {
			return sid, nil
		}
	}
	if free == "" {
		return "", fmt.Errorf("all %d Sids of %s are taken by other statements: remove those that nobody uses", maxSids, urn)
	}
	return free, nil
}

func candidateSid(urn resource.URN, subject string, n int) string {
	sum := sha256.Sum256([]byte(string(urn) + "\n" + subject + "\n" + strconv.Itoa(n)))
	return sidPrefix + hex.EncodeToString(sum[:16])
}
