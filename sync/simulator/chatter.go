package simulator

import (
	"context"
	"math/rand/v2"
	"time"
)

// DemoLine gives a believable incoming text and the conversation it belongs to: one of
// the twelve newest that people still write in. The id is empty without conversations.
func (s *Server) DemoLine(session string, rng *rand.Rand) (chatID, text string) {
	se := s.session(session)
	se.enter()
	defer se.mu.Unlock()
	const pool = 12
	var ids []wid
	se.all(func(v view) bool {
		if !v.archived && !v.readOnly && (v.kind == kindPerson || v.kind == kindGroup) {
			ids = append(ids, v.id)
		}
		return len(ids) < pool
	})
	if len(ids) == 0 {
		return "", ""
	}
	return ids[rng.IntN(len(ids))].String(), se.src.newText(rng.Uint64())
}

// Chatter plays an incoming message about every interval (between half of it and one
// and a half) while the session is connected and ready, until ctx ends or Close is
// called. It returns at once; Close waits for its goroutine.
func (s *Server) Chatter(ctx context.Context, session string, interval time.Duration) {
	if interval <= 0 || !s.begin() {
		return
	}
	rng := rand.New(rand.NewPCG(uint64(s.cfg.Seed), hashText(1, session)))
	go func() {
		defer s.work.Done()
		for s.pause(ctx, interval/2+time.Duration(rng.Int64N(int64(interval)))) {
			if !s.isReady(session) {
				continue
			}
			if chatID, text := s.DemoLine(session, rng); chatID != "" {
				_, _ = s.Phone(session).Receive(chatID, text) // the conversation exists
			}
		}
	}()
}

func (s *Server) isReady(session string) bool {
	se := s.session(session)
	now := se.enter()
	defer se.mu.Unlock()
	return se.ready(now)
}
