package gateway_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/sync/gateway"
)

// heldAtMost is how much memory, in bytes, a call may hold at any time: the cap of
// one frame of the WebSocket, twice over, because its buffer grows by doubling, and
// what a file's cap takes.
const heldAtMost = 160 << 20

// patienceWithFloods is longer than any flood takes, on however busy a machine.
const patienceWithFloods = 10 * time.Minute

// flood is a gateway that means harm.
type flood struct {
	name   string
	answer http.HandlerFunc
	ask    func(context.Context, *gateway.Client) error
	want   []gateway.Kind
	most   int64 // bytes that may be read of the answers
	costly bool  // as much is read as one call ever reads
}

// endless writes a beginning and then a text for as long as anybody reads.
func endless(sent *atomic.Int64, head, more string) http.HandlerFunc {
	chunk := []byte(strings.Repeat(more, max(1, 1<<16/len(more))))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		n, err := io.WriteString(w, head)
		sent.Add(int64(n))
		for err == nil {
			n, err = w.Write(chunk)
			sent.Add(int64(n))
		}
	}
}

// socketFlood says frames for as long as anybody listens.
func socketFlood(t *testing.T, sent *atomic.Int64, talk func(context.Context, *websocket.Conn) error) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		_ = talk(r.Context(), conn)
		_ = conn.CloseNow()
	}
}

func floods(t *testing.T, sent *atomic.Int64) []flood {
	t.Helper()
	const list = gateway.MaxListAnswer + 2<<20
	const tinyItems = 50 * gateway.MaxListItems // each is shorter than 50 bytes
	const small = gateway.MaxAnswer + 2<<20
	tooLarge, gone := []gateway.Kind{gateway.KindTooLarge}, []gateway.Kind{gateway.KindUnreachable, gateway.KindTooLarge}
	chats := func(ctx context.Context, c *gateway.Client) error {
		_, err := c.Chats(ctx, "s1", func(*gateway.Chat) error { return nil })
		return err
	}
	messages := func(ctx context.Context, c *gateway.Client) error {
		_, err := c.FetchMessages(ctx, "s1", "c", gateway.FetchOptions{Limit: 50}, func(*gateway.Message) error { return nil })
		return err
	}
	listen := func(ctx context.Context, c *gateway.Client) error {
		return c.Listen(ctx, "s1", func(gateway.Event) {})
	}
	frame := func(size int, head, more string) http.HandlerFunc {
		return socketFlood(t, sent, func(ctx context.Context, conn *websocket.Conn) error {
			w, err := conn.Writer(ctx, websocket.MessageText)
			if err == nil {
				_, err = io.WriteString(w, head)
			}
			chunk := []byte(strings.Repeat(more, 1<<16/len(more)))
			for n := 0; err == nil && n < size; n += len(chunk) {
				_, err = w.Write(chunk)
				sent.Add(int64(len(chunk)))
			}
			if err == nil {
				err = w.Close()
			}
			return err
		})
	}
	tiny := 20_000
	if drill.Full() {
		tiny = 1_000_000
	}
	frames := socketFlood(t, sent, func(ctx context.Context, conn *websocket.Conn) error {
		for range tiny {
			if err := conn.Write(ctx, websocket.MessageText, []byte(`{"dataType":"x"}`)); err != nil {
				return err
			}
		}
		return nil
	})
	names := `{"success":true,"result":["` + strings.Repeat(`s","`, 100_000) + `s"]}`
	return []flood{
		{"endless contacts", endless(sent, `{"success":true,"contacts":[`, `{"id":"1@c.us","name":"x"},`), func(ctx context.Context, c *gateway.Client) error {
			_, err := c.Contacts(ctx, "s1", func(*gateway.Contact) error { return nil })
			return err
		}, tooLarge, tinyItems, false},
		{"endless chats", endless(sent, `{"success":true,"chats":[`, `{"id":"1@c.us"},`), chats, tooLarge, tinyItems, false},
		{"endless bad items", endless(sent, `{"success":true,"chats":[`, `7,`), chats, tooLarge, tinyItems, false},
		{"one endless item", endless(sent, `{"success":true,"chats":[{"name":"`, `x`), chats, tooLarge, list, true},
		{"endless messages", endless(sent, `{"success":true,"messages":[`, `{"id":{"id":"3A","remote":"c@c.us"},"body":"x"},`), messages, tooLarge, tinyItems, false},
		{"endless depth", endless(sent, `{"success":true,"messages":[`, `[`), messages, tooLarge, list, true},
		{"endless members", endless(sent, `{"success":true`, `,"x":1`), chats, tooLarge, list, true},
		{"endless space", endless(sent, `{"success":true,"chats":`, "\n"), chats, tooLarge, list, true},
		{"endless pong", endless(sent, `{"success":true,"message":"`, "x"), func(ctx context.Context, c *gateway.Client) error { return c.Ping(ctx) }, tooLarge, small, false},
		{"endless QR", endless(sent, `{"success":true,"qr":"`, "x"), func(ctx context.Context, c *gateway.Client) error { _, err := c.QR(ctx, "s1"); return err }, tooLarge, small, false},
		{"endless depth of a small answer", endless(sent, `{"success":true,"x":`, "["), func(ctx context.Context, c *gateway.Client) error { return c.Ping(ctx) }, tooLarge, small, false},
		{"deep small answer", reply(200, `{"success":true,"message":"pong","x":`+strings.Repeat("[", 1<<20)+strings.Repeat("]", 1<<20)+"}"), func(ctx context.Context, c *gateway.Client) error { return c.Ping(ctx) }, []gateway.Kind{"", gateway.KindMalformed}, 0, false},
		{"100,000 sessions", reply(200, names), func(ctx context.Context, c *gateway.Client) error { _, err := c.Sessions(ctx); return err }, []gateway.Kind{""}, 0, false},
		{"endless error", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusInternalServerError)
			endless(sent, `{"success":false,"error":"`, "x")(w, r)
		}, chats, []gateway.Kind{gateway.KindServer}, 8 << 20, false},
		{"endless header", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for i := 0; err == nil; i++ {
				var n int
				n, err = fmt.Fprintf(conn, "X-%d: %s\r\n", i, strings.Repeat("x", 1000))
				sent.Add(int64(n))
			}
			_ = conn.Close()
		}, chats, gone, 40 << 20, false},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request) {
			sent.Add(1 << 20)
			http.Redirect(w, r, r.URL.Path+"x", http.StatusTemporaryRedirect)
		}, chats, []gateway.Kind{gateway.KindRedirected}, 8 << 20, false},
		{"a frame of 100 MB", frame(100<<20, `{"dataType":"media","data":{"messageMedia":{"data":"`, "A"), listen, tooLarge, 64 << 20, true},
		{"a deep frame", frame(24<<20, `{"dataType":"message","data":`, "["), listen, gone, 32 << 20, true},
		{"tiny frames", frames, listen, gone, 0, false},
	}
}

