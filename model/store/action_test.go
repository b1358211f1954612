package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// act queues an action.
func (f fixture) act(t testing.TB, kind model.OutboxKind, target model.MessageID, p model.OutboxPayload) model.OutboxItem {
	t.Helper()
	item, err := f.AddAction(f.ctx, model.OutboxItem{
		SessionID: f.session, ConversationID: f.conversation, Kind: kind, Target: target,
	}, p)
	require.NoError(t, err)
	return item
}

// end claims an action and ends it.
func (f fixture) end(t testing.TB, id model.OutboxID, state model.OutboxState) {
	t.Helper()
	_, claimed, err := f.ClaimOutbox(f.ctx, id, now, "")
	require.NoError(t, err)
	require.True(t, claimed)
	require.NoError(t, f.FinishOutbox(f.ctx, id, model.OutboxOutcome{State: state}, now))
}

// listed is what the gateway's list says of the fixture's conversation.
func (f fixture) listed(t testing.TB, change func(*model.Conversation)) {
	t.Helper()
	c := model.Conversation{SessionID: f.session, JID: ana, Name: "Ana García"}
	change(&c)
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: c}}, now))
}

func TestActionOnAConversationIsSeenAtOnceAndTakenBackWhenRefused(t *testing.T) {
	later := model.StampUnix(second + 3600)
	for kind, c := range map[model.OutboxKind]struct {
		payload model.OutboxPayload
		done    func(model.Conversation) bool
	}{
		model.OutboxRead:    {model.OutboxPayload{}, func(c model.Conversation) bool { return c.Unread == 0 && !c.MarkedUnread }},
		model.OutboxArchive: {model.OutboxPayload{On: true}, func(c model.Conversation) bool { return c.Archived }},
		model.OutboxPin:     {model.OutboxPayload{On: true}, func(c model.Conversation) bool { return c.Pinned }},
		model.OutboxMute:    {model.OutboxPayload{Until: later}, func(c model.Conversation) bool { return c.MutedUntil == later }},
	} {
		t.Run(kind, func(t *testing.T) {
			f := newFixture(t)
			f.listed(t, func(c *model.Conversation) { c.Unread = 3 })
			require.False(t, c.done(f.held(t)))
			item := f.act(t, kind, 0, c.payload)
			require.True(t, c.done(f.held(t)))
			require.True(t, f.held(t).Fingerprint.IsZero(), "what the list says next is compared anew")

			f.end(t, item.ID, model.OutboxFailed)
			require.False(t, c.done(f.held(t)), "refused")
			require.Equal(t, 3, f.held(t).Unread)

			require.NoError(t, f.RequeueOutbox(f.ctx, item.ID, now))
			require.True(t, c.done(f.held(t)), "the owner tries again")
			f.end(t, item.ID, model.OutboxSent)
			require.True(t, c.done(f.held(t)))

			f.listed(t, func(c *model.Conversation) { c.Unread = 3 })
			require.False(t, c.done(f.held(t)), "the phone undid it")
		})
	}
}

func TestListDoesNotOverwriteWhatAnOpenActionWants(t *testing.T) {
	f := newFixture(t)
	item := f.act(t, model.OutboxArchive, 0, model.OutboxPayload{On: true})
	f.listed(t, func(c *model.Conversation) { c.Archived, c.Pinned = false, true })
	require.True(t, f.held(t).Archived, "the list does not know of it yet")
	require.True(t, f.held(t).Pinned, "all else is as the list says")
	f.end(t, item.ID, model.OutboxFailed)
	require.False(t, f.held(t).Archived)
	require.True(t, f.held(t).Pinned)
}

func TestRefusedActionLeavesAloneWhatChangedMeanwhile(t *testing.T) {
	f := newFixture(t)
	first := f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: true})
	_, _, err := f.ClaimOutbox(f.ctx, first.ID, now, "")
	require.NoError(t, err)
	second := f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: false})
	require.NotEqual(t, first.ID, second.ID, "the first is under way")
	require.NoError(t, f.FinishOutbox(f.ctx, first.ID, model.OutboxOutcome{State: model.OutboxSent}, now))
	require.False(t, f.held(t).Pinned, "the last wish counts")
	f.end(t, second.ID, model.OutboxFailed)
	require.True(t, f.held(t).Pinned, "the first was done")
}

