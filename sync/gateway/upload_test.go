package gateway_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

const sent = `{"success":true,"message":{"id":{"id":"S1","remote":"c","fromMe":true}}}`

func noise(n int) []byte {
	data := make([]byte, n)
	for i, r := 0, rand.New(rand.NewPCG(7, 7)); i < n; i++ { //nolint:gosec // any bytes will do
		data[i] = byte(r.Uint32())
	}
	return data
}

// TestFileGoesOutAsItIs holds lengths around the pieces in which a file is read,
// and names that look like what stands in the file's place.
func TestFileGoesOutAsItIs(t *testing.T) {
	const piece = 24 << 10
	for _, size := range []int{0, 1, 2, 3, 4, piece - 1, piece, piece + 1, 2 * piece, 5*piece + 2} {
		f := newFake(t)
		f.on("", reply(200, sent))
		data := noise(size)
		content := fileOf("image/png", `a"\u0066"f\u0066.png`, data)
		var last, total atomic.Int64
		content.Progress = func(sent, of int64) { last.Store(sent); total.Store(of) }
		got, err := f.client(t).SendMessage(t.Context(), "s1", `"\u0066"`, content, gateway.SendOptions{Caption: `"\u0066"`})
		require.NoError(t, err)
		require.Equal(t, "S1", got.Message.ID.Short)
		asked := f.last(t)
		var body struct {
			ChatID  string
			Content struct {
				Data     []byte
				Filename string
				Filesize int
			}
			Options struct{ Caption string }
		}
		require.NoError(t, json.Unmarshal([]byte(asked.body), &body))
		require.True(t, bytes.Equal(data, body.Content.Data), "%d bytes", size)
		require.Equal(t, size, body.Content.Filesize)
		require.Equal(t, `a"\u0066"f\u0066.png`, body.Content.Filename)
		require.Equal(t, `"\u0066"`, body.ChatID)
		require.Equal(t, `"\u0066"`, body.Options.Caption)
		require.EqualValues(t, size, last.Load())
		if size > 0 {
			require.EqualValues(t, size, total.Load())
		}
		require.NotEqual(t, -1, asked.length, "chunked")
		require.Equal(t, len(asked.body), asked.length)
	}
}

func TestReplyWithAFile(t *testing.T) {
	f := newFake(t)
	f.on("/ping", reply(200, `{"success":true,"message":"pong"}`))
	f.on("/session/getSessions", reply(200, `{"success":true,"result":[]}`))
	f.on("/message/reply/s1", reply(200, strings.Replace(sent, `"message"`, `"repliedMessage"`, 1)))
	_, err := f.client(t).Reply(t.Context(), "s1", ref, fileOf("text/plain", "a", []byte("hello")), gateway.SendOptions{})
	require.NoError(t, err)
	require.Contains(t, f.last(t).body, `"content":{"mimetype":"text/plain","data":"aGVsbG8=","filename":"a","filesize":5},"contentType":"MessageMedia"`)
}

// TestFileThatIsNotWhatItWas: no request is ever whole, so nothing was sent.
func TestFileThatIsNotWhatItWas(t *testing.T) {
	data := noise(300_000)
	boom := errors.New("the digest is another")
	for name, tc := range map[string]struct {
		size   int64
		reader func() (io.ReadCloser, error)
		want   error
	}{
		"shorter":       {300_001, opening(bytes.NewReader(data)), gateway.ErrFileChanged},
		"longer":        {299_999, opening(bytes.NewReader(data)), gateway.ErrFileChanged},
		"gone":          {300_000, func() (io.ReadCloser, error) { return nil, boom }, boom},
		"bad at end":    {300_000, opening(io.MultiReader(bytes.NewReader(data), broken{boom})), boom},
		"bad inside":    {300_000, opening(io.MultiReader(bytes.NewReader(data[:99]), broken{boom})), boom},
		"bad and empty": {0, opening(broken{boom}), boom},
	} {
		t.Run(name, func(t *testing.T) {
			var whole atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err == nil && json.Valid(body) {
					whole.Add(1)
				}
			}))
			defer server.Close()
			c, err := gateway.New(gateway.Config{BaseURL: server.URL})
			require.NoError(t, err)
			defer c.Close()
			_, err = c.SendMessage(t.Context(), "s1", "c", gateway.FileContent{Size: tc.size, Open: tc.reader}, gateway.SendOptions{})
			require.ErrorIs(t, err, tc.want)
			require.Equal(t, gateway.KindInvalidRequest, gateway.KindOf(err))
			require.True(t, gateway.NotSent(err))
			require.Zero(t, whole.Load())
		})
	}
}

