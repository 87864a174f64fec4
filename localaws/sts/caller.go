package sts

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"

	"imagecdn/localaws/api"
)

type identityResult struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}

func (s *Service) getCallerIdentity(r *api.Request, _ url.Values) (any, error) {
	if err := signed(r); err != nil {
		return nil, err
	}
	return identityResult{Arn: r.Caller.ARN, UserID: r.Caller.UserID, Account: r.Caller.Account}, nil
}

// signed refuses a call without credentials: the front lets them through for
// AssumeRoleWithWebIdentity, which needs none.
func signed(r *api.Request) error {
	if !r.Signed {
		return api.RefuseStatus(http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	return nil
}

// Identify implements api.Identifier: the role behind temporary credentials, and
// the user behind any others. What looks handed out here but is not known was
// handed out by another server, or long ago: whoever it was, it is not the user.
func (s *Service) Identify(accessKey string) (api.Caller, error) {
	given, found := s.sessions[accessKey]
	switch {
	case !found && strings.HasPrefix(accessKey, keyPrefix):
		return api.Caller{}, api.ErrUnknownKey
	case !found:
		if user, of, err := s.opts.User(accessKey); of {
			return user, err
		}
		return api.User(), nil
	case s.env.Now().After(given.Expiration):
		return api.Caller{}, api.ErrExpired
	}
	return api.Caller{Account: api.AccountOf(given.ARN), ARN: given.ARN, UserID: given.UserID, Judged: given.Judged, RoleARN: given.RoleARN}, nil
}
