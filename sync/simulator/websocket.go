package simulator

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// pumpInterval is how often an open WebSocket brings its session up to date.
const pumpInterval = 20 * time.Millisecond

// subscriber is one open WebSocket: frames that wait to be written.
type subscriber struct {
	mu     sync.Mutex
	frames [][]byte
	wake   chan struct{}
	gone   chan struct{}
	once   sync.Once
}

func newSubscriber() *subscriber {
	return &subscriber{wake: make(chan struct{}, 1), gone: make(chan struct{})}
}

func (u *subscriber) put(frame []byte) {
	u.mu.Lock()
	u.frames = append(u.frames, frame)
	u.mu.Unlock()
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

func (u *subscriber) take() [][]byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	frames := u.frames
	u.frames = nil
	return frames
}

// cut ends the connection without a close frame.
func (u *subscriber) cut() { u.once.Do(func() { close(u.gone) }) }

// emit sends an event to every open WebSocket; nil data leaves the member out. The
// caller locks the session.
func (s *session) emit(dataType string, data []byte) {
	if len(s.subs) == 0 {
		return
	}
	frame := appendString([]byte(`{"dataType":`), dataType)
	if data != nil {
		frame = append(appendName(frame, "data"), data...)
	}
	frame = append(appendText(frame, "sessionId", s.name), '}')
	s.send(dataType, frame)
}

// webSocketSession takes the session name out of a WebSocket path that is served.
func (s *Server) webSocketSession(path string) (string, bool) {
	prefix := s.cfg.BasePath + "/ws/"
	if s.cfg.WebSocket == WebSocketQuirk && s.cfg.BasePath == "" {
		prefix = "/.//ws/"
	}
	name, ok := strings.CutPrefix(path, prefix)
	return name, ok && s.cfg.WebSocket != WebSocketOff && s.cfg.Flavour == FlavourA && sessionName.MatchString(name)
}

// serveWebSocket handles upgrade requests: those that no session answers lose their
// connection without an HTTP answer (contract §11.1).
func (s *Server) serveWebSocket(w http.ResponseWriter, r *http.Request) bool {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		return false
	}
	n := s.note(RequestLog{Time: s.cfg.Now(), Method: r.Method, Path: r.URL.Path, Route: "WS " + r.URL.Path, Key: r.Header.Get("X-Api-Key")})
	name, ok := s.webSocketSession(r.URL.Path)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	se := s.session(name)
	sub := newSubscriber()
	se.enter()
	open := se.hubOpen
	if open {
		se.subs[sub] = struct{}{} // before the client knows, so that it misses nothing
	}
	se.mu.Unlock()
	if !open {
		panic(http.ErrAbortHandler)
	}
	defer func() {
		se.mu.Lock()
		delete(se.subs, sub)
		se.mu.Unlock()
	}()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return true // Accept has answered
	}
	s.noteEnd(n, http.StatusSwitchingProtocols, "")
	s.pump(se, sub, conn)
	return true
}

// pump writes frames until one side ends. It owns the goroutine that reads, and so
// answers pings, and waits for it.
func (s *Server) pump(se *session, sub *subscriber, conn *websocket.Conn) {
	ctx, cancel := context.WithCancel(s.ctx)
	var reading sync.WaitGroup
	reading.Add(1)
	go func() {
		defer reading.Done()
		defer cancel()
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
		}
	}()
	defer func() {
		_ = conn.CloseNow()
		cancel()
		reading.Wait()
	}()
	tick := time.NewTicker(pumpInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sub.gone:
			return
		case <-tick.C:
			se.enter()
			se.mu.Unlock()
		case <-sub.wake:
		}
		for _, frame := range sub.take() {
			if err := conn.Write(ctx, websocket.MessageText, frame); err != nil {
				return
			}
		}
	}
}
