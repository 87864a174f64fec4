package sts

import (
	"encoding/xml"
	"net/http"
	"net/url"

	"imagecdn/localaws/api"
)

// The user that every caller without temporary credentials is.
const (
	userName = "local"
	userID   = "AIDALOCALAWSUSER00000"
)

type identityResult struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}

func (s *Service) getCallerIdentity(r *api.Request, _ url.Values) (any, error) {
	caller, err := s.caller(r)
	if err != nil {
		return nil, err
	}
	return identityResult{Arn: caller.ARN, UserID: caller.UserID, Account: api.AccountID}, nil
}

// caller is who makes a call: the role behind temporary credentials, or the user.
func (s *Service) caller(r *api.Request) (session, error) {
	if !r.Signed {
		return session{}, api.RefuseStatus(http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	temporary, found := s.sessions[accessKey(r)]
	if !found {
		return session{ARN: "arn:aws:iam::" + api.AccountID + ":user/" + userName, UserID: userID}, nil
	}
	if s.env.Now().After(temporary.Expiration) {
		return session{}, api.RefuseStatus(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
	}
	return temporary, nil
}
