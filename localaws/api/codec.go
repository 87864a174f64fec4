package api

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"maps"
	"net/http"
	"strings"
)

// JSONOperation adapts a typed function to an Operation of the JSON protocol.
// An unreadable body is refused with SerializationException.
func JSONOperation[In, Out any](f func(*Request, *In) (*Out, error)) Operation {
	return func(r *Request) (*Response, error) {
		in := new(In)
		if len(r.Body) > 0 {
			if err := json.Unmarshal(r.Body, in); err != nil {
				return nil, Refuse("SerializationException", "the request is not valid JSON for %s: %v", r.Operation, err)
			}
		}
		out, err := f(r, in)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(out)
		if err != nil {
			return nil, err
		}
		return &Response{Body: body, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}}, nil
	}
}

// Target is the operation that a call of the JSON protocol is for.
func Target(r *Request) string {
	_, name, _ := strings.Cut(r.HTTP.Header.Get("X-Amz-Target"), ".")
	return name
}

// DecodeXML reads an XML payload; what cannot be read is refused with
// MalformedXML, as S3 does, or MalformedInput in the other services.
func DecodeXML(r *Request, into any) error {
	if err := xml.Unmarshal(r.Body, into); err != nil {
		code := "MalformedInput"
		if r.Service == "s3" {
			code = "MalformedXML"
		}
		return Refuse(code, "the XML of %s cannot be read: %v", r.Operation, err)
	}
	return nil
}

// XML is a response with an XML document.
func XML(status int, document any, header http.Header) (*Response, error) {
	body, err := xml.Marshal(document)
	if err != nil {
		return nil, err
	}
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "text/xml")
	return &Response{Status: status, Header: header, Body: append([]byte(xml.Header), body...)}, nil
}

// asError makes an Error of any error; what is not a refusal is an internal failure.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return RefuseStatus(http.StatusInternalServerError, "InternalFailure", "%v", err)
}

// encodeError writes an error in the wire format of a protocol.
func encodeError(p Protocol, requestID string, e *Error) (header http.Header, body []byte) {
	switch p {
	case JSON:
		members := map[string]string{"__type": e.Code, "message": e.Message, "Message": e.Message}
		maps.Copy(members, e.Fields)
		body, _ = json.Marshal(members)
		return http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amzn-Errortype": {e.Code}}, body
	case S3XML:
		body = []byte(xml.Header + "<Error>" + element("Code", e.Code) + element("Message", e.Message) +
			fields(e) + element("RequestId", requestID) + "</Error>")
	case RESTXML, Query:
		fault := "Sender"
		if e.Status >= http.StatusInternalServerError {
			fault = "Receiver"
		}
		body = []byte(xml.Header + "<ErrorResponse><Error>" + element("Type", fault) + element("Code", e.Code) +
			element("Message", e.Message) + fields(e) + "</Error>" + element("RequestId", requestID) + "</ErrorResponse>")
	}
	return http.Header{"Content-Type": {"text/xml"}}, body
}

func fields(e *Error) string {
	var b bytes.Buffer
	for k, v := range e.Fields {
		b.WriteString(element(k, v))
	}
	return b.String()
}

func element(name, text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer does not fail
	return "<" + name + ">" + b.String() + "</" + name + ">"
}
