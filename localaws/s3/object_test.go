package s3_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnObjectComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	put, err := w.client.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: bucket, Key: aws.String("cat.svg"), Body: strings.NewReader("<svg/>"),
		ContentType: aws.String("image/svg+xml"), CacheControl: aws.String("max-age=60"),
		ContentDisposition: aws.String("inline"), ContentEncoding: aws.String("identity"), ContentLanguage: aws.String("de"),
		Metadata: map[string]string{"artist": "me"}, Tagging: aws.String("a=1&b=two%20words"),
		StorageClass: types.StorageClassStandardIa,
	})
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf(`"%x"`, md5.Sum([]byte("<svg/>"))), *put.ETag)

	out, err := w.client.GetObject(ctx, &sdk.GetObjectInput{
		Bucket: bucket, Key: aws.String("cat.svg"), ChecksumMode: types.ChecksumModeEnabled,
	})
	require.NoError(t, err)
	assert.Equal(t, "<svg/>", read(t, out.Body))
	assert.Equal(t, "image/svg+xml", *out.ContentType)
	assert.Equal(t, "max-age=60", *out.CacheControl)
	assert.Equal(t, "inline", *out.ContentDisposition)
	assert.Equal(t, "identity", *out.ContentEncoding)
	assert.Equal(t, "de", *out.ContentLanguage)
	assert.Equal(t, map[string]string{"artist": "me"}, out.Metadata)
	assert.Equal(t, int32(2), *out.TagCount)
	assert.Equal(t, types.StorageClassStandardIa, out.StorageClass)
	assert.Equal(t, *put.ETag, *out.ETag)
	assert.Equal(t, *put.ChecksumCRC32, *out.ChecksumCRC32)
	assert.Equal(t, w.now, *out.LastModified)

	head, err := w.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("cat.svg")})
	require.NoError(t, err)
	assert.Equal(t, int64(6), *head.ContentLength)

	attributes, err := w.client.GetObjectAttributes(ctx, &sdk.GetObjectAttributesInput{
		Bucket: bucket, Key: aws.String("cat.svg"),
		ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag, types.ObjectAttributesChecksum, types.ObjectAttributesObjectSize},
	})
	require.NoError(t, err)
	assert.Equal(t, int64(6), *attributes.ObjectSize)
	assert.Equal(t, put.ChecksumCRC32, attributes.Checksum.ChecksumCRC32)
}

func TestResponseHeadersCanBeOverriddenBySignedCallsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "x")
	w.allowPublic(t)
	require.NoError(t, w.putPolicy(t, public))
	in := &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a"), ResponseContentType: aws.String("text/x")}
	out, err := w.client.GetObject(t.Context(), in)
	require.NoError(t, err)
	assert.Equal(t, "text/x", *out.ContentType)
	_, err = w.clientIn("us-east-1", anonymous).GetObject(t.Context(), in)
	code(t, err, "InvalidRequest", http.StatusBadRequest)
}

func TestEveryChecksumIsVerified(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, algorithm := range []types.ChecksumAlgorithm{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"} {
		_, err := w.client.PutObject(t.Context(), &sdk.PutObjectInput{
			Bucket: bucket, Key: aws.String("a"), Body: strings.NewReader("hello"), ChecksumAlgorithm: algorithm,
		})
		require.NoError(t, err, algorithm)
		name := "x-amz-checksum-" + strings.ToLower(string(algorithm))
		wrong := w.send(t, http.MethodPut, "/pictures/b", "hello", map[string]string{name: "AAAAAA=="})
		assert.Equal(t, http.StatusBadRequest, wrong.StatusCode, algorithm)
		assert.Contains(t, read(t, wrong.Body), "BadDigest")
	}
	for md5Header, want := range map[string]string{
		"hello": "InvalidDigest",
		base64.StdEncoding.EncodeToString(make([]byte, md5.Size)): "BadDigest",
	} {
		answer := w.send(t, http.MethodPut, "/pictures/b", "hello", map[string]string{"Content-MD5": md5Header})
		assert.Contains(t, read(t, answer.Body), want)
	}
	wrong := w.send(t, http.MethodPut, "/pictures/b", "hello", map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)})
	assert.Contains(t, read(t, wrong.Body), "XAmzContentSHA256Mismatch")
	unknown := w.send(t, http.MethodPut, "/pictures/b", "hello", map[string]string{"x-amz-checksum-xxhash3": "AAAA"})
	assert.Equal(t, http.StatusNotImplemented, unknown.StatusCode)
}

