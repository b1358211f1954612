package gateway_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

var ref = gateway.MessageRef{ChatID: "34600111222@c.us", ShortID: "3EB0"}

// everyCall is each call of the client, with the tries that it may take.
var everyCall = map[string]struct {
	tries int
	make  func(context.Context, *gateway.Client) error
}{
	"Ping":          {3, func(ctx context.Context, c *gateway.Client) error { return c.Ping(ctx) }},
	"Sessions":      {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.Sessions(ctx); return err }},
	"SessionStatus": {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.SessionStatus(ctx, "s1"); return err }},
	"QR":            {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.QR(ctx, "s1"); return err }},
	"QRImage":       {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.QRImage(ctx, "s1"); return err }},
	"State":         {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.State(ctx, "s1"); return err }},
	"ClassInfo":     {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.ClassInfo(ctx, "s1"); return err }},
	"WWebVersion":   {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.WWebVersion(ctx, "s1"); return err }},
	"Contacts":      {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.Contacts(ctx, "s1", nil); return err }},
	"Chats":         {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.Chats(ctx, "s1", nil); return err }},
	"ChatsSince": {3, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.ChatsSince(ctx, "s1", gateway.ChatsFilter{Since: 9}, nil)
		return err
	}},
	"FetchMessages": {3, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.FetchMessages(ctx, "s1", "c", gateway.FetchOptions{}, nil)
		return err
	}},
	"DownloadMedia": {3, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.DownloadMedia(ctx, "s1", ref)
		return err
	}},
	"Labels":       {3, func(ctx context.Context, c *gateway.Client) error { _, err := c.Labels(ctx, "s1"); return err }},
	"SendSeen":     {2, func(ctx context.Context, c *gateway.Client) error { return c.SendSeen(ctx, "s1", "c") }},
	"MarkUnread":   {2, func(ctx context.Context, c *gateway.Client) error { return c.MarkUnread(ctx, "s1", "c") }},
	"Archive":      {2, func(ctx context.Context, c *gateway.Client) error { _, err := c.Archive(ctx, "s1", "c"); return err }},
	"Unarchive":    {2, func(ctx context.Context, c *gateway.Client) error { _, err := c.Unarchive(ctx, "s1", "c"); return err }},
	"Pin":          {2, func(ctx context.Context, c *gateway.Client) error { return c.Pin(ctx, "s1", "c") }},
	"Unpin":        {2, func(ctx context.Context, c *gateway.Client) error { _, err := c.Unpin(ctx, "s1", "c"); return err }},
	"Mute":         {2, func(ctx context.Context, c *gateway.Client) error { return c.Mute(ctx, "s1", "c", time.Time{}) }},
	"Unmute":       {2, func(ctx context.Context, c *gateway.Client) error { return c.Unmute(ctx, "s1", "c") }},
	"StartSession": {1, func(ctx context.Context, c *gateway.Client) error { return c.StartSession(ctx, "s1") }},
	"Restart":      {1, func(ctx context.Context, c *gateway.Client) error { return c.Restart(ctx, "s1") }},
	"Stop":         {1, func(ctx context.Context, c *gateway.Client) error { return c.Stop(ctx, "s1") }},
	"Terminate":    {1, func(ctx context.Context, c *gateway.Client) error { return c.Terminate(ctx, "s1") }},
	"RequestPairingCode": {1, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.RequestPairingCode(ctx, "s1", "34600")
		return err
	}},
	"SendMessage": {1, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.SendMessage(ctx, "s1", "c", gateway.Text("x"), gateway.SendOptions{})
		return err
	}},
	"React":         {1, func(ctx context.Context, c *gateway.Client) error { return c.React(ctx, "s1", ref, "👍") }},
	"Forward":       {1, func(ctx context.Context, c *gateway.Client) error { return c.Forward(ctx, "s1", ref, "d") }},
	"DeleteMessage": {1, func(ctx context.Context, c *gateway.Client) error { return c.DeleteMessage(ctx, "s1", ref, true) }},
	"EditMessage": {1, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.EditMessage(ctx, "s1", ref, "x")
		return err
	}},
	"Star":  {1, func(ctx context.Context, c *gateway.Client) error { return c.Star(ctx, "s1", ref) }},
	"Block": {1, func(ctx context.Context, c *gateway.Client) error { return c.Block(ctx, "s1", "c") }},
	"SyncHistory": {1, func(ctx context.Context, c *gateway.Client) error {
		_, err := c.SyncHistory(ctx, "s1", "c")
		return err
	}},
}

