package widgets

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// The measures of rows.
const (
	rowAvatar float32 = 44
	rowPad    float32 = 10
	rowGap    float32 = 3 // between its two lines
	rowIcon   float32 = 14
	rowLabel  float32 = 9 // a label's disc
	rowLabels         = 3 // labels that are drawn
)

// ConversationRow is one row of the conversation list. All rows are equally high.
type ConversationRow struct {
	widget.BaseWidget
	OnTapped    func(model.ConversationRow)                   // needed: a row takes the taps of its list
	OnSecondary func(model.ConversationRow, *fyne.PointEvent) // for a menu; may be nil
	// OnPick is called instead of OnTapped while Ctrl is held, or Shift, which
	// means all rows up to this one; may be nil.
	OnPick func(row model.ConversationRow, upTo bool)

	ctx      *ui.Context
	row      model.ConversationRow
	when     string
	muted    bool
	set      bool
	selected bool
	picked   bool
	cursor   bool
	modifier fyne.KeyModifier // that was held when the pointer went down

	avatar  *Avatar
	name    *textLine
	time    *textLine
	draft   *textLine
	preview *textLine
	ticks   *Ticks
	badge   *Badge
	icons   [3]*canvas.Image // pinned, mute, archived
	labels  [rowLabels]*canvas.Circle
}

// NewConversationRow returns an empty row, also the template of a widget.List.
func NewConversationRow(ctx *ui.Context) *ConversationRow {
	r := &ConversationRow{
		ctx: ctx, avatar: NewAvatar(ctx, rowAvatar),
		name:    newTextLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		time:    newTextLine(ctx, theme.SizeNameCaptionText, apptheme.ColorNameMuted, fyne.TextStyle{}),
		draft:   newTextLine(ctx, theme.SizeNameText, apptheme.ColorNameDraft, fyne.TextStyle{}),
		preview: newTextLine(ctx, theme.SizeNameText, apptheme.ColorNameMuted, fyne.TextStyle{}),
		ticks:   NewTicks(theme.TextSize()), badge: NewBadge(),
	}
	for i, icon := range []apptheme.IconName{apptheme.IconPin, apptheme.IconMute, apptheme.IconArchive} {
		r.icons[i] = canvas.NewImageFromResource(apptheme.ColoredIcon(icon, apptheme.ColorNameMuted))
		r.icons[i].FillMode = canvas.ImageFillContain
		r.icons[i].Hide()
	}
	for i := range r.labels {
		r.labels[i] = canvas.NewCircle(nil)
		r.labels[i].Hide()
	}
	r.ticks.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// Set shows a row; the same row again costs nothing.
func (r *ConversationRow) Set(row model.ConversationRow) {
	when := r.ctx.FormatWhen(row.LastAt)
	muted := row.MutedUntil == model.MutedForever || row.MutedUntil.Time().After(r.ctx.Now())
	if r.set && r.row == row && r.when == when && r.muted == muted {
		return
	}
	r.row, r.when, r.muted, r.set = row, when, muted, true
	name := ConversationName(r.ctx, row)
	r.avatar.Set(string(row.JID), name, row.AvatarHash)
	r.name.text, r.time.text = name, when
	r.time.color = apptheme.ColorNameMuted
	unread := row.Unread > 0 || row.MarkedUnread
	if unread && !muted {
		r.time.color = theme.ColorNamePrimary
	}
	r.draft.text, r.preview.text = "", r.ctx.MessagePreview(row)
	if draft := model.Preview(row.Draft); draft != "" {
		r.draft.text, r.preview.text = r.ctx.T("format.preview.draft"), draft
	}
	r.preview.color = apptheme.ColorNameMuted
	if unread {
		r.preview.color = theme.ColorNameForeground
	}
	r.showMarks(muted)
	r.Refresh()
}

// showMarks sets the ticks, the badge and the icons of the row.
func (r *ConversationRow) showMarks(muted bool) {
	row := &r.row
	r.ticks.Set(row.LastAck)
	setVisible(r.ticks, row.LastFromMe && r.draft.text == "" && r.preview.text != "" && !row.LastType.IsGone() && !row.LastType.IsNotice())
	r.badge.SetQuiet(muted)
	if row.Unread <= 0 && row.MarkedUnread {
		r.badge.SetDot()
	} else {
		r.badge.Set(row.Unread)
	}
	for i, visible := range []bool{row.Pinned, muted, row.Archived} {
		setVisible(r.icons[i], visible)
	}
	colors := strings.Fields(row.LabelColors)
	for i, disc := range r.labels {
		if setVisible(disc, i < len(colors)); i < len(colors) {
			disc.FillColor = labelColor(colors[i])
		}
	}
}

// labelColor reads #rrggbb; what is something else is a grey.
func labelColor(text string) color.Color {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(text, "#"), 16, 24)
	if err != nil || len(text) != 7 {
		return color.NRGBA{0x8a, 0x8a, 0x8a, 0xff}
	}
	return color.NRGBA{uint8(rgb >> 16), uint8(rgb >> 8), uint8(rgb), 0xff} //nolint:gosec // a byte of it each
}

