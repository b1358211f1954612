package conversations

import (
	"context"
	"errors"
	"strings"

	"github.com/xappiens/buzon/views/ui"
)

// send stores what was written, to be sent. It stays in the composer until that
// is done. Once begun, leaving the conversation does not stop it, and if it
// fails then the text becomes the draft again.
func (d *detailPane) send(text string) {
	u := d.compose.now
	if d.life == nil || !d.loaded || u.busy {
		return
	}
	list, ok := u.parcels(text)
	if !ok {
		d.ctx.Toast(d.ctx.T("compose.attach.refused_left"))
		d.compose.tray.revealRefused()
		return
	}
	u.busy, d.sending = true, text
	d.compose.updateBusy()
	id, shown := d.id, d.shown
	d.ctx.GoSoon(func(ctx context.Context) func() {
		stored, err := d.compose.hand(ctx, u, id, list)
		if stored == 0 && shown.Err() != nil && d.drafts.put(id, text) {
			d.drafts.run(ctx)
		}
		return func() {
			u.stored(stored, err, d.ctx)
			d.compose.changed(u)
			if shown.Err() == nil {
				d.sent(text, stored, err)
			}
		}
	})
}

// stored notes how much of what was prepared is in the outbox, and what kept
// the rest from it.
func (u *unsent) stored(n int, err error, ctx *ui.Context) {
	u.busy = false
	if n > 0 {
		u.quote, u.mentions = 0, nil
		u.files = u.files[min(n, len(u.files)):]
	}
	for _, a := range u.files {
		a.copied = 0
	}
	var taking *errTaking
	if errors.As(err, &taking) && taking.at < len(u.files) {
		u.files[taking.at].refused = refusal(ctx, taking.err)
	}
}

// sent shows what became of storing messages, of which the first has the text.
func (d *detailPane) sent(text string, stored int, err error) {
	d.sending = ""
	if stored > 0 {
		d.compose.composer.Sent(text)
		d.storeDraft()
		d.showEnd()
	}
	var taking *errTaking
	if err != nil && !errors.As(err, &taking) { // what was not taken says so itself
		d.banner.show("action.send", err, nil)
	}
}

// showEnd reads the messages again and shows the last one, in the frame in which
// the composer is emptied when the store is quick.
func (d *detailPane) showEnd() {
	if d.thread.newer {
		d.newest()
		return
	}
	d.toEnd = true
	d.rereadBy(d.ctx.LoadSoon)
}

// typed stores the draft a moment after the last key.
func (d *detailPane) typed(string) {
	if d.restoring || !d.loaded {
		return
	}
	d.draftTimer()
	d.draftTimer = d.ctx.Later(draftPause, d.storeDraft)
}

// storeDraft stores what is written, if that is not stored yet.
func (d *detailPane) storeDraft() {
	d.draftTimer()
	d.draftTimer = func() {}
	if !d.loaded {
		return
	}
	text := d.compose.composer.Text()
	if d.sending != "" { // it is no draft any more
		text = strings.TrimPrefix(text, d.sending)
	}
	if text != d.stored {
		d.stored = text
		d.drafts.save(d.id, text)
	}
}

// restore puts a draft into the composer.
func (d *detailPane) restore(text string) {
	d.restoring = true
	d.compose.composer.SetText(text)
	d.compose.updateBusy()
	d.restoring = false
	d.stored = text
}
