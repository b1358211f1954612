package widgets

import (
	"context"
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// ViewerService is where a Viewer gets its pictures. Every method may block.
type ViewerService interface {
	Gallery(ctx context.Context, q model.MediaQuery) ([]model.MediaItem, error)
	Picture(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error)
	Download(ctx context.Context, id model.MessageID) error
	Open(ctx context.Context, id model.MessageID) (model.OpenedAs, error)
	FileName(ctx context.Context, id model.MessageID) (string, error)
	SaveAs(ctx context.Context, id model.MessageID, path string) error
	// CopyPicture puts the picture on the clipboard of the system.
	CopyPicture(ctx context.Context, id model.MessageID) error
}

const (
	viewerSide    = 3072 // pixels at most of either side that are decoded
	viewerPage    = 60
	viewerNewer   = 200 // items of a page while the newer ones are looked for
	viewerMost    = 5000
	viewerZoom    = 1.25 // one step
	viewerLargest = 8    // times the size that fits
	viewerBar     = 56   // height of the bar at the top
)

// Viewer shows the pictures of a conversation over the whole window, one at a
// time. Open opens it; Escape closes it.
type Viewer struct {
	widget.BaseWidget
	ctx *ui.Context
	svc ViewerService
	// OnClosed is called when it was closed.
	OnClosed func()

	items []model.MediaItem // newest first
	at    int
	more  bool // older ones may follow
	life  context.Context
	end   context.CancelFunc
	load  context.CancelFunc // of the picture

	picture image.Image // upright as it was decoded, before turns
	turns   int         // quarters, clockwise
	fit     bool
	zoom    float32 // device-independent pixels of a pixel of the picture
	off     fyne.Position

	over    fyne.CanvasObject
	ground  *canvas.Rectangle
	paper   *canvas.Rectangle // light ground of a sticker or of a picture one can see through
	image   *canvas.Image
	bar     *canvas.Rectangle
	title   *canvas.Text
	detail  *canvas.Text
	note    *canvas.Rectangle // ground of the state
	state   *widget.Label
	fetch   *widget.Button
	buttons *fyne.Container
	size    *IconButton
	older   *IconButton
	newer   *IconButton
}

var (
	_ fyne.Focusable      = (*Viewer)(nil)
	_ fyne.Draggable      = (*Viewer)(nil)
	_ fyne.Scrollable     = (*Viewer)(nil)
	_ fyne.DoubleTappable = (*Viewer)(nil)
)

// NewViewer returns a viewer that is not shown yet.
func NewViewer(ctx *ui.Context, svc ViewerService) *Viewer {
	v := &Viewer{ctx: ctx, svc: svc, fit: true, OnClosed: func() {}}
	v.ground = canvas.NewRectangle(color.NRGBA{R: 0x10, G: 0x12, B: 0x12, A: 0xf6})
	v.bar = canvas.NewRectangle(color.NRGBA{R: 0x10, G: 0x12, B: 0x12, A: 0xd8})
	v.paper = canvas.NewRectangle(color.NRGBA{R: 0xd9, G: 0xdb, B: 0xd9, A: 0xff})
	v.paper.CornerRadius = 4
	v.image = &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest}
	v.title = canvas.NewText("", color.White)
	v.title.TextStyle.Bold = true
	v.detail = canvas.NewText("", color.NRGBA{R: 0xc8, G: 0xce, B: 0xcb, A: 0xff})
	v.detail.TextSize = 12
	v.note = canvas.NewRectangle(color.NRGBA{R: 0x10, G: 0x12, B: 0x12, A: 0xc8})
	v.note.CornerRadius = 8
	v.state = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	v.state.Wrapping = fyne.TextWrapWord
	v.fetch = widget.NewButtonWithIcon("", apptheme.Icon(apptheme.IconDownload), nil)
	v.fetch.Importance = widget.HighImportance
	button := func(icon apptheme.IconName, key string, f func()) *IconButton {
		b := NewIconButton(ctx, apptheme.Icon(icon), ctx.T(key), func() {
			f()
			v.takeFocus()
		})
		return b
	}
	v.older = button(apptheme.IconBack, "media.viewer.older", v.Older)
	v.newer = button(apptheme.IconForward, "media.viewer.newer", v.Newer)
	v.size = button(apptheme.IconSearch, "media.viewer.full", v.toggleSize)
	v.buttons = container.NewHBox(
		button(apptheme.IconAdd, "media.viewer.in", func() { v.zoomBy(viewerZoom) }),
		v.size,
		button(apptheme.IconRefresh, "media.viewer.turn", v.Turn),
		button(apptheme.IconDownload, "media.viewer.save", v.save),
		button(apptheme.IconCopy, "media.viewer.copy", v.copy),
		button(apptheme.IconLink, "media.viewer.open", v.openOutside),
		button(apptheme.IconClose, "media.viewer.close", v.Close),
	)
	v.ExtendBaseWidget(v)
	v.over = container.NewThemeOverride(v, apptheme.New(apptheme.VariantDark)) // pictures are seen best on dark
	return v
}

