package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

func TestConversationsAreUpsertedByIdentifier(t *testing.T) {
	f := newFixture(t)
	in := model.ConversationIn{Conversation: model.Conversation{
		JID: ana, Name: "Ana", Unread: 3, Pinned: true, LastAt: model.StampUnix(second), LastShortID: "A", LastType: model.TypeChat, LastText: "hola",
	}}
	save := func(at model.Stamp) {
		require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{in}, at))
	}
	save(now)
	c := f.held(t)
	require.Equal(t, 3, c.Unread)
	require.Equal(t, "hola", c.LastText)
	require.True(t, c.Ledger.NeedsFetch, "A is not held")
	require.Zero(t, f.writes(t, func() { save(now + 1) }))

	f.fetch(t, model.FetchResult{Limit: 50}, text("A", second, "hola"))
	require.False(t, f.held(t).Ledger.NeedsFetch)
	in.Conversation.Unread = 0
	save(now + 2)
	require.False(t, f.held(t).Ledger.NeedsFetch, "A is held")

	f.save(t, text("B", second+10, "faster than the list"))
	in.Conversation.Unread = -1
	save(now + 3)
	c = f.held(t)
	require.Equal(t, "faster than the list", c.LastText)
	require.Equal(t, 0, c.Unread)

	in.Conversation.LastShortID, in.Conversation.LastType, in.Conversation.LastText = "N", model.TypeE2ENotice, ""
	in.Conversation.LastAt = model.StampUnix(second + 20)
	save(now + 4)
	c = f.held(t)
	require.Equal(t, "faster than the list", c.LastText, "a notice is no preview")
	require.True(t, c.Ledger.NeedsFetch)
	f.fetch(t, model.FetchResult{Limit: 50}, text("B", second+10, "faster than the list"))
	require.False(t, f.held(t).Ledger.NeedsFetch, "asking again for what a fetch does not bring is no use")
	in.Conversation.Archived = true
	save(now + 5)
	require.False(t, f.held(t).Ledger.NeedsFetch)
}

func TestConversationsNotSeen(t *testing.T) {
	f := newFixture(t)
	ids := []model.ConversationID{f.conversation}
	require.NoError(t, f.MarkConversationsNotSeen(f.ctx, ids, now))
	index, err := f.ConversationIndex(f.ctx, f.session)
	require.NoError(t, err)
	require.True(t, index[ana].NotSeen)
	list, err := f.Conversations(f.ctx, model.ConversationQuery{})
	require.NoError(t, err)
	require.Len(t, list, 1, "nothing is deleted")
	require.NoError(t, f.MarkConversationsSeen(f.ctx, ids))
	require.Zero(t, f.held(t).NotSeenSince)
}

func TestUpdateConversationWritesOnlyDifferences(t *testing.T) {
	f := newFixture(t)
	changed, err := f.UpdateConversation(f.ctx, f.conversation, func(c *model.Conversation) { c.Draft = "borrador"; c.ID = 77 })
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, "borrador", f.held(t).Draft)
	require.Zero(t, f.writes(t, func() {
		changed, err := f.UpdateConversation(f.ctx, f.conversation, func(c *model.Conversation) { c.Draft = "borrador" })
		require.NoError(t, err)
		require.False(t, changed)
	}))
	_, err = f.UpdateConversation(f.ctx, 999, func(*model.Conversation) {})
	require.ErrorIs(t, err, store.ErrNotFound)
	_, changed, err = f.UpdateSession(f.ctx, f.session, func(s *model.Session) { s.State = model.StateConnected })
	require.NoError(t, err)
	require.True(t, changed)
	require.Zero(t, f.writes(t, func() {
		_, changed, err = f.UpdateSession(f.ctx, f.session, func(s *model.Session) { s.State = model.StateConnected })
		require.NoError(t, err)
		require.False(t, changed)
	}))
}

