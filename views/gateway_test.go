package views_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// What was written down of a session is as old as the last look at it. Its card and
// the strip must say the same of a gateway that is of no use, at the same moment.
func TestTheCardSaysNoMoreThanTheStripWhileTheGatewayIsAway(t *testing.T) {
	heard := func(kind model.ProblemKind) func(*window) {
		return func(w *window) { w.hear(event.GatewayState{Kind: string(kind)}) }
	}
	settings := func(change func(*model.Settings)) func(*window) {
		return func(w *window) {
			w.fake.change(func() { change(&w.fake.settings) })
			w.Bus.Publish(event.Batch{Settings: true})
		}
	}
	cases := []struct {
		why  model.ProblemKind
		word string // the key of what both say
		sign widgets.Status
		lose func(*window)
	}{
		{model.ProblemUnreachable, "main.status.unreachable", widgets.StatusBad, heard(model.ProblemUnreachable)},
		{model.ProblemTLS, "main.status.unreachable", widgets.StatusBad, heard(model.ProblemTLS)},
		{model.ProblemTimeout, "main.status.unreachable", widgets.StatusBad, heard(model.ProblemTimeout)},
		{model.ProblemRedirected, "main.status.unreachable", widgets.StatusBad, heard(model.ProblemRedirected)},
		{model.ProblemKeyring, "main.status.unreachable", widgets.StatusBad, heard(model.ProblemKeyring)},
		{model.ProblemUnauthorized, "main.status.refused", widgets.StatusBad, heard(model.ProblemUnauthorized)},
		{model.ProblemDisabled, "main.status.disabled", widgets.StatusOff, settings(func(s *model.Settings) { s.Enabled = false })},
		{model.ProblemNotConfigured, "main.status.no_gateway", widgets.StatusOff, settings(func(s *model.Settings) { s.BaseURL = "" })},
	}
	for _, lang := range []string{"es", "en"} {
		fake := newWorld()
		fake.settings.Language = lang
		fake.conditions = []model.Condition{{Kind: model.ConditionPhoneAway}}
		before := fake.settings
		w := open(t, fake, nil, viewtest.Language(lang))
		w.main.Show(views.AreaSessions)
		w.Settle()
		require.Len(t, w.dots(), 2)
		for _, state := range []model.SessionState{
			model.StateConnected, model.StateConnecting, model.StateWaitingQR, model.StateBroken, model.StateStopped, model.StateUnknown,
		} {
			for _, c := range cases {
				t.Run(fmt.Sprintf("%s/%s/%s", lang, state, c.why), func(t *testing.T) {
					fake.change(func() { fake.settings, fake.gateway, fake.sessions[0].State = before, nil, state })
					w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1)), Settings: true})
					w.Settle()
					require.Zero(t, w.saying(w.T(c.word)))

					c.lose(w)
					why, do := w.ProblemText(model.Problem{Kind: c.why})
					w.Settle()
					require.Equal(t, 2, w.saying(w.T(c.word)))
					require.True(t, w.sees(why+" "+do))
					for _, dot := range w.dots() {
						require.Equal(t, c.sign, dot.Status())
					}
					require.False(t, w.sees(w.T("condition.phone_away.title")), "nobody knows whether it still is so")
				})
			}
		}
	}
}

func TestTheCardSaysTheStateAgainOnceTheGatewayIsBack(t *testing.T) {
	w := open(t, newWorld(), nil)
	w.main.Show(views.AreaSessions)
	w.hear(event.GatewayState{Kind: string(model.ProblemUnreachable)})
	w.WaitFor(func() bool { return w.saying(w.T("main.status.unreachable")) == 2 })
	w.hear(event.GatewayState{Reachable: true})
	w.WaitFor(func() bool { return w.saying(w.T("session.state.connected")) == 2 })
}

// saying counts the strip and the cards that say a word.
func (w *window) saying(word string) (n int) {
	for _, dot := range w.dots() {
		if dot.Text() == word {
			n++
		}
	}
	return n
}

// dots returns what the strip and the cards say.
func (w *window) dots() []*widgets.StatusDot {
	return viewtest.OnScreen[*widgets.StatusDot](w.Window)
}
