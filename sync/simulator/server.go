package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// requestsKept bounds the request log, bodyKept what it holds of each body.
const (
	requestsKept = 10_000
	bodyKept     = 4096
)

// Server imitates one gateway. Make it with New, end it with Close.
type Server struct {
	cfg       Config
	realClock bool
	art       *art
	layout    *layout
	bakery    *bakery // nil without Config.Business
	faults    *faultBox
	routes    map[string]route

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // handlers, serving goroutines, chatter

	mu       sync.Mutex
	closed   bool
	sessions map[string]*session
	used     []string // session names in the order of their first use
	listener net.Listener
	server   *http.Server
	conns    map[net.Conn]struct{} // of the listener
	downTo   time.Time             // nothing is answered until then
	away     bool                  // nobody listens
	accepted []Accepted
	acted    []Acted
	log      []RequestLog
	logStart int // number of log[0]
	counts   map[string]int
	stalled  map[string]int
	events   EventFaults // of sessions to come
}

// RequestLog is one request that was received.
type RequestLog struct {
	Time    time.Time
	Method  string
	Path    string // as sent, with the base path
	Route   string // "POST /client/sendMessage": without base path and session
	Session string
	Query   string
	Key     string // x-api-key as received
	Status  int    // 0 while running or when the connection was cut
	Body    string // the first 4,096 bytes
	Ended   bool   // the server does nothing for it any more
	Fault   FaultKind
}

// New makes a server. It listens nowhere until Listen or Serve; Handler can be used
// at once.
func New(cfg Config) (*Server, error) {
	realClock := cfg.Now == nil
	cfg, err := cfg.normal()
	if err != nil {
		return nil, fmt.Errorf("configure the simulated gateway: %w", err)
	}
	a, err := newArt()
	if err != nil {
		return nil, fmt.Errorf("prepare the simulated gateway: %w", err)
	}
	s := &Server{
		cfg: cfg, realClock: realClock, art: a, layout: newLayout(cfg, a),
		faults: newFaultBox(cfg.Seed, cfg.Faults), routes: routes(),
		events: cfg.Events, sessions: map[string]*session{}, counts: map[string]int{}, stalled: map[string]int{}, conns: map[net.Conn]struct{}{},
	}
	if cfg.Business {
		if s.bakery, err = newBakery(cfg.Language, cfg.Epoch, a); err != nil {
			return nil, fmt.Errorf("prepare the simulated business: %w", err)
		}
		for i := range s.bakery.chats {
			if cfg.MarksSeen {
				s.bakery.chats[i].unread = 0
			}
		}
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// newSource makes the data of an account.
func (s *Server) newSource(session string) source {
	if s.bakery != nil {
		return s.bakery
	}
	return newAccount(s.layout, session)
}

// session gives the account of a session name, made when it is first used.
func (s *Server) session(name string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.sessions[name]; ok {
		return found
	}
	made := newSession(s, name)
	s.sessions[name] = made
	s.used = append(s.used, name)
	return made
}

// names gives the sessions in the order of their first use.
func (s *Server) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.used)
}

// Handler gives the gateway as a handler, for httptest.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serveHTTP) }

// begin registers work that Close waits for; false after Close.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.work.Add(1)
	return true
}

// Listen opens addr (such as "127.0.0.1:0") and serves in the background until Close.
func (s *Server) Listen(addr string) error {
	var lc net.ListenConfig
	ln, err := lc.Listen(s.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen as simulated gateway: %w", err)
	}
	server := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Second, ConnState: s.follow}
	s.mu.Lock()
	if s.closed || s.listener != nil {
		s.mu.Unlock()
		_ = ln.Close()
		return errors.New("listen as simulated gateway: it is listening or closed already")
	}
	s.listener, s.server = ln, server
	s.work.Add(1)
	s.mu.Unlock()
	go func() {
		defer s.work.Done()
		_ = server.Serve(ln) // ends with ErrServerClosed on Close
	}()
	return nil
}

// Serve opens addr and serves until ctx ends or Close is called.
func (s *Server) Serve(ctx context.Context, addr string) error {
	if err := s.Listen(addr); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return s.Close()
}

// URL is the base URL, with the base path and without a slash at its end; empty
// before Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String() + s.cfg.BasePath
}

// Close ends the listener, open connections and all goroutines, and waits for them.
// A second call does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	server, first := s.server, !s.closed
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	var err error
	if server != nil && first {
		err = server.Close()
	}
	s.work.Wait()
	if err != nil {
		return fmt.Errorf("close the simulated gateway: %w", err)
	}
	return nil
}

// SetFaults replaces all faults. An invalid one is an error and changes nothing.
func (s *Server) SetFaults(faults ...Fault) error {
	for i, f := range faults {
		if err := f.check(); err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	s.faults.set(faults)
	return nil
}

// note enters a request into the log and gives its number.
func (s *Server) note(r RequestLog) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[r.Route]++
	if len(s.log) >= requestsKept {
		drop := requestsKept / 10
		s.log = slices.Delete(s.log, 0, drop)
		s.logStart += drop
	}
	s.log = append(s.log, r)
	return s.logStart + len(s.log) - 1
}

// noteEnd completes an entry of the log, if it is still held.
func (s *Server) noteEnd(n, status int, f FaultKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := n - s.logStart; i >= 0 && i < len(s.log) {
		s.log[i].Status, s.log[i].Fault, s.log[i].Ended = status, f, true
	}
}

// Requests gives the last requests (at most 10,000), oldest first.
func (s *Server) Requests() []RequestLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count says how many requests a route has had, such as "GET /session/start".
func (s *Server) Count(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[route]
}

// Stalled says how many requests of a route a fault has left without an answer, of
// those that have ended too. What such a request does is done before it is counted.
func (s *Server) Stalled(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stalled[route]
}

// ResetRequests forgets the requests and their counts.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logStart += len(s.log)
	s.log, s.counts = nil, map[string]int{}
}

// Launches says how many browsers were launched for a session.
func (s *Server) Launches(session string) int {
	se := s.session(session)
	se.enter()
	defer se.mu.Unlock()
	return se.launches
}

// waitUntil returns when the clock has reached t or nobody waits any more.
func (s *Server) waitUntil(ctx context.Context, t time.Time) {
	for {
		d := t.Sub(s.cfg.Now())
		if d <= 0 {
			return
		}
		if !s.realClock {
			d = min(d, 5*time.Millisecond) // an injected clock cannot be waited for
		}
		if !s.pause(ctx, d) {
			return
		}
	}
}

// pause waits d; false when the client left or the server closes.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
	return false
}
