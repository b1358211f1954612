package sync_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

// someoneElse returns another conversation with a person.
func (r *rig) someoneElse(than model.ConversationID) model.ConversationRow {
	r.t.Helper()
	rows, err := r.store.Conversations(r.t.Context(), model.ConversationQuery{SessionID: r.session.ID, Filter: model.FilterAll})
	require.NoError(r.t, err)
	for _, row := range rows {
		if row.ID != than && row.Kind == model.KindPerson && row.JID.Phone() != "" {
			return row
		}
	}
	require.Fail(r.t, "no other conversation with a person")
	return model.ConversationRow{}
}

func (r *rig) item(id model.OutboxID) model.OutboxItem {
	r.t.Helper()
	item, err := r.store.OutboxItem(r.t.Context(), id)
	require.NoError(r.t, err)
	return item
}

// reaches waits until a row is in a state.
func (r *rig) reaches(id model.OutboxID, state model.OutboxState) model.OutboxItem {
	r.t.Helper()
	r.until(string(state), func() bool { return r.item(id).State == state })
	return r.item(id)
}

// notFound waits until a row is known not to be there.
func (r *rig) notFound(id model.OutboxID) {
	r.t.Helper()
	r.until("it is not found", func() bool { return r.item(id).NotFound })
}

// acceptedTexts are what the gateway took in a conversation, in that order.
func (r *rig) acceptedTexts(chat model.JID) []string {
	var all []string
	for _, a := range r.server.Accepted() {
		if a.ChatID == string(chat) && !a.Phone {
			all = append(all, a.Text)
		}
	}
	return all
}

func (r *rig) fault(faults ...simulator.Fault) {
	r.t.Helper()
	require.NoError(r.t, r.server.SetFaults(faults...))
}

func TestOrderHoldsInAConversationAndNotBetweenThem(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true, reconcile: 100 * time.Millisecond})
	other := r.someoneElse(chat.ID)
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	first := r.write(chat.ID, "first")
	r.engine.Carry(r.session.ID)
	r.reaches(first.ID, model.OutboxUnknown)
	second, elsewhere := r.write(chat.ID, "second"), r.write(other.ID, "elsewhere")
	r.engine.Carry(r.session.ID)
	r.reaches(elsewhere.ID, model.OutboxSent)
	if r.item(second.ID).State != model.OutboxQueued {
		require.True(t, r.item(first.ID).NotFound, "it waits for the first")
	}
	r.reaches(second.ID, model.OutboxSent)
	require.True(t, r.item(first.ID).NotFound, "the second went only when the first was surely not there")
	require.Equal(t, []string{"second"}, r.acceptedTexts(chat.JID))
}

func TestWhatIsWrittenOfflineGoesInOrderWhenTheSessionReturns(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
	var ids []model.OutboxID
	for _, text := range []string{"one", "two", "three", "four"} {
		ids = append(ids, r.write(chat.ID, text).ID)
	}
	require.NoError(t, r.store.MoveOutbox(t.Context(), ids[3], ids[1]))
	require.NoError(t, r.store.DeleteOutbox(t.Context(), ids[2]))
	r.engine.Carry(r.session.ID)
	r.restart()
	require.Zero(t, r.server.Count(sendRoute))
	require.False(t, r.engine.Connected(r.session.ID))
	r.connect()
	r.reaches(ids[1], model.OutboxSent)
	require.Equal(t, []string{"one", "four", "two"}, r.acceptedTexts(chat.JID))
}

func TestWhatIsTooOldAsksBeforeItGoes(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
	old, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat.ID, Kind: model.OutboxText, Text: "yesterday",
		CreatedAt: model.StampOf(time.Now().Add(-25 * time.Hour)),
	})
	require.NoError(t, err)
	fresh := r.write(chat.ID, "today")
	r.connect()
	r.reaches(fresh.ID, model.OutboxSent)
	require.True(t, r.item(old.ID).Asks)
	require.Equal(t, []string{"today"}, r.acceptedTexts(chat.JID))
	require.NoError(t, r.store.ReleaseOutbox(t.Context(), old.ID, model.StampOf(time.Now())))
	r.engine.Carry(r.session.ID)
	require.Equal(t, model.MatchAnswer, r.reaches(old.ID, model.OutboxSent).Match)
}

