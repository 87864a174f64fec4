package process

import (
	"os"
	"time"
)

// orphanInterval is how often a process looks whether its parent still lives.
const orphanInterval = time.Second

// Orphaned is closed when the parent of this process, the engine, has died. The death signal of become would not do:
// it comes when the thread that started this process ends, and the engine's threads come and go.
func Orphaned() <-chan struct{} {
	parent, orphaned := os.Getppid(), make(chan struct{})
	go func() {
		for os.Getppid() == parent {
			time.Sleep(orphanInterval)
		}
		close(orphaned)
	}()

	return orphaned
}
