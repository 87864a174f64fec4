package cloudfront

import (
	"net/http"
	"slices"
	"strconv"

	"imagecdn/localaws/api"
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
	slices.Sort(ids)
	p := page{marker: r.URL.Query().Get("Marker"), maxItems: maximumPage}
	if text := r.URL.Query().Get("MaxItems"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return page{}, api.Refuse("InvalidArgument", "The parameter MaxItems is invalid.")
		}
		p.maxItems = min(n, maximumPage)
	}
	start, found := slices.BinarySearch(ids, p.marker)
	if found {
		start++
	}
	rest := ids[start:]
	p.ids = rest[:min(p.maxItems, len(rest))]
	if len(rest) > len(p.ids) {
		p.nextMarker = p.ids[len(p.ids)-1]
	}
	return p, nil
}
