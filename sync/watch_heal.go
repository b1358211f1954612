package sync

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// healAgain is for how long a session must have worked since it was restarted by
	// itself before it is restarted so once more: before that it is the same trouble,
	// and the restart has not helped. It doubles with every such restart.
	healAgain = 5 * time.Minute
	// healLongest is the longest such time. What has worked for that long begins anew.
	healLongest = time.Hour
	// healsFreely is how many restarts may follow each other without that, when the
	// session was started anew in between by somebody else than this program.
	healsFreely = 3
)

// healing is what is remembered of the restarts that a session got by itself: one for
// each trouble (contract §4.6). It belongs to the loop.
type healing struct {
	at      time.Time           // when the last was made; zero when the next may be at once
	count   int                 // how many followed each other
	well    time.Time           // since when the session has worked after it; zero when it has not
	byOwner bool                // the owner has restarted it since, or linked it anew
	another bool                // its gateway or its page went away since: what came then is not what was restarted
	told    model.ConditionKind // of what is broken now; "" when nothing was told
}

// due tells whether a session that is broken now has a new trouble.
func (h *healing) due(now time.Time) bool {
	if h.told != "" {
		return false // somebody has to make it work first
	}
	return h.at.IsZero() || !h.well.IsZero() && now.Sub(h.well) >= h.wait()
}

func (h *healing) wait() time.Duration {
	wait := healAgain
	for n := h.count; n > 1 && wait < healLongest; n-- {
		wait *= 2
	}
	return min(wait, healLongest)
}

// works notes that the session is connected and answers.
func (h *healing) works(now time.Time) {
	if h.well.IsZero() || h.well.After(now) { // or the clock was set back
		h.well = now
	}
	switch {
	case h.byOwner, now.Sub(h.well) >= healLongest:
		h.at, h.count = time.Time{}, 0
	case h.another && h.count < healsFreely:
		h.at = time.Time{}
	}
	h.byOwner, h.another = false, false
}

// begins notes that the session is restarted by itself.
func (h *healing) begins(now time.Time) {
	*h = healing{at: now, count: h.count + 1}
}

// gaveUp returns what is to be told of a session that is not restarted by itself: that
// it did not help is said of the same trouble only. It stays until the session works.
func (h *healing) gaveUp(now time.Time) model.ConditionKind {
	if h.told != "" {
		return h.told
	}
	h.told = model.ConditionBroken
	if !h.at.IsZero() && (h.well.IsZero() || now.Sub(h.well) < healAgain) {
		h.told = model.ConditionZombie
	}
	h.well = time.Time{}
	return h.told
}

// watchBroken restarts a session whose page is gone, once for each trouble (contract
// §4.6). What WhatsApp itself refuses is not helped by that. A page that could not tell
// its state is given until the next look.
func (w *worker) watchBroken(now time.Time, st gateway.Status) {
	heal := w.e.p.Scheduled && w.watch.heal.due(now)
	switch {
	case st.State == "CONFLICT":
		w.raise(model.Condition{Kind: model.ConditionConflict})
	case brokenState(st.State):
		w.raise(model.Condition{Kind: model.ConditionBlocked, Detail: st.State})
	case heal && !w.watch.puzzling && !pageGone(st.Message):
		w.watch.puzzling = true // it may be loading: the next look tells
	case heal:
		w.watch.heal.begins(now)
		gw := w.e.p.Gateway()
		w.log.Info("restart the session: its page is gone")
		w.launch("auto_restart", func(ctx context.Context) error { return gw.Restart(ctx, w.name) })
	default:
		w.raise(model.Condition{Kind: w.watch.heal.gaveUp(now), Detail: st.Message})
	}
}

// watchAnswers notes that a connected session works, when it does: one whose page has
// not loaded yet may be breaking again.
func (w *worker) watchAnswers(now time.Time) {
	w.watch.heal.told = ""
	if !w.needAccount && w.loadingSince.IsZero() {
		w.watch.heal.works(now)
	}
}

// launchByOwner is launch for who has asked for it.
func (w *worker) launchByOwner(action string, call func(context.Context) error) {
	w.launch(action, call)
	w.watch.heal.byOwner, w.watch.heal.told = true, ""
}