func TestWhatTheSessionCouldNotTakeIsQueuedAgain(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	r.fault(simulator.Fault{Kind: simulator.Fault404, Times: 2, Route: "sendMessage"}, simulator.Fault{Kind: simulator.Fault429, Times: 1, Route: "sendMessage"})
	item := r.write(chat.ID, "patience")
	r.engine.Carry(r.session.ID)
	sent := r.reaches(item.ID, model.OutboxSent)
	require.Equal(t, 4, sent.Attempts)
	require.Empty(t, sent.Error)
	require.Equal(t, []string{"patience"}, r.acceptedTexts(chat.JID))
}

func TestWhatIsRefusedHoldsNobody(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	r.fault(simulator.Fault{Kind: simulator.Fault413, Times: 1, Route: "sendMessage"})
	first, second := r.write(chat.ID, "too large"), r.write(chat.ID, "small")
	broken, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat.ID, Kind: model.OutboxPoll, Text: "?", Payload: "{",
	})
	require.NoError(t, err)
	gone, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat.ID, Kind: model.OutboxForward, Target: 12345,
	})
	require.NoError(t, err)
	last := r.write(chat.ID, "last")
	r.engine.Carry(r.session.ID)
	r.reaches(last.ID, model.OutboxSent)
	require.Equal(t, model.OutboxSent, r.item(second.ID).State)
	require.Equal(t, string(model.ProblemTooLarge), r.item(first.ID).Error)
	require.Equal(t, model.OutboxFailed, r.item(broken.ID).State, "a row that cannot be read")
	require.Equal(t, model.OutboxFailed, r.item(gone.ID).State, "a message that is not held any more")
}

func TestPaceHoldsOverRestarts(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true, settings: func(s *model.Settings) { s.SendPerHour = 2 }})
	first, second := r.write(chat.ID, "1"), r.write(chat.ID, "2")
	r.engine.Carry(r.session.ID)
	r.reaches(first.ID, model.OutboxSent)
	r.reaches(second.ID, model.OutboxSent)
	third := r.write(chat.ID, "3")
	r.restart()
	r.connect()
	at, err := r.engine.SendingAt(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.InDelta(t, float64(r.item(first.ID).AttemptedAt)+float64(time.Hour.Milliseconds()), float64(at), 1)
	require.Equal(t, model.OutboxQueued, r.item(third.ID).State)
	require.Equal(t, []string{"1", "2"}, r.acceptedTexts(chat.JID))
}

func TestPhoneTwinIsNotTakenForTheMessage(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	r.waits.Store(true)
	item := r.write(chat.ID, "On my way")
	r.engine.Carry(r.session.ID)
	r.until("the call", func() bool { return r.server.Stalled(sendRoute) > 0 })
	_, err := r.server.Phone(sessionName).SendFromPhone(string(chat.JID), "On my way")
	require.NoError(t, err)
	r.waits.Store(false)
	r.notFound(item.ID)
	require.Equal(t, model.OutboxUnknown, r.item(item.ID).State)
	require.Empty(t, r.acceptedTexts(chat.JID))
}

func TestMessageThatTurnsUpLateEndsTheRow(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	item := r.write(chat.ID, "Late")
	r.engine.Carry(r.session.ID)
	r.notFound(item.ID)
	// What the gateway's page did when it came to itself.
	_, err := r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Late"), gateway.SendOptions{})
	require.NoError(t, err)
	_, err = r.engine.FetchMessages(t.Context(), chat.ID)
	require.NoError(t, err)
	found := r.reaches(item.ID, model.OutboxSent)
	require.Equal(t, model.MatchFound, found.Match)
	require.False(t, found.NotFound)
}

func TestMessageThatASyncBroughtBeforeAKillIsFoundAfterIt(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	item := r.write(chat.ID, "Kept")
	r.engine.Carry(r.session.ID)
	r.notFound(item.ID)
	_, err := r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Kept"), gateway.SendOptions{})
	require.NoError(t, err)
	r.engine.Close()
	accepted := r.server.Accepted()
	late := model.MessageIn{Unix: accepted[len(accepted)-1].Time.Unix()}
	late.FromMe, late.ShortID, late.Type, late.Text = true, model.ShortID(accepted[len(accepted)-1].ID), model.TypeChat, "Kept"
	_, err = r.store.SaveMessages(t.Context(), []model.MessageBatch{{ConversationID: chat.ID, Messages: []model.MessageIn{late}}}, model.StampOf(time.Now()))
	require.NoError(t, err) // the last thing that was written
	r.start()
	r.connect()
	r.reaches(item.ID, model.OutboxSent)
}

