package sync_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// The events that the suite and the drill let through.
const (
	shortSoak = 3000
	fullSoak  = 1_000_000
)

// soak is a long stream of events into one store.
type soak struct {
	*rig
	chats  []model.ConversationRow
	marked []simulator.MessageRef // some of the messages, to be looked for
	sent   int                    // messages
	events int
	heap   []uint64
}

// TestDrillSoak lets many events through and tells what became of them.
func TestDrillSoak(t *testing.T) {
	figures := drill.Start(t, 20, "soak: events into the store")
	want := drill.Rounds(t, shortSoak, fullSoak)
	s := &soak{rig: newLiveRig(t, nil)}
	s.chats = s.rig.chats(10)
	before, err := s.store.CountMessages(t.Context(), s.session.ID)
	require.NoError(t, err)
	goroutines, began := runtime.NumGoroutine(), time.Now()
	for s.events < want {
		s.burst()
	}
	took := time.Since(began)
	count := 0
	s.until("all messages are held", func() bool {
		count, err = s.store.CountMessages(t.Context(), s.session.ID)
		require.NoError(t, err)
		return count >= before+s.sent
	})
	found := 0
	for _, ref := range s.marked {
		if c := s.held(model.JID(ref.ChatID)); s.row(c.ID, ref) != nil {
			found++
		}
	}
	state := s.live()
	figures.Told("events", s.events)
	figures.Told("a second", int(float64(s.events)/took.Seconds()))
	figures.Told("messages", s.sent)
	figures.All("held of those looked for", found, len(s.marked))
	figures.Zero("lost or doubled", count-before-s.sent)
	figures.Zero("missed", state.Missed)
	figures.Zero("dropped", state.Dropped)
	figures.Zero("opened again", state.Opened-1)
	figures.Told("bytes an event, of the gateway's too", int(s.slope()))
	s.until("no more goroutines than before, but for connections", func() bool { return runtime.NumGoroutine() <= goroutines+5 })
	figures.AtMost("more goroutines", runtime.NumGoroutine()-goroutines, 10)
	require.NoError(t, s.store.Check(t.Context()))
}

// burst lets about a hundred events come and waits until they are in the store, so
// that the queue of the socket does not grow.
func (s *soak) burst() {
	phone := s.server.Phone(sessionName)
	c := s.chats[s.events/100%len(s.chats)]
	var last simulator.MessageRef
	for i := range 30 {
		last = s.receive(c.JID, fmt.Sprint("mensaje ", s.sent))
		s.sent++
		if i%10 == 0 {
			require.NoError(s.t, phone.Edit(last, fmt.Sprint("cambiado ", s.sent)))
		}
	}
	s.marked = append(s.marked, last)
	s.until("a burst", func() bool { return s.row(c.ID, last) != nil })
	s.events = 0
	for _, n := range s.live().Events {
		s.events += n
	}
	if len(s.marked)%20 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		s.heap = append(s.heap, m.HeapAlloc)
	}
}

// slope is how many bytes the heap of the program and of the gateway, which keeps
// its messages, grew with each event in the second half.
func (s *soak) slope() float64 {
	if len(s.heap) < 4 {
		return 0
	}
	half := s.heap[len(s.heap)/2:]
	return (float64(half[len(half)-1]) - float64(half[0])) / (float64(s.events) / 2)
}

// BenchmarkEventLatency prints how long it takes from the moment that the gateway
// has a message until who watches the conversation can read it from the store, at
// 50 events a second.
func BenchmarkEventLatency(b *testing.B) {
	r := newLiveRig(b, nil)
	c := r.someone()
	seconds := 10
	if text := os.Getenv("BUZON_LATENCY_SECONDS"); text != "" {
		var err error
		seconds, err = strconv.Atoi(text)
		require.NoError(b, err, "BUZON_LATENCY_SECONDS")
	}
	box := r.bus.Subscribe()
	defer box.Close()
	const rate = 50
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		tick := time.NewTicker(3 * time.Second / rate) // each message is told by three events
		for i := range seconds * rate / 3 {
			<-tick.C
			box.Take()
			began := time.Now()
			ref := r.receive(c.JID, fmt.Sprint("a tiempo ", i))
			took = append(took, r.shown(b, box, c.ID, ref, began))
		}
		tick.Stop()
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "ms-median")
	b.ReportMetric(at(0.95), "ms-p95")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(at(1), "ms-max")
}

// shown waits until a message is told to the views and read by one of them.
func (r *rig) shown(b *testing.B, box *event.Mailbox, id model.ConversationID, ref simulator.MessageRef, began time.Time) time.Duration {
	b.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		select {
		case <-box.Ready():
			if batch := box.Take(); batch.Messages.Has(id) && r.row(id, ref) != nil {
				return time.Since(began)
			}
		case <-deadline.C:
			require.FailNow(b, "the message is not shown")
		}
	}
}
