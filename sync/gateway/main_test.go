package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/sync/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key      = "s3cr3t-key-0123"
	basePath = "/api/v1/wa"
)

// asked is one request that the fake gateway got.
type asked struct {
	method, path, body string
	header             http.Header
	length             int // that the request declared, −1 for none
}

// fake is a gateway that answers as a test says.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []asked
	routes map[string]http.HandlerFunc // "GET /path", or "/path"; "" for all others
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{routes: map[string]http.HandlerFunc{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	path := strings.TrimPrefix(r.URL.Path, basePath)
	f.mu.Lock()
	f.asked = append(f.asked, asked{r.Method, path, string(body), r.Header.Clone(), int(r.ContentLength)})
	h := f.routes[r.Method+" "+path]
	if h == nil {
		h = f.routes[path]
	}
	if h == nil {
		h = f.routes[""]
	}
	f.mu.Unlock()
	if !strings.HasPrefix(r.URL.Path, basePath) || h == nil {
		html(404, "Cannot "+r.Method+" "+r.URL.Path)(w, r)
		return
	}
	h(w, r)
}

func (f *fake) on(route string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.routes[route] = h
}

func (f *fake) requests() []asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]asked(nil), f.asked...)
}

func (f *fake) count(path string) int {
	n := 0
	for _, a := range f.requests() {
		if a.path == path {
			n++
		}
	}
	return n
}

func (f *fake) last(t *testing.T) asked {
	t.Helper()
	all := f.requests()
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

func (f *fake) client(t *testing.T, change ...func(*gateway.Config)) *gateway.Client {
	t.Helper()
	cfg := gateway.Config{BaseURL: f.URL + basePath + "/", APIKey: key, Timeout: 5 * time.Second, RetryWait: time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	c, err := gateway.New(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// reply answers with JSON as the gateway's Express does.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func html(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<!DOCTYPE html><pre>%s</pre>", text)
	}
}

// cutOff promises the whole body and sends half of it.
func cutOff(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = io.WriteString(w, body[:len(body)/2])
	}
}

// inTurn answers with each handler once, and then with the last.
func inTurn(hs ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := hs[0]
		if len(hs) > 1 {
			hs = hs[1:]
		}
		mu.Unlock()
		h(w, r)
	}
}

func failure(text string) string {
	b, _ := json.Marshal(map[string]any{"success": false, "error": text})
	return string(b)
}

// requireKind wants an error of that kind, without the key in its text.
func requireKind(t *testing.T, want gateway.Kind, err error) {
	t.Helper()
	_ = errorOf(t, want, err)
}

// errorOf is requireKind for a test that looks further.
func errorOf(t *testing.T, want gateway.Kind, err error) *gateway.Error {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, want, gateway.KindOf(err), "error: %v", err)
	var e *gateway.Error
	require.ErrorAs(t, err, &e)
	require.NotContains(t, err.Error(), key)
	return e
}

// fileOf is a file from memory.
func fileOf(mimetype, name string, data []byte) gateway.FileContent {
	return gateway.FileContent{Mimetype: mimetype, Filename: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}