func TestMessageOfAnotherBrowserMakesTheMatchUnsure(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	r.fault(simulator.Fault{Kind: simulator.FaultAcceptedStall, Times: 1, Route: "sendMessage"},
		simulator.Fault{Kind: simulator.Fault500, Times: 2, Route: "fetchMessages"})
	item := r.send(chat.ID, "Twice?")
	require.Equal(t, model.OutboxUnknown, item.State)
	_, err := r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Twice?"), gateway.SendOptions{})
	require.NoError(t, err) // in another browser, whose ids have the same form
	found, err := r.engine.Resolve(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, found.State)
	require.Equal(t, model.MatchUnsure, found.Match)
}

func TestIdenticalTextsOfUnknownFateStayTwoMessages(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	lost := func(kind simulator.FaultKind) model.OutboxItem {
		r.fault(simulator.Fault{Kind: kind, Times: 1, Route: "sendMessage"}, simulator.Fault{Kind: simulator.Fault500, Times: 2, Route: "fetchMessages"})
		item := r.send(chat.ID, "Again")
		require.Equal(t, model.OutboxUnknown, item.State)
		return item
	}
	first, second := lost(simulator.FaultAcceptedStall), lost(simulator.FaultAcceptedStall)
	_, err := r.engine.Resolve(t.Context(), first.ID)
	require.NoError(t, err)
	_, err = r.engine.Resolve(t.Context(), second.ID)
	require.NoError(t, err)
	first, second = r.item(first.ID), r.item(second.ID)
	require.Equal(t, model.OutboxSent, first.State)
	require.Equal(t, model.OutboxSent, second.State)
	require.NotEqual(t, first.ShortID, second.ShortID)
	require.Equal(t, model.MatchFound, first.Match, "nobody else wrote there")

	// One of two is one of two.
	third, fourth := lost(simulator.FaultStall), lost(simulator.FaultAcceptedStall)
	for _, id := range []model.OutboxID{third.ID, fourth.ID} {
		_, err := r.engine.Resolve(t.Context(), id)
		require.NoError(t, err)
	}
	states := []model.OutboxState{r.item(third.ID).State, r.item(fourth.ID).State}
	require.ElementsMatch(t, []model.OutboxState{model.OutboxUnknown, model.OutboxSent}, states)
	require.Len(t, r.acceptedTexts(chat.JID), 3)
}

func TestAWrongClockNeitherHidesNorDoubles(t *testing.T) {
	config := small
	config.Now = func() time.Time { return time.Now().Add(-time.Hour) } // this computer is an hour ahead
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	chat := r.someone()
	require.Equal(t, model.OutboxSent, r.send(chat.ID, "The answer tells the time").State)
	r.fault(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "sendMessage"})
	found := r.send(chat.ID, "Found all the same")
	require.Equal(t, model.OutboxSent, found.State)
	require.Equal(t, model.MatchFound, found.Match)
}

func TestKillsForgetNothing(t *testing.T) {
	for name, kind := range map[string]simulator.FaultKind{"before": simulator.FaultStall, "after": simulator.FaultAcceptedStall} {
		t.Run(name, func(t *testing.T) {
			r, chat := ready(t, rigOptions{scheduled: true})
			_, err := r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Same"), gateway.SendOptions{})
			require.NoError(t, err)
			_, err = r.engine.FetchMessages(t.Context(), chat.ID)
			require.NoError(t, err) // a twin of another browser is held
			r.fault(simulator.Fault{Kind: kind, Times: 1, Route: "sendMessage"})
			r.waits.Store(true)
			item, later := r.write(chat.ID, "Same"), r.write(chat.ID, "Later")
			r.engine.Carry(r.session.ID)
			r.until("the call", func() bool { return r.server.Stalled(sendRoute) > 0 })
			r.kill()
			r.connect()
			r.reaches(later.ID, model.OutboxSent)
			if item = r.item(item.ID); kind == simulator.FaultStall {
				require.True(t, item.NotFound)
				require.Equal(t, []string{"Same", "Later"}, r.acceptedTexts(chat.JID))
			} else {
				require.Equal(t, model.OutboxSent, item.State)
				require.Equal(t, []string{"Same", "Same", "Later"}, r.acceptedTexts(chat.JID))
			}
			require.Equal(t, 1, item.Attempts)
		})
	}
}

