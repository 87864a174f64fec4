package main

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// alone finds no other package: the schema refers to none, so that whoever uses an SDK
// needs no more than Pulumi and this plugin.
type alone struct{}

func (alone) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	return nil, unwanted(name)
}

func (alone) LoadPackageV2(_ context.Context, wanted *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, unwanted(wanted.Name)
}

func (alone) LoadPackageReference(name string, _ *semver.Version) (schema.PackageReference, error) {
	return nil, unwanted(name)
}

func (alone) LoadPackageReferenceV2(_ context.Context, wanted *schema.PackageDescriptor) (schema.PackageReference, error) {
	return nil, unwanted(wanted.Name)
}

func unwanted(name string) error {
	return fmt.Errorf("the schema refers to package %s, and is to refer to none", name) //nolint:err113 // for people
}
