package simulator_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

const (
	absent    = `{"success":false,"state":null,"message":"session_not_found"}`
	waiting   = `{"success":false,"state":"UNPAIRED","message":"session_not_connected"}`
	connected = `{"success":true,"state":"CONNECTED","message":"session_connected"}`
)

func status(t *testing.T, s *simulator.Server) string {
	t.Helper()
	w := get(t, s, "/session/status/s1")
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

func TestStartBlocksAndIsInvisible(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now, StartDelay: 10 * time.Second})
	answers := make(chan int, 2)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/session/start/s1", http.NoBody))
			answers <- w.Code
		}()
	}
	require.Eventually(t, func() bool { return s.Launches("s1") == 2 }, patience, time.Millisecond)
	c.Add(9 * time.Second)
	require.Equal(t, absent, status(t, s))
	require.Equal(t, `{"success":true,"result":[]}`, get(t, s, "/session/getSessions").Body.String())
	require.Equal(t, `{"success":false,"message":"session_not_found"}`, get(t, s, "/session/qr/s1").Body.String())
	require.Empty(t, answers)
	c.Add(time.Second)
	wg.Wait()
	require.Equal(t, http.StatusOK, <-answers)
	require.Equal(t, http.StatusOK, <-answers)
	require.Equal(t, waiting, status(t, s))
	require.Equal(t, 2, s.Launches("s1"))
	require.Equal(t, http.StatusUnprocessableEntity, get(t, s, "/session/start/s1").Code)
}

func TestStartGoesOnWithoutItsClient(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now, StartDelay: 10 * time.Second})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/session/start/s1", http.NoBody))
	require.Equal(t, absent, status(t, s))
	c.Add(10 * time.Second)
	require.Equal(t, waiting, status(t, s))
}

func TestOlderServerStartsAtOnce(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Flavour: simulator.FlavourC, Now: c.Now, StartDelay: 10 * time.Second})
	require.Equal(t, http.StatusOK, get(t, s, "/session/start/s1").Code)
	const notConnected = `{"success":false,"state":null,"message":"session_not_connected"}`
	require.Equal(t, notConnected, status(t, s))
	require.Equal(t, `{"success":false,"message":"qr code not ready or already scanned"}`, get(t, s, "/session/qr/s1").Body.String())
	require.Equal(t, http.StatusUnprocessableEntity, get(t, s, "/session/start/s1").Code)
	c.Add(10 * time.Second)
	require.Equal(t, notConnected, status(t, s))
	qr := member[string](t, get(t, s, "/session/qr/s1"), "qr")
	require.NoError(t, s.Phone("s1").Scan())
	require.Equal(t, connected, status(t, s))
	require.Equal(t, qr, member[string](t, get(t, s, "/session/qr/s1"), "qr"), "the old QR stays after pairing")
	require.Empty(t, s.Phone("s1").QRText())
}

func TestPairingTakesItsSteps(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now, PairAfter: 30 * time.Second, PairDelay: 4 * time.Second, ReadyDelay: 5 * time.Second, Contacts: 3, Conversations: 3, Messages: 9})
	get(t, s, "/session/start/s1")
	first := s.Phone("s1").QRText()
	c.Add(29 * time.Second)
	require.Equal(t, waiting, status(t, s))
	require.NotEqual(t, first, s.Phone("s1").QRText())
	c.Add(2 * time.Second)
	require.Equal(t, `{"success":false,"state":"PAIRING","message":"session_not_connected"}`, status(t, s))
	c.Add(2 * time.Second)
	require.Equal(t, `{"success":false,"state":"OPENING","message":"session_not_connected"}`, status(t, s))
	c.Add(time.Second)
	require.Equal(t, connected, status(t, s))

	w := get(t, s, "/client/getChats/s1")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, `{"success":false,"error":"Cannot read properties of undefined (reading 'getChats')"}`, w.Body.String())
	require.Equal(t, `{"success":true}`, get(t, s, "/client/getClassInfo/s1").Body.String())
	w = ask(t, s, http.MethodPost, "/chat/fetchMessages/s1", `{"chatId":"34600111222@c.us"}`)
	require.Equal(t, `{"success":false,"error":"Cannot read properties of undefined (reading 'getChat')"}`, w.Body.String())
	c.Add(5 * time.Second)
	require.Len(t, member[[]obj](t, get(t, s, "/client/getChats/s1"), "chats"), 3)
}