func TestWishesThatWaitCollapseIntoTheLast(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("M1", second, "hello"))
	m := f.message(t, false, "M1")
	first := f.act(t, model.OutboxReact, m.ID, model.OutboxPayload{Emoji: "👍"})
	last := f.act(t, model.OutboxReact, m.ID, model.OutboxPayload{Emoji: "❤"})
	require.Equal(t, first.ID, last.ID)
	star := f.act(t, model.OutboxStar, m.ID, model.OutboxPayload{On: true})
	require.NotEqual(t, first.ID, star.ID, "another thing")

	f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: true})
	f.act(t, model.OutboxUnread, 0, model.OutboxPayload{})
	read := f.act(t, model.OutboxRead, 0, model.OutboxPayload{})
	pin := f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: false})
	rows, err := f.ListOutbox(f.ctx, model.OutboxQuery{Conversation: f.conversation})
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.NoError(t, f.DeleteOutbox(f.ctx, read.ID))
	require.False(t, f.held(t).MarkedUnread, "as it was before both")
	require.NoError(t, f.DeleteOutbox(f.ctx, pin.ID))
	require.False(t, f.held(t).Pinned)

	// One that was refused gives way to a new one.
	f.end(t, star.ID, model.OutboxFailed)
	again := f.act(t, model.OutboxStar, m.ID, model.OutboxPayload{On: true})
	require.NotEqual(t, star.ID, again.ID)
	_, err = f.OutboxItem(f.ctx, star.ID)
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestOpenActionsComeWithTheirMessages(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("M1", second, "hello"), own("M2", second+1, "helo", model.AckRead), text("M3", second+2, "bye"))
	react := f.act(t, model.OutboxReact, f.message(t, false, "M1").ID, model.OutboxPayload{Emoji: "👍"})
	edit, err := f.AddAction(f.ctx, model.OutboxItem{
		SessionID: f.session, ConversationID: f.conversation, Kind: model.OutboxEdit, Target: f.message(t, true, "M2").ID, Text: "hello",
	}, model.OutboxPayload{})
	require.NoError(t, err)
	f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: true})
	_, err = f.AddOutbox(f.ctx, model.OutboxItem{ // an answer is no action on what it answers
		SessionID: f.session, ConversationID: f.conversation, Kind: model.OutboxText, Text: "yes", Target: f.message(t, false, "M3").ID,
	})
	require.NoError(t, err)

	page, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: f.conversation})
	require.NoError(t, err)
	require.Equal(t, []model.PendingAction{{ID: react.ID, Kind: model.OutboxReact, State: model.OutboxQueued, Emoji: "👍"}}, page[0].Pending)
	require.Equal(t, []model.PendingAction{{ID: edit.ID, Kind: model.OutboxEdit, State: model.OutboxQueued, Text: "hello"}}, page[1].Pending)
	require.Empty(t, page[2].Pending)

	f.end(t, react.ID, model.OutboxSent)
	require.Empty(t, f.message(t, false, "M1").Pending)
	_, _, err = f.ClaimOutbox(f.ctx, edit.ID, now, "")
	require.NoError(t, err)
	require.NoError(t, f.FinishOutbox(f.ctx, edit.ID, model.OutboxOutcome{State: model.OutboxFailed, Error: "edit_refused"}, now))
	pending := f.message(t, true, "M2").Pending
	require.Len(t, pending, 1)
	require.Equal(t, model.OutboxFailed, pending[0].State)
	require.Equal(t, "edit_refused", pending[0].Error)
}

func TestMessageThatTheOwnerRemovedIsKeptButNotFound(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("M1", second, "meet me at the lighthouse"))
	require.Len(t, f.found(t, "lighthouse"), 1)
	removed := text("M1", second, "")
	removed.Type = model.TypeRemoved
	f.save(t, removed)
	f.save(t, text("M1", second, "meet me at the lighthouse")) // an answer from before

	m := f.message(t, false, "M1")
	require.Equal(t, model.TypeRemoved, m.Type)
	require.Empty(t, m.Text)
	require.Empty(t, f.found(t, "lighthouse"))
	require.Empty(t, f.held(t).LastText)
	versions, err := f.MessageVersions(f.ctx, m.ID)
	require.NoError(t, err)
	require.Len(t, versions, 1)
	require.Equal(t, "meet me at the lighthouse", versions[0].Text)
}

func TestOwnReactionIsReplacedAndTakenBack(t *testing.T) {
	f := newFixture(t)
	_, _, err := f.UpdateSession(f.ctx, f.session, func(s *model.Session) { s.JID = "34600000001@c.us" })
	require.NoError(t, err)
	in := text("M1", second, "hello")
	in.Reactions = []model.Reaction{{SenderJID: ana, Emoji: "😀", At: now}}
	f.save(t, in)
	id := f.message(t, false, "M1").ID
	summary := func() []model.ReactionSummary { return f.message(t, false, "M1").Reactions }
	require.NoError(t, f.SaveOwnReaction(f.ctx, id, "👍", now))
	require.NoError(t, f.SaveOwnReaction(f.ctx, id, "😀", now))
	require.Equal(t, []model.ReactionSummary{{Emoji: "😀", Count: 2, Mine: true}}, summary())
	require.NoError(t, f.SaveOwnReaction(f.ctx, id, "", now))
	require.Equal(t, []model.ReactionSummary{{Emoji: "😀", Count: 1}}, summary())
}

