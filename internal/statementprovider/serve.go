package statementprovider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// closeTimeout is how long close waits for calls that are being answered.
const closeTimeout = 5 * time.Second

// maxMessage is the engine's own limit for a message, in bytes.
const maxMessage = 400 << 20

// Main runs the plugin executable: it takes the engine's address as its argument, prints the port it listens on, and
// ends on an interrupt. The engine starts one process for each provider instance.
func Main() error {
	err := provider.Main(Name, func(*provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return plugin.NewProviderServer(New()), nil
	})
	if err != nil {
		return fmt.Errorf("serving the %s provider: %w", Name, err)
	}
	return nil
}

// Serve runs the provider in this process, on a free port of the loopback interface, until the returned function is
// called. An engine finds it through PULUMI_DEBUG_PROVIDERS=imagecdn:<port>. The context bounds the start only: a
// running engine must be able to reach the provider until it is done.
//
// The engine connects once for each provider instance and configures each on its own connection; therefore each
// connection is served by a provider of its own.
func Serve(ctx context.Context, options ...Option) (int, func() error, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, nil, fmt.Errorf("serving the %s provider: %w", Name, err)
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, nil, errors.Join(fmt.Errorf("serving the %s provider: no TCP port", Name), listener.Close())
	}
	s := &server{listener: listener, options: options, shared: &shared{}, running: map[*grpc.Server]*Provider{}}
	s.wait.Go(s.accept)
	return address.Port, s.close, nil
}

// server gives each connection a gRPC server and a provider.
type server struct {
	listener net.Listener
	options  []Option
	shared   *shared
	wait     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	running map[*grpc.Server]*Provider
}

// accept ends when the listener is closed.
func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of file descriptors, for instance: it may pass
			continue
		}
		s.serve(conn)
	}
}

func (s *server) serve(conn net.Conn) {
	one := newProvider(s.shared, s.options)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(one))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = conn.Close()
		return
	}
	s.running[server] = one
	s.wait.Go(func() {
		_ = server.Serve(newSingleListener(conn)) // ends when the connection does, which is no fault
		server.Stop()
		s.mu.Lock()
		delete(s.running, server)
		s.mu.Unlock()
	})
}

// close ends running operations, lets their answers out, and returns when every connection is closed.
func (s *server) close() error {
	err := s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for server, one := range s.running {
		_ = one.Close() // only cancels, and never fails
		stop := time.AfterFunc(closeTimeout, server.Stop)
		s.wait.Go(func() {
			server.GracefulStop()
			stop.Stop()
		})
	}
	s.mu.Unlock()
	s.wait.Wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("closing the %s provider: %w", Name, err)
	}
	return nil
}

// singleListener hands out one connection and is closed with it.
type singleListener struct {
	address net.Addr
	first   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newSingleListener(conn net.Conn) *singleListener {
	l := &singleListener{address: conn.LocalAddr(), first: make(chan net.Conn, 1), closed: make(chan struct{})}
	l.first <- &watchedConn{Conn: conn, listener: l}
	return l
}

// Accept returns the connection, and after that waits for its end.
func (l *singleListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.first:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept. The connection is closed by the server that has it.
func (l *singleListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is the address that the connection came in at.
func (l *singleListener) Addr() net.Addr { return l.address }

// watchedConn closes its listener when it is closed.
type watchedConn struct {
	net.Conn

	listener *singleListener
}

// Close closes the connection and its listener.
func (c *watchedConn) Close() error {
	_ = c.listener.Close() // never fails
	return c.Conn.Close()  //nolint:wrapcheck // the caller is gRPC
}
