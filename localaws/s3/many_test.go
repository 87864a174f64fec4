package s3_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// many is how many objects a bucket has beside which uploads are measured.
const many = 100_000

// stateOf writes the state of a bucket with so many objects as it was written
// when every object was in the snapshot.
func stateOf(tb testing.TB, dir string, objects int) {
	tb.Helper()
	type version struct {
		ID       string            `json:"id"`
		Size     int64             `json:"size"`
		ETag     string            `json:"etag"`
		Modified time.Time         `json:"modified"`
		Header   map[string]string `json:"header"`
		Sums     map[string]string `json:"checksums"`
		SSE      string            `json:"sse"`
	}
	kept := map[string][]version{}
	for i := range objects {
		kept[fmt.Sprintf("photos/2026/%06d.jpg", i)] = []version{{
			ID: "null", ETag: fmt.Sprintf(`"%032x"`, i), Modified: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), SSE: "AES256",
			Header: map[string]string{"Content-Type": "image/jpeg"}, Sums: map[string]string{"CRC64NVME": "AAAAAAAAAAA="},
		}}
	}
	bucket := map[string]any{
		"name": "pictures", "region": "us-east-1", "created": time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), "objects": kept,
		"encryption": map[string]any{"Rules": []any{map[string]any{"Default": map[string]string{"Algorithm": "AES256"}}}},
	}
	text, err := json.Marshal(map[string]any{"version": 2, "state": map[string]any{"pictures": bucket}})
	require.NoError(tb, err)
	require.NoError(tb, os.WriteFile(filepath.Join(dir, "s3.json"), text, 0o600))
}

// BenchmarkAnUploadBesideManyObjects is what the upload of one image costs in a
// bucket that has many, its state kept on disk.
func BenchmarkAnUploadBesideManyObjects(b *testing.B) {
	state, bodies := b.TempDir(), b.TempDir()
	stateOf(b, state, many)
	w := startWorld(b, state, bodies)
	w.put(b, "first", "hello")
	for i := 0; b.Loop(); i++ {
		w.put(b, fmt.Sprintf("new/%d", i), "hello")
	}
}
