package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	route53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// killRounds is how often the server is killed: a few times, or as often as the
// environment says.
func killRounds(t *testing.T) int {
	t.Helper()
	asked := os.Getenv("LOCALAWS_KILL_ROUNDS")
	if asked == "" {
		return 3
	}
	rounds, err := strconv.Atoi(asked)
	require.NoError(t, err)
	return rounds
}

// killed is a server that is killed and started again on the same state, with
// what it has acknowledged.
type killed struct {
	t       *testing.T
	program string
	flags   []string
	address string
	server  *exec.Cmd
	zone    *string

	mu           sync.Mutex
	records      map[string]bool
	objects      map[string][]byte // nil for one that was deleted
	policies     map[string]bool
	certificates map[string]string // ARN to the certificate that was seen, "" before
}

// TestAKillLosesNothingThatWasAcknowledged kills the server at random moments of
// mixed writes, and compares what is there afterwards with what it had said.
func TestAKillLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	k := &killed{
		t: t, program: program(t), flags: freeAddresses(t), records: map[string]bool{}, objects: map[string][]byte{},
		policies: map[string]bool{}, certificates: map[string]string{},
	}
	k.address = k.flags[0][len("--api="):]
	k.flags = append(k.flags, "--state="+filepath.Join(t.TempDir(), "state"),
		"--issue-delay=0s", "--options-delay=0s", "--deploy-delay=0s", "--record-delay=0s")
	k.start()
	k.prepare()
	for round := range killRounds(t) {
		k.writeUntilKilled(round)
		k.start()
		k.compare()
	}
	require.NoError(t, k.server.Process.Kill())
	_ = k.server.Wait() // it was killed
	assert.NotEmpty(t, k.records, "something was acknowledged")
	assert.NotEmpty(t, k.objects)
}

func (k *killed) start() {
	k.t.Helper()
	k.server = exec.Command(k.program, append([]string{"serve"}, k.flags...)...)
	require.NoError(k.t, k.server.Start())
	server := k.server
	k.t.Cleanup(func() { _ = server.Process.Kill() })
	require.Eventually(k.t, func() bool {
		_, err := health(k.t.Context(), k.address)
		return err == nil
	}, time.Minute, 20*time.Millisecond)
}

func (k *killed) config() aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + k.address), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		HTTPClient:  &http.Client{Timeout: 30 * time.Second},
	}
}

func (k *killed) s3() *s3.Client {
	return s3.NewFromConfig(k.config(), func(o *s3.Options) { o.UsePathStyle = true })
}

func (k *killed) prepare() {
	k.t.Helper()
	ctx := k.t.Context()
	zone, err := route53.NewFromConfig(k.config()).CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
		Name: aws.String("example.com"), CallerReference: aws.String("1"),
	})
	require.NoError(k.t, err)
	k.zone = zone.HostedZone.Id
	_, err = k.s3().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("images")})
	require.NoError(k.t, err)
}

// writeUntilKilled writes from several sides at once. The first write that is not
// acknowledged ends each of them.
func (k *killed) writeUntilKilled(round int) {
	k.t.Helper()
	ctx := k.t.Context()
	var writers sync.WaitGroup
	for kind, write := range map[string]func(context.Context, string) error{
		"record": k.putRecord, "object": k.putObject, "policy": k.createPolicy, "certificate": k.issueCertificate,
	} {
		writers.Go(func() {
			for i := range 250 {
				if write(ctx, fmt.Sprintf("%s-%d-%d", kind, round, i)) != nil {
					return
				}
			}
		})
	}
	time.Sleep(200*time.Millisecond + rand.N(time.Second))
	require.NoError(k.t, k.server.Process.Kill())
	_ = k.server.Wait() // it was killed
	writers.Wait()
}

func (k *killed) note(write func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	write()
}

func (k *killed) upsert(ctx context.Context, name string, kind route53types.RRType, value string) error {
	_, err := route53.NewFromConfig(k.config()).ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: k.zone, ChangeBatch: &route53types.ChangeBatch{Changes: []route53types.Change{{
			Action: route53types.ChangeActionUpsert, ResourceRecordSet: &route53types.ResourceRecordSet{
				Name: &name, Type: kind, TTL: aws.Int64(60), ResourceRecords: []route53types.ResourceRecord{{Value: &value}},
			},
		}}},
	})
	return err
}

func (k *killed) putRecord(ctx context.Context, name string) error {
	err := k.upsert(ctx, name+".example.com.", route53types.RRTypeA, "192.0.2.1")
	if err == nil {
		k.note(func() { k.records[name+".example.com."] = true })
	}
	return err
}

