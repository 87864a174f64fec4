package s3

import (
	"encoding/xml"
	"net/http"

	"imagecdn/localaws/api"
)

// refuse is a refusal whose error document has one member more.
func refuse(status int, code, message, field, value string) *api.Error {
	return &api.Error{Status: status, Code: code, Message: message, Fields: map[string]string{field: value}}
}

func noSuchBucket(name string) *api.Error {
	return refuse(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", "BucketName", name)
}

func noSuchKey(key string) *api.Error {
	return refuse(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", "Key", key)
}

func accessDenied() *api.Error {
	return api.RefuseStatus(http.StatusForbidden, "AccessDenied", "Access Denied")
}

func malformedXML() *api.Error {
	return api.Refuse("MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func invalidArgument(message, name, value string) *api.Error {
	e := api.Refuse("InvalidArgument", "%s", message)
	e.Fields = map[string]string{"ArgumentName": name, "ArgumentValue": value}
	return e
}

func notImplemented(what string) *api.Error {
	return api.RefuseStatus(http.StatusNotImplemented, "NotImplemented", "%s is not part of the embedded AWS", what)
}

func preconditionFailed(header string) *api.Error {
	return refuse(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold", "Condition", header)
}

// errorDocument is an error as S3 writes it, for the few answers that carry
// headers beside it, and for those that do not pass the API's front.
type errorDocument struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Key       string `xml:",omitempty"`
	Bucket    string `xml:",omitempty"`
	Endpoint  string `xml:",omitempty"`
	RequestID string `xml:"RequestId,omitempty"`
}
