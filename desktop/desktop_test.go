package desktop_test

import (
	"image"
	"image/color"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/desktop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told collects what the program was told and lets a test wait for it.
type told chan string

func (c told) next(t *testing.T) string {
	t.Helper()
	select {
	case s := <-c:
		return s
	case <-time.After(waiting):
		require.FailNow(t, "nothing was told")
		return ""
	}
}

func picture(c color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	img.Set(0, 0, c)
	return img
}

func newTray(t *testing.T, bus *desktop.Bus, items []desktop.Item) (*desktop.Tray, told) {
	t.Helper()
	heard := make(told, 10)
	tray, err := bus.NewTray(t.Context(), desktop.TrayOptions{
		ID: "com.example.box", Title: "Box", OnOpen: func() { heard <- "open" },
		OnShown: func(shown bool) { heard <- map[bool]string{true: "shown", false: "gone"}[shown] },
	}, picture(color.NRGBA{R: 1, G: 2, B: 3, A: 255}), items)
	require.NoError(t, err)
	return tray, heard
}

func TestWithoutABusThereIsNone(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	for _, dir := range []string{"", t.TempDir(), "relative"} {
		t.Setenv("XDG_RUNTIME_DIR", dir)
		_, err := desktop.ConnectBus(t.Context())
		require.ErrorIs(t, err, desktop.ErrNoBus)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "gone"))
	_, err := desktop.ConnectBus(t.Context())
	require.ErrorContains(t, err, "connect to the session bus")
}

func TestTheIconIsInTheTray(t *testing.T) {
	fake := newFakeBus(t)
	bus := fake.connect()
	tray, heard := newTray(t, bus, nil)
	require.True(t, tray.Shown())
	require.Equal(t, "shown", heard.next(t))
	require.Equal(t, 1, look(fake, func() int { return fake.registered }))

	get := func(name string) any {
		v := fake.call("/StatusNotifierItem", "org.freedesktop.DBus.Properties.Get", "org.kde.StatusNotifierItem", name)
		require.Len(t, v, 1, name)
		return v[0].(dbus.Variant).Value()
	}
	require.Equal(t, "Box", get("Title"))
	require.Equal(t, dbus.ObjectPath("/StatusNotifierMenu"), get("Menu"))
	require.Equal(t, false, get("ItemIsMenu"), "a click opens the window, not the menu")
	require.Equal(t, [][]any{{int32(2), int32(1), []byte{255, 1, 2, 3, 0, 0, 0, 0}}}, get("IconPixmap"))
	tray.SetIcon(picture(color.NRGBA{R: 9, A: 255}))
	require.Equal(t, [][]any{{int32(2), int32(1), []byte{255, 9, 0, 0, 0, 0, 0, 0}}}, get("IconPixmap"))
	tray.SetTooltip("3 unread")
	require.Equal(t, "3 unread", get("ToolTip").([]any)[2])
	require.Equal(t, []string{"NewIcon", "NewToolTip"}, look(fake, func() []string { return fake.emitted }))

	require.NotNil(t, fake.call("/StatusNotifierItem", "org.kde.StatusNotifierItem.Activate", int32(5), int32(5)))
	require.Equal(t, "open", heard.next(t))
	require.NotNil(t, fake.call("/StatusNotifierItem", "org.freedesktop.DBus.Introspectable.Introspect"))
	require.NoError(t, bus.Close())
	require.NoError(t, bus.Close(), "twice")
	require.Empty(t, heard, "the program itself has ended the tray")
}

