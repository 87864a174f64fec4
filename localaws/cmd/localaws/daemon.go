package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"imagecdn/localaws"
	"imagecdn/localaws/api"
)

// patience bounds how long a server may take to start or to stop.
const patience = 15 * time.Second

// pause is between two looks at a server that starts or stops.
const pause = 50 * time.Millisecond

func startCommand() *cobra.Command {
	var options localaws.Options
	command := &cobra.Command{
		Use:   "start",
		Short: "Run in the background, unless it runs already; the log is beside the state",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if options.StateDir == "" {
				return errors.New("start needs --state: the log and the process id are kept there")
			}
			if r, err := readRunning(options.StateDir); err == nil && serves(command.Context(), r.API, options.StateDir) {
				return alreadyRunning(command, r)
			}
			return start(command, options)
		},
	}
	addServerFlags(command.Flags(), &options)
	return command
}

// start runs "serve" with the same flags, detached from this process.
func start(command *cobra.Command, options localaws.Options) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if err := os.MkdirAll(options.StateDir, 0o700); err != nil {
		return fmt.Errorf("making the state directory: %w", err)
	}
	logFile := filepath.Join(options.StateDir, "localaws.log")
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	defer func() { _ = log.Close() }()
	server := exec.Command(self, append([]string{"serve"}, givenFlags(command)...)...) //nolint:gosec // this program
	server.Stdout, server.Stderr = log, log
	server.SysProcAttr = detached()
	if err := server.Start(); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		// Before it reads its own word there may be that of a killed one.
		r, err := readRunning(options.StateDir)
		if err == nil && r.PID == server.Process.Pid && serves(command.Context(), r.API, options.StateDir) {
			return started(command, r, logFile)
		}
		select {
		case <-exited:
			return fmt.Errorf("the server stopped at once: %s", lastLine(logFile))
		default:
		}
	}
	return fmt.Errorf("the server does not answer after %s, see %s", patience, logFile)
}

// started says where the server is, and which of the default ports were taken.
func started(command *cobra.Command, r running, logFile string) error {
	out := command.OutOrStdout()
	for _, l := range r.listeners() {
		if l.address == l.otherwise || command.Flags().Changed(l.flag) {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s is taken: %s is at %s\n", l.otherwise, l.about, l.address); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "the embedded AWS runs at http://%s, log in %s\n", r.API, logFile)
	return err
}

func givenFlags(command *cobra.Command) []string {
	var flags []string
	command.Flags().Visit(func(f *pflag.Flag) { flags = append(flags, "--"+f.Name+"="+f.Value.String()) })
	return flags
}

func lastLine(file string) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return lines[len(lines)-1]
}

// alreadyRunning is content with the server that serves the state, unless it is
// wanted at other addresses.
func alreadyRunning(command *cobra.Command, r running) error {
	for _, l := range r.listeners() {
		if flag := command.Flags().Lookup(l.flag); flag.Changed && flag.Value.String() != l.address {
			return fmt.Errorf("the embedded AWS is running with %s at %s, not at %s: stop it first", l.about, l.address, flag.Value)
		}
	}
	_, err := fmt.Fprintf(command.OutOrStdout(), "the embedded AWS is running at http://%s\n", r.API)
	return err
}

// health asks the server at an address for its own.
func health(ctx context.Context, address string) (api.Health, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+api.ControlPrefix+"health", nil)
	if err != nil {
		return api.Health{}, err
	}
	response, err := (&http.Client{Timeout: time.Second}).Do(request)
	if err != nil {
		return api.Health{}, err
	}
	defer func() { _ = response.Body.Close() }()
	var running api.Health
	if response.StatusCode != http.StatusOK {
		return running, fmt.Errorf("%s answers %s", address, response.Status)
	}
	return running, json.NewDecoder(response.Body).Decode(&running)
}

func stopCommand() *cobra.Command {
	var state string
	command := &cobra.Command{
		Use:   "stop",
		Short: "Stop the server that start has started; its state stays",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return stop(command, state) },
	}
	command.Flags().StringVar(&state, "state", "", "the directory given to start")
	return command
}

func stop(command *cobra.Command, state string) error {
	r, err := readRunning(state)
	if errors.Is(err, errNotRunning) {
		_, err := fmt.Fprintln(command.OutOrStdout(), err)
		return err
	}
	if err != nil {
		return err
	}
	if serves(command.Context(), r.API, state) {
		if err := terminate(r.PID); err != nil {
			return err
		}
	}
	if err := os.Remove(runningFile(state)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forgetting where it ran: %w", err)
	}
	_, err = fmt.Fprintln(command.OutOrStdout(), "the embedded AWS is stopped; its state is in "+state)
	return err
}

// serves says whether a server on this state answers. If it was killed, its process
// id may be somebody else's by now, and is left alone.
func serves(ctx context.Context, address, state string) bool {
	running, err := health(ctx, address)
	if err != nil {
		return false
	}
	absolute, err := filepath.Abs(state)
	return err == nil && running.StateDir == absolute
}

// terminate asks a process to end, and waits until it has.
func terminate(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return fmt.Errorf("finding process %d: %w", pid, err)
	}
	if err := askToEnd(process); err == nil {
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
			if process.Signal(syscall.Signal(0)) != nil {
				break
			}
		}
	}
	return nil
}
