package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

func TestKindsOfAnswers(t *testing.T) {
	undefined := func(name string) http.HandlerFunc {
		return reply(500, failure("Cannot read properties of undefined (reading '"+name+"')"))
	}
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   gateway.Kind
		unsent bool
	}{
		"wrong key":              {reply(403, failure("Invalid API key")), gateway.KindUnauthorized, true},
		"proxy password":         {html(401, "Authorization Required"), gateway.KindUnauthorized, true},
		"name refused":           {reply(422, failure("Session should be alphanumerical or -")), gateway.KindInvalidSessionName, true},
		"session unknown":        {reply(404, failure("session_not_found")), gateway.KindSessionNotFound, true},
		"session not connected":  {reply(404, failure("session_not_connected")), gateway.KindSessionNotConnected, true},
		"session zombie":         {reply(404, failure("browser tab closed")), gateway.KindSessionBroken, true},
		"session closed":         {reply(404, failure("session closed")), gateway.KindSessionBroken, true},
		"session exception":      {reply(404, failure("Navigating frame was detached")), gateway.KindSessionBroken, true},
		"chat missing":           {reply(404, failure("Chat not Found")), gateway.KindNotFound, true},
		"content type, C":        {reply(404, failure("contentType invalid, must be string, MessageMedia")), gateway.KindRefused, true},
		"content type, A":        {reply(400, failure("invalid contentType")), gateway.KindRefused, true},
		"no such endpoint":       {html(404, "Cannot POST /client/sendMessage/s1"), gateway.KindEndpointMissing, true},
		"helper missing":         {undefined("getChat"), gateway.KindNotReady, false},
		"helper missing, old":    {reply(500, failure("Evaluation failed: TypeError: Cannot read properties of undefined (reading 'getChats')\n    at x")), gateway.KindNotReady, false},
		"store missing":          {undefined("Chat"), gateway.KindNotReady, false},
		"bug, not readiness":     {undefined("markedUnread"), gateway.KindServer, false},
		"invalid id":             {reply(500, failure("wid error: invalid wid")), gateway.KindInvalidChat, true},
		"not on whatsapp":        {reply(500, failure("Evaluation failed: Error: No LID for user")), gateway.KindNotOnWhatsApp, true},
		"message missing":        {reply(500, failure("Message not found")), gateway.KindNotFound, true},
		"message missing, C":     {reply(500, failure("Message not Found")), gateway.KindNotFound, true},
		"no group":               {reply(500, failure("The chat is not a group")), gateway.KindRefused, true},
		"dead page":              {reply(500, failure("Attempted to use detached Frame 'A'")), gateway.KindSessionBroken, false},
		"minified exception":     {reply(500, failure("r")), gateway.KindServer, false},
		"no error text":          {reply(500, `{"success":false}`), gateway.KindServer, false},
		"proxy down":             {html(502, "Bad Gateway"), gateway.KindServer, false},
		"too large":              {html(413, "Payload Too Large"), gateway.KindTooLarge, true},
		"rate limit":             {html(429, "slow"), gateway.KindRateLimited, true},
		"body refused":           {html(400, "Bad Request"), gateway.KindRefused, true},
		"page instead of answer": {html(200, "Welcome"), gateway.KindMalformed, false},
		"other JSON":             {reply(200, `{"status":"ok"}`), gateway.KindMalformed, false},
		"JSON list":              {reply(200, `[1,2]`), gateway.KindMalformed, false},
		"JSON word":              {reply(200, `"hello"`), gateway.KindMalformed, false},
		"broken JSON":            {reply(200, `{"success":true,"x":y}`), gateway.KindMalformed, false},
		"empty":                  {reply(200, ``), gateway.KindMalformed, false},
		"no success":             {reply(200, `{"success":false,"message":"page_not_ready"}`), gateway.KindNotReady, false},
		"declined":               {reply(200, failure("no way")), gateway.KindRefused, false},
		"not modified":           {html(304, ""), gateway.KindRedirected, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", tc.answer)
			_, err := f.client(t).SendMessage(t.Context(), "s1", "34600111222@c.us", gateway.Text("hola"), gateway.SendOptions{})
			e := errorOf(t, tc.want, err)
			require.Equal(t, tc.unsent, gateway.NotSent(err))
			require.Equal(t, "SendMessage", e.Op)
			require.Equal(t, "/client/sendMessage/:id", e.Path)
			require.Equal(t, http.MethodPost, e.Method)
			require.NotZero(t, e.Status)
			require.Len(t, f.requests(), 1, "a send goes out once")
		})
	}
}

