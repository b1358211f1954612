package sync

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// socketLongest is the longest wait before the socket is opened again.
	socketLongest = time.Minute
	// socketHeld is for how long a socket must have stood before the next loss of it
	// counts as the first one.
	socketHeld = 30 * time.Second
	// noSocketTwice is how often in a row a connected session must have no socket
	// before it is believed: it may just be starting again.
	noSocketTwice = 2
	// loadingGap is the least time between two looks because the page loads.
	loadingGap = time.Second
	// eventKinds bounds how many kinds of events are counted by name.
	eventKinds = 64
)

// liveStream reads the events of a session. One goroutine holds the socket and
// never waits for the store; another applies what came. What needs the page is
// left to the loop.
//
// Whether messages can be missing is told by two numbers: need counts the times at
// which some may have been missed (the socket opened, the page started anew, the
// queue was full), and done is the need that a catch-up has met.
type liveStream struct {
	w     *worker
	wake  chan struct{} // of who holds the socket
	queue *eventQueue
	apply applier
	chore errands

	mu        sync.Mutex
	state     model.LiveState
	present   bool // the session is on the gateway, as far as is known
	connected bool
	open      bool
	none      int // how often in a row the gateway had no socket for the connected session
	cut       context.CancelFunc
	gateway   Gateway // of the socket that is held
	looked    time.Time
	messageAt time.Time // when a message was last told

	need, done uint64
	needAt     time.Time
	caught     bool
	caughtAt   time.Time
	silent     bool
	behind     map[model.ConversationID]struct{} // where a catch-up could not fetch
	more       uint64                            // the need whose catch-up has conversations left to fetch
	rounds     int                               // how often it went on
	tries      int                               // failed catch-ups in a row
	catchAt    time.Time                         // not before
}

func newLiveStream(w *worker) *liveStream {
	l := &liveStream{w: w, wake: make(chan struct{}, 1), queue: newEventQueue(), behind: map[model.ConversationID]struct{}{}}
	l.state = model.LiveState{Status: model.LiveOff, Events: map[string]int{}}
	l.apply = newApplier(l)
	l.chore = newErrands(l)
	return l
}

// Live returns what is known of the events of a session.
func (e *Engine) Live(id model.SessionID) model.LiveState {
	w, err := e.worker(id)
	if err != nil {
		return model.LiveState{Status: model.LiveOff}
	}
	polling := w.polls(e.p.Now()) > 0
	w.live.mu.Lock()
	defer w.live.mu.Unlock()
	s := w.live.state.Clone()
	s.CaughtUp, s.Polling = w.live.caught, polling
	return s
}

// LookForEvents has the socket of a session opened now, when it is not, instead of
// after the wait that follows tries in vain. It does not block.
func (e *Engine) LookForEvents(id model.SessionID) {
	if w, err := e.worker(id); err == nil {
		w.live.nudge()
	}
}

// hold keeps the socket open until the engine closes.
func (l *liveStream) hold() {
	ctx := l.w.e.life
	defer l.keep() // what was proven since the last sync
	timer := time.NewTimer(0)
	defer timer.Stop()
	fails := 0
	for ctx.Err() == nil {
		wait := time.Hour
		if gw, wanted := l.wanted(); wanted {
			began := time.Now()
			err := l.listen(ctx, gw)
			if time.Since(began) > socketHeld {
				fails = 0
			}
			wait = l.lost(err, fails)
			fails++
		} else {
			l.become(model.LiveOff, "")
			fails = 0
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// wanted tells whether there is something to listen to, and at which gateway.
func (l *liveStream) wanted() (Gateway, bool) {
	if !l.w.e.p.Settings().AutoSync {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.e.p.Gateway(), l.present
}

// listen holds one connection. Whoever finds that it is of no use any more cuts it.
func (l *liveStream) listen(ctx context.Context, gw Gateway) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	l.cut, l.gateway = cancel, gw
	l.mu.Unlock()
	if !l.knownNone() {
		l.become(model.LiveConnecting, "")
	}
	err := errors.New("reading the events failed inside the program")
	l.w.guard("events", func() { err = gw.Listen(ctx, l.w.name, l.hear) })
	l.mu.Lock()
	l.cut, l.open, l.caught, l.silent = nil, false, false, false
	l.mu.Unlock()
	return err
}

func (l *liveStream) knownNone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.none >= noSocketTwice
}

// lost takes note of why there is no socket and returns how long to wait.
func (l *liveStream) lost(err error, fails int) time.Duration {
	t := l.w.e.p.Timing
	kind := gateway.KindOf(err)
	if kind == gateway.KindCanceled {
		return 0 // it was cut: what is wanted has changed
	}
	l.mu.Lock()
	switch {
	case kind != gateway.KindNoWebSocket:
		l.none = 0
	case l.connected:
		l.none++
	}
	none := l.none
	l.mu.Unlock()
	if none >= noSocketTwice {
		if none == noSocketTwice {
			l.w.log.Info("this gateway tells no events: it is asked every now and then instead")
		}
		l.become(model.LiveNone, "")
		return jittered(t.NoSocket)
	}
	l.become(model.LiveConnecting, ProblemKind(err))
	wait := t.Socket
	for ; fails > 0 && wait < socketLongest; fails-- {
		wait *= 2
	}
	return jittered(min(wait, socketLongest))
}

// jittered spreads a wait, so that many do not come back at the same moment.
func jittered(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2+1)
}

// become notes the state of the stream and tells the views when it is another.
func (l *liveStream) become(status model.LiveStatus, problem model.ProblemKind) {
	now := l.w.e.stamp()
	l.mu.Lock()
	changed := l.state.Status != status
	if changed {
		l.state.Status, l.state.Since = status, now
	}
	changed = changed || l.state.Problem != problem
	l.state.Problem = problem
	l.mu.Unlock()
	if status == model.LiveSilent {
		l.w.raise(model.Condition{Kind: model.ConditionSilent})
	} else {
		l.w.lower(model.ConditionSilent)
	}
	if changed {
		l.w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(l.w.id)})
		l.w.nudge() // how often the gateway is asked depends on it
	}
}

