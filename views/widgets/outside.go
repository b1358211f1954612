package widgets

import (
	"context"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// OpenOutside hands the file of a message to the system and says so when only
// its folder was opened; tell shows a text.
func OpenOutside(ctx *ui.Context, svc interface {
	Open(ctx context.Context, id model.MessageID) (model.OpenedAs, error)
}, id model.MessageID, tell func(string)) {
	ctx.Load(context.Background(), func(c context.Context) func() {
		as, err := svc.Open(c, id)
		return func() {
			switch {
			case err != nil:
				ctx.ShowError("action.open_media", err)
			case as == model.OpenedFolder:
				tell(ctx.T("media.opened_folder"))
			}
		}
	})
}

// SaveMedia asks where the file of a message is to go and puts it there; tell
// shows a text.
func SaveMedia(ctx *ui.Context, svc interface {
	FileName(ctx context.Context, id model.MessageID) (string, error)
	SaveAs(ctx context.Context, id model.MessageID, path string) error
}, id model.MessageID, tell func(string)) {
	ctx.Load(context.Background(), func(c context.Context) func() {
		name, err := svc.FileName(c, id)
		return func() {
			if err != nil {
				ctx.ShowError("action.save_media", err)
				return
			}
			AskPath(ctx, name, func(path string) {
				ctx.Load(context.Background(), func(c context.Context) func() {
					err := svc.SaveAs(c, id, path)
					return func() {
						if err != nil {
							ctx.ShowError("action.save_media", err)
							return
						}
						tell(ctx.T("media.saved", translations.Data{"Path": path}))
					}
				})
			})
		}
	})
}
