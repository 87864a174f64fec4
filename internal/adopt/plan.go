// Package adopt reads, in a preview of Pulumi's, what taking over a CDN that was made by hand would do.
package adopt

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Distribution is the type of the resource that a CDN is known by.
const Distribution = "aws:cloudfront/distribution:Distribution"

// ErrPreview is what a preview that failed says.
var ErrPreview = errors.New("the CDN cannot be taken over as the stack is configured")

// Plan is what the take-over does.
type Plan struct {
	// DistributionID is the id of the distribution that is taken over; "" where the stack has it already.
	DistributionID string `json:"distributionId"`
	// TakenOver are the resources that are imported, each with what changes in place.
	TakenOver []Resource `json:"takenOver"`
	// Made are the resources that are made beside them.
	Made []Resource `json:"made"`
	// Refused are the resources that would be replaced or deleted: then nothing may be done.
	Refused []Resource `json:"refused"`
	// Warnings say above all what the CDN has and will not have.
	Warnings []string `json:"warnings"`
	// Notes say above all what is left to the user.
	Notes []string `json:"notes"`
}

// Resource is one of the stack's.
type Resource struct {
	// Name is the resource's name in the stack, such as "cdn-distribution".
	Name string `json:"name"`
	// Type is its type token.
	Type string `json:"type"`
	// ID is what it is imported by; "" for what is not.
	ID string `json:"id,omitempty"`
	// Changes are what changes in place, by property.
	Changes []Change `json:"changes,omitempty"`
}

// preview is what `pulumi preview --json` prints.
type preview struct {
	Steps       []step       `json:"steps"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type step struct {
	Op          string   `json:"op"`
	URN         string   `json:"urn"`
	DiffReasons []string `json:"diffReasons"`
	OldState    *state   `json:"oldState"`
	NewState    *state   `json:"newState"`
}

type state struct {
	Custom bool           `json:"custom"`
	Import string         `json:"importID"`
	Type   string         `json:"type"`
	Inputs map[string]any `json:"inputs"`
}

type diagnostic struct {
	Message  string `json:"message"`
	Severity string `json:"severity"`
}

// Read reads the output of `pulumi preview --json`. It returns an error of kind [ErrPreview] with what a failed preview
// says.
func Read(output []byte) (Plan, error) {
	plan := Plan{TakenOver: []Resource{}, Made: []Resource{}, Refused: []Resource{}, Warnings: []string{}, Notes: []string{}}
	var all preview
	if err := json.Unmarshal(output, &all); err != nil {
		return plan, fmt.Errorf("reading the output of pulumi preview --json: %w", err)
	}
	var faults []string
	for _, d := range all.Diagnostics {
		text := strings.TrimSpace(d.Message)
		switch d.Severity {
		case "error", "info#err":
			faults = append(faults, strings.TrimPrefix(text, "error: "))
		case "warning":
			plan.Warnings = append(plan.Warnings, strings.TrimPrefix(text, "warning: "))
		case "info":
			plan.Notes = append(plan.Notes, text)
		}
	}
	if len(faults) > 0 {
		return plan, fmt.Errorf("%w: %s", ErrPreview, strings.Join(faults, "\n"))
	}
	for _, s := range all.Steps {
		plan.add(s)
	}
	return plan, nil
}

func (p *Plan) add(s step) {
	r := Resource{Name: s.URN[strings.LastIndex(s.URN, "::")+2:]}
	for _, known := range []*state{s.OldState, s.NewState} {
		if known != nil {
			r.Type, r.ID = known.Type, known.Import
		}
	}
	switch s.Op {
	case "import":
		if r.Type == Distribution {
			p.DistributionID = r.ID
		}
		p.TakenOver = append(p.TakenOver, r)
	case "update":
		at := slices.IndexFunc(p.TakenOver, func(taken Resource) bool { return taken.Name == r.Name && taken.Type == r.Type })
		if at < 0 { // the stack had it before
			p.TakenOver, at = append(p.TakenOver, r), len(p.TakenOver)
		}
		p.TakenOver[at].Changes = changes(s)
	case "create":
		if s.NewState != nil && s.NewState.Custom && inAWS(r.Type) {
			p.Made = append(p.Made, r)
		}
	case "same", "read", "refresh":
	default:
		p.Refused = append(p.Refused, r)
	}
}

// inAWS says whether a resource of a type is anything in AWS. A wait and a mark are not.
func inAWS(kind string) bool {
	return !strings.HasPrefix(kind, "pulumi:") && kind != "imagecdn:index:Leftovers" && kind != "aws:acm/certificateValidation:CertificateValidation"
}
