package sync

import (
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
)

// actedMost bounds what is remembered of acts.
const actedMost = 10_000

// acts knows when the gateway last did something to a conversation for the owner.
// A list that was asked for before that tells what was there before, and would
// take back what the owner sees done. While an action is open the store guards
// its wish; acts guards it from then on.
type acts struct {
	mu sync.Mutex
	at map[acted]time.Time
}

// acted is what an action changed: the flags of a conversation, whether its
// person is blocked, or its labels.
type acted struct {
	jid   model.JID
	which model.OutboxKind // OutboxBlock, OutboxLabels, or "" for the flags
}

// done notes that an action has been done, before the store is told.
func (a *acts) done(kind model.OutboxKind, jid model.JID, now time.Time) {
	if model.BecomesMessage(kind) || model.ActsOnMessage(kind) {
		return
	}
	what := acted{jid: jid}
	if kind == model.OutboxBlock || kind == model.OutboxLabels {
		what.which = kind
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.at == nil || len(a.at) >= actedMost {
		a.at = map[acted]time.Time{}
	}
	a.at[what] = now
}

// since tells whether something was done after a list that tells of it was asked for.
func (a *acts) since(jid model.JID, which model.OutboxKind, list time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, done := a.at[acted{jid, which}]
	return done && !at.Before(list)
}

// labelled tells whether any conversation was given other labels after a list of
// those of one label was asked for.
func (a *acts) labelled(list time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for what, at := range a.at {
		if what.which == model.OutboxLabels && !at.Before(list) {
			return true
		}
	}
	return false
}
