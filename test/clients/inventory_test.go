package clients

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/stretchr/testify/require"
)

// inventory lists everything in an AWS, as a third client sees it, one line each.
func (w world) inventory(ctx context.Context, t *testing.T) []string {
	t.Helper()
	found := slices.Concat(
		w.listDNS(ctx, t), w.listBuckets(ctx, t), w.listCertificates(ctx, t), w.listWebACLs(ctx, t), w.listCloudFront(ctx, t),
	)
	slices.Sort(found)
	return found
}

func (w world) listDNS(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var found []string
	client := route53.NewFromConfig(w.config(usEast1))
	zones, err := client.ListHostedZones(ctx, &route53.ListHostedZonesInput{})
	require.NoError(t, err)
	for _, zone := range zones.HostedZones {
		records, err := client.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: zone.Id})
		require.NoError(t, err)
		for _, record := range records.ResourceRecordSets {
			found = append(found, "record "+aws.ToString(record.Name)+" "+string(record.Type))
		}
	}
	return found
}

func (w world) listBuckets(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var found []string
	client := s3.NewFromConfig(w.config(homeRegion))
	buckets, err := client.ListBuckets(ctx, &s3.ListBucketsInput{})
	require.NoError(t, err)
	for _, bucket := range buckets.Buckets {
		found = append(found, "bucket "+aws.ToString(bucket.Name))
		objects, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket.Name})
		require.NoError(t, err)
		for _, object := range objects.Contents {
			found = append(found, "object "+aws.ToString(bucket.Name)+"/"+aws.ToString(object.Key))
		}
	}
	return found
}

func (w world) listCertificates(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var found []string
	for _, region := range []string{homeRegion, usEast1} {
		certificates, err := acm.NewFromConfig(w.config(region)).ListCertificates(ctx, &acm.ListCertificatesInput{})
		require.NoError(t, err)
		for _, certificate := range certificates.CertificateSummaryList {
			found = append(found, "certificate "+region+" "+aws.ToString(certificate.DomainName))
		}
	}
	return found
}

func (w world) listWebACLs(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var found []string
	acls, err := wafv2.NewFromConfig(w.config(usEast1)).ListWebACLs(ctx, &wafv2.ListWebACLsInput{Scope: waftypes.ScopeCloudfront})
	require.NoError(t, err)
	for _, acl := range acls.WebACLs {
		found = append(found, "web ACL "+aws.ToString(acl.Name))
	}
	return found
}

func (w world) listCloudFront(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var found []string
	client := cloudfront.NewFromConfig(w.config(usEast1))
	distributions, err := client.ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
	require.NoError(t, err)
	for _, distribution := range distributions.DistributionList.Items {
		for _, alias := range distribution.Aliases.Items {
			found = append(found, "distribution of "+alias)
		}
	}
	controls, err := client.ListOriginAccessControls(ctx, &cloudfront.ListOriginAccessControlsInput{})
	require.NoError(t, err)
	for _, control := range controls.OriginAccessControlList.Items {
		found = append(found, "origin access control "+aws.ToString(control.Name))
	}
	policies, err := client.ListCachePolicies(ctx, &cloudfront.ListCachePoliciesInput{Type: cloudfronttypes.CachePolicyTypeCustom})
	require.NoError(t, err)
	for _, policy := range policies.CachePolicyList.Items {
		found = append(found, "cache policy "+aws.ToString(policy.CachePolicy.CachePolicyConfig.Name))
	}
	return found
}
