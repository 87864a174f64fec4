// Package paging cuts lists into pages.
package paging

import (
	"slices"
	"strconv"
	"strings"
)

// Size reads how many items a caller wants on a page: at most, and if nothing is
// said, most. It is not ok if it is no number from least on.
func Size(text string, least, most int) (size int, ok bool) {
	if text == "" {
		return most, true
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, false
	}
	return min(n, most), true
}

// Sort puts items into the order of their keys.
func Sort[T any](items []T, key func(T) string) []T {
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return items
}

// From are the sorted items from a key on.
func From[T any](items []T, key func(T) string, start string) []T {
	i, _ := find(items, key, start)
	return items[i:]
}

// After are the sorted items behind a key. Nothing is before "".
func After[T any](items []T, key func(T) string, last string) []T {
	i, found := find(items, key, last)
	if found && last != "" {
		i++
	}
	return items[i:]
}

func find[T any](items []T, key func(T) string, wanted string) (int, bool) {
	return slices.BinarySearchFunc(items, wanted, func(item T, wanted string) int { return strings.Compare(key(item), wanted) })
}

// Cut splits items behind a page; rest is what did not fit.
func Cut[T any](items []T, size int) (page, rest []T) {
	n := min(size, len(items))
	return items[:n], items[n:]
}
