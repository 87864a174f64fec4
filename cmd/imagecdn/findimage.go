package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"imagecdn/internal/verify"
)

const (
	// searchPages bounds the search to so many pages of 1,000 keys.
	searchPages = 10
	// searchRegion is asked when no region is configured; it names the bucket's.
	searchRegion = "us-east-1"
)

// imageTypes are the file types that are taken for images.
var imageTypes = []string{".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".svg"}

// findImage is the URL path of the first image in the part of the bucket that is served.
func findImage(ctx context.Context, t verify.Target) (string, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion(t.BucketRegion))
	if err != nil {
		return "", fmt.Errorf("looking for an image in bucket %s: %w", t.Bucket, err)
	}
	if loaded.Region == "" {
		loaded.Region = searchRegion
	}
	client := s3.NewFromConfig(loaded, func(o *s3.Options) {
		if t.S3Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(t.S3Endpoint), true
		}
	})
	folder := ""
	if t.BucketPrefix != "" {
		folder = t.BucketPrefix + "/"
	}
	key, err := firstImage(ctx, client, t.Bucket, folder, "")
	if region := regionNamedBy(err); region != "" && region != loaded.Region {
		key, err = firstImage(ctx, client, t.Bucket, folder, region)
	}
	if err != nil {
		return "", fmt.Errorf("looking for an image in bucket %s: %w", t.Bucket, err)
	}
	return verify.PathOf(strings.TrimPrefix(key, folder)), nil
}

// firstImage lists the bucket, or what is in a folder of it, up to an object that is an image by its name. The
// region is the client's own when it is "".
func firstImage(ctx context.Context, client *s3.Client, bucket, folder, region string) (string, error) {
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String(folder)})
	for range searchPages {
		if !pages.HasMorePages() {
			break
		}
		page, err := pages.NextPage(ctx, func(o *s3.Options) {
			if region != "" {
				o.Region = region
			}
		})
		if err != nil {
			return "", err //nolint:wrapcheck // findImage names the bucket
		}
		if at := slices.IndexFunc(page.Contents, isImage); at >= 0 {
			return aws.ToString(page.Contents[at].Key), nil
		}
	}
	return "", fmt.Errorf("none of the first %d,000 keys is a file of type %s", searchPages, strings.Join(imageTypes, " "))
}

func isImage(object types.Object) bool {
	kind := strings.ToLower(path.Ext(aws.ToString(object.Key)))
	return aws.ToInt64(object.Size) > 0 && slices.Contains(imageTypes, kind)
}

// regionNamedBy is the bucket's region, when S3 refused because another was asked.
func regionNamedBy(err error) string {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.HTTPResponse().StatusCode != http.StatusMovedPermanently {
		return ""
	}
	return response.HTTPResponse().Header.Get("X-Amz-Bucket-Region")
}