// ConversationName returns the name of a conversation, see model.ShownName.
func ConversationName(ctx *ui.Context, row model.ConversationRow) string {
	return ctx.NameOf(row.PersonJID(), model.CleanLine(row.Name, model.MaxName))
}

// SetLoading shows an empty row, whose conversation is being read.
func (r *ConversationRow) SetLoading() {
	if !r.set && r.row.ID == 0 {
		return
	}
	r.row, r.set = model.ConversationRow{}, false
	for _, l := range []*textLine{r.name, r.time, r.draft, r.preview} {
		l.text = ""
	}
	r.avatar.Set("", "", "")
	for _, o := range []fyne.CanvasObject{r.ticks, r.icons[0], r.icons[1], r.icons[2], r.labels[0], r.labels[1], r.labels[2]} {
		o.Hide()
	}
	r.badge.Set(0)
	r.Refresh()
}

// Row returns what is shown.
func (r *ConversationRow) Row() model.ConversationRow { return r.row }

// Preview returns the line below the name.
func (r *ConversationRow) Preview() string { return r.preview.text }

// SetSelected marks the row as the one whose detail is shown.
func (r *ConversationRow) SetSelected(selected bool) {
	if r.selected != selected {
		r.selected = selected
		r.Refresh()
	}
}

// Selected tells whether the row is marked.
func (r *ConversationRow) Selected() bool { return r.selected }

// SetPicked marks the row as one of those that something will be done to, and
// cursor as the one that the keyboard is at.
func (r *ConversationRow) SetPicked(picked, cursor bool) {
	if r.picked != picked || r.cursor != cursor {
		r.picked, r.cursor = picked, cursor
		r.Refresh()
	}
}

// Picked tells whether something will be done to the row.
func (r *ConversationRow) Picked() bool { return r.picked }

// Cursor tells whether the keyboard is at the row.
func (r *ConversationRow) Cursor() bool { return r.cursor }

// MouseDown implements desktop.Mouseable.
func (r *ConversationRow) MouseDown(e *desktop.MouseEvent) { r.modifier = e.Modifier }

// MouseUp implements desktop.Mouseable.
func (r *ConversationRow) MouseUp(*desktop.MouseEvent) {}

