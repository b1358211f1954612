package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// invalid tells that something typed cannot be used, and what.
func invalid(t *testing.T, err error) string {
	t.Helper()
	var input *app.InputError
	require.ErrorAs(t, err, &input)
	return input.What
}

// person returns a conversation with somebody who has a number.
func (r *mediaRig) person() model.ConversationRow {
	r.t.Helper()
	list, err := r.Conversations.List(r.t.Context(), model.ConversationQuery{})
	require.NoError(r.t, err)
	for _, c := range list {
		if c.Kind == model.KindPerson && c.JID.Phone() != "" && c.JID.User() != "0" {
			return c
		}
	}
	require.FailNow(r.t, "no conversation with a person")
	return model.ConversationRow{}
}

func TestActionsAreStoredCleanAndDone(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	chat := r.person()
	item, err := r.Conversations.SendAndWait(t.Context(), chat.ID, model.Outgoing{Text: "Dos barras"})
	require.NoError(t, err)
	mine, err := r.Store.MessageByShortID(t.Context(), chat.ID, true, item.ShortID)
	require.NoError(t, err)

	id, err := r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxEdit, Message: mine.ID, Text: "Tres\x00 barras"})
	require.NoError(t, err)
	queued, err := r.Outbox.Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.OutboxQueued, queued.State)
	require.Equal(t, "Tres barras", queued.Text, "what cannot be shown is not sent either")
	done, err := r.Outbox.SendNow(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, done.State)
	require.Equal(t, "Tres barras", r.row(mine.ID).Text)

	_, err = r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxEdit, Message: mine.ID, Text: strings.Repeat("a", app.MaxTextRunes+1)})
	require.Equal(t, "text", invalid(t, err))
	_, err = r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxEdit, Message: mine.ID, Text: " \x00 "})
	require.Equal(t, model.ProblemInvalidInput, r.Describe(err).Kind, "nothing is left of it")

	id, err = r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxReact, Message: mine.ID, Emoji: "👍\n"})
	require.NoError(t, err)
	_, err = r.Outbox.SendNow(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []model.ReactionSummary{{Emoji: "👍", Count: 1, Mine: true}}, r.row(mine.ID).Reactions)

	id, err = r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxBlock, Conversation: chat.ID, On: true})
	require.NoError(t, err)
	blocked, err := r.Conversations.Blocked(t.Context(), chat.ID)
	require.NoError(t, err)
	require.True(t, blocked, "seen at once")
	require.NoError(t, r.Outbox.Forget(t.Context(), id))
	blocked, err = r.Conversations.Blocked(t.Context(), chat.ID)
	require.NoError(t, err)
	require.False(t, blocked, "taken back before it went")
}

func TestWhatTheGatewayCannotDoIsNotOffered(t *testing.T) {
	for flavour, edit := range map[simulator.Flavour]bool{simulator.FlavourA: true, simulator.FlavourC: false} {
		t.Run(string(flavour), func(t *testing.T) {
			r := newMediaRig(t, app.ModeCommand, nil, flavour)
			r.sync()
			can, err := r.Conversations.Capabilities(t.Context(), r.session.ID)
			require.NoError(t, err)
			require.True(t, can.Known)
			require.Equal(t, edit, can.Edit)
			chat := r.person()
			item, err := r.Conversations.SendAndWait(t.Context(), chat.ID, model.Outgoing{Text: "Hola"})
			require.NoError(t, err)
			mine, err := r.Store.MessageByShortID(t.Context(), chat.ID, true, item.ShortID)
			require.NoError(t, err)
			_, err = r.Conversations.Act(t.Context(), model.Action{Kind: model.OutboxEdit, Message: mine.ID, Text: "Adiós"})
			if edit {
				require.NoError(t, err)
				return
			}
			require.Equal(t, model.ProblemUnsupported, r.Describe(err).Kind)
		})
	}
}

func TestANumberIsAskedInAnyForm(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	phone := string(r.person().JID.Phone())
	require.True(t, strings.HasPrefix(phone, "34"), phone)
	for _, text := range []string{phone[2:], "+" + phone, "00" + phone, " " + phone[2:5] + " " + phone[5:8] + "-" + phone[8:]} {
		check, err := r.Conversations.CheckNumber(t.Context(), r.session.ID, text)
		require.NoError(t, err, text)
		require.True(t, check.Registered, text)
		require.Equal(t, phone, string(check.Asked), text)
	}
	asked := r.server.Count("POST /client/getNumberId")
	for _, text := range []string{"", "nobody", "12", "\x00"} {
		_, err := r.Conversations.CheckNumber(t.Context(), r.session.ID, text)
		require.Equal(t, "phone", invalid(t, err), text)
	}
	require.Equal(t, asked, r.server.Count("POST /client/getNumberId"), "what is no number is not asked")
}

