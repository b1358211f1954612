package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ModalButton is one of the buttons of a Modal.
type ModalButton struct {
	Text       string
	Importance widget.Importance
	Tapped     func() // nil: only closes
	KeepOpen   bool   // the dialog stays; otherwise it is closed before Tapped runs
}

// Modal is a dialog. At most one is shown; others wait for their turn.
type Modal struct {
	Title    string
	Content  fyne.CanvasObject
	Buttons  []ModalButton  // from left to right
	Focus    fyne.Focusable // what has the focus first; nil: the first button
	Closed   func()         // called once, however it was closed
	MinWidth float32        // zero: 420
	// FocusButton is the button that has the focus first when Focus is nil.
	FocusButton int
}

// modalWidth is wide enough for a sentence of an error on two or three lines.
const modalWidth float32 = 420

// modals shows dialogs one at a time.
type modals struct {
	ctx   *Context
	queue []*openModal // the first one is shown
}

type openModal struct {
	Modal
	subject string // of an error, so that the same one is not shown twice
	popup   *widget.PopUp
	keys    func(*fyne.KeyEvent) // what the canvas did with keys before
	closed  bool
}

// ShowModal shows a dialog as soon as no other one is open. Escape closes it.
// The function that it returns closes it, also while it waits for its turn.
func (c *Context) ShowModal(m Modal) (closeModal func()) {
	return c.modals.add(&openModal{Modal: m})
}

// ModalOpen tells whether a dialog is open; shortcuts of the window wait then.
func (c *Context) ModalOpen() bool { return len(c.modals.queue) > 0 }

// FitModal lets the dialog that is open grow or shrink with its content.
func (c *Context) FitModal() { c.modals.fit() }

func (m *modals) add(o *openModal) func() {
	m.queue = append(m.queue, o)
	if len(m.queue) == 1 {
		m.show(o)
	}
	return func() { m.close(o) }
}

// waiting tells whether a dialog on the subject is open or waits.
func (m *modals) waiting(subject string) bool {
	for _, o := range m.queue {
		if o.subject == subject {
			return true
		}
	}
	return false
}

func (m *modals) show(o *openModal) {
	canvas := m.ctx.Window.Canvas()
	closeThis := func() { m.close(o) }
	buttons := make([]*dialogButton, len(o.Buttons))
	row := container.NewHBox(layout.NewSpacer())
	for i, b := range o.Buttons {
		buttons[i] = newDialogButton(b, closeThis)
		buttons[i].least = 96
		row.Add(buttons[i])
	}
	adoptEscape(o.Content, closeThis)

	width := o.MinWidth
	if width == 0 {
		width = modalWidth
	}
	if room := canvas.Size().Width - 8*theme.Padding(); room > 120 {
		width = min(width, room)
	}
	title := widget.NewLabelWithStyle(o.Title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = theme.SizeNameSubHeadingText
	title.Wrapping = fyne.TextWrapWord
	column := NewColumn(width, title)
	if o.Content != nil {
		column.Add(o.Content)
	}
	column.Add(row)
	o.popup = widget.NewModalPopUp(container.New(layout.NewCustomPaddedLayout(8, 12, 12, 12), column), canvas)
	o.keys = canvas.OnTypedKey()
	canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			closeThis()
		}
	})
	o.popup.Show()
	switch {
	case o.Focus != nil:
		canvas.Focus(o.Focus)
	case o.FocusButton >= 0 && o.FocusButton < len(buttons):
		canvas.Focus(buttons[o.FocusButton])
	}
}

func (m *modals) close(o *openModal) {
	if o.closed {
		return
	}
	o.closed = true
	for i, q := range m.queue {
		if q == o {
			m.queue = append(m.queue[:i:i], m.queue[i+1:]...)
			break
		}
	}
	if o.popup != nil {
		o.popup.Hide()
		m.ctx.Window.Canvas().SetOnTypedKey(o.keys)
	}
	if o.Closed != nil {
		o.Closed()
	}
	if len(m.queue) > 0 && m.queue[0].popup == nil {
		m.show(m.queue[0])
	}
}

// fit lets the dialog that is shown grow or shrink with its content.
func (m *modals) fit() {
	if len(m.queue) > 0 && m.queue[0].popup != nil {
		p := m.queue[0].popup
		p.Content.Refresh()
		p.Resize(p.MinSize())
	}
}

// dialogButton is a button that also hears Escape and Enter: a focused button
// keeps the keys from the canvas.
type dialogButton struct {
	widget.Button
	escape func()
	least  float32 // width
}

func newDialogButton(b ModalButton, closeModal func()) *dialogButton {
	d := &dialogButton{escape: closeModal}
	d.Text, d.Importance = b.Text, b.Importance
	d.OnTapped = func() {
		if !b.KeepOpen {
			closeModal()
		}
		if b.Tapped != nil {
			b.Tapped()
		}
	}
	d.ExtendBaseWidget(d)
	return d
}

// MinSize implements fyne.CanvasObject: a short word gets a button that is easy to hit.
func (d *dialogButton) MinSize() fyne.Size {
	return d.Button.MinSize().Max(fyne.NewSize(d.least, 0))
}

// TypedKey implements fyne.Focusable.
func (d *dialogButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		d.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		d.Tapped(&fyne.PointEvent{})
	default:
		d.Button.TypedKey(e)
	}
}

// adoptEscape lets the fields in a dialog close it.
func adoptEscape(o fyne.CanvasObject, closeModal func()) {
	switch o := o.(type) {
	case *Entry:
		if o.OnEscape == nil {
			o.OnEscape = closeModal
		}
	case interface{ AdoptEscape(do func()) }:
		o.AdoptEscape(closeModal)
	case *container.Scroll:
		adoptEscape(o.Content, closeModal)
	case *fyne.Container:
		for _, child := range o.Objects {
			adoptEscape(child, closeModal)
		}
	}
}

// ConfirmOptions say what is asked.
type ConfirmOptions struct {
	Title  string
	Body   string
	Button string // names what will be done, such as "Log out"
	Danger bool   // cannot be undone: the focus is on Cancel then
}

// Confirm asks, and calls yes on the UI goroutine when the owner agrees.
func (c *Context) Confirm(o ConfirmOptions, yes func()) {
	m := Modal{
		Title: o.Title, Content: wrapped(o.Body), FocusButton: 1,
		Buttons: []ModalButton{
			{Text: c.T("common.cancel")},
			{Text: o.Button, Importance: widget.HighImportance, Tapped: yes},
		},
	}
	if o.Danger {
		m.FocusButton = 0
		m.Buttons[1].Importance = widget.DangerImportance
	}
	c.ShowModal(m)
}

func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}