func TestEveryKindOfUnknownFateIsFound(t *testing.T) {
	r, chat := ready(t, rigOptions{files: fileOf("bytes of a picture")})
	file := &model.OutgoingFile{SHA256: "any", MimeType: "image/png", FileName: "a.png", Size: 18}
	for kind, c := range map[model.OutboxKind]struct {
		text    string
		payload model.OutboxPayload
	}{
		model.OutboxFile:     {"a picture", model.OutboxPayload{File: file}},
		model.OutboxLocation: {"", model.OutboxPayload{Location: &model.Location{Latitude: 41.38, Longitude: 2.17, Name: "Shop"}}},
		model.OutboxContact:  {"", model.OutboxPayload{Contact: r.someoneElse(chat.ID).JID}},
		model.OutboxPoll:     {"Which?", model.OutboxPayload{Poll: &model.OutgoingPoll{Options: []string{"this", "that"}}}},
	} {
		t.Run(kind, func(t *testing.T) {
			payload, err := json.Marshal(c.payload)
			require.NoError(t, err)
			queued, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
				SessionID: r.session.ID, ConversationID: chat.ID, Kind: kind, Text: c.text, Payload: string(payload),
			})
			require.NoError(t, err)
			r.fault(simulator.Fault{Kind: simulator.FaultNoMessage, Times: 1, Route: "sendMessage"})
			item, err := r.engine.Send(t.Context(), queued.ID)
			require.NoError(t, err)
			require.Equal(t, model.OutboxSent, item.State)
			require.Equal(t, model.MatchFound, item.Match)
			row, err := r.store.MessageByShortID(t.Context(), chat.ID, true, item.ShortID)
			require.NoError(t, err)
			if kind == model.OutboxFile {
				require.Equal(t, model.MediaStored, row.MediaState, "its file is held already")
			}
		})
	}
	t.Run("forward", func(t *testing.T) {
		sent := r.send(chat.ID, "To be passed on")
		message, err := r.store.MessageByShortID(t.Context(), chat.ID, true, sent.ShortID)
		require.NoError(t, err)
		other := r.someoneElse(chat.ID)
		queued, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
			SessionID: r.session.ID, ConversationID: other.ID, Kind: model.OutboxForward, Target: message.ID,
		})
		require.NoError(t, err)
		item, err := r.engine.Send(t.Context(), queued.ID)
		require.NoError(t, err)
		require.Equal(t, model.OutboxSent, item.State, "the gateway tells nothing of it: it is found")
	})
}

// A proxy whose gateway restarts says that there is no such page: every gateway
// has these calls, so it says nothing of the message.
func TestPageOfAProxyRefusesNoMessage(t *testing.T) {
	var pages atomic.Int32
	r, chat := ready(t, rigOptions{scheduled: true, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pages.Load() > 0 && (strings.Contains(r.URL.Path, "/sendMessage/") || strings.Contains(r.URL.Path, "/forward/")) {
				pages.Add(-1)
				http.Error(w, "404 page not found", http.StatusNotFound)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	message := r.send(chat.ID, "To be passed on")
	row, err := r.store.MessageByShortID(t.Context(), chat.ID, true, message.ShortID)
	require.NoError(t, err)
	pages.Store(1)
	item := r.write(chat.ID, "After the restart")
	r.engine.Carry(r.session.ID)
	require.Equal(t, 2, r.reaches(item.ID, model.OutboxSent).Attempts)
	pages.Store(1)
	forward, err := r.engine.Act(t.Context(), model.Action{Kind: model.OutboxForward, Message: row.ID, Conversation: r.someoneElse(chat.ID).ID})
	require.NoError(t, err)
	require.Equal(t, 2, r.reaches(forward.ID, model.OutboxSent).Attempts)
}
