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
//	GET    /_localaws/limits   the quotas and rates in force; PUT sets them
//	PUT    /_localaws/faults   replaces the faults to inject
//
// and those of the services that are Controlled.
func (f *Front) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPrefix+"health", func(w http.ResponseWriter, _ *http.Request) {
		Reply(w, Health{StateDir: f.store.dir})
	})
	mux.HandleFunc("GET "+ControlPrefix+"journal", func(w http.ResponseWriter, _ *http.Request) {
		Reply(w, f.journal.Entries())
	})
	mux.HandleFunc("DELETE "+ControlPrefix+"journal", func(w http.ResponseWriter, _ *http.Request) {
		f.journal.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET "+ControlPrefix+"delays", func(w http.ResponseWriter, _ *http.Request) {
		f.Lock()
		defer f.Unlock()
		Reply(w, f.env.Delays)
	})
	mux.HandleFunc("PUT "+ControlPrefix+"delays", func(w http.ResponseWriter, r *http.Request) {
		delays := Delays{}
		if !Read(w, r, &delays) {
			return
		}
		f.Lock()
		defer f.Unlock()
		*f.env.Delays = delays
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET "+ControlPrefix+"limits", func(w http.ResponseWriter, _ *http.Request) {
		f.Lock()
		defer f.Unlock()
		Reply(w, f.env.Quotas())
	})
	mux.HandleFunc("PUT "+ControlPrefix+"limits", f.setLimits)
	mux.HandleFunc("PUT "+ControlPrefix+"faults", func(w http.ResponseWriter, r *http.Request) {
		list := []Fault{}
		if !Read(w, r, &list) {
			return
		}
		if err := f.faults.set(list); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	for _, s := range f.services {
		if c, ok := s.(Controlled); ok {
			for pattern, handle := range c.Controls() {
				method, path, _ := strings.Cut(pattern, " ")
				mux.HandleFunc(method+" "+ControlPrefix+path, f.locked(s, handle))
			}
		}
	}
	return mux
}

// setLimits replaces the limits; what is left out is AWS's own.
func (f *Front) setLimits(w http.ResponseWriter, r *http.Request) {
	limits := Limits{}
	if !Read(w, r, &limits) {
		return
	}
	if limits.CertificateNames < 0 || limits.Certificates < 0 || limits.Distributions < 0 {
		http.Error(w, "a quota cannot be negative", http.StatusBadRequest)
		return
	}
	f.Lock()
	defer f.Unlock()
	if f.env.Limits == nil {
		http.Error(w, "this server was made without limits", http.StatusNotImplemented)
		return
	}
	*f.env.Limits = limits
	w.WriteHeader(http.StatusNoContent)
}

// locked runs a control handler of a service as calls are run: one at a time,
// and saved before it is answered.
func (f *Front) locked(s Service, handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := &held{ResponseWriter: w, status: http.StatusOK}
		f.Lock()
		defer f.Unlock()
		handle(answer, r)
		if err := f.save(s); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body) // the caller is gone: nobody is left to tell
	}
}

// held is an answer that is not sent yet.
type held struct {
	http.ResponseWriter
	status int
	body   []byte
}

// WriteHeader implements http.ResponseWriter.
func (h *held) WriteHeader(status int) { h.status = status }

// Write implements http.ResponseWriter.
func (h *held) Write(p []byte) (int, error) {
	h.body = append(h.body, p...)
	return len(p), nil
}

// Reply answers a control path with JSON.
func Reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody is left to tell
}

// Read reads the JSON of a control path strictly. If it cannot, that is answered,
// and false returned.
func Read(w http.ResponseWriter, r *http.Request, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, largeBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}
