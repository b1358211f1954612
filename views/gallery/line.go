package gallery

import (
	"context"
	"image"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	cellGap    = 6
	rowHeight  = 58
	tileHeight = 150
	tileSide   = 320 // pixels that are decoded

	headingHeight = 42
)

// lineView draws one line of a part.
type lineView struct {
	widget.BaseWidget
	p     *part
	shown line

	heading *widget.Label
	icon    *canvas.Image
	title   *widgets.Line
	detail  *widget.Label
	more    *widgets.IconButton
	tiles   []*tile
}

func newLineView(p *part) *lineView {
	v := &lineView{p: p, heading: widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Bold: true}), icon: canvas.NewImageFromResource(apptheme.Icon(apptheme.IconFile))}
	v.icon.FillMode = canvas.ImageFillContain
	v.title = widgets.NewLine(p.s.ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{})
	v.detail = &widget.Label{Truncation: fyne.TextTruncateEllipsis, SizeName: theme.SizeNameCaptionText, Importance: widget.LowImportance}
	v.more = widgets.NewIconButton(p.s.ctx, apptheme.Icon(apptheme.IconChat), p.s.ctx.T("gallery.in_conversation"), func() {
		if len(v.shown.items) > 0 {
			p.s.inConversation(v.shown.items[0])
		}
	})
	if p.kind == model.GalleryPictures {
		for range columns {
			v.tiles = append(v.tiles, newTile(p))
		}
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *lineView) set(l line) {
	v.shown = l
	isRow := l.month == "" && v.p.kind != model.GalleryPictures
	v.heading.Hidden = l.month == ""
	v.icon.Hidden, v.title.Hidden, v.detail.Hidden, v.more.Hidden = !isRow, !isRow, !isRow, !isRow
	if l.month != "" {
		v.heading.SetText(l.month)
	}
	if isRow {
		v.describe(l)
	}
	for i, t := range v.tiles {
		if l.month == "" && i < len(l.items) {
			t.set(l.items[i])
		} else {
			t.clear()
		}
	}
	v.Refresh()
}

// describe fills in a file or a link.
func (v *lineView) describe(l line) {
	ctx, item := v.p.s.ctx, l.items[0]
	when := ctx.FormatDateTime(item.MessageID.Stamp())
	icon := apptheme.IconFile
	var title string
	parts := []string{when}
	switch {
	case l.link != "":
		icon, title = apptheme.IconLink, host(l.link)
		parts = []string{model.CleanLine(l.link, 160), when}
	default:
		if item.Type == model.TypeAudio {
			icon = apptheme.IconMusic
		}
		title = model.CleanLine(path.Base(strings.ReplaceAll(item.FileName, "\\", "/")), 120)
		if title == "" || title == "." || title == "/" {
			title = ctx.MessageTypeText(item.Type)
		}
		if size := ctx.FormatBytes(item.Size); size != "" {
			parts = append([]string{size}, parts...)
		}
		if item.State != model.MediaStored {
			parts = append(parts, ctx.T("gallery.remote"))
		}
	}
	if item.Author != "" {
		parts = append(parts, model.CleanLine(item.Author, 60))
	}
	if res := apptheme.Icon(icon); v.icon.Resource == nil || v.icon.Resource.Name() != res.Name() {
		v.icon.Resource = res
		v.icon.Refresh()
	}
	v.title.SetText(title)
	v.detail.SetText(strings.Join(parts, " · "))
}

// CreateRenderer implements fyne.Widget.
func (v *lineView) CreateRenderer() fyne.WidgetRenderer { return &lineRenderer{v} }

type lineRenderer struct{ v *lineView }

// Destroy implements fyne.WidgetRenderer.
func (r *lineRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *lineRenderer) MinSize() fyne.Size {
	if len(r.v.tiles) > 0 {
		return fyne.NewSize(400, tileHeight)
	}
	return fyne.NewSize(400, rowHeight)
}

// Objects implements fyne.WidgetRenderer.
func (r *lineRenderer) Objects() []fyne.CanvasObject {
	v := r.v
	all := []fyne.CanvasObject{v.heading, v.icon, v.title, v.detail, v.more}
	for _, t := range v.tiles {
		all = append(all, t)
	}
	return all
}

// Layout implements fyne.WidgetRenderer.
func (r *lineRenderer) Layout(size fyne.Size) {
	v := r.v
	h := v.heading.MinSize().Height
	v.heading.Resize(fyne.NewSize(size.Width, h))
	v.heading.Move(fyne.NewPos(0, size.Height-h))
	v.icon.Resize(fyne.NewSquareSize(26))
	v.icon.Move(fyne.NewPos(10, (size.Height-26)/2))
	more := v.more.MinSize()
	v.more.Resize(more)
	v.more.Move(fyne.NewPos(size.Width-more.Width-8, (size.Height-more.Height)/2))
	width := size.Width - 46 - more.Width - 12
	v.title.Resize(fyne.NewSize(width, v.title.MinSize().Height))
	v.title.Move(fyne.NewPos(42, 0))
	v.detail.Resize(fyne.NewSize(width, v.detail.MinSize().Height))
	v.detail.Move(fyne.NewPos(42, 24))
	side := (size.Width - cellGap*(columns-1)) / columns
	for i, t := range v.tiles {
		t.Resize(fyne.NewSize(side, size.Height))
		t.Move(fyne.NewPos(float32(i)*(side+cellGap), 0))
	}
}

