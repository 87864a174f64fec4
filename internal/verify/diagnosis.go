package verify

import (
	"strconv"
	"strings"
)

// problem is a way in which a check fails.
type problem string

const (
	resolverMissing      problem = "resolver missing"
	resolverUnreachable  problem = "resolver unreachable"
	resolverFailed       problem = "resolver failed"
	resolverRefused      problem = "resolver refused"
	nameUnknown          problem = "name unknown"
	recordMissing        problem = "record missing"
	otherDistribution    problem = "other distribution"
	noHTTP2              problem = "no HTTP/2"
	edgeUnreachable      problem = "edge unreachable"
	edgeNoIPv6           problem = "edge unreachable over IPv6"
	nameNotCovered       problem = "name not covered"
	distributionDisabled problem = "distribution disabled"
	chainUntrusted       problem = "chain untrusted"
	certificateExpired   problem = "certificate expired"
	certificateOld       problem = "certificate not renewed"
	protocolOld          problem = "protocol old"
	handshakeFailed      problem = "handshake failed"
	requestFailed        problem = "request failed"
	bucketForbids        problem = "forbidden by the bucket"
	keyForbids           problem = "forbidden by the key"
	edgeForbids          problem = "forbidden by the edge"
	signatureRefused     problem = "signature refused"
	signatureIgnored     problem = "signature ignored"
	imageMissing         problem = "image missing"
	plusIsSpace          problem = "plus is a space"
	originFailed         problem = "origin failed"
	statusUnexpected     problem = "status unexpected"
	contentNotImage      problem = "content not an image"
	notCloudFront        problem = "not CloudFront"
	alreadyCached        problem = "already cached"
	neverCached          problem = "never cached"
	cachingRefused       problem = "caching refused"
	alwaysRevalidated    problem = "always revalidated"
	ageMissing           problem = "age missing"
	bytesDiffer          problem = "bytes differ"
	querySplits          problem = "query string splits the cache"
	cookieSplits         problem = "cookie splits the cache"
	acceptSplits         problem = "Accept splits the cache"
	httpUnreachable      problem = "HTTP unreachable"
	redirectMissing      problem = "redirect missing"
	redirectElsewhere    problem = "redirect elsewhere"
	bucketUnreachable    problem = "bucket unreachable"
	bucketUnknown        problem = "bucket unknown"
	bucketPublic         problem = "bucket public"
	bucketListable       problem = "bucket listable"
	bucketUnexpected     problem = "bucket unexpected"
)

// diagnosis is what is said of a problem. {domain}, {path}, {bucket}, {distribution}
// and {dns} stand for those of the target, {key} and {type} for those of the image;
// {url}, {http} (the URL without TLS) and {object} are words for a shell.
type diagnosis struct {
	cause, cure string
	// passes says that it goes away by itself on a fresh deployment.
	passes bool
}

