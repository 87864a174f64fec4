package components

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// slowRequest is how long ACM may take to answer a request before people are told what
// that commonly means. It is a variable for the tests.
var slowRequest = 15 * time.Second

// requestCertificate requests the certificate. While ACM does not answer it says what that
// commonly means: the AWS SDK takes a quota that is reached for throttling, and repeats the
// request until it gives up.
func requestCertificate(
	ctx *pulumi.Context, name string, args *acm.CertificateArgs, domains []string, parent pulumi.Resource, opts []pulumi.ResourceOption,
) (*acm.Certificate, error) {
	var pending atomic.Pointer[time.Timer]
	began, err := ctx.RegisterResourceHook(hookName(ctx, name+"-requesting"), func(*pulumi.ResourceHookArgs) error {
		pending.Store(time.AfterFunc(slowRequest, func() {
			_ = ctx.Log.Warn(fmt.Sprintf("ACM has not taken the request for the certificate of %s within %s. Commonly a quota of the account is reached: "+
				"names in a certificate (%d unless raised; this one has %d), or certificates, or certificates in a year. See Service Quotas, "+
				"AWS Certificate Manager, in us-east-1. The request is repeated for about a minute",
				strings.Join(domains, ", "), slowRequest, defaultNamesQuota, len(domains)), &pulumi.LogArgs{Resource: parent})
		}))
		return nil
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("registering the watch on the request of %q: %w", name, err)
	}
	ended, err := ctx.RegisterResourceHook(hookName(ctx, name+"-requested"), func(*pulumi.ResourceHookArgs) error {
		if timer := pending.Load(); timer != nil {
			timer.Stop()
		}
		return nil
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("registering the watch on the request of %q: %w", name, err)
	}
	certificate, err := acm.NewCertificate(ctx, name, args, append(opts, pulumi.ResourceHooks(&pulumi.ResourceHookBinding{
		BeforeCreate: []*pulumi.ResourceHook{began}, AfterCreate: []*pulumi.ResourceHook{ended},
	}))...)
	if err != nil {
		return nil, fmt.Errorf("requesting certificate for %s: %w", strings.Join(domains, ", "), err)
	}
	return certificate, nil
}
