package conversations

import (
	"context"
	"strings"

	"github.com/xappiens/buzon/model"
)

// send stores what was written, to be sent. It stays in the composer until that
// is done. Once begun, leaving the conversation does not stop it, and if it
// fails then the text becomes the draft again.
func (d *detailPane) send(text string) {
	u := d.compose.now
	if d.life == nil || !d.loaded || u.busy {
		return
	}
	u.busy, d.sending = true, text
	d.compose.updateBusy()
	id, shown := d.id, d.shown
	out := model.Outgoing{Text: text, Quote: u.quote}
	d.ctx.Go(func(ctx context.Context) {
		_, err := d.svc.Send(context.WithoutCancel(ctx), id, out)
		if err != nil && shown.Err() != nil && d.drafts.put(id, text) {
			d.drafts.run(ctx)
		}
		d.ctx.Do(func() {
			u.busy = false
			if err == nil {
				u.quote = 0
			}
			if d.compose.now == u {
				d.compose.update()
			}
			if shown.Err() == nil {
				d.sent(text, err)
			}
		})
	})
}

// sent shows what became of storing a message.
func (d *detailPane) sent(text string, err error) {
	d.sending = ""
	if err != nil {
		d.banner.show("action.send", err, nil)
		return
	}
	d.compose.composer.Sent(text)
	d.storeDraft()
	d.showEnd()
}

// showEnd reads the messages again and shows the last one.
func (d *detailPane) showEnd() {
	if d.thread.newer {
		d.newest()
		return
	}
	d.toEnd = true
	d.reread()
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
