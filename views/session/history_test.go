package session_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/viewtest"
)

// history is the ledger of a session; the test moves it. A call to cancel waits
// while hold is set.
type history struct {
	mu     sync.Mutex
	job    model.LedgerJob
	calls  []string
	refuse error
	hold   chan struct{}
}

func (h *history) set(change func(*model.LedgerJob)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(&h.job)
}

func (h *history) called() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.calls...)
}

func (h *history) Totals(context.Context, model.SessionID) (model.LedgerTotals, error) {
	return model.LedgerTotals{Complete: 9, Gaps: 2, NotBegun: 1}, nil
}

func (h *history) History(context.Context, model.SessionID) (model.LedgerJob, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.job, nil
}

func (h *history) StartHistory(context.Context, model.SessionID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, "start")
	h.job = model.LedgerJob{SessionID: 1, Kind: model.JobHistory, StartedAt: 1, Total: 12}
	return h.refuse
}

func (h *history) CancelHistory(context.Context, model.SessionID) error {
	h.mu.Lock()
	h.calls = append(h.calls, "cancel")
	hold := h.hold
	h.mu.Unlock()
	if hold != nil {
		<-hold
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse == nil {
		h.job.Canceled = true
	}
	return h.refuse
}

// toast returns what the toasts say.
func toast(b *viewtest.Bench) string { return strings.Join(viewtest.Texts(b.Toasts.Overlay()), " ") }

// historyPage shows a session with the ledger.
func historyPage(t *testing.T, f *fake, h *history, options ...viewtest.Option) *viewtest.Bench {
	t.Helper()
	b := viewtest.NewTestContext(t, append([]viewtest.Option{viewtest.WindowSize(1000, 900)}, options...)...)
	s := session.New(b.Context, f, f, session.Options{Ledger: h})
	b.Window.SetContent(s.Content())
	s.Activate()
	t.Cleanup(s.Deactivate)
	b.Settle()
	require.True(t, sees(b, totals(b)))
	return b
}

func totals(b *viewtest.Bench) string {
	return b.N("session.ledger.complete", 9) + " · " + b.N("session.ledger.gaps", 2) + " · " + b.N("session.ledger.not_begun", 1)
}

// moved tells the page that the ledger moved, and waits until it says so.
func (h *history) moved(b *viewtest.Bench, change func(*model.LedgerJob), text string) {
	h.set(change)
	b.Bus.Publish(event.Batch{Ledger: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return sees(b, text) })
}

// bar returns how far the bar of the whole history is.
func bar(t *testing.T, b *viewtest.Bench) float64 {
	t.Helper()
	bars := viewtest.OnScreen[*widget.ProgressBar](b.Window)
	require.NotEmpty(t, bars, "there is no bar")
	return bars[0].Value
}

func TestWholeHistoryIsBegunAndSaysHowFarItIs(t *testing.T) {
	f, h := newFake(bakery(model.StateConnected)), &history{}
	b := historyPage(t, f, h)
	test.Tap(button(t, b, "Whole history"))
	require.Empty(t, h.called(), "it asks first")
	viewtest.TapButton(t, b.Window, "Cancel")
	require.Empty(t, h.called())
	test.Tap(button(t, b, "Whole history"))
	viewtest.TapButton(t, b.Window, "Whole history")
	b.WaitFor(func() bool { return sees(b, "Whole history: 0 of 12") })
	require.Equal(t, []string{"start"}, h.called())
	require.Nil(t, find(b, "Whole history"), "it is not begun twice")
	require.Zero(t, bar(t, b), "and how long it takes is not known yet")

	const minute = 60_000
	far := func(done int, worked int64) func(*model.LedgerJob) {
		return func(j *model.LedgerJob) { j.Done, j.WorkedMS = done, worked }
	}
	h.moved(b, far(3, 9*minute), "Whole history: 3 of 12 · about 27 minutes left")
	require.InDelta(t, 0.25, bar(t, b), 0.001)
	h.moved(b, far(11, 3*minute), "Whole history: 11 of 12 · about 1 minute left")
	h.moved(b, far(2, 60*minute), "Whole history: 2 of 12 · about 5 hours left")

	f.change(1, func(s *model.Session) { s.State = model.StateStopped })
	changed(b, "Whole history: 2 of 12 · goes on when connected")
	f.change(1, func(s *model.Session) { s.State = model.StateConnected })
	changed(b, "Whole history: 2 of 12 · about 5 hours left")

	h.moved(b, func(j *model.LedgerJob) { j.Done, j.FinishedAt = 12, 2 }, totals(b))
	b.WaitFor(func() bool { return find(b, "Whole history") != nil })
	require.Nil(t, find(b, "Cancel"))
}

func TestWholeHistoryIsCanceledOnce(t *testing.T) {
	f := newFake(bakery(model.StateConnected))
	h := &history{job: model.LedgerJob{StartedAt: 1, Done: 3, Total: 12, WorkedMS: 90_000}, hold: make(chan struct{})}
	b := historyPage(t, f, h)
	b.WaitFor(func() bool { return sees(b, "Whole history: 3 of 12 · about 5 minutes left") })
	test.Tap(button(t, b, "Cancel"))
	require.True(t, button(t, b, "Cancel").Disabled(), "while it is being asked for")
	test.Tap(button(t, b, "Cancel"))
	close(h.hold)
	b.WaitFor(func() bool { return find(b, "Whole history") != nil && find(b, "Cancel") == nil })
	require.Equal(t, []string{"cancel"}, h.called())
	require.Equal(t, b.T("session.history.canceled"), toast(b))
	require.False(t, button(t, b, "Whole history").Disabled(), "it can be begun again")
}

func TestWholeHistoryThatCannotBeCanceledGoesOn(t *testing.T) {
	h := &history{job: model.LedgerJob{StartedAt: 1, Done: 3, Total: 12}, refuse: viewtest.Fail(model.ProblemInternal, "disk")}
	b := historyPage(t, newFake(bakery(model.StateConnected)), h)
	b.WaitFor(func() bool { return sees(b, "Whole history: 3 of 12") })
	test.Tap(button(t, b, "Cancel"))
	b.Settle()
	require.NotEmpty(t, b.Logged)
	viewtest.TapButton(t, b.Window, b.T("common.close"))
	require.True(t, sees(b, "Whole history: 3 of 12"))
	require.Empty(t, toast(b))
	require.False(t, button(t, b, "Cancel").Disabled())
}

func TestWholeHistoryWaitsForAConnection(t *testing.T) {
	b := historyPage(t, newFake(bakery(model.StateStopped)), &history{})
	require.True(t, button(t, b, "Whole history").Disabled())
}
