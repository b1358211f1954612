package sync_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// door is the way to the WebSocket; while it is shut the gateway cannot be reached
// that way.
type door struct{ shut atomic.Bool }

func (d *door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.shut.Load() && r.Header.Get("Upgrade") != "" {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// away cuts the socket, lets things happen and lets it be opened again.
func (r *rig) away(d *door, happens func()) {
	r.t.Helper()
	d.shut.Store(true)
	r.server.CutSockets(sessionName)
	r.until("the socket is lost", func() bool { return r.live().Status == model.LiveConnecting })
	happens()
	d.shut.Store(false)
}

// chats returns conversations with people, newest first.
func (r *rig) chats(n int) []model.ConversationRow {
	r.t.Helper()
	rows, err := r.store.Conversations(r.t.Context(), model.ConversationQuery{SessionID: r.session.ID, Filter: model.FilterEverything})
	require.NoError(r.t, err)
	var people []model.ConversationRow
	for _, row := range rows {
		if row.Kind == model.KindPerson && row.JID.User() != "0" && len(people) < n {
			people = append(people, row)
		}
	}
	require.Len(r.t, people, n)
	return people
}

func TestCatchUpAfterADayAway(t *testing.T) {
	config := telling
	config.Conversations, config.Messages, config.Contacts = 140, 600, 200
	d := &door{}
	r := newLiveRig(t, func(o *rigOptions) {
		o.simulator, o.between = config, d.guard
		o.settings = func(s *model.Settings) { s.ConversationsPerSync, s.LimitMessages = 500, 0 }
	})
	people := r.chats(100)
	var lists, fetches, runs int
	r.away(d, func() {
		lists, fetches, runs = r.lists(), r.fetches(), r.actions("catch_up")
		for i := range 2000 {
			r.receive(people[i%100].JID, fmt.Sprint("mientras tanto ", i))
		}
	})
	box := r.bus.Subscribe()
	defer box.Close()
	r.caughtUp()
	require.Equal(t, lists+1, r.lists())
	require.Equal(t, fetches+100, r.fetches())
	batch := box.Take()
	require.Contains(t, batch.Progress, r.session.ID, "it shows how far it is")
	require.Len(t, batch.Messages, 100)
	require.Equal(t, runs+1, r.actions("catch_up"))
	r.requireTruth()
	require.Equal(t, 2, r.live().Opened)
}

func TestACatchUpGoesOnUntilAllIsHeld(t *testing.T) {
	config := telling
	config.Conversations, config.Messages, config.Contacts = 300, 300, 400
	d := &door{}
	r := newLiveRig(t, func(o *rigOptions) {
		o.simulator, o.between = config, d.guard
		o.settings = func(s *model.Settings) { s.ConversationsPerSync, s.LimitMessages = 1, 0 }
	})
	people := r.chats(150)
	var lists, runs int
	r.away(d, func() {
		lists, runs = r.lists(), r.actions("catch_up")
		for _, p := range people {
			r.receive(p.JID, "una cosa")
		}
	})
	r.caughtUp()
	require.Equal(t, lists+1, r.lists(), "the list is read once")
	ids, err := r.store.ConversationsToFetch(t.Context(), r.session.ID, 10)
	require.NoError(t, err)
	require.Empty(t, ids)
	require.Equal(t, runs+2, r.actions("catch_up"))
	r.requireTruth()
}

func TestMessagesDuringACatchUpLeaveNoHole(t *testing.T) {
	d := &door{}
	r := newLiveRig(t, func(o *rigOptions) { o.between = d.guard })
	c := r.someone()
	var missed, first simulator.MessageRef
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultSlow, Rate: 1, Route: "getChats", Delay: time.Millisecond}))
	r.away(d, func() { missed = r.receive(c.JID, "perdido mientras tanto") })
	r.until("the socket is open", func() bool { return r.live().Status == model.LiveOn })
	first = r.receive(c.JID, "el primero que se oye")
	r.until("it is shown at once", func() bool { return r.row(c.ID, first) != nil })
	require.NoError(t, r.server.SetFaults())
	r.until("the one before it", func() bool { return r.row(c.ID, missed) != nil })
	r.caughtUp()
}

func TestNothingIsCaughtUpWhileItIsNotKnownWhatIsMissing(t *testing.T) {
	d := &door{}
	r := newLiveRig(t, func(o *rigOptions) { o.between = d.guard })
	r.away(d, func() { r.alive.blind.Store(true) })
	r.until("it is tried again", func() bool {
		require.False(t, r.live().CaughtUp)
		return r.alive.asked.Load() > 1
	})
	r.alive.blind.Store(false)
	r.caughtUp()
}

