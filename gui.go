package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/lang"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/cli"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/audio"
	"github.com/xappiens/buzon/desktop"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/ui"
)

// appID is the identity of the application on the desktop; FyneApp.toml has the same.
const appID = "com.xappiens.buzon"

// window is one run of the program with a window.
type window struct {
	fyne  fyne.App
	win   fyne.Window
	app   *app.App
	demo  *app.Demo // nil outside of the demo
	ui    *ui.Context
	sound *audio.Player
	bus   *desktop.Bus // nil where there is none
	main  *views.Main
	once  sync.Once
	err   error
	again bool // start the program once more after the end
}

// openWindow opens the window and returns when it was closed. A second start
// brings the first one's window to the front.
func openWindow(ctx context.Context, o cli.WindowOptions) error {
	adoptSystemLanguage()
	w := &window{}
	if err := w.open(ctx, o); err != nil {
		if errors.Is(err, app.ErrAlreadyRunning) {
			return w.showOther(ctx, o, err)
		}
		if app.NeedsRepair(err) && !o.Demo {
			return w.rescue(ctx, o)
		}
		return errors.Join(w.showFailure(ctx, o, err), err)
	}
	w.build(ctx, o)
	err := w.start(ctx)
	if err == nil {
		w.fyne.Run()
	}
	err = errors.Join(err, w.close())
	if w.again && err == nil {
		return startAgain()
	}
	return err
}

func (w *window) open(ctx context.Context, o cli.WindowOptions) error {
	var console io.Writer
	if o.LogLevel != "" {
		console = os.Stderr
	}
	if !o.Demo {
		var err error
		w.app, err = app.New(ctx, app.Options{DataDir: o.DataDir, Mode: app.ModeWindow, LogLevel: o.LogLevel, Console: console})
		return err
	}
	language := o.Language
	if language == "" {
		language = translations.FromEnvironment()
	}
	demo, err := app.NewDemo(ctx, app.DemoOptions{Language: language, LogLevel: o.LogLevel, Console: console})
	if err != nil {
		return err
	}
	w.demo, w.app = demo, demo.App
	return nil
}

// adoptSystemLanguage names the system's language in the environment where the
// system keeps it elsewhere, as Windows and macOS do.
func adoptSystemLanguage() {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if os.Getenv(name) != "" {
			return
		}
	}
	_ = os.Setenv("LANG", lang.SystemLocale().LanguageString()) // it cannot fail: the name is a good one
}

// showOther asks the Buzón that is running for its window.
func (w *window) showOther(ctx context.Context, o cli.WindowOptions, running error) error {
	if o.Background { // the system starts the program that the owner has started already
		return nil
	}
	paths, err := app.NewPaths(o.DataDir)
	if err != nil {
		return err
	}
	if err := app.ShowRunning(ctx, paths, o.Open); err != nil {
		return fmt.Errorf("%w: %w", running, err)
	}
	return nil
}

// build makes the window and what it shows.
func (w *window) build(ctx context.Context, o cli.WindowOptions) {
	w.fyne = fyneapp.NewWithID(appID)
	w.fyne.SetIcon(apptheme.WindowIcon())
	w.win = w.fyne.NewWindow(views.ProgramName)
	w.win.SetMaster()
	size := savedSize(w.fyne.Preferences())
	w.win.Resize(size)
	w.ui = ui.NewContext(ui.Options{
		Window: w.win, Text: printer(w.app.Settings.Get()), Events: w.app.Events, Describe: w.app.Describe,
		AvatarPath: w.app.AvatarPath, OpenURL: app.OpenAddress, Copy: w.fyne.Clipboard().SetContent,
		Log: func(action string, err error) {
			w.app.Log.WithField("action", action).WithError(err).Warn("shown to the owner")
		},
		Animations: w.fyne.Settings().ShowAnimations(),
	})
	w.sound = audio.NewPlayer(audio.System(views.ProgramName), nil)
	services := views.Services{
		Sessions: w.app.Sessions, Sync: w.app.Sync, Ledgers: w.app.Ledgers, Conversations: w.app.Conversations, Finder: w.app.Conversations, Actions: w.app.Conversations, Contacts: w.app.Contacts, People: w.app.Contacts, Outbox: w.app.Outbox, History: w.app.Media,
		Activity: w.app.Activity, Doctor: w.app.Doctor, Settings: w.app.Settings, Quit: w.quit,
		Media: w.app.Media, Attach: w.app.Attach, Typing: w.app.Conversations, Player: player{w.sound},
		DataDir: w.app.Paths.Data, SettingsFile: w.app.Paths.SettingsFile, LogFile: w.app.Paths.LogFile,
		KeyFile: w.app.Paths.KeyFile, Version: app.Version,
		SettingsProblem: w.app.Settings.Problem, Reachability: w.app.Reachability,
		Desktop: w.connectDesktop(ctx), Notices: w.app.Notices, NotifyFrom: w.app.Conversations, Look: w.app.Look,
		Safety: w.app.Safety, Restart: w.restart,
	}
	if w.demo != nil {
		services.Demo = w.demo
	} else if start, err := autostart(o); err == nil {
		services.Autostart = start
	}
	w.main = views.NewMain(w.ui, services)
	w.win.SetContent(w.main.Content())
	w.win.SetCloseIntercept(w.main.CloseWindow)
	hidden := o.Background && w.main.InTray()
	open := w.app.FindRef(ctx, o.Open)
	w.fyne.Lifecycle().SetOnStarted(func() {
		w.main.Activate()
		if w.demo != nil {
			w.main.Show(views.AreaSessions) // where its QR is
		}
		if open != 0 {
			w.main.OpenConversation(open)
		}
		if o.Background && !hidden {
			minimise(w.win)
		}
	})
	if hidden {
		w.main.StartHidden()
		return
	}
	w.win.Show()
}

