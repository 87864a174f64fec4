package api_test

import (
	"encoding/xml"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/api"
)

type thing struct {
	Name string `json:"Name,omitempty"`
}

func TestAnOperationInJSONIsTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, acm(map[string]api.Operation{
		"GreetThing": api.JSONOperation(func(_ *api.Request, in *thing) (*thing, error) { return &thing{Name: "hello " + in.Name}, nil }),
		"LoseThing":  api.JSONOperation(func(*api.Request, *thing) (*thing, error) { return nil, api.Refuse("LimitExceededException", "lost") }),
		"EchoNothing": api.JSONOperation(func(*api.Request, *thing) (*func(), error) {
			return new(func()), nil // nothing JSON can say
		}),
	}))
	call := func(operation, body string) answer {
		return w.must(t, http.MethodPost, "/", body, targeted("acm", "CertificateManager."+operation))
	}
	got := call("GreetThing", `{"Name":"you","Unknown":1}`)
	assert.Equal(t, `{"Name":"hello you"}`, got.body)
	assert.Equal(t, "application/x-amz-json-1.1", got.header.Get("Content-Type"))
	assert.JSONEq(t, `{"Name":"hello "}`, call("GreetThing", "").body)
	assert.Contains(t, call("LoseThing", "{}").body, `"__type":"LimitExceededException"`)
	for _, unreadable := range []string{"{", `{"Name":7}`, "null!"} {
		refused := call("GreetThing", unreadable)
		assert.Equal(t, http.StatusBadRequest, refused.status, unreadable)
		assert.Contains(t, refused.body, `"__type":"SerializationException"`, unreadable)
	}
	assert.Equal(t, http.StatusInternalServerError, call("EchoNothing", "").status)
}

func TestUnreadableXMLIsRefusedAsItsServiceDoes(t *testing.T) {
	t.Parallel()
	for service, code := range map[string]string{"s3": "MalformedXML", "cloudfront": "MalformedInput", "route53": "MalformedInput"} {
		var into struct{ Name string }
		request := &api.Request{Service: service, Operation: "PutThing", Body: []byte("<Thing><Name>x</Name>")}
		err := api.DecodeXML(request, &into)
		var refusal *api.Error
		require.ErrorAs(t, err, &refusal)
		assert.Equal(t, code, refusal.Code)
		assert.Contains(t, refusal.Message, "PutThing")

		request.Body = []byte("<Thing><Name>x</Name></Thing>")
		require.NoError(t, api.DecodeXML(request, &into))
		assert.Equal(t, "x", into.Name)
	}
}

func TestAnXMLAnswerIsADocument(t *testing.T) {
	t.Parallel()
	type document struct {
		XMLName xml.Name `xml:"Thing"`
		Name    string
	}
	got, err := api.XML(http.StatusCreated, document{Name: "a<b"}, http.Header{"Etag": {"E1"}})
	require.NoError(t, err)
	assert.Equal(t, http.StatusCreated, got.Status)
	assert.Equal(t, xml.Header+"<Thing><Name>a&lt;b</Name></Thing>", string(got.Body))
	assert.Equal(t, http.Header{"Etag": {"E1"}, "Content-Type": {"text/xml"}}, got.Header)
	got, err = api.XML(http.StatusOK, document{}, nil)
	require.NoError(t, err)
	assert.Equal(t, "text/xml", got.Header.Get("Content-Type"))
	_, err = api.XML(http.StatusOK, func() {}, nil)
	require.Error(t, err)
}