func TestStreamingUploadsAreTakenOutOfTheirChunks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct{ kind, body string }{
		"signed chunks": {
			"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "3;chunk-signature=00\r\nhel\r\n2;chunk-signature=00\r\nlo\r\n0;chunk-signature=00\r\n\r\n",
		},
		"signed chunks and trailer": {
			"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
			"5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:00\r\n\r\n",
		},
		"unsigned chunks and trailer": {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"},
	} {
		header := map[string]string{
			"X-Amz-Content-Sha256": c.kind, "X-Amz-Decoded-Content-Length": "5", "Content-Encoding": "aws-chunked,gzip",
		}
		answer := w.send(t, http.MethodPut, "/pictures/a", c.body, header)
		require.Equal(t, http.StatusOK, answer.StatusCode, name)
		got := w.send(t, http.MethodGet, "/pictures/a", "", map[string]string{"Accept-Encoding": "gzip"})
		assert.Equal(t, "hello", read(t, got.Body), name)
		assert.Equal(t, "gzip", got.Header.Get("Content-Encoding"), name)

		header["X-Amz-Decoded-Content-Length"] = "6"
		assert.Contains(t, read(t, w.send(t, http.MethodPut, "/pictures/a", c.body, header).Body), "IncompleteBody", name)
		cut := w.send(t, http.MethodPut, "/pictures/a", c.body[:4], header)
		assert.Contains(t, read(t, cut.Body), "IncompleteBody", name)
	}
	bad := "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
	answer := w.send(t, http.MethodPut, "/pictures/a", bad, map[string]string{"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"})
	assert.Contains(t, read(t, answer.Body), "BadDigest")
}

func TestRanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "0123456789")
	w.put(t, "empty", "")
	for _, c := range []struct {
		key, asked string
		status     int
		body, says string
	}{
		{"a", "bytes=2-4", http.StatusPartialContent, "234", "bytes 2-4/10"},
		{"a", "bytes=7-", http.StatusPartialContent, "789", "bytes 7-9/10"},
		{"a", "bytes=-3", http.StatusPartialContent, "789", "bytes 7-9/10"},
		{"a", "bytes=-99", http.StatusPartialContent, "0123456789", "bytes 0-9/10"},
		{"a", "bytes=8-99", http.StatusPartialContent, "89", "bytes 8-9/10"},
		{"a", "bytes=10-", http.StatusRequestedRangeNotSatisfiable, "", ""},
		{"a", "bytes=-0", http.StatusRequestedRangeNotSatisfiable, "", ""},
		{"a", "bytes=4-2", http.StatusOK, "0123456789", ""},
		{"a", "bytes=0-1,3-4", http.StatusOK, "0123456789", ""},
		{"a", "lines=0-1", http.StatusOK, "0123456789", ""},
		{"empty", "bytes=0-", http.StatusRequestedRangeNotSatisfiable, "", ""},
		{"empty", "", http.StatusOK, "", ""},
	} {
		answer := w.send(t, http.MethodGet, "/pictures/"+c.key, "", map[string]string{"Range": c.asked})
		assert.Equal(t, c.status, answer.StatusCode, c)
		assert.Equal(t, c.says, answer.Header.Get("Content-Range"), c)
		body := read(t, answer.Body)
		if c.status == http.StatusRequestedRangeNotSatisfiable {
			assert.Contains(t, body, "InvalidRange")
			continue
		}
		assert.Equal(t, c.body, body, c)
	}
}

func TestConditionalReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "a", "hello")
	tag := fmt.Sprintf(`"%x"`, md5.Sum([]byte("hello")))
	at := func(d time.Duration) string { return w.now.Add(d).Format(http.TimeFormat) }
	for _, c := range []struct {
		name, value string
		status      int
	}{
		{"If-None-Match", tag, http.StatusNotModified},
		{"If-None-Match", `"x", ` + tag, http.StatusNotModified},
		{"If-None-Match", `"x"`, http.StatusOK},
		{"If-Match", tag, http.StatusOK},
		{"If-Match", `"x"`, http.StatusPreconditionFailed},
		{"If-Modified-Since", at(0), http.StatusNotModified},
		{"If-Modified-Since", at(-time.Second), http.StatusOK},
		{"If-Unmodified-Since", at(0), http.StatusOK},
		{"If-Unmodified-Since", at(-time.Second), http.StatusPreconditionFailed},
	} {
		answer := w.send(t, http.MethodGet, "/pictures/a", "", map[string]string{c.name: c.value})
		assert.Equal(t, c.status, answer.StatusCode, c)
		if c.status == http.StatusNotModified {
			assert.Equal(t, tag, answer.Header.Get("Etag"))
			assert.Empty(t, read(t, answer.Body))
		}
	}
}

func TestConditionalWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	create := &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), IfNoneMatch: aws.String("*")}
	made, err := w.client.PutObject(ctx, create)
	require.NoError(t, err)
	_, err = w.client.PutObject(ctx, create)
	code(t, err, "PreconditionFailed", http.StatusPreconditionFailed)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), IfMatch: aws.String(`"stale"`)})
	code(t, err, "PreconditionFailed", http.StatusPreconditionFailed)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("b"), IfMatch: made.ETag})
	code(t, err, "NoSuchKey", http.StatusNotFound)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), IfMatch: made.ETag})
	require.NoError(t, err)
	_, err = w.client.PutObject(ctx, &sdk.PutObjectInput{Bucket: bucket, Key: aws.String("a"), IfNoneMatch: made.ETag})
	code(t, err, "NotImplemented", http.StatusNotImplemented)
	_, err = w.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a"), IfMatch: aws.String(`"stale"`)})
	code(t, err, "PreconditionFailed", http.StatusPreconditionFailed)
}

func TestUploadsAgainstTheRulesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for want, in := range map[string]*sdk.PutObjectInput{
		"KeyTooLongError":     {Key: aws.String(strings.Repeat("k", 1025))},
		"MetadataTooLarge":    {Metadata: map[string]string{"a": strings.Repeat("x", 2048)}},
		"InvalidTag":          {Tagging: aws.String("a=1&a=2")},
		"InvalidStorageClass": {StorageClass: "PAPER"},
		"InvalidArgument":     {ServerSideEncryption: "ROT13"},
		"InvalidRequest":      {ObjectLockMode: types.ObjectLockModeGovernance},
		"BadRequest":          {Tagging: aws.String("a&b&c&d&e&f&g&h&i&j&k")},
	} {
		in.Bucket = bucket
		if in.Key == nil {
			in.Key = aws.String("a")
		}
		_, err := w.client.PutObject(t.Context(), in)
		code(t, err, want, http.StatusBadRequest)
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.client.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: bucket, Key: aws.String("a b"), Body: strings.NewReader("hello"),
		ContentType: aws.String("text/a"), Metadata: map[string]string{"k": "v"}, Tagging: aws.String("t=1"),
	})
	require.NoError(t, err)
	from := func(key string) *sdk.CopyObjectInput {
		return &sdk.CopyObjectInput{Bucket: bucket, Key: aws.String(key), CopySource: aws.String("pictures/a%20b")}
	}

	copied, err := w.client.CopyObject(ctx, from("c"))
	require.NoError(t, err)
	assert.NotEmpty(t, *copied.CopyObjectResult.ETag)
	out, err := w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("c")})
	require.NoError(t, err)
	assert.Equal(t, "hello", read(t, out.Body))
	assert.Equal(t, "text/a", *out.ContentType)
	assert.Equal(t, "v", out.Metadata["k"])
	assert.Equal(t, int32(1), *out.TagCount)

	_, err = w.client.CopyObject(ctx, from("a b"))
	code(t, err, "InvalidRequest", http.StatusBadRequest)
	replace := from("a b")
	replace.MetadataDirective, replace.ContentType = types.MetadataDirectiveReplace, aws.String("text/b")
	_, err = w.client.CopyObject(ctx, replace)
	require.NoError(t, err)
	head, err := w.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a b")})
	require.NoError(t, err)
	assert.Equal(t, "text/b", *head.ContentType)
	assert.Empty(t, head.Metadata)
	assert.Equal(t, "hello", w.get(t, "a b"))

	stale := from("d")
	stale.CopySourceIfMatch = aws.String(`"x"`)
	_, err = w.client.CopyObject(ctx, stale)
	code(t, err, "PreconditionFailed", http.StatusPreconditionFailed)
	missing := from("d")
	missing.CopySource = aws.String("pictures/none")
	_, err = w.client.CopyObject(ctx, missing)
	code(t, err, "NoSuchKey", http.StatusNotFound)
}

