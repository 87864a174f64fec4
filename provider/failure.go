package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	smithy "github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"imagecdn/internal/bucketpolicy"
	"imagecdn/internal/causes"
)

// cures say what to do, by the code of AWS's error, where more is known than in general. They are sentences that
// follow what AWS said.
type cures map[string]string

// needs are cures for whoever lacks permissions.
func needs(permissions string) cures {
	text := "The caller needs " + permissions + ". If it has it, look for a Deny in the organization"
	return cures{"AccessDenied": text, "AccessDeniedException": text}
}

func (c cures) and(more cures) cures {
	all := maps.Clone(c)
	maps.Copy(all, more)
	return all
}

// credentialsError is the failure to find credentials at all.
type credentialsError struct{ cause error }

// Error is what the source of the credentials said.
func (e *credentialsError) Error() string { return e.cause.Error() }

// Unwrap is what the source of the credentials said.
func (e *credentialsError) Unwrap() error { return e.cause }

// errorCode is AWS's code of the error, "" if it is none of AWS's.
func errorCode(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// hasCode reports whether AWS, asked for the thing itself, answered with one of the codes.
func hasCode(err error, codes ...string) bool {
	return credentialService(err) == "" && slices.Contains(codes, errorCode(err))
}

// denied reports whether AWS refuses the call, and not the credentials.
func denied(err error) bool {
	return hasCode(err, "AccessDenied", "AccessDeniedException", "Forbidden")
}

// explain says what was being done, what AWS said, and what to do about it.
func explain(ctx context.Context, doing string, err error, known cures) error {
	return fmt.Errorf("%s: %w%s", doing, said(ctx, err), cure(err, known))
}

// said leaves out the SDK's layers around AWS's own words.
func said(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return &saidError{api}
	}
	return err
}

// saidError is AWS's code and words, in the same form for every service.
type saidError struct{ smithy.APIError }

// Error is the code and the message.
func (e *saidError) Error() string { return e.ErrorCode() + ": " + e.ErrorMessage() }

// Unwrap is the SDK's error.
func (e *saidError) Unwrap() error { return e.APIError }

// credentialService is the service that failed to give credentials, so that its AccessDenied is not taken for that of
// the service that was to be called; "" where it is no failure of credentials.
func credentialService(err error) string {
	var none *credentialsError
	isNone := errors.As(err, &none)
	outermost, innermost := "", ""
	for operation := (*smithy.OperationError)(nil); errors.As(err, &operation); err = operation.Err {
		outermost, innermost = either(outermost, operation.ServiceID), operation.ServiceID
	}
	switch {
	case isNone:
		return either(innermost, "the environment")
	case innermost != outermost:
		return innermost
	}
	return ""
}

func cure(err error, known cures) string {
	if service := credentialService(err); service != "" {
		return fmt.Sprintf(". No usable credentials from %s: check the AWS settings of the stack (profile, accessKey, "+
			"assumeRole and the role's trust policy) and that you are signed in", service)
	}
	switch {
	case errors.Is(err, bucketpolicy.ErrTooLarge):
		return ""
	case errors.Is(err, bucketpolicy.ErrMalformed):
		return ". The policy is left alone: what cannot be read cannot be kept. Store a valid policy first"
	}
	if text, found := known[errorCode(err)]; found {
		return ". " + text
	}
	if general := causes.Of(errorCode(err)); general.Cause != "" {
		return ". " + strings.ToUpper(general.Cause[:1]) + general.Cause[1:] + ": " + general.Cure
	}
	return ""
}

// header is a header of the answer that the error is, "" if there is none.
func header(err error, name string) string {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil {
		return response.Response.Header.Get(name)
	}
	return ""
}
