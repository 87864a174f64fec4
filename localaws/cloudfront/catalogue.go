package cloudfront

import (
	"cmp"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"time"

	"imagecdn/localaws/api"
)

// kind is how the API speaks of one kind of thing that has a name and a
// configuration: origin access controls and the three kinds of policies.
type kind struct {
	// name and plural are AWS's: CachePolicy, CachePolicies.
	name, plural string
	// words is how messages speak of one: cache policy.
	words string
	// path is its place in the API.
	path string
	// newID makes ids in AWS's form.
	newID func() string
	// quota is how many an account may have, tooMany the code beyond it.
	quota   int
	tooMany string
	// byReference says that the name is a caller reference: it stays for good,
	// and creating the same once more answers what is there.
	byReference bool
	// missing and used are the codes for one that does not exist, and for one that is in
	// use, where they are not made of the name.
	missing, used string
}

// nameField is how the API calls the name.
func (k kind) nameField() string {
	if k.byReference {
		return "CallerReference"
	}
	return "Name"
}

// item is one thing of a kind, of one account, or of none if AWS manages it. Its configuration is replaced, never changed.
type item[C any] struct {
	ID       string
	Account  string
	ETag     string
	Created  time.Time
	Modified time.Time
	Config   *C
}

// catalogue is what the accounts have of one kind, beside what AWS manages.
type catalogue[C any] struct {
	kind
	now     func() time.Time
	items   map[string]*item[C]
	managed map[string]*item[C]
	// nameOf is the configuration's name, unique in an account.
	nameOf func(*C) string
	// check refuses a configuration that AWS refuses, and fills in defaults.
	check func(*C) error
	// references refuses what refers to something that the account does not have, keeps
	// an update of what cannot be changed; nil for neither.
	references func(account string, c *C) error
	keeps      func(before, after *C) error
	// inUse says whether something else refers to an id.
	inUse func(id string) bool
	// element and list write one, and a page of them.
	element func(*catalogue[C], *item[C]) element
	list    func(c *catalogue[C], account string, p page) element
}

// register adds the operations of the kind.
func (c *catalogue[C]) register(operations map[string]api.Operation) {
	operations["Create"+c.name] = c.create
	operations["Get"+c.name] = c.get
	operations["Get"+c.name+"Config"] = c.getConfig
	operations["Update"+c.name] = c.update
	operations["Delete"+c.name] = c.remove
	operations["List"+c.plural] = c.page
}

// find returns one by id, if it is the account's or managed.
func (c *catalogue[C]) find(account, id string) (*item[C], bool) {
	if it, ok := c.items[id]; ok {
		return it, it.Account == account
	}
	it, ok := c.managed[id]
	return it, ok
}

// exists refuses an id that an account does not see.
func (c *catalogue[C]) exists(account, id string) error {
	if c.config(account, id) == nil {
		return c.noSuch()
	}
	return nil
}

// config is the configuration behind an id as an account sees it, nil if there
// is none.
func (c *catalogue[C]) config(account, id string) *C {
	if it, ok := c.find(account, id); ok {
		return it.Config
	}
	return nil
}

// of are the ids of an account's own.
func (c *catalogue[C]) of(account string) []string {
	var ids []string
	for id, it := range c.items {
		if it.Account == account {
			ids = append(ids, id)
		}
	}
	return ids
}

func (c *catalogue[C]) noSuch() error {
	return api.RefuseStatus(http.StatusNotFound, cmp.Or(c.missing, "NoSuch"+c.name), "The specified %s does not exist.", c.words)
}

// read decodes and checks a configuration. Its name may be taken by own only.
func (c *catalogue[C]) read(r *api.Request, own string) (*C, error) {
	config := new(C)
	if err := decode(r, c.name+"Config", config); err != nil {
		return nil, err
	}
	if c.nameOf(config) == "" {
		return nil, api.Refuse("InvalidArgument", "The parameter %s is required.", c.nameField())
	}
	if err := c.check(config); err != nil {
		return nil, err
	}
	if c.references != nil {
		if err := c.references(r.Caller.Account, config); err != nil {
			return nil, err
		}
	}
	if taken := c.named(r.Caller.Account, c.nameOf(config)); taken != nil && taken.ID != own && !c.repeats(taken, config) {
		return nil, api.RefuseStatus(http.StatusConflict, c.name+"AlreadyExists",
			"The %s %q already exists. You must provide a unique name.", c.words, c.nameOf(config))
	}
	return config, nil
}

// named is the account's own of a name, nil if there is none.
func (c *catalogue[C]) named(account, name string) *item[C] {
	for _, id := range c.of(account) {
		if c.nameOf(c.items[id].Config) == name {
			return c.items[id]
		}
	}
	return nil
}

// repeats says whether a creation is one that was answered before.
func (c *catalogue[C]) repeats(earlier *item[C], config *C) bool {
	return c.byReference && reflect.DeepEqual(earlier.Config, config)
}

func (c *catalogue[C]) create(r *api.Request) (*api.Response, error) {
	config, err := c.read(r, "")
	if err != nil {
		return nil, err
	}
	if earlier := c.named(r.Caller.Account, c.nameOf(config)); earlier != nil {
		return c.created(r, earlier)
	}
	if len(c.of(r.Caller.Account)) >= c.quota {
		return nil, api.Refuse(c.tooMany, "You have reached the maximum of %d: %s.", c.quota, c.plural)
	}
	now := c.now()
	it := &item[C]{ID: c.newID(), Account: r.Caller.Account, ETag: newETag(), Created: now, Modified: now, Config: config}
	c.items[it.ID] = it
	return c.created(r, it)
}