func TestStopKeepsThePairing(t *testing.T) {
	s := started(t, simulator.Config{})
	get(t, s, "/session/stop/s1")
	require.Equal(t, absent, status(t, s))
	get(t, s, "/session/start/s1")
	require.Equal(t, connected, status(t, s))
	get(t, s, "/session/terminate/s1")
	get(t, s, "/session/start/s1")
	require.Equal(t, waiting, status(t, s))
	get(t, s, "/session/terminateInactive")
	require.Equal(t, absent, status(t, s))
}

func TestZombie(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now, Paired: true})
	get(t, s, "/session/start/s1")
	require.NoError(t, s.Phone("s1").Crash())
	require.Equal(t, `{"success":false,"state":null,"message":"browser tab closed"}`, status(t, s))
	w := get(t, s, "/client/getContacts/s1")
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, `{"success":false,"error":"browser tab closed"}`, w.Body.String())
	require.Equal(t, http.StatusUnprocessableEntity, get(t, s, "/session/start/s1").Code)
	require.Equal(t, `{"success":true,"message":"Restarted successfully"}`, get(t, s, "/session/restart/s1").Body.String())
	require.Equal(t, connected, status(t, s))
	require.NoError(t, s.Phone("s1").Crash())
	require.NoError(t, s.Phone("s1").Recover())
	require.Equal(t, connected, status(t, s))
	require.Equal(t, 3, s.Launches("s1"))
}

func TestLogoutOnThePhone(t *testing.T) {
	s := started(t, simulator.Config{})
	require.ErrorIs(t, s.Phone("s1").Scan(), simulator.ErrNoQR)
	require.NoError(t, s.Phone("s1").Logout())
	require.Equal(t, waiting, status(t, s))
	require.NotEmpty(t, member[string](t, get(t, s, "/session/qr/s1"), "qr"))
	require.NoError(t, s.Phone("s1").Scan())
	require.Equal(t, connected, status(t, s))
}

func TestOddStates(t *testing.T) {
	s := started(t, simulator.Config{})
	for _, state := range []string{"TIMEOUT", "CONFLICT", "PROXYBLOCK"} {
		require.NoError(t, s.Phone("s1").SetState(state))
		require.Equal(t, `{"success":false,"state":"`+state+`","message":"session_not_connected"}`, status(t, s))
		require.Equal(t, `{"success":false,"error":"session_not_connected"}`, get(t, s, "/client/getChats/s1").Body.String())
	}
	require.NoError(t, s.Phone("s1").SetState("CONNECTED"))
	require.Equal(t, connected, status(t, s))
	require.ErrorIs(t, s.Phone("other").SetState("TIMEOUT"), simulator.ErrNotRunning)
}

func TestPairingCode(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now})
	get(t, s, "/session/start/s1")
	require.Equal(t, http.StatusInternalServerError, post(t, s, "/session/requestPairingCode/s1", obj{}).Code)
	old := member[string](t, post(t, s, "/session/requestPairingCode/s1", obj{"phoneNumber": "34600111222"}), "result")
	require.Regexp(t, `^[A-Z0-9]{8}$`, old)
	c.Add(181 * time.Second)
	require.ErrorIs(t, s.Phone("s1").EnterCode(old), simulator.ErrWrongCode)
	fresh := member[string](t, post(t, s, "/session/requestPairingCode/s1", obj{"phoneNumber": "34600111222"}), "result")
	require.NotEqual(t, old, fresh)
	require.NoError(t, s.Phone("s1").EnterCode(fresh))
	require.Equal(t, connected, status(t, s))
}

func TestWaitForQR(t *testing.T) {
	s := newServer(t, simulator.Config{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := s.Phone("s1").WaitForQR(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	get(t, s, "/session/start/s1")
	text, err := s.Phone("s1").WaitForQR(t.Context())
	require.NoError(t, err)
	require.Equal(t, s.Phone("s1").QRText(), text)
}
