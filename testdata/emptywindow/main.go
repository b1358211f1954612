// Emptywindow opens a window with nothing in it: what the cost of Buzón's own
// window is held against.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	a := app.NewWithID("com.xappiens.buzon.empty")
	w := a.NewWindow("Buzón")
	w.Resize(fyne.NewSize(1200, 720))
	w.SetContent(widget.NewLabel("Buzón"))
	w.ShowAndRun()
}
