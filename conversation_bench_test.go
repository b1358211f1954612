package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// offlineSessions keeps the screen from asking a gateway.
type offlineSessions struct{}

func (offlineSessions) List(context.Context) ([]model.Session, error) { return nil, nil }

// bigWindow is a window of 1280×800 on the big store, drawn into memory.
type bigWindow struct {
	*viewtest.Bench
	t           testing.TB
	app         *app.App
	screen      *conversations.Screen
	list        *widgets.MessageList
	large, next model.ConversationID // the largest conversation and another one
}

func openBig(b *testing.B) *bigWindow {
	b.Helper()
	_, path := storetest.Big(b)
	dir := b.TempDir()
	for _, end := range []string{"", "-wal"} { // messages come into it: the one that is kept stays as it is
		copyFile(b, path+end, filepath.Join(dir, "buzon.db"+end))
	}
	a, err := app.New(context.Background(), app.Options{DataDir: dir, Mode: app.ModeCommand})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, a.Close()) })
	w := &bigWindow{Bench: viewtest.NewTestContext(b), t: b, app: a}
	rows, err := a.Conversations.List(context.Background(), model.ConversationQuery{Limit: 200})
	require.NoError(b, err)
	const many = 2000
	for _, r := range rows {
		page, err := a.Conversations.Messages(context.Background(), model.MessageQuery{ConversationID: r.ID, Limit: many})
		require.NoError(b, err)
		switch {
		case len(page) == many:
			w.large = r.ID
		case len(page) > 100:
			w.next = r.ID
		}
	}
	require.NotZero(b, w.large)
	require.NotZero(b, w.next)
	w.screen = conversations.New(w.Context, a.Conversations, conversations.Options{Sessions: offlineSessions{}})
	w.Window.SetPadded(false)
	w.Window.SetContent(w.screen.Content())
	w.Window.Resize(fyne.NewSize(1280, 800))
	w.screen.Activate()
	b.Cleanup(w.screen.Deactivate)
	w.open(w.large, w.newest(w.large))
	return w
}

func copyFile(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	require.NoError(b, err)
	defer in.Close() //nolint:errcheck // it was only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	require.NoError(b, err)
	_, err = io.Copy(out, in)
	require.NoError(b, errors.Join(err, out.Close()))
}

// newest returns the row of the last message of a conversation.
func (w *bigWindow) newest(id model.ConversationID) widgets.ItemID {
	rows, err := w.app.Conversations.Messages(context.Background(), model.MessageQuery{ConversationID: id, Limit: 1})
	require.NoError(w.t, err)
	kind := widgets.ItemMessage
	if rows[0].Type.IsNotice() {
		kind = widgets.ItemNotice
	}
	return widgets.ItemID{Kind: kind, Key: int64(rows[0].ID)}
}

// open shows a conversation and returns once its last message can be drawn.
func (w *bigWindow) open(id model.ConversationID, last widgets.ItemID) {
	w.screen.Open(id)
	w.WaitFor(func() bool {
		if w.list == nil {
			lists := viewtest.All[*widgets.MessageList](w.screen.Content())
			if len(lists) == 0 {
				return false
			}
			w.list = lists[0]
		}
		_, seen := w.list.RowTop(last)
		return seen
	})
}

func (w *bigWindow) paint() image.Image { return w.Window.Canvas().Capture() }

// times are measured durations, of which the middle and the worst twentieth count.
type times []time.Duration

func (d times) at(share float64) time.Duration {
	slices.Sort(d)
	return d[min(int(float64(len(d))*share), len(d)-1)]
}

func (d times) report(b *testing.B) {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(d.at(0.5)), "ms-median")
	b.ReportMetric(ms(d.at(0.95)), "ms-p95")
}

// BenchmarkConversation measures the window on 1,000,000 messages, 10,000
// conversations and 100,000 contacts, drawn into memory by Fyne's painter for
// tests, which draws every word anew. It shows what the window itself does
// (ms-without-paint, ms-median-layout) and its allocations without a display;
// the budgets are those of a real window, BenchmarkRealWindow.
func BenchmarkConversation(b *testing.B) {
	w := openBig(b)
	b.Run("open-100000-to-first-paint", w.benchOpen)
	b.Run("scroll-step", w.benchScroll)
	b.Run("scroll-1000-up-1000-down", w.benchHeap)
	b.Run("click-in-a-burst-of-1000", w.benchBurst)
}