// TestWhatIsKnownOfABrokenUpload: what breaks inside the request did not send;
// what breaks after it may have.
func TestWhatIsKnownOfABrokenUpload(t *testing.T) {
	file := fileOf("image/png", "a", bytes.Repeat(noise(1<<20), 40)) // more than any buffer on the way
	for name, tc := range map[string]struct {
		serve   func(w http.ResponseWriter, r *http.Request)
		notSent bool
	}{
		"cut inside the request": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 1<<20)
			cut(w)
		}, true},
		"cut after the request": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			cut(w)
		}, false},
		"500 after the request": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			reply(500, failure("x"))(w, r)
		}, false},
		"413 at once": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // as Express does
			html(413, "Payload Too Large")(w, r)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(tc.serve))
			defer server.Close()
			c, err := gateway.New(gateway.Config{BaseURL: server.URL})
			require.NoError(t, err)
			defer c.Close()
			_, err = c.SendMessage(t.Context(), "s1", "c", file, gateway.SendOptions{})
			require.Error(t, err)
			require.Equal(t, tc.notSent, gateway.NotSent(err), "%v", err)
		})
	}
	t.Run("given up inside", func(t *testing.T) {
		reached, release := make(chan struct{}), make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			close(reached)
			<-release
		}))
		defer server.Close()
		defer close(release)
		c, err := gateway.New(gateway.Config{BaseURL: server.URL})
		require.NoError(t, err)
		defer c.Close()
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-reached; cancel() }()
		_, err = c.SendMessage(ctx, "s1", "c", file, gateway.SendOptions{})
		requireKind(t, gateway.KindCanceled, err)
		require.True(t, gateway.NotSent(err))
	})
}

func TestRedirectedFileGoesOutWhole(t *testing.T) {
	data := noise(100_000)
	var got []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/new/") {
			_, _ = io.Copy(io.Discard, r.Body) // as proxies do: who answers before may be heard of only as a broken connection
			http.Redirect(w, r, "/new"+r.URL.Path, http.StatusTemporaryRedirect)
			return
		}
		got, _ = io.ReadAll(r.Body)
		reply(200, sent)(w, r)
	}))
	defer server.Close()
	c, err := gateway.New(gateway.Config{BaseURL: server.URL})
	require.NoError(t, err)
	defer c.Close()
	_, err = c.SendMessage(t.Context(), "s1", "c", fileOf("image/png", "a", data), gateway.SendOptions{})
	require.NoError(t, err)
	require.Contains(t, string(got), base64.StdEncoding.EncodeToString(data))
}

// cut ends a connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func opening(r io.Reader) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
}

// BenchmarkSendFile sends a file of 16 MB: the bytes per operation and the peak of
// the heap above what it was show that none of it is held.
func BenchmarkSendFile(b *testing.B) {
	const size = 16 << 20
	path := filepath.Join(b.TempDir(), "film.mp4")
	require.NoError(b, os.WriteFile(path, noise(size), 0o600))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reply(200, sent)(w, r)
	}))
	defer server.Close()
	c, err := gateway.New(gateway.Config{BaseURL: server.URL})
	require.NoError(b, err)
	defer c.Close()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak := uint64(0)
	file := gateway.FileContent{Mimetype: "video/mp4", Filename: "film.mp4", Size: size,
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
		Progress: func(sent, _ int64) {
			if sent%(1<<20) < 24<<10 {
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
			}
		}}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.SendMessage(b.Context(), "s1", "c", file, gateway.SendOptions{})
		require.NoError(b, err)
	}
	b.ReportMetric(float64(peak)-float64(before.HeapInuse), "peak-heap-B")
}
