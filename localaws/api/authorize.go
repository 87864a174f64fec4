package api

import "strings"

// Need is a permission that a call needs.
type Need struct {
	// Action is such as acm:RequestCertificate.
	Action string
	// Resource is the ARN of what the action is about, "*" where it has none. A
	// thing that is about to be made has a star in place of its id.
	Resource string
	// Context are the values of condition keys of the service's own, by key in
	// lower case.
	Context map[string][]string
}

// Guarded is a Service that says what permissions its calls need. One that is not
// sees to its callers' permissions itself, or needs none. Needs is called with the
// lock held.
type Guarded interface {
	Needs(r *Request) []Need
}

// Authorizer is a Service that knows the permissions of callers. Authorize is
// called with the lock held.
type Authorizer interface {
	// Authorize refuses a call that lacks a permission.
	Authorize(r *Request, need Need) error
}

// authorize refuses a call that lacks one of the permissions it needs.
func (f *Front) authorize(service Service, r *Request) error {
	guarded, ok := service.(Guarded)
	if !ok || f.authorizer == nil || !r.Signed {
		return nil
	}
	for _, need := range guarded.Needs(r) {
		if err := f.authorizer.Authorize(r, need); err != nil {
			r.Resource, r.Denied = need.Resource, need.Action
			return service.Protocol().worded(err)
		}
	}
	return nil
}

// NotAuthorized is the refusal of a caller who lacks a permission: why is how IAM
// ends its sentence. Each protocol has its own code for it.
func NotAuthorized(c Caller, need Need, why string) error {
	return RefuseStatus(403, "AccessDenied", "User: %s is not authorized to perform: %s on resource: %s %s", c.ARN, need.Action, need.Resource, why)
}

// Kind is what a caller is to the condition key aws:PrincipalType.
func (c Caller) Kind() string {
	if c.Role() != "" {
		return "AssumedRole"
	}
	return "User"
}

// UserName is the name of a user, without its path; "" for others.
func (c Caller) UserName() string {
	_, path, found := strings.Cut(c.ARN, ":user/")
	if !found {
		return ""
	}
	return path[strings.LastIndex(path, "/")+1:]
}
