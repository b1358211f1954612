package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// ErrNoBus says that this desktop has no session bus.
var ErrNoBus = errors.New("there is no session bus")

// patience is how long the bus or a program behind it may take to answer.
const patience = 5 * time.Second

const (
	busName      = "org.freedesktop.DBus"
	busPath      = dbus.ObjectPath("/org/freedesktop/DBus")
	ownerChanged = busName + ".NameOwnerChanged"
)

// Bus is a connection to the session bus. One goroutine of it hands signals on.
type Bus struct {
	conn    *dbus.Conn
	signals chan *dbus.Signal
	done    chan struct{}
	once    sync.Once

	mu       sync.Mutex
	tray     *Tray
	notifier *Notifier
}

// ConnectBus connects to the session bus. Where there is none it fails with
// ErrNoBus, and starts none: a bus of one's own has nobody to talk to.
func ConnectBus(ctx context.Context) (*Bus, error) {
	address := busAddress()
	if address == "" {
		return nil, ErrNoBus
	}
	b := &Bus{signals: make(chan *dbus.Signal, 64), done: make(chan struct{})}
	type outcome struct {
		conn *dbus.Conn
		err  error
	}
	connected := make(chan outcome, 1)
	go func() { // ends by itself: the address answers or it does not
		conn, err := dbus.Connect(address, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
		connected <- outcome{conn, err}
	}()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case o := <-connected:
		if o.err != nil {
			return nil, fmt.Errorf("connect to the session bus: %w", o.err)
		}
		b.conn = o.conn
	case <-ctx.Done():
		go func() {
			if o := <-connected; o.conn != nil {
				_ = o.conn.Close() // nobody waits for it any more
			}
		}()
		return nil, fmt.Errorf("connect to the session bus: %w", ctx.Err())
	}
	b.conn.Signal(b.signals)
	go b.follow()
	return b, nil
}

// busAddress returns where the session bus is, "" when there is none.
func busAddress() string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return ""
	}
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address
	}
	socket := filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus")
	if info, err := os.Stat(socket); err != nil || !filepath.IsAbs(socket) || info.Mode().Type() != os.ModeSocket {
		return ""
	}
	return "unix:path=" + socket
}

// follow hands signals on until the connection ends.
func (b *Bus) follow() {
	defer close(b.done)
	for s := range b.signals {
		b.mu.Lock()
		tray, notifier := b.tray, b.notifier
		b.mu.Unlock()
		if tray != nil {
			tray.heard(s)
		}
		if notifier != nil {
			notifier.heard(s)
		}
	}
	b.mu.Lock()
	tray := b.tray
	b.mu.Unlock()
	if tray != nil {
		tray.setShown(false)
	}
}

// call calls a method and stores what it returns.
func (b *Bus) call(ctx context.Context, name string, path dbus.ObjectPath, method string, out []any, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	call := b.conn.Object(name, path).CallWithContext(ctx, method, 0, args...)
	if call.Err != nil {
		return fmt.Errorf("call %s: %w", method, call.Err)
	}
	if err := call.Store(out...); err != nil {
		return fmt.Errorf("read the answer of %s: %w", method, err)
	}
	return nil
}

func (b *Bus) hasOwner(ctx context.Context, name string) bool {
	owned := false
	err := b.call(ctx, busName, busPath, busName+".NameHasOwner", []any{&owned}, name)
	return err == nil && owned
}

// Close takes notifications back, leaves the tray and ends the connection. It
// may be called again.
func (b *Bus) Close() (err error) {
	b.once.Do(func() {
		b.mu.Lock()
		notifier, tray := b.notifier, b.tray
		b.mu.Unlock()
		if tray != nil {
			tray.silence()
		}
		if notifier != nil {
			notifier.withdrawAll()
		}
		err = b.conn.Close()
		<-b.done
	})
	return err
}
