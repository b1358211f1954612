package conversations

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Sizes in device-independent pixels.
const (
	trayThumb = 56
	trayShare = 0.36 // of the height of the window, at most
)

// tray shows the files that go with what is written, in the order in which they go.
type tray struct {
	c      *compose
	rows   *fyne.Container
	scroll *container.Scroll
	body   *fyne.Container
	shown  []*trayRow
}

// trayRow is one file of the tray.
type trayRow struct {
	file     *attached
	thumb    *fyne.Container
	name     *widgets.Line
	sub      *widget.Label
	how      *widget.Select
	caption  *ui.Entry
	remove   *widgets.IconButton
	up, down *widgets.IconButton
	body     *fyne.Container
	ways     []sendAs
}

func newTray(c *compose) *tray {
	t := &tray{c: c, rows: container.NewVBox()}
	t.scroll = container.NewVScroll(t.rows)
	t.body = container.New(&trayLayout{t}, t.scroll)
	t.body.Hide()
	return t
}

// trayLayout gives the tray the height of its rows, up to a part of the window.
type trayLayout struct{ t *tray }

// MinSize implements fyne.Layout.
func (l *trayLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	most := l.t.c.ctx.Window.Canvas().Size().Height * trayShare
	return fyne.NewSize(0, min(l.t.rows.MinSize().Height, max(most, 2*trayThumb)))
}

// Layout implements fyne.Layout.
func (l *trayLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// trayRowLayout puts the picture before the name and the size, what can be done
// behind them, and the caption below.
type trayRowLayout struct{ r *trayRow }

const (
	trayPad     = 4
	trayHow     = 176
	trayButton  = 34
	trayCaption = 36
)

// MinSize implements fyne.Layout.
func (l *trayRowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	h := float32(trayThumb + 2*trayPad)
	if l.r.caption.Visible() {
		h += trayCaption
	}
	return fyne.NewSize(300, h)
}

// Layout implements fyne.Layout.
func (l *trayRowLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	r := l.r
	r.thumb.Move(fyne.NewPos(trayPad, trayPad))
	r.thumb.Resize(fyne.NewSquareSize(trayThumb))
	x := size.Width - trayPad
	put := func(o fyne.CanvasObject, w, h float32) {
		if !o.Visible() {
			return
		}
		x -= w
		o.Move(fyne.NewPos(x, trayPad+(trayThumb-h)/2))
		o.Resize(fyne.NewSize(w, h))
	}
	for _, b := range []*widgets.IconButton{r.remove, r.down, r.up} {
		put(b, trayButton, trayButton)
	}
	put(r.how, min(trayHow, size.Width/3), trayCaption)
	left := float32(trayThumb + 2*trayPad)
	name, sub := r.name.MinSize().Height, r.sub.MinSize().Height
	overlap := name + sub - trayThumb // both have room around them
	r.name.Move(fyne.NewPos(left, trayPad))
	r.name.Resize(fyne.NewSize(max(x-left, 0), name))
	r.sub.Move(fyne.NewPos(left, trayPad+name-overlap))
	r.sub.Resize(fyne.NewSize(max(x-left, 0), sub))
	r.caption.Move(fyne.NewPos(left+theme.InnerPadding(), trayThumb+trayPad))
	r.caption.Resize(fyne.NewSize(size.Width-left-theme.InnerPadding()-trayPad, trayCaption))
}

// set shows the files.
func (t *tray) set(files []*attached) {
	var rows []*trayRow
	for _, a := range files {
		i := slices.IndexFunc(t.shown, func(r *trayRow) bool { return r.file == a })
		if i >= 0 {
			rows = append(rows, t.shown[i])
		} else {
			rows = append(rows, t.newRow(a))
		}
	}
	if !slices.Equal(rows, t.shown) {
		t.shown = rows
		t.rows.RemoveAll()
		for _, r := range rows {
			t.rows.Add(r.body)
		}
	}
	for i, r := range rows {
		t.fill(r, i, len(rows))
	}
	setVisible(t.body, len(files) > 0)
	t.body.Refresh()
}

// reveal scrolls to a file, where the tray has not got room for all.
func (t *tray) reveal(a *attached) {
	for _, r := range t.shown {
		if r.file == a {
			top, room := r.body.Position().Y, t.scroll.Size().Height
			switch bottom := top + r.body.Size().Height; {
			case top < t.scroll.Offset.Y:
				t.scroll.ScrollToOffset(fyne.NewPos(0, top))
			case bottom > t.scroll.Offset.Y+room:
				t.scroll.ScrollToOffset(fyne.NewPos(0, min(top, bottom-room)))
			}
			return
		}
	}
}

// revealRefused scrolls to the first file that cannot be sent.
func (t *tray) revealRefused() {
	if i := slices.IndexFunc(t.shown, func(r *trayRow) bool { return r.file.refused != "" }); i >= 0 {
		t.reveal(t.shown[i].file)
	}
}

func (t *tray) newRow(a *attached) *trayRow {
	ctx := t.c.ctx
	r := &trayRow{file: a, thumb: container.NewGridWrap(fyne.NewSquareSize(trayThumb))}
	r.name = widgets.NewLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	r.sub = widget.NewLabel("")
	r.sub.SizeName, r.sub.Truncation = theme.SizeNameCaptionText, fyne.TextTruncateEllipsis
	r.caption = ui.NewEntry()
	r.caption.Page = t.scroll
	r.caption.PlaceHolder = ctx.T("compose.attach.caption")
	r.caption.Text = a.caption
	r.caption.OnChanged = func(text string) { a.caption = text }
	r.caption.OnSubmitted = func(string) { t.c.composer.Focus() }
	r.caption.OnEscape = t.c.composer.Focus
	r.how = widget.NewSelect(nil, nil)
	r.up = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconUp), ctx.T("compose.attach.up"), func() { t.move(a, -1) })
	r.down = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconDown), ctx.T("compose.attach.down"), func() { t.move(a, 1) })
	r.remove = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("compose.attach.remove"), func() { t.remove(a) })
	r.body = container.New(&trayRowLayout{r}, r.thumb, r.name, r.sub, r.how, r.up, r.down, r.remove, r.caption)
	return r
}

