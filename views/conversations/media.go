package conversations

import (
	"context"
	"image"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Media are the files of messages. Every method but Cancel and Path may block.
type Media interface {
	widgets.ViewerService
	Thumb(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error)
	// Cancel ends a download; it does not block.
	Cancel(id model.MessageID)
	// Path returns the file with a digest; it does not block.
	Path(hash string) string
}

// files does what the rows of a conversation offer about their files.
type files struct {
	ctx *ui.Context
	svc Media // nil: files are only named
	d   *detailPane
	// preview returns a file that goes out as a picture; nil: there is none.
	preview func(ctx context.Context, f model.OutgoingFile, maxSide int) (image.Image, error)
	sound   *playback
	viewer  *widgets.Viewer
	busy    map[model.MessageID]model.MediaProgress // of the conversation, while they come
}

func newFiles(ctx *ui.Context, o Options, d *detailPane) *files {
	f := &files{ctx: ctx, svc: o.Media, preview: o.Preview, d: d, busy: map[model.MessageID]model.MediaProgress{}}
	f.sound = newPlayback(ctx, o.Player, f)
	if f.svc != nil || f.preview != nil {
		d.list.SetPictures(f.picture)
	}
	return f
}

// picture loads what a card shows; it runs in a goroutine of the list.
func (f *files) picture(ctx context.Context, key string, maxSide int) (image.Image, error) {
	if out, ok := parseOutgoingPicture(key); ok {
		if f.preview == nil {
			return nil, nil
		}
		return f.preview(ctx, out, maxSide)
	}
	id, full, ok := parsePictureKey(key)
	if !ok || f.svc == nil {
		return nil, nil
	}
	if full {
		return f.svc.Picture(ctx, id, maxSide)
	}
	return f.svc.Thumb(ctx, id, maxSide)
}

// act does what a row offers about its file; it returns false for anything else.
func (f *files) act(id model.MessageID, action string) bool {
	if f.svc == nil {
		return false
	}
	row := f.row(id)
	if row == nil {
		return false
	}
	switch action {
	case widgets.ActionDownload:
		f.download(id, nil)
	case widgets.ActionCancel:
		f.svc.Cancel(id)
	case widgets.ActionOpen:
		f.open(row)
	case widgets.ActionSave:
		widgets.SaveMedia(f.ctx, f.svc, id, f.ctx.Toast)
	case widgets.ActionPlay:
		f.sound.toggle(row)
	default:
		share, ok := strings.CutPrefix(action, widgets.ActionSeek)
		if !ok {
			return false
		}
		if v, err := strconv.ParseFloat(share, 64); err == nil {
			f.sound.seek(row, v)
		}
	}
	return true
}

// row returns a message that is held, nil when it is not any more.
func (f *files) row(id model.MessageID) *model.MessageRow {
	for i := range f.d.thread.rows {
		if f.d.thread.rows[i].ID == id {
			return &f.d.thread.rows[i]
		}
	}
	return nil
}

// open shows a picture in the window and hands anything else to the system.
func (f *files) open(row *model.MessageRow) {
	switch row.Type {
	case model.TypeImage, model.TypeSticker:
		f.view(row)
	case model.TypeVideo:
		if mediaState(row) != model.MediaStored {
			f.view(row)
			return
		}
		widgets.OpenOutside(f.ctx, f.svc, row.ID, f.ctx.Toast)
	default:
		widgets.OpenOutside(f.ctx, f.svc, row.ID, f.ctx.Toast)
	}
}

func (f *files) view(row *model.MessageRow) {
	f.viewer = widgets.NewViewer(f.ctx, f.svc)
	f.viewer.OnClosed = f.d.takeKeys
	f.viewer.Open(model.MediaItem{
		MessageID: row.ID, ConversationID: row.ConversationID, Type: row.Type, FromMe: row.FromMe, Author: f.author(row),
		State: mediaState(row), SHA256: row.MediaHash, Size: row.MediaSize, Text: row.Text,
	})
}

// author names who sent a message: in a conversation of two, the other one.
func (f *files) author(row *model.MessageRow) string {
	if row.Author != "" {
		return row.Author
	}
	return conversationName(f.ctx, &f.d.conv)
}

// download fetches a file for as long as the window lives, whatever is shown
// meanwhile; then goes on.
func (f *files) download(id model.MessageID, then func()) {
	conversation := f.d.id
	f.progress(id, model.MediaProgress{State: model.MediaDownloading})
	f.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := f.svc.Download(ctx, id)
		return func() {
			if f.d.id != conversation || f.d.life == nil {
				return
			}
			f.progress(id, model.MediaProgress{})
			if err != nil {
				f.d.banner.show("action.download_media", err, func() { f.download(id, then) })
			} else if then != nil {
				then()
			}
		}
	})
}

// follow shows how far downloads are.
func (f *files) follow(b event.Batch) {
	for id, p := range b.Media {
		if f.row(id) != nil {
			f.progress(id, p)
		}
	}
}

func (f *files) progress(id model.MessageID, p model.MediaProgress) {
	if p.State == model.MediaDownloading {
		f.busy[id] = p
	} else {
		delete(f.busy, id)
	}
	f.show(id)
}

// show puts what is known of a file into its bubble.
func (f *files) show(id model.MessageID) {
	var p widgets.Progress
	if media, ok := f.busy[id]; ok {
		p.Busy, p.Done = true, -1
		if media.Total > 0 {
			p.Done = float32(float64(media.Done) / float64(media.Total))
		}
	}
	f.sound.describe(id, &p)
	f.d.list.SetProgress(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(id)}, p)
}

// leave ends what belongs to the conversation that was shown.
func (f *files) leave() {
	f.sound.stop()
	if f.viewer != nil {
		f.viewer.Close()
		f.viewer = nil
	}
	for id := range f.busy {
		delete(f.busy, id)
		f.show(id)
	}
}
