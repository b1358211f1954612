package simulator_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

func open(t *testing.T, s *simulator.Server, path string) (*websocket.Conn, error) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.URL(), "http")+path, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err == nil {
		conn.SetReadLimit(1 << 20)
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return conn, err
}

type frame struct {
	DataType  string          `json:"dataType"`
	Data      json.RawMessage `json:"data"`
	SessionID string          `json:"sessionId"`
	text      string
}

func next(t *testing.T, conn *websocket.Conn) frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	kind, b, err := conn.Read(ctx)
	require.NoError(t, err)
	require.Equal(t, websocket.MessageText, kind)
	var f frame
	require.NoError(t, json.Unmarshal(b, &f))
	f.text = string(b)
	return f
}

func types(t *testing.T, conn *websocket.Conn, n int) []string {
	t.Helper()
	var list []string
	for range n {
		list = append(list, next(t, conn).DataType)
	}
	return list
}

func TestWebSocketPaths(t *testing.T) {
	for name, c := range map[string]struct {
		cfg         simulator.Config
		good, wrong string
	}{
		"plain":               {simulator.Config{WebSocket: simulator.WebSocketPlain}, "/ws/s1", "/.//ws/s1"},
		"quirk":               {simulator.Config{WebSocket: simulator.WebSocketQuirk}, "/.//ws/s1", "/ws/s1"},
		"quirk and base path": {simulator.Config{WebSocket: simulator.WebSocketQuirk, BasePath: "/api"}, "/ws/s1", "/.//ws/s1"},
	} {
		t.Run(name, func(t *testing.T) {
			c.cfg.APIKey, c.cfg.Paired = "secret", true
			s := newServer(t, c.cfg)
			require.NoError(t, s.Listen("127.0.0.1:0"))
			_, err := open(t, s, c.good)
			require.ErrorContains(t, err, "EOF", "no session yet")
			get(t, s, c.cfg.BasePath+"/session/start/s1", "x-api-key", "secret")
			_, err = open(t, s, c.wrong)
			require.ErrorContains(t, err, "EOF")
			_, err = open(t, s, c.good+"/")
			require.ErrorContains(t, err, "EOF", "trailing slash")
			conn, err := open(t, s, c.good)
			require.NoError(t, err, "no key is asked")
			require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte("ignored")))
			go func() { _, _, _ = conn.Read(t.Context()) }()
			require.NoError(t, conn.Ping(t.Context()))
			require.NoError(t, conn.CloseNow())
		})
	}
	off := listening(t, simulator.Config{})
	_, err := open(t, off, "/ws/s1")
	require.ErrorContains(t, err, "EOF")
}

func TestWebSocketOfALife(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now, WebSocket: simulator.WebSocketPlain, ReadyDelay: 3 * time.Second, QRInterval: 20 * time.Second})
	require.NoError(t, s.Listen("127.0.0.1:0"))
	get(t, s, "/session/start/s1")
	conn, err := open(t, s, "/ws/s1")
	require.NoError(t, err)
	require.Eventually(t, func() bool { c.Add(20 * time.Second); return s.Phone("s1").QRText() != "" }, patience, time.Millisecond)
	f := next(t, conn)
	require.Equal(t, "qr", f.DataType)
	require.Equal(t, "s1", f.SessionID)
	var data struct {
		QR string `json:"qr"`
	}
	require.NoError(t, json.Unmarshal(f.Data, &data))
	require.True(t, strings.HasPrefix(data.QR, "2@"))
	require.NoError(t, s.Phone("s1").Scan())
	for f.DataType != "authenticated" {
		f = next(t, conn)
	}
	require.Equal(t, `{"dataType":"authenticated","sessionId":"s1"}`, f.text, "data is missing")
	c.Add(3 * time.Second)
	require.Equal(t, `{"dataType":"ready","sessionId":"s1"}`, next(t, conn).text)

	get(t, s, "/session/restart/s1")
	require.Equal(t, []string{"loading_screen", "loading_screen", "authenticated"}, types(t, conn, 3), "restart keeps the connection")
	c.Add(3 * time.Second)
	require.Equal(t, "ready", next(t, conn).DataType)
	require.NoError(t, s.Phone("s1").SetState("CONFLICT"))
	require.Equal(t, []string{"change_state", "disconnected"}, types(t, conn, 2))
	require.NoError(t, s.Phone("s1").Logout())
	f = next(t, conn)
	require.Equal(t, `{"dataType":"disconnected","data":{"reason":"LOGOUT"},"sessionId":"s1"}`, f.text)
	require.Equal(t, "qr", next(t, conn).DataType, "new QRs without any call")

	get(t, s, "/session/stop/s1")
	_, _, err = conn.Read(t.Context())
	require.Error(t, err)
	require.Equal(t, websocket.StatusCode(-1), websocket.CloseStatus(err), "cut without a close frame")
}

func TestWebSocketOfMessages(t *testing.T) {
	c := newClock()
	cfg := medium()
	cfg.Now, cfg.WebSocket, cfg.AckDelay = c.Now, simulator.WebSocketPlain, time.Second
	s := listening(t, cfg)
	conn, err := open(t, s, "/ws/s1")
	require.NoError(t, err)
	phone := s.Phone("s1")
	chat := conversation(t, s, func(c simulator.TruthConversation) bool { return person(c) && c.Unread == 0 && !c.Archived })
	m, err := phone.Receive(chat.ID, "in")
	require.NoError(t, err)
	created := next(t, conn)
	require.Equal(t, "message_create", created.DataType)
	var data struct {
		Message obj `json:"message"`
		Ack     int `json:"ack"`
	}
	require.NoError(t, json.Unmarshal(created.Data, &data))
	require.Equal(t, m.ID, at(data.Message, "id", "id"))
	require.Equal(t, []string{"message", "unread_count"}, types(t, conn, 2))

	sent := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "out"}), "message")
	require.Equal(t, []string{"unread_count", "message_create", "message_ack"}, types(t, conn, 3), "before the HTTP answer")
	c.Add(4 * time.Second)
	var acks []int
	for range 4 {
		f := next(t, conn)
		require.Equal(t, "message_ack", f.DataType)
		require.NoError(t, json.Unmarshal(f.Data, &data))
		require.Equal(t, at(sent, "id", "id"), at(data.Message, "id", "id"))
		acks = append(acks, data.Ack)
	}
	require.Equal(t, []int{2, 1, 3, 2}, acks, "not in rising order")

	require.NoError(t, phone.Edit(m, "edited"))
	f := next(t, conn)
	require.Equal(t, "message_edit", f.DataType)
	require.Contains(t, f.text, `"newBody":"edited","prevBody":"in"`)
	require.NoError(t, phone.React(m, "🙏"))
	f = next(t, conn)
	require.Equal(t, "message_reaction", f.DataType)
	require.Contains(t, f.text, `"reaction":"🙏"`)
	require.NoError(t, phone.Revoke(m))
	require.Equal(t, "message_revoke_everyone", next(t, conn).DataType)
	require.NoError(t, phone.Archive(chat.ID, true))
	f = next(t, conn)
	require.Equal(t, "chat_archived", f.DataType)
	require.Contains(t, f.text, `"currState":true,"prevState":false`)
}
