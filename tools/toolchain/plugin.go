package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// awsVersion is the version of pulumi-aws, and terraformVersion that of the Terraform provider that it is made of.
const (
	awsVersion       = "6.83.2"
	terraformVersion = "5.100.0"
)

// The files of the plugin. The stand-in finds the others beside itself. The bridge wants the Terraform provider to be
// called terraform-provider-aws; that is a link to the stand-in, which becomes the real one and dies with its parent.
const (
	pluginFile   = "pulumi-resource-aws"
	bridgeFile   = "pulumi-resource-terraform-provider"
	launcherFile = "terraform-provider-aws"
	providerFile = "terraform-provider-aws_v" + terraformVersion + "_x5"
)

const (
	// answerTime is how long the plugin's download may take to begin: without Internet the CLI tries again and again.
	answerTime = 8 * time.Second
	// downloadTime is how long it may take to end.
	downloadTime = 15 * time.Minute
)

// awsPlugin makes the AWS plugin ready: the real one if it can be had, else the stand-in.
func (t toolchain) awsPlugin(ctx context.Context, cli string) error {
	dir := t.checkout.plugin()
	if exists(filepath.Join(dir, bridgeFile)) { // the stand-in is there already
		return t.standIn(ctx)
	}
	if exists(filepath.Join(dir, pluginFile)) { // so is the real one
		return nil
	}
	installErr := t.progress("installing the AWS plugin "+awsVersion, func() error { return t.install(ctx, cli) })
	if installErr == nil || ctx.Err() != nil {
		return installErr
	}
	if os.Getenv(genuineOnly) != "" {
		return fmt.Errorf("the AWS plugin %s cannot be downloaded here, and %s lets nothing take its place: %w", awsVersion, genuineOnly, installErr)
	}
	fmt.Fprintln(t.out, "the AWS plugin cannot be downloaded here: building one in front of the Terraform provider")
	if err := t.standIn(ctx); err != nil {
		if errors.Is(err, errNoProvider) {
			return fmt.Errorf("no AWS plugin: it cannot be downloaded here, and %w", err)
		}

		return err
	}

	return nil
}

// install has the CLI download the real plugin.
func (t toolchain) install(ctx context.Context, cli string) error {
	ctx, cancel := context.WithTimeout(ctx, downloadTime)
	defer cancel()
	unanswered := time.AfterFunc(answerTime, cancel)
	defer unanswered.Stop()
	err := t.run(ctx, &signOfLife{text: "Downloading plugin", seen: func() { unanswered.Stop() }}, t.settings(),
		cli, "plugin", "install", "resource", "aws", awsVersion)
	if err == nil {
		return nil
	}
	dir := t.checkout.plugin() // what is left of the attempt would make the CLI distrust what comes after it
	for _, remains := range []string{dir, dir + ".partial", dir + ".lock"} {
		if removeErr := os.RemoveAll(remains); removeErr != nil {
			err = errors.Join(err, removeErr)
		}
	}

	return err
}

// standIn builds the stand-in and puts it where the CLI looks for the plugin.
func (t toolchain) standIn(ctx context.Context) error {
	dir := t.checkout.plugin()
	provider := filepath.Join(dir, providerFile)
	if !exists(provider) {
		found, err := findProvider(os.Getenv, platform())
		if err != nil {
			return err
		}
		if err := link(found, provider); err != nil {
			return err
		}
	}
	for _, p := range []program{
		{module: "terraform-bridge", pkg: "tool", target: filepath.Join(dir, bridgeFile), about: "about 2 minutes"},
		{module: pluginFile, pkg: ".", target: filepath.Join(dir, pluginFile), about: "about a minute"},
	} {
		if err := t.build(ctx, p); err != nil {
			return err
		}
	}

	return link(pluginFile, filepath.Join(dir, launcherFile))
}

// described is which AWS plugin is in use.
func (c checkout) described() string {
	if exists(filepath.Join(c.plugin(), bridgeFile)) {
		return "the stand-in for pulumi-aws " + awsVersion + " (tools/README.md), in front of Terraform's provider " + terraformVersion
	}

	return "pulumi-aws " + awsVersion
}

// link makes a link, or leaves the one that is right.
func link(target, at string) error {
	if now, err := os.Readlink(at); err == nil && now == target {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		return fmt.Errorf("making room for %s: %w", at, err)
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replacing %s: %w", at, err)
	}
	if err := os.Symlink(target, at); err != nil {
		return fmt.Errorf("linking %s: %w", at, err)
	}

	return nil
}

func platform() string { return runtime.GOOS + "_" + runtime.GOARCH }
