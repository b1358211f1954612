package sync_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// parrot stands before a gateway. When told to, it takes no message and answers
// as the gateway answered the one before.
type parrot struct {
	mu   sync.Mutex
	lies bool
	last []byte
}

func (p *parrot) lie(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lies = on
}

func (p *parrot) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "/sendMessage/") {
			next.ServeHTTP(w, r)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.lies {
			heard := httptest.NewRecorder()
			next.ServeHTTP(heard, r)
			p.last = bytes.Clone(heard.Body.Bytes())
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(p.last)
	})
}

// An answer may name a message, and yet not the one that was sent: it proves nothing.
func TestAnswerThatNamesAnEarlierMessageIsNotBelieved(t *testing.T) {
	for name, earlier := range map[string]func(r *rig, chat model.ConversationRow){
		"another row became it": func(r *rig, chat model.ConversationRow) {
			require.Equal(r.t, model.OutboxSent, r.send(chat.ID, "Same").State)
		},
		"it was held before": func(r *rig, chat model.ConversationRow) {
			_, err := r.client.SendMessage(r.t.Context(), sessionName, string(chat.JID), gateway.Text("Same"), gateway.SendOptions{})
			require.NoError(r.t, err)
			_, err = r.engine.FetchMessages(r.t.Context(), chat.ID)
			require.NoError(r.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := &parrot{}
			r, chat := ready(t, rigOptions{scheduled: true, between: p.before})
			earlier(r, chat)
			p.lie(true)
			item := r.write(chat.ID, "Same")
			r.engine.Carry(r.session.ID)
			r.notFound(item.ID)
			p.lie(false)
			require.Equal(t, model.OutboxUnknown, r.item(item.ID).State)
			later := r.write(chat.ID, "Later")
			r.engine.Carry(r.session.ID)
			r.reaches(later.ID, model.OutboxSent)
			require.Equal(t, []string{"Same", "Later"}, r.acceptedTexts(chat.JID))
		})
	}
}

// A disk that is full for a while leaves no row behind as being sent: it holds up
// the conversation, and nobody would ever look for it.
func TestWhatCouldNotBeWrittenDownIsMadeGood(t *testing.T) {
	for name, lost := range map[string]bool{"sent": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			sends := &withheld{call: "/sendMessage/"}
			r, chat := ready(t, rigOptions{scheduled: true, between: sends.between})
			if lost {
				r.waits.Store(true)
				r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
			} else {
				sends.shut()
			}
			item := r.write(chat.ID, "On a full disk")
			r.engine.Carry(r.session.ID)
			r.until("the call", func() bool { return sends.any() || r.server.Stalled(sendRoute) > 0 })
			r.alive.dead.Store(true)
			r.waits.Store(false)
			sends.open()
			r.until("it could not be written", func() bool { return r.alive.refused.Load() > 0 })
			r.alive.dead.Store(false)
			r.engine.Carry(r.session.ID)
			later := r.write(chat.ID, "Later")
			r.engine.Carry(r.session.ID)
			r.reaches(later.ID, model.OutboxSent)
			want := []string{"On a full disk", "Later"}
			if item = r.item(item.ID); lost {
				require.True(t, item.NotFound)
				want = want[1:]
			} else {
				require.Equal(t, model.OutboxSent, item.State)
			}
			require.Equal(t, want, r.acceptedTexts(chat.JID))
		})
	}
}
