package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/sync/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is for a machine that has much else to do; nothing is to take so long.
const patience = time.Minute

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Unix(1_780_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newServer(t *testing.T, cfg simulator.Config) *simulator.Server {
	t.Helper()
	if cfg.Epoch.IsZero() {
		cfg.Epoch = time.Unix(1_780_000_000, 0)
	}
	s, err := simulator.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// started is a server with a connected session "s1".
func started(t *testing.T, cfg simulator.Config) *simulator.Server {
	t.Helper()
	cfg.Paired = true
	s := newServer(t, cfg)
	require.Equal(t, http.StatusOK, get(t, s, "/session/start/s1").Code)
	return s
}

func ask(t *testing.T, s *simulator.Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func get(t *testing.T, s *simulator.Server, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, s, http.MethodGet, path, "", header...)
}

func post(t *testing.T, s *simulator.Server, path string, body any) *httptest.ResponseRecorder {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	return ask(t, s, http.MethodPost, path, string(b))
}

type obj = map[string]any

// member decodes one member of a successful answer.
func member[T any](t *testing.T, w *httptest.ResponseRecorder, name string) T {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
	require.JSONEq(t, "true", string(all["success"]))
	require.Contains(t, all, name, w.Body.String())
	var v T
	require.NoError(t, json.Unmarshal(all[name], &v))
	return v
}

func fetch(t *testing.T, s *simulator.Server, chatID string, options obj) []obj {
	t.Helper()
	return member[[]obj](t, post(t, s, "/chat/fetchMessages/s1", obj{"chatId": chatID, "searchOptions": options}), "messages")
}

func at(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// conversation gives the first conversation of the truth that fits.
func conversation(t *testing.T, s *simulator.Server, fits func(simulator.TruthConversation) bool) simulator.TruthConversation {
	t.Helper()
	for c := range s.TruthConversations("s1") {
		if fits(c) {
			return c
		}
	}
	require.Fail(t, "no conversation fits")
	return simulator.TruthConversation{}
}

func person(c simulator.TruthConversation) bool {
	return strings.HasSuffix(c.ID, "@c.us") && c.ID != "0@c.us" && c.Messages > 40
}