// noted tells what the state of the session is that was just asked for.
func (l *liveStream) noted(state model.SessionState) {
	launching, settling := l.w.starting()
	l.seen(state, launching || settling)
}

// seen tells what the state of the session is, as the loop found it.
func (l *liveStream) seen(state model.SessionState, launching bool) {
	l.mu.Lock()
	was, linked := l.present, l.connected
	switch state {
	case model.StateConnected, model.StateWaitingQR, model.StateConnecting, model.StateBroken:
		l.present = true
	case model.StateStopped:
		l.present = launching // the socket is there from the first moment of a start (contract §11.1)
	}
	l.connected = state == model.StateConnected
	if l.connected != linked {
		l.none = 0
		l.missedSome()
	}
	if l.present && l.state.Status == model.LiveOff && l.w.e.p.Scheduled && l.w.e.p.Settings().AutoSync {
		l.state.Status, l.state.Since = model.LiveConnecting, l.w.e.stamp()
	}
	changed := was != l.present || l.connected != linked
	present, cut := l.present, l.cut
	l.mu.Unlock()
	if !present && cut != nil {
		cut()
	}
	if changed {
		l.nudge()
	}
}

// again looks anew at what is wanted: the settings may have changed. What is known
// of another gateway is forgotten.
func (l *liveStream) again() {
	l.mu.Lock()
	same := l.gateway == l.w.e.p.Gateway()
	if !same {
		l.none = 0
	}
	cut := l.cut
	stays := l.present && l.w.e.p.Settings().AutoSync && same
	l.mu.Unlock()
	if cut != nil && !stays {
		cut()
	}
	l.nudge()
}

// nudge has the stream look now whether a socket is wanted, and for one where there
// was none.
func (l *liveStream) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// hear takes one event off the socket. It must not wait.
func (l *liveStream) hear(e gateway.Event) {
	if e.Type == gateway.EventOpen {
		l.opened()
		return
	}
	now := l.w.e.p.Now()
	live := l.count(&e, now)
	switch e.Type {
	case gateway.EventQR, gateway.EventCode, gateway.EventStatus:
		l.w.lookSoon()
	case gateway.EventLoadingScreen:
		l.loads(now)
	case gateway.EventAuthenticated, gateway.EventDisconnected:
		l.pageChanged(true)
	case gateway.EventReady:
		l.pageChanged(false)
	case gateway.EventChangeState:
		if e.State != "CONNECTED" {
			l.pageChanged(true)
			return
		}
		l.w.lookSoon()
	default:
		if !l.queue.put(heard{Event: e, live: live, at: now}) {
			l.overflowed()
		}
	}
}

// opened begins a connection: what happened before it is not told again.
func (l *liveStream) opened() {
	l.mu.Lock()
	l.open, l.none = true, 0
	l.state.Opened++
	l.missedSome()
	l.mu.Unlock()
	l.become(model.LiveOn, "")
	l.w.lookSoon()
}

// count keeps the figures of the stream; live tells whether nothing was missed
// before this event.
func (l *liveStream) count(e *gateway.Event, now time.Time) (live bool) {
	kind := string(e.Type)
	l.mu.Lock()
	if _, known := l.state.Events[kind]; !known && len(l.state.Events) >= eventKinds {
		kind = "other"
	}
	l.state.Events[kind]++
	l.state.LastEventAt = model.StampOf(now)
	woken := false
	switch e.Type {
	case gateway.EventMessageCreate, gateway.EventMessage:
		l.messageAt = now
		if woken = l.silent; woken {
			l.silent = false
			l.missedSome()
		}
		if e.Type == gateway.EventMessageCreate && e.Message != nil && e.Message.FromMe {
			l.state.Own++
		}
	case gateway.EventMessageAck:
		l.state.Acks++
	}
	live = l.caught
	l.mu.Unlock()
	if woken {
		l.become(model.LiveOn, "")
	}
	return live
}

// loads looks at a session whose page loads, not more often than makes sense.
func (l *liveStream) loads(now time.Time) {
	l.mu.Lock()
	due := now.Sub(l.looked) >= loadingGap || now.Before(l.looked)
	if due {
		l.looked = now
	}
	l.mu.Unlock()
	if due {
		l.w.lookSoon()
	}
}

// pageChanged notes that the page behind the gateway went away or came back:
// meanwhile nothing was told. A page that is ready was not asked before.
func (l *liveStream) pageChanged(gone bool) {
	l.mu.Lock()
	if gone || l.need == l.done {
		l.missedSome()
	}
	l.mu.Unlock()
	l.w.lookSoon()
}

// overflowed notes that an event was dropped.
func (l *liveStream) overflowed() {
	l.mu.Lock()
	l.state.Dropped++
	l.missedSome()
	l.mu.Unlock()
	l.w.nudge()
}

// missedSome notes that messages may have been missed. The caller holds mu.
func (l *liveStream) missedSome() {
	l.need++
	l.needAt = l.w.e.p.Now()
	l.caught = false
}

// arrived tells that messages of a conversation were stored: something that was
// told of them before can be applied now.
func (l *liveStream) arrived(id model.ConversationID) {
	if l.apply.set.arrived(id) {
		l.queue.nudge()
	}
}
