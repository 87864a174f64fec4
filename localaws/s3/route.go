package s3

import (
	"maps"
	"net/http"
	"slices"

	"imagecdn/localaws/api"
)

// level says what a request addresses.
type level int

const (
	onService level = iota
	onBucket
	onObject
)

type handler func(*Service, *call) (*api.Response, error)

// route is one operation: how it is recognised, which permission it needs, and
// who handles it. Without a handler it is answered 501.
type route struct {
	name   string
	method string
	level  level
	// query and header must be present; "" is no such demand.
	query, header string
	// action is the permission, "" for those of the name s3:<name>.
	action string
	// creates says whether the operation makes an object.
	creates bool
	handle  handler
}

func (r *route) permission() string {
	if r.action != "" {
		return "s3:" + r.action
	}
	return "s3:" + r.name
}

func (r *route) matches(method string, l level, c *call) bool {
	return r.method == method && r.level == l &&
		(r.query == "" || c.query.Has(r.query)) &&
		(r.header == "" || c.header(r.header) != "")
}

// Route implements api.Service.
func (s *Service) Route(request *api.Request) (string, api.Operation) {
	c := &call{
		Request: request, now: s.env.Now(), query: request.HTTP.URL.Query(), decide: s.decide, keys: s.keys, judged: s.env.Quotas().Permissions,
	}
	c.name, c.key = address(request.HTTP)
	l := onService
	switch {
	case c.name != "" && c.key != "":
		l = onObject
	case c.name != "":
		l = onBucket
	}
	for i := range routes {
		if !routes[i].matches(request.HTTP.Method, l, c) {
			continue
		}
		c.route = &routes[i]
		if c.route.handle == nil {
			return c.route.name, nil
		}
		return c.route.name, func(*api.Request) (*api.Response, error) { return s.serve(c) }
	}
	return request.HTTP.Method + " " + request.HTTP.URL.Path, nil
}

