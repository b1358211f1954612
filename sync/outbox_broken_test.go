package sync_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// A proxy may break the connection of a file that is too large for it, and say
// nothing. Such a file is not tried for ever, and does not hold up the rest.
func TestAFileThatNeverGetsThroughHoldsNobodyUp(t *testing.T) {
	content := strings.Repeat("x", 20<<20)
	r, chat := ready(t, rigOptions{scheduled: true, files: fileOf(content), between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength < 1<<20 {
				next.ServeHTTP(w, r)
				return
			}
			_, _ = io.CopyN(io.Discard, r.Body, 64<<10)
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			_ = conn.(*net.TCPConn).SetLinger(0) // so that it is reset
			_ = conn.Close()
		})
	}})
	payload, err := json.Marshal(model.OutboxPayload{File: &model.OutgoingFile{SHA256: "any", MimeType: "application/pdf", FileName: "large.pdf", Size: int64(len(content))}})
	require.NoError(t, err)
	file, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat.ID, Kind: model.OutboxFile, Payload: string(payload),
	})
	require.NoError(t, err)
	behind, elsewhere := r.write(chat.ID, "behind it"), r.write(r.someoneElse(chat.ID).ID, "elsewhere")
	r.engine.Carry(r.session.ID)
	item := r.reaches(file.ID, model.OutboxFailed)
	require.Equal(t, string(model.ProblemUnreachable), item.Error)
	require.Less(t, item.Attempts, 6)
	r.reaches(elsewhere.ID, model.OutboxSent)
	r.reaches(behind.ID, model.OutboxSent)
}

// A guard before the gateway may not like what a message says.
func TestAMessageThatAProxyTurnsAwayHoldsNobodyUp(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if strings.Contains(string(body), "DROP TABLE") {
				http.Error(w, "Forbidden", http.StatusForbidden)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
		})
	}})
	disliked := r.write(chat.ID, "DROP TABLE bread;")
	behind, elsewhere := r.write(chat.ID, "behind it"), r.write(r.someoneElse(chat.ID).ID, "elsewhere")
	r.engine.Carry(r.session.ID)
	require.Equal(t, string(model.ProblemUnauthorized), r.reaches(disliked.ID, model.OutboxFailed).Error)
	r.reaches(elsewhere.ID, model.OutboxSent)
	r.reaches(behind.ID, model.OutboxSent)
}
