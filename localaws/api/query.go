package api

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
)

// Form are the parameters of a call of the query protocol, from its payload or
// its query.
func Form(r *Request) url.Values {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil || form.Get("Action") == "" {
		form = r.HTTP.URL.Query()
	}
	return form
}

// QueryOperation adapts a function of a call's parameters to an Operation of the
// query protocol, whose documents have a namespace. A nil result is none.
func QueryOperation(namespace string, f func(*Request, url.Values) (any, error)) Operation {
	return func(r *Request) (*Response, error) {
		result, err := f(r, Form(r))
		if err != nil {
			return nil, err
		}
		var content []byte
		if result != nil {
			if content, err = xml.Marshal(result); err != nil {
				return nil, fmt.Errorf("encoding the result of %s: %w", r.Operation, err)
			}
		}
		return XML(http.StatusOK, struct {
			XMLName xml.Name
			Result  []byte `xml:",innerxml"`
		}{
			XMLName: xml.Name{Space: namespace, Local: r.Operation + "Response"},
			Result:  append(content, []byte("<ResponseMetadata><RequestId>"+r.ID+"</RequestId></ResponseMetadata>")...),
		}, nil)
	}
}