func TestTheMenuIsClicked(t *testing.T) {
	fake := newFakeBus(t)
	clicked := make(told, 10)
	item := func(label string) desktop.Item {
		return desktop.Item{Label: label, Do: func() { clicked <- label }}
	}
	items := []desktop.Item{
		item("Open_it"), {Label: "3 unread", Disabled: true}, {Separator: true},
		{Label: "Pause", Children: []desktop.Item{item("1 hour"), item("Until 8:00")}}, item("Quit"),
	}
	tray, heard := newTray(t, fake.connect(), items)
	require.Equal(t, "shown", heard.next(t))
	const face = "com.canonical.dbusmenu."
	layout := fake.call("/StatusNotifierMenu", face+"GetLayout", int32(0), int32(-1), []string{})
	require.Len(t, layout, 2)
	type line struct {
		id    int32
		label any
	}
	var lines func(v any) []line
	lines = func(v any) (all []line) {
		parts := v.([]any)
		props := parts[1].(map[string]dbus.Variant)
		if label, ok := props["label"]; ok {
			all = append(all, line{parts[0].(int32), label.Value()})
		}
		for _, child := range parts[2].([]dbus.Variant) {
			all = append(all, lines(child.Value())...)
		}
		return all
	}
	require.Equal(t, []line{{1, "Open__it"}, {2, "3 unread"}, {4, "Pause"}, {5, "1 hour"}, {6, "Until 8:00"}, {7, "Quit"}}, lines(layout[1]))

	click := func(id int32) []any {
		return fake.call("/StatusNotifierMenu", face+"Event", id, "clicked", dbus.MakeVariant(""), uint32(0))
	}
	require.NotNil(t, click(6))
	require.Equal(t, "Until 8:00", clicked.next(t))
	require.NotNil(t, click(2))
	require.NotNil(t, fake.call("/StatusNotifierMenu", face+"Event", int32(1), "hovered", dbus.MakeVariant(""), uint32(0)))
	require.Nil(t, click(99))
	require.Empty(t, clicked, "what only says something does nothing")

	tray.SetMenu([]desktop.Item{item("Open"), item("Quit")})
	require.Nil(t, click(1), "a click on a line that is gone")
	require.Empty(t, clicked)
	require.NotNil(t, click(9))
	require.Equal(t, "Quit", clicked.next(t))
	require.Equal(t, []any{dbus.MakeVariant("Open")}, fake.call("/StatusNotifierMenu", face+"GetProperty", int32(8), "label"))
	require.Len(t, fake.call("/StatusNotifierMenu", face+"GetGroupProperties", []int32{}, []string{})[0], 3)
	require.Nil(t, fake.call("/StatusNotifierMenu", face+"GetLayout", int32(3), int32(-1), []string{}))
}

func TestATrayComesAndGoes(t *testing.T) {
	fake := newFakeBus(t)
	fake.owners[watcher] = false
	bus := fake.connect()
	tray, heard := newTray(t, bus, nil)
	require.False(t, tray.Shown(), "nobody shows it")
	fake.owner(watcher, true)
	require.Equal(t, "shown", heard.next(t))
	require.True(t, tray.Shown())
	fake.owner(watcher, false)
	require.Equal(t, "gone", heard.next(t))
	require.False(t, tray.Shown())

	look(fake, func() bool { fake.noHost = true; return true })
	fake.owner(watcher, true)
	fake.owner("org.example.other", true)
	look(fake, func() bool { fake.noHost = false; return true })
	fake.signal(":1.9", "/StatusNotifierWatcher", watcher+".StatusNotifierHostRegistered")
	require.Equal(t, "shown", heard.next(t), "a watcher shows nothing by itself: its host does")
	look(fake, func() bool { fake.noHost = true; return true })
	fake.signal(":1.9", "/StatusNotifierWatcher", watcher+".StatusNotifierHostUnregistered")
	require.Equal(t, "gone", heard.next(t))
	look(fake, func() bool { fake.noHost = false; return true })
	fake.signal(":1.9", "/StatusNotifierWatcher", watcher+".StatusNotifierHostRegistered")
	require.Equal(t, "shown", heard.next(t))

	fake.hangUp()
	require.Equal(t, "gone", heard.next(t), "the bus itself has ended")
	tray.SetIcon(picture(color.White)) // and nothing crashes
	tray.SetTooltip("x")
	tray.SetMenu(nil)
	_ = bus.Close()
}

func newNotifier(t *testing.T, bus *desktop.Bus) (*desktop.Notifier, told) {
	t.Helper()
	heard := make(told, 10)
	n, err := bus.NewNotifier(t.Context(), desktop.NotifierOptions{
		App: "Box", Entry: "com.example.box", Icon: picture(color.NRGBA{R: 1, G: 2, B: 3, A: 4}),
		OnOpen: func(key string) { heard <- "open " + key }, OnClosed: func(key string) { heard <- "closed " + key },
	})
	require.NoError(t, err)
	return n, heard
}