// Operations implements api.Service.
func (s *Service) Operations() []string {
	names := map[string]bool{}
	for _, r := range routes {
		if r.handle != nil {
			names[r.name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// routes are tried in order, so that those with a demand stand before the plain
// ones of the same method.
var routes = append(append(append(settingRoutes(), objectRoutes()...), unservedRoutes()...), plainRoutes()...)

// preflightRoute is the name S3's documentation has for what browsers send
// before a request of another origin's page.
const preflightRoute = "OptionsObject"

const (
	get  = http.MethodGet
	put  = http.MethodPut
	post = http.MethodPost
	del  = http.MethodDelete
	head = http.MethodHead
)

// settingRoutes are the operations on a bucket's settings.
func settingRoutes() []route {
	on := func(name, method, query, action string, h handler) route {
		return route{name: name, method: method, level: onBucket, query: query, action: action, handle: h}
	}
	return []route{
		on("GetBucketLocation", get, "location", "", (*Service).getBucketLocation),
		on("GetBucketPolicy", get, "policy", "", (*Service).getBucketPolicy),
		on("PutBucketPolicy", put, "policy", "", (*Service).putBucketPolicy),
		on("DeleteBucketPolicy", del, "policy", "", (*Service).deleteBucketPolicy),
		on("GetBucketPolicyStatus", get, "policyStatus", "", (*Service).getBucketPolicyStatus),
		on("GetPublicAccessBlock", get, "publicAccessBlock", "GetBucketPublicAccessBlock", (*Service).getPublicAccessBlock),
		on("PutPublicAccessBlock", put, "publicAccessBlock", "PutBucketPublicAccessBlock", (*Service).putPublicAccessBlock),
		on("DeletePublicAccessBlock", del, "publicAccessBlock", "PutBucketPublicAccessBlock", (*Service).deletePublicAccessBlock),
		on("GetBucketOwnershipControls", get, "ownershipControls", "", (*Service).getOwnershipControls),
		on("PutBucketOwnershipControls", put, "ownershipControls", "", (*Service).putOwnershipControls),
		on("DeleteBucketOwnershipControls", del, "ownershipControls", "PutBucketOwnershipControls", (*Service).deleteOwnershipControls),
		on("GetBucketAcl", get, "acl", "", (*Service).getBucketACL),
		on("PutBucketAcl", put, "acl", "", (*Service).putBucketACL),
		on("GetBucketVersioning", get, "versioning", "", (*Service).getVersioning),
		on("PutBucketVersioning", put, "versioning", "", (*Service).putVersioning),
		on("GetBucketEncryption", get, "encryption", "GetEncryptionConfiguration", (*Service).getEncryption),
		on("PutBucketEncryption", put, "encryption", "PutEncryptionConfiguration", (*Service).putEncryption),
		on("DeleteBucketEncryption", del, "encryption", "PutEncryptionConfiguration", (*Service).deleteEncryption),
		on("GetBucketTagging", get, "tagging", "", (*Service).getBucketTagging),
		on("PutBucketTagging", put, "tagging", "", (*Service).putBucketTagging),
		on("DeleteBucketTagging", del, "tagging", "PutBucketTagging", (*Service).deleteBucketTagging),
		on("GetBucketCors", get, "cors", "GetBucketCORS", (*Service).getCORS),
		on("PutBucketCors", put, "cors", "PutBucketCORS", (*Service).putCORS),
		on("DeleteBucketCors", del, "cors", "PutBucketCORS", (*Service).deleteCORS),
		on("GetBucketRequestPayment", get, "requestPayment", "", requestPayment),
		on("GetBucketLogging", get, "logging", "", (*Service).getLogging),
		on("PutBucketLogging", put, "logging", "", (*Service).putLogging),
		on("GetBucketAccelerateConfiguration", get, "accelerate", "GetAccelerateConfiguration", empty("AccelerateConfiguration")),
		on("GetBucketNotificationConfiguration", get, "notification", "GetBucketNotification", (*Service).getNotifications),
		on("PutBucketNotificationConfiguration", put, "notification", "PutBucketNotification", (*Service).putNotifications),
		on("GetBucketLifecycleConfiguration", get, "lifecycle", "GetLifecycleConfiguration", (*Service).getLifecycle),
		on("PutBucketLifecycleConfiguration", put, "lifecycle", "PutLifecycleConfiguration", (*Service).putLifecycle),
		on("GetBucketReplication", get, "replication", "GetReplicationConfiguration",
			absent("ReplicationConfigurationNotFoundError", "The replication configuration was not found")),
		on("GetBucketWebsite", get, "website", "",
			absent("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")),
		on("DeleteBucketWebsite", del, "website", "", nothingToDelete),
		on("DeleteBucketLifecycle", del, "lifecycle", "PutLifecycleConfiguration", (*Service).deleteLifecycle),
		on("DeleteBucketReplication", del, "replication", "PutReplicationConfiguration", nothingToDelete),
		on("GetObjectLockConfiguration", get, "object-lock", "GetBucketObjectLockConfiguration",
			absent("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")),
		on("ListObjectVersions", get, "versions", "ListBucketVersions", (*Service).listObjectVersions),
		on("ListMultipartUploads", get, "uploads", "ListBucketMultipartUploads", (*Service).listMultipartUploads),
		on("DeleteObjects", post, "delete", "DeleteObject", (*Service).deleteObjects),
	}
}

// objectRoutes are the operations on objects that a query parameter or header tells apart.
func objectRoutes() []route {
	on := func(name, method, query string, h handler) route {
		return route{name: name, method: method, level: onObject, query: query, handle: h}
	}
	return []route{
		on("GetObjectTagging", get, "tagging", (*Service).getObjectTagging),
		on("PutObjectTagging", put, "tagging", (*Service).putObjectTagging),
		on("DeleteObjectTagging", del, "tagging", (*Service).deleteObjectTagging),
		on("GetObjectAcl", get, "acl", (*Service).getObjectACL),
		on("PutObjectAcl", put, "acl", (*Service).putObjectACL),
		on("GetObjectAttributes", get, "attributes", (*Service).getObjectAttributes),
		on("GetObjectRetention", get, "retention", noLock),
		on("GetObjectLegalHold", get, "legal-hold", noLock),
		{name: "CreateMultipartUpload", method: post, level: onObject, query: "uploads", action: "PutObject", handle: (*Service).createMultipartUpload},
		{name: "CompleteMultipartUpload", method: post, level: onObject, query: "uploadId", action: "PutObject", creates: true, handle: (*Service).completeMultipartUpload},
		on("AbortMultipartUpload", del, "uploadId", (*Service).abortMultipartUpload),
		{name: "ListParts", method: get, level: onObject, query: "uploadId", action: "ListMultipartUploadParts", handle: (*Service).listParts},
		{name: "UploadPartCopy", method: put, level: onObject, query: "uploadId", header: "X-Amz-Copy-Source", action: "PutObject", handle: (*Service).uploadPartCopy},
		{name: "UploadPart", method: put, level: onObject, query: "uploadId", action: "PutObject", handle: (*Service).uploadPart},
		on("PutObjectRetention", put, "retention", nil),
		on("PutObjectLegalHold", put, "legal-hold", nil),
		on("RestoreObject", post, "restore", nil),
		on("SelectObjectContent", post, "select", nil),
		on("GetObjectTorrent", get, "torrent", nil),
		on("RenameObject", put, "renameObject", nil),
		on("UpdateObjectEncryption", put, "encryption", nil),
		{name: "CopyObject", method: put, level: onObject, header: "X-Amz-Copy-Source", action: "PutObject", creates: true, handle: (*Service).copyObject},
	}
}

// unservedRoutes are operations on buckets that AWS has and this package lacks.
func unservedRoutes() []route {
	var unserved []route
	for _, o := range []struct{ name, method, query string }{
		{"PutBucketReplication", put, "replication"},
		{"PutBucketWebsite", put, "website"},
		{"PutBucketAccelerateConfiguration", put, "accelerate"},
		{"PutBucketRequestPayment", put, "requestPayment"},
		{"PutObjectLockConfiguration", put, "object-lock"},
		{"GetBucketAnalyticsConfiguration", get, "analytics"},
		{"PutBucketAnalyticsConfiguration", put, "analytics"},
		{"DeleteBucketAnalyticsConfiguration", del, "analytics"},
		{"GetBucketInventoryConfiguration", get, "inventory"},
		{"PutBucketInventoryConfiguration", put, "inventory"},
		{"DeleteBucketInventoryConfiguration", del, "inventory"},
		{"GetBucketMetricsConfiguration", get, "metrics"},
		{"PutBucketMetricsConfiguration", put, "metrics"},
		{"DeleteBucketMetricsConfiguration", del, "metrics"},
		{"GetBucketIntelligentTieringConfiguration", get, "intelligent-tiering"},
		{"PutBucketIntelligentTieringConfiguration", put, "intelligent-tiering"},
		{"DeleteBucketIntelligentTieringConfiguration", del, "intelligent-tiering"},
		{"GetBucketMetadataTableConfiguration", get, "metadataTable"},
		{"GetBucketAbac", get, "abac"},
		{"PutBucketAbac", put, "abac"},
		{"CreateSession", get, "session"},
	} {
		unserved = append(unserved, route{name: o.name, method: o.method, level: onBucket, query: o.query})
	}
	return unserved
}

// plainRoutes are the operations that nothing but method and level tells.
func plainRoutes() []route {
	return []route{
		{name: "ListBuckets", method: get, level: onService, action: "ListAllMyBuckets", handle: (*Service).listBuckets},
		{name: "CreateBucket", method: put, level: onBucket, handle: (*Service).createBucket},
		{name: "HeadBucket", method: head, level: onBucket, action: "ListBucket", handle: (*Service).headBucket},
		{name: "DeleteBucket", method: del, level: onBucket, handle: (*Service).deleteBucket},
		{name: "ListObjectsV2", method: get, level: onBucket, query: "list-type", action: "ListBucket", handle: (*Service).listObjectsV2},
		{name: "ListObjects", method: get, level: onBucket, action: "ListBucket", handle: (*Service).listObjects},
		{name: "PostObject", method: post, level: onBucket},
		{name: preflightRoute, method: http.MethodOptions, level: onObject, handle: (*Service).preflightObject},
		{name: preflightRoute, method: http.MethodOptions, level: onBucket, handle: (*Service).preflightObject},
		{name: "PutObject", method: put, level: onObject, creates: true, handle: (*Service).putObject},
		{name: "GetObject", method: get, level: onObject, handle: (*Service).getObject},
		{name: "HeadObject", method: head, level: onObject, action: "GetObject", handle: (*Service).headObject},
		{name: "DeleteObject", method: del, level: onObject, handle: (*Service).deleteObject},
	}
}
