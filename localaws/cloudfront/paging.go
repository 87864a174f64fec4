package cloudfront

import (
	"net/http"

	"imagecdn/localaws/api"
	"imagecdn/localaws/internal/paging"
)

// maximumPage is how many items a list answers at most, and by default.
const maximumPage = 100

// page is one page of a list of ids in order.
type page struct {
	ids        []string
	marker     string
	maxItems   int
	nextMarker string
}

// paginate cuts the page that a call asks for by Marker and MaxItems. A marker
// is the last id of the page before.
func paginate(r *http.Request, ids []string) (page, error) {
	p := page{marker: r.URL.Query().Get("Marker")}
	var ok bool
	if p.maxItems, ok = paging.Size(r.URL.Query().Get("MaxItems"), 1, maximumPage); !ok {
		return page{}, api.Refuse("InvalidArgument", "The parameter MaxItems is invalid.")
	}
	itself := func(id string) string { return id }
	fit, rest := paging.Cut(paging.After(paging.Sort(ids, itself), itself, p.marker), p.maxItems)
	p.ids = fit
	if len(rest) > 0 {
		p.nextMarker = fit[len(fit)-1]
	}
	return p, nil
}
