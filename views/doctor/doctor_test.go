package doctor_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/doctor"
	"github.com/xappiens/buzon/views/viewtest"
)

type fake struct {
	rounds [][]model.Check
	hold   chan struct{} // the first check waits for it; nil: it does not
	n      int
}

func (f *fake) Examine(ctx context.Context, report func(model.Check)) []model.Check {
	all := f.rounds[min(f.n, len(f.rounds)-1)]
	f.n++
	for i, c := range all {
		if i == 1 && f.hold != nil {
			select {
			case <-f.hold:
			case <-ctx.Done():
				return all[:i]
			}
		}
		report(c)
	}
	return all
}

func (f *fake) Mask(text string) string { return strings.ReplaceAll(text, "34600111222", "(number)") }

func page(t *testing.T, f *fake) (*viewtest.Bench, *doctor.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, viewtest.WindowSize(1000, 700))
	s := doctor.New(b.Context, f, doctor.Options{Version: "Buzón 1.0"})
	b.Window.SetContent(s.Content())
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func sees(b *viewtest.Bench, words string) bool {
	for _, o := range test.LaidOutObjects(b.Window.Canvas().Content()) {
		if l, ok := o.(*widget.Label); ok && l.Visible() && l.Text == words {
			return true
		}
	}
	return false
}

func button(t *testing.T, b *viewtest.Bench, name string) fyne.Tappable {
	t.Helper()
	for _, o := range test.LaidOutObjects(b.Window.Canvas().Content()) {
		if btn, ok := o.(*widget.Button); ok && btn.Text == name {
			return btn
		}
	}
	t.Fatalf("no button %q", name)
	return nil
}

func TestChecksAreShownAsTheyEndAndSummedUp(t *testing.T) {
	f := &fake{hold: make(chan struct{}), rounds: [][]model.Check{
		{
			{Name: "ping", Status: model.CheckOK},
			{Name: "proxy", Status: model.CheckSkipped},
			{Name: "session", Subject: "obrador", Status: model.CheckFailed, Reason: "browser tab closed of 34600111222", Says: "problem.session_broken.why", Cure: "problem.session_broken.do"},
			{Name: "socket", Subject: "obrador", Status: model.CheckWarning, Cure: "doctor.cure.no_socket"},
		},
		{{Name: "ping", Status: model.CheckOK}, {Name: "session", Subject: "obrador", Status: model.CheckOK, Detail: "CONNECTED"}},
	}}
	b, _ := page(t, f)
	b.WaitFor(func() bool { return sees(b, "A gateway answers") && sees(b, b.T("doctor.running")) })
	close(f.hold)
	b.WaitFor(func() bool { return sees(b, "1 thing does not work. What to do stands below it.") })
	require.True(t, sees(b, "obrador: Session"))
	require.True(t, sees(b, b.T("problem.session_broken.why")+" "+b.T("problem.session_broken.do")))
	require.NotContains(t, strings.Join(viewtest.Texts(b.Window.Content()), "\n"), "browser tab closed", "the words of a program are for the report")
	require.False(t, sees(b, b.T("doctor.check.proxy")), "what was skipped says nothing")

	test.Tap(button(t, b, b.T("doctor.copy")))
	require.Len(t, b.Copied, 1)
	report := b.Copied[0]
	require.Contains(t, report, "Buzón 1.0\n")
	require.Contains(t, report, "obrador: Session (browser tab closed of (number))")
	require.Contains(t, report, b.T("problem.session_broken.do"))

	f.hold = nil
	test.Tap(button(t, b, b.T("doctor.again")))
	b.WaitFor(func() bool { return sees(b, "Everything works.") })
	require.False(t, sees(b, b.T("problem.session_broken.do")))
}

func TestWhatIsWrongIsSaidBeforeTheCure(t *testing.T) {
	b, _ := page(t, &fake{rounds: [][]model.Check{{
		{Name: "condition", Subject: "obrador", Status: model.CheckWarning, Says: "condition.ack_stuck.title", Cure: "condition.ack_stuck.advice", Count: 3},
		{Name: "ping", Status: model.CheckOK},
	}}})
	words := "3 messages have not left the gateway yet. " + b.T("condition.ack_stuck.advice")
	b.WaitFor(func() bool { return sees(b, words) && sees(b, "Everything works; 1 thing is worth knowing.") })
	test.Tap(button(t, b, b.T("doctor.copy")))
	require.Contains(t, b.Copied[0], words)
}

// TestWhatDoesNotWorkIsBroughtIntoSight: the summary says that the cure stands below,
// which must not mean beneath the edge of the window.
func TestWhatDoesNotWorkIsBroughtIntoSight(t *testing.T) {
	var checks []model.Check
	for range 40 {
		checks = append(checks, model.Check{Name: "ping", Status: model.CheckOK})
	}
	checks[30] = model.Check{Name: "session", Subject: "obrador", Status: model.CheckFailed, Cure: "problem.session_broken.do"}
	good := slices.Clone(checks)
	good[30] = model.Check{Name: "session", Subject: "obrador", Status: model.CheckOK}
	b, _ := page(t, &fake{rounds: [][]model.Check{checks, good}})
	scrolled := func() float32 {
		for _, o := range test.LaidOutObjects(b.Window.Canvas().Content()) {
			if page, ok := o.(*container.Scroll); ok {
				return page.Offset.Y
			}
		}
		return -1
	}
	b.WaitFor(func() bool { return sees(b, "1 thing does not work. What to do stands below it.") && scrolled() > 600 })
	test.Tap(button(t, b, b.T("doctor.again")))
	b.WaitFor(func() bool { return sees(b, "Everything works.") && scrolled() == 0 })
}

func TestLeavingThePageGivesUp(t *testing.T) {
	f := &fake{hold: make(chan struct{}), rounds: [][]model.Check{{{Name: "ping", Status: model.CheckOK}, {Name: "clock", Status: model.CheckOK}}}}
	b, s := page(t, f)
	b.WaitFor(func() bool { return sees(b, "A gateway answers") })
	s.Deactivate()
	require.False(t, sees(b, b.T("doctor.running")))
	f.hold = nil
	s.Activate()
	b.WaitFor(func() bool { return sees(b, "Everything works.") && sees(b, b.T("doctor.check.clock")) })
}
