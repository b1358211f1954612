// Package sample fills a store with people, conversations and messages of all
// kinds that depend on a seed only: to measure with, to look at, and to try the
// program on a large history without a gateway.
package sample

import (
	"context"
	"errors"
	"fmt"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// Now is the instant that filled stores are made at: 24 November 2026, 12:00 UTC.
const Now model.Stamp = 1_795_521_600_000

const (
	years       = 6      // that the history reaches back
	rowsPerCall = 20_000 // of one SaveMessages: each rewrites the conversations that it touches
	listPerCall = 5000   // contacts or conversations of one call
	bigShare    = 10     // one in so many messages is in the largest conversation
	bigMost     = 100_000
)

// Config says how much is filled in. The same Config gives the same store,
// except for the order in which rows lie in the file.
type Config struct {
	Session       model.SessionName // "": sample
	Contacts      int
	Conversations int // at least one when there are messages
	Messages      int // a tenth of them, at most 100,000, in one conversation
	Seed          uint64
}

// Filled says what a filled store holds.
type Filled struct {
	Session       model.Session
	Conversations []model.ConversationID // the first is the largest
	Words         []string               // the vocabulary of the messages, the most frequent first
}

// Validate says what is wrong with a Config.
func (c Config) Validate() error {
	switch {
	case c.Contacts < 0 || c.Conversations < 0 || c.Messages < 0:
		return errors.New("sizes must not be negative")
	case c.Messages > 0 && c.Conversations == 0:
		return errors.New("messages need a conversation")
	case c.Session != "" && !c.Session.Valid():
		return errors.New("the name of the session is not usable")
	}
	return nil
}

// Fill puts a session into a store that does not hold it yet. progress, unless
// it is nil, is called now and then with how many of all rows are written.
// What was written stays when an error or the context ends it.
func Fill(ctx context.Context, s *store.Store, c Config, progress func(done, total int)) (Filled, error) {
	if err := c.Validate(); err != nil {
		return Filled{}, err
	}
	if c.Session == "" {
		c.Session = "sample"
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	if _, err := s.SessionByName(ctx, c.Session); !errors.Is(err, store.ErrNotFound) {
		if err == nil {
			err = store.ErrConflict
		}
		return Filled{}, fmt.Errorf("fill the session %s: %w", c.Session, err)
	}
	session, err := s.EnsureSession(ctx, c.Session)
	if err != nil {
		return Filled{}, err
	}
	session, _, err = s.UpdateSession(ctx, session.ID, func(m *model.Session) {
		m.JID, m.Phone, m.PushName, m.LastSyncAt = ownJID, ownJID.Phone(), "Panadería Sol", Now
	})
	if err != nil {
		return Filled{}, err
	}
	g := newGenerator(c)
	filled := Filled{Session: session, Words: g.words}
	f := filler{Store: s, generator: g, session: session.ID, progress: progress, total: c.Contacts + c.Conversations + c.Messages}
	if err := f.people(ctx); err != nil {
		return filled, err
	}
	if filled.Conversations, err = f.conversations(ctx); err != nil || c.Messages == 0 {
		return filled, err
	}
	// The index is built as messages come: a bulk import builds it in one go at
	// the end, in silence, for as long as all before took.
	return filled, f.messages(ctx, filled.Conversations)
}

// filler writes what a generator makes.
type filler struct {
	*store.Store
	*generator
	session     model.SessionID
	progress    func(done, total int)
	done, total int
}

func (f *filler) step(n int) {
	f.done += n
	f.progress(f.done, f.total)
}

func (f *filler) people(ctx context.Context) error {
	for from := 0; from < f.config.Contacts; from += listPerCall {
		n := min(listPerCall, f.config.Contacts-from)
		if err := f.SaveContacts(ctx, f.session, f.contacts(from, n), Now); err != nil {
			return err
		}
		f.step(n)
	}
	return nil
}

// conversations returns the keys in the order of the generator.
func (f *filler) conversations(ctx context.Context) ([]model.ConversationID, error) {
	ids := make([]model.ConversationID, 0, f.config.Conversations)
	for from := 0; from < f.config.Conversations; from += listPerCall {
		n := min(listPerCall, f.config.Conversations-from)
		if err := f.SaveConversations(ctx, f.session, f.places(from, n), Now); err != nil {
			return nil, err
		}
		f.step(n)
	}
	index, err := f.ConversationIndex(ctx, f.session)
	if err != nil {
		return nil, err
	}
	for i := range f.config.Conversations {
		ids = append(ids, index[f.placeJID(i)].ID)
	}
	return ids, nil
}

// messages writes the messages in the order of time, which keeps the file in order too.
func (f *filler) messages(ctx context.Context, ids []model.ConversationID) error {
	fetched := &model.FetchResult{Outcome: store.FetchOK, ReachedBeginning: true}
	for left := f.config.Messages; left > 0; {
		n := min(left, rowsPerCall)
		index := make(map[int]int) // of a place's batch
		var batches []model.MessageBatch
		for _, m := range f.history(n, left) {
			i, ok := index[m.place]
			if !ok {
				i = len(batches)
				index[m.place] = i
				batches = append(batches, model.MessageBatch{ConversationID: ids[m.place], Fetch: fetched})
			}
			batches[i].Messages = append(batches[i].Messages, m.MessageIn)
		}
		if _, err := f.SaveMessages(ctx, batches, Now); err != nil {
			return err
		}
		left -= n
		f.step(n)
	}
	return nil
}
