// Package storetest makes stores for tests and benchmarks: empty ones, and ones
// filled with people, conversations and messages that depend on a seed only.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/sample"
)

// Now is the instant that filled stores are made at: 1 November 2026.
const Now model.Stamp = 1_793_491_200_000

// rowsPerCall is how many messages go into one SaveMessages.
const rowsPerCall = 5000

// New opens an empty store in a folder of its own; it is closed with the test.
func New(t testing.TB) *store.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data", "buzon.db")
	Fresh(t, path)
	return Open(t, path)
}

// Fresh puts the file of a new store in a place where there is none. To copy one
// takes a small part of the time that all migrations take, which with the race
// detector is more than most tests take.
func Fresh(t testing.TB, path string) {
	t.Helper()
	empty, err := emptyStore()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, empty, 0o600))
}

// emptyStore makes a new store once and gives its file.
var emptyStore = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "buzon")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "buzon.db")
	s, err := store.Open(context.Background(), store.Options{Path: path})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Open opens a store for writing; it is closed with the test.
func Open(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{Path: path})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// BigStore is the environment variable that names a file to keep the store of Big in.
const BigStore = "BUZON_BENCH_STORE"

// BigConfig is what Big holds: 1,000,000 messages, 100,000 of them in one
// conversation that reaches six years back.
func BigConfig() sample.Config {
	return sample.Config{Session: "empresa", Contacts: 100_000, Conversations: 10_000, Messages: 1_000_000, Seed: 1}
}

// Big opens the store that large things are measured on. Making it takes some
// minutes: it is kept in the file that BUZON_BENCH_STORE names, and made there
// when it is missing; without the variable it is made for the caller only.
func Big(t testing.TB) (s *store.Store, path string) {
	t.Helper()
	path = os.Getenv(BigStore)
	if path == "" {
		path = filepath.Join(t.TempDir(), "buzon.db")
	}
	if _, err := os.Stat(path); err == nil {
		return Open(t, path), path
	}
	making := path + ".making" // a store that is half filled is not taken for a whole one
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(making + end); err != nil {
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
	}
	made, err := store.Open(context.Background(), store.Options{Path: making})
	require.NoError(t, err)
	_, err = sample.Fill(context.Background(), made, BigConfig(), nil)
	require.NoError(t, errors.Join(err, made.Close()))
	require.NoError(t, os.Rename(making, path))
	return Open(t, path), path
}

// Sizes say how much a filled store holds.
type Sizes struct {
	Contacts      int
	Conversations int
	Messages      int // spread over the conversations; with one conversation, all in it
}

// Filled says what a filled store holds.
type Filled struct {
	Session       model.Session
	Conversations []model.ConversationID
	Words         []string // the vocabulary of the messages, the most frequent first
}

// Fill puts a session with contacts, conversations and messages into a store.
func Fill(t testing.TB, s *store.Store, sizes Sizes, seed uint64) Filled {
	t.Helper()
	ctx := context.Background()
	session, err := s.EnsureSession(ctx, "filled")
	require.NoError(t, err)
	g := NewGenerator(seed)
	filled := Filled{Session: session, Words: g.words}
	for from := 0; from < sizes.Contacts; from += rowsPerCall {
		n := min(rowsPerCall, sizes.Contacts-from)
		require.NoError(t, s.SaveContacts(ctx, session.ID, g.Contacts(from, n), Now))
	}
	for from := 0; from < sizes.Conversations; from += rowsPerCall {
		n := min(rowsPerCall, sizes.Conversations-from)
		require.NoError(t, s.SaveConversations(ctx, session.ID, g.Conversations(from, n), Now))
	}
	filled.Conversations, err = s.ConversationIDs(ctx, session.ID)
	require.NoError(t, err)
	if sizes.Messages == 0 {
		return filled
	}
	require.NoError(t, s.BulkImport(ctx, func(ctx context.Context) error {
		for batches := range g.Messages(filled.Conversations, sizes.Messages) {
			if _, err := s.SaveMessages(ctx, batches, Now); err != nil {
				return err
			}
		}
		return nil
	}))
	return filled
}

// Generator makes rows that depend on its seed only.
type Generator struct {
	rng    *rand.Rand
	words  []string
	zipf   *rand.Zipf
	serial int
}

