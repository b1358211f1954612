package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

func TestAServerThatMarksEverythingAsRead(t *testing.T) {
	now := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	config := medium()
	config.MarksSeen, config.Now = true, func() time.Time { return now }
	s := started(t, config)
	require.Zero(t, s.Truth("s1").Unread)
	require.Zero(t, s.Truth("s1").UnreadConversations)
	chat := conversation(t, s, person)
	_, err := s.Phone("s1").Receive(chat.ID, "¿Hola?")
	require.NoError(t, err)
	require.InDelta(t, 1, chatOf(t, s, chat.ID)["unreadCount"], 0)
	now = now.Add(time.Second)
	require.InDelta(t, 0, chatOf(t, s, chat.ID)["unreadCount"], 0)
}

func TestEventsThatAreSwitchedOffFromTheStart(t *testing.T) {
	s := newServer(t, simulator.Config{Paired: true, WebSocket: simulator.WebSocketPlain, Events: simulator.EventFaults{Disabled: []string{"loading_screen"}}})
	require.NoError(t, s.Listen("127.0.0.1:0"))
	require.Equal(t, http.StatusOK, get(t, s, "/session/start/s1").Code)
	conn, err := open(t, s, "/ws/s1")
	require.NoError(t, err)
	require.NoError(t, s.Phone("s1").Recover())
	require.Equal(t, []string{"authenticated", "ready"}, types(t, conn, 2))
	_, err = simulator.New(simulator.Config{Events: simulator.EventFaults{Drop: 2}})
	require.ErrorContains(t, err, "drop")
}

func TestTheClockOfTheServer(t *testing.T) {
	now := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	s := newServer(t, simulator.Config{ClockSkew: -time.Hour, Now: func() time.Time { return now }})
	require.Equal(t, "Wed, 04 Mar 2026 09:00:00 GMT", get(t, s, "/ping").Header().Get("Date"))
}

func TestAPageThatDoesNotAnswer(t *testing.T) {
	s := started(t, medium())
	require.NoError(t, s.Phone("s1").Break("session closed"))
	require.Equal(t, `{"success":false,"state":null,"message":"session closed"}`, status(t, s))
	require.Equal(t, `{"success":false,"error":"session closed"}`, get(t, s, "/client/getChats/s1").Body.String())
}
