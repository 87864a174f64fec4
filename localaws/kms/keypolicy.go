package kms

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"imagecdn/localaws/api"
	"imagecdn/localaws/policy"
)

// policyName is the only one that a key's policy can have.
const policyName = "default"

// maxPolicy is the largest policy of a key, in bytes ("Quotas" in the AWS KMS
// Developer Guide). White space is counted here; AWS does not say.
const maxPolicy = 32 << 10

// defaultPolicy leaves a key to the IAM policies of its account.
func defaultPolicy(account string) string {
	return `{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",` +
		`"Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}]}`
}

// ownPolicy lets who is authorized to use a service use AWS's key for it, by that
// service alone, and everybody in the account look at the key.
func ownPolicy(account, region, service string) string {
	return `{"Version":"2012-10-17","Id":"auto-` + service + `","Statement":[{"Sid":"Allow access through the service for all principals in the account",` +
		`"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],` +
		`"Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"` + account + `","kms:ViaService":"` + service + `.` + region + `.amazonaws.com"}}},` +
		`{"Sid":"Allow direct access to key metadata to the account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},` +
		`"Action":["kms:Describe*","kms:Get*","kms:List*"],"Resource":"*"}]}`
}

type policyInput struct {
	KeyID                          string `json:"KeyId"`
	PolicyName                     string
	Policy                         string
	BypassPolicyLockoutSafetyCheck bool
}

type policyOutput struct{ Policy, PolicyName string }

// getKeyPolicy gives a policy back as KMS writes it, which is not as it was put.
func (s *Service) getKeyPolicy(r *api.Request, in *policyInput) (*policyOutput, error) {
	k, err := s.find(r, in.KeyID, false)
	if err != nil {
		return nil, err
	}
	if in.PolicyName != "" && in.PolicyName != policyName {
		return nil, notFound("No such policy exists")
	}
	text, err := policy.Normalise([]byte(k.policyLag.Read(s.env, k.Policy)), func(p policy.Principal) policy.Principal {
		return s.resolved(k, p)
	})
	if err != nil {
		return nil, fmt.Errorf("writing the policy of %s: %w", k.arn(), err)
	}
	return &policyOutput{Policy: string(policy.Spread(text)), PolicyName: policyName}, nil
}

func (s *Service) putKeyPolicy(r *api.Request, in *policyInput) (*nothing, error) {
	k, err := s.find(r, in.KeyID, false)
	if err != nil {
		return nil, err
	}
	if in.PolicyName != "" && in.PolicyName != policyName {
		return nil, notFound("No such policy exists")
	}
	ids, err := s.checkPolicy(r, k, in.Policy, in.BypassPolicyLockoutSafetyCheck)
	if err != nil {
		return nil, err
	}
	k.policyLag.Change(s.env, k.Policy)
	k.Policy, k.PrincipalIDs = in.Policy, ids
	return &nothing{}, nil
}

type policiesOutput struct {
	PolicyNames []string
	Truncated   bool
}

func (s *Service) listKeyPolicies(r *api.Request, in *keyInput) (*policiesOutput, error) {
	if _, err := s.find(r, in.KeyID, false); err != nil {
		return nil, err
	}
	return &policiesOutput{PolicyNames: []string{policyName}}, nil
}

