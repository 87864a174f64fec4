package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"imagecdn/internal/verify"
)

// printer shows results as they come, and then how it ended.
type printer interface {
	result(r verify.Result)
	// end gets the verification's error, and returns what is left to say of it.
	end(err error) error
}

// marks are the signs before each line: for terminals, and in ASCII for everything else.
var (
	fancyMarks = map[verify.Status]string{
		verify.OK:      "\x1b[32m✓\x1b[0m",
		verify.Noted:   "\x1b[33m!\x1b[0m",
		verify.Failed:  "\x1b[31m✗\x1b[0m",
		verify.Skipped: "\x1b[2m-\x1b[0m",
		verify.Waiting: "\x1b[2m…\x1b[0m",
	}
	plainMarks = map[verify.Status]string{
		verify.OK: "ok  ", verify.Noted: "note", verify.Failed: "FAIL", verify.Skipped: "skip", verify.Waiting: "wait",
	}
)

// linePrinter prints one line per check, and the cause and the cure of what is wrong.
type linePrinter struct{ out, progress io.Writer }

func newLinePrinter(std stdio) printer { return linePrinter{out: std.out, progress: std.err} }

// mark is the sign of a status, as the writer can show it.
func mark(w io.Writer, status verify.Status) string {
	file, isFile := w.(*os.File)
	if isFile && os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(file.Fd())) {
		return fancyMarks[status]
	}
	return plainMarks[status]
}

func (p linePrinter) result(r verify.Result) {
	if r.Status == verify.Waiting {
		printWaiting(p.progress, r)
		return
	}
	_, _ = fmt.Fprintf(p.out, "%s %-14s  %s\n", mark(p.out, r.Status), r.Name, r.Detail)
	if r.Cause != "" {
		_, _ = fmt.Fprintf(p.out, "       cause: %s\n       cure:  %s\n", r.Cause, r.Cure)
	}
}

// printWaiting says what is waited for, and why.
func printWaiting(w io.Writer, r verify.Result) {
	_, _ = fmt.Fprintf(w, "%s %-14s  waiting: %s\n       because: %s\n", mark(w, r.Status), r.Name, r.Detail, r.Cause)
}

func (p linePrinter) end(err error) error {
	if err == nil {
		_, _ = fmt.Fprintln(p.out, "The image is served from the cache: the CDN works.")
	}
	return err
}

// jsonPrinter collects the results for one document.
type jsonPrinter struct {
	out, progress io.Writer
	document      jsonDocument
}

// jsonDocument is what --json prints.
type jsonDocument struct {
	URL    string      `json:"url"`
	OK     bool        `json:"ok"`
	Checks []jsonCheck `json:"checks"`
}

type jsonCheck struct {
	Name       string        `json:"name"`
	Status     verify.Status `json:"status"`
	Detail     string        `json:"detail"`
	Cause      string        `json:"cause,omitempty"`
	Cure       string        `json:"cure,omitempty"`
	DurationMs int64         `json:"durationMs"`
}

func newJSONPrinter(std stdio, t verify.Target) printer {
	return &jsonPrinter{
		out: std.out, progress: std.err,
		document: jsonDocument{URL: t.URL(), Checks: []jsonCheck{}},
	}
}

func (p *jsonPrinter) result(r verify.Result) {
	if r.Status == verify.Waiting {
		printWaiting(p.progress, r)
		return
	}
	p.document.Checks = append(p.document.Checks, jsonCheck{
		Name: r.Name, Status: r.Status, Detail: r.Detail, Cause: r.Cause, Cure: r.Cure,
		DurationMs: r.Duration.Round(time.Millisecond).Milliseconds(),
	})
}

// end prints the document, also of a verification that was broken off; not of one
// that never began.
func (p *jsonPrinter) end(err error) error {
	if errors.Is(err, verify.ErrTarget) {
		return err
	}
	p.document.OK = err == nil
	encoder := json.NewEncoder(p.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return errors.Join(err, encoder.Encode(p.document))
}
