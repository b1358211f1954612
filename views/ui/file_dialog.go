package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// Most that a dialog for files takes of the window, and the room around it.
const (
	fileDialogWidth  = 900
	fileDialogHeight = 620
	fileDialogMargin = 40
)

// ShowFileDialog shows one of Fyne's dialogs for choosing a file, as large as the
// window allows. Escape closes it as the button for that does: Fyne leaves the
// key to the window behind.
func (c *Context) ShowFileDialog(d *dialog.FileDialog) {
	canvas := c.Window.Canvas()
	keys := canvas.OnTypedKey()
	d.SetOnClosed(func() { canvas.SetOnTypedKey(keys) })
	canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			d.Dismiss()
		}
	})
	size := canvas.Size()
	d.Resize(fyne.NewSize(min(fileDialogWidth, size.Width-fileDialogMargin), min(fileDialogHeight, size.Height-fileDialogMargin)))
	d.Show()
}
