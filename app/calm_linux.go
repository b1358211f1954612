package app

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// calmly runs f on a thread of low priority, and waits for it. The thread ends
// with it, since its priority cannot be raised again.
func calmly(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), 10) // at full priority it works as well
		f()
	}()
	<-done
}
