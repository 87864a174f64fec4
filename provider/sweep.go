package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
)

// markTag is the tag that holds the mark, on what takes tags. Origin access controls and policies, which take none,
// have it in their description.
const markTag = "imagecdn:mark"

// sweep deletes what carries a mark.
type sweep struct {
	mark  string
	keep  []string // ARNs of certificates
	owner *identity
	dns   *identity // owns the hosted zones
	note  func(message string)
}

// sweeper deletes what carries a mark, of one kind.
type sweeper struct {
	kind        string
	permissions string
	run         func(s sweep, ctx context.Context) error
}

// sweepers in the order in which AWS lets them go: a distribution holds all the others.
var sweepers = []sweeper{
	{"logDelivery", "logs:DescribeDeliveries, DeleteDelivery, DeleteDeliverySource and DeleteDeliveryDestination", sweep.logDeliveries},
	{"distribution", "cloudfront:ListDistributions, ListTagsForResource, GetDistributionConfig, UpdateDistribution and DeleteDistribution", sweep.distributions},
	{"certificate", "acm:ListCertificates, ListTagsForCertificate and DeleteCertificate", sweep.certificates},
	{"webAcl", "wafv2:ListWebACLs, ListTagsForResource and DeleteWebACL", sweep.webACLs},
	{"originAccessControl", "cloudfront:ListOriginAccessControls, GetOriginAccessControl and DeleteOriginAccessControl", sweep.accessControls},
	{"cachePolicy", "cloudfront:ListCachePolicies, GetCachePolicy and DeleteCachePolicy", sweep.cachePolicies},
	{"responseHeadersPolicy", "cloudfront:ListResponseHeadersPolicies, GetResponseHeadersPolicy and DeleteResponseHeadersPolicy", sweep.headersPolicies},
	{"function", "cloudfront:ListFunctions, DescribeFunction and DeleteFunction", sweep.functions},
	{"keyGroup", "cloudfront:ListKeyGroups, GetKeyGroup and DeleteKeyGroup", sweep.keyGroups},
	{"publicKey", "cloudfront:ListPublicKeys, GetPublicKey and DeletePublicKey", sweep.publicKeys},
}

func (s sweep) deleted(what, id string) {
	s.note(fmt.Sprintf("Deleted %s %s: it carried the mark of this stack, and no state knew it. An earlier operation made it, and its answer was lost", what, id))
}

// logDeliveries have the mark as the name of their source and their destination, which AWS
// lets go after the delivery.
func (s sweep) logDeliveries(ctx context.Context) error {
	client, err := s.owner.logs(ctx)
	if err != nil {
		return err
	}
	pages := cloudwatchlogs.NewDescribeDeliveriesPaginator(client, &cloudwatchlogs.DescribeDeliveriesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, d := range page.Deliveries {
			if aws.ToString(d.DeliverySourceName) != s.mark {
				continue
			}
			if _, err := client.DeleteDelivery(ctx, &cloudwatchlogs.DeleteDeliveryInput{Id: d.Id}); absent(err, logNotFound) != nil {
				return err //nolint:wrapcheck // as above
			}
			s.deleted("log delivery", aws.ToString(d.Id))
		}
	}
	_, err = client.DeleteDeliverySource(ctx, &cloudwatchlogs.DeleteDeliverySourceInput{Name: &s.mark})
	if absent(err, logNotFound) != nil {
		return err //nolint:wrapcheck // as above
	}
	_, err = client.DeleteDeliveryDestination(ctx, &cloudwatchlogs.DeleteDeliveryDestinationInput{Name: &s.mark})
	return absent(err, logNotFound)
}

// logNotFound is what CloudWatch Logs says of what is gone.
const logNotFound = "ResourceNotFoundException"

// distributions looks at the tags of those whose origin access control carries the mark: a look at the tags of all would
// be a call for each distribution of the account.
func (s sweep) distributions(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	controls, err := s.markedControls(ctx, client)
	if err != nil {
		return err
	}
	pages := cloudfront.NewListDistributionsPaginator(client, &cloudfront.ListDistributionsInput{})
	for len(controls) > 0 && pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, d := range page.DistributionList.Items {
			if !uses(d, controls) {
				continue
			}
			tags, err := client.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: d.ARN})
			if err != nil {
				return err //nolint:wrapcheck // the caller explains
			}
			if tags.Tags == nil || !s.taggedCloudFront(tags.Tags.Items) {
				continue
			}
			if reason := s.mayServe(ctx, d); reason != "" {
				s.note(fmt.Sprintf("Distribution %s stays, although it carries the mark of this stack and no state knows it: %s. "+
					"If nobody needs it, disable and delete it; if it is to stay, take the tag %s off", aws.ToString(d.Id), reason, markTag))
				continue
			}
			if err := deleteDistribution(ctx, client, aws.ToString(d.Id)); err != nil {
				return err
			}
			s.deleted("distribution", aws.ToString(d.Id))
		}
	}
	return nil
}

