package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// EventFaults say how the events of WebSockets are disturbed on their way. Rates
// are shares of the frames, 0 to 1.
type EventFaults struct {
	// Disabled names the events that are never told, as DISABLED_CALLBACKS does
	// (contract §2).
	Disabled []string
	// Drop is how many never come.
	Drop float64
	// Double is how many come twice, the second time with the others of a later moment.
	Double float64
	// Delay is how many come late, by up to MaxDelay, and so after others.
	Delay float64
	// MaxDelay is 1 s when zero.
	MaxDelay time.Duration
	// Swap is how many change places with the one after them.
	Swap float64
}

func (f EventFaults) check() error {
	for name, rate := range map[string]float64{"drop": f.Drop, "double": f.Double, "delay": f.Delay, "swap": f.Swap} {
		if !(rate >= 0 && rate <= 1) {
			return fmt.Errorf("%s %v: want 0 to 1", name, rate)
		}
	}
	if f.MaxDelay < 0 {
		return fmt.Errorf("the longest delay must not be negative")
	}
	return nil
}

// lateFrame is a frame that is told later.
type lateFrame struct {
	frame []byte
	at    time.Time
}

// eventWay is the way of a session's events to its WebSockets. The session's lock
// guards it.
type eventWay struct {
	EventFaults
	rng     *rand.Rand
	late    []lateFrame
	swapped []byte // waits for the one after it
}

// SetEvents replaces how the events of every session are disturbed. What is late
// comes at once.
func (s *Server) SetEvents(f EventFaults) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("disturb the events: %w", err)
	}
	f.MaxDelay = positive(f.MaxDelay, defaultEventDelay)
	s.mu.Lock()
	s.events = f
	s.mu.Unlock()
	for _, name := range s.names() {
		se := s.session(name)
		se.enter()
		se.way.EventFaults = f
		se.flushLate(time.Time{})
		se.mu.Unlock()
	}
	return nil
}

// CutSockets ends every WebSocket of a session without a close frame; it can be
// opened again at once.
func (s *Server) CutSockets(session string) {
	se := s.session(session)
	se.enter()
	defer se.mu.Unlock()
	for sub := range se.subs {
		sub.cut()
	}
}

// Sockets is how many WebSockets of a session are open.
func (s *Server) Sockets(session string) int {
	se := s.session(session)
	se.enter()
	defer se.mu.Unlock()
	return len(se.subs)
}

// Tell sends an event as it is to every open WebSocket of the session, for what the
// phone here does not do by itself. data is JSON, empty for none.
func (p *Phone) Tell(dataType, data string) {
	p.s.enter()
	defer p.s.mu.Unlock()
	var raw []byte
	if data != "" {
		raw = []byte(data)
	}
	p.s.emit(dataType, raw)
}

// send brings a frame on its way. The caller locks the session.
func (s *session) send(dataType string, frame []byte) {
	w := &s.way
	if slices.Contains(w.Disabled, dataType) {
		return
	}
	if w.rng == nil {
		w.rng = rand.New(rand.NewPCG(s.key, 0xe7e))
	}
	if w.rng.Float64() < w.Drop {
		return
	}
	if w.rng.Float64() < w.Double {
		s.later(frame)
	}
	switch {
	case w.rng.Float64() < w.Delay:
		s.later(frame)
	case w.swapped == nil && w.rng.Float64() < w.Swap:
		w.swapped = frame
	default:
		s.put(frame)
		if w.swapped != nil {
			s.put(w.swapped)
			w.swapped = nil
		}
	}
}

func (s *session) later(frame []byte) {
	delay := time.Duration(s.way.rng.Int64N(int64(max(s.way.MaxDelay, 1))))
	s.way.late = append(s.way.late, lateFrame{frame, s.srv.cfg.Now().Add(delay)})
}

func (s *session) put(frame []byte) {
	for sub := range s.subs {
		sub.put(frame)
	}
}

// flushLate tells what was late and is due by now; the zero time means all of it.
func (s *session) flushLate(now time.Time) {
	s.way.late = slices.DeleteFunc(s.way.late, func(l lateFrame) bool {
		due := now.IsZero() || !l.at.After(now)
		if due {
			s.put(l.frame)
		}
		return due
	})
	if now.IsZero() && s.way.swapped != nil {
		s.put(s.way.swapped)
		s.way.swapped = nil
	}
}
