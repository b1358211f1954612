package sync

import (
	"context"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// learnPeople keeps pairs of identifiers that are one person, and tells the views
// when somebody was joined.
func (w *worker) learnPeople(ctx context.Context, told []model.Identity) error {
	changed, err := w.e.p.Store.SaveIdentities(ctx, told)
	if err != nil {
		return err
	}
	if changed {
		w.peopleChanged(ctx)
	}
	return nil
}

// peopleChanged tells the views that rows were joined or taken apart.
func (w *worker) peopleChanged(ctx context.Context) {
	w.e.p.Bus.Publish(event.Batch{Contacts: event.Of(w.id), Conversations: event.Of(w.id)})
}