// Open opens the viewer over the window at a message; others of its conversation
// are read around it.
func (v *Viewer) Open(item model.MediaItem) {
	v.life, v.end = context.WithCancel(context.Background())
	v.items, v.at, v.more = []model.MediaItem{item}, 0, true
	c := v.ctx.Window.Canvas()
	c.Overlays().Add(v.over)
	v.over.Resize(c.Size())
	v.takeFocus()
	v.show()
	v.readOlder()
	v.readNewer(0, nil)
}

// Shown tells whether the viewer is open.
func (v *Viewer) Shown() bool { return v.end != nil }

// Item returns what is shown.
func (v *Viewer) Item() model.MediaItem { return v.items[v.at] }

// Count returns how many items around are known, the shown one too.
func (v *Viewer) Count() int { return len(v.items) }

func (v *Viewer) takeFocus() {
	if v.end != nil {
		v.ctx.Window.Canvas().Focus(v)
	}
}

// Close takes the viewer away.
func (v *Viewer) Close() {
	if v.end == nil {
		return
	}
	v.end()
	v.end = nil
	v.ctx.Window.Canvas().Overlays().Remove(v.over)
	v.OnClosed()
}

// readOlder reads the page after the last item held.
func (v *Viewer) readOlder() {
	last := v.items[len(v.items)-1]
	v.ctx.Load(v.life, func(ctx context.Context) func() {
		page, err := v.svc.Gallery(ctx, model.MediaQuery{ConversationID: last.ConversationID, Kind: model.GalleryPictures, Before: last.MessageID, Limit: viewerPage})
		return func() {
			if err != nil {
				v.more = false
				v.ctx.ShowError("action.load_media", err)
				return
			}
			if v.items[len(v.items)-1].MessageID != last.MessageID {
				return
			}
			v.items = append(v.items, page...)
			v.more = len(page) >= viewerPage
			v.marks()
		}
	})
}

// readNewer reads from the newest on until it meets the first item held.
func (v *Viewer) readNewer(before model.MessageID, held []model.MediaItem) {
	first := v.items[0]
	v.ctx.Load(v.life, func(ctx context.Context) func() {
		page, err := v.svc.Gallery(ctx, model.MediaQuery{ConversationID: first.ConversationID, Kind: model.GalleryPictures, Before: before, Limit: viewerNewer})
		return func() {
			if err != nil {
				return // those before it can still be seen; readOlder says what is wrong
			}
			for _, item := range page {
				if item.MessageID <= first.MessageID {
					if item.MessageID == first.MessageID {
						v.items[0] = item
					}
					v.takeNewer(held)
					return
				}
				held = append(held, item)
			}
			if len(page) < viewerNewer || len(held) > viewerMost {
				v.takeNewer(held)
				return
			}
			v.readNewer(page[len(page)-1].MessageID, held)
		}
	})
}

func (v *Viewer) takeNewer(items []model.MediaItem) {
	v.items = append(items, v.items...)
	v.at += len(items)
	v.words()
	v.marks()
}

// Older shows the one before in time.
func (v *Viewer) Older() { v.step(1) }

// Newer shows the one after in time.
func (v *Viewer) Newer() { v.step(-1) }

func (v *Viewer) step(n int) {
	at := v.at + n
	if at < 0 || at >= len(v.items) {
		return
	}
	v.at = at
	v.turns, v.fit = 0, true
	v.show()
	if v.more && at >= len(v.items)-5 {
		v.readOlder()
	}
}

// show loads the picture of the item.
func (v *Viewer) show() {
	if v.load != nil {
		v.load()
	}
	var life context.Context
	life, v.load = context.WithCancel(v.life)
	item := v.items[v.at]
	v.picture, v.image.Image = nil, nil
	v.say(v.ctx.T("media.viewer.loading"), nil)
	v.words()
	v.marks()
	v.ctx.Load(life, func(ctx context.Context) func() {
		img, err := v.svc.Picture(ctx, item.MessageID, viewerSide)
		return func() { v.came(item, img, err) }
	})
}

func (v *Viewer) came(item model.MediaItem, img image.Image, err error) {
	switch {
	case err != nil && item.State == model.MediaStored:
		v.ctx.LogError("action.load_media", err)
		why, do := v.ctx.ProblemText(v.ctx.Describe(err))
		v.say(why+" "+do, v.show)
		v.fetch.SetText(v.ctx.T("common.retry"))
	case item.Type == model.TypeVideo:
		v.say("", v.openOutside)
		v.fetch.SetText(v.ctx.T("media.viewer.play"))
		if item.State != model.MediaStored {
			v.askFetch(item, "")
		}
	case item.State != model.MediaStored:
		v.askFetch(item, v.ctx.T("media.viewer.remote"))
	default:
		v.say("", nil)
	}
	if err == nil {
		v.picture = img
		v.image.Image = img
	}
	v.place()
}

// askFetch offers the download of what is not here.
func (v *Viewer) askFetch(item model.MediaItem, text string) {
	if item.State == model.MediaGone {
		v.say(v.ctx.T("media.viewer.gone"), nil)
		return
	}
	v.say(text, func() { v.download(item) })
	v.fetch.SetText(v.ctx.T("media.viewer.download"))
	if size := v.ctx.FormatBytes(item.Size); size != "" {
		v.fetch.SetText(v.ctx.T("media.viewer.download_size", translations.Data{"Size": size}))
	}
}

