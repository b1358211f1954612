package desktop

import (
	"context"
	"html"
	"image"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/godbus/dbus/v5"
)

const (
	notifyName   = "org.freedesktop.Notifications"
	notifyPath   = dbus.ObjectPath("/org/freedesktop/Notifications")
	notifyAction = notifyName + ".ActionInvoked"
	notifyClosed = notifyName + ".NotificationClosed"
	openAction   = "default" // what a click on the notification itself does

	maxTitle = 120 // runes; desktops show less
	maxBody  = 400

	closedByOwner = uint32(2) // of NotificationClosed
	parting       = time.Second
)

// Notification is one thing that the desktop is to show.
type Notification struct {
	Key   string // one with the same key replaces the one before
	Title string
	Body  string // plain text, whatever it looks like
	Brief string // the same without names and texts of others, for where no bus is
	Open  string // what the action is called that opens it
	Sound bool
}

// NotifierOptions say on whose behalf is notified, and who hears of clicks.
type NotifierOptions struct {
	App      string // name of the program
	Entry    string // of its .desktop file, without that ending
	Icon     image.Image
	OnOpen   func(key string) // a notification was clicked
	OnClosed func(key string) // the owner closed one
}

// Notifier shows notifications by org.freedesktop.Notifications. Its methods may
// be called from any goroutine, and block until the desktop has answered.
type Notifier struct {
	bus *Bus
	o   NotifierOptions

	mu  sync.Mutex
	ids map[string]uint32 // by key, of what is shown
}

// NewNotifier returns what shows notifications. There is one for a Bus.
func (b *Bus) NewNotifier(ctx context.Context, o NotifierOptions) (*Notifier, error) {
	n := &Notifier{bus: b, o: o, ids: map[string]uint32{}}
	err := b.conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(notifyName), dbus.WithMatchObjectPath(notifyPath))
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.notifier = n
	b.mu.Unlock()
	return n, nil
}

// picture is the hint image-data: (iiibiiay).
type picture struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Data                  []byte
}

// Show shows a notification, or shows it anew.
func (n *Notifier) Show(ctx context.Context, m Notification) error {
	var can []string
	if err := n.bus.call(ctx, notifyName, notifyPath, notifyName+".GetCapabilities", []any{&can}); err != nil {
		return err
	}
	body := cut(m.Body, maxBody)
	if slices.Contains(can, "body-markup") { // else the signs would be shown as they are
		body = html.EscapeString(body)
	}
	hints := map[string]dbus.Variant{
		"urgency": dbus.MakeVariant(byte(1)), "category": dbus.MakeVariant("im.received"), "desktop-entry": dbus.MakeVariant(n.o.Entry),
	}
	if m.Sound {
		hints["sound-name"] = dbus.MakeVariant("message-new-instant")
	} else {
		hints["suppress-sound"] = dbus.MakeVariant(true)
	}
	if n.o.Icon != nil {
		hints["image-data"] = dbus.MakeVariant(hintPicture(n.o.Icon))
	}
	actions := []string{}
	if slices.Contains(can, "actions") {
		actions = []string{openAction, m.Open}
	}
	n.mu.Lock()
	before := n.ids[m.Key]
	n.mu.Unlock()
	var id uint32
	err := n.bus.call(ctx, notifyName, notifyPath, notifyName+".Notify", []any{&id},
		n.o.App, before, n.o.Entry, cut(m.Title, maxTitle), body, actions, hints, int32(-1))
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids[m.Key] = id
	return nil
}

// Withdraw takes a notification back; of one that is not there it does nothing.
func (n *Notifier) Withdraw(ctx context.Context, key string) error {
	n.mu.Lock()
	id, ok := n.ids[key]
	delete(n.ids, key)
	n.mu.Unlock()
	if !ok {
		return nil
	}
	return n.bus.call(ctx, notifyName, notifyPath, notifyName+".CloseNotification", nil, id)
}

// withdrawAll takes back what could not be answered any more.
func (n *Notifier) withdrawAll() {
	ctx, cancel := context.WithTimeout(context.Background(), parting)
	defer cancel()
	n.mu.Lock()
	keys := slices.Collect(maps.Keys(n.ids))
	n.mu.Unlock()
	for _, key := range keys {
		if n.Withdraw(ctx, key) != nil {
			return // nobody listens
		}
	}
}

// heard takes a signal of the bus.
func (n *Notifier) heard(s *dbus.Signal) {
	if s.Path != notifyPath || s.Name != notifyAction && s.Name != notifyClosed || len(s.Body) != 2 {
		return
	}
	id, ok := s.Body[0].(uint32)
	if !ok {
		return
	}
	key, ok := n.keyOf(id)
	if !ok {
		return
	}
	switch {
	case s.Name == notifyAction && s.Body[1] == openAction:
		n.o.OnOpen(key)
	case s.Name == notifyClosed:
		n.mu.Lock()
		delete(n.ids, key)
		n.mu.Unlock()
		if s.Body[1] == closedByOwner {
			n.o.OnClosed(key)
		}
	}
}

func (n *Notifier) keyOf(id uint32) (string, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, shown := range n.ids {
		if shown == id {
			return key, true
		}
	}
	return "", false
}

func hintPicture(img image.Image) picture {
	b := img.Bounds()
	p := picture{Width: int32(b.Dx()), Height: int32(b.Dy()), Stride: int32(4 * b.Dx()), Alpha: true, Bits: 8, Channels: 4}
	rgba := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			rgba.Set(x, y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	p.Data = rgba.Pix
	return p
}

// cut shortens a text for the desktop, and takes out what is no text: some
// servers drop a message with such signs.
func cut(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// Plain keeps of a text what no shell or script gives a meaning: letters, digits,
// space and . , : ! ? -. What goes to the toolkit's own notifications passes
// through it, since on Windows the toolkit writes it into a script for PowerShell.
func Plain(text string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), strings.ContainsRune(" .,:!?-", r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(kept), " ")
}
