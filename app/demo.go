package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

const (
	demoScan    = 20 * time.Second // the phone scans by itself so long after the first QR
	demoChatter = 15 * time.Second // about how often somebody writes
	demoKey     = "demo-key"
)

// DemoOptions say how the demo is to be opened.
type DemoOptions struct {
	Language string // of the business: "es" or "en"
	LogLevel string
	Console  io.Writer
}

// Demo is Buzón on a simulated gateway inside this program, with data that are
// thrown away when it is closed.
type Demo struct {
	App *App

	server  *simulator.Server
	dir     string
	session model.Session
	life    context.Context
	end     context.CancelFunc
	wg      sync.WaitGroup

	mu      sync.Mutex
	firstQR time.Time
}

// NewDemo opens the demo; Start begins it.
func NewDemo(ctx context.Context, o DemoOptions) (*Demo, error) {
	dir, err := os.MkdirTemp("", "buzon-demo-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the demo: %w", err)
	}
	d := &Demo{dir: dir}
	d.life, d.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := d.open(ctx, o); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) open(ctx context.Context, o DemoOptions) (err error) {
	d.server, err = simulator.New(simulator.Config{
		Seed: 7, Business: true, Language: o.Language, APIKey: demoKey, WebSocket: simulator.WebSocketPlain,
		PairAfter: demoScan, StartDelay: 2 * time.Second, PairDelay: time.Second, ReadyDelay: time.Second,
		Latency: 60 * time.Millisecond, // so that work can be seen
	})
	if err != nil {
		return fmt.Errorf("make the simulated gateway: %w", err)
	}
	if err := d.server.Listen("127.0.0.1:0"); err != nil {
		return fmt.Errorf("start the simulated gateway: %w", err)
	}
	d.App, err = New(ctx, Options{
		DataDir: d.dir, Mode: ModeWindow, LogLevel: o.LogLevel, Console: o.Console,
		Timing: wasync.Timing{Status: 10 * time.Second, Pairing: 700 * time.Millisecond, Avatar: 400 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	settings := d.App.Settings.Get()
	settings.BaseURL, settings.Language = d.server.URL(), o.Language
	settings.BackupEveryHours = 0 // its data are thrown away
	key := demoKey
	if err := d.App.Settings.Save(ctx, settings, &key); err != nil {
		return fmt.Errorf("write the demo's settings: %w", err)
	}
	return nil
}

// Start begins the demo: it connects the bakery's session, follows its first QR
// and lets somebody write now and then.
func (d *Demo) Start(ctx context.Context) error {
	if err := d.App.Start(ctx); err != nil {
		return err
	}
	title, name := "Bakery", model.SessionName("bakery")
	if d.App.Settings.Get().Language == "es" {
		title, name = "Panadería", "panaderia"
	}
	var err error
	if d.session, err = d.App.Sessions.Add(ctx, name, title); err != nil {
		return err
	}
	d.wg.Go(d.pair)
	d.wg.Go(d.live)
	return nil
}

// pair connects the session and notes when its first QR appears.
func (d *Demo) pair() {
	box := d.App.Events.Subscribe()
	defer box.Close()
	if err := d.App.Sessions.Connect(d.life, d.session.ID); err != nil {
		d.App.Log.WithError(err).Warn("connect the demo")
	}
	for {
		if _, ok := d.App.Sessions.QR(d.session.ID); ok {
			d.mu.Lock()
			d.firstQR = time.Now()
			d.mu.Unlock()
			d.App.Events.Publish(event.Batch{Sessions: event.Of(d.session.ID)})
			return
		}
		select {
		case <-d.life.Done():
			return
		case _, open := <-box.Ready():
			if !open {
				return
			}
			box.Take()
		}
	}
}

// live lets somebody write now and then. The gateway tells of it by itself.
func (d *Demo) live() {
	rng := rand.New(rand.NewPCG(7, 7)) // the same conversations each time
	name := string(d.session.Name)
	for d.sleep(demoChatter/2 + time.Duration(rng.Int64N(int64(demoChatter)))) {
		s, err := d.App.Sessions.Get(d.life, d.session.ID)
		if err != nil || s.State != model.StateConnected || s.LastSyncAt.IsZero() {
			continue
		}
		chat, text := d.server.DemoLine(name, rng)
		if chat == "" {
			continue
		}
		if _, err := d.server.Phone(name).Receive(chat, text); err != nil {
			d.App.Log.WithError(err).Debug("write in the demo")
		}
	}
}

// sleep waits; false says that the demo ends.
func (d *Demo) sleep(wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-d.life.Done():
		return false
	case <-t.C:
		return true
	}
}

// Waiting tells whether the QR is on the screen and the phone has not scanned it.
func (d *Demo) Waiting() bool {
	_, ok := d.App.Sessions.QR(d.session.ID)
	return ok
}

// ScansAt returns when the phone scans by itself; zero before the first QR.
func (d *Demo) ScansAt() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.firstQR.IsZero() {
		return time.Time{}
	}
	return d.firstQR.Add(demoScan)
}

// Scan lets the phone scan now. When there is nothing to scan, nothing happens.
func (d *Demo) Scan() {
	if err := d.server.Phone(string(d.session.Name)).Scan(); err != nil {
		d.App.Log.WithError(err).Debug("scan in the demo")
	}
}

// Close ends the demo and throws its data away. It may be called again.
func (d *Demo) Close() error {
	d.end()
	var errs []error
	if d.App != nil {
		errs = append(errs, d.App.Close())
	}
	d.wg.Wait()
	if d.server != nil {
		errs = append(errs, d.server.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(d.dir))...)
}