func TestObjectsAreTagged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.put(t, "a", "x")
	tags := []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	_, err := w.client.PutObjectTagging(ctx, &sdk.PutObjectTaggingInput{Bucket: bucket, Key: aws.String("a"), Tagging: &types.Tagging{TagSet: tags}})
	require.NoError(t, err)
	got, err := w.client.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.Equal(t, tags, got.TagSet)
	_, err = w.client.DeleteObjectTagging(ctx, &sdk.DeleteObjectTaggingInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	got, err = w.client.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.Empty(t, got.TagSet)
	_, err = w.client.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("none")})
	code(t, err, "NoSuchKey", http.StatusNotFound)
	acl, err := w.client.GetObjectAcl(ctx, &sdk.GetObjectAclInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.Len(t, acl.Grants, 1)
}

func TestListsArePagedAndGrouped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	for _, key := range []string{"a/1", "a/2", "b", "c/1", "c/d/2", "e f+ü"} {
		w.put(t, key, "x")
	}
	list := func(in *sdk.ListObjectsV2Input) (found []string) {
		in.Bucket = bucket
		pages := sdk.NewListObjectsV2Paginator(w.client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			require.NoError(t, err)
			assert.Equal(t, int(*page.KeyCount), len(page.Contents)+len(page.CommonPrefixes))
			for _, o := range page.Contents {
				found = append(found, *o.Key)
			}
			for _, p := range page.CommonPrefixes {
				found = append(found, *p.Prefix)
			}
		}
		return found
	}
	assert.Equal(t, []string{"a/1", "a/2", "b", "c/1", "c/d/2", "e f+ü"}, list(&sdk.ListObjectsV2Input{MaxKeys: aws.Int32(2)}))
	assert.Equal(t, []string{"a/", "b", "c/", "e f+ü"}, list(&sdk.ListObjectsV2Input{MaxKeys: aws.Int32(1), Delimiter: aws.String("/")}))
	assert.Equal(t, []string{"c/1", "c/d/"}, list(&sdk.ListObjectsV2Input{Prefix: aws.String("c/"), Delimiter: aws.String("/")}))
	assert.Equal(t, []string{"c/1", "c/d/2", "e f+ü"}, list(&sdk.ListObjectsV2Input{StartAfter: aws.String("b"), MaxKeys: aws.Int32(2)}))
	assert.Equal(t, []string{"e%20f%2B%C3%BC"}, list(&sdk.ListObjectsV2Input{Prefix: aws.String("e"), EncodingType: types.EncodingTypeUrl}))
	none, err := w.client.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(0)})
	require.NoError(t, err)
	assert.Empty(t, none.Contents)
	assert.False(t, *none.IsTruncated)

	first, err := w.client.ListObjects(ctx, &sdk.ListObjectsInput{Bucket: bucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(2)})
	require.NoError(t, err)
	assert.True(t, *first.IsTruncated)
	assert.Equal(t, "b", *first.NextMarker)
	second, err := w.client.ListObjects(ctx, &sdk.ListObjectsInput{Bucket: bucket, Delimiter: aws.String("/"), Marker: first.NextMarker})
	require.NoError(t, err)
	assert.False(t, *second.IsTruncated)
	assert.Equal(t, "c/", *second.CommonPrefixes[0].Prefix)

	_, err = w.client.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: bucket, ContinuationToken: aws.String("?")})
	code(t, err, "InvalidArgument", http.StatusBadRequest)
}

func TestManyObjectsAreDeletedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, key := range []string{"a", "b", "kept"} {
		w.put(t, key, "x")
	}
	require.NoError(t, w.putPolicy(t, `{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::pictures/kept"}}`))
	out, err := w.client.DeleteObjects(t.Context(), &sdk.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("never there")}, {Key: aws.String("kept")}},
	}})
	require.NoError(t, err)
	assert.Len(t, out.Deleted, 2)
	require.Len(t, out.Errors, 1)
	assert.Equal(t, "AccessDenied", *out.Errors[0].Code)
	_, err = w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "NotFound", http.StatusNotFound)

	unsafe := w.send(t, http.MethodPost, "/pictures?delete", "<Delete><Object><Key>b</Key></Object></Delete>", nil)
	assert.Contains(t, read(t, unsafe.Body), "Missing required header")
}

func TestVersionsAreKeptWhereVersioningIsOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	w.put(t, "a", "null")
	w.version(t, types.BucketVersioningStatusEnabled)
	w.put(t, "a", "one")
	w.put(t, "a", "two")
	gone, err := w.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a")})
	require.NoError(t, err)
	assert.True(t, *gone.DeleteMarker)
	_, err = w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a")})
	code(t, err, "NoSuchKey", http.StatusNotFound)

	var bodies []string
	var all []types.ObjectIdentifier
	pages := sdk.NewListObjectVersionsPaginator(w.client, &sdk.ListObjectVersionsInput{Bucket: bucket, MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		for _, v := range page.Versions {
			out, err := w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: v.Key, VersionId: v.VersionId})
			require.NoError(t, err)
			bodies = append(bodies, read(t, out.Body))
			all = append(all, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			assert.True(t, *m.IsLatest)
			all = append(all, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
	}
	assert.Equal(t, []string{"two", "one", "null"}, bodies)
	_, err = w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a"), VersionId: gone.VersionId})
	code(t, err, "MethodNotAllowed", http.StatusMethodNotAllowed)
	_, err = w.client.GetObject(ctx, &sdk.GetObjectInput{Bucket: bucket, Key: aws.String("a"), VersionId: aws.String("none")})
	code(t, err, "NoSuchVersion", http.StatusNotFound)
	_, err = w.client.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: bucket})
	code(t, err, "BucketNotEmpty", http.StatusConflict)

	_, err = w.client.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: bucket, Key: aws.String("a"), VersionId: gone.VersionId})
	require.NoError(t, err)
	assert.Equal(t, "two", w.get(t, "a"), "without its delete marker the object is back")

	w.version(t, types.BucketVersioningStatusSuspended)
	w.put(t, "a", "null again")
	_, err = w.client.DeleteObjects(ctx, &sdk.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: all}})
	require.NoError(t, err)
	_, err = w.client.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: bucket})
	require.NoError(t, err)
}

func TestLargeBodiesComeBackWhole(t *testing.T) {
	t.Parallel()
	w := startWorld(t, "", t.TempDir())
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	body := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	w.put(t, "big", string(body))
	assert.Equal(t, string(body), w.get(t, "big"))
}
