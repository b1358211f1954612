package conversations

import (
	"context"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Times of storing drafts.
const (
	draftPause = time.Second     // after the last key
	draftLimit = 3 * time.Second // for one draft; the end of the program waits for it
)

// drafts stores drafts one after the other, each conversation's last one.
type drafts struct {
	ctx *ui.Context
	svc Service

	mu      sync.Mutex
	waiting map[model.ConversationID]string
	busy    bool
}

// save stores a draft without making anybody wait. Failures are logged: the
// text is still on the screen, and the next change stores it again.
func (d *drafts) save(id model.ConversationID, text string) {
	if d.put(id, text) {
		d.ctx.Go(d.run)
	}
}

// put notes a draft; it tells whether nobody is storing drafts yet, so that
// the caller has to.
func (d *drafts) put(id model.ConversationID, text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting == nil {
		d.waiting = map[model.ConversationID]string{}
	}
	d.waiting[id] = text
	if d.busy {
		return false
	}
	d.busy = true
	return true
}

// run stores what waits, also while the window closes: what was typed is not lost.
func (d *drafts) run(ctx context.Context) {
	for {
		id, text, ok := d.next()
		if !ok {
			return
		}
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), draftLimit)
		if err := d.svc.SaveDraft(one, id, text); err != nil {
			d.ctx.LogError("action.save_draft", err)
		}
		cancel()
	}
}

func (d *drafts) next() (id model.ConversationID, text string, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, text = range d.waiting {
		delete(d.waiting, id)
		return id, text, true
	}
	d.busy = false
	return 0, "", false
}
