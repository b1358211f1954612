package store_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	_ "github.com/glebarez/go-sqlite"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

const (
	now    = storetest.Now
	second = int64(1_700_000_000) // of most messages
	ana    = model.JID("34600111222@c.us")
	group  = model.JID("120363000000000001@g.us")
)

// fixture is a store with a session and a conversation.
type fixture struct {
	*store.Store
	ctx          context.Context
	session      model.SessionID
	conversation model.ConversationID
}

func newFixture(t testing.TB) fixture {
	t.Helper()
	return fixtureOn(t, storetest.New(t))
}

func fixtureOn(t testing.TB, s *store.Store) fixture {
	t.Helper()
	ctx := context.Background()
	session, err := s.EnsureSession(ctx, "empresa")
	require.NoError(t, err)
	s.SetSearchTime(time.Minute) // what a search finds must not depend on how busy the machine is
	c, err := s.EnsureConversation(ctx, session.ID, ana, "Ana García", now)
	require.NoError(t, err)
	return fixture{Store: s, ctx: ctx, session: session.ID, conversation: c.ID}
}

// text is a message of somebody else.
func text(short model.ShortID, unix int64, body string) model.MessageIn {
	return model.MessageIn{Message: model.Message{ShortID: short, Type: model.TypeChat, Text: body}, Unix: unix}
}

// own is a message of oneself.
func own(short model.ShortID, unix int64, body string, ack model.Ack) model.MessageIn {
	m := text(short, unix, body)
	m.FromMe, m.Ack = true, ack
	return m
}

// save saves messages into the fixture's conversation as they come by themselves.
func (f fixture) save(t testing.TB, messages ...model.MessageIn) model.Counts {
	t.Helper()
	return f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Messages: messages})
}

// fetch saves messages as the answer of a fetch.
func (f fixture) fetch(t testing.TB, result model.FetchResult, messages ...model.MessageIn) model.Counts {
	t.Helper()
	if result.Outcome == "" {
		result.Outcome = store.FetchOK
	}
	return f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Messages: messages, Fetch: &result})
}

func (f fixture) saveBatch(t testing.TB, batch model.MessageBatch) model.Counts {
	t.Helper()
	results, err := f.SaveMessages(f.ctx, []model.MessageBatch{batch}, now)
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, batch.ConversationID, results[0].ConversationID)
	return results[0].Counts
}

func (f fixture) message(t testing.TB, fromMe bool, short model.ShortID) model.MessageRow {
	t.Helper()
	m, err := f.MessageByShortID(f.ctx, f.conversation, fromMe, short)
	require.NoError(t, err)
	return m
}

func (f fixture) held(t testing.TB) model.Conversation {
	t.Helper()
	c, err := f.Conversation(f.ctx, f.conversation)
	require.NoError(t, err)
	return c
}

// writes returns how many rows f changes.
func (f fixture) writes(t testing.TB, do func()) int64 {
	t.Helper()
	before, err := f.Changes(f.ctx)
	require.NoError(t, err)
	do()
	after, err := f.Changes(f.ctx)
	require.NoError(t, err)
	return after - before
}

// identify saves who is who.
func (f fixture) identify(t testing.TB, identities ...model.Identity) {
	t.Helper()
	for i := range identities {
		identities[i].SessionID = f.session
	}
	_, err := f.SaveIdentities(f.ctx, identities)
	require.NoError(t, err)
}

// found returns the texts that a search finds, in its order.
func (f fixture) found(t testing.TB, query string) []string {
	t.Helper()
	result, err := f.Search(f.ctx, model.SearchQuery{Text: query})
	require.NoError(t, err)
	hits := result.Hits
	texts := make([]string, len(hits))
	for i, h := range hits {
		texts[i] = h.Text
	}
	return texts
}

// raw opens a file past the store.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