func TestWritingIsShownSeldomAndOnlyIfTheSettingsSaySo(t *testing.T) {
	const shows, ends = "POST /chat/sendStateTyping", "POST /chat/clearState"
	r := newMediaRig(t, app.ModeCommand, func(s map[string]any) { s["send_typing"] = true }, simulator.FlavourA)
	r.sync()
	chat := r.person()
	for range 5 { // keys
		require.NoError(t, r.Conversations.SetTyping(t.Context(), chat.ID, true))
	}
	require.Equal(t, 1, r.server.Count(shows))
	for range 2 {
		require.NoError(t, r.Conversations.SetTyping(t.Context(), chat.ID, false))
	}
	require.Equal(t, 1, r.server.Count(ends))
	require.NoError(t, r.Conversations.SetTyping(t.Context(), chat.ID, true))
	require.Equal(t, 2, r.server.Count(shows), "a new text is shown at once")

	s := r.Settings.Get()
	s.SendTyping = false
	require.NoError(t, r.Settings.Save(t.Context(), s, nil))
	require.NoError(t, r.Conversations.SetTyping(t.Context(), r.person().ID, true))
	require.Equal(t, 2, r.server.Count(shows))
}

func TestAMessageOfUnknownFateWaitsForTheConnection(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	id, err := r.Conversations.Send(t.Context(), r.person().ID, model.Outgoing{Text: "¿llegó?"})
	require.NoError(t, err)
	now := model.StampOf(time.Now())
	_, claimed, err := r.Store.ClaimOutbox(t.Context(), id, now, "")
	require.NoError(t, err)
	require.True(t, claimed)
	_, err = r.Store.RecoverOutbox(t.Context(), r.session.ID, now)
	require.NoError(t, err)
	waits := func() string {
		rows, err := r.Outbox.List(t.Context(), model.OutboxQuery{Session: r.session.ID})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, model.OutboxUnknown, rows[0].State)
		return rows[0].Waits
	}
	require.Empty(t, waits())
	require.NoError(t, r.Sessions.Disconnect(t.Context(), r.session.ID))
	require.Equal(t, model.WaitsOffline, waits())
	require.NoError(t, r.Store.LookedOutbox(t.Context(), id, now, true))
	require.Empty(t, waits(), "it is the owner's to decide")
}

func TestAQueueOfTheWindowIsEditedMovedAndForgotten(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	chat := r.person()
	var ids []model.OutboxID
	for _, text := range []string{"uno", "dos", "tres"} {
		id, err := r.Conversations.Send(t.Context(), chat.ID, model.Outgoing{Text: text})
		require.NoError(t, err)
		ids = append(ids, id)
	}
	require.NoError(t, r.Outbox.Edit(t.Context(), ids[0], "un\x00o y medio"))
	require.Equal(t, "text", invalid(t, r.Outbox.Edit(t.Context(), ids[0], "  ")))
	require.NoError(t, r.Outbox.Move(t.Context(), ids[2], ids[0]))
	require.NoError(t, r.Outbox.Forget(t.Context(), ids[1]))
	rows, err := r.Outbox.List(t.Context(), model.OutboxQuery{Session: r.session.ID})
	require.NoError(t, err)
	var texts []string
	for _, row := range rows {
		texts = append(texts, row.Text)
	}
	require.Equal(t, []string{"tres", "uno y medio"}, texts)
	require.Error(t, r.Outbox.SendAgain(t.Context(), ids[0]), "it waits already")
	asks, err := r.Outbox.AskIfOld(t.Context(), rows[0].OutboxItem)
	require.NoError(t, err)
	require.False(t, asks)
	rows[0].CreatedAt = model.StampOf(time.Now().Add(-25 * time.Hour))
	asks, err = r.Outbox.AskIfOld(t.Context(), rows[0].OutboxItem)
	require.NoError(t, err)
	require.True(t, asks)
	item, err := r.Outbox.Get(t.Context(), rows[0].ID)
	require.NoError(t, err)
	require.True(t, item.Asks)
	require.NoError(t, r.Outbox.Release(t.Context(), item.ID))
	sent, err := r.Outbox.SendNow(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, sent.State)
	require.Error(t, r.Outbox.Forget(t.Context(), sent.ID), "what was sent stays")
}