func TestTriesOfEachCall(t *testing.T) {
	for fault, answer := range map[string]http.HandlerFunc{
		"500":   reply(500, failure("Protocol error")),
		"502":   html(502, "Bad Gateway"),
		"429":   html(429, "slow"),
		"cut":   cutOff(`{"success":true,"result":"` + strings.Repeat("x", 100) + `"}`),
		"short": reply(200, `{"success":true,"mess`),
		"reset": hangUp,
	} {
		for name, call := range everyCall {
			t.Run(fault+"/"+name, func(t *testing.T) {
				f := newFake(t)
				f.on("", answer)
				require.Error(t, call.make(t.Context(), f.client(t)))
				// net/http itself repeats a read on a reused connection that broke,
				// never on a fresh one: the counts are exact.
				require.Len(t, f.requests(), call.tries)
			})
		}
	}
}

// TestStaleConnectionRepeatsNoStart holds that net/http, which repeats a GET on
// a reused connection that broke, gets no chance to repeat a start.
func TestStaleConnectionRepeatsNoStart(t *testing.T) {
	f := newFake(t)
	f.on("/ping", reply(200, `{"success":true,"message":"pong"}`))
	f.on("", hangUp)
	c := f.client(t)
	for name, call := range everyCall {
		if call.tries == 1 {
			before := len(f.requests())
			require.NoError(t, c.Ping(t.Context()))
			require.Error(t, call.make(t.Context(), c))
			require.Len(t, f.requests(), before+2, name)
		}
	}
}

func TestRefusalsAreNotRepeated(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"400": html(400, "Bad Request"), "403": reply(403, failure("Invalid API key")),
		"404": reply(404, failure("session_not_connected")), "413": html(413, "x"), "422": reply(422, failure("x")),
		"wid":         reply(500, failure("wid error: invalid wid")),
		"lid":         reply(500, failure("No LID for user")),
		"group":       reply(500, failure("The chat is not a group")),
		"function":    reply(500, failure("window.WWebJS.getIsMyContact is not a function")),
		"r":           reply(500, failure("r")),
		"not ready":   reply(500, failure("Cannot read properties of undefined (reading 'getChats')")),
		"page":        html(200, "Welcome"),
		"not success": reply(200, failure("x")),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", answer)
			_, err := f.client(t).Chats(t.Context(), "s1", nil)
			require.Error(t, err)
			require.Len(t, f.requests(), 1)
		})
	}
}

func TestReadRecovers(t *testing.T) {
	f := newFake(t)
	whole := `{"success":true,"contacts":[{"id":"1@c.us"},{"id":"2@c.us"},{"id":"3@c.us"}]}`
	f.on("", inTurn(cutOff(whole), hangUp, reply(200, whole)))
	var got []string
	report, err := f.client(t).Contacts(t.Context(), "s1", func(c *gateway.Contact) error {
		got = append(got, c.ID.Serialized)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 3, report.Items, "the report is of the last try")
	require.Equal(t, []string{"1@c.us", "2@c.us", "3@c.us"}, got[len(got)-3:])
	require.Len(t, f.requests(), 3)
}

func TestSettingOfTries(t *testing.T) {
	for set, want := range map[int]int{0: 3, 1: 1, 2: 2, 5: 5, 1000: 10} {
		f := newFake(t)
		f.on("", reply(500, failure("x")))
		c := f.client(t, func(cfg *gateway.Config) { cfg.RetryAttempts = set })
		require.Error(t, c.Ping(t.Context()))
		require.Len(t, f.requests(), want)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	f := newFake(t)
	f.on("", inTurn(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "1")
		reply(429, failure("slow"))(w, r)
	}, reply(200, `{"success":true,"message":"pong"}`)))
	began := time.Now()
	require.NoError(t, f.client(t).Ping(t.Context()))
	require.GreaterOrEqual(t, time.Since(began), time.Second)
}

