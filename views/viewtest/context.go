package viewtest

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Start is what the clock of a test shows first: a Monday morning in Madrid.
var start = time.Date(2026, time.November, 23, 10, 42, 0, 0, time.UTC)

// Start returns what the clock of a test shows first, 11:42 in the test's time zone (UTC+1).
func Start() time.Time { return start }

// Zone returns the time zone of a test's context, an hour east of UTC.
func Zone() *time.Location { return time.FixedZone("UTC+1", 3600) }

// Bench is a context with everything that a test moves or looks at.
type Bench struct {
	*ui.Context
	Queue  *Queue
	Clock  *Clock
	Bus    *event.Bus
	App    fyne.App
	Opened []*url.URL // addresses that were opened
	Copied []string   // texts that were put on the clipboard
	Logged []error    // errors that were shown
}

// Option changes how a Bench is made.
type Option func(*settings)

type settings struct {
	lang, variant string
	avatar        func(string) string
	describe      func(error) model.Problem
	size          fyne.Size
	patience      time.Duration
}

// Spanish lets the context speak Spanish; without it, it speaks English.
func Spanish() Option { return func(s *settings) { s.lang = "es" } }

// Language lets the context speak the language, "es" or "en".
func Language(lang string) Option { return func(s *settings) { s.lang = lang } }

// Dark uses the dark theme; without it, the light one.
func Dark() Option { return func(s *settings) { s.variant = apptheme.VariantDark } }

// Variant uses the theme of that variant.
func Variant(v string) Option { return func(s *settings) { s.variant = v } }

// AvatarPath sets where pictures are.
func AvatarPath(f func(hash string) string) Option { return func(s *settings) { s.avatar = f } }

// Describe sets how errors are explained; without it a *ProblemError gives its
// own problem and any other error an internal one.
func Describe(f func(error) model.Problem) Option { return func(s *settings) { s.describe = f } }

// WindowSize sets the size of the window; without it 1000 × 700.
func WindowSize(w, h float32) Option { return func(s *settings) { s.size = fyne.NewSize(w, h) } }

// Patience sets for how long LoadSoon and GoSoon wait; without it as long as in the
// program.
func Patience(d time.Duration) Option { return func(s *settings) { s.patience = d } }

// ProblemError is an error of a known kind, for fakes.
type ProblemError struct{ model.Problem }

// Error returns the detail of the problem, or its kind.
func (e *ProblemError) Error() string {
	if e.Detail != "" {
		return e.Detail
	}
	return string(e.Kind)
}

// Fail returns an error of that kind.
func Fail(kind model.ProblemKind, detail string) error {
	return &ProblemError{model.Problem{Kind: kind, Detail: detail}}
}

func describe(err error) model.Problem {
	var p *ProblemError
	if errors.As(err, &p) {
		return p.Problem
	}
	return model.Problem{Kind: model.ProblemInternal, Detail: err.Error()}
}

// NewTestContext returns a context on a test window. It is closed at the end of the test.
func NewTestContext(t testing.TB, options ...Option) *Bench {
	t.Helper()
	s := settings{lang: "en", variant: apptheme.VariantLight, describe: describe, size: fyne.NewSize(1000, 700)}
	for _, o := range options {
		o(&s)
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(apptheme.New(s.variant))
	w := test.NewTempWindow(t, nil)
	w.Resize(s.size)
	text, err := translations.New(s.lang)
	require.NoError(t, err)
	b := &Bench{Queue: NewQueue(t), Clock: NewClock(start), Bus: &event.Bus{}, App: a}
	b.Context = ui.NewContext(ui.Options{
		Window: w, Text: text, Events: b.Bus, Describe: s.describe,
		Dispatch: b.Queue.Do, Now: b.Clock.Now, After: b.Clock.After, Location: Zone(),
		AvatarPath:    s.avatar,
		OpenURL:       func(u *url.URL) error { b.Opened = append(b.Opened, u); return nil },
		Copy:          func(s string) { b.Copied = append(b.Copied, s) },
		Log:           func(_ string, err error) { b.Logged = append(b.Logged, err) },
		EventInterval: -1,
		Patience:      s.patience,
	})
	t.Cleanup(b.Close)
	return b
}

// Settle runs work until nothing can bring any, see Queue.Settle.
func (b *Bench) Settle() { b.Queue.Settle() }

// Drain runs the work that is queued, see Queue.Drain.
func (b *Bench) Drain() int { return b.Queue.Drain() }

// WaitFor runs work until cond is true, see Queue.WaitFor.
func (b *Bench) WaitFor(cond func() bool) { b.Queue.WaitFor(cond) }