func TestTheSocketDiesInABurst(t *testing.T) {
	r := newLiveRig(t, nil)
	people := r.chats(5)
	for i := range 300 {
		r.receive(people[i%5].JID, fmt.Sprint("ráfaga ", i))
		if i%60 == 30 {
			r.server.CutSockets(sessionName)
		}
	}
	r.caughtUp()
	r.until("all of it", func() bool {
		n := 0
		for _, p := range people {
			n += len(allMessages(t, r.store, p.ID))
		}
		want := 0
		for _, p := range people {
			for range r.server.TruthMessages(sessionName, string(p.JID)) {
				want++
			}
		}
		return n == want
	})
}

func TestTooManyEventsAreCaughtUp(t *testing.T) {
	r := newLiveRig(t, nil)
	r.alive.stall(func() { // the store takes nothing for a while
		people := r.chats(5)
		r.until("events are dropped", func() bool {
			for i := range 50 {
				r.receive(people[i%5].JID, fmt.Sprint("avalancha ", i))
			}
			return r.live().Dropped > 0
		})
		require.False(t, r.live().CaughtUp)
	})
	r.caughtUp()
	r.until("what was still on its way is heard", func() bool {
		for c := range r.server.TruthConversations(sessionName) {
			if r.held(model.JID(c.ID)).Unread != max(c.Unread, 0) {
				return false
			}
		}
		return true
	})
	r.requireTruth()
}

func TestASilentSocketIsNoticed(t *testing.T) {
	r := newLiveRig(t, func(o *rigOptions) { o.silence = time.Second })
	c := r.someone()
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{Drop: 1}))
	started := time.Now()
	r.until("the clock has moved on", func() bool { return time.Since(started) > 2500*time.Millisecond })
	lost := r.receive(c.JID, "nadie lo cuenta")
	started = time.Now()
	r.until("it is old enough", func() bool { return time.Since(started) > 2500*time.Millisecond })
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	require.NotNil(t, r.row(c.ID, lost))
	r.until("the silence is said", func() bool { return r.live().Status == model.LiveSilent })
	require.Equal(t, 1, r.live().Missed)
	require.False(t, r.live().CaughtUp)
	r.untilCondition(model.ConditionSilent, true)

	r.engine.Attention(true, 0)
	require.True(t, r.live().Polling)
	polled := r.receive(c.JID, "se pregunta")
	r.until("it is asked for", func() bool { return r.row(c.ID, polled) != nil })

	require.NoError(t, r.server.SetEvents(simulator.EventFaults{}))
	heard := r.receive(c.JID, "se vuelve a oír")
	r.until("it is heard again", func() bool { return r.row(c.ID, heard) != nil && r.live().Status == model.LiveOn })
	r.caughtUp()
	r.untilCondition(model.ConditionSilent, false)
	require.False(t, r.live().Polling)
}

func TestTicksThatAreSwitchedOff(t *testing.T) {
	r := newLiveRig(t, nil)
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{Disabled: []string{"message_ack", "unread_count"}}))
	c := r.someone()
	before := r.held(c.JID).Unread
	for i := range 3 {
		_, err := r.server.Phone(sessionName).SendFromPhone(string(c.JID), fmt.Sprint("propio ", i))
		require.NoError(t, err)
	}
	in := r.receive(c.JID, "sin cuenta")
	r.until("what is unread is asked for", func() bool { return r.row(c.ID, in) != nil && r.held(c.JID).Unread == before+1 })
	r.until("it is noticed", func() bool { return r.live().TicksMissing() })
}

func TestWithoutAWebSocketTheGatewayIsAsked(t *testing.T) {
	for name, change := range map[string]func(*simulator.Config){
		"wwebjs-api":   func(c *simulator.Config) { c.WebSocket = simulator.WebSocketOff },
		"whatsapp-api": func(c *simulator.Config) { c.Flavour = simulator.FlavourC },
	} {
		t.Run(name, func(t *testing.T) {
			config := telling
			change(&config)
			r := newRig(t, rigOptions{simulator: config, scheduled: true})
			r.connect()
			r.until("it is known that there is none", func() bool { return r.live().Status == model.LiveNone })
			r.until("the first sync", func() bool {
				s, err := r.store.Session(t.Context(), r.session.ID)
				require.NoError(t, err)
				return s.LastSyncAt != 0
			})
			c := r.someone()
			require.False(t, r.live().Polling)
			r.engine.Attention(true, c.ID)
			require.True(t, r.live().Polling)
			in := r.receive(c.JID, "¿hay alguien?")
			r.until("it is found", func() bool { return r.row(c.ID, in) != nil })
			out, err := r.server.Phone(sessionName).SendFromPhone(string(c.JID), "sí")
			require.NoError(t, err)
			r.until("and its ticks", func() bool { row := r.row(c.ID, out); return row != nil && row.Ack == model.AckRead })
			require.LessOrEqual(t, r.actions("scheduled_sync"), 1, "nobody is told of each look")
			whole := r.server.Count("GET /client/getChats")
			since := r.server.Count("POST /client/getChats")
			r.until("it goes on", func() bool { return r.lists() > whole+since+1 })
			if config.Flavour != simulator.FlavourC {
				require.Equal(t, whole, r.server.Count("GET /client/getChats"), "only what moved is asked for")
			}
			r.engine.Attention(false, 0)
			require.False(t, r.live().Polling)
		})
	}
}

