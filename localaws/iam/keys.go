package iam

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"imagecdn/localaws/api"
)

// keysOfUser is how many access keys a user can have.
const keysOfUser = 2

// keyPrefix begins the access keys that IAM hands out here; others are not its.
const keyPrefix = "AKIALOCAL"

func (s *Service) keysOf(p *principal) []*accessKey {
	var found []*accessKey
	for _, k := range s.state.Keys {
		if k.Account == p.Account && k.User == p.Name {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b *accessKey) int { return strings.Compare(a.ID, b.ID) })
	return found
}

func (s *Service) createAccessKey(r *api.Request, form url.Values) (any, error) {
	p, err := s.find(r, form, user)
	if err != nil {
		return nil, err
	}
	if len(s.keysOf(p)) >= keysOfUser {
		return nil, api.RefuseStatus(http.StatusConflict, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: %d", keysOfUser)
	}
	k := &accessKey{ID: keyPrefix + rand.Text()[:11], Account: p.Account, User: p.Name, Status: "Active", Created: s.env.Now()}
	s.state.Keys[k.ID] = k
	return result(r, group("AccessKey", text("UserName", p.Name), text("AccessKeyId", k.ID), text("Status", k.Status),
		text("SecretAccessKey", rand.Text()+rand.Text()[:14]), text("CreateDate", timestamp(k.Created)))), nil
}

func (s *Service) accessKey(r *api.Request, form url.Values) (*accessKey, error) {
	p, err := s.find(r, form, user)
	if err != nil {
		return nil, err
	}
	k := s.state.Keys[form.Get("AccessKeyId")]
	if k == nil || k.Account != p.Account || k.User != p.Name {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchEntity", "The Access Key with id %s cannot be found.", form.Get("AccessKeyId"))
	}
	return k, nil
}

func (s *Service) deleteAccessKey(r *api.Request, form url.Values) (any, error) {
	k, err := s.accessKey(r, form)
	if err != nil {
		return nil, err
	}
	delete(s.state.Keys, k.ID)
	return nil, nil
}

func (s *Service) updateAccessKey(r *api.Request, form url.Values) (any, error) {
	k, err := s.accessKey(r, form)
	if err != nil {
		return nil, err
	}
	if status := form.Get("Status"); status != "Active" && status != "Inactive" {
		return nil, invalid("Value '%s' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]", status)
	}
	k.Status = form.Get("Status")
	return nil, nil
}

func (s *Service) listAccessKeys(r *api.Request, form url.Values) (any, error) {
	p, err := s.find(r, form, user)
	if err != nil {
		return nil, err
	}
	var members []any
	for _, k := range s.keysOf(p) {
		members = append(members, group("member", text("UserName", p.Name), text("AccessKeyId", k.ID), text("Status", k.Status),
			text("CreateDate", timestamp(k.Created))))
	}
	return result(r, list("AccessKeyMetadata", members)...), nil
}
