package edge

import (
	"container/list"
	"net/http"
	"sync"
	"time"
)

// entry is a cached answer. It is never changed; a refresh stores another.
type entry struct {
	status int
	header http.Header
	body   []byte
	// head says that the answer is one to HEAD: the body is not known.
	head bool
	// page says that the answer stands in for an error, so that the viewer's
	// range and conditions, which were about something else, do not apply.
	page bool
	// etag is the origin's, which compression has made a weak one for viewers.
	etag string
	// stored is when the answer was made or last confirmed, fresh until when it
	// may be answered without asking again.
	stored, fresh time.Time
	// expires is when it became, or becomes, stale: fresh moves on when a stale
	// answer stands in for an error.
	expires time.Time
	// purges is how many invalidated paths the distribution had when it was asked for.
	purges int
	// shield is the result at the Origin Shield that it came through, "" without one.
	shield string
}

// overhead is what an entry costs beside its key and body.
const overhead = 1024

func (e *entry) size(key string) int64 { return int64(len(key) + len(e.body) + overhead) }

// standsIn says whether an answer may be given in place of an error of the
// origin. Only stale-if-error bounds how long ("Serve stale (expired) content").
func (e *entry) standsIn(now time.Time) bool {
	if e == nil || e.status != http.StatusOK {
		return false
	}
	window, bounded := parseCacheControl(e.header).seconds("stale-if-error")
	return !bounded || now.Before(e.expires.Add(window))
}

// purged says whether a later invalidation covers the object.
func (e *entry) purged(purges []string, object string) bool {
	if e.purges > len(purges) {
		return true // the distribution's history began anew
	}
	for _, pattern := range purges[e.purges:] {
		if invalidates(pattern, object) {
			return true
		}
	}
	return false
}

// cache is bounded in bytes; what was not used for longest makes room.
type cache struct {
	mu       sync.Mutex
	limit    int64
	used     int64
	recent   *list.List // of *slot, the most recently used first
	elements map[string]*list.Element
}

type slot struct {
	key   string
	entry *entry
}

func newCache(limit int64) *cache {
	return &cache{limit: limit, recent: list.New(), elements: map[string]*list.Element{}}
}

func (c *cache) get(key string) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.elements[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return slotOf(element).entry
}

// put stores an entry, unless it would fill most of the cache by itself.
func (c *cache) put(key string, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
	if e.size(key) > c.limit/2 {
		return
	}
	c.elements[key] = c.recent.PushFront(&slot{key, e})
	c.used += e.size(key)
	for c.used > c.limit {
		c.remove(slotOf(c.recent.Back()).key)
	}
}

func (c *cache) remove(key string) {
	element, ok := c.elements[key]
	if !ok {
		return
	}
	c.used -= slotOf(element).entry.size(key)
	c.recent.Remove(element)
	delete(c.elements, key)
}

func slotOf(element *list.Element) *slot {
	s, _ := element.Value.(*slot) // the list holds nothing else
	return s
}