// Tapped implements fyne.Tappable.
func (r *ConversationRow) Tapped(*fyne.PointEvent) {
	held := r.modifier
	r.modifier = 0
	switch {
	case !r.set:
	case r.OnPick != nil && held&(fyne.KeyModifierShortcutDefault|fyne.KeyModifierShift) != 0:
		r.OnPick(r.row, held&fyne.KeyModifierShift != 0)
	case r.OnTapped != nil:
		r.OnTapped(r.row)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *ConversationRow) TappedSecondary(e *fyne.PointEvent) {
	if r.OnSecondary != nil && r.set {
		r.OnSecondary(r.row, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *ConversationRow) CreateRenderer() fyne.WidgetRenderer {
	c := &conversationRenderer{
		r: r, marker: newMarker(), ground: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil),
		disc: canvas.NewCircle(nil), tick: canvas.NewImageFromResource(apptheme.ColoredIcon(apptheme.IconCheck, theme.ColorNameForegroundOnPrimary)),
	}
	c.tick.FillMode = canvas.ImageFillContain
	c.Refresh()
	return c
}

type conversationRenderer struct {
	r         *ConversationRow
	marker    *canvas.Rectangle
	ground    *canvas.Rectangle // of a picked row
	ring      *canvas.Rectangle // where the keyboard is
	disc      *canvas.Circle    // a picked row, in the corner of its picture
	tick      *canvas.Image
	iconColor color.Color
}

func (c *conversationRenderer) Destroy() {}

func (c *conversationRenderer) Objects() []fyne.CanvasObject {
	r := c.r
	objects := []fyne.CanvasObject{c.ground, c.marker, r.avatar, c.disc, c.tick, c.ring, r.ticks, r.badge, r.icons[0], r.icons[1], r.icons[2], r.labels[0], r.labels[1], r.labels[2]}
	for _, l := range []*textLine{r.name, r.time, r.draft, r.preview} {
		objects = l.appendTo(objects)
	}
	return objects
}

func (c *conversationRenderer) MinSize() fyne.Size { return rowSize(c.r.name, c.r.preview) }

func (c *conversationRenderer) Layout(size fyne.Size) {
	r := c.r
	placeMarker(c.marker, size, r.selected)
	c.placePicked(size)
	r.avatar.Resize(fyne.NewSquareSize(rowAvatar))
	r.avatar.Move(fyne.NewPos(rowPad, (size.Height-rowAvatar)/2))
	left, right := rowPad+rowAvatar+rowPad, size.Width-rowPad
	top, below := rowLines(r.name, r.preview, size)

	timeWidth := r.time.natural()
	r.time.place(right-timeWidth, top+(r.name.height()-r.time.height())/2, timeWidth+1)
	r.name.place(left, top, right-timeWidth-rowPad-left)

	middle := below + r.preview.height()/2
	end := right
	if r.badge.Visible() {
		s := r.badge.MinSize()
		end -= s.Width
		r.badge.Resize(s)
		r.badge.Move(fyne.NewPos(end, whole(middle-s.Height/2)))
		end -= 6
	}
	for i := len(r.icons) - 1; i >= 0; i-- {
		if icon := r.icons[i]; icon.Visible() {
			end -= rowIcon
			icon.Resize(fyne.NewSquareSize(rowIcon))
			icon.Move(fyne.NewPos(end, whole(middle-rowIcon/2)))
			end -= 6
		}
	}
	end = c.placeLabels(end, middle)
	start := left
	if r.ticks.Visible() {
		s := r.ticks.MinSize()
		r.ticks.Resize(s)
		r.ticks.Move(fyne.NewPos(start, whole(middle-s.Height/2)))
		start += s.Width + 4
	}
	if width := r.draft.natural(); width > 0 {
		r.draft.place(start, below, width+1)
		start += width + 4
	} else {
		r.draft.place(start, below, 0)
	}
	r.preview.place(start, below, end-start)
}

// placeLabels puts the discs of the labels side by side, so that they end at end,
// and returns where what is before them ends.
func (c *conversationRenderer) placeLabels(end, middle float32) float32 {
	from := end
	for i := len(c.r.labels) - 1; i >= 0; i-- {
		if disc := c.r.labels[i]; disc.Visible() {
			end -= rowLabel
			disc.Resize(fyne.NewSquareSize(rowLabel))
			disc.Move(fyne.NewPos(end, whole(middle-rowLabel/2)))
			end -= 3
		}
	}
	if end < from {
		end -= 3
	}
	return end
}

// placePicked shows whether the row is picked, and whether the keyboard is there.
func (c *conversationRenderer) placePicked(size fyne.Size) {
	const disc = 20
	setVisible(c.ground, c.r.picked)
	setVisible(c.disc, c.r.picked)
	setVisible(c.tick, c.r.picked)
	setVisible(c.ring, c.r.cursor)
	for _, o := range []*canvas.Rectangle{c.ground, c.ring} {
		o.Resize(size)
		o.CornerRadius = theme.Size(theme.SizeNameSelectionRadius)
	}
	at := fyne.NewPos(rowPad+rowAvatar-disc+3, (size.Height+rowAvatar)/2-disc+3)
	c.disc.Resize(fyne.NewSquareSize(disc))
	c.disc.Move(at)
	c.tick.Resize(fyne.NewSquareSize(disc - 6))
	c.tick.Move(at.AddXY(3, 3))
}

func (c *conversationRenderer) Refresh() {
	r := c.r
	c.Layout(r.Size())
	c.ground.FillColor = theme.Color(theme.ColorNameSelection)
	c.disc.FillColor = theme.Color(theme.ColorNamePrimary)
	c.disc.StrokeColor, c.disc.StrokeWidth = theme.Color(theme.ColorNameBackground), 2
	c.ring.StrokeColor, c.ring.StrokeWidth = theme.Color(theme.ColorNameFocus), 2
	for _, disc := range r.labels {
		disc.StrokeColor, disc.StrokeWidth = theme.Color(apptheme.ColorNameMuted), 0.5
		canvas.Refresh(disc)
	}
	for _, o := range []fyne.CanvasObject{c.ground, c.disc, c.ring} {
		canvas.Refresh(o)
	}
	c.marker.FillColor = theme.Color(theme.ColorNamePrimary)
	c.marker.Refresh()
	r.avatar.Refresh()
	r.ticks.Refresh()
	r.badge.Refresh()
	c.recolorIcons()
	for _, l := range []*textLine{r.name, r.time, r.draft, r.preview} {
		l.recolor()
	}
}

// recolorIcons draws the icons again when the theme changed; at every row that
// the list recycles it would cost more than all the rest.
func (c *conversationRenderer) recolorIcons() {
	now := theme.Color(apptheme.ColorNameMuted)
	if c.iconColor == now {
		return
	}
	c.iconColor = now
	for _, icon := range c.r.icons {
		icon.Refresh()
	}
	c.tick.Refresh()
}

// rowSize is the least size of a row: narrower, there is nothing to read.
func rowSize(name, second *textLine) fyne.Size {
	lines := name.height() + rowGap + second.height()
	return fyne.NewSize(160, max(rowAvatar, lines)+2*8)
}

// rowLines returns where the two lines of a row begin.
func rowLines(name, second *textLine, size fyne.Size) (top, below float32) {
	top = whole((size.Height - name.height() - rowGap - second.height()) / 2)
	return top, top + name.height() + rowGap
}

// newMarker returns the bar at the edge of the selected row, which says by
// shape what the ground of the list says by colour.
func newMarker() *canvas.Rectangle {
	m := canvas.NewRectangle(theme.Color(theme.ColorNamePrimary))
	m.CornerRadius = 1.5
	return m
}

func placeMarker(m *canvas.Rectangle, size fyne.Size, selected bool) {
	setVisible(m, selected)
	m.Resize(fyne.NewSize(3, size.Height-12))
	m.Move(fyne.NewPos(2, 6))
}
