package conversations_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// flood lets more messages come in place of the missing than are held at a time.
func (d *torn) flood() {
	first := d.missing[0].ID
	d.missing = nil
	for i := range 5000 {
		m := message(1, time.Unix(first.Unix(), 0), fmt.Sprint("flood ", i))
		m.ID = first + model.MessageID(i)
		d.missing = append(d.missing, m)
	}
	d.fill()
}

// TestFloodThatIsReadWhileTheOwnerScrolls reads the flood for a list at its end,
// and shows it to one that stands elsewhere by then.
func TestFloodThatIsReadWhileTheOwnerScrolls(t *testing.T) {
	d := newTorn(t, offline(), 170, 180)
	l := messageList(d.s)
	gate, asked := make(chan struct{}), d.f.called("Messages 1")
	d.f.set(func() { d.f.hold["Messages"] = gate })
	d.flood()
	d.happened()
	d.WaitFor(func() bool { return d.f.called("Messages 1") > asked })
	for range 5 {
		l.ScrollBy(100)
	}
	id, y := topmost(l)
	n := len(l.Items())
	d.f.set(func() { delete(d.f.hold, "Messages") })
	close(gate)
	d.Settle()
	require.Greater(t, len(l.Items()), n)
	now, seen := l.RowTop(id)
	require.True(t, seen, "what was read is in view")
	require.InDelta(t, y, now, 0.5)
}

// TestFloodThatIsReadWhileTheOwnerGoesToTheEnd is the other way round.
func TestFloodThatIsReadWhileTheOwnerGoesToTheEnd(t *testing.T) {
	d := newTorn(t, offline(), 170, 180)
	l := messageList(d.s)
	for range 5 {
		l.ScrollBy(100)
	}
	require.False(t, l.AtEnd())
	newest := l.Items()[len(l.Items())-1].ID
	gate, asked := make(chan struct{}), d.f.called("Messages 1")
	d.f.set(func() { d.f.hold["Messages"] = gate })
	d.flood()
	d.happened()
	d.WaitFor(func() bool { return d.f.called("Messages 1") > asked })
	l.ScrollToEnd()
	n := len(l.Items())
	d.f.set(func() { delete(d.f.hold, "Messages") })
	close(gate)
	d.Settle()
	require.Greater(t, len(l.Items()), n)
	_, seen := l.RowTop(newest)
	require.True(t, seen, "the end is in view")
	require.True(t, l.AtEnd())
}
