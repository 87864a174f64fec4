package components

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// maxNameLength fits every name that is made here: origin access controls are
// the strictest with 64 characters.
const maxNameLength = 64

var notInNames = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// accountName is a name that AWS wants unique in the account. It reads
// "<project>-<stack>-<name>" and ends in a hash of these and the organization, so
// that two stacks, or two components of one stack, never collide, however long
// their names are.
func accountName(ctx *pulumi.Context, name string) string {
	whole := strings.Join([]string{ctx.Organization(), ctx.Project(), ctx.Stack(), name}, "/")
	sum := sha256.Sum256([]byte(whole))
	hash := hex.EncodeToString(sum[:4])
	readable := notInNames.ReplaceAllString(ctx.Project()+"-"+ctx.Stack()+"-"+name, "-")
	if longest := maxNameLength - len(hash) - 1; len(readable) > longest {
		readable = readable[:longest]
	}
	return readable + "-" + hash
}

// comment says in AWS's console whose a resource is. CloudFront takes 128 characters.
func comment(ctx *pulumi.Context, name, domain string) string {
	text := "Pulumi stack " + ctx.Project() + "/" + ctx.Stack() + ", " + name + ": " + domain
	if len(text) > 128 {
		text = strings.ToValidUTF8(text[:128], "") // not half a character of a name
	}
	return text
}

// The range of ownershipTTL: between an hour and a day, without the round numbers
// that people choose.
const (
	shortestOwnershipTTL = 3_601
	ownershipTTLs        = 82_799
)

// ownershipTTL is the TTL, between an hour and a day, of the validation records
// of one stack. Records carry no tags, and the validation record of a name is the
// same for every certificate of the account: the TTL is how a stack that was
// killed while it made one knows it again, and how one that somebody else made is
// told from it. To a validation record the TTL makes no other difference.
func ownershipTTL(ctx *pulumi.Context, name string) int {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(strings.Join([]string{ctx.Organization(), ctx.Project(), ctx.Stack(), name}, "/")))
	return shortestOwnershipTTL + int(hash.Sum32()%ownershipTTLs)
}
