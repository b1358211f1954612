package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

const matrixKey = "canary-key-7c1f0e"

// gatewayFault is one way in which a gateway, or what stands before it, fails.
type gatewayFault struct {
	name    string
	place   func() *faultPlace
	stalls  bool                      // it ends only by the caller's deadline
	costly  bool                      // much is read until it ends
	want    []gateway.Kind            // any of them; "" is success
	besides map[string][]gateway.Kind // also right, for some calls
}

// patience is the deadline that the caller sets: short where only it ends the call.
func (f gatewayFault) patience() time.Duration {
	if f.stalls {
		return 400 * time.Millisecond
	}
	return time.Minute
}

func (f gatewayFault) kinds(call string) []gateway.Kind {
	return append(f.want[:len(f.want):len(f.want)], f.besides[call]...)
}

// faultPlace is where one call is made.
type faultPlace struct {
	url           string
	transport     http.RoundTripper // nil: the client's own
	asked, stolen atomic.Int64
	closers       []func()
}

func (p *faultPlace) close() {
	for _, c := range p.closers {
		c()
	}
}

// served is a place that answers each request with h.
func served(h http.HandlerFunc) func() *faultPlace {
	return func() *faultPlace {
		p := &faultPlace{}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/session/getSessions") { // with which calls learn the gateway's generation
				p.asked.Add(1)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			h(w, r)
		}))
		p.url, p.closers = s.URL, []func(){s.CloseClientConnections, s.Close}
		return p
	}
}

// dialled is a place to which connections are made by dial.
func dialled(dial func(context.Context) (net.Conn, error)) func() *faultPlace {
	return func() *faultPlace {
		tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
		return &faultPlace{url: "http://gateway.example", transport: tr, closers: []func(){tr.CloseIdleConnections}}
	}
}

func page(status int, text string, header ...string) http.HandlerFunc {
	return typed(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><body>"+text+"</body></html>", header...)
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return typed(status, "application/json; charset=utf-8", body, header...)
}

func typed(status int, contentType, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func declined(text string) string { return fmt.Sprintf(`{"success":false,"error":%q}`, text) }

// everyMember is a good beginning of an answer of every call.
const everyMember = `{"success":true,"message":"pong","result":"` // and then what is to be large

// hijacked answers with raw bytes, and leaves the rest to then.
func hijacked(raw string, then func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, raw)
		then(conn)
	}
}

// wait holds a connection until the client leaves.
func wait(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// trickle sends a byte now and then until the client leaves.
func trickle(conn net.Conn) {
	gone := make(chan struct{})
	go func() { wait(conn); close(gone) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-gone:
			return
		case <-tick.C:
			if _, err := conn.Write([]byte("x")); err != nil {
				return
			}
		}
	}
}

func cut(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// bomb answers with text of which 10,000 MB would come out of a few.
func bomb(t *testing.T) http.HandlerFunc {
	t.Helper()
	packed := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := io.WriteString(z, text)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	first, more := packed(everyMember), packed(strings.Repeat("x", 1<<20))
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(first)
		for range 10_000 {
			if _, err := w.Write(more); err != nil {
				return
			}
		}
	}
}

// redirected leads to another host that would note a key.
func redirected(status int) func() *faultPlace {
	return func() *faultPlace {
		p := &faultPlace{}
		thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.stolen.Add(1)
			answer(200, `{"success":true}`)(w, r)
		}))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.asked.Add(1)
			http.Redirect(w, r, thief.URL+r.URL.Path, status)
		}))
		p.url, p.closers = s.URL, []func(){s.Close, thief.Close}
		return p
	}
}

