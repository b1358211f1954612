package settings_test

import (
	"errors"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/settings"
	"github.com/xappiens/buzon/views/viewtest"
)

// box returns the check box with a caption.
func box(t *testing.T, s *settings.Screen, caption string) *widget.Check {
	t.Helper()
	for _, b := range viewtest.All[*widget.Check](s.Content()) {
		if b.Text == caption {
			return b
		}
	}
	require.FailNow(t, "there is no box "+caption)
	return nil
}

func TestNotificationsAndQuietHoursAreSet(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	require.True(t, box(t, s, b.T("settings.notify.on")).Checked)
	require.True(t, box(t, s, "Sun").Checked, "every day")
	box(t, s, b.T("settings.quiet")).SetChecked(true)
	box(t, s, b.T("settings.tray")).SetChecked(true)
	box(t, s, "Sat").SetChecked(false)
	box(t, s, "Sun").SetChecked(false)
	for _, list := range viewtest.All[*widget.Select](s.Content()) {
		if list.Selected == b.T("settings.notify.content.name") {
			list.SetSelected(b.T("settings.notify.content.text"))
		}
	}
	for _, e := range viewtest.All[*widget.Check](s.Content()) {
		require.NotEmpty(t, e.Text)
	}
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 && !s.Unsaved() })
	want := newFake().now
	want.QuietHours, want.QuietDays, want.NotifyContent, want.CloseToTray = true, "mon tue wed thu fri", model.NotifyText, true
	require.Equal(t, want, f.saves[0])

	for _, day := range []string{"Mon", "Tue", "Wed", "Thu", "Fri"} {
		box(t, s, day).SetChecked(false)
	}
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	require.True(t, says(s.Content(), b.T("settings.problem.days")))
	require.Equal(t, 1, f.saved())
	box(t, s, b.T("settings.quiet")).SetChecked(false)
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 2 && !s.Unsaved() })
	require.Empty(t, f.saves[1].QuietDays, "without quiet hours no day is every day")
}

func TestDaysStayAsTheyWereWritten(t *testing.T) {
	f := newFake()
	f.now.QuietDays = "sun  mon"
	_, s := open(t, f, places())
	require.False(t, s.Unsaved())
	require.False(t, box(t, s, "Sat").Checked)
	require.True(t, box(t, s, "Mon").Checked)
}

// autostart is a system that starts programs.
type autostart struct {
	mu  sync.Mutex
	on  bool
	err error
}

func (a *autostart) On() (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.on, nil
}

func (a *autostart) Set(on bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err
	}
	a.on = on
	return nil
}

func (a *autostart) change(f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f()
}

func openStarting(t *testing.T, a *autostart) (*viewtest.Bench, *settings.Screen, *widget.Check) {
	t.Helper()
	o := places()
	o.Autostart = a
	b, s := open(t, newFake(), o)
	start := box(t, s, b.T("settings.start"))
	b.WaitFor(func() bool { return !start.Disabled() })
	return b, s, start
}

func TestTheStartWithTheSystemIsWhatTheSystemSays(t *testing.T) {
	a := &autostart{}
	b, s, start := openStarting(t, a)
	require.False(t, start.Checked)
	start.SetChecked(true)
	require.True(t, s.Unsaved())
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return !s.Unsaved() })
	on, _ := a.On()
	require.True(t, on)

	a.change(func() { a.on = false }) // somebody took it out of the system's list
	s.Deactivate()
	s.Activate()
	b.WaitFor(func() bool { return !start.Checked })
	require.False(t, s.Unsaved(), "what the system says is no change of the owner's")

	start.SetChecked(true)
	test.Tap(button(t, s.Content(), b.T("settings.revert")))
	require.False(t, start.Checked)
	require.False(t, s.Unsaved())
}

func TestAStartWithTheSystemThatFailsIsTold(t *testing.T) {
	a := &autostart{err: errors.New("read-only")}
	b, s, start := openStarting(t, a)
	start.SetChecked(true)
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return b.ModalOpen() })
	require.False(t, start.Checked, "the box shows how it is")
}
