package widgets

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// AskPath asks where a file is to be saved. It proposes the name in the folder
// for downloads; save gets the path that the owner confirms, on the UI goroutine.
func AskPath(ctx *ui.Context, name string, save func(path string)) {
	entry := ui.NewEntry()
	entry.SetText(filepath.Join(downloads(), name))
	hint := widget.NewLabel(ctx.T("media.save.hint"))
	hint.Wrapping = fyne.TextWrapWord
	var closeModal func()
	confirm := func() {
		path := entry.Text
		closeModal()
		if filepath.IsAbs(path) {
			save(path)
			return
		}
		ctx.Toast(ctx.T("media.save.relative"))
	}
	entry.OnSubmitted = func(string) { confirm() }
	closeModal = ctx.ShowModal(ui.Modal{
		Title: ctx.T("media.save.title"), Content: container.NewVBox(entry, hint), Focus: entry, MinWidth: 560,
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("media.save.button"), Importance: widget.HighImportance, KeepOpen: true, Tapped: confirm},
		},
	})
}

// downloads returns the folder that people save files in.
func downloads() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	for _, name := range []string{"Downloads", "Descargas"} {
		if info, err := os.Stat(filepath.Join(home, name)); err == nil && info.IsDir() {
			return filepath.Join(home, name)
		}
	}
	return home
}
