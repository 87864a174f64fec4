package s3

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzWhatIsFramedInChunksComesOutAgain(f *testing.F) {
	f.Add([]byte("hello"), 2, []byte("5\r\nhello\r\n0\r\nx-a:b\r\n\r\n"))
	f.Add([]byte(""), 1, []byte("ffffffff\r\n"))
	f.Fuzz(func(t *testing.T, body []byte, size int, raw []byte) {
		_, _, _ = dechunk(raw) // must not panic
		if size < 1 {
			size = 1
		}
		var framed []byte
		for rest := body; len(rest) > 0; {
			n := min(size, len(rest))
			framed = fmt.Appendf(framed, "%x;chunk-signature=0\r\n%s\r\n", n, rest[:n])
			rest = rest[n:]
		}
		framed = append(framed, "0\r\nX-Amz-Checksum-Crc32: AAAA\r\n\r\n"...)
		got, trailer, err := dechunk(framed)
		require.NoError(t, err)
		assert.Equal(t, string(body), string(got))
		assert.Equal(t, "AAAA", trailer.Get("x-amz-checksum-crc32"))
	})
}

func FuzzARangeLiesWithinTheBody(f *testing.F) {
	for _, text := range []string{"bytes=0-1", "bytes=-5", "bytes=7-", "bytes=--", "bytes=9999999999999999999-"} {
		f.Add(text, int64(10))
	}
	f.Fuzz(func(t *testing.T, text string, size int64) {
		if size < 0 {
			return
		}
		from, to, ok := parseRange(text, size)
		if ok && from < size && to >= from {
			assert.GreaterOrEqual(t, from, int64(0))
			assert.Less(t, to, size)
		}
	})
}
