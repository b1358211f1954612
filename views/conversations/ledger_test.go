package conversations_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// heldBook is a ledger with one gap until it is repaired.
type heldBook struct {
	mu       sync.Mutex
	repaired []model.RepairWish
}

func (h *heldBook) Summary(context.Context, model.ConversationID) (model.LedgerSummary, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := model.LedgerSummary{
		State: model.LedgerGaps, From: model.StampUnix(1_700_000_000), Newest: model.StampUnix(1_700_090_000), End: model.EndLimit,
		Gaps: []model.Gap{{Below: model.MessageIDAt(1_700_010_000), Above: model.MessageIDAt(1_700_020_000), Cause: model.GapReconnect}},
	}
	if len(h.repaired) > 0 {
		s.State, s.Gaps = model.LedgerComplete, nil
	}
	return s, nil
}

func (h *heldBook) Repair(_ context.Context, _ model.ConversationID, wish model.RepairWish, tell func(model.RepairReport)) (model.RepairReport, error) {
	tell(model.RepairReport{Calls: 1})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.repaired = append(h.repaired, wish)
	return model.RepairReport{Counts: model.Counts{Created: 7}, Calls: 2, State: model.LedgerComplete, End: model.RepairFilled}, nil
}

// TestAnOlderReadingOfTheLedgerDoesNotHideANewerOne: the ledger is read with the page and
// by itself, and the page may take longer.
func TestAnOlderReadingOfTheLedgerDoesNotHideANewerOne(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	book := &heldBook{}
	b := viewtest.NewTestContext(t)
	f.notify = b.Queue.Do
	s := conversations.New(b.Context, f, conversations.Options{Sessions: connected(), Ledger: book})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	opened(t, b, s, 1, "message 2 of Ana")
	says := func(state string) bool {
		return slices.ContainsFunc(viewtest.All[*widgets.IconButton](s.Content()), func(i *widgets.IconButton) bool {
			return i.Visible() && strings.HasPrefix(i.Name(), b.T(state))
		})
	}
	require.True(t, says("ledger.state.gaps"))

	gate, asked := make(chan struct{}), f.called("Messages 1")
	f.set(func() { f.hold["Messages"] = gate })
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return f.called("Messages 1") > asked })
	book.mu.Lock()
	book.repaired = []model.RepairWish{{}}
	book.mu.Unlock()
	b.Bus.Publish(event.Batch{Ledger: event.Of(f.convs[1].SessionID)})
	b.Settle()
	require.True(t, says("ledger.state.complete"))
	close(gate)
	b.Settle()
	require.True(t, says("ledger.state.complete"))
}

func TestHeaderSaysWhetherMessagesMayBeMissingAndFillsThem(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	book := &heldBook{}
	b := viewtest.NewTestContext(t)
	f.notify = b.Queue.Do
	s := conversations.New(b.Context, f, conversations.Options{Sessions: connected(), Ledger: book})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	b.WaitFor(func() bool { return len(rowNames(s)) == 1 })
	s.Open(1)
	sign := func(part string) *widgets.IconButton {
		for _, i := range viewtest.All[*widgets.IconButton](s.Content()) {
			if i.Visible() && strings.HasPrefix(i.Name(), part) {
				return i
			}
		}
		return nil
	}
	b.Settle() // what is read again later would know nothing of the repair: no event tells of it here
	require.NotNil(t, sign(b.T("ledger.state.gaps")))
	test.Tap(sign(b.T("ledger.state.gaps")))
	said := func(text string) bool {
		top := b.Window.Canvas().Overlays().Top()
		return top != nil && slices.ContainsFunc(viewtest.Texts(top), func(s string) bool { return s == text })
	}
	require.True(t, said(b.T("ledger.title")))
	require.True(t, viewtest.CanTap(b.Window, b.T("ledger.fill")), "the session is known to be connected")
	viewtest.TapButton(t, b.Window, b.T("ledger.fill"))
	b.WaitFor(func() bool { return said(b.N("ledger.found", 7) + " " + b.T("ledger.end.filled")) })
	require.Equal(t, []model.RepairWish{{}}, book.repaired)
	b.WaitFor(func() bool { return sign(b.T("ledger.state.complete")) != nil })
}