func TestBlockAndLabelsFollowTheirActions(t *testing.T) {
	f := newFixture(t)
	contact := model.Contact{SessionID: f.session, JID: ana, Name: "Ana García"}
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{contact}, now))
	block := f.act(t, model.OutboxBlock, 0, model.OutboxPayload{On: true})
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{contact}, now))
	blocked, err := f.Blocked(f.ctx, f.conversation)
	require.NoError(t, err)
	require.True(t, blocked, "the list does not know of it yet")
	f.end(t, block.ID, model.OutboxFailed)
	blocked, err = f.Blocked(f.ctx, f.conversation)
	require.NoError(t, err)
	require.False(t, blocked)

	_, err = f.SaveLabels(f.ctx, f.session, []model.Label{{WireID: "1", Name: "New"}, {WireID: "2", Name: "Paid"}})
	require.NoError(t, err)
	_, err = f.SaveLabelled(f.ctx, f.session, "1", []model.JID{ana}, true)
	require.NoError(t, err)
	labels := f.act(t, model.OutboxLabels, 0, model.OutboxPayload{Labels: []string{"2"}})
	on := func() []string {
		list, err := f.ConversationLabels(f.ctx, f.conversation)
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []string{"2"}, on())
	_, err = f.SaveLabelled(f.ctx, f.session, "2", nil, true)
	require.NoError(t, err)
	require.Equal(t, []string{"2"}, on(), "the list does not know of it yet")
	f.end(t, labels.ID, model.OutboxFailed)
	require.NotContains(t, on(), "2")
}

func TestActionThatWasKilledTwiceIsTakenBack(t *testing.T) {
	f := newFixture(t)
	item := f.act(t, model.OutboxPin, 0, model.OutboxPayload{On: true})
	for attempt := 1; attempt <= 2; attempt++ {
		_, claimed, err := f.ClaimOutbox(f.ctx, item.ID, now, "")
		require.NoError(t, err)
		require.True(t, claimed)
		require.True(t, f.held(t).Pinned)
		_, err = f.RecoverOutbox(f.ctx, f.session, now)
		require.NoError(t, err)
	}
	held, err := f.OutboxItem(f.ctx, item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxFailed, held.State)
	require.Equal(t, string(model.ProblemUnknownOutcome), held.Error, "the gateway may have done it")
	require.False(t, f.held(t).Pinned)
}

// The owner archives and takes out again while the first call is under way and its
// end is not known: it is made once more, before the second. What is seen is the
// last wish all the time.
func TestAnActionThatIsMadeAgainDoesNotHideALaterWish(t *testing.T) {
	f := newFixture(t)
	first := f.act(t, model.OutboxArchive, 0, model.OutboxPayload{On: true})
	_, _, err := f.ClaimOutbox(f.ctx, first.ID, now, "")
	require.NoError(t, err)
	second := f.act(t, model.OutboxArchive, 0, model.OutboxPayload{On: false})
	require.NotEqual(t, first.ID, second.ID)
	require.NoError(t, f.FinishOutbox(f.ctx, first.ID, model.OutboxOutcome{State: model.OutboxFailed, Unsure: true}, now))
	require.NoError(t, f.RequeueOutbox(f.ctx, first.ID, now))
	require.False(t, f.held(t).Archived, "the last wish counts")
	f.end(t, first.ID, model.OutboxSent)
	require.False(t, f.held(t).Archived)
	f.end(t, second.ID, model.OutboxSent)
	require.False(t, f.held(t).Archived)
}

// Two wishes are open when a list comes, and both are refused: what the list said holds.
func TestRefusedWishesFallBackToWhatTheListSaid(t *testing.T) {
	f := newFixture(t)
	until := model.StampUnix(second + 3600)
	first := f.act(t, model.OutboxMute, 0, model.OutboxPayload{Until: until})
	_, _, err := f.ClaimOutbox(f.ctx, first.ID, now, "")
	require.NoError(t, err)
	later := f.act(t, model.OutboxMute, 0, model.OutboxPayload{Until: model.MutedForever})
	f.listed(t, func(c *model.Conversation) { c.Pinned = true })
	require.Equal(t, model.MutedForever, f.held(t).MutedUntil)
	require.NoError(t, f.FinishOutbox(f.ctx, first.ID, model.OutboxOutcome{State: model.OutboxFailed}, now))
	require.Equal(t, model.MutedForever, f.held(t).MutedUntil)
	f.end(t, later.ID, model.OutboxFailed)
	require.Zero(t, f.held(t).MutedUntil)
}