// start begins the work behind the window.
func (w *window) start(ctx context.Context) error {
	show := func(open model.ConversationID) {
		w.ui.Do(func() {
			w.main.Raise()
			if open != 0 && !w.ui.ModalOpen() {
				w.main.OpenConversation(open)
			}
		})
	}
	if err := w.app.OnShow(show); err != nil {
		w.app.Log.WithError(err).Warn("listen for a second start")
	}
	tell := func(_ context.Context, news notice.News) { w.ui.Do(func() { w.main.Tell(news) }) }
	if err := w.app.Notices.Follow(ctx, tell); err != nil {
		return err
	}
	if w.demo != nil {
		return w.demo.Start(ctx)
	}
	return w.app.Start(ctx)
}

// quit ends the work first: what is queued for the window after the end of
// Fyne's loop would run against things that are gone.
func (w *window) quit() {
	saveSize(w.fyne.Preferences(), w.win.Canvas().Size())
	w.err = w.shut()
	w.fyne.Quit()
}

// restart ends the program and starts it anew.
func (w *window) restart() {
	w.again = true
	w.quit()
}

func (w *window) close() error { return errors.Join(w.err, w.shut()) }

// shut ends everything but Fyne, once.
func (w *window) shut() (err error) {
	w.once.Do(func() {
		w.main.Close()
		w.ui.Close()
		left := w.closeDesktop()
		_ = w.sound.Close() // it only falls silent
		if w.demo != nil {
			err = errors.Join(left, w.demo.Close())
			return
		}
		err = errors.Join(left, w.app.Close())
	})
	return err
}

// showFailure shows why the program cannot start, in a window of its own.
func (w *window) showFailure(ctx context.Context, o cli.WindowOptions, cause error) error {
	settings := model.DefaultSettings()
	if !o.Demo {
		settings = app.SettingsOf(ctx, o.DataDir)
	}
	w.fyne = fyneapp.NewWithID(appID)
	w.fyne.SetIcon(apptheme.WindowIcon())
	w.win = w.fyne.NewWindow(views.ProgramName)
	w.win.Resize(fyne.NewSize(640, 420))
	bus := &event.Bus{}
	page := ui.NewContext(ui.Options{
		Window: w.win, Text: printer(settings), Events: bus, Describe: app.Describe,
		OpenURL: app.OpenAddress, Copy: w.fyne.Clipboard().SetContent,
	})
	defer page.Close()
	w.fyne.Lifecycle().SetOnStarted(func() { w.fyne.Settings().SetTheme(apptheme.New(themeOf(settings))) })
	w.win.SetContent(views.NewFailure(page, "action.start", cause, w.fyne.Quit))
	w.win.ShowAndRun()
	return nil
}

// printer returns the texts in the language of the settings, or of the system.
func printer(s model.Settings) *translations.Printer {
	language := s.Language
	if language == "" {
		language = translations.FromEnvironment()
	}
	text, err := translations.New(language)
	if err != nil {
		panic(fmt.Sprintf("the texts that were built in are broken: %v", err)) // a test keeps this from happening
	}
	return text
}

// The size of the window is kept in device-independent pixels.
const (
	widthKey      = "window.width"
	heightKey     = "window.height"
	defaultWidth  = 1200 // with the desktop's own bars, fits a screen of 1280×800
	defaultHeight = 720
	leastWidth    = 800
	leastHeight   = 500
)

func savedSize(p fyne.Preferences) fyne.Size {
	return fyne.NewSize(
		float32(max(p.FloatWithFallback(widthKey, defaultWidth), leastWidth)),
		float32(max(p.FloatWithFallback(heightKey, defaultHeight), leastHeight)))
}

func saveSize(p fyne.Preferences, s fyne.Size) {
	p.SetFloat(widthKey, float64(s.Width))
	p.SetFloat(heightKey, float64(s.Height))
}
