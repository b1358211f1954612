package session_test

import (
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

func TestEveryConditionSaysWhatGoesOnAndWhatHelps(t *testing.T) {
	helps := map[model.ConditionKind]struct{ button, call string }{
		model.ConditionLoggedOut: {"Show QR", "check"}, model.ConditionStopped: {"Connect", "connect"}, model.ConditionZombie: {"Restart", "reconnect"}, model.ConditionBroken: {"Restart", "reconnect"},
		model.ConditionNotReady: {"Restart", "reconnect"}, model.ConditionStuck: {"Restart", "reconnect"}, model.ConditionAckStuck: {"Restart", "reconnect"},
	}
	states := map[model.ConditionKind]model.SessionState{
		model.ConditionLoggedOut: model.StateWaitingQR, model.ConditionStopped: model.StateStopped, model.ConditionZombie: model.StateBroken, model.ConditionBroken: model.StateBroken,
		model.ConditionStuck: model.StateConnecting, model.ConditionPhoneAway: model.StateConnecting,
		model.ConditionBlocked: model.StateBroken, model.ConditionConflict: model.StateBroken,
	}
	for _, kind := range model.ConditionKinds() {
		t.Run(string(kind), func(t *testing.T) {
			state, ok := states[kind]
			if !ok {
				state = model.StateConnected
			}
			f := newFake(bakery(state))
			f.conditions = []model.Condition{{Kind: kind, Count: 3, Detail: "words of the gateway"}}
			b, _ := page(t, f)
			title := b.T("condition." + string(kind) + ".title")
			if kind == model.ConditionAckStuck {
				title = "3 messages have not left the gateway yet."
			}
			require.True(t, sees(b, title), title)
			require.True(t, sees(b, b.T("condition."+string(kind)+".advice")+"\nThe gateway says: words of the gateway"))
			if h, any := helps[kind]; any {
				test.Tap(button(t, b, h.button))
				b.WaitFor(func() bool { return f.count(h.call) == 1 })
			}

			f.mu.Lock()
			f.conditions = nil
			f.mu.Unlock()
			b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
			b.WaitFor(func() bool { return !sees(b, title) })
		})
	}
}

func TestWhatHelpsAgainstSeveralConditionsIsOfferedOnce(t *testing.T) {
	f := newFake(bakery(model.StateBroken))
	restarts := func(b *viewtest.Bench) (n int) {
		for _, one := range viewtest.OnScreen[*widget.Button](b.Window) {
			if one.Text == "Restart" {
				n++
			}
		}
		return n
	}
	f.conditions = []model.Condition{{Kind: model.ConditionZombie}}
	b, _ := page(t, f)
	with := restarts(b)
	f.mu.Lock()
	f.conditions = append(f.conditions, model.Condition{Kind: model.ConditionAckStuck, Count: 2})
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return sees(b, "2 messages have not left the gateway yet.") })
	require.Equal(t, with, restarts(b))
}

func TestASessionThatLostItsPhoneIsNotStarting(t *testing.T) {
	f := newFake(bakery(model.StateConnecting))
	f.conditions = []model.Condition{{Kind: model.ConditionPhoneAway}}
	b, _ := page(t, f)
	require.True(t, sees(b, "Phone cannot be reached"))
	require.False(t, sees(b, "Starting"))
	require.True(t, button(t, b, "Show QR").Disabled(), "no code comes")
	test.Tap(button(t, b, "Check status"))
	b.WaitFor(func() bool { return f.count("check") == 1 })

	f.mu.Lock()
	f.conditions = nil
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return sees(b, "Starting") && !button(t, b, "Show QR").Disabled() })
}

func TestACodeThatNobodyFollowsIsAskedForAgain(t *testing.T) {
	f := newFake(bakery(model.StateWaitingQR))
	b, _ := page(t, f)
	require.True(t, sees(b, "The code is not being renewed any more, because nobody scanned it for a while."))
	test.Tap(button(t, b, "Show QR"))
	b.WaitFor(func() bool { return f.count("check") == 1 })
}

func TestAStateThatCannotBeAskedForSaysWhy(t *testing.T) {
	s := bakery(model.StateUnknown)
	s.StateDetail = string(model.ProblemUnauthorized)
	b, _ := page(t, newFake(s))
	why, do := b.ProblemText(model.Problem{Kind: model.ProblemUnauthorized})
	require.True(t, sees(b, why+" "+do))
}

func TestAKeyThatIsRefusedLeadsToTheSettings(t *testing.T) {
	s := bakery(model.StateUnknown)
	s.StateDetail = string(model.ProblemUnauthorized)
	f := newFake(s)
	b, _ := page(t, f)
	require.Equal(t, widget.HighImportance, button(t, b, "Settings").(*widget.Button).Importance)
	require.Equal(t, widget.MediumImportance, button(t, b, "Check status").(*widget.Button).Importance, "it would only say the same")
	test.Tap(button(t, b, "Settings"))
	require.Equal(t, 1, f.count("open settings"))

	f.mu.Lock()
	f.sessions[0].State, f.sessions[0].StateDetail = model.StateConnected, ""
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return find(b, "Settings") == nil })
}

func TestAGatewayThatIsAwayIsAskedAgain(t *testing.T) {
	s := bakery(model.StateUnknown)
	s.StateDetail = string(model.ProblemUnreachable)
	b, _ := page(t, newFake(s))
	require.Equal(t, widget.HighImportance, button(t, b, "Check status").(*widget.Button).Importance)
	require.False(t, button(t, b, "Settings").Disabled(), "the address may be wrong")
}

// While the gateway does not let Buzón in, nobody knows whether what was wrong with a
// session still is: the key is what its owner can mend.
func TestAKeyThatIsRefusedGoesBeforeWhatWasWrong(t *testing.T) {
	s := bakery(model.StateUnknown)
	s.StateDetail = string(model.ProblemUnauthorized)
	f := newFake(s)
	f.conditions = []model.Condition{{Kind: model.ConditionStopped}}
	b, _ := page(t, f)
	require.True(t, sees(b, b.T("problem.unauthorized.why")+" "+b.T("problem.unauthorized.do")))
	require.False(t, sees(b, b.T("condition.stopped.title")))
}
