package sync

import (
	"sync"
	"time"

	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// queueEvents and queueBytes bound the events that wait for the store.
	queueEvents = 5000
	queueBytes  = 32 << 20
	// eventCost is about what an event takes beside its texts, in bytes.
	eventCost = 2 << 10
)

// heard is an event that came.
type heard struct {
	gateway.Event
	live bool // the stream was open and caught up
	at   time.Time
}

// eventQueue keeps events until they are applied. Whoever reads the socket never
// waits for the store: what is too much is dropped.
type eventQueue struct {
	wake chan struct{}

	mu     sync.Mutex
	events []heard
	bytes  int
	taken  bool // what was taken last may not be applied yet
}

func newEventQueue() *eventQueue { return &eventQueue{wake: make(chan struct{}, 1)} }

// put keeps an event; false says that there was no room.
func (q *eventQueue) put(h heard) bool {
	cost := costOf(&h.Event)
	q.mu.Lock()
	fits := len(q.events) < queueEvents && q.bytes+cost <= queueBytes
	if fits {
		q.events = append(q.events, h)
		q.bytes += cost
	}
	q.mu.Unlock()
	q.nudge()
	return fits
}

func (q *eventQueue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// take returns the oldest events, at most so many.
func (q *eventQueue) take(most int) []heard {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.events))
	taken := q.events[:n:n]
	q.taken = n > 0
	q.events = q.events[n:]
	if len(q.events) == 0 {
		q.events = nil
	}
	for i := range taken {
		q.bytes -= costOf(&taken[i].Event)
	}
	return taken
}

// idle tells whether all that came is applied.
func (q *eventQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.events) == 0 && !q.taken
}

// costOf estimates the memory that an event holds.
func costOf(e *gateway.Event) int {
	cost := eventCost + len(e.NewBody) + len(e.PrevBody)
	for _, m := range []*gateway.Message{e.Message, e.Revoked} {
		cost += messageCost(m)
	}
	if c := e.Chat; c != nil {
		cost += messageCost(c.LastMessage)
		if c.Group != nil {
			cost += len(c.Group.Participants)*100 + len(c.Group.Description)
		}
	}
	return cost
}

func messageCost(m *gateway.Message) int {
	if m == nil {
		return 0
	}
	cost := eventCost + len(m.Body) + len(m.Caption) + len(m.Thumbnail)
	for _, card := range m.VCards {
		cost += len(card)
	}
	return cost
}
