package sync_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// A clock that is set back puts a page that ended before the message to after it.
func TestAPageThatEndedBeforeTheMessageProvesNothing(t *testing.T) {
	var v vanishing
	var clock wall
	r, chat := ready(t, rigOptions{scheduled: true, between: v.between, now: clock.now})
	r.params.Timing.NotFound = 30 * time.Minute
	clock.set(time.Hour)
	r.restart()
	r.untilLoaded()
	r.crashes()
	clock.set(0)
	r.looks(2)
	item := r.send(chat.ID, "Are you still there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	r.until("the gateway is missed", func() bool { return !r.engine.Connected(r.session.ID) })
	v.away.Store(false) // the same page
	r.untilLoaded()
	clock.set(2 * time.Minute)
	r.until("it was looked for again and again", func() bool { i := r.item(item.ID); return i.Looks >= 7 || i.NotFound })
	require.False(t, r.item(item.ID).NotFound)
}

// A new page shows nearly nothing at first, and more over minutes (contract §4.4).
func TestANewPageThatDoesNotShowWhatIsHeldProvesNothing(t *testing.T) {
	var v vanishing
	var clock wall
	var empty atomic.Bool
	r, chat := ready(t, rigOptions{scheduled: true, now: clock.now, between: func(h http.Handler) http.Handler {
		return v.between(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if empty.Load() && strings.Contains(req.URL.Path, "/fetchMessages/") {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				_, _ = io.WriteString(w, `{"success":true,"messages":[]}`)
				return
			}
			h.ServeHTTP(w, req)
		}))
	}})
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	require.NotEmpty(t, allMessages(t, r.store, chat.ID))
	r.params.Timing.NotFound = 30 * time.Minute
	r.restart()
	r.untilLoaded()
	item := r.send(chat.ID, "Are you still there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	require.NoError(t, r.server.Phone(sessionName).Crash())
	empty.Store(true)
	v.away.Store(false)
	r.untilLoaded() // it was restarted by itself
	clock.set(2 * time.Minute)
	r.until("it was looked for again and again", func() bool { i := r.item(item.ID); return i.Looks >= 7 || i.NotFound })
	require.False(t, r.item(item.ID).NotFound)
	empty.Store(false)
	r.notFound(item.ID)
}

// LookedOutbox fails once the store cannot be written.
func (m *mortal) LookedOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, notFound bool) error {
	return m.ifAlive(func() error { return m.Store.LookedOutbox(ctx, id, now, notFound) })
}

func TestALookThatCannotBeWrittenDownIsNotMadeAllTheTime(t *testing.T) {
	const fetches = fetchRoute
	var v vanishing
	r, chat := ready(t, rigOptions{scheduled: true, reconcile: time.Hour, between: v.between})
	item := r.send(chat.ID, "Are you still there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	r.until("the gateway is missed", func() bool { return !r.engine.Connected(r.session.ID) }) // it is looked for when it is back
	r.alive.dead.Store(true)
	before := r.alive.refused.Load()
	v.away.Store(false)
	r.until("a look could not be written down", func() bool { return r.alive.refused.Load() > before })
	from := r.server.Count(fetches)
	r.looks(10)
	require.Less(t, r.server.Count(fetches)-from, 10)
}
