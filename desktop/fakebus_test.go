package desktop_test

import (
	"bufio"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/desktop"
)

const waiting = time.Minute // for what comes within a moment

const (
	watcher       = "org.kde.StatusNotifierWatcher"
	notifications = "org.freedesktop.Notifications"
)

// shownNote is a notification as the desktop got it.
type shownNote struct {
	App, Icon, Title, Body string
	Replaces               uint32
	Actions                []string
	Hints                  map[string]dbus.Variant
}

// fakeBus is a session bus with a tray and notifications behind it, for one
// program. It speaks the real protocol over a real socket.
type fakeBus struct {
	t        *testing.T
	listener net.Listener

	mu         sync.Mutex
	conn       net.Conn
	owners     map[string]bool
	noHost     bool // the watcher has nobody who shows what it watches
	can        []string
	registered int
	notes      []shownNote
	closed     []uint32
	lastID     uint32
	emitted    []string // signals of the program
	replies    chan *dbus.Message
	over       chan struct{}
}

func newFakeBus(t *testing.T) *fakeBus {
	dir, err := os.MkdirTemp("", "bus") // a socket's path must be short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	path := filepath.Join(dir, "bus")
	b := &fakeBus{
		t: t, owners: map[string]bool{watcher: true, notifications: true}, can: []string{"actions", "body", "body-markup"},
		replies: make(chan *dbus.Message, 1), over: make(chan struct{}),
	}
	b.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	go b.serve()
	t.Cleanup(func() {
		require.NoError(t, b.listener.Close())
		b.hangUp()
		<-b.over
	})
	return b
}

func (b *fakeBus) connect() *desktop.Bus {
	b.t.Helper()
	bus, err := desktop.ConnectBus(b.t.Context())
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = bus.Close() }) // most tests close it themselves
	return bus
}

// hangUp ends the connection as a bus that dies does.
func (b *fakeBus) hangUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn != nil {
		_ = b.conn.Close()
	}
}

func (b *fakeBus) serve() {
	defer close(b.over)
	conn, err := b.listener.Accept()
	if err != nil {
		return
	}
	b.mu.Lock()
	b.conn = conn
	b.mu.Unlock()
	r := bufio.NewReader(conn)
	if !b.welcome(conn, r) {
		return
	}
	for {
		m, err := dbus.DecodeMessage(r)
		if err != nil {
			return
		}
		switch m.Type {
		case dbus.TypeMethodCall:
			b.answer(m)
		case dbus.TypeSignal:
			b.mu.Lock()
			b.emitted = append(b.emitted, header(m, dbus.FieldMember))
			b.mu.Unlock()
		default:
			b.replies <- m
		}
	}
}

// welcome is the handshake.
func (b *fakeBus) welcome(conn net.Conn, r *bufio.Reader) bool {
	if _, err := r.ReadByte(); err != nil {
		return false
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		answer := "ERROR\r\n"
		switch words := strings.Fields(line); {
		case len(words) == 0:
		case words[0] == "BEGIN":
			return true
		case words[0] == "AUTH" && len(words) == 1:
			answer = "REJECTED EXTERNAL\r\n"
		case words[0] == "AUTH":
			answer = "OK 0123456789abcdef0123456789abcdef\r\n"
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return false
		}
	}
}

func header(m *dbus.Message, field dbus.HeaderField) string {
	switch v := m.Headers[field].Value().(type) {
	case string:
		return v
	case dbus.ObjectPath:
		return string(v)
	}
	return ""
}

func (b *fakeBus) send(m *dbus.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(m.Body) > 0 {
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(m.Body...))
	}
	_ = m.EncodeTo(b.conn, binary.LittleEndian) // a program that has gone hears nothing
}

// answer does what the bus and the programs behind it do.
func (b *fakeBus) answer(m *dbus.Message) {
	reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()), dbus.FieldSender: dbus.MakeVariant(header(m, dbus.FieldDestination)),
	}}
	b.mu.Lock()
	destination, member := header(m, dbus.FieldDestination), header(m, dbus.FieldMember)
	if destination != "org.freedesktop.DBus" && !b.owners[destination] {
		reply.Type = dbus.TypeError
		reply.Headers[dbus.FieldErrorName] = dbus.MakeVariant("org.freedesktop.DBus.Error.ServiceUnknown")
		member = ""
	}
	switch member {
	case "Hello":
		reply.Body = []any{":1.7"}
	case "RequestName":
		reply.Body = []any{uint32(1)}
	case "NameHasOwner":
		reply.Body = []any{b.owners[m.Body[0].(string)]}
	case "Get":
		reply.Body = []any{dbus.MakeVariant(!b.noHost)}
	case "RegisterStatusNotifierItem":
		b.registered++
	case "GetCapabilities":
		reply.Body = []any{b.can}
	case "Notify":
		id := m.Body[1].(uint32)
		if id == 0 {
			b.lastID++
			id = b.lastID
		}
		b.notes = append(b.notes, shownNote{
			m.Body[0].(string), m.Body[2].(string), m.Body[3].(string), m.Body[4].(string), m.Body[1].(uint32),
			m.Body[5].([]string), m.Body[6].(map[string]dbus.Variant),
		})
		reply.Body = []any{id}
	case "CloseNotification":
		b.closed = append(b.closed, m.Body[0].(uint32))
	}
	b.mu.Unlock()
	b.send(reply)
}

// signal tells the program something.
func (b *fakeBus) signal(sender, path, member string, body ...any) {
	face, name, _ := cutLast(member)
	b.send(&dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldSender: dbus.MakeVariant(sender), dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(path)),
		dbus.FieldInterface: dbus.MakeVariant(face), dbus.FieldMember: dbus.MakeVariant(name),
	}, Body: body})
}

// call calls a method of the program and returns the answer, nil for an error.
func (b *fakeBus) call(path, method string, body ...any) []any {
	b.t.Helper()
	face, name, _ := cutLast(method)
	b.send(&dbus.Message{Type: dbus.TypeMethodCall, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldSender: dbus.MakeVariant(":1.1"), dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(path)),
		dbus.FieldInterface: dbus.MakeVariant(face), dbus.FieldMember: dbus.MakeVariant(name),
	}, Body: body})
	select {
	case m := <-b.replies:
		if m.Type == dbus.TypeError {
			return nil
		}
		return append([]any{}, m.Body...)
	case <-time.After(waiting):
		require.FailNow(b.t, "the program does not answer "+method)
		return nil
	}
}

func cutLast(member string) (face, name string, ok bool) {
	i := strings.LastIndex(member, ".")
	return member[:i], member[i+1:], true
}

// owner lets a program behind the bus come or go.
func (b *fakeBus) owner(name string, there bool) {
	b.mu.Lock()
	b.owners[name] = there
	b.mu.Unlock()
	was, is := "", ":1.9"
	if !there {
		was, is = is, was
	}
	b.signal("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameOwnerChanged", name, was, is)
}

// look reads what the bus has noted.
func look[T any](b *fakeBus, f func() T) T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return f()
}
