package sts

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// How long a session can last, and lasts unless asked.
const (
	shortestSession = 15 * time.Minute
	defaultSession  = time.Hour
	longestRole     = 12 * time.Hour
	longestSession  = 36 * time.Hour
)

var (
	roleARN     = regexp.MustCompile(`^arn:aws:iam::(\d{12}):role/(?:[\w+=,.@/-]*/)?([\w+=,.@-]{1,64})$`)
	sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

type credentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

type assumedRoleUser struct {
	AssumedRoleID string `xml:"AssumedRoleId"`
	Arn           string
}

type assumeRoleResult struct {
	XMLName         xml.Name `xml:"AssumeRoleResult"`
	Credentials     credentials
	AssumedRoleUser assumedRoleUser
}

type webIdentityResult struct {
	XMLName         xml.Name `xml:"AssumeRoleWithWebIdentityResult"`
	Credentials     credentials
	AssumedRoleUser assumedRoleUser
	Subject         string `xml:"SubjectFromWebIdentityToken"`
	Provider        string
	Audience        string
}

type sessionTokenResult struct {
	XMLName     xml.Name `xml:"GetSessionTokenResult"`
	Credentials credentials
}

func (s *Service) assumeRole(r *api.Request, form url.Values) (any, error) {
	if err := signed(r); err != nil {
		return nil, err
	}
	role, given, err := s.role(r, form, Assumption{ExternalID: form.Get("ExternalId")})
	if err != nil {
		return nil, err
	}
	return assumeRoleResult{Credentials: given, AssumedRoleUser: role}, nil
}

func (s *Service) assumeRoleWithWebIdentity(r *api.Request, form url.Values) (any, error) {
	claims, err := readToken(form.Get("WebIdentityToken"))
	if err != nil {
		return nil, err
	}
	role, given, err := s.role(r, form, Assumption{Provider: claims.Issuer, Subject: claims.Subject, Audience: claims.audience()})
	if err != nil {
		return nil, err
	}
	return webIdentityResult{
		Credentials: given, AssumedRoleUser: role,
		Subject: claims.Subject, Provider: claims.Issuer, Audience: claims.audience(),
	}, nil
}

func (s *Service) getSessionToken(r *api.Request, form url.Values) (any, error) {
	if err := signed(r); err != nil {
		return nil, err
	}
	const lifetime = 12 * time.Hour
	duration, err := duration(form, lifetime, longestSession)
	if err != nil {
		return nil, err
	}
	return sessionTokenResult{Credentials: s.handOut(session{ARN: r.Caller.ARN, UserID: r.Caller.UserID, Judged: r.Caller.Judged}, duration)}, nil
}

// role makes a session of the role that a call asks for. The ARN says whose the
// caller is from now on.
func (s *Service) role(r *api.Request, form url.Values, a Assumption) (assumedRoleUser, credentials, error) {
	arn, name := form.Get("RoleArn"), form.Get("RoleSessionName")
	r.Resource = arn
	parts := roleARN.FindStringSubmatch(arn)
	if parts == nil {
		return assumedRoleUser{}, credentials{}, api.Refuse("ValidationError", "%s is invalid", arn)
	}
	if !sessionName.MatchString(name) {
		return assumedRoleUser{}, credentials{}, api.Refuse("ValidationError", "1 validation error detected: Value '%s' at "+
			`'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`, name)
	}
	lifetime, err := duration(form, defaultSession, longestRole)
	if err != nil {
		return assumedRoleUser{}, credentials{}, err
	}
	a.RoleARN, a.SessionName, a.Duration = arn, name, lifetime
	a.Restricted = form.Has("Policy") || form.Has("PolicyArns.member.1.arn")
	role, err := s.opts.Assume(r, a)
	if err != nil {
		return assumedRoleUser{}, credentials{}, err
	}
	user := assumedRoleUser{
		AssumedRoleID: cmp.Or(role.ID, "AROALOCALAWSROLE00000") + ":" + name,
		Arn:           "arn:aws:sts::" + parts[1] + ":assumed-role/" + parts[2] + "/" + name,
	}
	return user, s.handOut(session{ARN: user.Arn, UserID: user.AssumedRoleID, Judged: true, RoleARN: arn}, lifetime), nil
}

func duration(form url.Values, standard, longest time.Duration) (time.Duration, error) {
	asked := form.Get("DurationSeconds")
	if asked == "" {
		return standard, nil
	}
	seconds, err := strconv.Atoi(asked)
	d := time.Duration(seconds) * time.Second
	if err != nil || d < shortestSession || d > longest {
		return 0, api.Refuse("ValidationError", "1 validation error detected: Value '%s' at 'durationSeconds' failed to "+
			"satisfy constraint: Member must have value between %d and %d", asked, int(shortestSession.Seconds()), int(longest.Seconds()))
	}
	return d, nil
}

// keyPrefix begins the access keys handed out here: ASIA is AWS's for temporary ones.
const keyPrefix = "ASIALOCAL"

// handOut makes credentials for a session. Nothing checks the secret.
func (s *Service) handOut(given session, lifetime time.Duration) credentials {
	key := keyPrefix + rand.Text()[:11]
	given.Expiration = s.env.Now().Add(lifetime).UTC().Truncate(time.Second)
	s.sessions[key] = given
	return credentials{
		AccessKeyID: key, SecretAccessKey: rand.Text() + rand.Text()[:14], SessionToken: rand.Text() + rand.Text(),
		Expiration: given.Expiration.Format(time.RFC3339),
	}
}

// claims are what is read of a web identity token.
type claims struct {
	Subject  string          `json:"sub"`
	Issuer   string          `json:"iss"`
	Audience json.RawMessage `json:"aud"`
}

// audience is the first audience: a token has one, or a list.
func (c claims) audience() string {
	var one string
	if json.Unmarshal(c.Audience, &one) == nil {
		return one
	}
	var several []string
	if json.Unmarshal(c.Audience, &several) == nil && len(several) > 0 {
		return several[0]
	}
	return ""
}

// readToken reads a JSON web token. Its signature is not checked: there is no
// identity provider to check it with.
func readToken(token string) (claims, error) {
	refusal := api.Refuse("InvalidIdentityToken", "The web identity token that was passed is not a JSON web token with a subject.")
	parts := strings.Split(token, ".")
	const partsOfToken = 3
	if len(parts) != partsOfToken {
		return claims{}, refusal
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return claims{}, refusal
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil || c.Subject == "" {
		return claims{}, refusal
	}
	return c, nil
}
