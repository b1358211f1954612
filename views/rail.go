package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	railWidth  = 92
	railHeight = 58 // of one item
	railIcon   = 22
)

// rail is the navigation at the left edge: an icon and a word for every area.
type rail struct {
	content fyne.CanvasObject
	items   map[Area]*railItem
}

func newRail(ctx *ui.Context, open func(Area)) *rail {
	r := &rail{items: map[Area]*railItem{}}
	column := container.NewVBox()
	for _, a := range Areas() {
		item := newRailItem(areaIcon(a), areaName(ctx, a), func() { open(a) })
		r.items[a] = item
		if a == AreaSettings {
			column.Add(layout.NewSpacer())
		}
		column.Add(item)
	}
	r.content = newGround(apptheme.ColorNameRail, container.NewPadded(column))
	return r
}

// set marks the area that is shown.
func (r *rail) set(area Area) {
	for a, item := range r.items {
		item.setSelected(a == area)
	}
}

// setUnread shows how many conversations hold something unread.
func (r *rail) setUnread(n int) { r.items[AreaConversations].badge.Set(n) }

// setNeedsOwner shows how much of what goes out waits for the owner.
func (r *rail) setNeedsOwner(n int) { r.items[AreaOutbox].badge.Set(n) }

// railItem leads to one area, by pointer or by keyboard.
type railItem struct {
	widget.BaseWidget
	name     string
	icon     apptheme.IconName
	tapped   func()
	badge    *widgets.Badge
	selected bool
	focused  bool
	hovered  bool
}

var (
	_ fyne.Tappable     = (*railItem)(nil)
	_ fyne.Focusable    = (*railItem)(nil)
	_ desktop.Hoverable = (*railItem)(nil)
)

func newRailItem(icon apptheme.IconName, name string, tapped func()) *railItem {
	i := &railItem{name: name, icon: icon, tapped: tapped, badge: widgets.NewBadge()}
	i.ExtendBaseWidget(i)
	return i
}

func (i *railItem) setSelected(selected bool) {
	if i.selected != selected {
		i.selected = selected
		i.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (i *railItem) Tapped(*fyne.PointEvent) { i.tapped() }

// FocusGained implements fyne.Focusable.
func (i *railItem) FocusGained() { i.focused = true; i.Refresh() }

// FocusLost implements fyne.Focusable.
func (i *railItem) FocusLost() { i.focused = false; i.Refresh() }

// TypedRune implements fyne.Focusable.
func (i *railItem) TypedRune(rune) {}

// TypedKey implements fyne.Focusable: Space and Enter open the area.
func (i *railItem) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		i.tapped()
	}
}

// MouseIn implements desktop.Hoverable.
func (i *railItem) MouseIn(*desktop.MouseEvent) { i.hovered = true; i.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (i *railItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *railItem) MouseOut() { i.hovered = false; i.Refresh() }

// CreateRenderer implements fyne.Widget.
func (i *railItem) CreateRenderer() fyne.WidgetRenderer {
	r := &railRenderer{item: i, ground: canvas.NewRectangle(nil), image: canvas.NewImageFromResource(apptheme.Icon(i.icon)), word: canvas.NewText(i.name, nil)}
	r.ground.CornerRadius = 10
	r.image.FillMode = canvas.ImageFillContain
	r.word.Alignment = fyne.TextAlignCenter
	r.color()
	return r
}

type railRenderer struct {
	item   *railItem
	ground *canvas.Rectangle
	image  *canvas.Image
	word   *canvas.Text
}

func (r *railRenderer) color() {
	i := r.item
	r.ground.FillColor, r.ground.StrokeWidth = theme.Color(apptheme.ColorNameRail), 0
	text := theme.ColorNameForeground
	switch {
	case i.selected:
		r.ground.FillColor = theme.Color(theme.ColorNameSelection)
		text = theme.ColorNamePrimary
	case i.hovered:
		r.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	if i.focused {
		r.ground.StrokeWidth = 2
		r.ground.StrokeColor = theme.Color(theme.ColorNamePrimary)
	}
	r.image.Resource = apptheme.ColoredIcon(i.icon, text)
	r.word.Color = theme.Color(text)
	r.word.TextStyle = fyne.TextStyle{Bold: i.selected}
	r.word.TextSize = theme.CaptionTextSize()
	// The longest word of any language must fit; a little smaller beats cut.
	for r.word.MinSize().Width > railWidth-4 && r.word.TextSize > 9 {
		r.word.TextSize -= 0.5
	}
}

// Destroy implements fyne.WidgetRenderer.
func (r *railRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *railRenderer) MinSize() fyne.Size { return fyne.NewSize(railWidth, railHeight) }

// Layout implements fyne.WidgetRenderer.
func (r *railRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	word := r.word.MinSize()
	top := (size.Height - railIcon - word.Height - 4) / 2
	r.image.Resize(fyne.NewSquareSize(railIcon))
	r.image.Move(fyne.NewPos((size.Width-railIcon)/2, top))
	r.word.Resize(fyne.NewSize(size.Width, word.Height))
	r.word.Move(fyne.NewPos(0, top+railIcon+4))
	badge := r.item.badge.MinSize()
	r.item.badge.Resize(badge)
	r.item.badge.Move(fyne.NewPos(min(size.Width/2+railIcon/2-2, size.Width-badge.Width-2), max(2, top-badge.Height/3)))
}

// Objects implements fyne.WidgetRenderer.
func (r *railRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.image, r.word, r.item.badge}
}

// Refresh implements fyne.WidgetRenderer.
func (r *railRenderer) Refresh() {
	r.color()
	r.Layout(r.item.Size())
	r.ground.Refresh()
	r.image.Refresh()
	r.word.Refresh()
	r.item.badge.Refresh()
}
