package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"imagecdn/localaws"
	"imagecdn/localaws/internal/atomicfile"
)

// running is what a server writes into its state directory about itself, for
// those who start, stop and use it.
type running struct {
	PID   int    `json:"pid"`
	API   string `json:"api"`
	HTTPS string `json:"https"`
	HTTP  string `json:"http"`
	DNS   string `json:"dns"`
}

// listeners are its addresses beside the default ones, by the flags' names.
func (r running) listeners() []listener {
	return []listener{
		{"api", "the AWS API", r.API, localaws.DefaultAPIAddress},
		{"https", "HTTPS at the edge", r.HTTPS, localaws.DefaultHTTPSAddress},
		{"http", "HTTP at the edge", r.HTTP, localaws.DefaultHTTPAddress},
		{"dns", "DNS", r.DNS, localaws.DefaultDNSAddress},
	}
}

type listener struct{ flag, about, address, otherwise string }

func runningFile(state string) string { return filepath.Join(state, "running.json") }

// errNotRunning says that no server has left word in the state directory.
var errNotRunning = errors.New("the embedded AWS is not running")

func readRunning(state string) (running, error) {
	var r running
	content, err := os.ReadFile(runningFile(state))
	if errors.Is(err, fs.ErrNotExist) {
		return r, errNotRunning
	}
	if err != nil {
		return r, fmt.Errorf("reading where the embedded AWS runs: %w", err)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("reading where the embedded AWS runs, in %s: %w", runningFile(state), err)
	}
	return r, nil
}

// announce writes down where this process serves. The file is whole whenever it
// is there.
func announce(server *localaws.Server, state string) error {
	content, err := json.Marshal(running{
		PID: os.Getpid(), API: server.APIURL()[len("http://"):],
		HTTPS: server.HTTPSAddr(), HTTP: server.HTTPAddr(), DNS: server.DNSAddr(),
	})
	if err != nil {
		return err
	}
	if err := atomicfile.Write(runningFile(state), append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("noting where the embedded AWS runs: %w", err)
	}
	return nil
}

func endpointsCommand() *cobra.Command {
	var state string
	command := &cobra.Command{
		Use:   "endpoints",
		Short: "Print where the server runs that start has started, as variables of a shell",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			r, err := readRunning(state)
			if err == nil && !serves(command.Context(), r.API, state) {
				err = errNotRunning
			}
			if err != nil {
				return err
			}
			for _, l := range r.listeners() {
				if _, err := fmt.Fprintf(command.OutOrStdout(), "%s=%s\n", l.flag, l.address); err != nil {
					return err
				}
			}
			return nil
		},
	}
	command.Flags().StringVar(&state, "state", "", "the directory given to start")
	return command
}
