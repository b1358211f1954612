package sync

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// stuckAfter is how long a session may be on its way to anywhere.
	stuckAfter = 5 * time.Minute
	// firstAgain is the time before the second look at a gateway that does not
	// answer; it doubles until it is longestAgain: what waits for the gateway goes on
	// soon after it is back.
	firstAgain   = 5 * time.Second
	longestAgain = 15 * time.Second
	// maxSkew is how far the clocks may differ, in seconds, before it is said.
	maxSkew = 120
)

// watch is what the watchdog of a session remembers. It belongs to the loop, but
// for failures.
type watch struct {
	linked   bool      // was connected, and nobody ended that here
	heal     healing   // restarts that it got by itself
	puzzling bool      // at the last look its page could not tell its state
	onItsWay time.Time // since when it has been on its way
	misses   int       // looks in a row that were not answered
	outdated bool      // restarted because it was not ready
	failures failures
	acks     time.Time // when own messages without a tick are looked for next; zero means never
	clock    clock
}

// Conditions returns what is wrong with a session now, the gravest first. It
// does not block. The answer is empty for a session that is not served.
func (e *Engine) Conditions(id model.SessionID) []model.Condition {
	w, err := e.worker(id)
	if err != nil {
		return nil
	}
	w.mu.Lock()
	all := make([]model.Condition, 0, len(w.conditions))
	for _, c := range w.conditions {
		all = append(all, c)
	}
	w.mu.Unlock()
	model.SortConditions(all)
	return all
}

// raise notes a condition; one that is known keeps its time. It may be called
// from any goroutine.
func (w *worker) raise(c model.Condition) {
	c.Since = w.e.stamp()
	c.Detail = model.CleanLine(c.Detail, 200)
	w.mu.Lock()
	held, known := w.conditions[c.Kind]
	if known {
		c.Since = held.Since
	}
	if w.conditions == nil {
		w.conditions = map[model.ConditionKind]model.Condition{}
	}
	w.conditions[c.Kind] = c
	w.mu.Unlock()
	if known && held == c {
		return
	}
	if !known {
		w.record(model.ActivitySession, model.ConditionAction+string(c.Kind), w.e.p.Now(), nil, func(a *model.Activity) {
			a.Outcome, a.ErrorDetail = model.OutcomeWarning, c.Detail
		})
	}
	w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(w.id)})
}

// lower takes back conditions that do not hold any more. It may be called from
// any goroutine.
func (w *worker) lower(kinds ...model.ConditionKind) {
	changed := false
	w.mu.Lock()
	for _, k := range kinds {
		if _, known := w.conditions[k]; known {
			delete(w.conditions, k)
			changed = true
		}
	}
	w.mu.Unlock()
	if changed {
		w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(w.id)})
	}
}

// watchState judges what was seen of a session, and does what helps by itself.
func (w *worker) watchState(state model.SessionState, st gateway.Status) {
	now := w.e.p.Now()
	if state != model.StateConnecting || st.State == "TIMEOUT" {
		w.watch.onItsWay = time.Time{}
		w.lower(model.ConditionStuck)
	}
	if st.State != "TIMEOUT" {
		w.lower(model.ConditionPhoneAway)
	}
	w.watch.puzzling = w.watch.puzzling && state == model.StateBroken
	switch state {
	case model.StateConnected:
		w.watchConnected(now)
	case model.StateBroken:
		w.watchBroken(now, st)
	case model.StateWaitingQR:
		w.watchUnpaired()
	case model.StateStopped:
		w.watch.heal.another = true
		w.outbox.pageEnded(now)
		w.lower(model.ConditionZombie, model.ConditionBroken, model.ConditionBlocked, model.ConditionConflict)
		if w.watch.linked {
			w.raise(model.Condition{Kind: model.ConditionStopped})
		}
	case model.StateConnecting:
		w.watchConnecting(now, st)
	}
}

// lowerBroken takes back what a connected session cannot have. It comes before the
// session is said to be connected: no one must see both.
func (w *worker) lowerBroken(state model.SessionState) {
	if state == model.StateConnected {
		w.lower(model.ConditionZombie, model.ConditionBroken, model.ConditionBlocked, model.ConditionConflict, model.ConditionStopped, model.ConditionLoggedOut)
	}
}

func (w *worker) watchConnected(now time.Time) {
	w.watch.linked = true
	w.watchAnswers(now)
	if w.foreign {
		w.raise(model.Condition{Kind: model.ConditionOtherAccount})
	} else {
		w.lower(model.ConditionOtherAccount)
	}
}

// watchUnpaired shows a new QR at once when the account was removed on the phone.
func (w *worker) watchUnpaired() {
	w.lower(model.ConditionZombie, model.ConditionBroken, model.ConditionBlocked, model.ConditionConflict, model.ConditionStopped)
	w.watch.heal.byOwner, w.watch.heal.told = true, "" // only the owner can link it anew
	if w.watch.linked {
		w.watch.linked = false
		w.syncOnLink = true
		w.pair()
		w.raise(model.Condition{Kind: model.ConditionLoggedOut})
	}
}

