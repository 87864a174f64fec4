package netport_test

import (
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"imagecdn/localaws/internal/netport"
)

func TestATakenPortIsToldFromOtherErrors(t *testing.T) {
	t.Parallel()
	first, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = first.Close() }()
	_, err = net.Listen("tcp", first.Addr().String())
	assert.True(t, netport.Taken(err), err)
	_, err = net.Listen("tcp", "192.0.2.1:0") // no address of this machine
	require.Error(t, err)
	assert.False(t, netport.Taken(err), err)
	assert.False(t, netport.Taken(errors.New("another")))
}
