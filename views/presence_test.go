package views_test

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/desktop"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
)

// deskFake is a desktop with a tray and notifications.
type deskFake struct {
	w  *world
	mu sync.Mutex

	shown   bool
	icons   int
	tooltip string
	items   []desktop.Item
	menus   int
	notes   []desktop.Notification
	back    []string
	closed  []notice.Key
	pauses  []time.Time
	looks   []string
}

func (d *deskFake) Shown() bool              { return d.shown }
func (d *deskFake) SetIcon(image.Image)      { d.icons++ }
func (d *deskFake) SetTooltip(text string)   { d.tooltip = text }
func (d *deskFake) SetMenu(i []desktop.Item) { d.items = i; d.menus++ }
func (d *deskFake) Closed(key notice.Key)    { d.closed = append(d.closed, key) }
func (d *deskFake) Look(front bool, id model.ConversationID) {
	d.looks = append(d.looks, fmt.Sprint(front, " ", id))
}

func (d *deskFake) Show(_ context.Context, n desktop.Notification) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notes = append(d.notes, n)
	return nil
}

func (d *deskFake) Withdraw(_ context.Context, key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.back = append(d.back, key)
	return nil
}

func (d *deskFake) Pause(_ context.Context, until time.Time) error {
	d.w.change(func() {
		d.pauses = append(d.pauses, until)
		d.w.settings.NotifyPausedUntil = ""
		if !until.IsZero() {
			d.w.settings.NotifyPausedUntil = until.Format(time.RFC3339)
		}
	})
	return nil
}

// told tells whether a notification is shown.
func (d *deskFake) told() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.notes) > 0
}

// lines returns the texts of the menu.
func (d *deskFake) lines() (all []string) {
	var add func(items []desktop.Item, before string)
	add = func(items []desktop.Item, before string) {
		for _, i := range items {
			if !i.Separator {
				all = append(all, before+i.Label)
			}
			add(i.Children, before+"> ")
		}
	}
	add(d.items, "")
	return all
}

func (d *deskFake) click(t *testing.T, label string) {
	t.Helper()
	var find func(items []desktop.Item) func()
	find = func(items []desktop.Item) func() {
		for _, i := range items {
			if i.Label == label {
				return i.Do
			}
			if do := find(i.Children); do != nil {
				return do
			}
		}
		return nil
	}
	do := find(d.items)
	require.NotNil(t, do, label)
	do()
}

func openDesk(t *testing.T, change func(*world, *deskFake)) (*window, *deskFake) {
	t.Helper()
	w := newWorld()
	d := &deskFake{w: w, shown: true}
	if change != nil {
		change(w, d)
	}
	svc := w.services()
	svc.Desktop = views.Desktop{Tray: d, Notifier: d, Icon: image.NewNRGBA(image.Rect(0, 0, 8, 8))}
	svc.Notices, svc.Look = d, d.Look
	win := openOn(t, viewtest.NewTestContext(t), w, svc)
	win.Settle()
	require.Equal(t, "(3) Buzón", win.Window.Title())
	return win, d
}

func TestTheNumberOfUnreadConversationsIsInTitleAndTray(t *testing.T) {
	w, d := openDesk(t, nil)
	require.Equal(t, "(3) Buzón", w.Window.Title())
	require.Equal(t, "Buzón · 3 unread conversations", d.tooltip)
	require.Equal(t, []string{"Open Buzón", "3 unread conversations", "Pause notifications", "> For 1 hour", "> Until 8 in the morning", "Quit"}, d.lines())

	icons, menus := d.icons, d.menus
	w.Bus.Publish(event.Batch{Conversations: event.Of(model.SessionID(1))})
	w.Settle()
	require.Equal(t, []int{icons, menus}, []int{d.icons, d.menus}, "nothing is drawn while nothing has changed")

	w.fake.change(func() {
		for i := range w.fake.conversations {
			w.fake.conversations[i].Unread = 0
		}
	})
	w.Bus.Publish(event.Batch{Conversations: event.Of(model.SessionID(1))})
	w.WaitFor(func() bool { return w.Window.Title() == "Buzón" })
	require.Contains(t, d.lines(), "Nothing unread")
	require.Equal(t, "Buzón", d.tooltip)
	require.Greater(t, d.icons, icons)
}

