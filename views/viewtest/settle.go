package viewtest

import (
	"bytes"
	"runtime"
	"time"
)

// Settle runs work until there is none and nothing can bring any: every goroutine that
// was started has ended or waits for the clock, for news or for what the test holds
// back. What is shown then is what stays, however slow or fast the computer is. An
// empty queue alone says nothing: what fills it may still be on its way.
func (q *Queue) Settle() {
	q.t.Helper()
	limit := time.NewTimer(waitLimit)
	defer limit.Stop()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		q.Drain()
		if !working() && q.Len() == 0 { // in this order: what rests now has put its work there before
			return
		}
		select {
		case <-q.ready:
		case <-look.C: // a goroutine may end without a word
		case <-limit.C:
			q.t.Fatalf("viewtest: goroutines still worked after %s", waitLimit)
		}
	}
}

// working tells whether a goroutine of ours, but for the one that asks, has something
// to do. The runtime knows that exactly: it makes a goroutine runnable in the moment in
// which what it waits for comes, not when it goes on.
func working() bool {
	buf := make([]byte, 1<<16)
	for n := runtime.Stack(buf, true); ; n = runtime.Stack(buf, true) {
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	all := bytes.Split(buf, []byte("\n\n"))
	for _, one := range all[1:] { // the first is the one that asks
		head, _, _ := bytes.Cut(one, []byte("\n"))
		if ours(one) && !rests(head) {
			return true
		}
	}
	return false
}

// ours tells whether a goroutine runs code of ours, or was started by ui.Context.Go
// and has not come to it yet. Fyne's own do not count.
func ours(stack []byte) bool {
	return bytes.Contains(stack, []byte("github.com/xappiens/buzon/")) || bytes.Contains(stack, []byte("sync.(*WaitGroup).Go"))
}

// rests tells from its first line, such as "goroutine 7 [select, 2 minutes]:", whether
// a goroutine waits for another one.
func rests(head []byte) bool {
	_, state, _ := bytes.Cut(head, []byte("["))
	for _, waits := range []string{"select", "chan receive", "chan send"} {
		if bytes.HasPrefix(state, []byte(waits)) {
			return true
		}
	}
	return false
}
