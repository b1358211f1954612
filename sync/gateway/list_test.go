package gateway_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

func fetch(t *testing.T, f *fake) ([]*gateway.Message, gateway.ListReport, error) {
	t.Helper()
	var got []*gateway.Message
	report, err := f.client(t).FetchMessages(t.Context(), "s1", "c@c.us", gateway.FetchOptions{}, func(m *gateway.Message) error {
		got = append(got, m)
		return nil
	})
	return got, report, err
}

func TestBadItemsSpoilNothing(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"messages":[
		{"id":{"id":"1","remote":"c@c.us","fromMe":false},"body":"uno"},
		null, 7, "text", [], {}, {"id":null}, {"id":{"fromMe":true}},
		{"id":{"id":"bad","remote":"c@c.us"},"body":"\q"},
		{"id":{"id":"2","remote":"c@c.us","fromMe":true},"body":"dos"}]}`))
	got, report, err := fetch(t, f)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "dos", got[1].Body)
	require.Equal(t, 2, report.Items)
	require.Equal(t, 8, report.Bad)
	require.Len(t, report.Problems, 8)
	require.Equal(t, 1, report.Problems[0].Index)
	require.Equal(t, 8, report.Problems[7].Index)
	require.Error(t, report.Problems[7].Err)
}

func TestProblemsAreCapped(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"messages":[`+strings.Repeat("null,", 999)+`null]}`))
	_, report, err := fetch(t, f)
	require.NoError(t, err)
	require.Equal(t, 1000, report.Bad)
	require.Len(t, report.Problems, 20)
}

func TestOversizedItemIsOneBadItem(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"messages":[{"id":{"id":"1","remote":"c@c.us"}},{"id":{"id":"2","remote":"c@c.us"},"body":"`+
		strings.Repeat(`\"x`, 2<<20)+`"},{"id":{"id":"3","remote":"c@c.us"}}]}`))
	got, report, err := fetch(t, f)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "3", got[1].ID.Short)
	require.Equal(t, 1, report.Bad)
	require.Equal(t, 1, report.Problems[0].Index)
}