func (w *bigWindow) benchOpen(b *testing.B) {
	var read, total times
	large, next := w.newest(w.large), w.newest(w.next)
	for b.Loop() {
		w.open(w.next, next)
		began := time.Now()
		w.open(w.large, large)
		read = append(read, time.Since(began))
		w.paint()
		total = append(total, time.Since(began))
	}
	total.report(b)
	b.ReportMetric(float64(read.at(0.5).Microseconds())/1000, "ms-without-paint")
}

// benchScroll measures a step of the wheel with the frame that it causes.
func (w *bigWindow) benchScroll(b *testing.B) {
	w.open(w.large, w.newest(w.large))
	var layout, total times
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		dy := float32(40)
		if n/500%2 == 1 {
			dy = -40
		}
		n++
		began := time.Now()
		w.list.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, dy)})
		layout = append(layout, time.Since(began))
		w.paint()
		total = append(total, time.Since(began))
		w.Drain()
	}
	total.report(b)
	b.ReportMetric(float64(layout.at(0.5).Microseconds())/1000, "ms-median-layout")
	b.ReportMetric(float64(layout.at(0.95).Microseconds())/1000, "ms-p95-layout")
}

// benchHeap scrolls far up and down again, pages of the store and all.
func (w *bigWindow) benchHeap(b *testing.B) {
	heap := func() float64 {
		for range 3 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	steps := func(dy float32) {
		for range 1000 {
			w.list.ScrollBy(dy)
			w.Drain()
		}
		w.WaitFor(func() bool { return w.Queue.Len() == 0 })
	}
	var before, after, most float64
	for b.Loop() {
		w.open(w.next, w.newest(w.next))
		w.open(w.large, w.newest(w.large))
		steps(120) // what is kept of what was seen is filled once
		steps(-120)
		w.list.ScrollToEnd()
		before = heap()
		steps(120)
		most = heap()
		steps(-120)
		after = heap()
	}
	b.ReportMetric(before, "MB-before")
	b.ReportMetric(most, "MB-top")
	b.ReportMetric(after, "MB-after")
	b.ReportMetric(100*(after/before-1), "%-more")
}

// benchBurst lets a thousand messages come while a row is clicked.
func (w *bigWindow) benchBurst(b *testing.B) {
	ctx := context.Background()
	w.open(w.large, w.newest(w.large))
	var clicks times
	serial := 0
	second := time.Now().Unix()
	for b.Loop() {
		done := make(chan error, 1)
		go func() { // owned by this loop, which waits for it
			done <- func() error {
				for range 100 {
					batch := model.MessageBatch{ConversationID: w.large}
					for range 10 {
						serial++
						second++
						m := model.MessageIn{Unix: second}
						m.Type, m.ShortID, m.Text = model.TypeChat, model.ShortID(fmt.Sprintf("BURST%d-%d", time.Now().UnixNano(), serial)), "¿Tenéis pan de centeno para mañana?"
						batch.Messages = append(batch.Messages, m)
					}
					if _, err := w.app.Store.SaveMessages(ctx, []model.MessageBatch{batch}, model.StampUnix(second)); err != nil {
						return err
					}
					w.Bus.Publish(event.Batch{Messages: event.Of(w.large), Incoming: map[model.ConversationID]int{w.large: 10}})
				}
				return nil
			}()
			w.Queue.Do(func() {})
		}()
		for running := true; running; {
			began := time.Now()
			clicked := false
			w.Queue.Do(func() { // a click waits its turn behind what the window has to do
				test.TapCanvas(w.Window.Canvas(), fyne.NewPos(900, 300))
				w.paint()
				clicked = true
			})
			for !clicked {
				w.Drain()
			}
			clicks = append(clicks, time.Since(began))
			select {
			case err := <-done:
				require.NoError(b, err)
				running = false
			default:
			}
		}
		w.WaitFor(func() bool { return w.Queue.Len() == 0 })
	}
	clicks.report(b)
	b.ReportMetric(float64(clicks.at(1).Microseconds())/1000, "ms-worst")
}
