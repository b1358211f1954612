package simulator_test

import (
	"bytes"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

// The expected bodies of this file are written from contract §3 and §4, not from the code.

const (
	jsonType = "application/json; charset=utf-8"
	htmlType = "text/html; charset=utf-8"
)

func page(text string) string {
	return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" + text + "</pre>\n</body>\n</html>\n"
}

type golden struct {
	name, method, path, body string
	header                   []string
	status                   int
	kind, want               string
}

func check(t *testing.T, s *simulator.Server, list []golden) {
	t.Helper()
	for _, g := range list {
		t.Run(g.name, func(t *testing.T) {
			w := ask(t, s, g.method, g.path, g.body, g.header...)
			require.Equal(t, g.want, w.Body.String())
			require.Equal(t, g.status, w.Code)
			require.Equal(t, g.kind, w.Header().Get("Content-Type"))
			require.Equal(t, "Express", w.Header().Get("X-Powered-By"))
			if g.kind == jsonType {
				require.Regexp(t, `^W/"[0-9a-f]+-[A-Za-z0-9+/]{27}"$`, w.Header().Get("ETag"))
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	key := []string{"x-api-key", "secret"}
	form := []string{"x-api-key", "secret", "Content-Type", "application/x-www-form-urlencoded"}
	list := []golden{
		{"not JSON comes before the key", "POST", "/client/getChatById/s1", "{", nil, 400, htmlType, page("Bad Request")},
		{"bare JSON string", "POST", "/client/getChatById/s1", `"x"`, key, 400, htmlType, page("Bad Request")},
		{"not JSON on an unknown path", "POST", "/nowhere", "{", nil, 400, htmlType, page("Bad Request")},
		{"too long comes before the key", "POST", "/client/getChatById/s1", `{"a":"` + strings.Repeat("x", 1_002_000) + `"}`, nil, 413, htmlType, page("Payload Too Large")},
		{"unknown router", "GET", "/nowhere/x", "", nil, 404, htmlType, page("Cannot GET /nowhere/x")},
		{"root", "GET", "/", "", nil, 404, htmlType, page("Cannot GET /")},
		{"no key", "GET", "/session/status/s1", "", nil, 403, jsonType, `{"success":false,"error":"Invalid API key"}`},
		{"wrong key", "GET", "/session/status/s1", "", []string{"x-api-key", "other"}, 403, jsonType, `{"success":false,"error":"Invalid API key"}`},
		{"unknown path inside a router, no key", "GET", "/session/phone/s1", "", nil, 403, jsonType, `{"success":false,"error":"Invalid API key"}`},
		{"unknown path inside a router, key", "GET", "/session/phone/s1", "", key, 404, htmlType, page("Cannot GET /session/phone/s1")},
		{"GET on a POST route", "GET", "/client/sendMessage/s1", "", key, 404, htmlType, page("Cannot GET /client/sendMessage/s1")},
		{"POST on a GET route", "POST", "/session/start/s1", "{}", key, 404, htmlType, page("Cannot POST /session/start/s1")},
		{"name after key", "GET", "/session/status/a.b", "", nil, 403, jsonType, `{"success":false,"error":"Invalid API key"}`},
		{"name", "GET", "/session/status/a.b", "", key, 422, jsonType, `{"success":false,"error":"Session should be alphanumerical or -"}`},
		{"name of a data call", "GET", "/client/getChats/a%20b", "", key, 422, jsonType, `{"success":false,"error":"Session should be alphanumerical or -"}`},
		{"underscore is fine", "GET", "/session/status/a_b-C9", "", key, 200, jsonType, `{"success":false,"state":null,"message":"session_not_found"}`},
		{"session not there", "GET", "/client/getChats/none", "", key, 404, jsonType, `{"success":false,"error":"session_not_found"}`},
		{"state skips the check", "GET", "/client/getState/none", "", key, 500, jsonType, `{"success":false,"error":"Cannot read properties of undefined (reading 'getState')"}`},
		{"ping needs no key", "GET", "/ping", "", nil, 200, jsonType, `{"success":true,"message":"pong"}`},
		{"array has no members", "POST", "/client/getChatById/s1", `[]`, key, 500, jsonType, `{"success":false,"error":"wid error: invalid wid"}`},
		{"missing chat id", "POST", "/client/getChatById/s1", `{}`, key, 500, jsonType, `{"success":false,"error":"wid error: invalid wid"}`},
		{"form", "POST", "/client/isRegisteredUser/s1", "number=34600111222", form, 200, jsonType, `{"success":true,"result":true}`},
		{"not on WhatsApp", "POST", "/client/getChatById/s1", `{"chatId":"34600111000@c.us"}`, key, 500, jsonType, `{"success":false,"error":"No LID for user"}`},
		{"no such group", "POST", "/client/getChatById/s1", `{"chatId":"120363000000000000@g.us"}`, key, 500, jsonType, `{"success":false,"error":"Chat not found"}`},
		{"wrong content type", "POST", "/client/sendMessage/s1", `{"chatId":"34600111222@c.us","contentType":"text","content":"x"}`, key, 400, jsonType, `{"success":false,"error":"invalid contentType"}`},
		{"wrong media", "POST", "/client/sendMessage/s1", `{"chatId":"34600111222@c.us","contentType":"string","content":"x","options":{"media":{}}}`, key, 400, jsonType, `{"success":false,"error":"invalid media options"}`},
		{"reply needs a content type", "POST", "/message/reply/s1", `{"chatId":"34600111222@c.us","messageId":"3A","content":"x"}`, key, 400, jsonType, `{"success":false,"error":"invalid contentType"}`},
		{"unknown message", "POST", "/message/getClassInfo/s1", `{"chatId":"34600111222@c.us","messageId":"3A"}`, key, 500, jsonType, `{"success":false,"error":"Message not found"}`},
		{"not a group", "POST", "/groupChat/getClassInfo/s1", `{"chatId":"34600111222@c.us"}`, key, 500, jsonType, `{"success":false,"error":"The chat is not a group"}`},
		{"channel", "POST", "/client/sendMessage/s1", `{"chatId":"120363000000000000@newsletter","contentType":"string","content":"x"}`, key, 200, jsonType, `{"success":true}`},
	}
	s := newServer(t, simulator.Config{APIKey: "secret", Paired: true, MaxAttachment: 1000})
	require.Equal(t, 200, get(t, s, "/session/start/s1", key...).Code)
	check(t, s, list)
}

func TestRefusalsOfTheOlderServer(t *testing.T) {
	s := started(t, simulator.Config{Flavour: simulator.FlavourC})
	check(t, s, []golden{
		{"no list of sessions", "GET", "/session/getSessions", "", nil, 404, htmlType, page("Cannot GET /session/getSessions")},
		{"no stop", "GET", "/session/stop/s1", "", nil, 404, htmlType, page("Cannot GET /session/stop/s1")},
		{"no pairing code", "POST", "/session/requestPairingCode/s1", "{}", nil, 404, htmlType, page("Cannot POST /session/requestPairingCode/s1")},
		{"no filtered chats", "POST", "/client/getChats/s1", "{}", nil, 404, htmlType, page("Cannot POST /client/getChats/s1")},
		{"no edit", "POST", "/message/edit/s1", "{}", nil, 404, htmlType, page("Cannot POST /message/edit/s1")},
		{"double start", "GET", "/session/start/s1", "", nil, 422, jsonType, `{"success":false,"error":"Session already exists for: s1"}`},
		{
			"wrong content type", "POST", "/client/sendMessage/s1", `{"chatId":"34600111222@c.us","contentType":"text"}`, nil, 404, jsonType,
			`{"success":false,"error":"contentType invalid, must be string, MessageMedia, MessageMediaFromURL, Location, Buttons, List, Contact or Poll"}`,
		},
		{"unknown message", "POST", "/message/getClassInfo/s1", `{"chatId":"34600111222@c.us","messageId":"3A"}`, nil, 500, jsonType, `{"success":false,"error":"Message not Found"}`},
		{"presence", "POST", "/chat/sendStateTyping/s1", `{"chatId":"34600111222@c.us"}`, nil, 200, jsonType, `{"success":true,"sendStateTyping":true}`},
	})
	contact := member[obj](t, post(t, s, "/contact/getClassInfo/s1", obj{"contactId": "34600111222@c.us"}), "result")
	require.Equal(t, "34600111222", contact["number"])
}

func TestSessionAnswers(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{BasePath: "/api/v1/wa/", Now: c.Now, Contacts: 2})
	const base = "/api/v1/wa"
	check(t, s, []golden{
		{"outside the base path", "GET", "/ping", "", nil, 404, htmlType, page("Cannot GET /ping")},
		{"ping", "GET", base + "/ping", "", nil, 200, jsonType, `{"success":true,"message":"pong"}`},
		{"none", "GET", base + "/session/getSessions", "", nil, 200, jsonType, `{"success":true,"result":[]}`},
		{"status", "GET", base + "/session/status/s1", "", nil, 200, jsonType, `{"success":false,"state":null,"message":"session_not_found"}`},
		{"qr", "GET", base + "/session/qr/s1", "", nil, 200, jsonType, `{"success":false,"message":"session_not_found"}`},
		{"qr image", "GET", base + "/session/qr/s1/image", "", nil, 200, jsonType, `{"success":false,"message":"session_not_found"}`},
		{"pairing code", "POST", base + "/session/requestPairingCode/s1", `{"phoneNumber":"34600111222"}`, nil, 200, jsonType, `{"success":false,"message":"session_not_found"}`},
		{"restart", "GET", base + "/session/restart/s1", "", nil, 200, jsonType, `{"success":false,"state":null,"message":"session_not_found"}`},
		{"terminate", "GET", base + "/session/terminate/s1", "", nil, 200, jsonType, `{"success":false,"state":null,"message":"session_not_found"}`},
		{"stop of an unknown one", "GET", base + "/session/stop/s1", "", nil, 200, jsonType, `{"success":true,"message":"Session stopped successfully"}`},
		{"start", "GET", base + "/session/start/s1", "", nil, 200, jsonType, `{"success":true,"message":"Session initiated successfully"}`},
		{"listed", "GET", base + "/session/getSessions", "", nil, 200, jsonType, `{"success":true,"result":["s1"]}`},
		{"double start", "GET", base + "/session/start/s1", "", nil, 422, jsonType, `{"success":false,"error":"Session already exists for: s1"}`},
		{"unpaired", "GET", base + "/session/status/s1", "", nil, 200, jsonType, `{"success":false,"state":"UNPAIRED","message":"session_not_connected"}`},
		{"state", "GET", base + "/client/getState/s1", "", nil, 200, jsonType, `{"success":true,"state":"UNPAIRED"}`},
		{"data before pairing", "GET", base + "/client/getContacts/s1", "", nil, 404, jsonType, `{"success":false,"error":"session_not_connected"}`},
	})
	require.NoError(t, s.Phone("s1").Scan())
	check(t, s, []golden{
		{"connected", "GET", base + "/session/status/s1", "", nil, 200, jsonType, `{"success":true,"state":"CONNECTED","message":"session_connected"}`},
		{"qr is over", "GET", base + "/session/qr/s1", "", nil, 200, jsonType, `{"success":false,"message":"qr code not ready or already scanned"}`},
		{"trailing slash, other case", "GET", base + "/Session/STATUS/s1/", "", nil, 200, jsonType, `{"success":true,"state":"CONNECTED","message":"session_connected"}`},
		{"restart", "GET", base + "/session/restart/s1", "", nil, 200, jsonType, `{"success":true,"message":"Restarted successfully"}`},
		{"terminateInactive leaves it", "GET", base + "/session/terminateInactive", "", nil, 200, jsonType, `{"success":true,"message":"Flush completed successfully"}`},
		{"still connected", "GET", base + "/session/status/s1", "", nil, 200, jsonType, `{"success":true,"state":"CONNECTED","message":"session_connected"}`},
		{"terminate", "GET", base + "/session/terminate/s1", "", nil, 200, jsonType, `{"success":true,"message":"Logged out successfully"}`},
		{"gone", "GET", base + "/session/status/s1", "", nil, 200, jsonType, `{"success":false,"state":null,"message":"session_not_found"}`},
	})
}

func TestQRText(t *testing.T) {
	c := newClock()
	s := newServer(t, simulator.Config{Now: c.Now})
	get(t, s, "/session/start/s1")
	w := get(t, s, "/session/qr/s1")
	text := member[string](t, w, "qr")
	require.Equal(t, "no-cache, no-store, must-revalidate", w.Header().Get("Cache-Control"))
	require.Regexp(t, `^2@[^,]+,[^,]{44},[^,]{44},[^,]{44},\d$`, text)
	require.GreaterOrEqual(t, len(text), 230)
	require.LessOrEqual(t, len(text), 300)
	require.Equal(t, text, s.Phone("s1").QRText())

	image := get(t, s, "/session/qr/s1/image")
	require.Equal(t, "image/png", image.Header().Get("Content-Type"))
	require.Empty(t, image.Header().Get("Content-Length"))
	picture, err := png.Decode(bytes.NewReader(image.Body.Bytes()))
	require.NoError(t, err)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	require.NoError(t, err)
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	require.NoError(t, err)
	require.Equal(t, text, found.GetText())

	c.Add(21 * time.Second)
	require.NotEqual(t, text, member[string](t, get(t, s, "/session/qr/s1"), "qr"))
}

func TestNotModified(t *testing.T) {
	s := newServer(t, simulator.Config{})
	tag := get(t, s, "/ping").Header().Get("ETag")
	require.Equal(t, http.StatusNotModified, get(t, s, "/ping", "If-None-Match", tag).Code)
}