func TestTheListRaisesTheAckOfAHeldMessage(t *testing.T) {
	f := newFixture(t)
	f.save(t, own("A", second, "first", model.AckServer), own("B", second+1, "second", model.AckServer), text("B", second+1, "of the other"))
	list := func(fromMe bool, ack model.Ack) {
		in := []model.ConversationIn{{Conversation: model.Conversation{
			JID: ana, LastShortID: "B", LastFromMe: fromMe, LastType: model.TypeChat, LastText: "second", LastAck: ack, LastAt: model.StampUnix(second + 1),
		}}}
		require.NoError(t, f.SaveConversations(f.ctx, f.session, in, now))
	}
	list(true, model.AckRead)
	require.Equal(t, model.AckRead, f.message(t, true, "B").Ack, "the bubble would say less than the list")
	require.Equal(t, model.AckServer, f.message(t, true, "A").Ack, "the list said nothing of it")
	require.Equal(t, model.AckRead, f.held(t).LastAck)
	list(true, model.AckDevice) // an older answer
	require.Equal(t, model.AckRead, f.message(t, true, "B").Ack)
	require.Zero(t, f.writes(t, func() { list(true, model.AckDevice) }))
	other := f.message(t, false, "B").Ack
	list(false, model.AckPlayed)
	require.Equal(t, other, f.message(t, false, "B").Ack, "what others send has no ack of ours")
}

func TestGroups(t *testing.T) {
	f := newFixture(t)
	g := &model.Group{Subject: "Obrador", Participants: []model.Participant{{JID: ana}, {JID: "1@c.us", IsSuperAdmin: true}, {JID: "2@c.us"}}}
	save := func() {
		in := []model.ConversationIn{{Conversation: model.Conversation{JID: group, Name: "Obrador"}, Group: g}}
		require.NoError(t, f.SaveConversations(f.ctx, f.session, in, now))
	}
	save()
	require.Zero(t, f.writes(t, save))
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: ana, DisplayName: "Ana"}}, now))
	c, err := f.ConversationByJID(f.ctx, f.session, group)
	require.NoError(t, err)
	require.Equal(t, model.KindGroup, c.Kind)
	held, err := f.Group(f.ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, []model.JID{"1@c.us", ana, "2@c.us"}, []model.JID{held.Participants[0].JID, held.Participants[1].JID, held.Participants[2].JID})
	require.Equal(t, "Ana", held.Participants[1].Name)

	g.Participants = []model.Participant{{JID: ana, IsAdmin: true}}
	save()
	held, err = f.Group(f.ctx, c.ID)
	require.NoError(t, err)
	require.Len(t, held.Participants, 1)
	require.True(t, held.Participants[0].IsAdmin)
	g.Participants = nil // not known this time
	save()
	held, err = f.Group(f.ctx, c.ID)
	require.NoError(t, err)
	require.Len(t, held.Participants, 1)
	_, err = f.Group(f.ctx, f.conversation)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestTheListNamesWhomAMessageMentions(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{
		{JID: "34600111001@c.us", DisplayName: "Ana"}, {JID: "99887766554433@lid", DisplayName: "Íñigo"},
	}, now))
	preview := func(jid model.JID, text string) string {
		in := []model.ConversationIn{{Conversation: model.Conversation{JID: jid, Name: "Obrador", LastShortID: "A", LastType: model.TypeChat, LastText: text, LastAt: now}}}
		require.NoError(t, f.SaveConversations(f.ctx, f.session, in, now))
		rows, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: model.FilterEverything})
		require.NoError(t, err)
		for _, r := range rows {
			if r.JID == jid {
				return r.LastText
			}
		}
		t.Fatal("the conversation is not listed")
		return ""
	}
	for text, want := range map[string]string{
		"@34600111001 and @99887766554433, @34600111001": "@Ana and @Íñigo, @Ana",
		"@34600999999 is not known, nor is @":            "@34600999999 is not known, nor is @",
		"ana@34600111001 @346001110011 @3460011100":      "ana@34600111001 @346001110011 @3460011100",
	} {
		require.Equal(t, want, preview(group, text))
	}
	require.Equal(t, "@34600111001", preview(ana, "@34600111001"), "nobody is mentioned outside of groups")
}

