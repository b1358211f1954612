package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// told follows the notices of a Buzón whose conversations were synced before.
func told(t *testing.T) (*mediaRig, chan notice.News) {
	t.Helper()
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	news := make(chan notice.News, 100)
	require.NoError(t, r.Notices.Follow(t.Context(), func(_ context.Context, n notice.News) { news <- n }))
	return r, news
}

func (r *mediaRig) receive(chat model.JID, text string) {
	r.t.Helper()
	_, err := r.server.Phone(string(r.session.Name)).Receive(string(chat), text)
	require.NoError(r.t, err)
}

// next waits for something to tell.
func next(t *testing.T, news chan notice.News) notice.Notice {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case n := <-news:
			if len(n.Tell) > 0 {
				return n.Tell[0]
			}
		case <-limit:
			require.FailNow(t, "nothing was told")
		}
	}
}

func TestANewMessageIsToldOfAndTakenBackWhenItWasRead(t *testing.T) {
	r, news := told(t)
	ana := r.person()
	r.receive(ana.JID, "¿Tenéis roscón?")
	r.sync()
	n := next(t, news)
	require.Equal(t, notice.KeyOf(ana.ID), n.Key)
	require.Equal(t, 1, n.Messages)
	require.Equal(t, ana.Name, n.Row.Name)
	require.Equal(t, "¿Tenéis roscón?", n.Last.Text)
	require.True(t, n.Sound)

	r.sync() // it is seen to be unread
	require.NoError(t, r.server.Phone(string(r.session.Name)).Open(string(ana.JID)))
	r.sync()
	limit := time.After(patience)
	for taken := false; !taken; {
		select {
		case n := <-news:
			require.Empty(t, n.Tell)
			taken = len(n.Withdraw) > 0
			if taken {
				require.Equal(t, []notice.Key{n.Withdraw[0]}, n.Withdraw)
				require.Equal(t, notice.KeyOf(ana.ID), n.Withdraw[0])
			}
		case <-limit:
			require.FailNow(t, "the notice was not taken back")
		}
	}
}

func TestAConversationThatIsInFrontOrSilencedIsNotToldOf(t *testing.T) {
	r, news := told(t)
	rows, err := r.Conversations.List(t.Context(), model.ConversationQuery{})
	require.NoError(t, err)
	var people []model.ConversationRow
	for _, row := range rows {
		if row.Kind == model.KindPerson && !row.Archived && row.MutedUntil.IsZero() {
			people = append(people, row)
		}
	}
	require.GreaterOrEqual(t, len(people), 3)
	front, silenced, other := people[0], people[1], people[2]
	require.NoError(t, r.Conversations.NotifyFrom(t.Context(), silenced.ID, false))
	on, err := r.Conversations.NotifiesFrom(t.Context(), silenced.ID)
	require.NoError(t, err)
	require.False(t, on)
	r.Look(true, front.ID)
	for _, row := range []model.ConversationRow{front, silenced, other} {
		r.receive(row.JID, "Hola")
	}
	r.sync()
	require.Equal(t, notice.KeyOf(other.ID), next(t, news).Key, "only of the third")

	require.NoError(t, r.Conversations.NotifyFrom(t.Context(), silenced.ID, true))
	require.NoError(t, r.Notices.Pause(t.Context(), time.Now().Add(time.Hour)))
	r.receive(silenced.JID, "¿Estás?")
	r.sync()
	require.NoError(t, r.Notices.Pause(t.Context(), time.Time{}))
	r.receive(silenced.JID, "Contesta")
	r.sync()
	n := next(t, news)
	require.Equal(t, notice.KeyOf(silenced.ID), n.Key)
	require.Equal(t, 1, n.Messages, "what came in the pause is not told of")
}

func TestWithoutAnybodyWhoFollowsNothingIsKept(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.Look(true, 1)
	r.Notices.Closed(notice.KeyMany)
	r.sync()
}

// twoPeople returns conversations with two people whom nothing silences.
func (r *mediaRig) twoPeople() (one, other model.ConversationRow) {
	r.t.Helper()
	rows, err := r.Conversations.List(r.t.Context(), model.ConversationQuery{})
	require.NoError(r.t, err)
	rows = slices.DeleteFunc(rows, func(row model.ConversationRow) bool {
		return row.Kind != model.KindPerson || row.Archived || !row.MutedUntil.IsZero() || row.JID.Phone() == ""
	})
	require.Greater(r.t, len(rows), 1)
	return rows[0], rows[1]
}