func (c *catalogue[C]) created(r *api.Request, it *item[C]) (*api.Response, error) {
	r.Resource = it.ID
	return answer(http.StatusCreated, c.element(c, it), it.ETag, location(c.path+"/"+it.ID))
}

func (c *catalogue[C]) get(r *api.Request) (*api.Response, error) {
	r.Resource = r.HTTP.PathValue("Id")
	it, ok := c.find(r.Caller.Account, r.Resource)
	if !ok {
		return nil, c.noSuch()
	}
	return answer(http.StatusOK, c.element(c, it), it.ETag, "")
}

func (c *catalogue[C]) getConfig(r *api.Request) (*api.Response, error) {
	r.Resource = r.HTTP.PathValue("Id")
	it, ok := c.find(r.Caller.Account, r.Resource)
	if !ok {
		return nil, c.noSuch()
	}
	return answer(http.StatusOK, element{name: c.name + "Config", content: it.Config}, it.ETag, "")
}

// forChange finds what a call wants to change, and holds the version it was
// made for against the current one.
func (c *catalogue[C]) forChange(r *api.Request) (*item[C], error) {
	r.Resource = r.HTTP.PathValue("Id")
	if _, managed := c.managed[r.Resource]; managed {
		return nil, api.RefuseStatus(http.StatusForbidden, "AccessDenied", "You can't change or delete a managed %s.", c.words)
	}
	it, ok := c.find(r.Caller.Account, r.Resource)
	if !ok {
		return nil, c.noSuch()
	}
	return it, checkVersion(r, it.ETag)
}

func (c *catalogue[C]) update(r *api.Request) (*api.Response, error) {
	it, err := c.forChange(r)
	if err != nil {
		return nil, err
	}
	config, err := c.read(r, it.ID)
	if err != nil {
		return nil, err
	}
	if c.byReference && c.nameOf(config) != c.nameOf(it.Config) {
		return nil, api.Refuse("IllegalUpdate", "The update contains modifications that are not allowed: CallerReference is immutable.")
	}
	if c.keeps != nil {
		if err := c.keeps(it.Config, config); err != nil {
			return nil, err
		}
	}
	it.Config, it.ETag, it.Modified = config, newETag(), c.now()
	return answer(http.StatusOK, c.element(c, it), it.ETag, "")
}

func (c *catalogue[C]) remove(r *api.Request) (*api.Response, error) {
	it, err := c.forChange(r)
	if err != nil {
		return nil, err
	}
	if c.inUse(it.ID) {
		return nil, api.RefuseStatus(http.StatusConflict, cmp.Or(c.used, c.name+"InUse"),
			"Cannot delete the %s because it's in use.", c.words)
	}
	delete(c.items, it.ID)
	return noContent(), nil
}

// page answers the list, of the managed, the custom or both, as Type asks.
func (c *catalogue[C]) page(r *api.Request) (*api.Response, error) {
	var ids []string
	wanted := r.HTTP.URL.Query().Get("Type")
	if wanted != "managed" {
		ids = c.of(r.Caller.Account)
	}
	if wanted != "custom" {
		ids = slices.AppendSeq(ids, maps.Keys(c.managed))
	}
	p, err := paginate(r.HTTP, ids)
	if err != nil {
		return nil, err
	}
	return answer(http.StatusOK, c.list(c, r.Caller.Account, p), "", "")
}

// checkVersion refuses a change that was made for another version.
func checkVersion(r *api.Request, etag string) error {
	switch asked := r.HTTP.Header.Get("If-Match"); asked {
	case etag:
		return nil
	case "":
		return api.Refuse("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.")
	default:
		return api.RefuseStatus(http.StatusPreconditionFailed, "PreconditionFailed",
			"The request failed because it didn't meet the preconditions in one or more request-header fields.")
	}
}

// policyElement is a policy as it is answered.
func policyElement[C any](c *catalogue[C], it *item[C]) element {
	return element{name: c.name, children: []element{
		{name: "Id", content: it.ID},
		{name: "LastModifiedTime", content: it.Modified},
		{name: c.name + "Config", content: it.Config},
	}}
}

// policyList is a page of policies.
func policyList[C any](c *catalogue[C], account string, p page) element {
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		it, _ := c.find(account, id)
		origin := "custom"
		if _, managed := c.managed[id]; managed {
			origin = "managed"
		}
		items = append(items, element{name: c.name + "Summary", children: []element{
			{name: "Type", content: origin},
			policyElement(c, it),
		}})
	}
	return element{name: c.name + "List", children: p.plainList(items)}
}

// plainList is what the lists consist of that only say where the next page begins.
func (p page) plainList(items []element) []element {
	children := []element{
		{name: "MaxItems", content: p.maxItems},
		{name: "Quantity", content: len(items)},
		{name: "Items", children: items},
	}
	if p.nextMarker != "" {
		children = append(children, element{name: "NextMarker", content: p.nextMarker})
	}
	return children
}
