package s3

import (
	"encoding/json"
	"fmt"
	"strings"

	"imagecdn/localaws/api"
)

// The items of S3 are its objects, each with all its versions. Their names are
// bucket, slash and key: a bucket's name has no slash.
var _ api.Itemized = (*Service)(nil)

func (s *Service) touch(b *bucket, key string) { s.touched[b.Name+"/"+key] = true }

// TakeItems implements api.Itemized.
func (s *Service) TakeItems() []string {
	names := make([]string, 0, len(s.touched))
	for name := range s.touched {
		names = append(names, name)
	}
	clear(s.touched)
	return names
}

// Items implements api.Itemized.
func (s *Service) Items() []string {
	var names []string
	for _, b := range s.buckets {
		for key := range b.Objects {
			names = append(names, b.Name+"/"+key)
		}
	}
	return names
}

// Item implements api.Itemized.
func (s *Service) Item(name string) (json.RawMessage, error) {
	bucket, key, _ := strings.Cut(name, "/")
	b := s.buckets[bucket]
	if b == nil || len(b.Objects[key]) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(b.Objects[key])
	if err != nil {
		return nil, fmt.Errorf("writing down an object: %w", err)
	}
	return text, nil
}

// RestoreItem implements api.Itemized. An object whose bucket is gone is too: the
// server was killed while it made or deleted one.
func (s *Service) RestoreItem(name string, state json.RawMessage) error {
	bucket, key, _ := strings.Cut(name, "/")
	b := s.buckets[bucket]
	if b == nil {
		return nil
	}
	if state == nil {
		delete(b.Objects, key)
		return nil
	}
	var versions []*version
	if err := json.Unmarshal(state, &versions); err != nil {
		return fmt.Errorf("reading an object: %w", err)
	}
	b.Objects[key] = versions
	return nil
}

// Restored implements api.Itemized: bodies that nothing refers to are removed.
func (s *Service) Restored() error { return s.blobs.keepOnly(s.bodies()) }
