package conversations_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// heldDialog opens the dialog about what is held.
func heldDialog(t *testing.T, options ...viewtest.Option) *torn {
	d := newTorn(t, connected(), 170, 180, options...)
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		return model.RepairReport{Calls: 1, End: model.RepairFilled}, nil
	}
	seams, _ := d.rows()
	messageList(d.s).OnAction(seams[0].ID, "held")
	require.Contains(t, viewtest.Texts(d.Window.Canvas().Overlays().Top()), d.T("ledger.title"))
	return d
}

// inDialog returns the objects of a type in the dialog.
func inDialog[T fyne.CanvasObject](d *torn) []T {
	if top := d.Window.Canvas().Overlays().Top(); top != nil {
		return viewtest.All[T](top)
	}
	return nil
}

func (d *torn) key(name fyne.KeyName) {
	d.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
}

func (d *torn) dialogSays(text string) bool {
	for _, l := range inDialog[*widget.Label](d) {
		if l.Text == text {
			return true
		}
	}
	return false
}

// chooseSince walks to the choice of a day and into its field, by keyboard alone.
func (d *torn) chooseSince() *ui.Entry {
	d.t.Helper()
	require.Empty(d.t, inDialog[*ui.Entry](d), "no day is asked for")
	d.Window.Canvas().(test.WindowlessCanvas).FocusPrevious()
	for range 4 { // what is missing, week, month, year, since
		d.key(fyne.KeyRight)
	}
	require.Len(d.t, inDialog[*ui.Entry](d), 1)
	d.Window.Canvas().(test.WindowlessCanvas).FocusNext()
	field, ok := d.Window.Canvas().Focused().(*ui.Entry)
	require.True(d.t, ok, "the day comes after the choice")
	return field
}

func TestEverythingSinceADateIsFetched(t *testing.T) {
	d := heldDialog(t)
	field := d.chooseSince()
	require.True(t, d.dialogSays("Write the day from which everything is to be fetched."))
	for _, c := range []struct{ text, says string }{
		{"soon", "This is not a date. Write it like 1 Mar 2026, 01/03/2026 or 2026-03-01."},
		{"31/02/2026", "This is not a date. Write it like 1 Mar 2026, 01/03/2026 or 2026-03-01."},
		{"24/11/2026", "That day is still to come: Tuesday, 24 November 2026. Write an earlier one."},
		{"2027", "That day is still to come: Friday, 1 January 2027. Write an earlier one."},
		{"", "Write the day from which everything is to be fetched."},
	} {
		field.SetText(c.text)
		require.True(t, d.dialogSays(c.says), "%q", c.text)
		d.key(fyne.KeyReturn)
		viewtest.TapButton(t, d.Window, d.T("ledger.fill"))
		viewtest.TapButton(t, d.Window, d.T("ledger.ask"))
		require.Equal(t, fyne.Focusable(field), d.Window.Canvas().Focused(), "it waits for another day")
		require.Empty(t, d.book.wished(), "%q", c.text)
	}

	midnight := time.Date(2026, 3, 1, 0, 0, 0, 0, viewtest.Zone())
	for i, text := range []string{"1 mar 2026", "01/03/2026", "2026-03-01", " 1 de marzo de 2026 "} {
		field.SetText(text)
		require.True(t, d.dialogSays("Everything since: Sunday, 1 March 2026."), "%q", text)
		d.key(fyne.KeyReturn)
		d.WaitFor(func() bool {
			return len(d.book.wished()) == i+1 && d.dialogSays("No new messages. Nothing is missing.")
		})
		require.Equal(t, model.RepairWish{Since: model.StampOf(midnight)}, d.book.wished()[i])
	}
	viewtest.TapButton(t, d.Window, d.T("ledger.ask"))
	d.WaitFor(func() bool { return len(d.book.wished()) == 5 })
	require.Equal(t, model.RepairWish{Since: model.StampOf(midnight), AskPhone: true}, d.book.wished()[4])
	d.settle()
}

func TestDialogOfWhatIsHeldIsLeftByKeyboard(t *testing.T) {
	for name, walk := range map[string]func(*torn){
		"from a button": func(*torn) {},
		"from the choice": func(d *torn) {
			d.Window.Canvas().(test.WindowlessCanvas).FocusPrevious()
			_, ok := d.Window.Canvas().Focused().(interface{ SelectedIndex() int })
			require.True(d.t, ok)
		},
		"from the day": func(d *torn) { d.chooseSince() },
	} {
		t.Run(name, func(t *testing.T) {
			d := heldDialog(t)
			walk(d)
			d.key(fyne.KeyEscape)
			require.Nil(t, d.Window.Canvas().Overlays().Top())
		})
	}
}

func TestDialogOfWhatIsHeldFillsByEnterAndClosesWithItsConversation(t *testing.T) {
	d := heldDialog(t)
	d.key(fyne.KeyReturn)
	d.WaitFor(func() bool { return len(d.book.wished()) == 1 && d.dialogSays("No new messages. Nothing is missing.") })
	d.f.set(func() { d.f.add(2, "Bar La Plaza", 3) })
	d.s.Open(2)
	require.Nil(t, d.Window.Canvas().Overlays().Top(), "it is about another one")
	d.settle()
}

func TestDialogOfWhatIsHeldHasTheKeyboardOffline(t *testing.T) {
	d := newTorn(t, offline(), 170, 180)
	d.act("held")
	d.key(fyne.KeyReturn) // Close
	require.Nil(t, d.Window.Canvas().Overlays().Top())
}
