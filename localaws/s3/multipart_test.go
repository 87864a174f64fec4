package s3_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/s3"
)

const mebibyte = 1 << 20

// uploading is a multipart upload under way.
type uploading struct {
	*world
	t     *testing.T
	id    *string
	key   string
	parts []types.CompletedPart
}

func (w *world) begin(t *testing.T, change func(*sdk.CreateMultipartUploadInput)) *uploading {
	t.Helper()
	in := &sdk.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("large"), ContentType: aws.String("image/webp")}
	if change != nil {
		change(in)
	}
	out, err := w.client.CreateMultipartUpload(t.Context(), in)
	require.NoError(t, err)
	return &uploading{world: w, t: t, id: out.UploadId, key: *in.Key}
}

func (u *uploading) part(number int32, body string) *sdk.UploadPartOutput {
	u.t.Helper()
	out, err := u.client.UploadPart(u.t.Context(), &sdk.UploadPartInput{
		Bucket: bucket, Key: &u.key, UploadId: u.id, PartNumber: &number, Body: strings.NewReader(body),
	})
	require.NoError(u.t, err)
	u.parts = append(u.parts, types.CompletedPart{PartNumber: &number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32})
	return out
}

func (u *uploading) complete(change func(*sdk.CompleteMultipartUploadInput)) (*sdk.CompleteMultipartUploadOutput, error) {
	u.t.Helper()
	in := &sdk.CompleteMultipartUploadInput{
		Bucket: bucket, Key: &u.key, UploadId: u.id, MultipartUpload: &types.CompletedMultipartUpload{Parts: u.parts},
	}
	if change != nil {
		change(in)
	}
	return u.client.CompleteMultipartUpload(u.t.Context(), in)
}

func TestPartsBecomeOneObject(t *testing.T) {
	t.Parallel()
	state, bodies := t.TempDir(), t.TempDir()
	w := startWorld(t, state, bodies)
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	require.NoError(t, w.putPolicy(t, grant))
	first, second := strings.Repeat("a", 5*mebibyte), "the end"
	u := w.begin(t, func(in *sdk.CreateMultipartUploadInput) {
		in.CacheControl, in.Metadata, in.Tagging = aws.String("max-age=60"), map[string]string{"by": "me"}, aws.String("team=images")
	})
	u.part(1, "another, that is replaced")
	u.parts = nil
	u.part(1, first)
	u.part(3, second)
	u.part(2, "that is not taken")
	u.parts = u.parts[:2]
	listed, err := w.client.ListObjectsV2(t.Context(), &sdk.ListObjectsV2Input{Bucket: bucket})
	require.NoError(t, err)
	assert.Empty(t, listed.Contents, "not an object yet")

	again := startWorld(t, state, bodies) // parts survive a restart
	u.world = again
	out, err := u.complete(nil)
	require.NoError(t, err)
	sums := append(sum(first), sum(second)...)
	want := fmt.Sprintf(`"%x-2"`, md5.Sum(sums))
	assert.Equal(t, want, *out.ETag)
	got, err := again.client.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: &u.key, ChecksumMode: types.ChecksumModeEnabled})
	require.NoError(t, err)
	assert.Equal(t, first+second, read(t, got.Body))
	assert.Equal(t, want, *got.ETag)
	assert.Equal(t, "image/webp", *got.ContentType)
	assert.Equal(t, "max-age=60", *got.CacheControl)
	assert.Equal(t, map[string]string{"by": "me"}, got.Metadata)
	assert.EqualValues(t, 1, *got.TagCount)
	status, _, body := again.fetch(t, func(f *s3.FetchRequest) { f.Key = "large"; f.Header.Set("Range", fmt.Sprintf("bytes=%d-", 5*mebibyte)) })
	assert.Equal(t, http.StatusPartialContent, status)
	assert.Equal(t, second, body)

	again.put(t, "b", "x")
	again.put(t, "b", "y") // bodies go with the second snapshot after
	files, err := os.ReadDir(bodies)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(files), 3, "the parts are gone")
	_, err = u.complete(nil)
	code(t, err, "NoSuchUpload", http.StatusNotFound)
}

