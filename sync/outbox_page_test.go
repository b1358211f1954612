package sync_test

import (
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
