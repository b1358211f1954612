package gateway_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

// rawModel is a _data of about n bytes: many short members, as WhatsApp Web's
// models have, and a thumbnail for what is left.
func rawModel(n int) string {
	var b strings.Builder
	b.WriteString(`{"id":{"fromMe":false,"remote":"34600111222@c.us","id":"3EB0C0FFEE"},"viewed":false,"notifyName":"Ana García","mimetype":"image/jpeg","size":48213`)
	for i := 0; b.Len() < n*2/3 && i < 90; i++ {
		fmt.Fprintf(&b, `,"member%d":{"a":%d,"b":[true,null,"texto"],"c":{"server":"c.us","user":"34600111222"}}`, i, i*7919)
	}
	if rest := n - b.Len(); rest > 0 {
		b.WriteString(`,"body":"/9j/` + strings.Repeat("AbCd", rest/4) + `"`)
	}
	return b.String() + "}"
}

// benchMessage is one message; its _data has 1 to 15 KB.
func benchMessage(i int) string {
	return fmt.Sprintf(`{"_data":%s,"id":{"fromMe":false,"remote":"34600111222@c.us","id":"3EB0%016X","_serialized":"false_34600111222@c.us_3EB0%016X"},`+
		`"ack":1,"hasMedia":false,"body":"Buenos días, ¿me guardáis dos barras y una docena de magdalenas para el sábado? %d\nGracias","type":"chat","timestamp":%d,`+
		`"from":"34600111222@c.us","to":"34699999999@c.us","deviceType":"android","isForwarded":false,"forwardingScore":0,"isStatus":false,"isStarred":false,"fromMe":false,`+
		`"hasQuotedMsg":false,"hasReaction":false,"vCards":[],"mentionedIds":[],"groupMentions":[],"isGif":false,"links":[]}`,
		rawModel(1000+i%8*2000), i, i, i, 1_700_000_000+i)
}

func benchList(member string, n int, item func(int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = item(i)
	}
	return `{"success":true,"` + member + `":[` + strings.Join(items, ",") + `]}`
}

// benchServer answers everything with one list.
func benchServer(b *testing.B, body string) *gateway.Client {
	b.Helper()
	f := &fake{routes: map[string]http.HandlerFunc{"": reply(200, body)}}
	f.Server = httptest.NewServer(f)
	b.Cleanup(f.Close)
	c, err := gateway.New(gateway.Config{BaseURL: f.URL + basePath, Timeout: time.Minute})
	require.NoError(b, err)
	b.Cleanup(c.Close)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	return c
}

func report(b *testing.B, items int, unit string) {
	b.ReportMetric(float64(items)*float64(b.N)/b.Elapsed().Seconds(), unit)
}

func BenchmarkFetchMessages(b *testing.B) {
	const n = 2000
	c := benchServer(b, benchList("messages", n, benchMessage))
	for b.Loop() {
		r, err := c.FetchMessages(b.Context(), "s1", "34600111222@c.us", gateway.FetchOptions{Limit: n}, func(*gateway.Message) error { return nil })
		require.NoError(b, err)
		require.Equal(b, n, r.Items)
	}
	report(b, n, "messages/s")
}

func BenchmarkContacts(b *testing.B) {
	const n = 5000
	c := benchServer(b, benchList("contacts", n, func(i int) string {
		return fmt.Sprintf(`{"id":{"server":"c.us","user":"34600%06d","_serialized":"34600%06d@c.us"},"number":"34600%06d","isBusiness":false,"isEnterprise":false,"labels":[],`+
			`"name":"Ana García %d","pushname":"Ana","shortName":"Ana","type":"in","isMe":false,"isUser":true,"isGroup":false,"isWAContact":true,"isMyContact":true,"isBlocked":false}`, i, i, i, i)
	}))
	for b.Loop() {
		r, err := c.Contacts(b.Context(), "s1", func(*gateway.Contact) error { return nil })
		require.NoError(b, err)
		require.Equal(b, n, r.Items)
	}
	report(b, n, "contacts/s")
}

func BenchmarkChats(b *testing.B) {
	const n = 1000
	c := benchServer(b, benchList("chats", n, func(i int) string {
		return fmt.Sprintf(`{"id":{"server":"c.us","user":"34600%06d","_serialized":"34600%06d@c.us"},"name":"Ana García %d","isGroup":false,"unreadCount":%d,"timestamp":%d,`+
			`"archived":false,"pinned":false,"isMuted":false,"muteExpiration":0,"lastMessage":%s}`, i, i, i, i%3, 1_700_000_000+i, benchMessage(i))
	}))
	for b.Loop() {
		r, err := c.Chats(b.Context(), "s1", func(*gateway.Chat) error { return nil })
		require.NoError(b, err)
		require.Equal(b, n, r.Items)
	}
	report(b, n, "chats/s")
}

// discard takes a file and keeps nothing of it.
type discard struct{ n int64 }

func (d *discard) Begin(int64) error { d.n = 0; return nil }
func (d *discard) Write(p []byte) (int, error) {
	d.n += int64(len(p))
	return len(p), nil
}

// BenchmarkDownloadMedia measures a file of 16 MB in both forms; the bytes per
// operation show that none of it is held.
func BenchmarkDownloadMedia(b *testing.B) {
	const size = 16 << 20
	file := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	text := []byte(`{"success":true,"messageMedia":{"mimetype":"video/mp4","data":"` + base64.StdEncoding.EncodeToString(file) + `"}}`)
	for _, form := range []string{"bytes", "base64"} {
		b.Run(form, func(b *testing.B) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asData := strings.Contains(r.URL.Path, "AsData")
				switch {
				case asData && form == "bytes":
					w.Header().Set("Content-Disposition", "attachment; filename=x.mp4")
					w.Header().Set("Content-Length", strconv.Itoa(size))
					_, _ = w.Write(file)
				case asData:
					http.NotFound(w, r)
				default:
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write(text)
				}
			}))
			defer server.Close()
			c, err := gateway.New(gateway.Config{BaseURL: server.URL})
			require.NoError(b, err)
			defer c.Close()
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				var d discard
				_, err := c.DownloadMediaTo(b.Context(), "s1", gateway.MessageRef{ChatID: "1@c.us", ShortID: "A"}, 0, &d)
				require.NoError(b, err)
				require.EqualValues(b, size, d.n)
			}
		})
	}
}
