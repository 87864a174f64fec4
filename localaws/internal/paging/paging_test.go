package paging_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/internal/paging"
)

func itself(s string) string { return s }

func TestAPageIsAsLargeAsAskedWithinItsBounds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 100, "1": 1, "99": 99, "1000": 100} {
		got, ok := paging.Size(text, 1, 100)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"0", "-1", "x", "1.5"} {
		_, ok := paging.Size(text, 1, 100)
		assert.False(t, ok, text)
	}
}

func TestAListIsGoneThroughPageByPage(t *testing.T) {
	t.Parallel()
	items := paging.Sort([]string{"c", "a", "e", "b", "d"}, itself)
	page, rest := paging.Cut(items, 2)
	assert.Equal(t, []string{"a", "b"}, page)
	assert.Equal(t, []string{"c", "d", "e"}, rest)
	assert.Equal(t, rest, paging.After(items, itself, "b"))
	assert.Equal(t, rest, paging.From(items, itself, "c"))
	assert.Equal(t, rest, paging.After(items, itself, "bb"), "the last one may be gone by then")
	assert.Equal(t, items, paging.After(items, itself, ""))
	page, rest = paging.Cut(rest, 9)
	assert.Len(t, page, 3)
	assert.Empty(t, rest)
}