// TestDrillHostileGateway lets a gateway answer for ever, too deeply and too much:
// each call must end by itself, having read no more than its cap and held little.
func TestDrillHostileGateway(t *testing.T) {
	figures := drill.Start(t, 22, "a gateway that means harm")
	var sent atomic.Int64
	cases, wrong, over, held := 0, 0, 0, uint64(0)
	for _, f := range floods(t, &sent) {
		if f.costly && !drill.Full() {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			server := newFake(t)
			server.on("", f.answer)
			c := server.client(t, func(cfg *gateway.Config) { cfg.Timeout = patienceWithFloods })
			sent.Store(0)
			ctx, cancel := context.WithTimeout(t.Context(), patienceWithFloods)
			defer cancel()
			peak := watchHeap(t, func() {
				err := f.ask(ctx, c)
				cases++
				if !contains(f.want, gateway.KindOf(err)) {
					wrong++
					t.Errorf("want %q, got %q: %v", f.want, gateway.KindOf(err), err)
				}
			})
			held = max(held, peak)
			// What the kernel buffers between the two comes on top.
			if f.most > 0 && sent.Load() > f.most+16<<20 {
				over++
				t.Errorf("%d MB were read", sent.Load()>>20)
			}
		})
	}
	figures.Told("floods", cases)
	figures.Zero("that did not end as they must", wrong)
	figures.Zero("read beyond the cap", over)
	figures.AtMost("MB held at most", int(held>>20), heldAtMost>>20)
}

func contains(kinds []gateway.Kind, kind gateway.Kind) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// watchHeap gives the most that was held on the heap while f ran, garbage that waits
// to be collected included.
func watchHeap(t *testing.T, f func()) uint64 {
	t.Helper()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before := m.HeapAlloc
	done := make(chan struct{})
	peak := make(chan uint64)
	go func() {
		most := uint64(0)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-done:
				peak <- most
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(done)
	most := <-peak
	require.NotZero(t, most)
	return most - min(before, most)
}
