package sync_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

const (
	autoRestart = "auto_restart"
	restartCall = "GET /session/restart"
)

// crashes crashes the session, and waits until it was restarted by itself and is
// connected again.
func (r *rig) crashes() {
	r.t.Helper()
	before := r.actions(autoRestart)
	require.NoError(r.t, r.server.Phone(sessionName).Crash())
	r.until("it was restarted by itself", func() bool { return r.actions(autoRestart) == before+1 })
	r.untilLoaded()
	r.looks(1) // by then it is noted since when the session works
}

// crashed returns a rig whose session has crashed once and was restarted by itself; now
// is its clock, nil that of the machine.
func crashed(t *testing.T, now func() time.Time) *rig {
	t.Helper()
	r := newRig(t, rigOptions{simulator: small, scheduled: true, now: now})
	r.connect()
	r.untilLoaded()
	r.crashes()
	return r
}

// untilLoaded waits until the session answers. That it is connected is asked first: a
// state from before is written over a moment before the engine acts on it.
func (r *rig) untilLoaded() {
	r.t.Helper()
	r.until("the session can be used", func() bool {
		return r.state() == model.StateConnected && r.engine.Connected(r.session.ID)
	})
}

// crashesInVain crashes the session, which is not restarted this time.
func (r *rig) crashesInVain(kind model.ConditionKind) {
	r.t.Helper()
	before := r.server.Count(restartCall)
	require.NoError(r.t, r.server.Phone(sessionName).Crash())
	r.untilCondition(kind, true)
	require.Equal(r.t, before, r.server.Count(restartCall))
}

func TestACrashAfterAHealthyWhileIsANewTrouble(t *testing.T) {
	var clock wall
	r := crashed(t, clock.now)
	clock.set(6 * time.Minute)
	r.crashes()
	_, told := r.condition(model.ConditionZombie)
	require.False(t, told)
}

func TestARestartByTheOwnerBeginsAnew(t *testing.T) {
	r := crashed(t, nil)
	r.crashesInVain(model.ConditionZombie) // at once again
	require.NoError(t, r.engine.Reconnect(t.Context(), r.session.ID))
	r.untilLoaded()
	r.untilCondition(model.ConditionZombie, false)
	r.crashes()
	r.crashesInVain(model.ConditionZombie)
}

// Whoever scans the QR has started the session anew as much as by the button.
func TestALinkByTheOwnerBeginsAnew(t *testing.T) {
	r := crashed(t, nil)
	phone := r.server.Phone(sessionName)
	require.NoError(t, phone.Logout())
	r.until("a new QR", func() bool { return r.state() == model.StateWaitingQR })
	require.NoError(t, phone.Scan())
	r.untilLoaded()
	r.crashes()
}

func TestACrashOfAnotherGatewayProcessIsANewTrouble(t *testing.T) {
	r := crashed(t, nil)
	require.NoError(t, r.client.Stop(t.Context(), sessionName))
	r.until("it is not in memory", func() bool { return r.state() == model.StateStopped })
	require.NoError(t, r.client.StartSession(t.Context(), sessionName)) // by nobody here
	r.untilLoaded()
	r.crashes()
}

// A session that breaks every few minutes is restarted ever more seldom, and what is
// said then does not claim a restart that was not tried.
func TestASessionThatBreaksAgainAndAgainIsRestartedMoreSeldom(t *testing.T) {
	var clock wall
	r := crashed(t, clock.now)
	clock.set(6 * time.Minute)
	r.crashes()
	clock.set(12 * time.Minute)
	r.crashesInVain(model.ConditionBroken)
	clock.set(25 * time.Minute) // it stays as it is, and says the same
	_, err := r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	_, broken := r.condition(model.ConditionBroken)
	_, zombie := r.condition(model.ConditionZombie)
	require.True(t, broken)
	require.False(t, zombie)
	require.Equal(t, 2, r.server.Count(restartCall))

	require.NoError(t, r.engine.Reconnect(t.Context(), r.session.ID))
	r.untilLoaded()
	r.untilCondition(model.ConditionBroken, false)
	r.crashes()
}

// What kept a session from working is over before it is said to be connected, however
// long its page takes to tell whose account it is.
func TestAConnectedSessionIsNotSaidToBeStopped(t *testing.T) {
	var held atomic.Bool
	release := make(chan struct{})
	r := newRig(t, rigOptions{simulator: small, scheduled: true, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if held.Load() && strings.Contains(q.URL.Path, "/getClassInfo/") {
				<-release
			}
			next.ServeHTTP(w, q)
		})
	}})
	r.connect()
	r.untilLoaded()
	require.NoError(t, r.client.Stop(t.Context(), sessionName))
	r.untilCondition(model.ConditionStopped, true)
	held.Store(true)
	require.NoError(t, r.client.StartSession(t.Context(), sessionName))
	r.until("it is connected", func() bool { return r.state() == model.StateConnected })
	_, stopped := r.condition(model.ConditionStopped)
	close(release)
	require.False(t, stopped)
}