// checkPolicy refuses a policy that KMS does not take, and one by which the caller
// would lock himself out; the key is nil for a new one. It returns the unique ids of the users and roles that the
// policy names.
func (s *Service) checkPolicy(r *api.Request, k *key, text string, bypass bool) (map[string]string, error) {
	if len(text) > maxPolicy {
		return nil, api.Refuse("LimitExceededException", "The policy is longer than %d bytes", maxPolicy)
	}
	d, err := policy.ParseKey([]byte(text))
	if err != nil {
		return nil, api.Refuse("MalformedPolicyDocumentException", "%v", err)
	}
	ids := map[string]string{}
	for _, statement := range d.Statements {
		for _, p := range statement.Principals {
			id, known := s.opts.PrincipalID(p.Value)
			if known {
				ids[p.Value] = id
			} else if s.env.Quotas().Permissions && ofIAM.MatchString(p.Value) {
				return nil, api.Refuse("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
			}
		}
	}
	again := s.request(r, k)
	again.Action = "kms:PutKeyPolicy"
	if !bypass && d.Evaluate(again) != policy.Allow {
		return nil, api.Refuse("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")
	}
	return ids, nil
}

// ofIAM are the ARNs of users and roles.
var ofIAM = regexp.MustCompile(`^arn:aws:iam::\d{12}:(user|role)/`)

// resolved is a principal as it is now: a user or role that is gone has its unique
// id, by which nobody is let in any more.
func (s *Service) resolved(k *key, p policy.Principal) policy.Principal {
	id, was := k.PrincipalIDs[p.Value]
	if now, _ := s.opts.PrincipalID(p.Value); was && now != id {
		p.Value = id
	}
	return p
}

// document is the policy of a key as it counts now.
func (s *Service) document(k *key) *policy.Document {
	d, err := policy.ParseKey([]byte(k.policyLag.Read(s.env, k.Policy)))
	if err != nil {
		return &policy.Document{} // cannot happen: it was checked
	}
	for i := range d.Statements {
		for j, p := range d.Statements[i].Principals {
			d.Statements[i].Principals[j] = s.resolved(k, p)
		}
	}
	return d
}

// request is what a call asks for, of a key or, with nil, of none.
func (s *Service) request(r *api.Request, k *key) policy.Request {
	resource := "*"
	if k != nil {
		resource = k.arn()
	}
	caller := policy.Caller{Kind: "AWS", Value: r.Caller.ARN, Session: r.Caller.ARN, Account: r.Caller.Account}
	request := policy.Request{Caller: caller, Action: "kms:" + r.Operation, Resource: resource, Context: map[string][]string{
		"aws:principalaccount": {r.Caller.Account}, "aws:principaltype": {r.Caller.Kind()}, "aws:requestedregion": {r.Region},
		"aws:principalisawsservice": {"false"}, "aws:securetransport": {"true"}, "kms:calleraccount": {r.Caller.Account},
	}}
	if role := r.Caller.Role(); role != "" {
		request.Caller.Value, request.Unjudged = role, policy.SessionKeys
	}
	request.Context["aws:principalarn"] = []string{request.Caller.Value}
	return request
}

// mayAny refuses a call about no key whose caller's own policies do not allow it.
func (s *Service) mayAny(r *api.Request) error {
	request := s.request(r, nil)
	if s.opts.Decide(r.Caller, request) == policy.Allow {
		return nil
	}
	return denied(request, "because no identity-based policy allows the "+request.Action+" action")
}

// acrossAccounts are the operations that take a key of another account ("AWS KMS
// permissions" in the AWS KMS Developer Guide).
var acrossAccounts = []string{"DescribeKey", "GetKeyRotationStatus"}

// may refuses a call about a key that the caller has no permission for.
func (s *Service) may(r *api.Request, k *key) error {
	request := s.request(r, k)
	if k.Account != r.Caller.Account && !slices.Contains(acrossAccounts, r.Operation) {
		return denied(request, "because the resource does not exist in this Region, no resource-based policies allow access, "+
			"or a resource-based policy explicitly denies access")
	}
	return s.permit(k, request, s.opts.Decide(r.Caller, request))
}

// permit decides about a key ("Determining access to AWS KMS keys"): its policy
// must let the caller in, by naming him, or by naming his account where his own
// policies allow it too. Within the account the own policies alone are not enough.
func (s *Service) permit(k *key, r policy.Request, own policy.Decision) error {
	d := s.document(k)
	theirs := d.Evaluate(r)
	switch {
	case theirs == policy.Deny:
		return denied(r, "with an explicit deny in a resource-based policy")
	case own == policy.Deny:
		return denied(r, "with an explicit deny in an identity-based policy")
	case theirs != policy.Allow:
		why := []string{"because no resource-based policy allows the " + r.Action + " action"}
		for _, key := range d.Unjudged(r) {
			why = append(why, "the embedded AWS cannot judge the condition key "+key)
		}
		return denied(r, strings.Join(why, "; "))
	case own == policy.Allow, r.Caller.Account == k.Account && d.Evaluate(r.Direct()) == policy.Allow:
		return nil
	}
	return denied(r, "because no identity-based policy allows the "+r.Action+" action")
}

func denied(r policy.Request, why string) error {
	return api.Refuse("AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s %s",
		cmp.Or(r.Caller.Session, r.Caller.Value), r.Action, r.Resource, why)
}