func TestConversationPagesAndFilters(t *testing.T) {
	s := storetest.New(t)
	filled := storetest.Fill(t, s, storetest.Sizes{Conversations: 600, Messages: 1500}, 9)
	f := fixture{Store: s, ctx: t.Context(), session: filled.Session.ID}
	all, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: model.FilterEverything})
	require.NoError(t, err)
	require.Len(t, all, 600)
	matches := map[model.ConversationFilter]func(model.ConversationRow) bool{
		model.FilterEverything: func(model.ConversationRow) bool { return true },
		"":                     func(c model.ConversationRow) bool { return !c.Archived },
		model.FilterAll:        func(c model.ConversationRow) bool { return !c.Archived },
		model.FilterArchived:   func(c model.ConversationRow) bool { return c.Archived },
		model.FilterUnread:     func(c model.ConversationRow) bool { return !c.Archived && (c.Unread > 0 || c.MarkedUnread) },
		model.FilterPinned:     func(c model.ConversationRow) bool { return !c.Archived && c.Pinned },
		model.FilterGroups:     func(c model.ConversationRow) bool { return !c.Archived && c.Kind == model.KindGroup },
	}
	for filter, match := range matches {
		var want, walked []model.ConversationRow
		for _, c := range all {
			if match(c) {
				want = append(want, c)
			}
		}
		require.NotEmpty(t, want, filter)
		q := model.ConversationQuery{SessionID: f.session, Filter: filter, Limit: 23}
		for {
			page, err := f.Conversations(f.ctx, q)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			walked = append(walked, page...)
			last := page[len(page)-1]
			q.After = &model.ConversationCursor{Pinned: last.Pinned, LastAt: last.LastAt, ID: last.ID}
		}
		require.Equal(t, want, walked, fmt.Sprintf("filter %q", filter))
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		require.False(t, b.Pinned && !a.Pinned)
		require.False(t, a.Pinned == b.Pinned && a.LastAt < b.LastAt)
	}
	n, err := f.CountConversations(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, 600, n)
	byName, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: model.FilterEverything, Text: all[3].Name})
	require.NoError(t, err)
	require.NotEmpty(t, byName)
}

func TestConversationsToFetch(t *testing.T) {
	f := newFixture(t)
	var in []model.ConversationIn
	for i := range 5 {
		in = append(in, model.ConversationIn{Conversation: model.Conversation{
			JID: model.JID(fmt.Sprintf("3460000000%d@c.us", i)), LastShortID: "X", LastType: model.TypeChat, LastAt: model.StampUnix(second + int64(i)),
		}})
	}
	require.NoError(t, f.SaveConversations(f.ctx, f.session, in, now))
	ids, err := f.ConversationsToFetch(f.ctx, f.session, 2)
	require.NoError(t, err)
	require.Len(t, ids, 2)
	newest, err := f.ConversationByJID(f.ctx, f.session, "34600000004@c.us")
	require.NoError(t, err)
	require.Equal(t, newest.ID, ids[0])
	all, err := f.ConversationIDs(f.ctx, f.session)
	require.NoError(t, err)
	require.Len(t, all, 6)
}