func TestStartKinds(t *testing.T) {
	for text, want := range map[string]gateway.Kind{
		"Session already exists for: s1":                    gateway.KindAlreadyExists,
		"Failed to launch the browser process!\nlibnss3.so": gateway.KindStartFailed,
		"auth timeout":                          gateway.KindStartFailed,
		"Session should be alphanumerical or -": gateway.KindInvalidSessionName,
	} {
		f := newFake(t)
		f.on("", reply(422, failure(text)))
		e := errorOf(t, want, f.client(t).StartSession(t.Context(), "s1"))
		require.Equal(t, strings.ReplaceAll(text, "\n", " "), e.Message)
	}
}

func TestStateOfUnknownSession(t *testing.T) {
	f := newFake(t)
	f.on("", reply(500, failure("Cannot read properties of undefined (reading 'getState')")))
	_, err := f.client(t).State(t.Context(), "s1")
	requireKind(t, gateway.KindSessionNotFound, err)
}

func TestErrorTextIsClean(t *testing.T) {
	f := newFake(t)
	f.on("", reply(500, failure("bad\x00 \x1b[31mkey "+key+"\nline "+strings.Repeat("ñ", 2000))))
	_, err := f.client(t).ChatByID(t.Context(), "s1", "x@c.us")
	e := errorOf(t, gateway.KindServer, err)
	require.LessOrEqual(t, len([]rune(e.Message)), 500)
	require.NotContains(t, e.Message, "\x1b")
	require.NotContains(t, e.Message, "\n")
	require.True(t, strings.HasPrefix(e.Message, "bad"))
	require.NotContains(t, e.Message, "s1")

	f.on("", reply(500, failure("Evaluation failed: Error: No LID for user\n    at __puppeteer_evaluation_script__:2:31\n    at y")))
	_, err = f.client(t).ChatByID(t.Context(), "s1", "x@c.us")
	require.Equal(t, "Error: No LID for user", errorOf(t, gateway.KindNotOnWhatsApp, err).Message)
}

func TestUnavailableClients(t *testing.T) {
	for _, kind := range []gateway.Kind{gateway.KindDisabled, gateway.KindNotConfigured} {
		c := gateway.Unavailable(kind)
		t.Cleanup(c.Close)
		requireKind(t, kind, c.Ping(t.Context()))
		requireKind(t, kind, c.StartSession(t.Context(), "s1"))
		_, err := c.Contacts(t.Context(), "s1", nil)
		requireKind(t, kind, err)
		requireKind(t, kind, c.Listen(t.Context(), "s1", nil))
		_, _, err = c.DownloadProfilePic(t.Context(), "https://example.invalid/x")
		requireKind(t, kind, err)
		require.Equal(t, gateway.ProbeFailed, c.Probe(t.Context()).Outcome)
	}
}

func TestAddresses(t *testing.T) {
	for _, good := range []string{"http://localhost:3000", "https://gw.example/api/v1/wa/", " http://[::1]:8084/x "} {
		c, err := gateway.New(gateway.Config{BaseURL: good})
		require.NoError(t, err, good)
		c.Close()
	}
	_, err := gateway.New(gateway.Config{BaseURL: "  "})
	requireKind(t, gateway.KindNotConfigured, err)
	for _, bad := range []string{"localhost:3000", "ftp://x", "http://", "http://u:" + key + "@h", "http://h?x=1", "http://h#f", "http://h?", "http://u:" + key + "@h:port%%/", "//h"} {
		_, err := gateway.New(gateway.Config{BaseURL: bad})
		requireKind(t, gateway.KindInvalidRequest, err)
	}
	_, err = gateway.New(gateway.Config{BaseURL: "http://h", APIKey: "a\r\nx: y"})
	require.Equal(t, gateway.KindInvalidRequest, gateway.KindOf(err))
}

func TestSessionNames(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	for _, bad := range []string{"", "a b", "../x", "ñ", "a/b", "a\n", strings.Repeat("x", 101)} {
		require.False(t, gateway.ValidSessionName(bad), "%q", bad)
		_, err := c.SessionStatus(t.Context(), bad)
		requireKind(t, gateway.KindInvalidSessionName, err)
		requireKind(t, gateway.KindInvalidSessionName, c.StartSession(t.Context(), bad))
		requireKind(t, gateway.KindInvalidSessionName, c.Listen(t.Context(), bad, nil))
	}
	require.Empty(t, f.requests())
	require.True(t, gateway.ValidSessionName("Empresa_1-b"))
}

