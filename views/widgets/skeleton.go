package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Avatar is a round picture, or initials on a disc whose colour stays the same for the same id.
type Avatar struct{ widget.BaseWidget }

// NewAvatar returns an empty avatar of side device-independent pixels.
func NewAvatar(ctx *ui.Context, side float32) *Avatar {
	a := &Avatar{}
	a.ExtendBaseWidget(a)
	return a
}

// Set shows somebody: id chooses the colour, name the initials, hash the picture ("" for none).
func (a *Avatar) Set(id, name, hash string) {}

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewCircle(nil))
}

// QRImage shows a text as a QR code, black on white with its quiet zone in every theme.
type QRImage struct{ widget.BaseWidget }

// NewQRImage returns an empty QR.
func NewQRImage(ctx *ui.Context) *QRImage {
	q := &QRImage{}
	q.ExtendBaseWidget(q)
	return q
}

// Set shows a text; "" shows an empty white square.
func (q *QRImage) Set(text string) {}

// CreateRenderer implements fyne.Widget.
func (q *QRImage) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(nil))
}

// Empty is what an EmptyState says.
type Empty struct {
	Icon   fyne.Resource
	Title  string
	Text   string
	Action string // text of the button; "" for none
	Tapped func()
}

// EmptyState says that there is nothing, and what to do about it.
type EmptyState struct{ widget.BaseWidget }

// NewEmptyState returns the state.
func NewEmptyState(e Empty) *EmptyState {
	s := &EmptyState{}
	s.ExtendBaseWidget(s)
	return s
}

// Set changes what is said.
func (s *EmptyState) Set(e Empty) {}

