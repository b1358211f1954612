package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

// listening is a server behind a real connection, with a connected session s1.
func listening(t *testing.T, cfg simulator.Config) *simulator.Server {
	t.Helper()
	s := started(t, cfg)
	require.NoError(t, s.Listen("127.0.0.1:0"))
	return s
}

type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// dial asks through a connection of its own, so that none is reused.
func dial(ctx context.Context, t *testing.T, s *simulator.Server, path string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+path, http.NoBody)
	require.NoError(t, err)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer func() { require.NoError(t, resp.Body.Close()) }()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(b), err}
}

const chatsPath = "/client/getChats/s1"

func TestFaultsOfTheConnection(t *testing.T) {
	s := listening(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 100})
	whole := dial(t.Context(), t, s, chatsPath)
	require.NoError(t, whole.err)
	one := func(kind simulator.FaultKind) answer {
		require.NoError(t, s.SetFaults(simulator.Fault{Kind: kind, Times: 1}))
		a := dial(t.Context(), t, s, chatsPath)
		again := dial(t.Context(), t, s, chatsPath)
		require.NoError(t, again.err, "once only")
		require.Equal(t, whole.body, again.body)
		return a
	}
	require.ErrorIs(t, one(simulator.FaultRefuse).err, io.EOF)
	cut := one(simulator.FaultTruncate)
	require.ErrorIs(t, cut.err, io.ErrUnexpectedEOF)
	require.NotEmpty(t, cut.body)
	require.True(t, strings.HasPrefix(whole.body, cut.body))
	reset := one(simulator.FaultReset).err
	require.True(t, errors.Is(reset, syscall.ECONNRESET) || errors.Is(reset, io.ErrUnexpectedEOF), reset)
	require.Equal(t, whole.body, one(simulator.FaultSlow).body)
}

func TestStallEndsWithItsClient(t *testing.T) {
	s := listening(t, simulator.Config{})
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Rate: 1}))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, dial(ctx, t, s, "/ping").err, context.DeadlineExceeded)
}

func TestStallEndsWithTheServer(t *testing.T) {
	s := listening(t, simulator.Config{})
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Rate: 1}))
	done := make(chan answer, 1)
	go func() { done <- dial(context.Background(), t, s, "/ping") }()
	require.Eventually(t, func() bool { return s.Stalled("GET /ping") == 1 }, patience, time.Millisecond)
	require.NoError(t, s.Close())
	require.Error(t, (<-done).err)
}

func TestFaultsOfTheStatus(t *testing.T) {
	s := started(t, simulator.Config{Conversations: 3, Messages: 3})
	for _, f := range []struct {
		fault  simulator.Fault
		status int
		want   string
	}{
		{simulator.Fault{Kind: simulator.Fault400, Rate: 1}, 400, page("Bad Request")},
		{simulator.Fault{Kind: simulator.Fault403, Rate: 1}, 403, `{"success":false,"error":"Invalid API key"}`},
		{simulator.Fault{Kind: simulator.Fault404, Rate: 1}, 404, `{"success":false,"error":"session_not_connected"}`},
		{simulator.Fault{Kind: simulator.Fault413, Rate: 1}, 413, page("Payload Too Large")},
		{simulator.Fault{Kind: simulator.Fault422, Rate: 1}, 422, `{"success":false,"error":"Session should be alphanumerical or -"}`},
		{simulator.Fault{Kind: simulator.Fault429, Rate: 1, RetryAfter: 7}, 429, `{"success":false,"error":"Too many requests"}`},
		{simulator.Fault{Kind: simulator.Fault500, Rate: 1, Message: "r"}, 500, `{"success":false,"error":"r"}`},
		{simulator.Fault{Kind: simulator.FaultEmptyList, Rate: 1}, 200, `{"success":true,"chats":[]}`},
	} {
		t.Run(string(f.fault.Kind), func(t *testing.T) {
			require.NoError(t, s.SetFaults(f.fault))
			w := get(t, s, chatsPath)
			require.Equal(t, f.status, w.Code)
			require.Equal(t, f.want, w.Body.String())
			if f.fault.RetryAfter > 0 {
				require.Equal(t, "7", w.Header().Get("Retry-After"))
			}
			log := s.Requests()
			require.Equal(t, f.fault.Kind, log[len(log)-1].Fault)
			require.Equal(t, f.status, log[len(log)-1].Status)
		})
	}
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "getContacts"}))
	require.Equal(t, http.StatusOK, get(t, s, chatsPath).Code)
	require.JSONEq(t, `{"success":false,"error":"window.WWebJS.getIsMyContact is not a function"}`, get(t, s, "/client/getContacts/s1").Body.String())
}