func TestASocketThatWasEnabledIsFoundWhenTheStateIsAskedFor(t *testing.T) {
	var enabled atomic.Bool
	r := newRig(t, rigOptions{simulator: telling, scheduled: true, noSocket: time.Hour, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.Contains(q.URL.Path, "/ws/") && !enabled.Load() {
				panic(http.ErrAbortHandler) // as a gateway does that has none: it hangs up
			}
			next.ServeHTTP(w, q)
		})
	}})
	r.connect()
	r.until("it is known that there is none", func() bool { return r.live().Status == model.LiveNone })
	enabled.Store(true)
	_, err := r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	r.caughtUp()
}

func TestLookingAnewDoesNotForgetThatThereIsNoSocket(t *testing.T) {
	for name, look := range map[string]func(*rig) error{
		"the state is asked for": func(r *rig) error { _, err := r.engine.CheckStatus(r.t.Context(), r.session.ID); return err },
		"a check-up opened it":   func(r *rig) error { r.engine.LookForEvents(r.session.ID); return nil },
		"a setting changed":      func(r *rig) error { r.engine.Wake(); return nil },
	} {
		t.Run(name, func(t *testing.T) { lookAnewWithoutSocket(t, look) })
	}
}

func lookAnewWithoutSocket(t *testing.T, look func(*rig) error) {
	config := telling
	config.WebSocket = simulator.WebSocketOff
	told := make(chan model.LiveStatus, 100)
	var r *rig
	var asked atomic.Bool
	r = newRig(t, rigOptions{simulator: config, scheduled: true, noSocket: time.Hour, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.Contains(q.URL.Path, "/ws/") && asked.Load() {
				told <- r.live().Status
			}
			next.ServeHTTP(w, q)
		})
	}})
	r.connect()
	r.until("it is known that there is none", func() bool { return r.live().Status == model.LiveNone })
	asked.Store(true)
	require.NoError(t, look(r))
	r.until("it is looked for", func() bool { return len(told) > 0 })
	require.Equal(t, model.LiveNone, <-told, "until there is one")
}

func TestNothingIsHeardWhenNothingIsWanted(t *testing.T) {
	r := newLiveRig(t, nil)
	require.Equal(t, 1, r.server.Sockets(sessionName))
	r.set(func(s *model.Settings) { s.AutoSync = false })
	r.engine.Wake()
	r.until("the socket is closed", func() bool { return r.server.Sockets(sessionName) == 0 })
	r.until("it is off", func() bool { return r.live().Status == model.LiveOff })
	r.set(func(s *model.Settings) { s.AutoSync = true })
	r.engine.Wake()
	r.caughtUp()
	require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
	r.until("it is off", func() bool { return r.live().Status == model.LiveOff && r.server.Sockets(sessionName) == 0 })
	r.connect()
	r.caughtUp()
}

func TestPairingIsFollowedByEvents(t *testing.T) {
	config := telling
	config.QRInterval = 200 * time.Millisecond
	r := newRig(t, rigOptions{simulator: config, scheduled: true})
	require.NoError(t, r.engine.Connect(t.Context(), r.session.ID))
	r.until("the socket while the QR waits", func() bool { return r.live().Events["qr"] > 0 })
	shown, _ := r.engine.QR(r.session.ID)
	r.until("the next QR", func() bool { next, ok := r.engine.QR(r.session.ID); return ok && next.Text != shown.Text })
	require.NoError(t, r.server.Phone(sessionName).Scan())
	r.caughtUp()
	require.NoError(t, r.server.Phone(sessionName).Logout())
	r.until("the new QR", func() bool { _, ok := r.engine.QR(r.session.ID); return ok && r.state() == model.StateWaitingQR })
	require.False(t, r.live().CaughtUp)
	require.NoError(t, r.server.Phone(sessionName).Scan())
	r.caughtUp()
}

func TestEventsOfAClosedEngine(t *testing.T) {
	r := newLiveRig(t, nil)
	c := r.someone()
	for i := range 50 {
		r.receive(c.JID, fmt.Sprint("al cerrar ", i))
	}
	r.engine.Close()
	require.Equal(t, model.LiveOff, r.live().Status)
	r.until("the socket is closed", func() bool { return r.server.Sockets(sessionName) == 0 })
	r.start()
	r.caughtUp()
	r.sync(model.Full())
	r.requireTruth()
}