// TestDoneActionsAreNotKeptForEver holds that the start forgets actions that were
// done long ago, and neither messages nor what is not done.
func TestDoneActionsAreNotKeptForEver(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("M1", second, "hello"))
	m := f.message(t, false, "M1")
	done := f.act(t, model.OutboxStar, m.ID, model.OutboxPayload{On: true}).ID
	f.end(t, done, model.OutboxSent)
	refused := f.act(t, model.OutboxReact, m.ID, model.OutboxPayload{Emoji: "👍"}).ID
	f.end(t, refused, model.OutboxFailed)
	sent := f.queue(t, "hello")
	f.claim(t, sent)
	require.NoError(t, f.FinishOutbox(f.ctx, sent, model.OutboxOutcome{State: model.OutboxSent}, now))

	month := model.Stamp((30 * 24 * time.Hour).Milliseconds())
	for _, at := range []model.Stamp{now, now + month} {
		_, err := f.RecoverOutbox(f.ctx, f.session, at)
		require.NoError(t, err)
		_, err = f.OutboxItem(f.ctx, done)
		require.NoError(t, err, "not that old")
	}
	_, err := f.RecoverOutbox(f.ctx, f.session, now+month+1)
	require.NoError(t, err)
	_, err = f.OutboxItem(f.ctx, done)
	require.ErrorIs(t, err, store.ErrNotFound)
	for _, id := range []model.OutboxID{refused, sent} {
		_, err = f.OutboxItem(f.ctx, id)
		require.NoError(t, err)
	}
}

func TestBlockAndLabelsAreOfThePerson(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: anaLID, PushName: "anita"}}, now))
	_, err := f.SaveLabels(f.ctx, f.session, []model.Label{{WireID: "1", Name: "VIP", Color: "#ff0000"}, {WireID: "2", Name: "New", Color: "#00ff00"}})
	require.NoError(t, err)
	_, err = f.SaveLabelled(f.ctx, f.session, "1", []model.JID{anaLID}, true)
	require.NoError(t, err)
	blocked := func(id model.ConversationID) bool {
		on, err := f.Blocked(f.ctx, id)
		require.NoError(t, err)
		return on
	}
	labels := func(id model.ConversationID) []string {
		list, err := f.ConversationLabels(f.ctx, id)
		require.NoError(t, err)
		return list
	}
	people, chats, err := f.Reach(f.ctx, lid)
	require.NoError(t, err)
	require.Equal(t, []model.JID{anaLID, ana}, people)
	require.Equal(t, []model.JID{anaLID, ana}, chats)

	block := f.act(t, model.OutboxBlock, 0, model.OutboxPayload{On: true})
	require.True(t, blocked(phone))
	require.True(t, blocked(lid))
	contacts, err := f.Contacts(f.ctx, model.ContactQuery{})
	require.NoError(t, err)
	require.Len(t, contacts, 1)
	require.True(t, contacts[0].IsBlocked)
	f.end(t, block.ID, model.OutboxFailed)
	require.False(t, blocked(phone), "refused")
	require.False(t, blocked(lid), "refused")
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: anaLID, PushName: "anita", IsBlocked: true}}, now))
	require.True(t, blocked(phone), "blocked on the phone under one of them")

	require.Equal(t, []string{"1"}, labels(phone), "the label that is seen can be taken off")
	set := f.act(t, model.OutboxLabels, 0, model.OutboxPayload{Labels: []string{"2"}})
	require.Equal(t, []string{"2"}, labels(lid))
	f.end(t, set.ID, model.OutboxFailed)
	require.Equal(t, []string{"1"}, labels(phone), "refused")

	require.NoError(t, f.MarkConversationsNotSeen(f.ctx, []model.ConversationID{lid}, now))
	_, chats, err = f.Reach(f.ctx, lid)
	require.NoError(t, err)
	require.Equal(t, []model.JID{ana}, chats, "the gateway names the other no more")
}

func TestReadingThatIsNotDoneYetIsReadingToo(t *testing.T) {
	f := newFixture(t)
	evidence := func() int {
		_, _, here, err := f.SeenEvidence(f.ctx, f.session, now-1)
		require.NoError(t, err)
		return here
	}
	require.Zero(t, evidence())
	_, err := f.AddAction(f.ctx, model.OutboxItem{
		SessionID: f.session, ConversationID: f.conversation, Kind: model.OutboxRead, CreatedAt: now,
	}, model.OutboxPayload{})
	require.NoError(t, err)
	require.Equal(t, 1, evidence())
}
