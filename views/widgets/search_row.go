package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// SearchItem is what a SearchRow shows. One with only a Title is the heading of
// those that follow.
type SearchItem struct {
	Title  string
	Text   string // the second line
	Marks  []model.TextRange
	When   string            // at the right edge
	Avatar string            // an id whose picture or initials are shown; "" shows Icon
	Name   string            // whose initials; "" for those of Title
	Hash   string            // of the picture
	Icon   apptheme.IconName // in place of the picture
	Remove string            // what the button at the right edge does; "" for no button
}

// heading tells whether the item only names what follows it.
func (i *SearchItem) heading() bool { return i.Text == "" && i.Avatar == "" && i.Icon == "" }

// SearchHeading is the height of a heading in device-independent pixels, for
// the list that holds it.
const SearchHeading float32 = 30

// SearchRow is one row of what a search found: a heading, a person, a message
// with the words that were found lit.
type SearchRow struct {
	widget.BaseWidget
	OnTapped func()
	OnRemove func()

	item     SearchItem
	chosen   bool
	hovered  bool
	avatar   *Avatar
	icon     *canvas.Image
	iconName apptheme.IconName
	title    *textLine
	when     *textLine
	heading  *textLine
	text     *markedLine
	remove   *IconButton
}

var (
	_ fyne.Tappable     = (*SearchRow)(nil)
	_ desktop.Hoverable = (*SearchRow)(nil)
)

// NewSearchRow returns an empty row, also the template of a widget.List.
func NewSearchRow(ctx *ui.Context) *SearchRow {
	r := &SearchRow{
		avatar: NewAvatar(ctx, rowAvatar), icon: canvas.NewImageFromResource(nil),
		title:   newTextLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		when:    newTextLine(ctx, theme.SizeNameCaptionText, apptheme.ColorNameMuted, fyne.TextStyle{}),
		heading: newTextLine(ctx, theme.SizeNameCaptionText, apptheme.ColorNameMuted, fyne.TextStyle{Bold: true}),
		text:    &markedLine{textLine: newTextLine(ctx, theme.SizeNameText, apptheme.ColorNameMuted, fyne.TextStyle{})},
	}
	r.icon.FillMode = canvas.ImageFillContain
	r.remove = NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), "", func() {
		if r.OnRemove != nil {
			r.OnRemove()
		}
	})
	r.remove.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// Set shows an item; chosen says that Enter opens it.
func (r *SearchRow) Set(item SearchItem, chosen bool) {
	if r.chosen == chosen && sameSearchItem(&r.item, &item) {
		return
	}
	r.item, r.chosen = item, chosen
	r.heading.text, r.title.text = "", item.Title
	if item.heading() {
		r.heading.text, r.title.text = item.Title, ""
	}
	r.when.text = item.When
	r.text.text, r.text.marks, r.text.color = item.Text, item.Marks, apptheme.ColorNameMuted
	if len(item.Marks) > 0 { // lit words are read on another ground
		r.text.color = theme.ColorNameForeground
	}
	setVisible(r.avatar, item.Avatar != "")
	if item.Avatar != "" {
		name := item.Name
		if name == "" {
			name = item.Title
		}
		r.avatar.Set(item.Avatar, name, item.Hash)
	}
	setVisible(r.icon, item.Icon != "")
	if item.Icon != r.iconName && item.Icon != "" {
		r.iconName = item.Icon
		r.icon.Resource = apptheme.ColoredIcon(item.Icon, apptheme.ColorNameMuted)
		r.icon.Refresh()
	}
	setVisible(r.remove, item.Remove != "")
	if item.Remove != "" && item.Remove != r.remove.Name() {
		r.remove.SetIcon(apptheme.Icon(apptheme.IconClose), item.Remove)
	}
	r.Refresh()
}

func sameSearchItem(a, b *SearchItem) bool {
	if len(a.Marks) != len(b.Marks) {
		return false
	}
	for i := range a.Marks {
		if a.Marks[i] != b.Marks[i] {
			return false
		}
	}
	return a.Title == b.Title && a.Name == b.Name && a.Text == b.Text && a.When == b.When && a.Avatar == b.Avatar && a.Hash == b.Hash && a.Icon == b.Icon && a.Remove == b.Remove
}

