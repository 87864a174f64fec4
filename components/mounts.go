package components

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// MountArgs serve images of another bucket, or of another part of the bucket, under one
// path of the CDN.
type MountArgs struct {
	// Path is where they are, such as "/avatars/*": a folder and all that is below. It goes
	// before paths: see there. Case counts. Required.
	Path string `pulumi:"path"`
	// Bucket is the name or the ARN of a bucket that is there already, of the same account
	// as that of the images. A change updates the distribution in place. Default: the
	// bucket of the images.
	Bucket pulumi.StringInput `pulumi:"bucket"`
	// Prefix is a folder of that bucket, such as "people/2026": what is asked for is below
	// it, and only that may be read. A change updates the distribution in place. Default:
	// the whole bucket.
	Prefix pulumi.StringInput `pulumi:"prefix"`
	// StripPath asks for /avatars/cat.jpg as cat.jpg, in a function at the edge, and not as
	// avatars/cat.jpg. Default: false.
	StripPath bool `pulumi:"stripPath"`
}

// maxOriginPath is CloudFront's limit for the path of an origin, in characters.
const maxOriginPath = 255

var (
	// mountPath is the pattern of a folder, without wildcards inside.
	mountPath = regexp.MustCompile(`^/[A-Za-z0-9_\-.$~"'@:+&]+(/[A-Za-z0-9_\-.$~"'@:+&]+)*/\*$`)
	// folder has no characters that mean something in a policy or in a URL.
	folder = regexp.MustCompile(`^[A-Za-z0-9!_.()-]+(/[A-Za-z0-9!_.()-]+)*$`)
)

// checkPrefix reports a prefix that is no folder.
func checkPrefix(field string, prefix pulumi.StringInput, fs *faults) {
	text, plain := plainString(prefix)
	if prefix == nil || !plain {
		return
	}
	dots := slices.ContainsFunc(strings.Split(text, "/"), func(part string) bool { return part == "." || part == ".." })
	if dots || len(text) >= maxOriginPath || !folder.MatchString(text) {
		fs.add(field, text, "this is no folder of a bucket",
			"Give its name without a slash at its ends, such as people/2026: at most 254 letters, digits and !_.()-")
	}
}

// originPath is what CloudFront puts before a path, nil for nothing.
func originPath(prefix pulumi.StringInput) pulumi.StringPtrInput {
	if prefix == nil {
		return nil
	}
	return pulumi.Sprintf("/%s", prefix)
}

// mount is a mount as it is planned.
type mount struct {
	MountArgs
	bucket *bucketPlan // nil for that of the images
}

// id names its origin within the distribution. It stays the same when others come and go.
func (m MountArgs) id() string { return "mount-" + pathName(m.Path) }

// withoutEmptyMounts has what is set to nothing left out.
func withoutEmptyMounts(mounts []MountArgs) []MountArgs {
	mounts = slices.Clone(mounts)
	for i := range mounts {
		mounts[i].Bucket, mounts[i].Prefix = unlessEmpty(mounts[i].Bucket), unlessEmpty(mounts[i].Prefix)
	}
	return mounts
}

// planMounts checks them, and finds their buckets.
func planMounts(ctx *pulumi.Context, main bucketPlan, paths []PathArgs, fs *faults) []mount {
	if all := len(main.Mounts) + len(paths); all > maxPaths && len(paths) <= maxPaths {
		fs.add("origin.mounts", strconv.Itoa(len(main.Mounts)), fmt.Sprintf("with %d paths they are more than the %d that CloudFront takes", len(paths), maxPaths),
			"Have fewer of either")
	}
	var all []mount
	for i, args := range main.Mounts {
		field := fmt.Sprintf("origin.mounts[%d]", i)
		checkMount(field, args, main.Mounts[:i], fs)
		m := mount{MountArgs: args}
		if args.Bucket != nil && !main.sameAs(args.Bucket) {
			other := planOther(ctx, main, field+".bucket", args.Bucket, fs)
			checkShield(other, fs)
			m.bucket = &other
		}
		all = append(all, m)
	}
	return all
}

func checkMount(field string, args MountArgs, before []MountArgs, fs *faults) {
	checkPrefix(field+".prefix", args.Prefix, fs)
	if len(args.Path) > maxPattern || !mountPath.MatchString(args.Path) {
		fs.add(field+".path", args.Path, "this is no folder and all that is below it", `Give a path such as /avatars/*: letters, digits and _-.$~"'@:+&, and /* at its end alone`)
		return
	}
	for _, earlier := range before {
		if matchesPattern(earlier.Path, args.Path) {
			fs.add(field+".path", args.Path, "all its images are those of "+earlier.Path+", which comes before it", "Put it first, or leave it out")
			return
		}
	}
	if args.Bucket == nil && args.Prefix == nil && !args.StripPath {
		fs.add(field, args.Path, "nothing is different for these images", "Say what is, in bucket, prefix or stripPath; or leave it out")
	}
}

// stripped are the folders of the mounts whose path S3 is not asked for.
func (args OriginArgs) stripped() []string {
	var all []string
	for _, m := range args.Mounts {
		if m.StripPath {
			all = append(all, strings.TrimSuffix(m.Path, "*"))
		}
	}
	return all
}

// mountOf is the mount that has all the images of a path pattern, nil for none.
func (args OriginArgs) mountOf(pattern string) *MountArgs {
	for i := range args.Mounts {
		if matchesPattern(args.Mounts[i].Path, wholePattern(pattern)) {
			return &args.Mounts[i]
		}
	}
	return nil
}

// withMounts adds the behaviors of the mounts to those of the paths. What is said for a
// path within a mount holds for the mount's images, and a mount has all others of its
// path, whatever patterns of other paths match them, too.
func (args OriginArgs) withMounts(usual behavior, paths []behavior) []behavior {
	var all, others []behavior
	within := map[string][]behavior{}
	for _, b := range paths {
		if m := args.mountOf(b.pattern); m != nil {
			b.origin = m.id()
			within[m.Path] = append(within[m.Path], b)
		} else {
			others = append(others, b)
		}
	}
	for _, m := range args.Mounts {
		all = append(all, within[m.Path]...)
		if slices.ContainsFunc(within[m.Path], func(b behavior) bool { return wholePattern(b.pattern) == m.Path }) {
			continue // the path's behavior is the mount's
		}
		b := usual
		b.pattern, b.origin, b.sharesCache, b.sharesHeaders = m.Path, m.id(), true, true
		all = append(all, b)
	}
	return append(all, others...)
}