func TestNotificationsArePausedFromTheTray(t *testing.T) {
	w, d := openDesk(t, nil)
	paused := func() bool {
		return slices.ContainsFunc(d.lines(), func(l string) bool { return strings.HasPrefix(l, "Notifications paused until ") })
	}
	d.click(t, "For 1 hour")
	w.WaitFor(paused)
	require.Equal(t, []time.Time{viewtest.Start().Add(time.Hour)}, d.pauses)
	d.click(t, "Resume notifications")
	w.WaitFor(func() bool { return !paused() })
	require.True(t, d.pauses[1].IsZero())
	d.click(t, "Until 8 in the morning")
	w.WaitFor(paused)
	until := d.pauses[2].In(w.Location)
	require.Equal(t, 8, until.Hour())
	require.GreaterOrEqual(t, until.Sub(viewtest.Start()), 4*time.Hour)
	require.Less(t, until.Sub(viewtest.Start()), 29*time.Hour)
}

func TestClosingTheWindowLeavesItInTheTrayOnlyWhereItIsWanted(t *testing.T) {
	w, d := openDesk(t, nil)
	w.main.CloseWindow()
	require.Equal(t, 1, w.fake.quits, "the setting is off")

	w.fake.change(func() { w.fake.settings.CloseToTray = true })
	d.shown = false
	w.main.CloseWindow()
	require.Equal(t, 2, w.fake.quits, "nothing would bring the window back")

	d.shown = true
	w.main.CloseWindow()
	require.Equal(t, 2, w.fake.quits)
	d.click(t, "Open Buzón")
	w.Settle()
	w.main.CloseWindow()
	d.click(t, "Quit")
	w.Settle()
	require.Equal(t, 3, w.fake.quits)
}

func TestAWindowWhoseTrayGoesComesBack(t *testing.T) {
	w, d := openDesk(t, nil)
	entered := fyne.CurrentApp().Lifecycle().(interface{ OnEnteredForeground() func() }).OnEnteredForeground()
	entered()
	require.Equal(t, "true 0", d.looks[len(d.looks)-1])
	w.main.Hide()
	require.Equal(t, "false 0", d.looks[len(d.looks)-1], "nobody looks at a hidden window")
	w.main.TrayChanged(true)
	require.Equal(t, "false 0", d.looks[len(d.looks)-1])
	w.main.TrayChanged(false)
	require.Equal(t, "true 0", d.looks[len(d.looks)-1], "it came back")
	looks := len(d.looks)
	w.main.TrayChanged(false)
	require.Len(t, d.looks, looks, "a window that is there stays as it is")

	w.main.StartHidden()
	entered()
	require.Equal(t, "true 0", d.looks[len(d.looks)-1], "whatever has shown it")
}

func TestWithoutADesktopTheWindowIsAsEver(t *testing.T) {
	w := open(t, newWorld(), nil)
	w.WaitFor(func() bool { return w.Window.Title() == "(3) Buzón" })
	require.False(t, w.main.InTray())
	w.main.Tell(notice.News{Tell: []notice.Notice{{Key: notice.KeyMany, Conversations: 2, Messages: 3}}})
	w.fake.change(func() { w.fake.settings.CloseToTray = true })
	w.main.CloseWindow()
	require.Equal(t, 1, w.fake.quits)
}