func TestHTMLFaults(t *testing.T) {
	s := started(t, simulator.Config{})
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.FaultHTML, Rate: 1}))
	first, second := get(t, s, chatsPath), get(t, s, chatsPath)
	require.Equal(t, []int{502, 200}, []int{first.Code, second.Code})
	require.Contains(t, first.Body.String(), "<h1>502 Bad Gateway</h1>")
	require.Equal(t, "text/html", second.Header().Get("Content-Type"))
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.Fault503, Rate: 1}))
	require.Equal(t, 503, get(t, s, chatsPath).Code)
}

func TestDistortedAnswers(t *testing.T) {
	s := started(t, simulator.Config{Contacts: 30})
	for _, kind := range []simulator.FaultKind{simulator.FaultNulls, simulator.FaultWrongTypes} {
		require.NoError(t, s.SetFaults(simulator.Fault{Kind: kind, Rate: 1}))
		list := member[[]any](t, get(t, s, "/client/getContacts/s1"), "contacts")
		require.GreaterOrEqual(t, len(list), 32)
		_, isObject := list[4].(obj)
		require.False(t, isObject, "the fifth item is damaged")
		require.Equal(t, kind == simulator.FaultNulls, list[4] == nil)
	}
}

func TestFaultRateAndScript(t *testing.T) {
	pattern := func() string {
		s := newServer(t, simulator.Config{Seed: 5, Faults: []simulator.Fault{{Kind: simulator.Fault503, Rate: 0.3}}})
		var b strings.Builder
		for range 200 {
			b.WriteString(http.StatusText(get(t, s, "/ping").Code)[:1])
		}
		return b.String()
	}
	one := pattern()
	require.Equal(t, one, pattern(), "deterministic")
	require.InDelta(t, 60, strings.Count(one, "S"), 25)

	s := newServer(t, simulator.Config{Faults: []simulator.Fault{{Kind: simulator.Fault503, Skip: 1, Times: 2}}})
	var codes []int
	for range 5 {
		codes = append(codes, get(t, s, "/ping").Code)
	}
	require.Equal(t, []int{200, 503, 503, 200, 200}, codes)
}

func TestParseFault(t *testing.T) {
	f, err := simulator.ParseFault("500:0.25:getChats")
	require.NoError(t, err)
	require.Equal(t, simulator.Fault{Kind: simulator.Fault500, Rate: 0.25, Route: "getChats"}, f)
	for _, text := range []string{"", "500", "500:x", "500:1.5", "500:NaN", "boom:1"} {
		_, err := simulator.ParseFault(text)
		require.Error(t, err, text)
	}
	for _, kind := range simulator.FaultKinds() {
		_, err := simulator.ParseFault(string(kind) + ":1")
		require.NoError(t, err)
	}
	s := newServer(t, simulator.Config{})
	require.Error(t, s.SetFaults(simulator.Fault{Kind: "boom"}))
}

func TestSendsThatLookFailed(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	send := obj{"chatId": chat.ID, "contentType": "string", "content": "only once"}
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1}, simulator.Fault{Kind: simulator.FaultNoMessage, Times: 1}))
	w := post(t, s, "/client/sendMessage/s1", send)
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.JSONEq(t, `{"success":false,"error":"Cannot read properties of undefined (reading 'markedUnread')"}`, w.Body.String())
	require.Equal(t, `{"success":true}`, post(t, s, "/client/sendMessage/s1", send).Body.String())
	last := fetch(t, s, chat.ID, obj{"limit": 2})
	require.Equal(t, []any{"only once", "only once"}, []any{last[0]["body"], last[1]["body"]}, "both were delivered")
	require.Equal(t, 2, s.Count("POST /client/sendMessage"))
	var body obj
	log := s.Requests()
	require.NoError(t, json.Unmarshal([]byte(log[len(log)-2].Body), &body))
	require.Equal(t, "only once", body["content"])
	s.ResetRequests()
	require.Zero(t, s.Count("POST /client/sendMessage"))
	require.Empty(t, s.Requests())
}

func TestClose(t *testing.T) {
	s := listening(t, simulator.Config{})
	closed := listening(t, simulator.Config{})
	require.NoError(t, closed.Close())
	require.ErrorContains(t, dial(t.Context(), t, closed, "/ping").err, "refused")
	require.NoError(t, closed.Close(), "twice")
	require.Error(t, s.Listen("127.0.0.1:0"), "listening already")
}

func TestServeEndsWithItsContext(t *testing.T) {
	s := newServer(t, simulator.Config{})
	require.Empty(t, s.URL())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, "127.0.0.1:0") }()
	require.Eventually(t, func() bool { return s.URL() != "" }, patience, time.Millisecond)
	require.Equal(t, http.StatusOK, dial(t.Context(), t, s, "/ping").status)
	cancel()
	require.NoError(t, <-done)
}