func TestANotificationIsShownReplacedClickedAndTakenBack(t *testing.T) {
	fake := newFakeBus(t)
	bus := fake.connect()
	n, heard := newNotifier(t, bus)
	show := func(m desktop.Notification) shownNote {
		m.Open = "Open"
		require.NoError(t, n.Show(t.Context(), m))
		return look(fake, func() shownNote { return fake.notes[len(fake.notes)-1] })
	}
	note := show(desktop.Notification{Key: "ana", Title: "Ana", Body: "1 < 2 & <b>3</b>", Sound: true})
	require.Equal(t, "Box", note.App)
	require.Equal(t, "Ana", note.Title)
	require.Equal(t, "1 &lt; 2 &amp; &lt;b&gt;3&lt;/b&gt;", note.Body)
	require.Equal(t, []string{"default", "Open"}, note.Actions)
	require.Equal(t, "message-new-instant", note.Hints["sound-name"].Value())
	require.Equal(t, "com.example.box", note.Hints["desktop-entry"].Value())
	require.Equal(t, []any{int32(2), int32(1), int32(8), true, int32(8), int32(4), []byte{1, 2, 3, 4, 0, 0, 0, 0}}, note.Hints["image-data"].Value())
	require.Zero(t, note.Replaces)
	show(desktop.Notification{Key: "juan", Title: "Juan"})
	note = show(desktop.Notification{Key: "ana", Title: "Ana", Body: "two"})
	require.Equal(t, uint32(1), note.Replaces)
	require.Equal(t, true, note.Hints["suppress-sound"].Value())

	fake.signal(":1.9", "/org/freedesktop/Notifications", notifications+".ActionInvoked", uint32(77), "default")
	fake.signal(":1.9", "/org/freedesktop/Notifications", notifications+".ActionInvoked", uint32(2), "other")
	fake.signal(":1.9", "/org/freedesktop/Notifications", notifications+".ActionInvoked", uint32(2), "default")
	require.Equal(t, "open juan", heard.next(t), "of another program, and of another action, nothing is heard")
	fake.signal(":1.9", "/org/freedesktop/Notifications", notifications+".NotificationClosed", uint32(1), uint32(2))
	require.Equal(t, "closed ana", heard.next(t))
	require.Zero(t, show(desktop.Notification{Key: "ana"}).Replaces, "it is a new one then")

	require.NoError(t, n.Withdraw(t.Context(), "nobody"))
	require.NoError(t, n.Withdraw(t.Context(), "juan"))
	require.Equal(t, []uint32{2}, look(fake, func() []uint32 { return fake.closed }))
	require.NoError(t, bus.Close())
	require.Equal(t, []uint32{2, 3}, look(fake, func() []uint32 { return fake.closed }), "what could not be clicked any more goes")
}

func TestWhatADesktopCannotDo(t *testing.T) {
	fake := newFakeBus(t)
	fake.can = []string{"body"}
	n, _ := newNotifier(t, fake.connect())
	require.NoError(t, n.Show(t.Context(), desktop.Notification{Key: "a", Body: "1 < 2", Open: "Open"}))
	note := look(fake, func() shownNote { return fake.notes[0] })
	require.Equal(t, "1 < 2", note.Body, "without markup the signs would be shown")
	require.Empty(t, note.Actions)

	fake.owner(notifications, false)
	require.Error(t, n.Show(t.Context(), desktop.Notification{Key: "b"}), "nobody shows notifications")
}

func TestNotificationsOfHostileTexts(t *testing.T) {
	fake := newFakeBus(t)
	n, _ := newNotifier(t, fake.connect())
	long := make([]rune, 100_000)
	for i := range long {
		long[i] = 'ñ'
	}
	require.NoError(t, n.Show(t.Context(), desktop.Notification{
		Key: "a", Title: "A\x00\x1b[31m\u202eB\xff" + string(long), Body: "x\ny\u2066" + string(long),
	}))
	note := look(fake, func() shownNote { return fake.notes[0] })
	require.Len(t, []rune(note.Title), 120)
	require.Equal(t, "A[31mBñ", string([]rune(note.Title)[:7]))
	require.Len(t, []rune(note.Body), 400)
	require.Equal(t, "x\nyñ", string([]rune(note.Body)[:4]))
}
