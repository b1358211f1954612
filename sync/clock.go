package sync

import (
	"time"

	"github.com/xappiens/buzon/model"
)

// leastJump is how far the clock on the wall must move against the one that only
// counts before it is taken for a jump: the computer slept, or its clock was set.
const leastJump = 30 * time.Second

// clock notices jumps. It belongs to one goroutine.
type clock struct {
	wall, counted time.Time
}

// jump returns how far the clock on the wall has jumped since the last call,
// zero when it has not. now is the time on the wall.
func (c *clock) jump(now time.Time) time.Duration {
	wall, counted := now.Round(0), time.Now()
	before := *c
	c.wall, c.counted = wall, counted
	if before.wall.IsZero() {
		return 0
	}
	d := wall.Sub(before.wall) - counted.Sub(before.counted)
	if d.Abs() < leastJump {
		return 0
	}
	return d
}

// watchClock looks anew at everything after the computer slept or its clock was
// set: what was due meanwhile is done once, and nothing waits for a time that
// has moved away.
func (w *worker) watchClock() {
	now := w.e.p.Now()
	d := w.watch.clock.jump(now)
	if d == 0 {
		return
	}
	w.log.Infof("the clock jumped by %s", d.Round(time.Second))
	w.due.status, w.due.sync = now, time.Time{}
	for _, t := range []*time.Time{&w.due.avatar, &w.watch.acks} {
		if !t.IsZero() && d < 0 {
			*t = now
		}
	}
	w.lastFull = time.Time{} // "what moved since" rests on the clock
	w.outbox.nudge()
}

// watchSkew says when this computer's clock and the gateway's differ: the times
// of messages are the gateway's.
func (w *worker) watchSkew() {
	skew, known := w.skew()
	if !known || skew.Abs() <= maxSkew*time.Second {
		w.lower(model.ConditionClock)
		return
	}
	seconds := int(skew.Abs().Round(time.Minute) / time.Second)
	w.raise(model.Condition{Kind: model.ConditionClock, Count: seconds})
}

// skew returns by how much the gateway's clock is before this one, as its newest
// answer told. It is right only just after a call.
func (w *worker) skew() (time.Duration, bool) {
	there, here := w.e.p.Gateway().ServerTime()
	if there.IsZero() {
		return 0, false
	}
	elapsed := max(time.Since(here), 0)
	return there.Add(elapsed).Sub(w.e.p.Now().Round(0)), true
}
