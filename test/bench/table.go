package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// round is what both took, one after the other.
type round struct{ project, terraform figures }

// table is the medians of the rounds in Markdown. The ratios are medians of pairs,
// so that a busy minute, which strikes both of a round, does not decide them.
func table(rounds []round, at time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, rounds: %d. Project / Terraform, and the median ratio.\n\n", at.Format(time.DateOnly), len(rounds))
	b.WriteString("| operation | seconds | ratio | MB | ratio | API calls | of these, writes |\n|---|---|---|---|---|---|---|\n")
	for _, o := range operations {
		wall := pairs(rounds, o, func(f figure) float64 { return f.wall.Seconds() })
		memory := pairs(rounds, o, func(f figure) float64 { return float64(f.peak >> 20) })
		calls := pairs(rounds, o, func(f figure) float64 { return float64(f.calls) })
		writes := pairs(rounds, o, func(f figure) float64 { return float64(f.writes) })
		fmt.Fprintf(&b, "| %s | %.1f / %.1f | %.2f | %.0f / %.0f | %.2f | %.0f / %.0f | %.0f / %.0f |\n", o,
			wall.project, wall.terraform, wall.ratio, memory.project, memory.terraform, memory.ratio,
			calls.project, calls.terraform, writes.project, writes.terraform)
	}
	return b.String()
}

// pair is a quantity of both: its medians, and the median of the ratios.
type pair struct{ project, terraform, ratio float64 }

func pairs(rounds []round, o operation, of func(figure) float64) pair {
	var project, terraform, ratios []float64
	for _, r := range rounds {
		p, t := of(r.project[o]), of(r.terraform[o])
		project, terraform = append(project, p), append(terraform, t)
		if t > 0 {
			ratios = append(ratios, p/t)
		}
	}
	return pair{median(project), median(terraform), median(ratios)}
}

// median is 0 for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
