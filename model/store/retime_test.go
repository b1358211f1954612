package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// order returns the short ids of the conversation as it is shown.
func (f fixture) order(t *testing.T) (ids []model.ShortID) {
	t.Helper()
	for _, m := range f.walkBack(t, 50) {
		ids = append(ids, m.ShortID)
	}
	return ids
}

func TestMessageWithoutATimeIsHeldOnce(t *testing.T) {
	f := newFixture(t)
	require.Equal(t, model.Counts{Created: 1}, f.save(t, text("A", 0, "x")))
	require.Equal(t, model.Counts{Unchanged: 1}, f.save(t, text("A", 0, "x")))
	require.Equal(t, []model.ShortID{"A"}, f.order(t))
}

func TestTimeThatWasMissingOrWrongIsTakenWhenItIsTold(t *testing.T) {
	for name, wrong := range map[string]int64{"missing": 0, "before there was WhatsApp": 86_400, "far ahead": second + 400*86_400*365, "in milliseconds": second * 1000, "next year": now.Unix() + 300*86_400} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 4)...)
			odd := own("ODD", wrong, "sardinas", model.AckServer)
			odd.Media = &model.Media{State: model.MediaRemote, MimeType: "image/jpeg"}
			odd.Reactions = []model.Reaction{{SenderJID: ana, Emoji: "👍", At: now}}
			f.save(t, odd)
			edited := odd
			edited.Text, edited.EditedAt = "boquerones", now
			f.save(t, edited)
			before := f.message(t, true, "ODD")

			edited.Unix = second + 2
			require.Equal(t, 1, f.fetch(t, model.FetchResult{Limit: 10}, append(stretch(0, 4), edited)...).Updated)
			require.Equal(t, []model.ShortID{"M0", "M1", "M2", "ODD", "M3"}, f.order(t))
			after := f.message(t, true, "ODD")
			require.Equal(t, second+2, after.UnixSeconds())
			require.Equal(t, before.Reactions, after.Reactions)
			require.Equal(t, model.MediaRemote, after.MediaState)
			versions, err := f.MessageVersions(f.ctx, after.ID)
			require.NoError(t, err)
			require.Len(t, versions, 1)
			require.Equal(t, []string{"boquerones"}, f.found(t, "boquerones"))
			require.Empty(t, f.found(t, "sardinas"))

			c := f.held(t)
			require.Equal(t, model.ShortID("M3"), c.LastShortID, "the newest is shown in the list")
			require.Equal(t, model.StampUnix(second+3), c.LastAt)
			require.Equal(t, at(3), c.Ledger.Newest)
			require.Equal(t, at(0), c.Ledger.Oldest)
			require.Equal(t, model.LedgerComplete, c.Ledger.State())
			require.Empty(t, f.gaps(t))
			require.NoError(t, f.Check(f.ctx))
		})
	}
}

func TestTimeThatWasGuessedIsTakenWhenItIsTold(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 4)...)
	guessed := own("ODD", second+7, "x", model.AckServer)
	guessed.Details = model.EncodeDetails(model.MessageDetails{TimeGuessed: true})
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Messages: []model.MessageIn{guessed}, Sent: true})
	f.save(t, own("ODD", 0, "x", model.AckServer))
	require.Equal(t, second+7, f.message(t, true, "ODD").ID.Unix())
	f.save(t, own("ODD", second+2, "x", model.AckServer))
	require.Equal(t, []model.ShortID{"M0", "M1", "M2", "ODD", "M3"}, f.order(t))
	f.save(t, own("ODD", second+9, "x", model.AckServer))
	require.Equal(t, second+2, f.message(t, true, "ODD").ID.Unix(), "it is no guess any more")
	require.Empty(t, f.message(t, true, "ODD").Details)
}

func TestTimeThatIsPlausibleStays(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 4)...)
	f.save(t, text("M1", second+3, "x"), text("M2", 0, "x"))
	change := text("M3", second, "x")
	change.Told = model.ToldChange
	f.save(t, change)
	require.Equal(t, []model.ShortID{"M0", "M1", "M2", "M3"}, f.order(t))
}

func TestChangeOfAMessageTellsNothingOfItsTime(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("ODD", 0, "x"))
	gone := text("ODD", second, "")
	gone.Type, gone.Told = model.TypeRevoked, model.ToldChange
	f.save(t, gone)
	require.Zero(t, f.message(t, false, "ODD").ID.Unix(), "it is that of the change")
}

func TestLedgerOfAMessageThatWasTakenForTheNewest(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	f.save(t, text("M30", second+400*86_400*365, "x"))
	f.save(t, stretch(20, 21)...)
	f.save(t, text("M30", second+30, "x"))
	l := f.ledger(t)
	require.Equal(t, at(30), l.Newest)
	require.Equal(t, at(9), l.CompleteTo, "what came before it may be missing")
	require.Equal(t, model.LedgerFilling, l.State())
	f.fetch(t, model.FetchResult{Limit: 50, HeldTo: l.Newest}, stretch(0, 31)...)
	l = f.ledger(t)
	require.Equal(t, model.LedgerComplete, l.State())
	require.Empty(t, f.gaps(t))
}

func TestNothingIsCertainThatCameBeforeAWrongTime(t *testing.T) {
	f := newFixture(t)
	nextYear := now.Unix() + 300*86_400
	f.fetch(t, model.FetchResult{Limit: 11}, append(stretch(0, 10), text("M30", nextYear, "x"))...)
	f.save(t, stretch(20, 21)...)
	f.save(t, text("M30", second+30, "x"))
	l := f.ledger(t)
	require.Equal(t, at(30), l.Newest)
	require.Equal(t, at(0), l.CompleteTo)
	f.fetch(t, model.FetchResult{Limit: 5, HeldTo: l.Newest}, stretch(26, 31)...)
	require.Equal(t, from(26), f.gaps(t)[0].Above)
	f.fetch(t, model.FetchResult{Limit: 50, HeldTo: l.Newest}, stretch(0, 31)...)
	require.Empty(t, f.gaps(t))
}

func TestTimeOfAnOutgoingTargetFollows(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("ODD", 0, "x"))
	item, err := f.AddOutbox(f.ctx, model.OutboxItem{
		SessionID: f.session, ConversationID: f.conversation, Kind: model.OutboxForward, Target: f.message(t, false, "ODD").ID,
	})
	require.NoError(t, err)
	f.save(t, text("ODD", second, "x"))
	item, err = f.OutboxItem(f.ctx, item.ID)
	require.NoError(t, err)
	require.Equal(t, f.message(t, false, "ODD").ID, item.Target)
}

func TestTimeOfTheListThatWasWrongIsTakenWhenItIsTold(t *testing.T) {
	f := newFixture(t)
	chat := model.Conversation{JID: ana, LastShortID: "M1", LastType: model.TypeChat, LastText: "x", LastAt: model.StampUnix(second + 400*86_400*365)}
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: chat}}, now))
	chat.LastShortID, chat.LastText, chat.LastAt = "M2", "y", model.StampUnix(second)
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: chat}}, now))
	require.Equal(t, model.StampUnix(second), f.held(t).LastAt)
	require.Equal(t, "y", f.held(t).LastText)
}
