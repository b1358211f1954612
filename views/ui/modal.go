package ui

import (
	"fyne.io/fyne/v2"
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
	MinWidth float32        // zero: by its content
}

// modals shows dialogs one at a time.
type modals struct {
	ctx   *Context
	queue []*Modal
}

// ShowModal shows a dialog as soon as no other one is open. Escape closes it.
func (c *Context) ShowModal(m Modal) (closeModal func()) { return func() {} }

// ModalOpen tells whether a dialog is open; shortcuts of the window wait then.
func (c *Context) ModalOpen() bool { return false }

// ConfirmOptions say what is asked.
type ConfirmOptions struct {
	Title  string
	Body   string
	Button string // names what will be done, such as "Log out"
	Danger bool   // cannot be undone: the focus is on Cancel then
}

// Confirm asks, and calls yes on the UI goroutine when the owner agrees.
func (c *Context) Confirm(o ConfirmOptions, yes func()) {}

// ShowError says in a dialog what was tried (a key such as "action.connect"),
// why it failed and what to do; the raw text is behind "Details".
func (c *Context) ShowError(action string, err error) {}
