package gateway

import (
	"context"
	"net/http"
)

// startFlight is one start under way, shared by all who ask for it.
type startFlight struct {
	done chan struct{}
	err  error // set before done is closed
}

// StartSession starts a session. Generation A answers only when the browser is
// up, after 5 to 30 seconds or more, and a second start in that time would
// launch a second browser on the same profile: so per name one request is under
// way at most, callers that come later wait for the same answer, and a caller
// that gives up (KindCanceled) does not end it. KindTimeout means "still
// starting: ask for the status"; nothing is repeated. Success says nothing about
// pairing.
//
// GET /session/start/:id
func (c *Client) StartSession(ctx context.Context, session string) error {
	k := &call{op: "StartSession", method: http.MethodGet, route: "/session/start/:id", session: session,
		class: classOnce, timeout: StartTimeout}
	if err := ctx.Err(); err != nil {
		return k.failContext(err)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return k.failContext(context.Canceled)
	}
	flight := c.starts[session]
	if flight == nil {
		flight = &startFlight{done: make(chan struct{})}
		c.starts[session] = flight
		c.busy.Add(1)
		go c.fly(k, flight)
	}
	c.mu.Unlock()
	select {
	case <-flight.done:
		return flight.err
	case <-ctx.Done():
		return k.failContext(ctx.Err())
	}
}

// fly runs a start for as long as the client lives, whoever still waits.
func (c *Client) fly(k *call, flight *startFlight) {
	defer c.busy.Done()
	flight.err = c.do(c.life, k)
	c.mu.Lock()
	delete(c.starts, k.session)
	c.mu.Unlock()
	close(flight.done)
}