func sum(text string) []byte {
	s := md5.Sum([]byte(text))
	return s[:]
}

func TestWhatCannotBeCompletedIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.begin(t, nil)
	u.part(1, "too small")
	u.part(2, "the end")
	small := u.parts
	_, err := u.complete(nil)
	code(t, err, "EntityTooSmall", http.StatusBadRequest)
	u.parts = nil
	_, err = u.complete(nil)
	code(t, err, "MalformedXML", http.StatusBadRequest)
	u.parts = []types.CompletedPart{small[1], small[0]}
	_, err = u.complete(nil)
	code(t, err, "InvalidPartOrder", http.StatusBadRequest)
	u.parts = []types.CompletedPart{{PartNumber: aws.Int32(9), ETag: small[0].ETag}}
	_, err = u.complete(nil)
	code(t, err, "InvalidPart", http.StatusBadRequest)
	u.parts = []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: small[1].ETag}}
	_, err = u.complete(nil)
	code(t, err, "InvalidPart", http.StatusBadRequest)
	u.parts = small[1:]
	w.put(t, "large", "it is there already")
	_, err = u.complete(func(in *sdk.CompleteMultipartUploadInput) { in.IfNoneMatch = aws.String("*") })
	code(t, err, "PreconditionFailed", http.StatusPreconditionFailed)
	_, err = u.complete(nil)
	require.NoError(t, err, "one part of any size is the last")
	assert.Equal(t, "the end", w.get(t, "large"))

	for _, number := range []int32{0, 10001} {
		_, err = w.client.UploadPart(t.Context(), &sdk.UploadPartInput{Bucket: bucket, Key: aws.String("large"), UploadId: w.begin(t, nil).id, PartNumber: &number})
		code(t, err, "InvalidArgument", http.StatusBadRequest)
	}
	_, err = w.client.UploadPart(t.Context(), &sdk.UploadPartInput{Bucket: bucket, Key: aws.String("other"), UploadId: w.begin(t, nil).id, PartNumber: aws.Int32(1)})
	code(t, err, "NoSuchUpload", http.StatusNotFound)
}

func TestAnUploadMayBeAborted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.begin(t, nil)
	u.part(1, "a")
	abort := func() error {
		_, err := w.client.AbortMultipartUpload(t.Context(), &sdk.AbortMultipartUploadInput{Bucket: bucket, Key: &u.key, UploadId: u.id})
		return err //nolint:wrapcheck // the error is what is tested
	}
	require.NoError(t, abort())
	code(t, abort(), "NoSuchUpload", http.StatusNotFound)
	_, err := u.complete(nil)
	code(t, err, "NoSuchUpload", http.StatusNotFound)
}

func TestUploadsAndPartsAreListedInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	u := w.begin(t, nil)
	w.begin(t, func(in *sdk.CreateMultipartUploadInput) { in.Key = aws.String("other") })
	for number := int32(1); number <= 3; number++ {
		u.part(number, strings.Repeat("a", int(number)))
	}
	parts, err := w.client.ListParts(ctx, &sdk.ListPartsInput{Bucket: bucket, Key: &u.key, UploadId: u.id, MaxParts: aws.Int32(2)})
	require.NoError(t, err)
	require.Len(t, parts.Parts, 2)
	assert.True(t, *parts.IsTruncated)
	assert.EqualValues(t, 2, *parts.Parts[1].Size)
	parts, err = w.client.ListParts(ctx, &sdk.ListPartsInput{Bucket: bucket, Key: &u.key, UploadId: u.id, PartNumberMarker: parts.NextPartNumberMarker})
	require.NoError(t, err)
	require.Len(t, parts.Parts, 1)
	assert.False(t, *parts.IsTruncated)

	uploads, err := w.client.ListMultipartUploads(ctx, &sdk.ListMultipartUploadsInput{Bucket: bucket, MaxUploads: aws.Int32(1)})
	require.NoError(t, err)
	require.Len(t, uploads.Uploads, 1)
	assert.Equal(t, "large", *uploads.Uploads[0].Key)
	assert.True(t, *uploads.IsTruncated)
	uploads, err = w.client.ListMultipartUploads(ctx, &sdk.ListMultipartUploadsInput{
		Bucket: bucket, KeyMarker: uploads.NextKeyMarker, UploadIdMarker: uploads.NextUploadIdMarker,
	})
	require.NoError(t, err)
	require.Len(t, uploads.Uploads, 1)
	assert.Equal(t, "other", *uploads.Uploads[0].Key)
	uploads, err = w.client.ListMultipartUploads(ctx, &sdk.ListMultipartUploadsInput{Bucket: bucket, Prefix: aws.String("o")})
	require.NoError(t, err)
	assert.Len(t, uploads.Uploads, 1)
}

