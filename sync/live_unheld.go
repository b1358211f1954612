package sync

import (
	"slices"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// unheldMost bounds what is kept of messages that are not held, and unheldFor
	// says for how long it is.
	unheldMost = 2000
	unheldFor  = 10 * time.Minute
)

// unheld is something that an event told of a message that is not held yet: events
// come in any order.
type unheld struct {
	conversation model.ConversationID
	jid          model.JID
	in           model.MessageIn
	votes        []model.PollVote
	at           time.Time
}

// messageKey is what tells messages apart (contract §10.2).
type messageKey struct {
	conversation model.ConversationID
	fromMe       bool
	id           model.ShortID
}

func identityOf(id model.ConversationID, in *model.MessageIn) messageKey {
	return messageKey{id, in.FromMe, in.ShortID}
}

// unheldSet keeps such things until their message comes by whatever way.
type unheldSet struct {
	mu    sync.Mutex
	all   map[messageKey][]unheld
	order []messageKey // by the time of the first
	n     int
	in    map[model.ConversationID]int
	due   map[model.ConversationID]struct{} // messages came there
}

func newUnheldSet() *unheldSet {
	return &unheldSet{
		all: map[messageKey][]unheld{}, in: map[model.ConversationID]int{}, due: map[model.ConversationID]struct{}{},
	}
}

// keep keeps something; the oldest goes when there is too much or it is too old.
func (s *unheldSet) keep(u unheld) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := identityOf(u.conversation, &u.in)
	if _, known := s.all[key]; !known {
		s.order = append(s.order, key)
	}
	s.all[key] = append(s.all[key], u)
	s.n++
	s.in[u.conversation]++
	for len(s.order) > 0 && (s.n > unheldMost || u.at.Sub(s.first()) > unheldFor) {
		s.drop(s.order[0])
	}
}

// first returns when the oldest was told. The caller holds mu and knows that there is one.
func (s *unheldSet) first() time.Time { return s.all[s.order[0]][0].at }

// drop takes out what is kept of a message. The caller holds mu.
func (s *unheldSet) drop(key messageKey) {
	gone := len(s.all[key])
	if gone == 0 {
		return
	}
	delete(s.all, key)
	if i := slices.Index(s.order, key); i >= 0 {
		s.order = slices.Delete(s.order, i, i+1)
	}
	s.n -= gone
	if s.in[key.conversation] -= gone; s.in[key.conversation] <= 0 {
		delete(s.in, key.conversation)
	}
}

// of returns what was told of a message, in that order.
func (s *unheldSet) of(key messageKey) []unheld {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all[key])
}

// forget takes out what was told of a message: it is held.
func (s *unheldSet) forget(key messageKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(key)
}

// arrived tells that messages of a conversation were stored; wanted says whether
// something is kept for them.
func (s *unheldSet) arrived(id model.ConversationID) (wanted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in[id] > 0 {
		s.due[id] = struct{}{}
	}
	return s.in[id] > 0
}

// retries takes out all that is kept of conversations where messages came since.
func (s *unheldSet) retries() (again []unheld) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.due) == 0 {
		return nil
	}
	for _, key := range slices.Clone(s.order) {
		if _, due := s.due[key.conversation]; due {
			again = append(again, s.all[key]...)
			s.drop(key)
		}
	}
	clear(s.due)
	return again
}