// say shows a text, and a button when there is something to do.
func (v *Viewer) say(text string, do func()) {
	v.state.SetText(text)
	v.state.Hidden = text == ""
	v.fetch.Hidden = do == nil
	v.fetch.OnTapped = do
	v.arrange()
}

func (v *Viewer) download(item model.MediaItem) {
	v.say(v.ctx.T("media.viewer.downloading"), nil)
	v.ctx.Load(v.life, func(ctx context.Context) func() {
		err := v.svc.Download(ctx, item.MessageID)
		return func() {
			if v.items[v.at].MessageID != item.MessageID {
				return
			}
			if err != nil {
				v.ctx.LogError("action.download_media", err)
				why, do := v.ctx.ProblemText(v.ctx.Describe(err))
				v.say(why+" "+do, func() { v.download(item) })
				v.fetch.SetText(v.ctx.T("common.retry"))
				return
			}
			v.items[v.at].State = model.MediaStored
			v.show()
		}
	})
}

func (v *Viewer) openOutside() {
	item := v.Item()
	OpenOutside(v.ctx, v.svc, item.MessageID, v.tell)
}

func (v *Viewer) save() { SaveMedia(v.ctx, v.svc, v.Item().MessageID, v.tell) }

// copy puts the picture on the clipboard of the system.
func (v *Viewer) copy() {
	id := v.Item().MessageID
	v.ctx.Load(v.life, func(c context.Context) func() {
		err := v.svc.CopyPicture(c, id)
		return func() {
			if err != nil {
				v.ctx.ShowError("action.copy_picture", err)
				return
			}
			v.tell(v.ctx.T("media.viewer.copied"))
		}
	})
}

// tell shows a text over the picture: a toast would be behind it.
func (v *Viewer) tell(text string) {
	if v.end == nil {
		v.ctx.Toast(text)
		return
	}
	v.say(text, nil)
}

// words says whose picture it is, and when and where among the others.
func (v *Viewer) words() {
	item := v.items[v.at]
	name := model.CleanLine(item.Author, 60)
	if item.FromMe {
		name = v.ctx.T("media.viewer.own")
	}
	if name == "" {
		name = v.ctx.MessageTypeText(item.Type)
	}
	parts := []string{v.ctx.FormatDateTime(item.MessageID.Stamp())}
	if text := model.CleanLine(item.Text, 80); text != "" {
		parts = append(parts, text)
	}
	v.title.Text, v.detail.Text = name, strings.Join(parts, " · ")
	v.title.Refresh()
	v.detail.Refresh()
}

// marks tells which ways are open.
func (v *Viewer) marks() {
	enable := func(b *IconButton, on bool) {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	enable(v.older, v.at+1 < len(v.items))
	enable(v.newer, v.at > 0)
}

// Turn turns the picture a quarter clockwise.
func (v *Viewer) Turn() {
	if v.picture == nil {
		return
	}
	v.turns = (v.turns + 1) % 4
	img, turns, life := v.picture, v.turns, v.life
	v.ctx.Load(life, func(context.Context) func() {
		turned := turn(img, turns)
		return func() {
			if v.picture == img && v.turns == turns {
				v.image.Image = turned
				v.place()
			}
		}
	})
}

// turn returns a picture turned by quarters clockwise.
func turn(img image.Image, quarters int) image.Image {
	if quarters == 0 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if quarters%2 == 1 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			c := color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			switch quarters {
			case 1:
				to.SetNRGBA(h-1-y, x, c)
			case 2:
				to.SetNRGBA(w-1-x, h-1-y, c)
			default:
				to.SetNRGBA(y, w-1-x, c)
			}
		}
	}
	return to
}

// TypedRune implements fyne.Focusable.
func (v *Viewer) TypedRune(r rune) {
	switch r {
	case '+', '=':
		v.zoomBy(viewerZoom)
	case '-':
		v.zoomBy(1 / viewerZoom)
	case '0':
		v.fit = true
		v.place()
	case '1':
		v.fullSize()
	case 'r', 'R':
		v.Turn()
	case 's', 'S':
		v.save()
	case 'c', 'C':
		v.copy()
	case 'o', 'O':
		v.openOutside()
	}
}

// TypedKey implements fyne.Focusable.
func (v *Viewer) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		v.Close()
	case fyne.KeyLeft, fyne.KeyPageUp:
		v.Older()
	case fyne.KeyRight, fyne.KeyPageDown:
		v.Newer()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if !v.fetch.Hidden {
			v.fetch.OnTapped()
		}
	}
}

// FocusGained implements fyne.Focusable.
func (v *Viewer) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (v *Viewer) FocusLost() {}

var _ desktop.Cursorable = (*Viewer)(nil)

// Cursor implements desktop.Cursorable.
func (v *Viewer) Cursor() desktop.Cursor {
	if v.fit {
		return desktop.DefaultCursor
	}
	return desktop.CrosshairCursor
}