func TestWhatANotificationSays(t *testing.T) {
	ana := model.ConversationRow{ID: 7, JID: "34600111222@c.us", Kind: model.KindPerson, Name: "Ana García"}
	group := model.ConversationRow{ID: 8, JID: "1234@g.us", Kind: model.KindGroup, Name: "Repartos"}
	hidden := model.ConversationRow{ID: 9, JID: "912345678901234@lid", Kind: model.KindPerson}
	number := model.ConversationRow{ID: 10, JID: "34600333444@c.us", Kind: model.KindPerson}
	said := func(text, author string) *model.MessageRow {
		return &model.MessageRow{Message: model.Message{Type: model.TypeChat, Text: text}, Author: author}
	}
	photo := &model.MessageRow{Message: model.Message{Type: model.TypeImage}}
	for _, c := range []struct {
		content, title, body string
		n                    notice.Notice
	}{
		{"none", "Buzón", "1 new message", notice.Notice{Conversations: 1, Messages: 1, Row: ana, Last: said("Hola", "")}},
		{"name", "Ana García", "1 new message", notice.Notice{Conversations: 1, Messages: 1, Row: ana, Last: said("Hola", "")}},
		{"name", "Ana García", "4 new messages", notice.Notice{Conversations: 1, Messages: 4, Row: ana, Last: said("Hola", "")}},
		{"text", "Ana García", "Hola <b>$(x)</b>", notice.Notice{Conversations: 1, Messages: 1, Row: ana, Last: said("Hola\n<b>$(x)</b>", "")}},
		{"text", "Ana García", "2 new messages\nPhoto", notice.Notice{Conversations: 1, Messages: 2, Row: ana, Last: photo}},
		{"text", "Repartos", "Marta: Voy", notice.Notice{Conversations: 1, Messages: 1, Row: group, Last: said("Voy", "Marta")}},
		{"text", "Buzón", "9 new messages in 4 conversations", notice.Notice{Key: notice.KeyMany, Conversations: 4, Messages: 9}},
		{"name", "Buzón", "While you were away: 90 new messages in 12 conversations", notice.Notice{Key: notice.KeyAway, Conversations: 12, Messages: 90}},
		{"text", "Ana García", "While you were away: 3 new messages", notice.Notice{Key: notice.KeyAway, Conversations: 1, Messages: 3, Row: ana, Last: said("Hola", "")}},
		{"name", "+34 600 33 34 44", "1 new message", notice.Notice{Conversations: 1, Messages: 1, Row: number, Last: said("Hola", "")}},
	} {
		t.Run(c.content+" "+c.title+" "+c.body, func(t *testing.T) {
			w, d := openDesk(t, func(w *world, _ *deskFake) { w.settings.NotifyContent = c.content })
			w.main.Tell(notice.News{Tell: []notice.Notice{c.n}})
			w.Settle()
			d.mu.Lock()
			defer d.mu.Unlock()
			require.Len(t, d.notes, 1)
			require.Equal(t, c.title, d.notes[0].Title)
			require.Equal(t, c.body, d.notes[0].Body)
			for _, private := range []string{"Ana", "Hola", "Repartos", "Marta", "600"} {
				require.NotContains(t, d.notes[0].Brief, private, "for where texts go through scripts")
			}
		})
	}
	w, d := openDesk(t, func(w *world, _ *deskFake) { w.settings.NotifyContent = "text" })
	w.main.Tell(notice.News{Tell: []notice.Notice{{Conversations: 1, Messages: 1, Row: hidden, Last: said("Hola", "")}}})
	w.Settle()
	require.Len(t, d.notes, 1)
	require.Equal(t, "~1234", d.notes[0].Title, "a hidden id is no number")
}

func TestANotificationLeadsToItsConversation(t *testing.T) {
	w, d := openDesk(t, func(w *world, _ *deskFake) { w.settings.CloseToTray = true })
	w.main.Show(views.AreaSettings)
	w.main.Hide()
	w.main.FollowNotice("conversation-4")
	require.Equal(t, []notice.Key{"conversation-4"}, d.closed)
	require.Equal(t, views.AreaConversations, w.main.Area())
	fyne.CurrentApp().Lifecycle().(interface{ OnEnteredForeground() func() }).OnEnteredForeground()()
	require.Equal(t, "true 4", d.looks[len(d.looks)-1], "it is in front")
	fyne.CurrentApp().Lifecycle().(interface{ OnExitedForeground() func() }).OnExitedForeground()()
	require.Equal(t, "false 0", d.looks[len(d.looks)-1])
	w.main.Show(views.AreaSettings)
	w.main.FollowNotice(string(notice.KeyMany))
	require.Equal(t, views.AreaConversations, w.main.Area())
}
