package sync_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// vanishing is a gateway that goes away with the first message that is sent.
type vanishing struct {
	away, done atomic.Bool
}

func (v *vanishing) between(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "/sendMessage/") && !v.done.Swap(true) {
			v.away.Store(true)
		}
		if v.away.Load() {
			panic(http.ErrAbortHandler)
		}
		h.ServeHTTP(w, req)
	})
}

func TestACheckIsMadeAsSoonAsTheGatewayIsBack(t *testing.T) {
	var v vanishing
	r, chat := ready(t, rigOptions{scheduled: true, reconcile: time.Hour, between: v.between})
	item := r.send(chat.ID, "Are you still there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	r.until("the gateway is missed", func() bool { return !r.engine.Connected(r.session.ID) })
	require.Zero(t, r.item(item.ID).Looks)
	v.away.Store(false)
	r.until("it was looked for", func() bool { return r.item(item.ID).Looks > 0 })
	require.Equal(t, model.OutboxUnknown, r.item(item.ID).State)
}

// The page that may have taken a message ends with its gateway's process: what the new
// one does not show once it is up to date was not sent, and what waits behind it goes.
func TestWhatANewPageDoesNotShowHoldsNobodyForLong(t *testing.T) {
	var v vanishing
	var clock wall
	r, chat := ready(t, rigOptions{scheduled: true, between: v.between, now: clock.now})
	r.params.Timing.NotFound = 30 * time.Minute
	r.restart()
	r.untilLoaded()
	item := r.send(chat.ID, "Are you still there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	next := r.write(chat.ID, "And this")
	require.NoError(t, r.server.Phone(sessionName).Crash())
	v.away.Store(false)
	r.untilLoaded() // it was restarted by itself
	r.until("it was looked for", func() bool { return r.item(item.ID).Looks > 0 })
	require.False(t, r.item(item.ID).NotFound) // the page may still be showing old news
	clock.set(2 * time.Minute)
	r.notFound(item.ID)
	r.engine.Carry(r.session.ID)
	r.reaches(next.ID, model.OutboxSent)
	require.Equal(t, []string{"And this"}, r.acceptedTexts(chat.JID))
}

// A clock that is set back puts the call, and the looks until then, into the future.
func TestAMessageIsLookedForAfterTheClockWasSetBack(t *testing.T) {
	var clock wall
	r, chat := ready(t, rigOptions{scheduled: true, now: clock.now})
	r.params.Timing.NotFound = 30 * time.Minute
	r.restart()
	r.untilLoaded()
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	item := r.send(chat.ID, "Are you there?")
	require.Equal(t, model.OutboxUnknown, item.State)
	r.until("it was looked for", func() bool { return r.item(item.ID).Looks > 0 })
	clock.set(-6 * time.Hour)
	looks := r.item(item.ID).Looks
	r.until("it is looked for again and again", func() bool { return r.item(item.ID).Looks >= looks+3 })
	require.Equal(t, model.OutboxUnknown, r.item(item.ID).State)
	require.False(t, r.item(item.ID).NotFound)
}
