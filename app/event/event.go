// Package event carries news from the engine to the views: ids and counts,
// never rows, so that a view always re-reads the store.
//
// Contract: Publish never blocks and may be called from any goroutine. Each
// subscriber owns a Mailbox that merges what it has not taken yet, so a flood
// costs a view one reload. The bus starts no goroutine. After Close, Publish
// does nothing and every mailbox's channel is closed.
package event

import (
	"maps"
	"sync"

	"github.com/xappiens/buzon/model"
)

// Set is a set of ids.
type Set[T comparable] map[T]struct{}

// Has tells whether the set holds the id.
func (s Set[T]) Has(id T) bool {
	_, ok := s[id]
	return ok
}

// Batch is what happened since a mailbox was last taken. Publishing one with
// several fields set is one event.
type Batch struct {
	Sessions      Set[model.SessionID]                    // state, account or QR changed
	Contacts      Set[model.SessionID]                    // contacts of the session changed
	Conversations Set[model.SessionID]                    // rows of the conversation list changed
	Messages      Set[model.ConversationID]               // messages of the conversation changed
	Outbox        Set[model.ConversationID]               // outgoing messages of the conversation changed
	Progress      map[model.SessionID]model.Progress      // latest only
	Ledger        Set[model.SessionID]                    // ledgers changed, or work on them went on
	Incoming      map[model.ConversationID]int            // new messages from others
	Media         map[model.MessageID]model.MediaProgress // downloads of files, latest only
	Sending       map[model.OutboxID]model.MediaProgress  // files that are going out, latest only
	Gateway       *GatewayState                           // latest only
	Settings      bool                                    // settings changed
	SettingsError string                                  // kind of the error when an edit by hand was refused
	Activity      bool                                    // a line was added
	Safety        bool                                    // what is known of the store, its disk or its backups changed
}

// GatewayState says whether the gateway answers.
type GatewayState struct {
	Reachable bool
	Kind      string // error kind while it does not answer
}

// Empty tells whether nothing happened.
func (b *Batch) Empty() bool {
	return len(b.Sessions)+len(b.Contacts)+len(b.Conversations)+len(b.Messages)+len(b.Outbox)+len(b.Ledger)+len(b.Progress)+len(b.Incoming)+len(b.Media)+len(b.Sending) == 0 &&
		b.Gateway == nil && !b.Settings && b.SettingsError == "" && !b.Activity && !b.Safety
}

func (b *Batch) merge(o *Batch) {
	mergeSet(&b.Sessions, o.Sessions)
	mergeSet(&b.Contacts, o.Contacts)
	mergeSet(&b.Conversations, o.Conversations)
	mergeSet(&b.Messages, o.Messages)
	mergeSet(&b.Outbox, o.Outbox)
	mergeSet(&b.Ledger, o.Ledger)
	if len(o.Progress) > 0 {
		if b.Progress == nil {
			b.Progress = map[model.SessionID]model.Progress{}
		}
		maps.Copy(b.Progress, o.Progress)
	}
	if len(o.Media) > 0 {
		if b.Media == nil {
			b.Media = map[model.MessageID]model.MediaProgress{}
		}
		maps.Copy(b.Media, o.Media)
	}
	if len(o.Sending) > 0 {
		if b.Sending == nil {
			b.Sending = map[model.OutboxID]model.MediaProgress{}
		}
		maps.Copy(b.Sending, o.Sending)
	}
	for id, n := range o.Incoming {
		if b.Incoming == nil {
			b.Incoming = map[model.ConversationID]int{}
		}
		b.Incoming[id] += n
	}
	if o.Gateway != nil {
		b.Gateway = o.Gateway
	}
	b.Settings = b.Settings || o.Settings
	if o.Settings || o.SettingsError != "" {
		b.SettingsError = o.SettingsError
	}
	b.Activity = b.Activity || o.Activity
	b.Safety = b.Safety || o.Safety
}

func mergeSet[T comparable](to *Set[T], from Set[T]) {
	if len(from) == 0 {
		return
	}
	if *to == nil {
		*to = make(Set[T], len(from))
	}
	maps.Copy(*to, from)
}

// Of returns a set of the given ids.
func Of[T comparable](ids ...T) Set[T] {
	s := make(Set[T], len(ids))
	for _, id := range ids {
		s[id] = struct{}{}
	}
	return s
}

// Bus hands batches to its subscribers. The zero value is ready to use.
type Bus struct {
	mu     sync.Mutex
	boxes  map[*Mailbox]struct{}
	closed bool
}

// Publish merges the batch into every mailbox.
func (b *Bus) Publish(batch Batch) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	for box := range b.boxes {
		box.put(&batch)
	}
}

// Subscribe returns a new mailbox; the caller closes it.
func (b *Bus) Subscribe() *Mailbox {
	b.mu.Lock()
	defer b.mu.Unlock()
	box := &Mailbox{bus: b, ready: make(chan struct{}, 1)}
	if b.closed {
		close(box.ready)
		return box
	}
	if b.boxes == nil {
		b.boxes = map[*Mailbox]struct{}{}
	}
	b.boxes[box] = struct{}{}
	return box
}

// Close ends the bus: mailboxes get no more news and their channels are closed.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed = true
	for box := range b.boxes {
		close(box.ready)
	}
	b.boxes = nil
}

// Mailbox keeps what one subscriber has not taken yet.
type Mailbox struct {
	bus     *Bus
	mu      sync.Mutex
	pending Batch
	ready   chan struct{}
}

func (m *Mailbox) put(b *Batch) {
	m.mu.Lock()
	m.pending.merge(b)
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default: // a signal is waiting already
	}
}

// Ready receives a signal when something waits; it is closed by Close of the mailbox or bus.
func (m *Mailbox) Ready() <-chan struct{} { return m.ready }

// Take returns what has happened and empties the mailbox. The result is the caller's.
func (m *Mailbox) Take() Batch {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.pending
	m.pending = Batch{}
	return b
}

// Close ends the subscription; it may be called again.
func (m *Mailbox) Close() {
	m.bus.mu.Lock()
	defer m.bus.mu.Unlock()
	if _, ok := m.bus.boxes[m]; ok {
		delete(m.bus.boxes, m)
		close(m.ready)
	}
}
