package conversations

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// typingAgain is how long nothing is told again of writing that goes on: others
// see it for 25 seconds (contract §6).
const typingAgain = 10 * time.Second

// typing tells that the owner is writing, and that it is over. Whether others
// are told is a setting that the service knows.
type typing struct {
	ctx *ui.Context
	svc Typing // nil: nobody is told

	id   model.ConversationID // where it was told last, zero: nowhere
	at   time.Time
	told <-chan struct{} // closed once what was said last is told, nil: nothing was said
}

// typed is called when a text changed; on tells that there is one.
func (t *typing) typed(id model.ConversationID, on bool) {
	if t.svc == nil {
		return
	}
	if !on {
		t.stop()
		return
	}
	if now := t.ctx.Now(); t.id != id || now.Sub(t.at) >= typingAgain {
		t.id, t.at = id, now
		t.tell(id, true)
	}
}

// stop tells that the owner does not write any more, if it was told that they do.
func (t *typing) stop() {
	if t.id != 0 {
		t.tell(t.id, false)
		t.id = 0
	}
}

// tell tells one thing after the other: the end must not be told first. It does not
// say when it fails: nothing depends on it.
func (t *typing) tell(id model.ConversationID, on bool) {
	before, done := t.told, make(chan struct{})
	t.told = done
	t.ctx.Go(func(ctx context.Context) {
		defer close(done)
		if before != nil {
			<-before
		}
		_ = t.svc.SetTyping(ctx, id, on)
	})
}