// Refresh implements fyne.WidgetRenderer.
func (r *lineRenderer) Refresh() {
	r.Layout(r.v.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

// tile is one picture.
type tile struct {
	widget.BaseWidget
	p       *part
	item    model.MediaItem
	cancel  context.CancelFunc
	focused bool

	ground *canvas.Rectangle
	image  *canvas.Image
	icon   *canvas.Image
}

var (
	_ fyne.Tappable          = (*tile)(nil)
	_ fyne.SecondaryTappable = (*tile)(nil)
	_ fyne.Focusable         = (*tile)(nil)
)

func newTile(p *part) *tile {
	t := &tile{p: p, ground: canvas.NewRectangle(nil), image: &canvas.Image{FillMode: canvas.ImageFillCover, ScaleMode: canvas.ImageScaleFastest}}
	t.ground.CornerRadius, t.image.CornerRadius = 6, 6
	t.icon = canvas.NewImageFromResource(apptheme.Icon(apptheme.IconMedia))
	t.icon.FillMode = canvas.ImageFillContain
	t.ExtendBaseWidget(t)
	t.Hide()
	return t
}

func (t *tile) clear() {
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
	t.item, t.image.Image = model.MediaItem{}, nil
	t.Hide()
}

func (t *tile) set(item model.MediaItem) {
	t.Show()
	if t.item.MessageID == item.MessageID && t.item.State == item.State {
		return
	}
	t.clear()
	t.Show()
	t.item = item
	icon := apptheme.IconMedia
	if item.Type == model.TypeVideo {
		icon = apptheme.IconVideo
	}
	t.icon.Resource = apptheme.Icon(icon)
	t.Refresh()
	life, cancel := context.WithCancel(t.p.s.life)
	t.cancel = cancel
	svc := t.p.s.svc
	t.p.s.ctx.Load(life, func(ctx context.Context) func() {
		var img image.Image
		var err error
		if item.Type == model.TypeImage && item.State == model.MediaStored {
			img, err = svc.Picture(ctx, item.MessageID, tileSide)
		} else {
			img, err = svc.Thumb(ctx, item.MessageID, tileSide)
		}
		return func() {
			if err == nil && t.item.MessageID == item.MessageID {
				t.image.Image = img
				t.Refresh()
			}
		}
	})
}

// Tapped implements fyne.Tappable.
func (t *tile) Tapped(*fyne.PointEvent) { t.p.s.open(t.item) }

// TappedSecondary implements fyne.SecondaryTappable.
func (t *tile) TappedSecondary(e *fyne.PointEvent) {
	item := t.item
	ctx := t.p.s.ctx
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem(ctx.T("gallery.in_conversation"), func() { t.p.s.inConversation(item) }),
		fyne.NewMenuItem(ctx.T("media.viewer.save"), func() { widgets.SaveMedia(ctx, t.p.s.svc, item.MessageID, ctx.Toast) }),
	), ctx.Window.Canvas(), e.AbsolutePosition)
}

// FocusGained implements fyne.Focusable.
func (t *tile) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost implements fyne.Focusable.
func (t *tile) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune implements fyne.Focusable.
func (t *tile) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Enter and Space open the picture.
func (t *tile) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		t.p.s.open(t.item)
	case fyne.KeyEscape:
		t.p.s.Escape()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *tile) CreateRenderer() fyne.WidgetRenderer { return &tileRenderer{t} }

type tileRenderer struct{ t *tile }

// Destroy implements fyne.WidgetRenderer.
func (r *tileRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *tileRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(60) }

// Objects implements fyne.WidgetRenderer.
func (r *tileRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.ground, r.t.image, r.t.icon}
}

// Layout implements fyne.WidgetRenderer.
func (r *tileRenderer) Layout(size fyne.Size) {
	r.t.ground.Resize(size)
	inset := float32(2)
	r.t.image.Move(fyne.NewSquareOffsetPos(inset))
	r.t.image.Resize(size.SubtractWidthHeight(2*inset, 2*inset))
	r.t.icon.Resize(fyne.NewSquareSize(32))
	r.t.icon.Move(fyne.NewPos(size.Width/2-16, size.Height/2-16))
}

// Refresh implements fyne.WidgetRenderer.
func (r *tileRenderer) Refresh() {
	t := r.t
	t.ground.FillColor = theme.Color(theme.ColorNameButton)
	t.ground.StrokeWidth = 0
	if t.focused {
		t.ground.StrokeWidth, t.ground.StrokeColor = 3, theme.Color(theme.ColorNamePrimary)
	}
	t.icon.Hidden = t.image.Image != nil && t.item.Type != model.TypeVideo
	t.image.Hidden = t.image.Image == nil
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
