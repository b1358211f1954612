package conversations_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// TestLedgerIsDrawn draws where messages may be missing, and the dialog about what
// is held, in every language, theme and size; with BUZON_SCREENSHOTS set, the
// pictures are kept for a person to look at.
func TestLedgerIsDrawn(t *testing.T) {
	for name, scene := range ledgerScenes() {
		viewtest.SomePictures(t, "ledger-"+name, func(t *testing.T, p viewtest.Picture) {
			d := bakeryTorn(t, p.Size, p.Options()...)
			scene(d)
			d.Settle()
			p.Capture(t, d.Window)
		})
	}
}

// bakeryTorn shows the conversation of the bakery, with messages missing since yesterday.
func bakeryTorn(t *testing.T, size fyne.Size, options ...viewtest.Option) *torn {
	f := bakery()
	all := f.messages[1]
	below, above := all[len(all)-6].ID, all[len(all)-5].ID
	d := &torn{t: t, f: f, book: &book{}, seam: model.Seam{ConversationID: 1, After: below, From: below, Until: above, Cause: model.GapWindow}}
	d.book.set(model.Seam{ConversationID: 1, Floor: true, After: all[2].ID - 1, Until: all[2].ID, From: all[0].ID}, d.seam)
	d.book.summary.From, d.book.summary.Newest, d.book.summary.End = all[2].ID.Stamp(), all[len(all)-1].ID.Stamp(), model.EndLimit
	d.book.summary.ReconciledAt = model.StampOf(viewtest.Start()) - 7*3600_000
	d.Bench = viewtest.NewTestContext(t, options...)
	f.notify = d.Queue.Do
	d.s = conversations.New(d.Context, f, conversations.Options{Sessions: connected(), Ledger: d.book, Outbox: outgoing{f}})
	d.Window.SetPadded(false)
	d.Window.SetContent(d.s.Content())
	d.Window.Resize(size)
	d.s.Activate()
	t.Cleanup(d.s.Deactivate)
	d.s.Open(1)
	d.settle()
	require.Greater(t, len(messageList(d.s).Items()), 3)
	require.Equal(t, 1, f.called("FetchMessages 1"))
	seams, _ := d.rows()
	require.Len(t, seams, 2)
	require.Equal(t, "fill", seams[1].Content.Main)
	return d
}

func ledgerScenes() map[string]func(*torn) {
	end := func(d *torn, end model.RepairEnd, outcome model.FetchEnd, err error) {
		d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
			s := d.seam
			s.Tries, s.Outcome = 1, outcome
			d.book.set(s)
			return model.RepairReport{Calls: 1, End: end}, err
		}
		seams, _ := d.rows()
		messageList(d.s).OnAction(seams[1].ID, "fill")
		d.WaitFor(func() bool { return len(d.says()) > 0 })
		d.settle()
	}
	dialog := func(d *torn) {
		seams, _ := d.rows()
		messageList(d.s).OnAction(seams[1].ID, "held")
	}
	since := func(d *torn, text string) {
		dialog(d)
		field := d.chooseSince()
		field.SetText(text)
	}
	return map[string]func(*torn){
		"seam": func(d *torn) {
			l := messageList(d.s)
			d.Window.Canvas().Focus(l)
			for l.Selected().Kind != widgets.ItemSeam {
				l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
			}
		},
		"seam-top":     func(d *torn) { messageList(d.s).ScrollToTop() },
		"device":       func(d *torn) { end(d, model.RepairDevice, model.EndDevice, nil) },
		"gone":         func(d *torn) { end(d, model.RepairPhone, model.EndPhone, nil) },
		"failed":       func(d *torn) { end(d, "", "", viewtest.Fail(model.ProblemTimeout, "no answer")) },
		"dialog":       dialog,
		"dialog-since": func(d *torn) { since(d, "1 mar 2026") },
		"dialog-wrong": func(d *torn) { since(d, "marzo o así") },
		"filling": func(d *torn) {
			done := make(chan struct{})
			d.t.Cleanup(func() { close(done) })
			d.book.repair = func(tell func(model.RepairReport)) (model.RepairReport, error) {
				tell(model.RepairReport{Calls: 1, Counts: model.Counts{Created: 1250}})
				<-done
				return model.RepairReport{End: model.RepairFilled}, nil
			}
			seams, _ := d.rows()
			messageList(d.s).OnAction(seams[1].ID, "fill")
			d.WaitFor(func() bool { seams, _ := d.rows(); return strings.Contains(seams[1].Content.Text, "250") })
		},
	}
}