// CreateRenderer implements fyne.Widget.
func (s *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// State is one of the states of a list.
type State int

// The states of a list.
const (
	StateLoading State = iota
	StateEmpty
	StateError
	StateData
)

// StateView shows a list in one of its four states.
type StateView struct{ widget.BaseWidget }

// NewStateView returns a view of data that is loading.
func NewStateView(ctx *ui.Context, data fyne.CanvasObject) *StateView {
	s := &StateView{}
	s.ExtendBaseWidget(s)
	return s
}

// State returns the present state.
func (s *StateView) State() State { return StateLoading }

// ShowLoading shows that the data are being read.
func (s *StateView) ShowLoading() {}

// ShowEmpty says that there are no data.
func (s *StateView) ShowEmpty(e Empty) {}

// ShowError says what was tried (a key such as "action.load_contacts"), why it
// failed and what to do, with Retry, which calls retry, and Details.
func (s *StateView) ShowError(action string, err error, retry func()) {}

// ShowData shows the data.
func (s *StateView) ShowData() {}

// CreateRenderer implements fyne.Widget.
func (s *StateView) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// Status is what a StatusDot stands for; each has a shape and a colour.
type Status int

// The statuses.
const (
	StatusOff     Status = iota // stopped or not known
	StatusGood                  // works
	StatusBusy                  // is on its way
	StatusWaiting               // waits for the owner
	StatusBad                   // failed
)

// StatusDot is a small sign with a text: colour, shape and words say the same.
type StatusDot struct{ widget.BaseWidget }

// NewStatusDot returns a dot that is off and says nothing.
func NewStatusDot() *StatusDot {
	d := &StatusDot{}
	d.ExtendBaseWidget(d)
	return d
}

// Set changes the sign and the text beside it.
func (d *StatusDot) Set(s Status, text string) {}

// CreateRenderer implements fyne.Widget.
func (d *StatusDot) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// SearchEntry is a field to search as one types.
type SearchEntry struct {
	widget.BaseWidget
	OnChanged func(text string) // a moment after the last key; at once when cleared
	OnDown    func()            // the Down key: move to the list
	OnSubmit  func(text string) // the Enter key
}

// NewSearchEntry returns an empty field.
func NewSearchEntry(ctx *ui.Context, placeholder string) *SearchEntry {
	s := &SearchEntry{}
	s.ExtendBaseWidget(s)
	return s
}

// Text returns what was typed.
func (s *SearchEntry) Text() string { return "" }

// SetText changes the text, as if it was typed.
func (s *SearchEntry) SetText(text string) {}

// Focus moves the keyboard here and selects the text.
func (s *SearchEntry) Focus() {}

// CreateRenderer implements fyne.Widget.
func (s *SearchEntry) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// ConversationRow is one row of the conversation list. All rows are equally high.
type ConversationRow struct {
	widget.BaseWidget
	OnTapped    func(model.ConversationRow)                   // needed: a row takes the taps of its list
	OnSecondary func(model.ConversationRow, *fyne.PointEvent) // for a menu; may be nil
}

// NewConversationRow returns an empty row, also the template of a widget.List.
func NewConversationRow(ctx *ui.Context) *ConversationRow {
	r := &ConversationRow{}
	r.ExtendBaseWidget(r)
	return r
}

// Set shows a row; the same row again costs nothing.
func (r *ConversationRow) Set(row model.ConversationRow) {}

// Row returns what is shown.
func (r *ConversationRow) Row() model.ConversationRow { return model.ConversationRow{} }

// SetSelected marks the row as the one whose detail is shown.
func (r *ConversationRow) SetSelected(selected bool) {}

// CreateRenderer implements fyne.Widget.
func (r *ConversationRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// ContactRow is one row of the contact list. All rows are equally high.
type ContactRow struct {
	widget.BaseWidget
	OnTapped    func(model.ContactRow)                   // needed: a row takes the taps of its list
	OnSecondary func(model.ContactRow, *fyne.PointEvent) // for a menu; may be nil
}

// NewContactRow returns an empty row, also the template of a widget.List.
func NewContactRow(ctx *ui.Context) *ContactRow {
	r := &ContactRow{}
	r.ExtendBaseWidget(r)
	return r
}

// Set shows a row; the same row again costs nothing.
func (r *ContactRow) Set(row model.ContactRow) {}

// Row returns what is shown.
func (r *ContactRow) Row() model.ContactRow { return model.ContactRow{} }

// SetSelected marks the row as the one whose detail is shown.
func (r *ContactRow) SetSelected(selected bool) {}

// CreateRenderer implements fyne.Widget.
func (r *ContactRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// Badge is a count on a rounded ground; it hides at zero.
type Badge struct{ widget.BaseWidget }

// NewBadge returns a hidden badge.
func NewBadge() *Badge {
	b := &Badge{}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a count; above 99 it says "99+".
func (b *Badge) Set(n int) {}

// SetDot shows a badge without a count.
func (b *Badge) SetDot() {}

// SetQuiet draws the badge in a quiet colour, for what is mute.
func (b *Badge) SetQuiet(quiet bool) {}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// Ticks draws how far an own message got; ui.Context.FormatAck says it in words.
type Ticks struct{ widget.BaseWidget }

// NewTicks returns ticks that fit beside text of that size; it draws nothing until Set.
func NewTicks(textSize float32) *Ticks {
	t := &Ticks{}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows an ack.
func (t *Ticks) Set(a model.Ack) {}

// CreateRenderer implements fyne.Widget.
func (t *Ticks) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}

// IconButton is a button with only an icon; its name appears as a hint under
// the pointer and while it has the focus.
type IconButton struct{ widget.BaseWidget }

// NewIconButton returns a button.
func NewIconButton(ctx *ui.Context, icon fyne.Resource, name string, tapped func()) *IconButton {
	b := &IconButton{}
	b.ExtendBaseWidget(b)
	return b
}

// Name returns what the button does, in words.
func (b *IconButton) Name() string { return "" }

// SetIcon changes the icon and the name.
func (b *IconButton) SetIcon(icon fyne.Resource, name string) {}

// Enable lets the button be pressed.
func (b *IconButton) Enable() {}

// Disable greys the button.
func (b *IconButton) Disable() {}

// CreateRenderer implements fyne.Widget.
func (b *IconButton) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack())
}