// TestAMuteFromBeforeTheJoiningHoldsForThePerson silences somebody under a hidden
// id, lets it turn out that it is who else writes, and takes them apart again.
func TestAMuteFromBeforeTheJoiningHoldsForThePerson(t *testing.T) {
	const lid = model.JID("284088457691106@lid")
	for name, silence := range map[string]func(r *mediaRig, id model.ConversationID) error{
		"on this computer": func(r *mediaRig, id model.ConversationID) error {
			return r.Conversations.NotifyFrom(t.Context(), id, false)
		},
		"at WhatsApp": func(r *mediaRig, id model.ConversationID) error {
			_, err := r.Store.UpdateConversation(t.Context(), id, func(c *model.Conversation) { c.MutedUntil = model.MutedForever })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, news := told(t)
			ana, other := r.twoPeople()
			hidden, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "", 1)
			require.NoError(t, err)
			require.NoError(t, silence(r, hidden.ID))
			pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: ana.JID, Source: model.SourceContact, FoundAt: 1}
			changed, err := r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
			require.NoError(t, err)
			require.True(t, changed)
			r.receive(ana.JID, "Hola")
			r.receive(other.JID, "Hola")
			r.sync()
			require.Equal(t, other.JID, next(t, news).Row.JID, "only of the other")

			require.NoError(t, r.Contacts.NotSamePerson(t.Context(), r.session.ID, lid, ana.JID))
			r.receive(ana.JID, "¿Estás?")
			r.sync()
			require.Equal(t, ana.JID, next(t, news).Row.JID, "the number was never silenced")
		})
	}
}

// TestAMuteUnderAnIDThatIsGoneHoldsForThePersonUntilItIsEnded silences somebody who
// then has another identifier: the old one, under which the gateway names nobody any
// more, goes on counting, and does not keep the owner from ending it.
func TestAMuteUnderAnIDThatIsGoneHoldsForThePersonUntilItIsEnded(t *testing.T) {
	const lid = model.JID("284088457691106@lid")
	r, news := told(t)
	ana, other := r.twoPeople()
	hidden, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "", 1)
	require.NoError(t, err)
	_, err = r.Store.UpdateConversation(t.Context(), hidden.ID, func(c *model.Conversation) { c.MutedUntil = model.MutedForever })
	require.NoError(t, err)
	pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: ana.JID, Source: model.SourceContact, FoundAt: 1}
	_, err = r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
	require.NoError(t, err)
	require.NoError(t, r.Store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{hidden.ID}, 2))
	muted := func() model.Stamp {
		c, err := r.Store.ShownConversation(t.Context(), ana.ID)
		require.NoError(t, err)
		return c.MutedUntil
	}
	require.Equal(t, model.MutedForever, muted())
	r.receive(ana.JID, "Hola")
	r.receive(other.JID, "Hola")
	r.sync()
	require.Equal(t, other.JID, next(t, news).Row.JID, "only of the other")

	later := model.StampOf(time.Now().Add(8 * time.Hour).Truncate(time.Second))
	require.NoError(t, r.Conversations.SetMuted(t.Context(), ana.ID, later))
	require.Equal(t, later, muted(), "for that long, not for ever")
	require.NoError(t, r.Conversations.SetMuted(t.Context(), ana.ID, 0))
	require.Zero(t, muted())
	r.sync()
	require.Zero(t, muted())
	require.Equal(t, 2, r.server.Count("POST /client/muteChat")+r.server.Count("POST /client/unmuteChat"), "the gateway is asked under the id that it names")
	r.receive(ana.JID, "¿Estás?")
	r.sync()
	require.Equal(t, ana.JID, next(t, news).Row.JID)
}

// TestWhatIsLeftUnderAnIDThatIsGoneCanBeChanged: an archive that an old identifier is not
// in shows the person, and a pin that was left with it holds them at the top; the gateway
// can change neither under that.
func TestWhatIsLeftUnderAnIDThatIsGoneCanBeChanged(t *testing.T) {
	const lid = model.JID("284088457691106@lid")
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	ana := r.person()
	require.NoError(t, r.Conversations.SetPinned(t.Context(), ana.ID, false))
	asked := r.server.Count("POST /client/unpinChat")
	hidden, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "", 1)
	require.NoError(t, err)
	_, err = r.Store.UpdateConversation(t.Context(), hidden.ID, func(c *model.Conversation) { c.Pinned = true })
	require.NoError(t, err)
	pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: ana.JID, Source: model.SourceContact, FoundAt: 1}
	_, err = r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
	require.NoError(t, err)
	require.NoError(t, r.Store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{hidden.ID}, 2))
	shown := func() model.Conversation {
		c, err := r.Store.ShownConversation(t.Context(), ana.ID)
		require.NoError(t, err)
		return c
	}
	require.True(t, shown().Pinned)
	require.NoError(t, r.Conversations.SetPinned(t.Context(), ana.ID, false))
	require.False(t, shown().Pinned)
	require.Equal(t, asked, r.server.Count("POST /client/unpinChat"), "the gateway has nothing to change")

	require.NoError(t, r.Conversations.SetArchived(t.Context(), ana.ID, true))
	require.True(t, shown().Archived)
	require.NoError(t, r.Conversations.SetArchived(t.Context(), ana.ID, false))
	require.False(t, shown().Archived)
	require.Equal(t, 1, r.server.Count("POST /client/archiveChat"), "under the id that it names")
	require.Equal(t, 1, r.server.Count("POST /client/unarchiveChat"))
	r.sync()
	require.False(t, shown().Archived || shown().Pinned)
}

