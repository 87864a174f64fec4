package api

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

func FuzzALogIsReadToItsLastWholeLine(f *testing.F) {
	f.Add([]byte("{\"name\":\"a\",\"state\":1}\n{\"name\":\"a\"}\n{\"na"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := itemLog{file: "x"}
		items, whole, err := l.read(bytes.NewReader(text))
		if err != nil {
			return
		}
		if whole > int64(len(text)) || whole > 0 && text[whole-1] != '\n' {
			t.Fatalf("%q is whole up to %d", text, whole)
		}
		again, length, err := (&itemLog{file: "x"}).read(bytes.NewReader(text[:whole]))
		if err != nil || length != whole || len(again) != len(items) {
			t.Fatalf("what is whole of %q is read otherwise: %v", text, err)
		}
	})
}

func FuzzFaultsAreTakenOrRefused(f *testing.F) {
	f.Add(`[{"service":"s3","operation":"PutObject","code":"X","status":500,"times":1}]`)
	f.Add(`[{"when":"during"},{"corrupt":true},{"drop":true}]`)
	f.Fuzz(func(t *testing.T, text string) {
		list := []Fault{}
		r := httptest.NewRequest("PUT", "/", strings.NewReader(text)) //nolint:noctx // it ends at once
		if !Read(httptest.NewRecorder(), r, &list) {
			return
		}
		var all faults
		if all.set(list) != nil {
			return
		}
		for range 3 {
			fault := all.next("s3", "PutObject")
			if fault == nil || fault.Delay > 0 {
				continue
			}
			response, err := fault.around(t.Context(), func() (*Response, error) { return &Response{Body: json.RawMessage("{}")}, nil })
			if refusal := asError(err); err != nil && (refusal.Status < 300 || refusal.Status > 599) {
				t.Errorf("%q is answered with status %d", text, refusal.Status)
			}
			if response == nil && err == nil {
				t.Errorf("%q is not answered", text)
			}
		}
	})
}
