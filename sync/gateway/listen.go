package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

const (
	// One media event carries a whole file in base64: 13 MB with the gateway's
	// default settings (contract §11.1).
	maxFrame = 32 << 20
	// The server neither pings nor times out; silence is noticed by our pings.
	pingEvery       = 25 * time.Second
	pongWithin      = 10 * time.Second
	socketHandshake = 20 * time.Second
)

// socketRoutes are the places of the WebSocket: the documented one, and the one
// that releases v1.34.2 and later answer when BASE_PATH is unset (contract §11.1).
var socketRoutes = [...]string{"/ws/:id", "/.//ws/:id"}

// Listen reads the session's events until ctx ends or the connection breaks,
// and always returns an error: KindCanceled, KindUnreachable when it broke
// (reconnect, and catch up: nothing is told again), KindNoWebSocket when this
// gateway has none or the session is not started (poll instead). fn runs on
// Listen's goroutine, one event at a time; the first is EventOpen. Events come
// in no reliable order, and some twice.
//
// GET /ws/:id, GET /.//ws/:id (contract §11.1)
func (c *Client) Listen(ctx context.Context, session string, fn func(Event)) error {
	k := &call{op: "Listen", method: http.MethodGet, route: socketRoutes[0], session: session, class: classOnce}
	if e := c.check(ctx, k); e != nil {
		return e
	}
	conn, err := c.dialSocket(ctx, k)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancelCause(ctx)
	pinger := make(chan struct{})
	go func() {
		defer close(pinger)
		cancel(c.keepAlive(ctx, conn))
	}()
	defer func() {
		cancel(nil)
		<-pinger
	}()
	fn(Event{Type: EventOpen, Session: session})
	return c.readEvents(ctx, k, conn, fn)
}

// dialSocket opens the socket at the place that worked before, else at each.
func (c *Client) dialSocket(ctx context.Context, k *call) (*websocket.Conn, error) {
	first := int(c.wsStyle.Load())
	var last *Error
	for n := range socketRoutes {
		style := (first + n) % len(socketRoutes)
		conn, e := c.dialRoute(ctx, k, socketRoutes[style])
		if e == nil {
			c.wsStyle.Store(int32(style))
			c.log.Debugf("gateway: Listen: open at %s", socketRoutes[style])
			return conn, nil
		}
		last = e
		if e.Kind != KindNoWebSocket {
			break
		}
	}
	return nil, last
}

func (c *Client) dialRoute(ctx context.Context, k *call, route string) (*websocket.Conn, *Error) {
	ctx, cancel := context.WithTimeout(ctx, socketHandshake)
	defer cancel()
	header := http.Header{}
	// The gateway asks for no key here; a proxy before it may.
	c.setHeaders(header)
	conn, resp, err := websocket.Dial(ctx, c.address(route, k.session), &websocket.DialOptions{
		HTTPClient:      &http.Client{Transport: c.pooled, CheckRedirect: checkRedirect},
		HTTPHeader:      header,
		CompressionMode: websocket.CompressionDisabled,
	})
	if err == nil {
		return conn, nil
	}
	if resp != nil {
		if resp.Body != nil {
			_ = resp.Body.Close()
		}
		return nil, c.noSocket(k, resp)
	}
	e := c.transportFailure(k, err)
	// For a wrong path, and for a session that is not started, the server cuts
	// the connection without a word.
	if e.Kind == KindUnreachable && !e.unsent && wasCut(err) {
		e.Kind = KindNoWebSocket
	}
	return nil, e
}

// SocketRoute returns the place at which the WebSocket opened last (contract §11.1).
func (c *Client) SocketRoute() string { return socketRoutes[c.wsStyle.Load()] }

func wasCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || strings.HasSuffix(err.Error(), "EOF")
}

// noSocket sorts an HTTP answer in the place of the switch to WebSocket.
func (c *Client) noSocket(k *call, resp *http.Response) *Error {
	e := c.refusal(k, resp, "")
	if e.Kind == KindEndpointMissing || e.Kind == KindMalformed || e.Kind == KindRefused || e.Kind == KindSessionBroken {
		e.Kind = KindNoWebSocket
	}
	return e
}

// keepAlive pings until ctx ends or a pong stays away.
func (c *Client) keepAlive(ctx context.Context, conn *websocket.Conn) error {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		pong, cancel := context.WithTimeout(ctx, pongWithin)
		err := conn.Ping(pong)
		cancel()
		if err != nil {
			return errSilent
		}
	}
}

var errSilent = errors.New("the gateway does not answer pings")

// readEvents hands frames over until the connection ends.
func (c *Client) readEvents(ctx context.Context, k *call, conn *websocket.Conn, fn func(Event)) error {
	for {
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return c.socketEnd(ctx, k, err)
		}
		if e, ok := decodeEvent(frame); ok {
			fn(e)
		} else {
			c.log.Debugf("gateway: Listen: a frame of %d bytes is no event", len(frame))
		}
	}
}

func (c *Client) socketEnd(ctx context.Context, k *call, err error) *Error {
	if cause := context.Cause(ctx); cause != nil {
		if errors.Is(cause, errSilent) {
			return k.fail(KindUnreachable, 0, "", errSilent)
		}
		return k.failContext(cause)
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return k.fail(KindTooLarge, 0, "", err)
	}
	return k.fail(KindUnreachable, 0, "", err)
}