func TestUnreachable(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	c, err := gateway.New(gateway.Config{BaseURL: "http://" + address, APIKey: key, RetryWait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	requireKind(t, gateway.KindUnreachable, c.Ping(t.Context()))
	_, err = c.SendMessage(t.Context(), "s1", "x@c.us", gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindUnreachable, err)
	require.True(t, gateway.NotSent(err), "no connection was made")
	require.Equal(t, gateway.ProbeUnreachable, c.Probe(t.Context()).Outcome)
}

// hangUp cuts the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func TestBrokenConnectionLeavesSendUnknown(t *testing.T) {
	f := newFake(t)
	f.on("", hangUp)
	_, err := f.client(t).SendMessage(t.Context(), "s1", "x@c.us", gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindUnreachable, err)
	require.False(t, gateway.NotSent(err))
	require.Len(t, f.requests(), 1)
}

func TestCutAnswerLeavesSendUnknown(t *testing.T) {
	f := newFake(t)
	f.on("", cutOff(`{"success":true,"message":{"id":{"id":"3EB0"}}}`))
	_, err := f.client(t).SendMessage(t.Context(), "s1", "x@c.us", gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindUnreachable, err)
	require.False(t, gateway.NotSent(err))
	require.Len(t, f.requests(), 1)
}

func TestTLS(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Config.ErrorLog = nil
	t.Cleanup(s.Close)
	c, err := gateway.New(gateway.Config{BaseURL: s.URL, APIKey: key})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	requireKind(t, gateway.KindTLS, c.Ping(t.Context()))
	require.Equal(t, gateway.ProbeTLS, c.Probe(t.Context()).Outcome)

	plain := newFake(t)
	c2, err := gateway.New(gateway.Config{BaseURL: strings.Replace(plain.URL, "http:", "https:", 1), APIKey: key})
	require.NoError(t, err)
	t.Cleanup(c2.Close)
	requireKind(t, gateway.KindTLS, c2.Ping(t.Context()))
}

func TestNotAnHTTPServer(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("220 smtp.example ESMTP\r\n"))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	c, err := gateway.New(gateway.Config{BaseURL: "http://" + l.Addr().String(), APIKey: key, RetryWait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	require.Contains(t, []gateway.ProbeOutcome{gateway.ProbeNotGateway, gateway.ProbeUnreachable}, c.Probe(t.Context()).Outcome)
}

// hold answers only when the client has gone or the test ends.
func hold(t *testing.T) http.HandlerFunc {
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-end:
		}
	}
}

func TestTimeoutIsNotRepeated(t *testing.T) {
	f := newFake(t)
	f.on("", hold(t))
	c := f.client(t, func(cfg *gateway.Config) { cfg.Timeout = 30 * time.Millisecond })
	_, err := c.SessionStatus(t.Context(), "s1")
	requireKind(t, gateway.KindTimeout, err)
	require.Len(t, f.requests(), 1)
}

func TestTimeoutInBody(t *testing.T) {
	f := newFake(t)
	wait := hold(t)
	f.on("", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"success":true,"messages":[{"id":{"id":"1","remote":"a@c.us"}},`)
		_ = http.NewResponseController(w).Flush()
		wait(w, r)
	})
	c := f.client(t, func(cfg *gateway.Config) { cfg.Timeout = 50 * time.Millisecond })
	report, err := c.FetchMessages(t.Context(), "s1", "a@c.us", gateway.FetchOptions{}, func(*gateway.Message) error { return nil })
	requireKind(t, gateway.KindTimeout, err)
	require.Equal(t, 1, report.Items)
}

func TestCancel(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.on("", func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c := f.client(t)
	_, err := c.ContactByID(ctx, "s1", "a@c.us")
	requireKind(t, gateway.KindCanceled, err)
	require.ErrorIs(t, err, context.Canceled)
	n := len(f.requests())
	_, err = c.ContactByID(ctx, "s1", "a@c.us")
	requireKind(t, gateway.KindCanceled, err)
	require.Len(t, f.requests(), n)
}

func TestCancelWhileWaitingToRepeat(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.on("", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "60")
		reply(503, failure("busy"))(w, r)
	})
	c := f.client(t, func(cfg *gateway.Config) { cfg.Logger = onLog(cancel) })
	err := c.Ping(ctx)
	requireKind(t, gateway.KindCanceled, err)
	require.Len(t, f.requests(), 1)
}

// onLog runs a function at the first line of the log, which the client writes
// before it waits for the next try.
type onLog func()

func (f onLog) Debugf(string, ...any) { f() }
func (f onLog) Warnf(string, ...any)  {}

func TestKindOfForeignErrors(t *testing.T) {
	require.Equal(t, gateway.KindNone, gateway.KindOf(nil))
	require.Equal(t, gateway.KindNone, gateway.KindOf(errors.New("x")))
	require.False(t, gateway.NotSent(errors.New("x")))
	require.Equal(t, gateway.KindServer, gateway.KindOf(fmt.Errorf("sync: %w", &gateway.Error{Kind: gateway.KindServer})))
}
