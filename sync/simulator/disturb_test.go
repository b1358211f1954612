package simulator_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

// dialPost is dial with a body.
func dialPost(ctx context.Context, t *testing.T, s *simulator.Server, path string, body obj) answer {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+path, bytes.NewReader(b))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	defer func() { require.NoError(t, resp.Body.Close()) }()
	got, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(got), err}
}

// TestFaultsOfASend: what was delivered, and what the client learned of it.
func TestFaultsOfASend(t *testing.T) {
	for kind, want := range map[simulator.FaultKind]struct {
		delivered int
		status    int // 0 = no whole answer
	}{
		simulator.FaultRefuse:          {0, 0},
		simulator.Fault500:             {0, 500},
		simulator.FaultStall:           {0, 0},
		simulator.FaultCutBody:         {0, 0},
		simulator.FaultSlowBody:        {1, 200},
		simulator.FaultRestart:         {0, 0},
		simulator.FaultLogout:          {0, 500},
		simulator.FaultTruncate:        {1, 0},
		simulator.FaultReset:           {1, 0},
		simulator.FaultSlow:            {1, 200},
		simulator.FaultNoMessage:       {1, 200},
		simulator.FaultAccepted500:     {1, 500},
		simulator.FaultAcceptedCut:     {1, 0},
		simulator.FaultAcceptedStall:   {1, 0},
		simulator.FaultAcceptedRestart: {1, 0},
		simulator.FaultAcceptedLogout:  {1, 500},
	} {
		for _, flavour := range []simulator.Flavour{simulator.FlavourA, simulator.FlavourC} {
			t.Run(string(kind)+" "+string(flavour), func(t *testing.T) {
				s := listening(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600, Flavour: flavour})
				chat := conversation(t, s, person)
				file := bytes.Repeat([]byte("bread"), 40_000)
				body := obj{"chatId": chat.ID, "contentType": "MessageMedia", "content": obj{
					"mimetype": "text/plain", "data": base64.StdEncoding.EncodeToString(file), "filename": "list.txt"}}
				require.NoError(t, s.SetFaults(simulator.Fault{Kind: kind, Times: 1, Route: "sendMessage"}))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if kind == simulator.FaultStall || kind == simulator.FaultAcceptedStall {
					go leaveWhen(ctx, cancel, func() bool {
						return s.Count("POST /client/sendMessage") == 1 && len(s.Accepted()) == want.delivered
					})
				}
				a := dialPost(ctx, t, s, "/client/sendMessage/s1", body)
				require.Equal(t, want.status == 0, a.err != nil, "%v", a.err)
				if want.status != 0 {
					require.Equal(t, want.status, a.status, a.body)
				}
				require.Len(t, s.Accepted(), want.delivered)
				if want.delivered == 1 {
					sum := sha256.Sum256(file)
					got := s.Accepted()[0]
					require.Equal(t, hex.EncodeToString(sum[:]), got.SHA256)
					require.Equal(t, []any{"s1", chat.ID, "document", int64(len(file)), false}, []any{got.Session, got.ChatID, got.Type, got.Size, got.Phone})
				}
			})
		}
	}
}

// leaveWhen is a client that gives up as soon as something has happened.
func leaveWhen(ctx context.Context, leave func(), happened func() bool) {
	for ctx.Err() == nil && !happened() {
		time.Sleep(time.Millisecond)
	}
	leave()
}

func TestRestart(t *testing.T) {
	c := newClock()
	s := listening(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600, Now: c.Now})
	chat := conversation(t, s, person)
	require.Equal(t, http.StatusOK, dialPost(t.Context(), t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "before"}).status)
	s.Restart(5 * time.Second)
	require.Equal(t, 2, s.Launches("s1"))
	require.ErrorIs(t, dial(t.Context(), t, s, "/ping").err, syscall.ECONNREFUSED)
	c.Add(5 * time.Second)
	require.Eventually(t, func() bool { return dial(t.Context(), t, s, "/ping").err == nil }, patience, time.Millisecond)
	require.Contains(t, dial(t.Context(), t, s, "/session/status/s1").body, "session_connected")
	require.Equal(t, "before", newest(t, s, chat.ID)["body"], "WhatsApp keeps what was sent")
}

func TestRecordOfWhatWasAccepted(t *testing.T) {
	s := listening(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600})
	chat := conversation(t, s, person)
	send := func(path string, body obj) {
		t.Helper()
		body["chatId"] = chat.ID
		require.Equal(t, http.StatusOK, post(t, s, path, body).Code)
	}
	send("/client/sendMessage/s1", obj{"contentType": "string", "content": "twice"})
	first := s.Accepted()[0]
	send("/client/sendMessage/s1", obj{"contentType": "string", "content": "twice", "options": obj{"quotedMessageId": "true_" + chat.ID + "_" + first.ID}})
	send("/client/sendMessage/s1", obj{"contentType": "Location", "content": obj{"latitude": 1, "longitude": 2, "description": obj{"name": "Oven"}}})
	send("/client/sendMessage/s1", obj{"contentType": "Poll", "content": obj{"pollName": "Bread?", "pollOptions": []string{"yes", "no"}}})
	send("/message/forward/s1", obj{"messageId": first.ID, "destinationChatId": chat.ID})
	typed, err := s.Phone("s1").SendFromPhone(chat.ID, "twice")
	require.NoError(t, err)
	_, err = s.Phone("s1").Receive(chat.ID, "not mine")
	require.NoError(t, err)

	var got []simulator.Accepted
	require.NoError(t, json.Unmarshal([]byte(dial(t.Context(), t, s, "/__accepted").body), &got))
	var texts []string
	for _, a := range got {
		texts = append(texts, a.Type+" "+a.Text)
	}
	require.Equal(t, []string{"chat twice", "chat twice", "location Oven", "poll_creation Bread?", "chat twice", "chat twice"}, texts)
	require.Equal(t, first.ID, got[1].Quoted)
	for _, a := range got[:5] {
		require.Regexp(t, `^3EB0[0-9A-F]{18}$`, a.ID)
		require.False(t, a.Phone)
	}
	require.Equal(t, typed.ID, got[5].ID)
	require.True(t, got[5].Phone)
	require.Regexp(t, `^(3A[0-9A-F]{18}|[0-9A-F]{32})$`, typed.ID, "a phone's id, not a browser's")
}

func TestLabelsAreSet(t *testing.T) {
	for _, flavour := range []simulator.Flavour{simulator.FlavourA, simulator.FlavourC} {
		s := started(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600, Labels: 3, Flavour: flavour})
		chat := conversation(t, s, person)
		require.Equal(t, http.StatusOK, post(t, s, "/client/addOrRemoveLabels/s1", obj{"labelIds": []any{"1", 3}, "chatIds": []string{chat.ID}}).Code)
		labels := member[[]obj](t, post(t, s, "/client/getChatLabels/s1", obj{"chatId": chat.ID}), "chatLabels")
		require.Len(t, labels, 2)
		require.Equal(t, []any{"1", "3"}, []any{labels[0]["id"], labels[1]["id"]})
		require.Equal(t, http.StatusInternalServerError, post(t, s, "/client/addOrRemoveLabels/s1", obj{"labelIds": []any{"9"}, "chatIds": []string{chat.ID}}).Code)
	}
	s := started(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600})
	chat := conversation(t, s, person)
	refused := post(t, s, "/client/addOrRemoveLabels/s1", obj{"labelIds": []any{}, "chatIds": []string{chat.ID}})
	require.True(t, strings.Contains(refused.Body.String(), "[LT01] Only Whatsapp business"), refused.Body.String())
}
