package route53

import (
	"encoding/json"
	"net/http"
	"strings"

	"imagecdn/localaws/api"
)

// PublicZone is a public hosted zone as the control path "zones" shows it.
type PublicZone struct {
	// ID, Account and Name are the zone's, the name without final dot.
	ID      string `json:"id"`
	Account string `json:"account"`
	Name    string `json:"name"`
	// NameServers are those that a delegation must name.
	NameServers []string `json:"nameServers"`
	// Delegated is the switch: whether a delegation from outside is there, nil
	// for what is usual, which is so exactly for a zone without a parent here.
	Delegated *bool `json:"delegated"`
	// Answers says whether public DNS comes to it.
	Answers bool `json:"answers"`
}

// Controls implements api.Controlled:
//
//	GET zones                  every public hosted zone, of all accounts
//	PUT zones/{id}/delegation  {"delegated": true}, false, or null for what is usual
func (s *Service) Controls() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET zones":                 s.showZones,
		"PUT zones/{id}/delegation": s.switchDelegation,
	}
}

func (s *Service) showZones(w http.ResponseWriter, _ *http.Request) {
	s.settle(s.env.Now())
	list := []PublicZone{}
	for _, z := range s.state.Zones {
		if !z.Private {
			list = append(list, PublicZone{
				ID: z.ID, Account: z.Account, Name: strings.TrimSuffix(z.Name, "."), NameServers: z.NameServers,
				Delegated: z.Delegated, Answers: s.answers(z),
			})
		}
	}
	api.Reply(w, list)
}

func (s *Service) switchDelegation(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Delegated json.RawMessage `json:"delegated"`
	}
	var delegated *bool
	if !api.Read(w, r, &in) {
		return
	}
	if err := json.Unmarshal(in.Delegated, &delegated); err != nil {
		http.Error(w, `"delegated" must be true, false or null`, http.StatusBadRequest)
		return
	}
	z, found := s.state.Zones[r.PathValue("id")]
	if !found || z.Private {
		http.Error(w, "there is no public hosted zone "+r.PathValue("id"), http.StatusNotFound)
		return
	}
	z.Delegated = delegated
	w.WriteHeader(http.StatusNoContent)
}