func TestAPartMayBeCopied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "source", "0123456789")
	u := w.begin(t, nil)
	out, err := w.client.UploadPartCopy(t.Context(), &sdk.UploadPartCopyInput{
		Bucket: bucket, Key: &u.key, UploadId: u.id, PartNumber: aws.Int32(1), CopySource: aws.String("pictures/source"), CopySourceRange: aws.String("bytes=2-4"),
	})
	require.NoError(t, err)
	u.parts = []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: out.CopyPartResult.ETag}}
	_, err = u.complete(nil)
	require.NoError(t, err)
	assert.Equal(t, "234", w.get(t, "large"))
}

func TestChecksumsOfAllPartsAreOneOfTheObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := strings.Repeat("a", 5*mebibyte), "the end"
	crc := func(texts ...string) []byte {
		h := crc32.NewIEEE()
		for _, text := range texts {
			_, _ = h.Write([]byte(text))
		}
		return h.Sum(nil)
	}
	for kind, want := range map[types.ChecksumType]string{
		types.ChecksumTypeComposite:  base64.StdEncoding.EncodeToString(crc(string(crc(first)), string(crc(second)))) + "-2",
		types.ChecksumTypeFullObject: base64.StdEncoding.EncodeToString(crc(first, second)),
	} {
		u := w.begin(t, func(in *sdk.CreateMultipartUploadInput) {
			in.ChecksumAlgorithm, in.ChecksumType = types.ChecksumAlgorithmCrc32, kind
		})
		u.part(1, first)
		u.part(2, second)
		_, err := u.complete(func(in *sdk.CompleteMultipartUploadInput) {
			if kind == types.ChecksumTypeFullObject {
				in.ChecksumCRC32 = aws.String("AAAAAA==")
				in.ChecksumType = kind
			} else {
				in.MultipartUpload.Parts = append([]types.CompletedPart{}, in.MultipartUpload.Parts...)
				in.MultipartUpload.Parts[0].ChecksumCRC32 = aws.String("AAAAAA==")
			}
		})
		require.Error(t, err, "a wrong checksum")
		_, err = u.complete(nil)
		require.NoError(t, err)
		head, err := w.client.HeadObject(t.Context(), &sdk.HeadObjectInput{Bucket: bucket, Key: &u.key, ChecksumMode: types.ChecksumModeEnabled})
		require.NoError(t, err)
		assert.Equal(t, want, *head.ChecksumCRC32, kind)
		assert.Equal(t, kind, head.ChecksumType)
	}
}

func TestALargeObjectIsNotHeldInMemory(t *testing.T) {
	t.Parallel()
	w := startWorld(t, t.TempDir(), t.TempDir())
	_, err := w.client.CreateBucket(t.Context(), createIn("", "pictures"))
	require.NoError(t, err)
	u := w.begin(t, nil)
	block := string(bytes.Repeat([]byte("x"), 8*mebibyte))
	for number := int32(1); number <= 3; number++ {
		u.part(number, block)
	}
	_, err = u.complete(nil)
	require.NoError(t, err)
	got, err := w.client.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: bucket, Key: &u.key})
	require.NoError(t, err)
	assert.EqualValues(t, 24*mebibyte, *got.ContentLength)
	assert.Len(t, read(t, got.Body), 24*mebibyte)
}
