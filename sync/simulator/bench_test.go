package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

// discard is an http.ResponseWriter that counts only.
type discard struct {
	header http.Header
	n      int64
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { d.n += int64(len(b)); return len(b), nil }

func benchServer(b *testing.B) *simulator.Server {
	b.Helper()
	s, err := simulator.New(simulator.Config{
		Seed: 1, Contacts: simulator.MaxContacts, Conversations: simulator.MaxConversations, Messages: simulator.MaxMessages,
		Paired: true, Epoch: time.Unix(1_780_000_000, 0),
	})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	s.Handler().ServeHTTP(&discard{header: http.Header{}}, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/session/start/s", http.NoBody))
	return s
}

func run(b *testing.B, s *simulator.Server, method, path, body string) int64 {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	d := &discard{header: http.Header{}}
	s.Handler().ServeHTTP(d, r)
	require.Positive(b, d.n)
	return d.n
}

func biggest(s *simulator.Server) simulator.TruthConversation {
	var best simulator.TruthConversation
	for c := range s.TruthConversations("s") {
		if c.Messages > best.Messages {
			best = c
		}
	}
	return best
}

// BenchmarkFetchMessages writes 10,000 messages of the biggest conversation; the figure
// that counts is messages/s.
func BenchmarkFetchMessages(b *testing.B) {
	s := benchServer(b)
	body := fmt.Sprintf(`{"chatId":%q,"searchOptions":{"limit":10000}}`, biggest(s).ID)
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(run(b, s, http.MethodPost, "/chat/fetchMessages/s", body))
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkFetchMessagesHTTP is the same through a connection, with a reader.
func BenchmarkFetchMessagesHTTP(b *testing.B) {
	s := benchServer(b)
	require.NoError(b, s.Listen("127.0.0.1:0"))
	body := fmt.Sprintf(`{"chatId":%q,"searchOptions":{"limit":10000}}`, biggest(s).ID)
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, s.URL()+"/chat/fetchMessages/s", strings.NewReader(body))
		require.NoError(b, err)
		req.Header.Set("Content-Type", "application/json")
		r, err := http.DefaultClient.Do(req)
		require.NoError(b, err)
		n, err := io.Copy(io.Discard, r.Body)
		require.NoError(b, err)
		require.NoError(b, r.Body.Close())
		b.SetBytes(n)
	}
	b.ReportMetric(10_000*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func BenchmarkGetChats(b *testing.B) {
	s := benchServer(b)
	for b.Loop() {
		b.SetBytes(run(b, s, http.MethodGet, "/client/getChats/s", ""))
	}
}

func BenchmarkGetContacts(b *testing.B) {
	s := benchServer(b)
	for b.Loop() {
		b.SetBytes(run(b, s, http.MethodGet, "/client/getContacts/s", ""))
	}
}

func BenchmarkTruthMillion(b *testing.B) {
	s := benchServer(b)
	for b.Loop() {
		require.Equal(b, simulator.MaxMessages, s.Truth("s").Messages)
	}
}
