package ui

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// Screen is one page of the window. All methods are called on the UI
// goroutine. Activate subscribes and loads, Deactivate cancels and
// unsubscribes; both may be called again.
type Screen interface {
	Title() string
	Content() fyne.CanvasObject
	Activate()
	Deactivate()
}

// Options are what a Context is made of. Window, Text, Events and Describe
// are needed; the rest has defaults.
type Options struct {
	Window   fyne.Window
	Text     *translations.Printer
	Events   *event.Bus
	Describe func(error) model.Problem

	Dispatch      func(func())                         // the way to the UI goroutine; nil: fyne.Do
	Now           func() time.Time                     // nil: time.Now
	After         func(time.Duration) <-chan time.Time // nil: time.After
	Location      *time.Location                       // nil: time.Local
	AvatarPath    func(hash string) string             // file of a picture; nil: there are no pictures
	OpenURL       func(*url.URL) error                 // nil: by the application
	Copy          func(string)                         // nil: the clipboard of the application
	Log           func(action string, err error)       // told of every error that is shown; nil: silent
	EventInterval time.Duration                        // least time between two batches; 0: 100 ms, negative: none
	Patience      time.Duration                        // for how long LoadSoon and GoSoon wait; 0: 12 ms
	Animations    bool
}

// Context is what a screen gets to work with. Build it with NewContext.
type Context struct {
	Window   fyne.Window
	Do       func(func()) // runs a function on the UI goroutine; from any goroutine
	Text     *translations.Printer
	Now      func() time.Time
	Location *time.Location
	Events   *event.Bus
	Describe func(error) model.Problem
	Images   *Images
	Toasts   *Toasts
	// Go starts a goroutine that Close cancels and waits for; after Close it
	// starts nothing. From any goroutine.
	Go func(func(ctx context.Context))
	// OpenURL opens a web address outside of Buzón, http and https only.
	OpenURL    func(*url.URL) error
	Copy       func(string) // puts a text on the clipboard
	Animations bool         // whether things may move

	after    func(time.Duration) <-chan time.Time
	log      func(string, error)
	interval time.Duration
	patience time.Duration
	gate     *Gate
	modals   *modals
	phones   phones
	numbers  *message.Printer
	shared   map[any]any

	ctx    context.Context
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed against wg.Go
	closed bool
	wg     sync.WaitGroup
}

// ErrScheme says that an address is not one that Buzón opens.
var ErrScheme = errors.New("only http and https addresses are opened")

// defaultInterval keeps a busy sync from reloading screens at every batch.
const defaultInterval = 100 * time.Millisecond

// defaultPatience is for how long LoadSoon keeps the UI goroutine waiting: less than
// one frame at 60 frames a second.
const defaultPatience = 12 * time.Millisecond

// NewContext returns the context of a window. The caller closes it before the
// application quits.
func NewContext(o Options) *Context {
	o = withDefaults(o)
	ctx, cancel := context.WithCancel(context.Background())
	c := &Context{
		Window: o.Window, Text: o.Text, Now: o.Now, Location: o.Location, Events: o.Events,
		Describe: o.Describe, Animations: o.Animations, Copy: o.Copy,
		after: o.After, log: o.Log, interval: o.EventInterval, patience: o.Patience,
		gate: NewGate(o.Dispatch), ctx: ctx, cancel: cancel,
		numbers: message.NewPrinter(language.Make(o.Text.Lang())),
	}
	c.Do = c.gate.Do
	c.Go = c.start
	c.OpenURL = func(u *url.URL) error {
		if u == nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return ErrScheme
		}
		return o.OpenURL(u)
	}
	c.Images = newImages(c, o.AvatarPath)
	c.Toasts = newToasts(c)
	c.modals = &modals{ctx: c}
	return c
}

