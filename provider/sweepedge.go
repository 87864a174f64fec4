package provider

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
)

func (s sweep) keyGroups(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	in := &cloudfront.ListKeyGroupsInput{}
	for {
		out, err := client.ListKeyGroups(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, item := range out.KeyGroupList.Items {
			if !strings.Contains(aws.ToString(item.KeyGroup.KeyGroupConfig.Comment), s.mark) {
				continue
			}
			found, err := client.GetKeyGroup(ctx, &cloudfront.GetKeyGroupInput{Id: item.KeyGroup.Id})
			if err == nil {
				_, err = client.DeleteKeyGroup(ctx, &cloudfront.DeleteKeyGroupInput{Id: item.KeyGroup.Id, IfMatch: found.ETag})
			}
			if err := s.swept("key group", item.KeyGroup.Id, err, "NoSuchResource"); err != nil {
				return err
			}
		}
		if in.Marker = out.KeyGroupList.NextMarker; in.Marker == nil {
			return nil
		}
	}
}

func (s sweep) publicKeys(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	in := &cloudfront.ListPublicKeysInput{}
	for {
		out, err := client.ListPublicKeys(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, item := range out.PublicKeyList.Items {
			if !strings.Contains(aws.ToString(item.Comment), s.mark) {
				continue
			}
			found, err := client.GetPublicKey(ctx, &cloudfront.GetPublicKeyInput{Id: item.Id})
			if err == nil {
				_, err = client.DeletePublicKey(ctx, &cloudfront.DeletePublicKeyInput{Id: item.Id, IfMatch: found.ETag})
			}
			if err := s.swept("public key", item.Id, err, "NoSuchPublicKey"); err != nil {
				return err
			}
		}
		if in.Marker = out.PublicKeyList.NextMarker; in.Marker == nil {
			return nil
		}
	}
}

// swept tells of a deletion, unless the thing was gone already.
func (s sweep) swept(what string, id *string, err error, gone string) error {
	if err != nil {
		return absent(err, gone)
	}
	s.deleted(what, aws.ToString(id))
	return nil
}

func (s sweep) functions(ctx context.Context) error {
	client, err := s.owner.cloudfront(ctx)
	if err != nil {
		return err
	}
	in := &cloudfront.ListFunctionsInput{}
	for {
		out, err := client.ListFunctions(ctx, in)
		if err != nil {
			return err //nolint:wrapcheck // the caller explains
		}
		for _, item := range out.FunctionList.Items {
			if !strings.Contains(aws.ToString(item.FunctionConfig.Comment), s.mark) {
				continue
			}
			found, err := client.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: item.Name})
			if err == nil {
				_, err = client.DeleteFunction(ctx, &cloudfront.DeleteFunctionInput{Name: item.Name, IfMatch: found.ETag})
			}
			if err := s.swept("function", item.Name, err, "NoSuchFunctionExists"); err != nil {
				return err
			}
		}
		if in.Marker = out.FunctionList.NextMarker; in.Marker == nil {
			return nil
		}
	}
}
