package wafv2

import (
	"fmt"

	"github.com/google/uuid"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
)

// entity is what web ACLs and IP sets have in common.
type entity struct {
	ARN         string
	ID          string
	Name        string
	Scope       string
	Account     string
	Region      string
	Description string
	LockToken   string
	Tags        map[string]string `json:",omitempty"`
}

// newEntity is one that a call makes; kind is as in ARNs.
func newEntity(r *api.Request, kind string, id identity, tags map[string]string) entity {
	e := entity{
		ID: uuid.NewString(), Name: id.Name, Scope: id.Scope, Account: r.Caller.Account, Region: r.Region,
		Description: id.Description, LockToken: uuid.NewString(), Tags: tags,
	}
	e.ARN = fmt.Sprintf("arn:aws:wafv2:%s:%s:%s/%s/%s/%s", e.Region, e.Account, level(e.Scope), kind, e.Name, e.ID)
	r.Resource = e.ARN
	return e
}

func (e *entity) base() *entity { return e }

// visibleTo says whether a call sees the entity: it is of its account and region.
func (e *entity) visibleTo(r *api.Request) bool {
	return e.Account == r.Caller.Account && e.Region == r.Region
}

func (e *entity) summary() summary {
	return summary{ARN: e.ARN, Description: e.Description, LockToken: e.LockToken, Name: e.Name, ID: e.ID}
}

// based is a kind of entity.
type based interface {
	comparable
	base() *entity
}

// named is the entity of a name that a call sees, nil for none.
func named[E based](r *api.Request, all map[string]E, scope, name string) (none E) {
	for _, e := range all {
		if b := e.base(); b.visibleTo(r) && b.Scope == scope && b.Name == name {
			return e
		}
	}
	return none
}

// find is the entity that a call names by name, id and scope.
func find[E based](r *api.Request, all map[string]E, id identity) (none E, err error) {
	if err := checkScope(r, id.Scope); err != nil {
		return none, err
	}
	e := named(r, all, id.Scope, id.Name)
	if e == none || e.base().ID != id.ID {
		return none, nonexistent()
	}
	r.Resource = e.base().ARN
	return e, nil
}

// listed is the page of those of a scope that a call sees and that satisfy is, by
// name. The marker is the last name of the page before.
func listed[E based](r *api.Request, all map[string]E, in *listInput, is func(E) bool) (page []E, next string, err error) {
	if err := checkScope(r, in.Scope); err != nil {
		return nil, "", err
	}
	var seen []E
	for _, e := range all {
		if b := e.base(); b.visibleTo(r) && b.Scope == in.Scope && is(e) {
			seen = append(seen, e)
		}
	}
	byName := func(e E) string { return e.base().Name }
	page, rest := paging.Cut(paging.After(paging.Sort(seen, byName), byName, in.NextMarker), in.size())
	if len(rest) > 0 {
		next = byName(page[len(page)-1])
	}
	return page, next, nil
}

// summaries are those of entities.
func summaries[E based](page []E) []summary {
	list := []summary{}
	for _, e := range page {
		list = append(list, e.base().summary())
	}
	return list
}

// every is satisfied by each.
func every[E based](E) bool { return true }
