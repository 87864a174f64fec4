package api

import (
	"errors"
	"net/http"
	"strings"
)

// AccountID is the account of callers with credentials of their own, whatever
// these are. Who assumes a role is in the account of the role's ARN.
const AccountID = "123456789012"

// Caller is who makes a call. The zero value is an anonymous caller.
type Caller struct {
	// Account is the 12-digit account.
	Account string
	// ARN is the user's or the assumed role's, as GetCallerIdentity gives it.
	ARN string
	// UserID is the unique id of the user, or of the role with its session.
	UserID string
	// Judged says that the caller has the permissions that IAM gives it and no
	// others, where permissions are evaluated at all. Who is not, has them all, as
	// the root user of the account.
	Judged bool
	// RoleARN is the ARN of the role behind an assumed role, with its path; "" for
	// others, and where only the session's name is known.
	RoleARN string
}

// User is the caller behind credentials that nobody handed out.
func User() Caller {
	return Caller{Account: AccountID, ARN: "arn:aws:iam::" + AccountID + ":user/local", UserID: "AIDALOCALAWSUSER00000"}
}

// Role is the ARN of the role behind an assumed role, "" for other callers.
func (c Caller) Role() string {
	_, rest, assumed := strings.Cut(c.ARN, ":assumed-role/")
	if !assumed || c.RoleARN != "" {
		return c.RoleARN
	}
	name, _, _ := strings.Cut(rest, "/")
	return "arn:aws:iam::" + c.Account + ":role/" + name
}

// Identifier is a Service that hands out credentials, and so knows whose they
// are. Identify is called with the world's lock held.
type Identifier interface {
	// Identify returns who signs with an access key. An error refuses the call.
	Identify(accessKey string) (Caller, error)
}

// These are refusals of temporary credentials, which each protocol words in its own way.
var (
	// ErrExpired refuses credentials whose time is over.
	ErrExpired = RefuseStatus(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
	// ErrUnknownKey refuses an access key that was handed out, but not by this server.
	ErrUnknownKey = RefuseStatus(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid")
)

// worded is a refusal of credentials in the words of a protocol ("Common Errors"
// and "Error responses" of the API references).
func (p Protocol) worded(refusal error) error {
	expired, unknown := errors.Is(refusal, ErrExpired), errors.Is(refusal, ErrUnknownKey)
	var lacking *Error
	if p == JSON && errors.As(refusal, &lacking) && lacking.Code == "AccessDenied" {
		return Refuse("AccessDeniedException", "%s", lacking.Message)
	}
	switch {
	case p == JSON && expired:
		return RefuseStatus(http.StatusForbidden, "ExpiredTokenException", "%s", ErrExpired.Message)
	case p == JSON && unknown:
		return RefuseStatus(http.StatusForbidden, "UnrecognizedClientException", "%s", ErrUnknownKey.Message)
	case p == S3XML && expired:
		return RefuseStatus(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
	case p == S3XML && unknown:
		return RefuseStatus(http.StatusForbidden, "InvalidAccessKeyId",
			"The AWS Access Key Id you provided does not exist in our records.")
	}
	return refusal
}

// AccountOf is the account in an ARN, "" if it names none.
func AccountOf(arn string) string {
	const account, parts = 4, 6
	fields := strings.SplitN(arn, ":", parts)
	if len(fields) < parts {
		return ""
	}
	return fields[account]
}
