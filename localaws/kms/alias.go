package kms

import (
	"regexp"
	"strings"
	"time"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
	"imagecdn/localaws/internal/tags"
)

// alias is another name of a key.
type alias struct {
	Key              string // ARN
	Created, Updated time.Time
}

// ownAliases are those of the keys that AWS manages for an account, one for each
// service, and made when it is first asked for.
const ownAliases = "alias/aws/"

// behind is the key of an alias.
func (s *Service) behind(aliasARN string) (*key, error) {
	account := api.AccountOf(aliasARN)
	head, name, _ := strings.Cut(aliasARN, ":"+account+":")
	if s.state.Aliases[aliasARN] == nil && strings.HasPrefix(name, ownAliases) {
		region := head[strings.LastIndex(head, ":")+1:]
		k := s.newKey(account, region, awsOwn, ownPolicy(account, region, strings.TrimPrefix(name, ownAliases)))
		k.Description = "Default key that protects my S3 objects when no other key is defined"
		s.state.Aliases[aliasARN] = &alias{Key: k.arn(), Created: k.Created, Updated: k.Created}
		s.dirty = true
	}
	if a := s.state.Aliases[aliasARN]; a != nil {
		if k := s.there(a.Key); k != nil {
			return k, nil
		}
	}
	return nil, notFound("Alias %s is not found.", aliasARN)
}

type aliasInput struct {
	AliasName   string
	TargetKeyID string `json:"TargetKeyId"`
}

var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

func (s *Service) createAlias(r *api.Request, in *aliasInput) (*nothing, error) {
	if !aliasName.MatchString(in.AliasName) || strings.HasPrefix(in.AliasName, ownAliases) {
		return nil, api.Refuse("InvalidAliasNameException", "%s is not a valid alias name", in.AliasName)
	}
	k, err := s.findLiving(r, in.TargetKeyID)
	if err != nil {
		return nil, err
	}
	name := arn(r.Region, r.Caller.Account, in.AliasName)
	if s.state.Aliases[name] != nil {
		return nil, api.Refuse("AlreadyExistsException", "An alias with the name %s already exists", name)
	}
	s.state.Aliases[name] = &alias{Key: k.arn(), Created: s.env.Now(), Updated: s.env.Now()}
	return &nothing{}, nil
}

func (s *Service) updateAlias(r *api.Request, in *aliasInput) (*nothing, error) {
	a, err := s.aliasOf(r, in.AliasName)
	if err != nil {
		return nil, err
	}
	k, err := s.findLiving(r, in.TargetKeyID)
	if err != nil {
		return nil, err
	}
	a.Key, a.Updated = k.arn(), s.env.Now()
	return &nothing{}, nil
}

func (s *Service) deleteAlias(r *api.Request, in *aliasInput) (*nothing, error) {
	a, err := s.aliasOf(r, in.AliasName)
	if err != nil {
		return nil, err
	}
	if k := s.state.Keys[a.Key]; k != nil {
		if err := s.may(r, k); err != nil {
			return nil, err
		}
	}
	delete(s.state.Aliases, r.Resource)
	return &nothing{}, nil
}

// aliasOf is the alias of a name.
func (s *Service) aliasOf(r *api.Request, name string) (*alias, error) {
	whole := arn(r.Region, r.Caller.Account, name)
	a := s.state.Aliases[whole]
	switch {
	case strings.HasPrefix(name, ownAliases):
		return nil, api.Refuse("InvalidAliasNameException", "%s is AWS's own", name)
	case a == nil:
		return nil, notFound("Alias %s is not found.", whole)
	}
	r.Resource = whole
	return a, nil
}

type aliasesInput struct {
	page

	KeyID string `json:"KeyId"`
}

type aliasEntry struct {
	AliasARN        string `json:"AliasArn"`
	AliasName       string
	TargetKeyID     string `json:"TargetKeyId"`
	CreationDate    float64
	LastUpdatedDate float64
}

type aliasesOutput struct {
	Aliases    []aliasEntry
	NextMarker string `json:",omitempty"`
	Truncated  bool
}

func (s *Service) listAliases(r *api.Request, in *aliasesInput) (*aliasesOutput, error) {
	if err := s.mayAny(r); err != nil {
		return nil, err
	}
	wanted := ""
	if in.KeyID != "" {
		k, err := s.named(r.Caller.Account, r.Region, in.KeyID, false)
		if err != nil {
			return nil, err
		}
		wanted = k.arn()
	}
	out := &aliasesOutput{Aliases: []aliasEntry{}}
	prefix := arn(r.Region, r.Caller.Account, "")
	for whole, a := range s.state.Aliases {
		if name, own := strings.CutPrefix(whole, prefix); own && (wanted == "" || a.Key == wanted) {
			out.Aliases = append(out.Aliases, aliasEntry{
				AliasARN: whole, AliasName: name, TargetKeyID: a.Key[strings.LastIndex(a.Key, "/")+1:],
				CreationDate: seconds(a.Created), LastUpdatedDate: seconds(a.Updated),
			})
		}
	}
	byName := func(e aliasEntry) string { return e.AliasName }
	const most = 100
	var rest []aliasEntry
	out.Aliases, rest = paging.Cut(paging.After(paging.Sort(out.Aliases, byName), byName, in.Marker), in.size(most))
	if len(rest) > 0 {
		out.NextMarker, out.Truncated = byName(out.Aliases[len(out.Aliases)-1]), true
	}
	return out, nil
}

type tagInput struct {
	KeyID   string `json:"KeyId"`
	Tags    []tag
	TagKeys []string
}

type tagsOutput struct {
	Tags      []tag
	Truncated bool
}

func (s *Service) listResourceTags(r *api.Request, in *keyInput) (*tagsOutput, error) {
	k, err := s.find(r, in.KeyID, false)
	if err != nil {
		return nil, err
	}
	out := &tagsOutput{Tags: []tag{}}
	for _, t := range tags.List(k.Tags) {
		out.Tags = append(out.Tags, tag{Key: t.Key, Value: t.Value})
	}
	return out, nil
}

func (s *Service) tagResource(r *api.Request, in *tagInput) (*nothing, error) {
	k, err := s.findLiving(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	all, err := merged(k.Tags, in.Tags)
	if err != nil {
		return nil, err
	}
	k.Tags = all
	return &nothing{}, nil
}

func (s *Service) untagResource(r *api.Request, in *tagInput) (*nothing, error) {
	k, err := s.findLiving(r, in.KeyID)
	if err != nil {
		return nil, err
	}
	for _, name := range in.TagKeys {
		delete(k.Tags, name)
	}
	return &nothing{}, nil
}
