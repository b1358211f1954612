package simulator

import (
	"io"
	"net"
	"net/http"
	"time"
)

const (
	// cutAfter is how much of a request FaultCutBody reads before the RST, in bytes.
	cutAfter = 64 << 10
	// slowBodyPiece and slowBodyPause make FaultSlowBody read slowly.
	slowBodyPiece = 4 << 10
	slowBodyPause = 20 * time.Millisecond
	// destroyed is what a page call throws when its page reloads, as it does after a logout.
	destroyed = "Execution context was destroyed, most likely because of a navigation."
)

// waits tells whether the fault's delay comes before all else.
func (f Fault) waits() bool {
	switch f.Kind {
	case FaultSlow, FaultRestart, FaultAcceptedRestart:
		return false
	}
	return f.Delay > 0
}

// disturb performs the faults that concern what happens around a send, and says
// whether it did.
func (s *Server) disturb(w *recorder, r *http.Request, t target, f Fault, answer func(http.ResponseWriter)) bool {
	switch f.Kind {
	case FaultCutBody:
		_, _ = io.CopyN(io.Discard, r.Body, cutAfter)
		s.cut(w)
	case FaultSlowBody:
		r.Body = struct {
			io.Reader
			io.Closer
		}{&slowReader{s: s, r: r, body: r.Body}, r.Body}
		answer(w)
	case FaultRestart:
		s.Restart(f.Delay)
		panic(http.ErrAbortHandler)
	case FaultLogout:
		s.logoutDuring(w, r, t)
	case FaultAcceptedCut:
		hold(answer)
		s.cut(w)
	case FaultAcceptedStall:
		hold(answer)
		s.stall(r, t.route)
	case FaultAcceptedRestart:
		hold(answer)
		s.Restart(f.Delay)
		panic(http.ErrAbortHandler)
	case FaultAcceptedLogout:
		hold(answer)
		s.logoutDuring(w, r, t)
	default:
		return false
	}
	return true
}

// stall takes the whole request and answers never. That the client leaves is
// noticed only when all of the request was read.
func (s *Server) stall(r *http.Request, route string) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mu.Lock()
	s.stalled[route]++
	s.mu.Unlock()
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
	panic(http.ErrAbortHandler)
}

// cut ends a connection with an RST and without an answer.
func (s *Server) cut(w *recorder) {
	conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	reset(conn)
}

func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// logoutDuring removes the linked device while a page call is under way.
func (s *Server) logoutDuring(w http.ResponseWriter, r *http.Request, t target) {
	_, _ = io.Copy(io.Discard, r.Body) // of a server that answers before it has read all the client may hear nothing
	_ = s.Phone(t.session).Logout()    // a session that does not run has nothing to log out
	sendJSON(w, r, http.StatusInternalServerError, errorBody(s.thrown(destroyed)))
}

// slowReader reads a request a little at a time.
type slowReader struct {
	s    *Server
	r    *http.Request
	body io.Reader
}

// Read is io.Reader.
func (l *slowReader) Read(p []byte) (int, error) {
	if !l.s.pause(l.r.Context(), slowBodyPause) {
		return 0, io.ErrUnexpectedEOF
	}
	return l.body.Read(p[:min(len(p), slowBodyPiece)])
}

// follow keeps the listener's connections, so that a restart can cut them.
func (s *Server) follow(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch state {
	case http.StateNew:
		s.conns[conn] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		delete(s.conns, conn)
	}
}

// Restart is the end of the gateway's process and a new one: every connection is
// cut, nobody listens for so long, then every session that was in memory starts by
// itself, as AUTO_START_SESSIONS does. Requests of a Handler that is served
// elsewhere are cut only when they come while it is down.
func (s *Server) Restart(down time.Duration) {
	s.mu.Lock()
	s.downTo = s.cfg.Now().Add(down)
	up := s.downTo
	conns := s.conns
	s.conns = map[net.Conn]struct{}{}
	again := down > 0 && s.listener != nil && !s.closed && !s.away
	if again {
		_ = s.listener.Close() // its address stays known
		s.away = true
		s.work.Add(1)
	}
	s.mu.Unlock()
	if again {
		go s.listenAgain()
	}
	for conn := range conns {
		reset(conn)
	}
	for _, name := range s.names() {
		se := s.session(name)
		se.enter()
		if se.loaded || len(se.pending) > 0 {
			se.unload()
			se.launches++
			se.hubOpen = true
			up = up.Add(s.cfg.StartDelay) // one after the other
			se.pending = []time.Time{up}
		}
		se.mu.Unlock()
	}
}

// listenAgain is the new process: it serves at the old address from then on.
func (s *Server) listenAgain() {
	defer s.work.Done()
	s.mu.Lock()
	at, addr, server := s.downTo, s.listener.Addr().String(), s.server
	s.mu.Unlock()
	s.waitUntil(s.ctx, at)
	for s.ctx.Err() == nil {
		var lc net.ListenConfig
		ln, err := lc.Listen(s.ctx, "tcp", addr)
		if err != nil { // the system may still hold the address
			s.pause(s.ctx, 10*time.Millisecond)
			continue
		}
		s.mu.Lock()
		s.listener, s.away = ln, false
		s.mu.Unlock()
		_ = server.Serve(ln) // ends on Close, and at the next restart
		return
	}
}

// isDown tells whether the process is between its end and its new start.
func (s *Server) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.Now().Before(s.downTo)
}
