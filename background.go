package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"path/filepath"
	"runtime"

	"fyne.io/fyne/v2"
	fynedesktop "fyne.io/fyne/v2/driver/desktop"

	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/desktop"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views"
)

// connectDesktop finds what there is beside the window: on Linux and the BSDs by
// the session bus, without which there is no tray and nobody is notified; on
// Windows and macOS by the toolkit.
func (w *window) connectDesktop(ctx context.Context) views.Desktop {
	icon, err := png.Decode(bytes.NewReader(apptheme.WindowIcon().Content()))
	if err != nil {
		w.app.Log.WithError(err).Warn("read the icon of the program")
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return views.Desktop{Tray: newToolkitTray(w), Notifier: toolkitNotifier{w}, Icon: icon}
	}
	d := views.Desktop{Icon: icon}
	w.bus, err = desktop.ConnectBus(ctx)
	if err != nil {
		if !errors.Is(err, desktop.ErrNoBus) {
			w.app.Log.WithError(err).Warn("look for the desktop")
		}
		return d
	}
	raise := func() { w.ui.Do(func() { w.main.Raise() }) }
	tray, err := w.bus.NewTray(ctx, desktop.TrayOptions{
		ID: appID, Title: views.ProgramName, OnOpen: raise,
		OnShown: func(shown bool) {
			w.ui.Do(func() {
				if w.main != nil { // it is told already while the window is built
					w.main.TrayChanged(shown)
				}
			})
		},
	}, icon, nil)
	if err != nil {
		w.app.Log.WithError(err).Warn("offer an icon to the tray")
	} else {
		d.Tray = tray
	}
	notifier, err := w.bus.NewNotifier(ctx, desktop.NotifierOptions{
		App: views.ProgramName, Entry: appID, Icon: icon,
		OnOpen:   func(key string) { w.ui.Do(func() { w.main.FollowNotice(key) }) },
		OnClosed: func(key string) { w.app.Notices.Closed(notice.Key(key)) },
	})
	if err != nil {
		w.app.Log.WithError(err).Warn("find who shows notifications")
	} else {
		d.Notifier = notifier
	}
	return d
}

// closeDesktop leaves the tray and takes notifications back.
func (w *window) closeDesktop() error {
	if w.bus == nil {
		return nil
	}
	return w.bus.Close()
}

// toolkitTray is the tray of Windows and macOS, which is always there. Its lines
// are replaced only when one that can be clicked differs: for each line of each
// menu the toolkit keeps a goroutine for ever.
type toolkitTray struct {
	desk  fynedesktop.App
	lines string
}

// newToolkitTray must be called before the application runs.
func newToolkitTray(w *window) views.Tray {
	desk, ok := w.fyne.(fynedesktop.App)
	if !ok {
		return nil
	}
	desk.SetSystemTrayMenu(fyne.NewMenu(views.ProgramName))
	desk.SetSystemTrayWindow(w.win) // a click on the icon shows it
	return &toolkitTray{desk: desk}
}

// Shown implements views.Tray.
func (*toolkitTray) Shown() bool { return true }

// SetIcon implements views.Tray.
func (t *toolkitTray) SetIcon(img image.Image) {
	var b bytes.Buffer
	if png.Encode(&b, img) == nil { // into memory it does not fail
		t.desk.SetSystemTrayIcon(fyne.NewStaticResource("tray.png", b.Bytes()))
	}
}

// SetTooltip implements views.Tray; the toolkit has none: the icon has the number.
func (*toolkitTray) SetTooltip(string) {}

// SetMenu implements views.Tray.
func (t *toolkitTray) SetMenu(items []desktop.Item) {
	var lines bytes.Buffer
	menu := fyne.NewMenu(views.ProgramName, toolkitItems(items, &lines)...)
	if lines.String() == t.lines || len(menu.Items) == 0 {
		return
	}
	t.lines = lines.String()
	menu.Items[len(menu.Items)-1].IsQuit = true // else the toolkit adds its own
	t.desk.SetSystemTrayMenu(menu)
}

func toolkitItems(items []desktop.Item, lines *bytes.Buffer) (all []*fyne.MenuItem) {
	for _, i := range items {
		switch {
		case i.Disabled:
		case i.Separator:
			all = append(all, fyne.NewMenuItemSeparator())
		default:
			lines.WriteString(i.Label + "\n")
			item := fyne.NewMenuItem(i.Label, i.Do)
			if len(i.Children) > 0 {
				item.ChildMenu = fyne.NewMenu("", toolkitItems(i.Children, lines)...)
			}
			all = append(all, item)
		}
	}
	return all
}

// toolkitNotifier shows notifications where there is no bus. The toolkit writes
// them into a script there: they say our own words and numbers only.
type toolkitNotifier struct{ w *window }

// Show implements views.Notifier.
func (n toolkitNotifier) Show(_ context.Context, m desktop.Notification) error {
	shown := fyne.NewNotification(desktop.Plain(views.ProgramName), desktop.Plain(m.Brief))
	n.w.ui.Do(func() { n.w.fyne.SendNotification(shown) })
	return nil
}

// Withdraw implements views.Notifier; what the toolkit showed stays.
func (toolkitNotifier) Withdraw(context.Context, string) error { return nil }

// autostart returns how the system is told to start this program on the same data.
func autostart(o cli.WindowOptions) (*desktop.Autostart, error) {
	program, err := desktop.ThisProgram()
	if err != nil {
		return nil, err
	}
	a := &desktop.Autostart{ID: appID, Name: views.ProgramName, Program: program, Args: []string{"--background"}}
	if o.DataDir != "" {
		dir, err := filepath.Abs(o.DataDir)
		if err != nil {
			return nil, fmt.Errorf("look where the data are: %w", err)
		}
		a.Args = append(a.Args, "--data-dir", dir)
	}
	return a, nil
}
