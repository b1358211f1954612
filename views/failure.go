package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// NewFailure returns the content of a window that can only say why the program
// did not start: what was tried (a key such as "action.start"), why it failed,
// what to do, the details, and a button that calls quit.
func NewFailure(ctx *ui.Context, action string, err error, quit func()) fyne.CanvasObject {
	state := widgets.NewStateView(ctx, nil)
	state.ShowError(action, err, nil)
	leave := widget.NewButton(ctx.T("main.menu.quit"), quit)
	return container.New(layout.NewCustomPaddedLayout(20, 16, 24, 24),
		container.NewBorder(nil, container.NewHBox(layout.NewSpacer(), leave), nil, nil, state))
}
