package automation

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputsAreTyped(t *testing.T) {
	t.Parallel()
	got, err := newOutputs(auto.OutputMap{
		"cdnDomain": {Value: "cdn.example.com"}, "cdnUrl": {Value: "https://cdn.example.com"},
		"domains":        {Value: []any{"cdn.example.com", "img.example.com"}},
		"distributionId": {Value: "E1", Secret: true}, "distributionArn": {Value: "arn:d"}, "distributionDomain": {Value: "d1.cloudfront.net"},
		"certificateArn": {Value: "arn:c"}, "bucketName": {Value: "images"}, "webAclArn": {Value: ""},
		"invalidateCommand": {Value: "aws"}, "ofAnotherVersion": {Value: map[string]any{"a": 1}},
	})
	require.NoError(t, err)
	assert.Equal(t, Outputs{
		CdnDomain: "cdn.example.com", CdnUrl: "https://cdn.example.com", Domains: []string{"cdn.example.com", "img.example.com"},
		DistributionId: "E1", DistributionArn: "arn:d", DistributionDomain: "d1.cloudfront.net", CertificateArn: "arn:c",
		BucketName: "images", InvalidateCommand: "aws",
	}, got)
}

func TestAbsentOutputsStayZero(t *testing.T) {
	t.Parallel()
	for _, values := range []auto.OutputMap{nil, {}, {"cdnDomain": {Value: nil}}} {
		got, err := newOutputs(values)
		require.NoError(t, err)
		assert.Equal(t, Outputs{}, got)
	}
}

func TestAnOutputOfAnotherTypeIsAnError(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{
		"cdnDomain": 7, "domains": "cdn.example.com", "distributionId": []any{"E1"}, "bucketName": map[string]any{}, "certificateArn": make(chan int),
	} {
		got, err := newOutputs(auto.OutputMap{name: {Value: value}})
		require.ErrorContains(t, err, "reading the outputs", name)
		assert.Equal(t, Outputs{}, got, name)
	}
}

func TestEveryOutputOfTheStackHasItsField(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../infra/program.go", nil, 0)
	require.NoError(t, err)
	var exports []string
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if function, ok := call.Fun.(*ast.SelectorExpr); ok && function.Sel.Name == "Export" {
			name, err := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			exports = append(exports, name)
		}
		return true
	})
	var fields []string
	for field := range reflect.TypeFor[Outputs]().Fields() {
		fields = append(fields, field.Tag.Get("json"))
	}
	assert.NotEmpty(t, exports)
	assert.Equal(t, exports, fields)
}
