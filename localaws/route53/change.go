package route53

import (
	"maps"
	"net/http"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// change is a submitted change: PENDING until it has reached DNS.
type change struct {
	ID          string
	Account     string
	Comment     string `json:",omitempty"`
	SubmittedAt time.Time
	InSync      bool
	// Edits are what DNS is still to hear of.
	Edits []edit `json:",omitempty"`
}

// edit puts a record set at a key, or removes what is there.
type edit struct {
	Key string
	Set *recordSet `json:",omitempty"`
}

func put(r recordSet) edit { return edit{Key: r.key(), Set: &r} }

func (e edit) apply(rs records) {
	if e.Set == nil {
		delete(rs, e.Key)
		return
	}
	rs[e.Key] = *e.Set
}

func (c *change) info() changeInfo {
	info := changeInfo{
		ID: "/change/" + c.ID, Status: "PENDING", Comment: c.Comment,
		SubmittedAt: c.SubmittedAt.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	if c.InSync {
		info.Status = "INSYNC"
	}
	return info
}

// newChange is a change with nothing to wait for.
func (s *Service) newChange(account, comment string) *change {
	c := &change{ID: "C" + randomID(), Account: account, Comment: comment, SubmittedAt: s.env.Now(), InSync: true}
	s.state.Changes[c.ID] = c
	return c
}

// submit makes edits in a zone at once, and has DNS hear of them later. The
// answer to the submission always says PENDING, as AWS's does.
func (s *Service) submit(z *zone, comment string, edits []edit) *change {
	z.listed.Change(s.env, maps.Clone(z.Records))
	for _, e := range edits {
		e.apply(z.Records)
	}
	c := s.newChange(z.Account, comment)
	c.InSync, c.Edits = false, edits
	z.Pending = append(z.Pending, c.ID)
	return c
}

// settle lets the changes that are due reach DNS, in the order of submission.
func (s *Service) settle(now time.Time) (changed bool) {
	for _, z := range s.state.Zones {
		for len(z.Pending) > 0 {
			c := s.state.Changes[z.Pending[0]]
			if now.Before(c.SubmittedAt.Add(s.env.Delays.RecordChange)) {
				break
			}
			for _, e := range c.Edits {
				e.apply(z.Served)
			}
			c.InSync, c.Edits = true, nil
			z.Pending = z.Pending[1:]
			changed, s.dirty = true, true
		}
	}
	return changed
}

func (s *Service) getChange(r *api.Request) (*api.Response, error) {
	s.settle(s.env.Now())
	c, found := s.state.Changes[strings.TrimPrefix(r.HTTP.PathValue("Id"), "/change/")]
	if !found || c.Account != r.Caller.Account {
		return nil, api.RefuseStatus(http.StatusNotFound, "NoSuchChange",
			"Could not find resource with ID: %s", r.HTTP.PathValue("Id"))
	}
	return api.XML(http.StatusOK, changeDocument("GetChange", c), nil)
}

// changeRequest is one change of a batch.
type changeRequest struct {
	Action string
	Set    recordSet `xml:"ResourceRecordSet"`
}

func (s *Service) changeResourceRecordSets(r *api.Request) (*api.Response, error) {
	z, err := s.zone(r, r.HTTP.PathValue("Id"))
	if err != nil {
		return nil, err
	}
	var in struct {
		Comment string          `xml:"ChangeBatch>Comment"`
		Changes []changeRequest `xml:"ChangeBatch>Changes>Change"`
	}
	if err := api.DecodeXML(r, &in); err != nil {
		return nil, err
	}
	if len(in.Changes) == 0 {
		return nil, api.Refuse("InvalidInput", "Invalid request: a ChangeBatch must have at least one Change")
	}
	for i := range in.Changes {
		if err := in.Changes[i].check(); err != nil {
			return nil, err
		}
	}
	b := batch{zone: z, aliasTarget: s.opts.AliasTarget, working: maps.Clone(z.Records), seen: map[string]string{}}
	for _, c := range in.Changes {
		b.add(c)
	}
	edits, err := b.result()
	if err != nil {
		return nil, err
	}
	if err := s.occupy(z); err != nil {
		return nil, err
	}
	return api.XML(http.StatusOK, changeDocument("ChangeResourceRecordSets", s.submit(z, in.Comment, edits)), nil)
}