// mayServe says why a distribution is perhaps no leftover: somebody may have taken it out of the state to keep it. A
// leftover never got as far as the records of its domains, and who cannot see them must not guess.
func (s sweep) mayServe(ctx context.Context, d cftypes.DistributionSummary) string {
	if d.Aliases == nil || len(d.Aliases.Items) == 0 {
		return "it has no domains, so the stack did not leave it so"
	}
	found, err := s.dns.findDomains(ctx, plainNames(d.Aliases.Items), nil)
	if err != nil {
		return "the records of its domains cannot be read: " + said(ctx, err).Error()
	}
	own := plainName(aws.ToString(d.DomainName))
	for _, domain := range found.Domains {
		if len(domain.Zones) != 1 {
			return "the records of " + domain.Name + " are in no hosted zone that can be looked into"
		}
		for _, record := range domain.Records {
			if record.AliasTarget == own || slices.Contains(record.Values, own) {
				return "a record of " + domain.Name + " points at it"
			}
		}
	}
	return ""
}

func uses(d cftypes.DistributionSummary, controls map[string]bool) bool {
	if d.Origins == nil {
		return false
	}
	for _, origin := range d.Origins.Items {
		if controls[aws.ToString(origin.OriginAccessControlId)] {
			return true
		}
	}
	return false
}

func (s sweep) taggedCloudFront(tags []cftypes.Tag) bool {
	for _, tag := range tags {
		if aws.ToString(tag.Key) == markTag && aws.ToString(tag.Value) == s.mark {
			return true
		}
	}
	return false
}

// slowestSweepPoll is the longest pause between two looks at a distribution that is being disabled.
const slowestSweepPoll = 15 * time.Second

// deleteDistribution disables a distribution, waits until the edge has it, and deletes it.
func deleteDistribution(ctx context.Context, client *cloudfront.Client, id string) error {
	found, err := client.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(id)})
	if err != nil {
		return absent(err, "NoSuchDistribution")
	}
	if config := found.Distribution.DistributionConfig; aws.ToBool(config.Enabled) {
		config.Enabled = aws.Bool(false)
		_, err := client.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{Id: aws.String(id), IfMatch: found.ETag, DistributionConfig: config})
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
	}
	for pause := time.Second; ; pause = min(2*pause, slowestSweepPoll) {
		if found, err = client.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(id)}); err != nil {
			return absent(err, "NoSuchDistribution")
		}
		if aws.ToString(found.Distribution.Status) == "Deployed" {
			_, err := client.DeleteDistribution(ctx, &cloudfront.DeleteDistributionInput{Id: aws.String(id), IfMatch: found.ETag})
			return absent(err, "NoSuchDistribution")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx) //nolint:wrapcheck // the caller explains
		case <-time.After(pause):
		}
	}
}

// absent is no error where AWS says that the thing is gone already.
func absent(err error, codes ...string) error {
	if hasCode(err, codes...) {
		return nil
	}
	return err
}

// certificates looks at the tags of those that nothing uses.
func (s sweep) certificates(ctx context.Context) error {
	client, err := s.owner.acm(ctx, usEast1)
	if err != nil {
		return err
	}
	pages := acm.NewListCertificatesPaginator(client, &acm.ListCertificatesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, c := range page.CertificateSummaryList {
			if slices.Contains(s.keep, aws.ToString(c.CertificateArn)) || aws.ToBool(c.InUse) || c.Type == acmtypes.CertificateTypeImported {
				continue
			}
			if err := s.certificate(ctx, client, c.CertificateArn); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s sweep) certificate(ctx context.Context, client *acm.Client, arn *string) error {
	tags, err := client.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: arn})
	if err != nil {
		return absent(err, "ResourceNotFoundException")
	}
	for _, tag := range tags.Tags {
		if aws.ToString(tag.Key) != markTag || aws.ToString(tag.Value) != s.mark {
			continue
		}
		if _, err := client.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: arn}); err != nil {
			return absent(err, "ResourceNotFoundException")
		}
		s.deleted("certificate", aws.ToString(arn))
	}
	return nil
}