func gatewayFaults(t *testing.T) []gatewayFault {
	t.Helper()
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
	kinds := func(k ...gateway.Kind) []gateway.Kind { return k }
	noSocket := map[string][]gateway.Kind{"Listen": kinds(gateway.KindNoWebSocket)}
	// With these, a refusal is an answer (contract §3).
	answers := map[string][]gateway.Kind{"Listen": kinds(gateway.KindNoWebSocket), "SessionStatus": kinds(""), "QR": kinds(""), "QRImage": kinds("")}
	// What is missing is what this call is about; a refused name proves that a call is there.
	missing := map[string][]gateway.Kind{"Listen": kinds(gateway.KindNoWebSocket), "MissingCalls": kinds("")}
	past, far := time.Now().Add(-48*time.Hour).UTC().Format(http.TimeFormat), time.Now().AddDate(70, 0, 0).UTC().Format(http.TimeFormat)
	return []gatewayFault{
		{name: "400 page", place: served(page(400, "Bad Request")), want: kinds(gateway.KindRefused), besides: noSocket},
		{name: "400", place: served(answer(400, declined("invalid contentType"))), want: kinds(gateway.KindRefused), besides: noSocket},
		{name: "401", place: served(page(401, "Authorization Required")), want: kinds(gateway.KindUnauthorized)},
		{name: "403", place: served(answer(403, declined("Invalid API key"))), want: kinds(gateway.KindUnauthorized)},
		{name: "404 session", place: served(answer(404, declined("session_not_connected"))), want: kinds(gateway.KindSessionNotConnected), besides: noSocket},
		{name: "404 page", place: served(page(404, "Cannot GET /x")), want: kinds(gateway.KindEndpointMissing), besides: missing},
		{name: "409", place: served(answer(409, declined("Conflict"))), want: kinds(gateway.KindRefused), besides: noSocket},
		{name: "413", place: served(page(413, "Payload Too Large")), want: kinds(gateway.KindTooLarge)},
		{name: "422", place: served(answer(422, declined("Session should be alphanumerical or -"))), want: kinds(gateway.KindInvalidSessionName), besides: missing},
		{name: "429", place: served(page(429, "slow")), want: kinds(gateway.KindRateLimited)},
		{name: "429, seconds", place: served(page(429, "slow", "Retry-After", "1")), want: kinds(gateway.KindRateLimited)},
		{name: "429, long past", place: served(page(429, "slow", "Retry-After", past)), want: kinds(gateway.KindRateLimited)},
		{name: "429, in years", place: served(page(429, "slow", "Retry-After", far)), stalls: true, want: kinds(gateway.KindRateLimited, gateway.KindTimeout)},
		{name: "500", place: served(answer(500, declined("Protocol error (Runtime.callFunctionOn)"))), want: kinds(gateway.KindServer)},
		{name: "500 without words", place: served(answer(500, `{"success":false}`)), want: kinds(gateway.KindServer)},
		{name: "502", place: served(page(502, "Bad Gateway")), want: kinds(gateway.KindServer)},
		{name: "503", place: served(page(503, "Unavailable", "Retry-After", "0")), want: kinds(gateway.KindServer)},
		{name: "504", place: served(page(504, "Gateway Timeout")), want: kinds(gateway.KindServer)},
		{name: "refused", place: dialled(func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("connection refused")}
		}), want: kinds(gateway.KindUnreachable)},
		{name: "no such host", place: dialled(func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "gateway.example", IsNotFound: true}}
		}), want: kinds(gateway.KindUnreachable)},
		{name: "nobody home", place: dialled(func(ctx context.Context) (net.Conn, error) {
			<-ctx.Done()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		}), stalls: true, want: kinds(gateway.KindTimeout, gateway.KindUnreachable)},
		{name: "foreign certificate", place: overTLS(true), want: kinds(gateway.KindTLS)},
		{name: "no https", place: overTLS(false), want: kinds(gateway.KindTLS)},
		{name: "no HTTP", place: served(hijacked("SSH-2.0-OpenSSH_9.2\r\n", func(net.Conn) {})), want: kinds(gateway.KindMalformed)},
		{name: "slow head", place: served(hijacked("HTTP/1.1 200 OK\r\nX-Slow: ", trickle)), stalls: true, want: kinds(gateway.KindTimeout)},
		{name: "no answer", place: served(hijacked("", wait)), stalls: true, want: kinds(gateway.KindTimeout)},
		{name: "stall in the body", place: served(hijacked(head+everyMember, wait)), stalls: true, want: kinds(gateway.KindTimeout), besides: noSocket},
		{name: "slow body", place: served(hijacked(head+everyMember, trickle)), stalls: true, want: kinds(gateway.KindTimeout), besides: noSocket},
		{name: "reset", place: served(hijacked("", cut)), want: kinds(gateway.KindUnreachable), besides: noSocket},
		{name: "reset in the body", place: served(hijacked(head+everyMember, cut)), want: kinds(gateway.KindUnreachable), besides: noSocket},
		{name: "truncated", place: served(answer(200, everyMember)), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "not JSON", place: served(answer(200, `{"success":true,"result":x}`)), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "empty", place: served(answer(200, "")), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "another's JSON", place: served(answer(200, `{"status":"ok"}`)), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "wrong type", place: served(typed(200, "text/plain", `{"success":true,"message":"pong"}`)), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "login page", place: served(page(200, "Sign in")), want: kinds(gateway.KindMalformed), besides: noSocket},
		{name: "success false", place: served(answer(200, declined("no"))), want: kinds(gateway.KindRefused), besides: answers},
		{name: "gzip bomb", place: served(bomb(t)), costly: true, want: kinds(gateway.KindTooLarge), besides: noSocket},
		{name: "302 elsewhere", place: redirected(http.StatusFound), want: kinds(gateway.KindRedirected)},
		{name: "307 elsewhere", place: redirected(http.StatusTemporaryRedirect), want: kinds(gateway.KindRedirected)},
		{name: "308 elsewhere", place: redirected(http.StatusPermanentRedirect), want: kinds(gateway.KindRedirected)},
		{name: "500 of 1970", place: served(answer(500, declined("x"), "Date", "Thu, 01 Jan 1970 00:00:00 GMT")), want: kinds(gateway.KindServer)},
	}
}

// overTLS is an address with https where the certificate is nobody's, or where
// there is no https.
func overTLS(https bool) func() *faultPlace {
	return func() *faultPlace {
		p := &faultPlace{}
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { p.stolen.Add(1) }))
		s.Config.ErrorLog = quiet()
		if https {
			s.StartTLS()
		} else {
			s.Start()
		}
		p.url, p.closers = "https://"+s.Listener.Addr().String(), []func(){s.Close}
		return p
	}
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
