package gateway_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

// target is a file that is taken in memory.
type target struct {
	bytes.Buffer
	begins int
	total  int64
	fail   error
}

func (b *target) Begin(total int64) error {
	b.Reset()
	b.begins++
	b.total = total
	return nil
}

func (b *target) Write(p []byte) (int, error) {
	if b.fail != nil {
		return 0, b.fail
	}
	return b.Buffer.Write(p)
}

func TestDownloadMediaTo(t *testing.T) {
	file := bytes.Repeat([]byte("pan y sal "), 20_000)
	data := func(w http.ResponseWriter, mimetype string, body []byte, length int) {
		w.Header().Set("Content-Type", mimetype)
		w.Header().Set("Content-Disposition", "attachment; filename=..%2Fma%C3%B1ana.pdf")
		w.Header().Set("Content-Length", strconv.Itoa(length))
		_, _ = w.Write(body)
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		limit  int64
		kind   gateway.Kind
	}{
		"the bytes":             {answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "application/pdf", file, len(file)) }},
		"a file that is JSON":   {answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "application/json", file, len(file)) }},
		"a file that is a page": {answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "text/html", file, len(file)) }},
		"base64, no such call": {answer: func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "AsData") {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"success":true,"messageMedia":{"mimetype":"application/pdf","filename":"../mañana.pdf","data":"` +
				base64.StdEncoding.EncodeToString(file) + `","filesize":null}}`))
		}},
		"gone":       {kind: gateway.KindMediaGone, answer: say(200, `{"success":true}`)},
		"none":       {kind: gateway.KindMediaGone, answer: say(500, `{"success":false,"error":"Message media not found"}`)},
		"expired":    {kind: gateway.KindMediaGone, answer: say(500, `{"success":false,"error":"Cannot destructure property 'data' of '(intermediate value)' as it is undefined."}`)},
		"no message": {kind: gateway.KindNotFound, answer: say(500, `{"success":false,"error":"Message not found"}`)},
		"trouble":    {kind: gateway.KindServer, answer: say(500, `{"success":false,"error":"Evaluation failed: x"}`)},
		"page of a proxy": {kind: gateway.KindMalformed, answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(file)
		}},
		"empty":               {kind: gateway.KindMediaGone, answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "image/png", nil, 0) }},
		"cut":                 {kind: gateway.KindUnreachable, answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "image/png", file[:999], len(file)) }},
		"announced too large": {kind: gateway.KindTooLarge, limit: 1000, answer: func(w http.ResponseWriter, _ *http.Request) { data(w, "image/png", file, len(file)) }},
		"too large unannounced": {kind: gateway.KindTooLarge, limit: 1000, answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", "attachment; filename=x")
			for range 10 {
				_, _ = w.Write(file[:500])
				w.(http.Flusher).Flush()
			}
		}},
		"broken base64": {kind: gateway.KindMalformed, answer: func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "AsData") {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"success":true,"messageMedia":{"mimetype":"image/png","data":"%%%%"}}`))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", c.answer)
			var got target
			info, err := f.client(t).DownloadMediaTo(t.Context(), "s1", ref, c.limit, &got)
			require.Equal(t, c.kind, gateway.KindOf(err), "%v", err)
			if c.kind != gateway.KindNone {
				return
			}
			require.Equal(t, file, got.Bytes())
			require.Equal(t, "mañana.pdf", info.Filename)
		})
	}
}

func say(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestDownloadMediaToBeginsAfresh(t *testing.T) {
	tries := 0
	f := newFake(t)
	f.on("", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment; filename=undefined")
		w.Header().Set("Content-Length", "8")
		if tries++; tries == 1 {
			_, _ = w.Write([]byte("abc"))
			return
		}
		_, _ = w.Write([]byte("abcdefgh"))
	})
	var got target
	info, err := f.client(t).DownloadMediaTo(t.Context(), "s1", ref, 0, &got)
	require.NoError(t, err)
	require.Equal(t, "abcdefgh", got.String())
	require.Equal(t, 2, got.begins)
	require.EqualValues(t, 8, got.total)
	require.Empty(t, info.Filename)
}

func TestDownloadMediaToReturnsTheErrorOfItsTarget(t *testing.T) {
	full := errors.New("the disk is full")
	tries := 0
	f := newFake(t)
	f.on("", func(w http.ResponseWriter, _ *http.Request) {
		tries++
		w.Header().Set("Content-Disposition", "attachment; filename=x")
		_, _ = w.Write([]byte("abc"))
	})
	_, err := f.client(t).DownloadMediaTo(t.Context(), "s1", ref, 0, &target{fail: full})
	require.Equal(t, full, err)
	require.Equal(t, 1, tries, "that is no reason to ask again")
}

func TestPollVotes(t *testing.T) {
	f := newFake(t)
	f.on("", say(200, `{"success":true,"votes":[{"voter":"1@c.us","selectedOptions":[{"name":"sí","localId":0},{"name":"no","localId":1}],"interractedAtTs":1700000000123},
		{"voter":{"_serialized":"2@lid","user":"2","server":"lid"},"selectedOptions":null},{"selectedOptions":[]},7,null]}`))
	votes, err := f.client(t).PollVotes(t.Context(), "s1", ref)
	require.NoError(t, err)
	require.Equal(t, []gateway.Vote{
		{Voter: "1@c.us", Options: []gateway.PollOption{{Name: "sí"}, {Name: "no", LocalID: 1}}, At: 1700000000123},
		{Voter: "2@lid"},
	}, votes)
}
