package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/ui"
)

// rescue shows what can be done for a damaged store, in a window of its own, and
// starts the program anew once it is repaired.
func (w *window) rescue(ctx context.Context, o cli.WindowOptions) (err error) {
	custody, err := app.OpenCustody(ctx, app.Options{DataDir: o.DataDir, LogLevel: o.LogLevel})
	if err != nil {
		return errors.Join(w.showFailure(ctx, o, err), err)
	}
	w.fyne = fyneapp.NewWithID(appID)
	w.fyne.SetIcon(apptheme.WindowIcon())
	w.win = w.fyne.NewWindow(views.ProgramName)
	w.win.Resize(fyne.NewSize(760, 520))
	w.win.CenterOnScreen()
	w.ui = ui.NewContext(ui.Options{
		Window: w.win, Text: printer(custody.Settings(ctx)), Events: &event.Bus{}, Describe: app.Describe,
		OpenURL: app.OpenAddress, Copy: w.fyne.Clipboard().SetContent,
	})
	page := views.NewRescue(w.ui, custody, func() {
		w.again = true
		w.fyne.Quit()
	}, w.fyne.Quit)
	w.fyne.Lifecycle().SetOnStarted(func() { w.fyne.Settings().SetTheme(apptheme.New(themeOf(custody.Settings(ctx)))) })
	w.win.SetContent(page.Content())
	w.win.SetCloseIntercept(func() {
		page.Close()
		w.fyne.Quit()
	})
	w.win.ShowAndRun()
	w.ui.Close()
	if err := custody.Close(); err != nil {
		return err
	}
	if w.again {
		return startAgain()
	}
	return nil
}

func themeOf(s model.Settings) string {
	if s.Theme == "" {
		return apptheme.VariantSystem
	}
	return s.Theme
}

// startAgain starts this program once more, with the same arguments, and does
// not wait for it.
func startAgain() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start Buzón again: %w", err)
	}
	next := exec.Command(program, os.Args[1:]...) //nolint:gosec,noctx // it is this program; it outlives this run
	next.Stdout, next.Stderr = os.Stdout, os.Stderr
	if err := next.Start(); err != nil {
		return fmt.Errorf("start Buzón again: %w", err)
	}
	return nil
}