func (w *worker) watchConnecting(now time.Time, st gateway.Status) {
	if st.State == "TIMEOUT" {
		w.raise(model.Condition{Kind: model.ConditionPhoneAway})
		return
	}
	if w.watch.onItsWay.IsZero() || w.watch.onItsWay.After(now) {
		w.watch.onItsWay = now
	}
	if now.Sub(w.watch.onItsWay) >= stuckAfter {
		w.raise(model.Condition{Kind: model.ConditionStuck, Detail: st.State})
	}
}

// left notes that somebody here ended the connection, so that its end is no news.
func (w *worker) left() {
	w.watch.linked = false
	w.lower(model.ConditionKinds()...)
}

// watchLoading says that a connected session does not load, and after a restart
// did not help, that the gateway needs an update (contract §12.4). err is that
// of a call that needs the page.
func (w *worker) watchLoading(err error) {
	switch {
	case err == nil:
		w.watch.outdated, w.loadingSince = false, time.Time{}
		w.lower(model.ConditionNotReady, model.ConditionOutdated)
	case gateway.KindOf(err) != gateway.KindNotReady || w.loadingSince.IsZero():
	case w.e.p.Now().Sub(w.loadingSince) < w.e.p.Timing.NotReadyFor:
	case w.watch.outdated:
		w.lower(model.ConditionNotReady)
		w.raise(model.Condition{Kind: model.ConditionOutdated, Detail: gatewaySaid(err)})
	default:
		w.raise(model.Condition{Kind: model.ConditionNotReady, Detail: gatewaySaid(err)})
	}
}

// restarted notes a restart that somebody asked for.
func (w *worker) restarted() {
	w.mu.Lock()
	_, slow := w.conditions[model.ConditionNotReady]
	w.mu.Unlock()
	w.watch.outdated = w.watch.outdated || slow
	w.loadingSince = time.Time{}
	w.lower(model.ConditionNotReady, model.ConditionZombie, model.ConditionBroken, model.ConditionSameFailure)
}

// nextLook returns the time until the next look at a session at rest. While the
// gateway does not answer it begins with seconds and grows little; chance keeps
// sessions and programs from asking at the same moment.
func (w *worker) nextLook() time.Duration {
	d := w.e.p.Timing.Status
	if n := w.watch.misses; n > 0 {
		d = min(d, longestAgain, firstAgain<<min(n-1, 10))
	}
	return d - d/20 + rand.N(d/10+1)
}

// failures counts how often the gateway failed with the same words. It may be
// used from any goroutine.
type failures struct {
	mu   sync.Mutex
	held map[string]*sameFailure
}

type sameFailure struct {
	op    string
	count int
	last  time.Time
}

const (
	failuresEnough = 5             // of the same call with the same words
	failureLife    = 2 * time.Hour // after which one is forgotten
	maxFailures    = 32            // that are remembered
	failureSpacing = 10 * time.Second
)

// failed takes note of the failure of a call, and says so when the same has
// happened again and again. Failures within seconds are one: they are tries of
// the same work.
func (w *worker) failed(err error) {
	var e *gateway.Error
	if !errors.As(err, &e) || e.Kind != gateway.KindServer || e.Message == "" {
		return
	}
	n := w.watch.failures.add(e.Op, e.Message, w.e.p.Now(), min(failureSpacing, w.e.p.Timing.Status/2))
	if n >= failuresEnough {
		w.raise(model.Condition{Kind: model.ConditionSameFailure, Detail: e.Message, Count: n})
	}
}

// add counts a failure and returns how often it has happened now.
func (f *failures) add(op, words string, now time.Time, spacing time.Duration) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, held := range f.held {
		if now.Sub(held.last) > failureLife || held.last.After(now) {
			delete(f.held, k)
		}
	}
	key := op + "\x00" + words
	held := f.held[key]
	switch {
	case held == nil && len(f.held) >= maxFailures:
		return 0
	case held == nil:
		held = &sameFailure{op: op}
		if f.held == nil {
			f.held = map[string]*sameFailure{}
		}
		f.held[key] = held
	case now.Sub(held.last) < spacing:
		return held.count
	}
	held.count++
	held.last = now
	return held.count
}

// forget drops the failures of a call; last says
// that no other has happened often enough to be told.
func (f *failures) forget(op string) (dropped, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	last = true
	for k, held := range f.held {
		if held.op == op {
			delete(f.held, k)
			dropped = true
			continue
		}
		last = last && held.count < failuresEnough
	}
	return dropped, last
}

// worked forgets the failures of a call that has succeeded.
func (w *worker) worked(op string) {
	if dropped, last := w.watch.failures.forget(op); dropped && last {
		w.lower(model.ConditionSameFailure)
	}
}

// operation is the gateway call that a phase of the sync stands or falls with.
func operation(p model.Phase) string {
	switch p {
	case model.PhaseContacts:
		return "Contacts"
	case model.PhaseConversations:
		return "Chats"
	case model.PhaseMessages:
		return "FetchMessages"
	}
	return ""
}
