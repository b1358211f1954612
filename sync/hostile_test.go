package sync_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
)

// TestAnAnswerThatIsAlwaysTooLargeEnds lets a gateway give more than it was asked for,
// however little that is: asking for less must come to an end.
func TestAnAnswerThatIsAlwaysTooLargeEnds(t *testing.T) {
	var asked atomic.Int64
	endless := func(next http.Handler) http.Handler {
		more := []byte(strings.Repeat("7,", 1<<15))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.Contains(r.URL.Path, "/fetchMessages/") {
				next.ServeHTTP(w, r)
				return
			}
			asked.Add(1)
			w.Header().Set("Content-Type", "application/json")
			_, err := io.WriteString(w, `{"success":true,"messages":[{"id":{"id":"3A1","remote":"x@c.us"},"timestamp":1700000000,"type":"chat","body":"a"},
				{"id":{"id":"3A2","remote":"x@c.us"},"timestamp":1700000001,"type":"chat","body":"b"},`)
			for err == nil {
				_, err = w.Write(more)
			}
		})
	}
	config := small
	config.Conversations, config.Paired = 1, true
	r := newRig(t, rigOptions{simulator: config, between: endless})
	r.connect()
	_, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
	require.Equal(t, model.ProblemTooLarge, wasync.ProblemKind(err), "%v", err)
	require.LessOrEqual(t, asked.Load(), int64(4))
}

// TestDrillEndlessLists lets the lists of a gateway go on for ever, with another person
// and another conversation each time: a sync must end, and the store hold no more than
// its limits.
func TestDrillEndlessLists(t *testing.T) {
	figures := drill.Start(t, 22, "lists without an end, through to the store")
	var on atomic.Bool
	endless := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			member, item := "", ""
			switch {
			case !on.Load():
			case strings.Contains(r.URL.Path, "/getContacts/"):
				member, item = "contacts", `{"id":"%d@lid","name":"x"}`
			case strings.Contains(r.URL.Path, "/getChats/"):
				member, item = "chats", `{"id":"%d@c.us","timestamp":1700000000}`
			}
			if member == "" {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			out := bufio.NewWriterSize(w, 1<<16)
			_, err := fmt.Fprintf(out, `{"success":true,%q:[`, member)
			for n := 10_000_000; err == nil; n++ {
				_, err = fmt.Fprintf(out, item+",", n)
			}
		})
	}
	config := small
	config.Paired = true
	r := newRig(t, rigOptions{simulator: config, between: endless, settings: func(s *model.Settings) {
		s.LimitContacts, s.LimitConversations = 1000, 1000
	}})
	r.connect()
	r.sync(model.Full())
	on.Store(true)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	// In the suite one of the two lists is enough: they are read in the same way.
	scope := model.SyncScope{Contacts: true, Conversations: drill.Full()}
	_, err := r.engine.RunSync(t.Context(), r.session.ID, scope)
	require.Equal(t, model.ProblemTooLarge, wasync.ProblemKind(err), "%v", err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	contacts, err := r.store.ContactIndex(t.Context(), r.session.ID)
	require.NoError(t, err)
	conversations, err := r.store.CountConversations(t.Context(), r.session.ID)
	require.NoError(t, err)
	figures.AtMost("contacts stored", len(contacts), 1000+config.Contacts+config.Conversations)
	figures.AtMost("conversations stored", conversations, 1000+config.Conversations)
	figures.AtMost("MB held afterwards", int(max(after.HeapAlloc, before.HeapAlloc)-before.HeapAlloc)>>20, 128)
	on.Store(false)
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
}