func TestLabelIsOnWhatTheWholeAnswerNames(t *testing.T) {
	s := storetest.New(t)
	filled := storetest.Fill(t, s, storetest.Sizes{Conversations: 5, Messages: 10}, 9)
	f := fixture{Store: s, ctx: t.Context(), session: filled.Session.ID}
	_, err := f.SaveLabels(f.ctx, f.session, []model.Label{{WireID: "1", Name: "Pagado", Color: "#00ff00"}, {WireID: "2", Name: "Nuevo"}})
	require.NoError(t, err)
	rows, err := f.Conversations(f.ctx, model.ConversationQuery{SessionID: f.session, Filter: model.FilterEverything})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(rows), 3)
	a, b, c := rows[0].JID, rows[1].JID, rows[2].JID
	labels, err := f.Labels(f.ctx, f.session)
	require.NoError(t, err)
	paid := labels[slices.IndexFunc(labels, func(l model.Label) bool { return l.WireID == "1" })].ID
	for _, step := range []struct {
		named   []model.JID
		whole   bool
		changed bool
		want    []model.JID
	}{
		{[]model.JID{a, b, a, "1@c.us"}, true, true, []model.JID{a, b}},
		{[]model.JID{b, a}, true, false, []model.JID{a, b}},
		{[]model.JID{c}, false, true, []model.JID{a, b, c}},
		{nil, false, false, []model.JID{a, b, c}},
		{[]model.JID{c, b}, true, true, []model.JID{b, c}},
		{nil, true, true, nil},
	} {
		before, err := f.Changes(f.ctx)
		require.NoError(t, err)
		changed, err := f.SaveLabelled(f.ctx, f.session, "1", step.named, step.whole)
		require.NoError(t, err)
		require.Equal(t, step.changed, changed)
		after, err := f.Changes(f.ctx)
		require.NoError(t, err)
		require.Equal(t, changed, after > before)
		list, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: model.FilterEverything, LabelID: paid})
		require.NoError(t, err)
		var got []model.JID
		for _, row := range list {
			got = append(got, row.JID)
		}
		require.ElementsMatch(t, step.want, got)
		all, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: model.FilterEverything})
		require.NoError(t, err)
		for _, row := range all {
			if slices.Contains(step.want, row.JID) {
				require.Equal(t, "#00ff00", row.LabelColors)
			} else {
				require.Empty(t, row.LabelColors)
			}
		}
	}
	changed, err := f.SaveLabelled(f.ctx, f.session, "99", []model.JID{a}, true)
	require.NoError(t, err)
	require.False(t, changed, "a label that is not held")
}

func TestLabelsAndActivity(t *testing.T) {
	f := newFixture(t)
	labels := []model.Label{{WireID: "1", Name: "Pagado", Color: "#00ff00"}, {WireID: "2", Name: "Nuevo"}}
	counts, err := f.SaveLabels(f.ctx, f.session, labels)
	require.NoError(t, err)
	require.Equal(t, model.Counts{Created: 2}, counts)
	labels[0].Name = "Cobrado"
	counts, err = f.SaveLabels(f.ctx, f.session, labels)
	require.NoError(t, err)
	require.Equal(t, model.Counts{Updated: 1, Unchanged: 1}, counts)
	held, err := f.Labels(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, "Cobrado", held[0].Name)

	for i := range 10 {
		outcome := model.OutcomeSuccess
		if i%2 == 1 {
			outcome = model.OutcomeFailed
		}
		require.NoError(t, f.AddActivity(f.ctx, model.Activity{At: now + model.Stamp(i), SessionID: f.session, Session: "empresa",
			Kind: model.ActivitySync, Action: "sync_contacts", Outcome: outcome, DurationMS: 12, NotSeen: i, User: "ana", MessageID: "M"}))
	}
	lines, err := f.Activities(f.ctx, model.ActivityQuery{SessionID: f.session, Kind: model.ActivitySync, Outcome: model.OutcomeFailed, Limit: 3})
	require.NoError(t, err)
	require.Len(t, lines, 3)
	require.Equal(t, 9, lines[0].NotSeen)
	require.EqualValues(t, 12, lines[0].DurationMS)
	rest, err := f.Activities(f.ctx, model.ActivityQuery{Before: lines[2].ID})
	require.NoError(t, err)
	require.Len(t, rest, 5)
	require.NoError(t, f.PruneActivity(f.ctx, now+5))
	rest, err = f.Activities(f.ctx, model.ActivityQuery{})
	require.NoError(t, err)
	require.Len(t, rest, 5)
}