// putObject uploads an object, and deletes every fifth one again.
func (k *killed) putObject(ctx context.Context, key string) error {
	content := bytes.Repeat([]byte(key), 1000)
	_, err := k.s3().PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("images"), Key: &key, Body: bytes.NewReader(content)})
	if err != nil {
		return err
	}
	k.note(func() { k.objects[key] = content })
	if !strings.HasSuffix(key, "0") && !strings.HasSuffix(key, "5") {
		return nil
	}
	_, err = k.s3().DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("images"), Key: &key})
	if err == nil {
		k.note(func() { k.objects[key] = nil })
		return nil
	}
	k.note(func() { delete(k.objects, key) }) // nobody knows
	return err
}

// createPolicy makes a policy and deletes it again, but for the first of a round:
// an account may have few.
func (k *killed) createPolicy(ctx context.Context, name string) error {
	client := cloudfront.NewFromConfig(k.config())
	made, err := client.CreateCachePolicy(ctx, &cloudfront.CreateCachePolicyInput{
		CachePolicyConfig: &cloudfronttypes.CachePolicyConfig{Name: &name, MinTTL: aws.Int64(0)},
	})
	if err != nil {
		return err
	}
	k.note(func() { k.policies[*made.CachePolicy.Id] = true })
	if strings.HasSuffix(name, "-0") {
		return nil
	}
	_, err = client.DeleteCachePolicy(ctx, &cloudfront.DeleteCachePolicyInput{Id: made.CachePolicy.Id, IfMatch: made.ETag})
	if err == nil {
		k.note(func() { k.policies[*made.CachePolicy.Id] = false })
		return nil
	}
	k.note(func() { delete(k.policies, *made.CachePolicy.Id) }) // nobody knows
	return err
}

// issueCertificate has a certificate issued by a read.
func (k *killed) issueCertificate(ctx context.Context, name string) error {
	client := acm.NewFromConfig(k.config())
	requested, err := client.RequestCertificate(ctx, &acm.RequestCertificateInput{
		DomainName: aws.String(name + ".example.com"), ValidationMethod: acmtypes.ValidationMethodDns,
		KeyAlgorithm: acmtypes.KeyAlgorithmEcPrime256v1,
	})
	if err != nil {
		return err
	}
	k.note(func() { k.certificates[*requested.CertificateArn] = "" })
	described, err := client.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: requested.CertificateArn})
	if err != nil {
		return err
	}
	record := described.Certificate.DomainValidationOptions[0].ResourceRecord
	if err := k.upsert(ctx, *record.Name, route53types.RRTypeCname, *record.Value); err != nil {
		return err
	}
	got, err := client.GetCertificate(ctx, &acm.GetCertificateInput{CertificateArn: requested.CertificateArn})
	if err == nil {
		k.note(func() { k.certificates[*requested.CertificateArn] = *got.Certificate })
	}
	return err
}

func (k *killed) compare() {
	k.t.Helper()
	ctx, t := k.t.Context(), k.t
	found := map[string]bool{}
	records := route53.NewListResourceRecordSetsPaginator(route53.NewFromConfig(k.config()), &route53.ListResourceRecordSetsInput{HostedZoneId: k.zone})
	for records.HasMorePages() {
		page, err := records.NextPage(ctx)
		require.NoError(t, err)
		for _, set := range page.ResourceRecordSets {
			found[*set.Name] = true
		}
	}
	for name := range k.records {
		assert.True(t, found[name], name)
	}
	for key, want := range k.objects {
		got, err := k.s3().GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("images"), Key: &key})
		if want == nil {
			assert.Error(t, err, "%s was deleted", key)
			continue
		}
		require.NoError(t, err, key)
		content, err := io.ReadAll(got.Body)
		require.NoError(t, err, key)
		assert.True(t, bytes.Equal(want, content), key)
	}
	for id, there := range k.policies {
		_, err := cloudfront.NewFromConfig(k.config()).GetCachePolicy(ctx, &cloudfront.GetCachePolicyInput{Id: &id})
		assert.Equal(t, there, err == nil, id)
	}
	for arn, want := range k.certificates {
		got, err := acm.NewFromConfig(k.config()).GetCertificate(ctx, &acm.GetCertificateInput{CertificateArn: &arn})
		if want == "" {
			_, err = acm.NewFromConfig(k.config()).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
			assert.NoError(t, err, arn)
			continue
		}
		require.NoError(t, err, arn)
		assert.Equal(t, want, *got.Certificate, "another certificate than the one that was seen")
	}
}