func withDefaults(o Options) Options {
	if o.Dispatch == nil {
		o.Dispatch = fyne.Do
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Events == nil {
		o.Events = &event.Bus{}
	}
	if o.AvatarPath == nil {
		o.AvatarPath = func(string) string { return "" }
	}
	if o.OpenURL == nil {
		o.OpenURL = func(u *url.URL) error { return fyne.CurrentApp().OpenURL(u) }
	}
	if o.Copy == nil {
		o.Copy = func(s string) { fyne.CurrentApp().Clipboard().SetContent(s) }
	}
	if o.Log == nil {
		o.Log = func(string, error) {}
	}
	switch {
	case o.EventInterval == 0:
		o.EventInterval = defaultInterval
	case o.EventInterval < 0:
		o.EventInterval = 0
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	return o
}

// Close drops what is on its way to the UI goroutine, cancels the goroutines
// of Go, Load and On and waits for them. It may be called again.
func (c *Context) Close() {
	c.gate.Close()
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.wg.Wait()
}

// T returns a text, see translations.Printer.T. From any goroutine.
func (c *Context) T(key string, data ...translations.Data) string {
	return c.Text.T(key, data...)
}

// N returns a text in its plural form, see translations.Printer.N. From any goroutine.
func (c *Context) N(key string, n int, data ...translations.Data) string {
	return c.Text.N(key, n, data...)
}

func (c *Context) start(f func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.wg.Go(func() { f(c.ctx) })
}

// Load runs work in a goroutine, then the function that it returns on the UI
// goroutine, unless parent or the Context ended by then. Work may return nil.
// A nil parent stands for the life of the Context. From any goroutine.
func (c *Context) Load(parent context.Context, work func(context.Context) (apply func())) {
	if parent == nil {
		parent = c.ctx
	}
	c.Go(func(life context.Context) {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		defer context.AfterFunc(life, cancel)()
		if ctx.Err() != nil {
			return
		}
		apply := work(ctx)
		if apply == nil || parent.Err() != nil {
			return
		}
		c.Do(func() {
			if parent.Err() == nil {
				apply()
			}
		})
	})
}

// LoadSoon is Load for what the store nearly always has within a few
// milliseconds: the UI goroutine, which calls it, waits that long for it, so
// that what is shown changes in one frame and not in two, of which the first
// shows nothing. What takes longer is applied as Load does.
func (c *Context) LoadSoon(parent context.Context, work func(context.Context) (apply func())) {
	if parent == nil {
		parent = c.ctx
	}
	soon := func(given func(apply func()) (late func())) {
		c.Load(parent, func(ctx context.Context) func() { return given(work(ctx)) })
	}
	if apply := await(c.patience, parent.Done(), soon); apply != nil && parent.Err() == nil {
		apply()
	}
}

// GoSoon is LoadSoon for what must be done whatever happens: work runs even when
// the Context ends meanwhile, as with Go.
func (c *Context) GoSoon(work func(context.Context) (apply func())) {
	soon := func(given func(apply func()) (late func())) {
		c.Go(func(ctx context.Context) {
			if late := given(work(ctx)); late != nil {
				c.Do(late)
			}
		})
	}
	if apply := await(c.patience, c.ctx.Done(), soon); apply != nil {
		apply()
	}
}

// await starts work and waits a moment for what it gives. What it gives later is
// handed back to it; what it gives in time is returned.
func await(patience time.Duration, end <-chan struct{}, start func(given func(apply func()) (late func()))) (apply func()) {
	early, gone := make(chan func()), make(chan struct{})
	start(func(apply func()) func() {
		select {
		case early <- apply:
			return nil
		case <-gone:
			return apply
		}
	})
	timer := time.NewTimer(patience)
	defer timer.Stop()
	defer close(gone)
	select {
	case apply = <-early:
	case <-end:
	case <-timer.C:
	}
	return apply
}

// Later runs f on the UI goroutine after d, unless cancel is called before.
func (c *Context) Later(d time.Duration, f func()) (cancel func()) {
	due := c.after(d)
	ctx, cancel := context.WithCancel(c.ctx)
	c.Go(func(context.Context) {
		defer cancel()
		select {
		case <-ctx.Done():
			return
		case <-due:
		}
		done := make(chan struct{})
		c.Do(func() {
			defer close(done)
			if ctx.Err() == nil {
				f()
			}
		})
		select { // a cancel before f has run must still be seen by it
		case <-done:
		case <-ctx.Done():
		}
	})
	return cancel
}

// Every runs f on the UI goroutine again and again, d after the last time,
// until stop is called.
func (c *Context) Every(d time.Duration, f func()) (stop func()) {
	stopped, cancel := false, func() {}
	var arm func()
	arm = func() {
		cancel = c.Later(d, func() {
			f()
			if !stopped {
				arm()
			}
		})
	}
	arm()
	return func() {
		stopped = true
		cancel()
	}
}

// On calls f on the UI goroutine with what has happened, merged, until stop is
// called. At most one call is pending, and between two calls there is a pause
// (Options.EventInterval), so a flood of news cannot starve the drawing.
func (c *Context) On(f func(event.Batch)) (stop func()) {
	box := c.Events.Subscribe()
	ctx, cancel := context.WithCancel(c.ctx)
	c.Go(func(context.Context) {
		defer box.Close()
		for {
			select {
			case <-ctx.Done():
				return
			case _, open := <-box.Ready():
				if !open {
					return
				}
			}
			if !c.deliver(ctx, box, f) {
				return
			}
		}
	})
	return cancel
}

// deliver hands one batch over, waits until it was taken and then for the
// pause; it returns false when the subscription ended meanwhile.
func (c *Context) deliver(ctx context.Context, box *event.Mailbox, f func(event.Batch)) bool {
	done := make(chan struct{})
	c.Do(func() {
		defer close(done)
		if ctx.Err() != nil {
			return
		}
		if batch := box.Take(); !batch.Empty() { // taken as late as possible, so that more is merged
			f(batch)
		}
	})
	select {
	case <-done:
	case <-ctx.Done():
		return false
	}
	if c.interval == 0 {
		return true
	}
	select {
	case <-c.after(c.interval):
		return true
	case <-ctx.Done():
		return false
	}
}

// Shared returns the one value of this context for a key, made at the first
// call: what widgets of a kind share, such as measured widths of words. UI
// goroutine only.
func (c *Context) Shared(key any, make func() any) any {
	if v, ok := c.shared[key]; ok {
		return v
	}
	if c.shared == nil {
		c.shared = map[any]any{}
	}
	v := make()
	c.shared[key] = v
	return v
}