// TestAPersonLastHeardUnderAnIDThatIsGoneCanBePinned: answers go to where the person
// wrote last, but the gateway can pin and mark only what it names.
func TestAPersonLastHeardUnderAnIDThatIsGoneCanBePinned(t *testing.T) {
	const lid = model.JID("284088457691106@lid")
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	ana := r.person()
	require.NoError(t, r.Conversations.SetPinned(t.Context(), ana.ID, false))
	hidden, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "", 1)
	require.NoError(t, err)
	now := time.Now()
	heard := model.MessageIn{Unix: now.Unix(), Message: model.Message{ShortID: "3EB0A9F1C2D3", Type: model.TypeChat, Text: "Hola"}}
	_, err = r.Store.SaveMessages(t.Context(), []model.MessageBatch{{ConversationID: hidden.ID, Messages: []model.MessageIn{heard}}}, model.StampOf(now))
	require.NoError(t, err)
	pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: ana.JID, Source: model.SourceContact, FoundAt: 1}
	_, err = r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
	require.NoError(t, err)
	require.NoError(t, r.Store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{hidden.ID}, 2))
	answer, err := r.Store.AnswerTo(t.Context(), ana.ID)
	require.NoError(t, err)
	require.Equal(t, hidden.ID, answer)

	require.NoError(t, r.Conversations.SetPinned(t.Context(), ana.ID, true))
	require.NoError(t, r.Conversations.MarkUnread(t.Context(), ana.ID))
	require.Equal(t, 1, r.server.Count("POST /client/pinChat"))
	require.Equal(t, 1, r.server.Count("POST /client/markChatUnread"))
	r.sync()
	shown, err := r.Store.ShownConversation(t.Context(), ana.ID)
	require.NoError(t, err)
	require.True(t, shown.Pinned)
	require.True(t, shown.MarkedUnread || shown.Unread > 0)
}

// TestAPersonWhomTheGatewayForgotIsChangedUnderAllIDs: what one of them was left with
// shows and counts for the person.
func TestAPersonWhomTheGatewayForgotIsChangedUnderAllIDs(t *testing.T) {
	const phone, lid = model.JID("34600999884@c.us"), model.JID("284088457691107@lid")
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: phone, Source: model.SourceContact, FoundAt: 1}
	_, err := r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
	require.NoError(t, err)
	var ids []model.ConversationID
	for _, jid := range []model.JID{phone, lid} {
		c, err := r.Store.EnsureConversation(t.Context(), r.session.ID, jid, "", 1)
		require.NoError(t, err)
		_, err = r.Store.UpdateConversation(t.Context(), c.ID, func(c *model.Conversation) { c.Pinned, c.MutedUntil = true, model.MutedForever })
		require.NoError(t, err)
		ids = append(ids, c.ID)
	}
	require.NoError(t, r.Store.MarkConversationsNotSeen(t.Context(), ids, 2))
	require.NoError(t, r.Conversations.SetArchived(t.Context(), ids[0], true))
	require.NoError(t, r.Conversations.SetPinned(t.Context(), ids[0], false))
	require.NoError(t, r.Conversations.SetMuted(t.Context(), ids[0], 0))
	r.sync()
	shown, err := r.Store.ShownConversation(t.Context(), ids[0])
	require.NoError(t, err)
	require.True(t, shown.Archived)
	require.False(t, shown.Pinned)
	require.Zero(t, shown.MutedUntil)
}

// TestAPersonIsSilencedUnderAnIDWithoutAConversation: after the store was made anew
// the gateway may name a person under another identifier than the settings do.
func TestAPersonIsSilencedUnderAnIDWithoutAConversation(t *testing.T) {
	const lid = model.JID("284088457691106@lid")
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	ana := r.person()
	muted := r.Settings.Get().WithNotifiesFrom(r.session.Name, lid, false).NotifyMuted
	require.NoError(t, r.Settings.Set(t.Context(), "notify_muted", muted))
	notifies := func() bool {
		on, err := r.Conversations.NotifiesFrom(t.Context(), ana.ID)
		require.NoError(t, err)
		return on
	}
	require.True(t, notifies(), "nobody knows yet who that is")
	pair := model.Identity{SessionID: r.session.ID, LID: lid, PhoneJID: ana.JID, Source: model.SourceLookup, FoundAt: 1}
	_, err := r.Store.SaveIdentities(t.Context(), []model.Identity{pair})
	require.NoError(t, err)
	require.False(t, notifies())
	require.NoError(t, r.Conversations.NotifyFrom(t.Context(), ana.ID, true))
	require.True(t, notifies())
	require.Empty(t, r.Settings.Get().NotifyMuted)
}
