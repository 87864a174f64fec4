package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
)

// Text is the report for a terminal.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s to %s UTC\n\n", r.From.Format("2006-01-02 15:04"), r.To.Format("2006-01-02 15:04"))
	fmt.Fprintf(&b, "requests       %d\nfrom cache     %.1f %%\nerrors         %d\nto viewers     %s\nfrom the bucket %s\ncost           %.2f USD\n",
		r.Requests, 100*r.HitRatio, r.Errors, size(r.Bytes), size(r.OriginBytes), r.Cost)
	b.WriteString("\nhour (UTC)        requests  from cache\n")
	for _, h := range r.Hours {
		const widest = 40
		fmt.Fprintf(&b, "%s  %8d  %6.1f %% %s\n", h.Start.Format("2006-01-02 15:04"), h.Requests, 100*h.ratio(), strings.Repeat("#", int(widest*h.ratio())))
	}
	b.WriteString("\nstatus  answers\n")
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		fmt.Fprintf(&b, "%-6s  %d\n", status, r.Statuses[status])
	}
	writePaths(&b, "most often fetched from the bucket", r.Misses)
	writePaths(&b, "most often asked for, and refused or not there", r.Missing)
	_, err := io.WriteString(w, b.String())
	return err //nolint:wrapcheck // the caller knows what it writes to
}

func writePaths(b *strings.Builder, title string, paths []Path) {
	if len(paths) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for _, p := range paths {
		fmt.Fprintf(b, "%8d  %10s  %s\n", p.Requests, size(p.Bytes), p.Path)
	}
}

// size is a number of bytes for people.
func size(bytes int64) string {
	const step = 1000
	number, units := float64(bytes), []string{"B", "kB", "MB", "GB", "TB"}
	for number >= step && len(units) > 1 {
		number, units = number/step, units[1:]
	}
	return fmt.Sprintf("%.4g %s", number, units[0])
}

//go:embed page.html
var pageText string

// The size of a plot, in pixels.
const (
	plotWidth  = 720
	plotHeight = 160
)

// bar is an hour in a plot.
type bar struct {
	X, Y, Width, Height float64
	Title               string
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"size":    size,
	"percent": func(part float64) string { return fmt.Sprintf("%.1f %%", 100*part) },
	"ratios": func(r *Report) []bar {
		return bars(r.Hours, 1, func(h Hour) float64 { return h.ratio() }, func(h Hour) string { return fmt.Sprintf("%.1f %% from cache", 100*h.ratio()) })
	},
	"requests": func(r *Report) []bar {
		most := 1.0
		for _, h := range r.Hours {
			most = max(most, float64(h.Requests))
		}
		return bars(r.Hours, most, func(h Hour) float64 { return float64(h.Requests) }, func(h Hour) string { return fmt.Sprintf("%d requests", h.Requests) })
	},
	"statuses": func(r *Report) []string { return slices.Sorted(maps.Keys(r.Statuses)) },
}).Parse(pageText))

func bars(hours []Hour, most float64, value func(Hour) float64, title func(Hour) string) []bar {
	var list []bar
	width := float64(plotWidth) / float64(max(len(hours), 1))
	for i, h := range hours {
		height := plotHeight * value(h) / most
		list = append(list, bar{
			X: float64(i) * width, Y: plotHeight - height, Width: width * 0.9, Height: height,
			Title: h.Start.Format("2006-01-02 15:04") + " UTC: " + title(h),
		})
	}
	return list
}

// HTML is the report as one page that needs nothing else.
func (r *Report) HTML(w io.Writer) error {
	if err := page.Execute(w, r); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}
