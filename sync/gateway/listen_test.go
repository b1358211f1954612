package gateway_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

// socketServer answers at one of the places of the WebSocket and cuts the
// connection at the other, as the gateway does.
func socketServer(t *testing.T, place string, talk func(context.Context, *websocket.Conn)) *fake {
	f := newFake(t)
	serve := func(w http.ResponseWriter, r *http.Request) {
		if strings.TrimPrefix(r.URL.Path, basePath) != place {
			hangUp(w, r)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		talk(r.Context(), conn)
		_ = conn.CloseNow()
	}
	f.on("", serve)
	return f
}

func TestListen(t *testing.T) {
	frames := []string{
		`{"dataType":"qr","data":{"qr":"2@x"},"sessionId":"s1"}`,
		`{"dataType":"code","data":{"code":"ABCD1234"},"sessionId":"s1"}`,
		`{"dataType":"loading_screen","data":{"percent":"40","message":"WhatsApp"},"sessionId":"s1"}`,
		`{"dataType":"authenticated","sessionId":"s1"}`,
		`{"dataType":"ready","sessionId":"s1"}`,
		`{"dataType":"status","data":{"msg":"auth failed"},"sessionId":"s1"}`,
		`{"dataType":"change_state","data":{"state":"TIMEOUT"},"sessionId":"s1"}`,
		`{"dataType":"disconnected","data":{"reason":"LOGOUT"},"sessionId":"s1"}`,
		`not JSON`, `[]`, `{}`, `{"dataType":7}`, `{"data":{"qr":"x"}}`,
		`{"data":{"message":{"id":{"id":"3A","remote":"c@c.us"},"body":"hola"}},"sessionId":"s1","dataType":"message_create"}`,
		`{"dataType":"message_ack","data":{"message":{"id":{"id":"3A","remote":"c@c.us"}},"ack":2}}`,
		`{"dataType":"message_edit","data":{"message":{"id":{"id":"3A","remote":"c@c.us"}},"newBody":"n","prevBody":"p"}}`,
		`{"dataType":"message_revoke_me","data":{"message":{"id":{"id":"3A"}},"revokedMsg":{"id":{"id":"3B"}}}}`,
		`{"dataType":"message_reaction","data":{"reaction":{"msgId":{"id":"3A","remote":"c@c.us"},"reaction":"👍","senderId":"9@c.us","timestamp":1.5}}}`,
		`{"dataType":"media","data":{"messageMedia":{"data":"` + strings.Repeat("A", 1<<20) + `"},"message":{"id":{"id":"3A"}}}}`,
		`{"dataType":"unread_count","data":{"chat":{"id":"c@c.us","unreadCount":4}}}`,
		`{"dataType":"chat_archived","data":{"chat":{"id":"c@c.us"},"currState":true,"prevState":false}}`,
		`{"dataType":"chat_removed","data":{"chat":{"timestamp":0}}}`,
		`{"dataType":"contact_changed","data":{"oldId":"1@c.us","newId":{"server":"c.us","user":"2"},"isContact":true}}`,
		`{"dataType":"call","data":{"call":{"id":"C1","from":"9@lid","isVideo":true}}}`,
		`{"dataType":"group_join","data":{"notification":{"id":{"remote":"x@g.us","id":"7"},"type":"add","chatId":"g@g.us"}}}`,
		`{"dataType":"group_update","data":{"notification":{"id":{"remote":"h@g.us","id":"7"},"type":"subject"}}}`,
		`{"dataType":"vote_update","data":{"vote":{"voter":"9@lid","selectedOptions":[{"name":"Nata","localId":1}],"interractedAtTs":1700000000000,"parentMessage":{"id":{"id":"3P","remote":"c@c.us"}}}}}`,
		`{"dataType":"vote_update","data":{"vote":{"selectedOptions":[]}}}`,
		`{"dataType":"novelty","data":{"x":[1]}}`,
	}
	talk := func(ctx context.Context, conn *websocket.Conn) {
		for _, frame := range frames {
			if conn.Write(ctx, websocket.MessageText, []byte(frame)) != nil {
				return
			}
		}
	}
	two := 2
	for _, place := range []string{"/ws/s1", "/.//ws/s1"} {
		t.Run(place, func(t *testing.T) {
			f := socketServer(t, place, talk)
			c := f.client(t)
			var got []gateway.Event
			requireKind(t, gateway.KindUnreachable, c.Listen(t.Context(), "s1", func(e gateway.Event) { got = append(got, e) }))
			m := func(short string) *gateway.Message {
				return &gateway.Message{ID: gateway.MessageID{Remote: "c@c.us", Short: short, Serialized: "false_c@c.us_" + short}}
			}
			hola := m("3A")
			hola.Body = "hola"
			bare := func(short string) *gateway.Message { return &gateway.Message{ID: gateway.MessageID{Short: short}} }
			chat := gateway.ID{Server: "c.us", User: "c", Serialized: "c@c.us"}
			require.Equal(t, []gateway.Event{
				{Type: gateway.EventOpen, Session: "s1"},
				{Type: gateway.EventQR, Session: "s1", QR: "2@x"},
				{Type: gateway.EventCode, Session: "s1", Code: "ABCD1234"},
				{Type: gateway.EventLoadingScreen, Session: "s1", Percent: 40},
				{Type: gateway.EventAuthenticated, Session: "s1"},
				{Type: gateway.EventReady, Session: "s1"},
				{Type: gateway.EventStatus, Session: "s1", Reason: "auth failed"},
				{Type: gateway.EventChangeState, Session: "s1", State: "TIMEOUT"},
				{Type: gateway.EventDisconnected, Session: "s1", Reason: "LOGOUT"},
				{Type: "7"},
				{Type: gateway.EventMessageCreate, Session: "s1", Message: hola},
				{Type: gateway.EventMessageAck, Message: m("3A"), Ack: &two},
				{Type: gateway.EventMessageEdit, Message: m("3A"), NewBody: "n", PrevBody: "p"},
				{Type: gateway.EventRevokeMe, Message: bare("3A"), Revoked: bare("3B")},
				{Type: gateway.EventReaction, Reaction: &gateway.Reaction{Target: m("3A").ID, Emoji: "👍", SenderID: "9@c.us", Timestamp: 1.5}},
				{Type: gateway.EventMedia, Message: bare("3A")},
				{Type: gateway.EventUnreadCount, Chat: &gateway.Chat{ID: chat, UnreadCount: 4}},
				{Type: gateway.EventChatArchived, Chat: &gateway.Chat{ID: chat}, Archived: true},
				{Type: gateway.EventChatRemoved},
				{Type: gateway.EventContactChanged, OldID: "1@c.us", NewID: "2@c.us"},
				{Type: gateway.EventCall, Call: &gateway.Call{ID: "C1", From: "9@lid", IsVideo: true}},
				{Type: gateway.EventGroupJoin, Group: "g@g.us"},
				{Type: gateway.EventGroupUpdate, Group: "h@g.us"},
				{Type: gateway.EventVote, Vote: &gateway.PollVote{
					Vote: gateway.Vote{Voter: "9@lid", Options: []gateway.PollOption{{Name: "Nata", LocalID: 1}}, At: 1700000000000}, Poll: m("3P").ID,
				}},
				{Type: gateway.EventVote},
				{Type: "novelty"},
			}, got)
			first := len(f.requests())
			require.Error(t, c.Listen(t.Context(), "s1", func(gateway.Event) {}))
			require.Len(t, f.requests(), first+1, "the place that worked is tried first")
			require.Equal(t, key, f.last(t).header.Get("x-api-key"))
		})
	}
}

func TestListenEndsWithItsContext(t *testing.T) {
	f := socketServer(t, "/ws/s1", func(ctx context.Context, conn *websocket.Conn) {
		_, _, _ = conn.Read(ctx)
	})
	ctx, cancel := context.WithCancel(t.Context())
	err := f.client(t).Listen(ctx, "s1", func(e gateway.Event) {
		require.Equal(t, gateway.EventOpen, e.Type)
		cancel()
	})
	requireKind(t, gateway.KindCanceled, err)
}

func TestNoWebSocket(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"cut":          hangUp,
		"switched off": html(404, "Cannot GET /ws/s1"),
		"a page":       html(200, "Welcome"),
		"bad request":  html(400, "Bad Request"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", h)
			requireKind(t, gateway.KindNoWebSocket, f.client(t).Listen(t.Context(), "s1", nil))
			require.Equal(t, 1, f.count("/ws/s1"))
			require.Equal(t, 1, f.count("/.//ws/s1"))
		})
	}
	f := newFake(t)
	f.on("", html(401, "password"))
	requireKind(t, gateway.KindUnauthorized, f.client(t).Listen(t.Context(), "s1", nil))
	require.Len(t, f.requests(), 1)
	f.Close()
	requireKind(t, gateway.KindUnreachable, f.client(t).Listen(t.Context(), "s1", nil))
}

func TestOversizedFrame(t *testing.T) {
	f := socketServer(t, "/ws/s1", func(ctx context.Context, conn *websocket.Conn) {
		_ = conn.Write(ctx, websocket.MessageText, make([]byte, 32<<20+1))
		_, _, _ = conn.Read(ctx)
	})
	requireKind(t, gateway.KindTooLarge, f.client(t).Listen(t.Context(), "s1", func(gateway.Event) {}))
}
