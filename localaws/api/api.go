// Package api is what every service of the embedded AWS shares: how a call
// arrives, how it is answered in its service's wire protocol, how it fails, and
// how it is written down. Services know this package and nothing of each other;
// what one must ask another it declares as a small interface of its own.
package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// Protocol is the wire protocol of a service. It decides how errors are written.
type Protocol int

// The protocols of the services served here.
const (
	// JSON is AWS JSON 1.1: operation in X-Amz-Target, JSON bodies (ACM, WAFv2,
	// CloudWatch Logs).
	JSON Protocol = iota
	// RESTXML is path and method with XML bodies (CloudFront, Route 53).
	RESTXML
	// S3XML is RESTXML with S3's own error document.
	S3XML
	// Query is form-encoded calls with XML answers (STS, IAM, CloudWatch, SNS).
	Query
)

// Request is one API call, after the front has read who calls what.
type Request struct {
	// ID is the request id returned to the caller.
	ID string
	// Service is the signing name of the service: acm, cloudfront, logs, route53, s3, sts, wafv2.
	Service string
	// Operation is AWS's name of the operation, such as RequestCertificate.
	Operation string
	// Region is the region of the credential scope; "" for an unsigned call.
	Region string
	// Signed says whether the call carried credentials. Any credentials are
	// accepted; a call without them is anonymous, which S3 refuses.
	Signed bool
	// Caller is who makes the call, nobody if it is not signed.
	Caller Caller
	// Resource is the ARN, id or name the call is about. A handler sets it for
	// the journal as soon as it knows.
	Resource string
	// Denied is the action that the caller lacks the permission for, "" for none. It
	// is for the journal.
	Denied string
	// HTTP is the call as it arrived, its body already read into Body.
	HTTP *http.Request
	// Body is the whole payload.
	Body []byte

	accessKey string
	struck    string
}

// Context is the context of the underlying HTTP request.
func (r *Request) Context() context.Context { return r.HTTP.Context() }

// Response is the answer of a handler that succeeded.
type Response struct {
	// Status is the HTTP status; 0 means 200.
	Status int
	// Header is added to the answer; nil is fine.
	Header http.Header
	// Body is the payload, already in the service's wire format.
	Body []byte
	// Stream, if there is one, is the payload instead. It is read and closed
	// without the world's lock.
	Stream io.ReadCloser
}

// Operation handles one operation of a service. The world's lock is held while
// it runs, so it may read and change the state of its service freely, and must
// neither block nor sleep.
type Operation func(*Request) (*Response, error)

// Service is one AWS service.
//
// Every method but Protocol, Name and Operations is called with the world's lock held.
type Service interface {
	// Name is the signing name: acm, cloudfront, logs, route53, s3, sts, wafv2.
	Name() string
	// Protocol says how the service talks.
	Protocol() Protocol
	// Route names the operation a call is for and returns its handler. A call
	// to an operation that AWS has and this service lacks returns the name and
	// a nil handler, which is answered 501; the name is a best effort when the
	// call is not recognised at all.
	Route(*Request) (name string, op Operation)
	// Operations are the names of all operations that are served.
	Operations() []string
	// Snapshot returns everything the service must remember, to be given back
	// to Restore after a restart. A service without state returns nil.
	Snapshot() (json.RawMessage, error)
	// Restore replaces the state of the service by an earlier Snapshot.
	Restore(json.RawMessage) error
}

// Ticker is a Service in which things happen by themselves, such as a
// certificate being issued. Tick is called several times a second with the
// lock held, and reports whether it changed anything that must be saved.
type Ticker interface {
	Tick(now time.Time) (changed bool)
}

// Lazy is a Service that a read can change too, or a question of another service:
// a certificate that is due is issued when somebody looks.
type Lazy interface {
	// TakeChanges reports whether anything changed that must be saved since it
	// was last asked. It is called with the lock held.
	TakeChanges() (changed bool)
}

// Controlled is a Service with control paths of its own, beside AWS's operations.
type Controlled interface {
	// Controls are their handlers, by method and path below ControlPrefix, such
	// as "GET zones". They run with the world's lock held, and what they change
	// is saved before they are answered.
	Controls() map[string]http.HandlerFunc
}

// Environment is what a service is given when it is made.
type Environment struct {
	// Now is the clock; time.Now outside tests.
	Now func() time.Time
	// Delays are the settable delays. Read them at the time of use, they can
	// be changed while the server runs.
	Delays *Delays
	// Limits are the settable quotas and rates, nil for AWS's quotas and no
	// rates. They can change too: see Quotas.
	Limits *Limits
}

// Delays are how long AWS takes for what is not immediate. All are zero unless set.
type Delays struct {
	// CertificateIssue is the time from a resolvable validation record to an
	// issued certificate. On AWS 5 to 30 minutes.
	CertificateIssue time.Duration `json:"certificateIssue"`
	// ValidationOptions is how long after RequestCertificate the validation
	// options carry no record yet. On AWS several seconds.
	ValidationOptions time.Duration `json:"validationOptions"`
	// Deploy is the time a distribution stays InProgress, and an invalidation
	// too. On AWS 3 to 15 minutes.
	Deploy time.Duration `json:"deploy"`
	// RecordChange is the time a Route 53 change stays PENDING, during which
	// DNS still answers as before. On AWS up to 60 seconds.
	RecordChange time.Duration `json:"recordChange"`
	// ReadLag is how long a read may answer as before a write, where AWS is
	// eventually consistent: a bucket's existence and its policy, the status of a
	// distribution, the lists of zones and of record sets.
	// Each write takes between half of it and all of it. See Lag.
	ReadLag time.Duration `json:"readLag"`
	// Release is how long what a distribution no longer uses stays in use for
	// others: its certificate, web ACL and origin access controls. It takes
	// between half of it and all of it. On AWS minutes.
	Release time.Duration `json:"release"`
	// LogDelivery is how long records of the edge wait until they are delivered as a
	// file. On AWS minutes, up to an hour and more.
	LogDelivery time.Duration `json:"logDelivery"`
	// GlobalName is how long after a bucket was made outside us-east-1 its
	// global name redirects (307). On AWS up to 24 hours.
	GlobalName time.Duration `json:"globalName"`
}
