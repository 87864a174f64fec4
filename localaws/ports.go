package localaws

import (
	"fmt"
	"net"
	"strconv"

	"imagecdn/localaws/internal/netport"
)

// nextPorts is how many ports are tried, from the default one on.
const nextPorts = 100

// nearby listens at the address; if there is none, at the default one or the next
// port that is free. Trying is the only way to know: what was free may be taken
// a moment later.
func nearby[L any](address, otherwise string, listen func(address string) (L, error)) (L, error) {
	if address != "" {
		opened, err := listen(address)
		if netport.Taken(err) {
			err = fmt.Errorf("%w: end what listens there, or give no address: then the next free port is taken", err)
		}
		return opened, err
	}
	var opened L
	host, port, err := net.SplitHostPort(otherwise)
	if err != nil {
		return opened, err
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return opened, err
	}
	for n := range nextPorts {
		opened, err = listen(net.JoinHostPort(host, strconv.Itoa(first+n)))
		if !netport.Taken(err) {
			return opened, err
		}
	}
	return opened, fmt.Errorf("no port from %d to %d is free: %w", first, first+nextPorts-1, err)
}

func listenTCP(address string) (net.Listener, error) { return net.Listen("tcp", address) }
