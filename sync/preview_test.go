package sync_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// TestPreviewsNeverShowPictureBytes serves the traps of contract §9.4 as the last
// message of a conversation and as its messages, and looks at what is stored.
func TestPreviewsNeverShowPictureBytes(t *testing.T) {
	jpeg := "/9j/4AAQSkZJRgABAQAAAQABAAD" + strings.Repeat("AbC+/9", 400)
	png := "iVBORw0KGgoAAAANSUhEUgAA" + strings.Repeat("AbC+/9", 400)
	const card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ana García\nTEL;waid=34600111222:+34 600 11 12 22\nEND:VCARD"
	place := map[string]any{"latitude": 37.4, "longitude": -5.9}
	for name, m := range map[string]map[string]any{
		"expired image":           {"type": "image", "body": jpeg, "hasMedia": false},
		"expired png":             {"type": "image", "body": png, "hasMedia": false},
		"expired video":           {"type": "video", "body": jpeg, "hasMedia": false},
		"image with raw data":     {"type": "image", "body": "", "hasMedia": true, "_data": map[string]any{"body": jpeg, "thumbnail": jpeg}},
		"sticker":                 {"type": "sticker", "body": png, "hasMedia": false},
		"document":                {"type": "document", "body": jpeg, "hasMedia": false},
		"location":                {"type": "location", "body": jpeg, "location": place},
		"location without place":  {"type": "location", "body": png},
		"live location":           {"type": "live_location", "body": jpeg, "location": place},
		"contact card":            {"type": "vcard", "body": card, "vCards": []string{card}},
		"contact cards":           {"type": "multi_vcard", "body": card, "vCards": []string{card, card}},
		"product":                 {"type": "product", "body": jpeg},
		"order":                   {"type": "order", "body": jpeg},
		"a kind of next year":     {"type": "hologram", "body": jpeg},
		"poll without question":   {"type": "poll_creation", "body": jpeg},
		"invitation with picture": {"type": "groups_v4_invite", "body": jpeg},
	} {
		t.Run(name, func(t *testing.T) {
			m["id"] = map[string]any{"fromMe": false, "remote": "34600111222@c.us", "id": "3EB0AA", "_serialized": "false_34600111222@c.us_3EB0AA"}
			m["from"], m["to"], m["timestamp"], m["ack"] = "34600111222@c.us", "34699000000@c.us", 1_780_000_000, 1
			message, err := json.Marshal(m)
			require.NoError(t, err)
			r := newRig(t, rigOptions{between: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					switch {
					case strings.HasPrefix(q.URL.Path, "/client/getChats/"):
						_, _ = fmt.Fprintf(w, `{"success":true,"chats":[{"id":{"server":"c.us","user":"34600111222","_serialized":"34600111222@c.us"},`+
							`"name":"Ana","isGroup":false,"unreadCount":0,"timestamp":1780000000,"lastMessage":%s}]}`, message)
					case strings.HasPrefix(q.URL.Path, "/chat/fetchMessages/"):
						_, _ = fmt.Fprintf(w, `{"success":true,"messages":[%s]}`, message)
					default:
						w.Header().Del("Content-Type")
						next.ServeHTTP(w, q)
					}
				})
			}})
			r.connect()
			for _, scope := range []model.SyncScope{{Conversations: true}, {Conversations: true, Messages: true}} {
				r.sync(scope)
				c, err := r.store.ConversationByJID(t.Context(), r.session.ID, "34600111222@c.us")
				require.NoError(t, err)
				require.Equal(t, model.ShortID("3EB0AA"), c.LastShortID, "the message is the last one")
				for _, text := range append([]string{c.LastText}, textsOf(t, r, c.ID)...) {
					require.NotContains(t, text, jpeg[:16])
					require.NotContains(t, text, png[:16])
					require.NotContains(t, text, "AbC+/9AbC+/9")
					require.NotContains(t, text, "BEGIN:VCARD")
				}
			}
			require.Len(t, textsOf(t, r, 0), 1)
		})
	}
}

// textsOf returns the texts of the messages of a conversation, zero for the only one.
func textsOf(t *testing.T, r *rig, id model.ConversationID) []string {
	t.Helper()
	if id == 0 {
		c, err := r.store.ConversationByJID(t.Context(), r.session.ID, "34600111222@c.us")
		require.NoError(t, err)
		id = c.ID
	}
	var out []string
	for _, row := range allMessages(t, r.store, id) {
		out = append(out, row.Text)
	}
	return out
}
