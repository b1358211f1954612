package conversations

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// fetchReason is why the gateway is asked for the newest messages.
type fetchReason uint8

const (
	fetchOpened fetchReason = iota // the conversation was opened
	fetchAsked                     // the owner wants it, and wants to know the outcome
	fetchAgain                     // it failed, and the session works again
)

// failedFetch is a fetch that failed and was not made up for.
type failedFetch struct {
	at     signs
	newest model.MessageID // that was held
	news   bool            // it was made again because messages came all the same
}

// signs are what changes when a session works again after it did not. A session that
// was restarted and is connected within a moment shows only in its numbers.
type signs struct {
	session     model.SessionID
	revived     int // how often it was seen to become connected
	connections int
	synced      model.Stamp
}

func (d *detailPane) signs() signs {
	now := signs{revived: d.revived}
	if s := d.session(); s != nil {
		now.session, now.connections, now.synced = s.ID, s.Connections, s.LastSyncAt
	}
	return now
}

// fetchOnOpen asks the gateway for the newest messages once per opening, when
// the session is connected. What is stored can be read meanwhile.
func (d *detailPane) fetchOnOpen() {
	if d.asks && !d.known || d.fetched || !d.online() {
		return
	}
	d.fetch(fetchOpened)
}

// fetchFailed makes a fetch that failed once more, when the session has shown since
// that it works again: by a new connection, by a sync that was finished, or once by
// messages that came in another way. Without a new sign nothing is asked again.
func (d *detailPane) fetchFailed() {
	if d.failed == nil || d.fetching || d.life == nil || !d.loaded || !d.online() {
		return
	}
	switch {
	case d.signs() != d.failed.at:
		d.failed.news = false
	case d.thread.last() > d.failed.newest && !d.thread.newer && !d.failed.news:
		d.failed.news = true
	default:
		return
	}
	d.fetch(fetchAgain)
}

// fetch asks the gateway for the newest messages.
func (d *detailPane) fetch(why fetchReason) {
	if d.fetching || d.life == nil || !d.loaded {
		return
	}
	d.fetched = true
	d.setFetching(true)
	id, began := d.id, failedFetch{at: d.signs(), newest: d.thread.last()}
	d.ctx.Load(d.shown, func(ctx context.Context) func() {
		counts, err := d.svc.FetchMessages(ctx, id)
		return func() {
			d.setFetching(false)
			if err != nil {
				d.fetchFails(why, began, err)
				return
			}
			d.failed = nil
			if why == fetchAsked {
				d.banner.hide()
			} else {
				d.banner.settle(fetchAction)
			}
			switch {
			case why != fetchAsked:
			case counts.Created > 0:
				d.ctx.Toast(d.ctx.N("conversations.fetched", counts.Created))
			default:
				d.ctx.Toast(d.ctx.T("conversations.fetched_none"))
			}
			d.reread()
		}
	})
}

const fetchAction = "action.fetch_messages"

// fetchFails says that a fetch failed, unless it was made again by itself and the
// owner has closed the banner already.
func (d *detailPane) fetchFails(why fetchReason, began failedFetch, err error) {
	if d.failed != nil {
		began.news = d.failed.news && why == fetchAgain
	}
	d.failed = &began
	if why != fetchAgain || d.banner.says(fetchAction) {
		d.banner.show(fetchAction, err, func() { d.fetch(fetchAsked) })
	}
	d.fetchFailed() // what came meanwhile counts
}

func (d *detailPane) setFetching(on bool) {
	if d.fetching != on {
		d.fetching = on
		d.head.setSyncing(on)
	}
}
