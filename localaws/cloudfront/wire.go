package cloudfront

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"

	"imagecdn/localaws/api"
)

const namespace = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

// element is an element whose name is known at run time only: either it has a
// content of a type of this package, or it has children.
type element struct {
	name     string
	content  any
	children []element
	root     bool
}

// MarshalXML implements xml.Marshaler.
func (el element) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	start := xml.StartElement{Name: xml.Name{Local: el.name}}
	if el.root {
		start.Attr = []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}}
	}
	if el.children == nil {
		return e.EncodeElement(el.content, start)
	}
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, child := range el.children {
		if err := e.Encode(child); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// answer writes a document, with its ETag and its Location if it has one.
func answer(status int, el element, etag, location string) (*api.Response, error) {
	header := http.Header{}
	if etag != "" {
		header.Set("ETag", etag)
	}
	if location != "" {
		header.Set("Location", location)
	}
	el.root = true
	return api.XML(status, el, header)
}

// location is the URL of what a call has made.
func location(path string) string {
	return "https://cloudfront.amazonaws.com" + apiVersion + path
}

// decode reads the payload of a call strictly: another root or an element that
// is not of the API is MalformedInput, a Quantity that does not count its Items
// is InconsistentQuantities. So nothing a caller sends is dropped in silence.
func decode(r *api.Request, root string, into any) error {
	if len(bytes.TrimSpace(r.Body)) == 0 {
		return api.Refuse("MissingBody", "This operation requires a body. Ensure that the body is present and the Content-Type header is set.")
	}
	if err := checkElements(r.Body, root, reflect.TypeOf(into)); err != nil {
		return err
	}
	if err := api.DecodeXML(r, into); err != nil {
		return err
	}
	return checkQuantities(reflect.ValueOf(into))
}

// checkElements refuses a document with an element that t has no place for.
func checkElements(body []byte, root string, t reflect.Type) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return api.Refuse("MalformedInput", "The XML document is malformed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != root {
			return api.Refuse("MalformedInput", "Unexpected element %q, expected %q.", start.Name.Local, root)
		}
		return checkChildren(d, place{element: t}, root)
	}
}

// place is where an element stands: a value of a type, or the wrapper of a list
// (Items), whose only child is named.
type place struct {
	element reflect.Type
	only    string
}

func checkChildren(d *xml.Decoder, at place, path string) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return api.Refuse("MalformedInput", "The XML document is malformed: %v", err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			name := token.Name.Local
			child, ok := at.child(name)
			if !ok {
				return api.Refuse("MalformedInput", "Unexpected element %q in %s.", name, path)
			}
			if err := checkChildren(d, child, path+"."+name); err != nil {
				return err
			}
		}
	}
}

// child is the place of an element below, if there is one of that name.
func (p place) child(name string) (place, bool) {
	if p.only != "" {
		return place{element: p.element}, name == p.only
	}
	t := p.element
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return place{}, false
	}
	for f := range fields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("xml"), ",")
		parent, item, isList := strings.Cut(tag, ">")
		switch {
		case isList && parent == name:
			return place{element: f.Type, only: item}, true
		case tag == name, tag == "" && f.Name == name:
			return place{element: f.Type}, true
		}
	}
	return place{}, false
}

// fields are the fields of a struct that are elements.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for f := range t.Fields() {
			if f.IsExported() && !yield(f) {
				return
			}
		}
	}
}

// checkQuantities refuses a list whose Quantity is not its length.
func checkQuantities(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return checkQuantities(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if err := checkQuantities(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		quantity, items := v.FieldByName("Quantity"), v.FieldByName("Items")
		if quantity.IsValid() && items.IsValid() && int(quantity.Int()) != items.Len() {
			return api.Refuse("InconsistentQuantities", "The value of Quantity and the size of Items don't match.")
		}
		for _, field := range v.Fields() {
			if err := checkQuantities(field); err != nil {
				return err
			}
		}
	default:
	}
	return nil
}
