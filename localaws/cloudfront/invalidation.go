package cloudfront

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"imagecdn/localaws/api"
)

// completed is the status of an invalidation that has reached every edge.
const completed = "Completed"

// AWS's quotas of invalidations in progress, per distribution.
const (
	maximumPathsInProgress     = 3000
	maximumWildcardsInProgress = 15
)

// invalidation is one batch. It takes effect when it is completed.
type invalidation struct {
	ID      string
	Created time.Time
	DoneAt  time.Time
	Batch   *invalidationBatch
	// purged says that the edge has been told. It is not kept: after a restart
	// the edge's cache is empty.
	purged bool
}

type invalidationBatch struct {
	Paths           *paths
	CallerReference string
}

type paths struct {
	Quantity int
	Items    []string `xml:"Items>Path,omitempty"`
}

func (i *invalidation) status(now time.Time) string {
	if now.Before(i.DoneAt) {
		return "InProgress"
	}
	return completed
}

func (i *invalidation) element(now time.Time) element {
	return element{name: "Invalidation", children: []element{
		{name: "Id", content: i.ID},
		{name: "Status", content: i.status(now)},
		{name: "CreateTime", content: i.Created},
		{name: "InvalidationBatch", content: i.Batch},
	}}
}

// settle lets completed invalidations take effect, in their order.
func (d *distribution) settle(now time.Time) {
	for _, i := range d.Invalidations {
		if !i.purged && i.status(now) == completed {
			i.purged = true
			d.purges = append(d.purges, i.Batch.Paths.Items...)
		}
	}
}

func (s *Service) createInvalidation(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	batch := new(invalidationBatch)
	if err := decode(r, "InvalidationBatch", batch); err != nil {
		return nil, err
	}
	if err := checkBatch(batch); err != nil {
		return nil, err
	}
	for _, i := range d.Invalidations {
		if i.Batch.CallerReference != batch.CallerReference {
			continue
		}
		if !slices.Equal(i.Batch.Paths.Items, batch.Paths.Items) {
			return nil, api.RefuseStatus(http.StatusConflict, "InvalidationBatchAlreadyExists",
				"The caller reference is associated with another invalidation batch: %s.", i.ID)
		}
		return s.invalidationCreated(d, i)
	}
	now := s.now()
	if err := d.checkRoom(batch, now); err != nil {
		return nil, err
	}
	i := &invalidation{ID: newInvalidationID(), Created: now, DoneAt: now.Add(s.env.Delays.Deploy), Batch: batch}
	d.Invalidations = append(d.Invalidations, i)
	return s.invalidationCreated(d, i)
}

func (s *Service) invalidationCreated(d *distribution, i *invalidation) (*api.Response, error) {
	return answer(http.StatusCreated, i.element(s.now()), "", location("/distribution/"+d.ID+"/invalidation/"+i.ID))
}

func checkBatch(b *invalidationBatch) error {
	if b.CallerReference == "" {
		return api.Refuse("InvalidArgument", "The parameter CallerReference is required.")
	}
	if b.Paths == nil || len(b.Paths.Items) == 0 {
		return api.Refuse("InvalidArgument", "The parameter Paths is required: at least one path.")
	}
	if len(b.Paths.Items) > maximumPathsInProgress {
		return api.RefuseStatus(http.StatusRequestEntityTooLarge, "BatchTooLarge", "Invalidation batch specified is too large.")
	}
	for _, p := range b.Paths.Items {
		if !validPath(p) {
			return api.Refuse("InvalidArgument", "Your request contains one or more invalid invalidation paths.")
		}
	}
	return nil
}

// invalidationPath has the characters of a path that need no percent-encoding,
// and percent-encoded ones ("Invalidation paths": what is not in RFC 1738's set
// must be encoded).
var invalidationPath = regexp.MustCompile(`^/(?:[A-Za-z0-9$\-_.+!*'(),;/?:@=&~]|%[0-9A-Fa-f]{2})*$`)

// maximumInvalidationPath is how long a path may be, in characters.
const maximumInvalidationPath = 4000

func validPath(p string) bool {
	return len(p) <= maximumInvalidationPath && invalidationPath.MatchString(p) && !strings.Contains(strings.TrimSuffix(p, "*"), "*")
}

// checkRoom refuses more than AWS works on at once.
func (d *distribution) checkRoom(batch *invalidationBatch, now time.Time) error {
	total, wildcards := count(batch.Paths.Items)
	for _, i := range d.Invalidations {
		if i.status(now) != completed {
			n, w := count(i.Batch.Paths.Items)
			total, wildcards = total+n, wildcards+w
		}
	}
	if total > maximumPathsInProgress || wildcards > maximumWildcardsInProgress {
		return api.Refuse("TooManyInvalidationsInProgress", "You have exceeded the maximum number of allowable InProgress invalidation batch requests, or invalidation objects.")
	}
	return nil
}

func count(items []string) (total, wildcards int) {
	for _, p := range items {
		if strings.HasSuffix(p, "*") {
			wildcards++
		}
	}
	return len(items), wildcards
}

func (s *Service) getInvalidation(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	for _, i := range d.Invalidations {
		if i.ID == r.HTTP.PathValue("Id") {
			return answer(http.StatusOK, i.element(s.now()), "", "")
		}
	}
	return nil, notFound("NoSuchInvalidation", "The specified invalidation does not exist.")
}

func (s *Service) listInvalidations(r *api.Request) (*api.Response, error) {
	d, err := s.find(r, "DistributionId")
	if err != nil {
		return nil, err
	}
	byID := map[string]*invalidation{}
	ids := make([]string, 0, len(d.Invalidations))
	for _, i := range d.Invalidations {
		byID[i.ID] = i
		ids = append(ids, i.ID)
	}
	p, err := paginate(r.HTTP, ids)
	if err != nil {
		return nil, err
	}
	items := make([]element, 0, len(p.ids))
	for _, id := range p.ids {
		items = append(items, element{name: "InvalidationSummary", children: []element{
			{name: "Id", content: id},
			{name: "CreateTime", content: byID[id].Created},
			{name: "Status", content: byID[id].status(s.now())},
		}})
	}
	return answer(http.StatusOK, element{name: "InvalidationList", children: p.markedList(items)}, "", "")
}
