package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"imagecdn/localaws/api"
)

func TestReadersHearOfAChangeOnlyAfterALag(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	env := api.Environment{Now: func() time.Time { return now }, Delays: &api.Delays{ReadLag: 4 * time.Second}}
	var lag api.Lag[string]
	assert.Equal(t, "first", lag.Read(env, "first"), "nothing was changed yet")
	lag.Change(env, "first")
	assert.Equal(t, "first", lag.Read(env, "second"))
	now = now.Add(time.Second)
	lag.Change(env, "second")
	assert.Equal(t, "first", lag.Read(env, "third"), "what nobody has seen is skipped")
	now = now.Add(1900 * time.Millisecond)
	assert.Equal(t, "first", lag.Read(env, "third"), "at least half the time")
	now = now.Add(2100 * time.Millisecond)
	assert.Equal(t, "third", lag.Read(env, "third"), "at most all of it")
}

func TestTheLagVaries(t *testing.T) {
	t.Parallel()
	now := time.Now()
	env := api.Environment{Now: func() time.Time { return now }, Delays: &api.Delays{ReadLag: 4 * time.Second}}
	later := env
	later.Now = func() time.Time { return now.Add(3 * time.Second) }
	seen := map[int]int{}
	for range 200 {
		var lag api.Lag[int]
		lag.Change(env, 1)
		seen[lag.Read(later, 2)]++
	}
	assert.Len(t, seen, 2, "three quarters through, some have heard and some have not")
}

func TestWithoutALagAChangeIsReadAtOnce(t *testing.T) {
	t.Parallel()
	env := api.Environment{Now: time.Now, Delays: &api.Delays{}}
	var lag api.Lag[string]
	lag.Change(env, "first")
	assert.Equal(t, "second", lag.Read(env, "second"))
}