func (s sweep) webACLs(ctx context.Context) error {
	client, err := s.owner.wafv2(ctx)
	if err != nil {
		return err
	}
	in := &wafv2.ListWebACLsInput{Scope: waftypes.ScopeCloudfront}
	for {
		out, err := client.ListWebACLs(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, acl := range out.WebACLs {
			if !strings.Contains(aws.ToString(acl.Description), s.mark) {
				continue
			}
			_, err := client.DeleteWebACL(ctx, &wafv2.DeleteWebACLInput{
				Id: acl.Id, Name: acl.Name, LockToken: acl.LockToken, Scope: waftypes.ScopeCloudfront,
			})
			if hasCode(err, "WAFNonexistentItemException") {
				continue
			}
			if err != nil {
				return err //nolint:wrapcheck // the caller explains
			}
			s.deleted("web ACL", aws.ToString(acl.ARN))
		}
		if in.NextMarker = out.NextMarker; in.NextMarker == nil {
			return nil
		}
	}
}

// markedControls are the ids of the origin access controls that carry the mark.
func (s sweep) markedControls(ctx context.Context, client *cloudfront.Client) (map[string]bool, error) {
	marked := map[string]bool{}
	in := &cloudfront.ListOriginAccessControlsInput{}
	for {
		out, err := client.ListOriginAccessControls(ctx, in)
		if err != nil {
			return nil, err //nolint:wrapcheck // the caller explains
		}
		for _, control := range out.OriginAccessControlList.Items {
			if strings.Contains(aws.ToString(control.Description), s.mark) {
				marked[aws.ToString(control.Id)] = true
			}
		}
		if in.Marker = out.OriginAccessControlList.NextMarker; !aws.ToBool(out.OriginAccessControlList.IsTruncated) {
			return marked, nil
		}
	}
}

func (s sweep) accessControls(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	controls, err := s.markedControls(ctx, client)
	if err != nil {
		return err
	}
	for id := range controls {
		found, err := client.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: aws.String(id)})
		if err == nil {
			_, err = client.DeleteOriginAccessControl(ctx, &cloudfront.DeleteOriginAccessControlInput{Id: aws.String(id), IfMatch: found.ETag})
		}
		if hasCode(err, "NoSuchOriginAccessControl") {
			continue
		}
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		s.deleted("origin access control", id)
	}
	return nil
}

func (s sweep) cachePolicies(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	in := &cloudfront.ListCachePoliciesInput{Type: cftypes.CachePolicyTypeCustom}
	for {
		out, err := client.ListCachePolicies(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, item := range out.CachePolicyList.Items {
			if !strings.Contains(aws.ToString(item.CachePolicy.CachePolicyConfig.Comment), s.mark) {
				continue
			}
			if err := s.cachePolicy(ctx, client, item.CachePolicy.Id); err != nil {
				return err
			}
		}
		if in.Marker = out.CachePolicyList.NextMarker; in.Marker == nil {
			return nil
		}
	}
}

func (s sweep) cachePolicy(ctx context.Context, client *cloudfront.Client, id *string) error {
	found, err := client.GetCachePolicy(ctx, &cloudfront.GetCachePolicyInput{Id: id})
	if err == nil {
		_, err = client.DeleteCachePolicy(ctx, &cloudfront.DeleteCachePolicyInput{Id: id, IfMatch: found.ETag})
	}
	if err != nil {
		return absent(err, "NoSuchCachePolicy")
	}
	s.deleted("cache policy", aws.ToString(id))
	return nil
}

func (s sweep) headersPolicies(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	in := &cloudfront.ListResponseHeadersPoliciesInput{Type: cftypes.ResponseHeadersPolicyTypeCustom}
	for {
		out, err := client.ListResponseHeadersPolicies(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, item := range out.ResponseHeadersPolicyList.Items {
			if !strings.Contains(aws.ToString(item.ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Comment), s.mark) {
				continue
			}
			if err := s.headersPolicy(ctx, client, item.ResponseHeadersPolicy.Id); err != nil {
				return err
			}
		}
		if in.Marker = out.ResponseHeadersPolicyList.NextMarker; in.Marker == nil {
			return nil
		}
	}
}

func (s sweep) headersPolicy(ctx context.Context, client *cloudfront.Client, id *string) error {
	found, err := client.GetResponseHeadersPolicy(ctx, &cloudfront.GetResponseHeadersPolicyInput{Id: id})
	if err == nil {
		_, err = client.DeleteResponseHeadersPolicy(ctx, &cloudfront.DeleteResponseHeadersPolicyInput{Id: id, IfMatch: found.ETag})
	}
	if err != nil {
		return absent(err, "NoSuchResponseHeadersPolicy")
	}
	s.deleted("response headers policy", aws.ToString(id))
	return nil
}