func TestErrorOfCallbackEndsTheCall(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"chats":[{"id":"1@c.us"},{"id":"2@c.us"}]}`))
	full := context.DeadlineExceeded // an error of the client's own kind must not confuse it
	report, err := f.client(t).Chats(t.Context(), "s1", func(*gateway.Chat) error { return full })
	require.Equal(t, full, err)
	require.Zero(t, report.Items)
	require.Len(t, f.requests(), 1)
}

func TestKeyTravelsInItsHeaderOnly(t *testing.T) {
	for name, call := range everyCall {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", reply(500, failure("x "+key)))
			err := call.make(t.Context(), f.client(t))
			require.Error(t, err)
			require.NotContains(t, err.Error(), key)
			for _, a := range f.requests() {
				require.Equal(t, key, a.header.Get("x-api-key"))
				require.NotContains(t, a.path+a.body, key)
				require.Equal(t, "buzon", a.header.Get("User-Agent"))
				if a.method == http.MethodPost {
					require.Equal(t, "application/json", a.header.Get("Content-Type"))
					require.True(t, strings.HasPrefix(a.body, "{"), "a body is an object")
				}
				require.Empty(t, a.header.Get("If-None-Match"))
			}
		})
	}
}

func TestNoKeyNoHeader(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"message":"pong"}`))
	require.NoError(t, f.client(t, func(c *gateway.Config) { c.APIKey = "" }).Ping(t.Context()))
	require.NotContains(t, f.last(t).header, "X-Api-Key")
}

func TestRedirects(t *testing.T) {
	var stolen []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stolen = append(stolen, r.Header.Get("x-api-key"))
		reply(200, `{"success":true,"message":"pong"}`)(w, r)
	}))
	t.Cleanup(thief.Close)
	f := newFake(t)
	c := f.client(t)

	f.on("/ping", http.RedirectHandler(thief.URL+"/ping", http.StatusFound).ServeHTTP)
	requireKind(t, gateway.KindRedirected, c.Ping(t.Context()))
	require.Empty(t, stolen)
	require.Equal(t, 1, f.count("/ping"), "a redirect is not repeated")

	f.on("/client/sendMessage/s1", http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect).ServeHTTP)
	_, err := c.SendMessage(t.Context(), "s1", "c", gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindRedirected, err)
	require.True(t, gateway.NotSent(err))
	require.Empty(t, stolen)

	f.on("/client/sendMessage/s1", http.RedirectHandler(basePath+"/elsewhere", http.StatusMovedPermanently).ServeHTTP)
	_, err = c.SendMessage(t.Context(), "s1", "c", gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindRedirected, err)

	f.on("/ping", http.RedirectHandler(basePath+"/pong", http.StatusFound).ServeHTTP)
	f.on("/pong", reply(200, `{"success":true,"message":"pong"}`))
	require.NoError(t, c.Ping(t.Context()), "the same host is followed")

	f.on("/pong", http.RedirectHandler(basePath+"/pong", http.StatusFound).ServeHTTP)
	requireKind(t, gateway.KindRedirected, c.Ping(t.Context()))
}

func TestRedirectFromHTTPSToHTTP(t *testing.T) {
	f := newFake(t)
	s := httptest.NewTLSServer(http.RedirectHandler(f.URL+basePath+"/ping", http.StatusFound))
	t.Cleanup(s.Close)
	f.on("/ping", reply(200, `{"success":true,"message":"pong"}`))
	c, err := gateway.New(gateway.Config{BaseURL: s.URL, APIKey: key, Transport: s.Client().Transport})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	requireKind(t, gateway.KindRedirected, c.Ping(t.Context()))
	require.Empty(t, f.requests())
}