// fill shows what is known of a file by now.
func (t *tray) fill(r *trayRow, at, count int) {
	a, ctx := r.file, t.c.ctx
	r.name.SetText(fileName(a))
	r.sub.Importance = widget.LowImportance
	if a.refused != "" {
		r.sub.Importance = widget.DangerImportance
	}
	r.sub.SetText(t.says(a))
	t.fillThumb(r)
	if r.ways == nil && a.looked && a.refused == "" {
		r.ways = ways(a.look, t.c.attacher.Limit())
		for _, way := range r.ways {
			r.how.Options = append(r.how.Options, ctx.T("compose.as."+string(way))) //translations:compose.as.*
		}
		r.how.SetSelectedIndex(max(slices.Index(r.ways, a.how), 0))
		r.how.OnChanged = func(string) {
			if i := r.how.SelectedIndex(); i >= 0 {
				a.how = r.ways[i]
				a.refused = "" // another way may do
				t.c.update()
			}
		}
	}
	setVisible(r.how, len(r.ways) > 1)
	setVisible(r.caption, at > 0 && a.refused == "")
	setVisible(r.up, count > 1)
	setVisible(r.down, count > 1)
	setEnabled(&r.up.Button, at > 0)
	setEnabled(&r.down.Button, at < count-1)
	r.body.Refresh()
}

// fileName is what a file is called, also before it was looked at.
func fileName(a *attached) string {
	if a.look.Name != "" {
		return a.look.Name
	}
	return model.CleanLine(filepath.Base(a.path), model.MaxName)
}

// says tells how large a file is, or why it cannot be sent, or how far it is copied.
func (t *tray) says(a *attached) string {
	ctx := t.c.ctx
	switch {
	case a.refused != "":
		return a.refused
	case !a.looked:
		return ctx.T("compose.attach.looking")
	case t.c.now.busy && a.copied > 0 && a.look.Size > 0:
		return ctx.T("compose.attach.copying", translations.Data{"Percent": min(100*a.copied/a.look.Size, 100)})
	}
	parts := []string{ctx.FormatBytes(a.look.Size)}
	if a.look.Width > 0 {
		parts = append(parts, fmt.Sprintf("%d × %d", a.look.Width, a.look.Height))
	}
	return strings.Join(parts, " · ")
}

func (t *tray) fillThumb(r *trayRow) {
	var o fyne.CanvasObject
	switch {
	case r.file.picture != nil:
		picture := canvas.NewImageFromImage(r.file.picture)
		picture.FillMode, picture.CornerRadius = canvas.ImageFillCover, 6
		o = picture
	case len(r.thumb.Objects) > 0:
		return
	}
	if o == nil {
		o = container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(trayThumb/2), widget.NewIcon(apptheme.Icon(apptheme.IconFile))))
	} else if len(r.thumb.Objects) > 0 {
		if _, is := r.thumb.Objects[0].(*canvas.Image); is {
			return
		}
	}
	r.thumb.Objects = []fyne.CanvasObject{o}
	r.thumb.Refresh()
}

func (t *tray) move(a *attached, by int) {
	u := t.c.now
	i := slices.Index(u.files, a)
	if j := i + by; i >= 0 && j >= 0 && j < len(u.files) && !u.busy {
		u.files[i], u.files[j] = u.files[j], u.files[i]
		t.c.update()
	}
}

func (t *tray) remove(a *attached) {
	u := t.c.now
	if i := slices.Index(u.files, a); i >= 0 && !u.busy {
		u.files = slices.Delete(u.files, i, i+1)
		t.c.update()
		t.c.composer.Focus()
	}
}
