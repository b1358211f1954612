package settings_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/settings"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// fake keeps settings in memory. tests answers the connection tests in order.
type fake struct {
	mu     sync.Mutex
	now    model.Settings
	place  model.KeyPlace
	err    error
	saves  []model.Settings
	keys   []*string
	hold   chan struct{}
	tests  []model.ConnectionReport
	tested []string
	probes []*string
}

func newFake() *fake {
	s := model.DefaultSettings()
	s.BaseURL, s.PlainHTTPAccepted, s.DefaultSession = "http://192.168.1.20:3000", "", "obrador"
	return &fake{now: s, place: model.KeyPlace{Kind: model.KeyKeyring}}
}

func (f *fake) Get() model.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) Save(_ context.Context, s model.Settings, key *string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.now = s
	f.saves, f.keys = append(f.saves, s), append(f.keys, key)
	return nil
}

func (f *fake) KeyPlace(context.Context) model.KeyPlace {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.place
}

func (f *fake) TestConnection(_ context.Context, address string, key *string) model.ConnectionReport {
	if f.hold != nil {
		<-f.hold // a gateway that answers late
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tested, f.probes = append(f.tested, address), append(f.probes, key)
	report := f.tests[0]
	f.tests = f.tests[1:]
	return report
}

func (f *fake) saved() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.saves)
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func places() settings.Options {
	return settings.Options{
		DataDir: "/home/ana/.local/share/buzon", SettingsFile: "/home/ana/.config/buzon/settings.json",
		LogFile: "/home/ana/.local/share/buzon/log/buzon.log", KeyFile: "/home/ana/.config/buzon/api-key",
	}
}

func open(t *testing.T, f *fake, o settings.Options, options ...viewtest.Option) (*viewtest.Bench, *settings.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	s := settings.New(b.Context, f, o)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func says(o fyne.CanvasObject, text string) bool {
	for _, l := range viewtest.All[*widget.Label](o) {
		if strings.Contains(l.Text, text) {
			return true
		}
	}
	return false
}

func button(t *testing.T, o fyne.CanvasObject, text string) *widget.Button {
	t.Helper()
	for _, b := range viewtest.All[*widget.Button](o) {
		if b.Text == text {
			return b
		}
	}
	t.Fatalf("no button %q", text)
	return nil
}

// The entries of the form in their order.
const (
	address = iota
	key
	timeout
	retries
	interval
	perRun
	limitContacts
	_
	_
	_ // files
	_
	perMinute
	perHour
	perDay
	askHours
	largestFile
)

func entry(s *settings.Screen, n int) *ui.Entry { return viewtest.All[*ui.Entry](s.Content())[n] }

// inDialog taps a button of the dialog that is open.
func inDialog(t *testing.T, b *viewtest.Bench, text string) {
	t.Helper()
	top := b.Window.Canvas().Overlays().Top()
	require.NotNil(t, top, "a dialog")
	for _, label := range viewtest.All[*widget.RichText](top) {
		if label.String() == text {
			pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(label)
			test.TapCanvas(b.Window.Canvas(), pos.AddXY(label.Size().Width/2, label.Size().Height/2))
			return
		}
	}
	t.Fatalf("no button %q in the dialog", text)
}
