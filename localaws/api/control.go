package api

import (
	"encoding/json"
	"net/http"
	"strings"
)

// ControlPrefix is the path under which the embedded AWS itself is asked and
// set. No bucket can be called so: bucket names have no underscore.
const ControlPrefix = "/_localaws/"

// Health is what a server that serves calls says of itself.
type Health struct {
	// StateDir is where it keeps its state, "" for nowhere.
	StateDir string `json:"stateDir"`
}

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, ControlPrefix) }

// controlRoutes are the endpoints that are not AWS:
//
//	GET    /_localaws/health   200 once calls are served
//	GET    /_localaws/journal  every call so far; DELETE forgets them
//	GET    /_localaws/delays   the delays in force, in nanoseconds; PUT sets them
//	PUT    /_localaws/faults   replaces the faults to inject
func (f *Front) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPrefix+"health", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, Health{StateDir: f.store.dir})
	})
	mux.HandleFunc("GET "+ControlPrefix+"journal", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, f.journal.Entries())
	})
	mux.HandleFunc("DELETE "+ControlPrefix+"journal", func(w http.ResponseWriter, _ *http.Request) {
		f.journal.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET "+ControlPrefix+"delays", func(w http.ResponseWriter, _ *http.Request) {
		f.Lock()
		defer f.Unlock()
		reply(w, f.env.Delays)
	})
	mux.HandleFunc("PUT "+ControlPrefix+"delays", func(w http.ResponseWriter, r *http.Request) {
		delays := Delays{}
		if !read(w, r, &delays) {
			return
		}
		f.Lock()
		defer f.Unlock()
		*f.env.Delays = delays
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("PUT "+ControlPrefix+"faults", func(w http.ResponseWriter, r *http.Request) {
		list := []Fault{}
		if !read(w, r, &list) {
			return
		}
		f.faults.set(list)
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody is left to tell
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}
