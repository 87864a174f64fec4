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
			running, err := health(command.Context(), options.APIAddress)
			if err == nil {
				return alreadyRunning(command, options, running)
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
	server.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := server.Start(); err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	if err := os.WriteFile(pidFile(options.StateDir), fmt.Appendf(nil, "%d %s\n", server.Process.Pid, options.APIAddress), 0o600); err != nil {
		return fmt.Errorf("noting the process id: %w", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- server.Wait() }()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		if _, err := health(command.Context(), options.APIAddress); err == nil {
			_, err := fmt.Fprintf(command.OutOrStdout(), "the embedded AWS runs at http://%s, log in %s\n", options.APIAddress, logFile)
			return err
		}
		select {
		case <-exited:
			return fmt.Errorf("the server stopped at once: %s", lastLine(logFile))
		default:
		}
	}
	return fmt.Errorf("the server does not answer at %s after %s, see %s", options.APIAddress, patience, logFile)
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

// alreadyRunning is content with a server on the same state; another one's answers
// would not be this one's.
func alreadyRunning(command *cobra.Command, options localaws.Options, running api.Health) error {
	state, err := filepath.Abs(options.StateDir)
	if err != nil {
		return fmt.Errorf("finding the state directory: %w", err)
	}
	if running.StateDir != state {
		return fmt.Errorf("another embedded AWS is running at http://%s, with its state in %q: "+
			"stop it first, or choose other addresses", options.APIAddress, running.StateDir)
	}
	_, err = fmt.Fprintf(command.OutOrStdout(), "the embedded AWS is running at http://%s\n", options.APIAddress)
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

func pidFile(state string) string { return filepath.Join(state, "localaws.pid") }

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
	content, err := os.ReadFile(pidFile(state))
	if errors.Is(err, fs.ErrNotExist) {
		_, err := fmt.Fprintln(command.OutOrStdout(), "the embedded AWS is not running")
		return err
	}
	if err != nil {
		return fmt.Errorf("reading the process id: %w", err)
	}
	var pid int
	var address string
	if _, err := fmt.Sscan(string(content), &pid, &address); err != nil {
		return fmt.Errorf("reading the process id in %s: %w", pidFile(state), err)
	}
	if serves(command.Context(), address, state) {
		if err := terminate(pid); err != nil {
			return err
		}
	}
	if err := os.Remove(pidFile(state)); err != nil {
		return fmt.Errorf("forgetting the process id: %w", err)
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
	if err := process.Signal(syscall.SIGTERM); err == nil {
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
			if process.Signal(syscall.Signal(0)) != nil {
				break
			}
		}
	}
	return nil
}