// diagnoses is all that is known of problems. The likeliest cause comes first.
var diagnoses = map[problem]diagnosis{
	resolverMissing: {
		cause: "This machine names no DNS server in /etc/resolv.conf.",
		cure:  "Name one: --dns 1.1.1.1",
	},
	resolverUnreachable: {
		cause:  "{dns} does not answer: it is down, it is another address or port, or a firewall is in between.",
		cure:   "Check the address, or ask another server: --dns HOST:PORT",
		passes: true,
	},
	resolverFailed: {
		cause:  "The DNS server could not get an answer from the zone's own servers: a broken delegation, or DNSSEC that no longer matches.",
		cure:   "Compare `dig NS` of the parent zone with the name servers of the hosted zone; ask one of those with --dns to see which side is wrong.",
		passes: true,
	},
	resolverRefused: {
		cause:  "{dns} serves neither this domain nor others: no hosted zone there holds {domain}, or it answers its own zones only.",
		cure:   "Check that the stack is up and in the zone meant, or ask another server: --dns HOST:PORT",
		passes: true,
	},
	nameUnknown: {
		cause:  "{domain} does not exist in DNS: the stack is not up, its records are in a hosted zone that the parent does not delegate to, or a resolver remembers the time before them.",
		cure:   "Look at the records with `pulumi stack`; compare `dig NS` of the zone with the hosted zone's name servers; to pass by a resolver's memory, ask one of these with --dns",
		passes: true,
	},
	recordMissing: {
		cause:  "{domain} exists, but not with a record of this type: the stack is not wholly up, its distribution is disabled, something else made the name, or a resolver remembers the time before.",
		cure:   "Run `pulumi up`, which makes A, AAAA and HTTPS records; then ask a name server of the hosted zone with --dns to pass by a resolver's memory.",
		passes: true,
	},
	otherDistribution: {
		cause: "{domain} points at another distribution than {distribution}: a record from before this stack.",
		cure:  "Delete the CNAME record that is in the way and run `pulumi up`.",
	},
	noHTTP2: {
		cause: "The HTTPS record was not made by CloudFront, which offers h2 and h3.",
		cure:  "Make it an alias of the distribution, as `pulumi up` does.",
	},
	edgeUnreachable: {
		cause:  "No connection: the domain points at something that does not listen, or a firewall or proxy is in between.",
		cure:   "Try `curl -v {url}` from another network; if the edge is elsewhere, give --https-address HOST:PORT",
		passes: true,
	},
	edgeNoIPv6: {
		cause: "The distribution does not take IPv6, or the network of this machine loses it on the way.",
		cure:  "Try `curl -6 {url}` from another network.",
	},
	nameNotCovered: {
		cause:  "The certificate is for other names: {domain} is not an alias of the distribution, the edge does not have it yet, or DNS points somewhere else.",
		cure:   "Check the aliases of {distribution} and wait until it is Deployed; run `pulumi up` if the domain is not among them.",
		passes: true,
	},
	distributionDisabled: {
		cause:  "The distribution is disabled or not deployed yet: the edge refuses {distribution}, its own name, as well, and has no certificate of it.",
		cure:   "Run `pulumi up`, which enables it, and wait until it is Deployed (`aws cloudfront list-distributions`).",
		passes: true,
	},
	chainUntrusted: {
		cause: "The certificate is not from an authority this machine trusts: a private CA, or something in between that opens TLS.",
		cure:  "With a CA of your own, name its root: --ca-file FILE; otherwise try from another network.",
	},
	certificateExpired: {
		cause: "The certificate is out of its time, or this machine's clock is. ACM renews only while the validation CNAME is in DNS.",
		cure:  "Check the clock; run `pulumi up`, which puts the validation record back, and see the certificate's renewal status in ACM.",
	},
	certificateOld: {
		cause: "ACM should have renewed the certificate weeks ago: its validation CNAME is gone from DNS, or a CAA record forbids Amazon.",
		cure:  "Run `pulumi up`, which puts the validation record back; check `dig CAA {domain}` for amazon.com.",
	},
	protocolOld: {
		cause: "The server takes nothing newer than TLS 1.1: a security policy below TLSv1.2_2021, or not CloudFront.",
		cure:  "Run `pulumi up`, which sets TLSv1.2_2021.",
	},
	handshakeFailed: {
		cause:  "The other side ended the TLS handshake: it has no certificate for {domain} yet, or the port is not HTTPS.",
		cure:   "Wait until the distribution is Deployed; check --https-address if it was given.",
		passes: true,
	},
	requestFailed: {
		cause:  "The connection was made, but no whole answer came in time.",
		cure:   "Try `curl -v {url}`; if that hangs as well, look at the distribution's origin.",
		passes: true,
	},
	bucketForbids: {
		cause:  "S3 refuses CloudFront: there is no image {path} (S3 says 403 for it when the bucket may not be listed), or the bucket policy lacks the grant for this distribution or denies it.",
		cure:   "Check the key (`aws s3 ls`), case included; run `pulumi up`, which puts the grant back.",
		passes: true,
	},
	keyForbids: {
		cause:  "The image is encrypted with a KMS key that does not let CloudFront decrypt: its policy lacks the grant for this distribution, the key is AWS's own (aws/s3), or it is disabled or waits for its deletion.",
		cure:   "See which with `aws s3api head-object --bucket {bucket} --key {key}`; run `pulumi up`, which puts the grant on the key of the bucket's default encryption back, and name other keys as origin.keyArns; copy images under AWS's own key onto themselves with another.",
		passes: true,
	},
	edgeForbids: {
		cause:  "CloudFront itself refuses: the web ACL blocks the request, {domain} is not an alias of the distribution, the distribution is disabled, or this country is restricted.",
		cure:   "Look at the sampled requests of the web ACL, at the aliases of {distribution} and at its restrictions.",
		passes: true,
	},
	signatureRefused: {
		cause: "The CDN serves signed URLs only (signing.publicKeys), and this request had no signature, or one that does not count: by another key, or of a time that is over.",
		cure:  "Give --private-key FILE, and --key-id where the stack has several keys: the outputs of the stack have their ids.",
	},
	signatureIgnored: {
		cause:  "The image is served without a signature: no behaviour that needs one has this path, or the edge still has the configuration from before.",
		cure:   "Look at signing.everywhere and at signed of the paths, and run `pulumi up`.",
		passes: true,
	},
	imageMissing: {
		cause:  "There is no image {path} in the bucket, or the edge still remembers the time before it.",
		cure:   "Name one that exists with --path or --key, case included, or leave both out to have one found.",
		passes: true,
	},
	plusIsSpace: {
		cause:  "S3 reads the + in {path} as a space and looks for the key {key}, which is not there, or which CloudFront may not read.",
		cure:   "If the key has a plus, write it %2B in the URL, or name the image by its key: --key; otherwise check the key (`aws s3 ls`) and run `pulumi up`, which puts the grant back.",
		passes: true,
	},
	originFailed: {
		cause:  "CloudFront cannot get an answer from the bucket: a new bucket's name is not everywhere yet, or the origin is not a regional name of an existing bucket.",
		cure:   "Wait some minutes after making a bucket; check the origin of {distribution}.",
		passes: true,
	},
	statusUnexpected: {
		cause: "Something answers for {domain} that does not serve images.",
		cure:  "Try `curl -v {url}` and compare Server and Via with what CloudFront sends.",
	},
	contentNotImage: {
		cause: "The object was uploaded without its Content-Type; browsers may refuse it or offer it for download.",
		cure:  "Copy it onto itself with the right one: aws s3 cp {object} {object} --content-type {type} --metadata-directive REPLACE (add --cache-control if the object has one, it is replaced too); or name another image.",
	},
	notCloudFront: {
		cause: "The answer does not come from CloudFront: DNS points somewhere else, or a proxy in between takes X-Cache away.",
		cure:  "Compare the addresses of {domain} with those of {distribution}.",
	},
	alreadyCached: {
		cause: "Somebody asked this edge location for the image before.",
		cure:  "Name an image nobody has asked for, invalidate it, or do not require a miss.",
	},
	neverCached: {
		cause: "The edge does not keep the image: the cache policy has TTLs of 0 (CachingDisabled), or a header or cookie that differs each time is in the cache key.",
		cure:  "Leave cache.policyId out of the stack's configuration, or name a policy that caches, such as CachingOptimized; look at cache.minTtl, cache.defaultTtl and cache.maxTtl.",
	},
	cachingRefused: {
		cause: "The image's own Cache-Control forbids the edge to keep it.",
		cure:  "Upload it with --cache-control 'public, max-age=86400', or set cache.minTtl above 0.",
	},
	alwaysRevalidated: {
		cause: "The edge has the image but asks the bucket each time: its time to live is 0, by Cache-Control or by the cache policy.",
		cure:  "Upload the image with --cache-control 'public, max-age=86400', or raise cache.minTtl and cache.defaultTtl.",
	},
	ageMissing: {
		cause: "Something between the edge and here takes the Age header away, or a response headers policy does.",
		cure:  "Try from another network; take Age out of the response headers policy's removals.",
	},
	bytesDiffer: {
		cause: "The image was overwritten between the two requests, or something in between changes it.",
		cure:  "Run again; if it stays, invalidate {path} and try from another network.",
	},
	querySplits: {
		cause: "Query strings are in the cache key: each tracking parameter fetches the image anew.",
		cure:  "Leave cache.policyId out of the stack's configuration, or take query strings out of that policy's key.",
	},
	cookieSplits: {
		cause: "Cookies are in the cache key: each visitor fetches the image anew.",
		cure:  "Leave cache.policyId out of the stack's configuration, or take cookies out of that policy's key.",
	},
	acceptSplits: {
		cause: "The Accept header is in the cache key: each browser fetches the image anew.",
		cure:  "Leave cache.policyId out of the stack's configuration, or take Accept out of that policy's key.",
	},
	httpUnreachable: {
		cause: "Nothing answers on HTTP where HTTPS works: a firewall, or not CloudFront.",
		cure:  "If the edge takes HTTP elsewhere, give --http-address HOST:PORT; otherwise try from another network.",
	},
	redirectMissing: {
		cause: "HTTP is served or refused, not redirected: the viewer protocol policy was changed.",
		cure:  "Run `pulumi up`, which sets redirect-to-https.",
	},
	redirectElsewhere: {
		cause: "The redirect does not come from the distribution: something in front of it, or a captive portal.",
		cure:  "Try `curl -v {http}` from another network.",
	},
	bucketUnreachable: {
		cause: "S3 could not be asked: a firewall or proxy, or the endpoint is wrong.",
		cure:  "Check --s3-endpoint if it was given, and --region.",
	},
	bucketUnknown: {
		cause: "S3 has no bucket {bucket} there.",
		cure:  "Check --bucket, and --s3-endpoint if the bucket is not on AWS.",
	},
	bucketPublic: {
		cause: "The bucket is public: its policy or an ACL lets everybody read, so the CDN and its protections can be passed by.",
		cure:  "Turn on Block Public Access of {bucket} once nobody uses the bucket's own URLs, and take the public statement out of its policy; CloudFront's grant is not affected.",
	},
	bucketListable: {
		cause: "Everybody may list {bucket}: only then does S3 say of a missing key that it is missing.",
		cure:  "Take s3:ListBucket for everybody out of the bucket's policy, and turn on Block Public Access.",
	},
	bucketUnexpected: {
		cause: "The S3 endpoint is not what it is taken for, or S3 is disturbed.",
		cure:  "Check --s3-endpoint and --region; run again later.",
	},
}

// explain is the cause and the cure of a problem, for this target.
func (t Target) explain(p problem) (cause, cure string) {
	r := strings.NewReplacer("{domain}", t.Domain, "{path}", t.Path,
		"{dns}", orElse(t.DNSServer, "this machine's DNS server"),
		"{bucket}", orElse(t.Bucket, "BUCKET"), "{distribution}", orElse(t.DistributionDomain, "the distribution"),
		"{key}", strconv.Quote(keyOf(t.Path)), "{type}", imageType(keyOf(t.Path)),
		"{url}", shellQuote(t.URL()), "{http}", shellQuote("http://"+t.Domain+t.Path),
		"{object}", shellQuote("s3://"+orElse(t.Bucket, "BUCKET")+"/"+keyOf(t.Path)))
	d := diagnoses[p]
	return r.Replace(d.cause), r.Replace(d.cure)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