// Item returns what is shown.
func (r *SearchRow) Item() SearchItem { return r.item }

// Chosen tells whether Enter opens the row.
func (r *SearchRow) Chosen() bool { return r.chosen }

// Tapped opens the row.
func (r *SearchRow) Tapped(*fyne.PointEvent) {
	if r.OnTapped != nil && !r.item.heading() {
		r.OnTapped()
	}
}

// MouseIn shows that the row can be opened.
func (r *SearchRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved does nothing.
func (r *SearchRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (r *SearchRow) MouseOut() { r.hovered = false; r.Refresh() }

// CreateRenderer implements fyne.Widget.
func (r *SearchRow) CreateRenderer() fyne.WidgetRenderer {
	return &searchRenderer{r: r, ground: canvas.NewRectangle(nil), marker: newMarker()}
}

type searchRenderer struct {
	r      *SearchRow
	ground *canvas.Rectangle
	marker *canvas.Rectangle
}

// Destroy implements fyne.WidgetRenderer.
func (s *searchRenderer) Destroy() {}

// Objects implements fyne.WidgetRenderer.
func (s *searchRenderer) Objects() []fyne.CanvasObject {
	r := s.r
	objects := []fyne.CanvasObject{s.ground, s.marker, r.avatar, r.icon}
	for _, m := range r.text.rects {
		objects = append(objects, m)
	}
	for _, l := range []*textLine{r.title, r.when, r.heading, r.text.textLine} {
		objects = l.appendTo(objects)
	}
	return append(objects, r.remove)
}

// MinSize implements fyne.WidgetRenderer.
func (s *searchRenderer) MinSize() fyne.Size { return rowSize(s.r.title, s.r.text.textLine) }

// Layout implements fyne.WidgetRenderer.
func (s *searchRenderer) Layout(size fyne.Size) {
	r := s.r
	s.ground.Resize(size)
	s.ground.CornerRadius = theme.Size(theme.SizeNameSelectionRadius)
	placeMarker(s.marker, size, r.chosen)
	if r.item.heading() {
		r.heading.place(rowPad, whole(size.Height-r.heading.height()-4), size.Width-2*rowPad)
	} else {
		r.heading.place(0, 0, 0)
	}
	r.avatar.Resize(fyne.NewSquareSize(rowAvatar))
	r.avatar.Move(fyne.NewPos(rowPad, (size.Height-rowAvatar)/2))
	const side = 20
	r.icon.Resize(fyne.NewSquareSize(side))
	r.icon.Move(fyne.NewPos(rowPad+(rowAvatar-side)/2, (size.Height-side)/2))
	left, right := rowPad+rowAvatar+rowPad, size.Width-rowPad
	if r.remove.Visible() {
		needs := r.remove.MinSize()
		right -= needs.Width
		r.remove.Resize(needs)
		r.remove.Move(fyne.NewPos(right, (size.Height-needs.Height)/2))
		right -= 6
	}
	top, below := rowLines(r.title, r.text.textLine, size)
	whenWidth := r.when.natural()
	r.when.place(right-whenWidth, top+(r.title.height()-r.when.height())/2, whenWidth+1)
	r.title.place(left, top, right-whenWidth-rowPad-left)
	r.text.place(left, below, right-left)
}

// Refresh implements fyne.WidgetRenderer.
func (s *searchRenderer) Refresh() {
	r := s.r
	s.ground.FillColor = nil
	switch {
	case r.chosen:
		s.ground.FillColor = theme.Color(theme.ColorNameSelection)
	case r.hovered && !r.item.heading():
		s.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	s.ground.Refresh()
	s.Layout(r.Size())
	s.marker.FillColor = theme.Color(theme.ColorNamePrimary)
	s.marker.Refresh()
	r.avatar.Refresh()
	r.remove.Refresh()
	for _, l := range []*textLine{r.title, r.when, r.heading, r.text.textLine} {
		l.recolor()
	}
	r.text.recolorMarks()
	canvas.Refresh(r)
}
