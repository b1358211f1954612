package sync_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/xappiens/buzon/sync/gateway"
)

// impatient is a client whose time has run out as soon as the simulator leaves a call
// without an answer, and not before: how long calls take on a busy machine is nobody's
// business.
type impatient struct {
	*gateway.Client
	r *rig
}

func (i impatient) SendMessage(ctx context.Context, session, chatID string, content gateway.Content, o gateway.SendOptions) (gateway.SendResult, error) {
	ctx, end := i.untilStalled(ctx, sendRoute)
	defer end()
	return i.Client.SendMessage(ctx, session, chatID, content, o)
}

func (i impatient) FetchMessages(ctx context.Context, session, chatID string, o gateway.FetchOptions, fn func(*gateway.Message) error) (gateway.ListReport, error) {
	ctx, end := i.untilStalled(ctx, fetchRoute)
	defer end()
	return i.Client.FetchMessages(ctx, session, chatID, o, fn)
}

func (i impatient) ClassInfo(ctx context.Context, session string) (*gateway.Account, error) {
	ctx, end := i.untilStalled(ctx, "GET /client/getClassInfo")
	defer end()
	return i.Client.ClassInfo(ctx, session)
}

// untilStalled returns a context whose time runs out when a call of the route is left
// without an answer, unless the rig waits. end must be called.
func (i impatient) untilStalled(parent context.Context, route string) (ctx context.Context, end func()) {
	before := i.r.server.Stalled(route)
	c := &spent{Context: parent, done: make(chan struct{})}
	over := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-parent.Done():
				c.end(parent.Err())
				return
			case <-tick.C:
			}
			if !i.r.waits.Load() && i.r.server.Stalled(route) > before {
				c.end(context.DeadlineExceeded)
				return
			}
		}
	})
	return c, func() { close(over); watching.Wait() }
}

// spent is a context whose deadline a test chooses.
type spent struct {
	context.Context
	done chan struct{}
	mu   sync.Mutex
	err  error
}

func (c *spent) end(err error) {
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
	close(c.done)
}

func (c *spent) Done() <-chan struct{} { return c.done }

func (c *spent) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// withheld keeps the second half of each answer to a call back while it is shut; what
// the call does is done before.
type withheld struct {
	call string // part of its path

	mu   sync.Mutex
	gate chan struct{} // closed when answers may go; nil: they go
	pass int           // so many go before
	held int
}

func (h *withheld) between(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, h.call) {
			next.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		next.ServeHTTP(rec, r)
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(rec.Code)
		body := rec.Body.Bytes()
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		h.wait(r.Context())
		_, _ = w.Write(body[len(body)/2:])
	})
}

func (h *withheld) wait(ctx context.Context) {
	h.mu.Lock()
	gate := h.gate
	if h.pass > 0 {
		h.pass--
		gate = nil
	}
	if gate != nil {
		h.held++
	}
	h.mu.Unlock()
	if gate == nil {
		return
	}
	select {
	case <-gate:
	case <-ctx.Done(): // the client left
	}
}

// shut keeps answers back from now on.
func (h *withheld) shut() { h.shutAfter(0) }

// shutAfter lets so many answers go, and keeps back what comes then.
func (h *withheld) shutAfter(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gate, h.pass, h.held = make(chan struct{}), n, 0
}

// any tells whether an answer is kept back.
func (h *withheld) any() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.held > 0
}

// open lets all answers go.
func (h *withheld) open() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gate != nil {
		close(h.gate)
		h.gate, h.pass = nil, 0
	}
}