func TestEnvelopeOfLists(t *testing.T) {
	one := `[{"id":{"id":"1","remote":"c@c.us"}}]`
	for name, tc := range map[string]struct {
		body  string
		items int
		want  gateway.Kind
	}{
		"usual":             {`{"success":true,"messages":` + one + `}`, 1, ""},
		"list first":        {`{"messages":` + one + `,"success":true}`, 1, ""},
		"unknown members":   {`{"a":{"b":[1,{"c":"]}"}]},"messages":` + one + `,"z":"` + strings.Repeat("x", 1<<20) + `","success":true}`, 1, ""},
		"white space":       {" {\n \"success\" : true ,\t\"messages\" : [ " + one[1:len(one)-1] + " ] } ", 1, ""},
		"null":              {`{"success":true,"messages":null}`, 0, ""},
		"empty":             {`{"success":true,"messages":[]}`, 0, ""},
		"missing":           {`{"success":true}`, 0, ""},
		"escaped name":      {`{"success":true,"mess\u0061ges":` + one + `}`, 1, ""},
		"no success":        {`{"messages":` + one + `}`, 1, gateway.KindMalformed},
		"failed":            {`{"messages":` + one + `,"success":false,"error":"x"}`, 1, gateway.KindRefused},
		"wrong type":        {`{"success":true,"messages":{"a":1}}`, 0, gateway.KindMalformed},
		"a page":            {`<html>`, 0, gateway.KindMalformed},
		"a list":            {one, 0, gateway.KindMalformed},
		"broken":            {`{"success":true,"messages":[{]}`, 0, gateway.KindMalformed},
		"broken after":      {`{"success":true,"messages":` + one + `!`, 1, gateway.KindMalformed},
		"ends in an item":   {`{"success":true,"messages":[{"id":{"id":"1","rem`, 0, gateway.KindMalformed},
		"ends in a string":  {`{"success":true,"messages":[{"id":"\`, 0, gateway.KindMalformed},
		"ends after a name": {`{"success":true,"messages"`, 0, gateway.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", reply(200, tc.body))
			_, report, err := fetch(t, f)
			if tc.want == "" {
				require.NoError(t, err)
			} else {
				requireKind(t, tc.want, err)
			}
			require.Equal(t, tc.items, report.Items)
		})
	}
}

func TestListCapAndMemory(t *testing.T) {
	item := `{"id":{"id":"1","remote":"c@c.us"},"_data":{"x":"` + strings.Repeat("y", 5000) + `"}},`
	chunk := strings.Repeat(item, 200)
	f := newFake(t)
	f.on("", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, err := io.WriteString(w, `{"success":true,"messages":[`)
		for err == nil {
			_, err = io.WriteString(w, chunk)
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := f.client(t, func(c *gateway.Config) { c.Timeout *= 12 }).FetchMessages(t.Context(), "s1", "c@c.us",
		gateway.FetchOptions{}, func(*gateway.Message) error { return nil })
	runtime.ReadMemStats(&after)
	requireKind(t, gateway.KindTooLarge, err)
	require.Positive(t, report.Items)
	require.LessOrEqual(t, report.Items, gateway.MaxListAnswer/5000)
	require.Len(t, f.requests(), 1)
	require.Less(t, int64(after.HeapSys)-int64(before.HeapSys), int64(64<<20), "the list is not held in memory")
}

func TestSmallAnswerCap(t *testing.T) {
	f := newFake(t)
	f.on("", reply(200, `{"success":true,"result":"`+strings.Repeat("x", gateway.MaxAnswer)+`"}`))
	_, err := f.client(t).About(t.Context(), "s1", "c@c.us")
	requireKind(t, gateway.KindTooLarge, err)
	f.on("", reply(500, `{"success":false,"error":"`+strings.Repeat("x", gateway.MaxAnswer)+`"}`))
	_, err = f.client(t, func(c *gateway.Config) { c.RetryAttempts = 1 }).About(t.Context(), "s1", "c@c.us")
	requireKind(t, gateway.KindServer, err)
}

func TestDownloadMedia(t *testing.T) {
	file := make([]byte, 300_000)
	for i := range file {
		file[i] = byte(rand.N(256))
	}
	text := base64.StdEncoding.EncodeToString(file)
	f := newFake(t)
	c := f.client(t)
	for name, body := range map[string]string{
		"usual":   `{"success":true,"messageMedia":{"mimetype":"audio/ogg; codecs=opus","data":"` + text + `","filename":"../../nota\u202e.ogg","filesize":300000}}`,
		"order":   `{"messageMedia":{"filename":"C:\\x\\nota.ogg","extra":[1],"data":"` + text + `","mimetype":"audio/ogg; codecs=opus"},"success":true}`,
		"escapes": `{"success":true,"messageMedia":{"mimetype":"audio/ogg; codecs=opus","filename":"nota.ogg","data":"` + strings.ReplaceAll(strings.ReplaceAll(text, "/", `\/`), "+", `\u002b`) + `"}}`,
	} {
		f.on("", reply(200, body))
		media, err := c.DownloadMedia(t.Context(), "s1", ref)
		require.NoError(t, err, name)
		require.Equal(t, file, media.Data)
		require.Equal(t, "audio/ogg; codecs=opus", media.Mimetype)
		require.Equal(t, "nota.ogg", media.Filename)
	}
	for body, want := range map[string]gateway.Kind{
		`{"success":true}`:                                               gateway.KindMediaGone,
		`{"success":true,"messageMedia":null}`:                           gateway.KindMediaGone,
		`{"success":true,"messageMedia":{"mimetype":"x","data":null}}`:   gateway.KindMediaGone,
		`{"success":true,"messageMedia":{"mimetype":"x","data":""}}`:     gateway.KindMediaGone,
		`{"success":true,"messageMedia":{"mimetype":"x","data":"!!!!"}}`: gateway.KindMalformed,
		`{"success":true,"messageMedia":{"data":"\u12"}}`:                gateway.KindMalformed,
		`{"success":true,"messageMedia":{"data":"aGVs`:                   gateway.KindMalformed,
		failure("x"): gateway.KindRefused,
	} {
		f.on("", reply(200, body))
		_, err := c.DownloadMedia(t.Context(), "s1", ref)
		requireKind(t, want, err)
	}
	f.on("", reply(500, failure("Message media not found")))
	_, err := c.DownloadMedia(t.Context(), "s1", ref)
	requireKind(t, gateway.KindMediaGone, err)
}

func TestMediaCap(t *testing.T) {
	f := newFake(t)
	f.on("", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, err := io.WriteString(w, `{"success":true,"messageMedia":{"mimetype":"x","data":"`)
		chunk := strings.Repeat("AAAA", 1<<18)
		for err == nil {
			_, err = io.WriteString(w, chunk)
		}
	})
	_, err := f.client(t).DownloadMedia(t.Context(), "s1", ref)
	requireKind(t, gateway.KindTooLarge, err)
	require.Len(t, f.requests(), 1)
}

func TestPicture(t *testing.T) {
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	var got http.Header
	answer := func(kind, body string, status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Clone()
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	var handler http.HandlerFunc
	host := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r) }))
	t.Cleanup(host.Close)
	f := newFake(t)
	c := f.client(t, func(cfg *gateway.Config) { cfg.Transport = host.Client().Transport })

	handler = answer("image/jpeg", png, 200)
	data, kind, err := c.DownloadProfilePic(t.Context(), host.URL+"/v/t61?oh=1")
	require.NoError(t, err)
	require.Equal(t, png, string(data))
	require.Equal(t, "image/png", kind, "the bytes decide")
	require.NotContains(t, got, "X-Api-Key")

	for name, tc := range map[string]struct {
		h    http.HandlerFunc
		want gateway.Kind
	}{
		"dead":      {answer("text/plain", "x", 403), gateway.KindNotFound},
		"gone":      {answer("text/plain", "x", 410), gateway.KindNotFound},
		"a page":    {answer("text/html", "<html>", 200), gateway.KindMalformed},
		"a liar":    {answer("image/png", "<html>", 200), gateway.KindMalformed},
		"an svg":    {answer("image/svg+xml", "<svg/>", 200), gateway.KindMalformed},
		"too large": {answer("image/png", png+strings.Repeat("x", 5<<20), 200), gateway.KindTooLarge},
		"to http":   {http.RedirectHandler("http://example.invalid/", http.StatusFound).ServeHTTP, gateway.KindRedirected},
	} {
		handler = tc.h
		_, _, err = c.DownloadProfilePic(t.Context(), host.URL+"/x")
		require.Equal(t, tc.want, gateway.KindOf(err), name)
	}
	for _, bad := range []string{"", "x", "http://pps.example/x", "file:///etc/passwd", "https://u:p@h/x", "https:///x", "%%"} {
		_, _, err = c.DownloadProfilePic(t.Context(), bad)
		require.Equal(t, gateway.KindInvalidRequest, gateway.KindOf(err), bad)
	}
	f.on("/pic", answer("image/png", png, 200))
	_, _, err = c.DownloadProfilePic(t.Context(), f.URL+basePath+"/pic")
	require.NoError(t, err, "the gateway's own host may serve pictures")
	require.NotContains(t, f.last(t).header, "X-Api-Key")
}

func TestConcurrentUse(t *testing.T) {
	f := newFake(t)
	f.on("/session/getSessions", reply(200, `{"success":true,"result":[]}`))
	f.on("", reply(200, `{"success":true,"chats":[{"id":"1@c.us"}]}`))
	c := f.client(t)
	done := make(chan error)
	for i := range 8 {
		go func() {
			_, err := c.Chats(t.Context(), fmt.Sprint("s", i%2), func(*gateway.Chat) error { return nil })
			if err == nil {
				_, err = c.Generation(t.Context())
			}
			done <- err
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
}
