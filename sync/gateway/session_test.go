package gateway_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

func TestStatusIsAnAnswer(t *testing.T) {
	for body, want := range map[string]gateway.Status{
		`{"success":true,"state":"CONNECTED","message":"session_connected"}`:       {Success: true, State: "CONNECTED", Message: "session_connected"},
		`{"success":false,"state":null,"message":"session_not_found"}`:             {Message: "session_not_found"},
		`{"message":"session_not_connected","state":"UNPAIRED","success":false}`:   {State: "UNPAIRED", Message: "session_not_connected"},
		`{"success":false,"state":null,"message":"browser tab closed","extra":[]}`: {Message: "browser tab closed"},
	} {
		f := newFake(t)
		f.on("GET /session/status/s1", reply(200, body))
		got, err := f.client(t).SessionStatus(t.Context(), "s1")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestQR(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	for body, want := range map[string]gateway.QRAnswer{
		`{"success":true,"qr":"2@abc,d,e,f,1"}`:                              {Text: "2@abc,d,e,f,1"},
		`{"success":false,"message":"session_not_found"}`:                    {Reason: gateway.QRNotFound},
		`{"success":false,"message":"qr code not ready or already scanned"}`: {Reason: gateway.QRNotReady},
		`{"success":true,"qr":null}`:                                         {Reason: gateway.QRNotReady},
	} {
		f.on("GET /session/qr/s1", reply(200, body))
		got, err := c.QR(t.Context(), "s1")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	f.on("GET /session/qr/s1", reply(403, failure("Invalid API key")))
	_, err := c.QR(t.Context(), "s1")
	requireKind(t, gateway.KindUnauthorized, err)
}

func TestQRImageGoesByType(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	png := "\x89PNG\r\n\x1a\nrest"
	f.on("GET /session/qr/s1/image", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte(png))
	})
	got, err := c.QRImage(t.Context(), "s1")
	require.NoError(t, err)
	require.Equal(t, png, string(got.PNG))
	f.on("GET /session/qr/s1/image", reply(200, `{"success":false,"message":"session_not_found"}`))
	got, err = c.QRImage(t.Context(), "s1")
	require.NoError(t, err)
	require.Equal(t, gateway.QRImageAnswer{Reason: gateway.QRNotFound}, got)
	f.on("GET /session/qr/s1/image", html(404, "Cannot GET"))
	_, err = c.QRImage(t.Context(), "s1")
	requireKind(t, gateway.KindEndpointMissing, err)
}

func TestUnknownSessionInRestartAndTerminate(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":false,"state":null,"message":"session_not_found"}`))
	c := f.client(t)
	requireKind(t, gateway.KindSessionNotFound, c.Restart(t.Context(), "s1"))
	requireKind(t, gateway.KindSessionNotFound, c.Terminate(t.Context(), "s1"))
	_, err := c.RequestPairingCode(t.Context(), "s1", "34600111222")
	requireKind(t, gateway.KindSessionNotFound, err)
}

func TestStartIsOneFlight(t *testing.T) {
	f := newFake(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	f.on("GET /session/start/s1", func(w http.ResponseWriter, r *http.Request) {
		close(arrived) // a second request would panic here
		<-release
		reply(200, `{"success":true,"message":"Session initiated successfully"}`)(w, r)
	})
	f.on("GET /session/start/s2", reply(200, `{"success":true,"message":"Session initiated successfully"}`))
	c := f.client(t)

	impatient, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { first <- c.StartSession(impatient, "s1") }()
	<-arrived
	giveUp()
	requireKind(t, gateway.KindCanceled, <-first)

	// The gateway is still starting: another caller joins and sends nothing.
	hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	requireKind(t, gateway.KindTimeout, c.StartSession(hurried, "s1"))
	second := make(chan error, 1)
	go func() { second <- c.StartSession(t.Context(), "s1") }()
	require.NoError(t, c.StartSession(t.Context(), "s2"), "other names are free")
	close(release)
	require.NoError(t, <-second)
	require.Equal(t, 1, f.count("/session/start/s1"))
}

func TestCloseEndsAStart(t *testing.T) {
	f := newFake(t)
	arrived := make(chan struct{})
	f.on("", func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	c := f.client(t)
	got := make(chan error, 1)
	go func() { got <- c.StartSession(t.Context(), "s1") }()
	<-arrived
	c.Close()
	requireKind(t, gateway.KindCanceled, <-got)
	requireKind(t, gateway.KindCanceled, c.StartSession(t.Context(), "s1"))
}

func TestGeneration(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	f.on("/session/getSessions", reply(403, failure("Invalid API key")))
	_, err := c.Generation(t.Context())
	requireKind(t, gateway.KindUnauthorized, err)
	f.on("/session/getSessions", reply(200, `{"success":true,"result":["s1"]}`))
	for range 3 {
		g, err := c.Generation(t.Context())
		require.NoError(t, err)
		require.Equal(t, gateway.GenerationA, g)
	}
	require.Equal(t, 2, f.count("/session/getSessions"), "remembered once known")

	old := newFake(t)
	c = old.client(t)
	_, err = c.Generation(t.Context())
	requireKind(t, gateway.KindEndpointMissing, err)
	old.on("/ping", reply(200, `{"success":true,"message":"pong"}`))
	g, err := c.Generation(t.Context())
	require.NoError(t, err)
	require.Equal(t, gateway.GenerationC, g)
}

func TestProbe(t *testing.T) {
	pong := reply(200, `{"success":true,"message":"pong"}`)
	for name, tc := range map[string]struct {
		ping, sessions http.HandlerFunc
		want           gateway.ProbeOutcome
		generation     gateway.Generation
	}{
		"A":           {pong, reply(200, `{"success":true,"result":[]}`), gateway.ProbeGood, gateway.GenerationA},
		"C":           {pong, html(404, "Cannot GET"), gateway.ProbeGood, gateway.GenerationC},
		"wrong key":   {pong, reply(403, failure("Invalid API key")), gateway.ProbeWrongKey, ""},
		"another":     {html(404, "nginx"), nil, gateway.ProbeNotGateway, ""},
		"web page":    {html(200, "Welcome"), nil, gateway.ProbeNotGateway, ""},
		"other JSON":  {reply(200, `{"success":true,"message":"hi"}`), nil, gateway.ProbeNotGateway, ""},
		"other API":   {reply(200, `{"status":"up"}`), nil, gateway.ProbeNotGateway, ""},
		"proxy, down": {html(502, "Bad Gateway"), nil, gateway.ProbeFailed, ""},
		"ill":         {pong, reply(500, failure("x")), gateway.ProbeFailed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("/ping", tc.ping)
			if tc.sessions != nil {
				f.on("/session/getSessions", tc.sessions)
			}
			r := f.client(t).Probe(t.Context())
			require.Equal(t, tc.want, r.Outcome)
			require.Equal(t, tc.generation, r.Generation)
			require.Equal(t, tc.want == gateway.ProbeGood, r.Err == nil)
			require.LessOrEqual(t, f.count("/session/getSessions"), 1)
		})
	}
}
