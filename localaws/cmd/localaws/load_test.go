package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// loadTime is how long each load lasts: a moment, or as long as the environment says.
func loadTime(t *testing.T) time.Duration {
	t.Helper()
	asked := os.Getenv("LOCALAWS_LOAD")
	if asked == "" {
		return time.Second
	}
	d, err := time.ParseDuration(asked)
	require.NoError(t, err)
	return d
}

// mostMemory is what the server may take under load, in MB.
const mostMemory = 800

// TestTheServerBearsALoad asks the edge and the API from many sides at once, and
// says how fast they answer and what memory the server takes.
func TestTheServerBearsALoad(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state")
	k := &killed{t: t, program: program(t), flags: freeAddresses(t)}
	k.address = k.flags[0][len("--api="):]
	edge := k.flags[1][len("--https="):]
	k.flags = append(k.flags, "--state="+state, "--deploy-delay=0s", "--record-delay=0s")
	k.start()
	k.prepare()
	viewer := k.viewer(edge, filepath.Join(state, "ca", "root.pem"))
	host := k.serveImages()

	loads := []struct {
		name string
		call func(ctx context.Context, i int) error
	}{
		{"the edge, an image of 100 KB from the cache", func(ctx context.Context, i int) error {
			return get(ctx, viewer, "https://"+host+"/"+strconv.Itoa(i%10))
		}},
		{"the edge, an image that it must fetch", func(ctx context.Context, i int) error {
			return get(ctx, viewer, "https://"+host+"/"+strconv.Itoa(i%10)+"?"+strconv.Itoa(i))
		}},
		{"S3, an image read", func(ctx context.Context, i int) error {
			got, err := k.s3().GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("images"), Key: aws.String(strconv.Itoa(i % 10))})
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, got.Body)
			return err
		}},
		{"S3, an image written", func(ctx context.Context, i int) error {
			_, err := k.s3().PutObject(ctx, &s3.PutObjectInput{
				Bucket: aws.String("images"), Key: aws.String("new/" + strconv.Itoa(i%1000)), Body: bytes.NewReader(make([]byte, 10_000)),
			})
			return err
		}},
		{"Route 53, a record changed", func(ctx context.Context, i int) error {
			return k.upsert(ctx, fmt.Sprintf("n%d.example.com.", i%1000), route53types.RRTypeA, "192.0.2.1")
		}},
	}
	for _, l := range loads {
		took := press(t, loadTime(t), l.call)
		t.Logf("%s: %d a second, p50 %s, p99 %s, memory %d MB", l.name, int(float64(len(took))/loadTime(t).Seconds()),
			took[len(took)/2].Round(10*time.Microsecond), took[len(took)*99/100].Round(10*time.Microsecond), memory(t, k.server.Process.Pid))
		assert.Less(t, memory(t, k.server.Process.Pid), mostMemory, l.name)
	}
	require.NoError(t, k.server.Process.Kill())
	_ = k.server.Wait() // it was killed
}

// press makes calls from eight sides for a time, and returns how long each took,
// in order. None may fail.
func press(t *testing.T, lasts time.Duration, call func(ctx context.Context, i int) error) []time.Duration {
	t.Helper()
	var (
		mu   sync.Mutex
		all  []time.Duration
		busy sync.WaitGroup
	)
	end := time.Now().Add(lasts)
	for side := range 8 {
		busy.Go(func() {
			var took []time.Duration
			for i := side; time.Now().Before(end); i += 8 {
				started := time.Now()
				if err := call(t.Context(), i); !assert.NoError(t, err) {
					return
				}
				took = append(took, time.Since(started))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	busy.Wait()
	require.NotEmpty(t, all)
	slices.Sort(all)
	return all
}

func get(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is answered %s", url, answer.Status)
	}
	return err
}

// viewer is a client that reaches every host at the edge.
func (k *killed) viewer(edge, root string) *http.Client {
	k.t.Helper()
	pem, err := os.ReadFile(root)
	require.NoError(k.t, err)
	roots := x509.NewCertPool()
	require.True(k.t, roots.AppendCertsFromPEM(pem))
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true, DisableCompression: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, edge)
		},
	}}
}

// serveImages uploads ten images and returns the domain of a distribution of them,
// which has the query in its cache key.
func (k *killed) serveImages() string {
	k.t.Helper()
	ctx, t := k.t.Context(), k.t
	for i := range 10 {
		_, err := k.s3().PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String("images"), Key: aws.String(strconv.Itoa(i)), Body: bytes.NewReader(make([]byte, 100_000)),
		})
		require.NoError(t, err)
	}
	client := cloudfront.NewFromConfig(k.config())
	control, err := client.CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: &types.OriginAccessControlConfig{
			Name: aws.String("images"), OriginAccessControlOriginType: "s3", SigningBehavior: "always", SigningProtocol: "sigv4",
		},
	})
	require.NoError(t, err)
	made, err := client.CreateDistribution(ctx, &cloudfront.CreateDistributionInput{DistributionConfig: &types.DistributionConfig{
		CallerReference: aws.String("1"), Comment: aws.String(""), Enabled: aws.Bool(true),
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: aws.String("b"), DomainName: aws.String("images.s3.us-east-1.amazonaws.com"), OriginAccessControlId: control.OriginAccessControl.Id,
			S3OriginConfig: &types.S3OriginConfig{OriginAccessIdentity: aws.String("")},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: aws.String("b"), ViewerProtocolPolicy: "https-only", MinTTL: aws.Int64(60),
			ForwardedValues: &types.ForwardedValues{QueryString: aws.Bool(true), Cookies: &types.CookiePreference{Forward: "none"}},
		},
	}})
	require.NoError(t, err)
	_, err = k.s3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String("images"), Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",` +
			`"Resource":"arn:aws:s3:::images/*","Condition":{"StringEquals":{"AWS:SourceArn":"` + *made.Distribution.ARN + `"}}}]}`)})
	require.NoError(t, err)
	return *made.Distribution.DomainName
}

// memory is what a process holds, in MB.
func memory(t *testing.T, pid int) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
	require.NoError(t, err)
	kilobytes, err := strconv.Atoi(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	return kilobytes / 1024
}
