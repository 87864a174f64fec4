package provider

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
)

func TestStatementsOfOneProcessDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	var group sync.WaitGroup
	made := make([]state, 12)
	for i := range made {
		group.Go(func() {
			var err error
			made[i], err = c.create(fmt.Sprint(testURN, i), "my-images", distA)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	for _, one := range made {
		requireGrant(t, s3, one.get("sid"), distA)
	}
	s3.requireWrites(t, len(made))
}

// TestProcessesThatRaceConverge has providers in processes of their own, that all read before any of
// them writes: every write but the last is lost at first.
func TestProcessesThatRaceConverge(t *testing.T) {
	t.Parallel()
	const processes = 3
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	var reads atomic.Int32
	allHaveRead := make(chan struct{})
	s3.after = func(method, _ string) {
		if n := reads.Add(1); method == http.MethodGet && n <= processes {
			if n == processes {
				close(allHaveRead)
			}
			<-allHaveRead
		}
	}
	made := make([]state, processes)
	var group sync.WaitGroup
	for i := range made {
		c := start(t, WithSettleTime(20*time.Millisecond, 100*time.Millisecond)).configure(s3)
		group.Go(func() {
			var err error
			made[i], err = c.create(fmt.Sprint(testURN, i), "my-images", distA)
			assert.NoError(t, err)
		})
	}
	group.Wait()
	for _, one := range made {
		requireGrant(t, s3, one.get("sid"), distA)
	}
	assert.Contains(t, s3.policy("my-images"), theirStatement)
	assert.Greater(t, s3.writes(), processes, "the race took place")
}

// TestAStatementThatAnotherProcessOverwroteIsWrittenAgain makes the race that no lock of ours can prevent: between our
// read and our write, or right after it, somebody stores what they read before.
func TestAStatementThatAnotherProcessOverwroteIsWrittenAgain(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": ""})
	var once sync.Once
	s3.after = func(method, bucket string) {
		if method == http.MethodPut {
			once.Do(func() { s3.set(bucket, theirPolicy) })
		}
	}
	made := connect(t, s3).mustCreate("my-images", distA)
	requireGrant(t, s3, made.get("sid"), distA)
	assert.Contains(t, s3.policy("my-images"), theirStatement, "and the other's statement is kept")
	s3.requireWrites(t, 2)
}

func TestADeletedStatementThatCameBackIsDeletedAgain(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := connect(t, s3)
	made := c.mustCreate("my-images", distA)
	stale := s3.policy("my-images")
	var once sync.Once
	s3.after = func(method, bucket string) {
		if method == http.MethodPut {
			once.Do(func() { s3.set(bucket, stale) })
		}
	}
	require.NoError(t, c.delete(made))
	assert.NotContains(t, s3.policy("my-images"), sidPrefix)
	assert.Contains(t, s3.policy("my-images"), theirStatement)
}

func TestOneStaleReadIsNoReasonToWriteAgain(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	var once sync.Once
	s3.after = func(method, _ string) {
		if method == http.MethodPut {
			once.Do(func() { s3.serveStale(theirPolicy) })
		}
	}
	connect(t, s3).mustCreate("my-images", distA)
	s3.requireWrites(t, 1)
}

func TestAPolicyThatIsReplacedForEverIsGivenUp(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	s3.after = func(method, bucket string) {
		if method == http.MethodPut {
			s3.set(bucket, theirPolicy)
		}
	}
	_, err := connect(t, s3).create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "somebody else keeps replacing its policy")
	s3.requireWrites(t, maxWrites)
}

func TestACancelledOperationEndsWhileItWaits(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	c := start(t, WithSettleTime(time.Hour, time.Hour)).configure(s3)
	var cancelled atomic.Bool
	s3.after = func(method, _ string) {
		if method == http.MethodPut && !cancelled.Swap(true) {
			go func() {
				_, err := c.Cancel(context.Background(), &emptypb.Empty{})
				assert.NoError(t, err)
			}()
		}
	}
	_, err := c.create(testURN, "my-images", distA)
	require.ErrorContains(t, err, "cancelled")
	connect(t, s3).mustCreate("my-images", distA)
	s3.requireWrites(t, 1)
}

func TestAConflictIsRetried(t *testing.T) {
	t.Parallel()
	s3 := newFakeS3(t, map[string]string{"my-images": theirPolicy})
	s3.fault(http.MethodPut, s3Fault{status: http.StatusConflict, code: "OperationAborted", message: "try again"})
	s3.fault(http.MethodGet, s3Fault{status: http.StatusServiceUnavailable, code: "SlowDown", message: "slow down"})
	made := connect(t, s3).mustCreate("my-images", distA)
	requireGrant(t, s3, made.get("sid"), distA)
}

func TestWaitingForABucketEndsWithTheContext(t *testing.T) {
	t.Parallel()
	var locks keyedLock
	release, err := locks.lock(t.Context(), "a")
	require.NoError(t, err)
	other, err := locks.lock(t.Context(), "b")
	require.NoError(t, err, "another bucket is free")
	other()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = locks.lock(ctx, "a")
	require.ErrorIs(t, err, context.Canceled)
	release()
	again, err := locks.lock(t.Context(), "a")
	require.NoError(t, err)
	again()
}
