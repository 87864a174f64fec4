package api

import (
	"fmt"
	"net/http"
)

// Error is a refusal, in AWS's terms.
type Error struct {
	// Code is AWS's error code, such as CNAMEAlreadyExists.
	Code string
	// Message is the sentence a user reads.
	Message string
	// Status is the HTTP status; 0 means 400.
	Status int
	// Fields are further members of the error document, by name: S3's
	// BucketName, Route 53's messages. Rarely needed.
	Fields map[string]string
}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Refuse returns an Error with HTTP status 400.
func Refuse(code, format string, args ...any) *Error {
	return RefuseStatus(http.StatusBadRequest, code, format, args...)
}

// RefuseStatus returns an Error with the given HTTP status.
func RefuseStatus(status int, code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}