// NewGenerator returns a generator with a vocabulary of 50,000 words.
func NewGenerator(seed uint64) *Generator {
	rng := rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15))
	g := &Generator{rng: rng, words: sample.Vocabulary(rng, 50_000)}
	g.zipf = rand.NewZipf(rng, 1.07, 4, uint64(len(g.words)-1))
	return g
}

// Text returns a message of about 12 words, 75 characters on average; a few are much longer.
func (g *Generator) Text() string {
	n := 3 + g.rng.IntN(18)
	if g.rng.IntN(100) == 0 {
		n = 100 + g.rng.IntN(200)
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(g.words[g.zipf.Uint64()])
	}
	return b.String()
}

// jid returns the identifier of the i-th person.
func jid(i int) model.JID { return model.JID(fmt.Sprintf("346%08d@c.us", i)) }

// Contacts returns n contacts from the i-th on.
func (g *Generator) Contacts(from, n int) []model.Contact {
	contacts := make([]model.Contact, n)
	for i := range contacts {
		id := jid(from + i)
		name := g.words[g.rng.IntN(len(g.words))] + " " + g.words[g.rng.IntN(len(g.words))]
		contacts[i] = model.Contact{
			JID: id, Phone: id.Phone(), DisplayName: name, Name: name, PushName: g.words[g.rng.IntN(len(g.words))],
			IsMyContact: true, IsWAContact: true,
		}
	}
	return contacts
}

// Conversations returns n conversations from the i-th on; every tenth is a group.
func (g *Generator) Conversations(from, n int) []model.ConversationIn {
	list := make([]model.ConversationIn, n)
	for i := range list {
		c := &list[i].Conversation
		c.JID = jid(from + i)
		if (from+i)%10 == 9 {
			c.JID = model.JID(fmt.Sprintf("1203630%011d@g.us", from+i))
			list[i].Group = &model.Group{Subject: "group", Participants: []model.Participant{{JID: jid(from)}, {JID: jid(from + i)}}}
		}
		c.Name = g.words[g.rng.IntN(len(g.words))] + " " + g.words[g.rng.IntN(len(g.words))]
		c.Pinned = (from+i)%500 == 0
		c.Archived = (from+i)%7 == 6
		c.Unread = max(0, g.rng.IntN(8)-5)
	}
	return list
}

// Messages returns calls of SaveMessages, 5,000 messages each, that spread total
// messages over conversations within the last two years.
func (g *Generator) Messages(ids []model.ConversationID, total int) iter.Seq[[]model.MessageBatch] {
	return func(yield func([]model.MessageBatch) bool) {
		var call []model.MessageBatch
		rows := 0
		for i, id := range ids {
			left := total / len(ids)
			if i < total%len(ids) {
				left++
			}
			at := Now.Unix() - 2*365*86400
			step := int64(2*365*86400)/int64(left+1) - 1
			for left > 0 {
				n := min(left, rowsPerCall-rows)
				batch := model.MessageBatch{ConversationID: id, Fetch: &model.FetchResult{Outcome: store.FetchOK, ReachedBeginning: true}}
				for range n {
					at += 1 + g.rng.Int64N(2*max(step, 1))
					batch.Messages = append(batch.Messages, g.Message(min(at, Now.Unix())))
				}
				call = append(call, batch)
				left -= n
				if rows += n; rows == rowsPerCall {
					if !yield(call) {
						return
					}
					call, rows = nil, 0
				}
			}
		}
		if rows > 0 {
			yield(call)
		}
	}
}

// Message returns a new text message of that unix second.
func (g *Generator) Message(unix int64) model.MessageIn {
	g.serial++
	m := model.MessageIn{Unix: unix}
	m.ShortID = model.ShortID(fmt.Sprintf("3EB0%016X%08X", g.rng.Uint64(), g.serial))
	m.FromMe = g.rng.IntN(5) < 2
	m.Serialized = fmt.Sprintf("%t_34600000000@c.us_%s", m.FromMe, m.ShortID)
	m.Type, m.Text, m.Ack = model.TypeChat, g.Text(), model.Ack(1+g.rng.IntN(3))
	return m
}
