package sync_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

// generations are the gateways that every action is tried on.
func generations() map[string]simulator.Config {
	variants := map[string]simulator.Config{}
	for name, change := range map[string]func(*simulator.Config){
		"wwebjs-api":   func(*simulator.Config) {},
		"whatsapp-api": func(c *simulator.Config) { c.Flavour = simulator.FlavourC },
		"ids with $1":  func(c *simulator.Config) { c.DollarIDs = true },
	} {
		config := small
		change(&config)
		config.Labels = 3
		variants[name] = config
	}
	return variants
}

// acting is a rig that is connected, on one generation, with a conversation in
// which somebody and the owner just wrote.
type acting struct {
	*rig
	chat   model.ConversationRow
	theirs model.MessageRow
	mine   model.MessageRow
}

func newActing(t *testing.T, o rigOptions) *acting {
	t.Helper()
	r := newRig(t, o)
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	a := &acting{rig: r, chat: r.someone()}
	theirs, err := r.server.Phone(sessionName).Receive(string(a.chat.JID), "Is it you?")
	require.NoError(t, err)
	mine, err := r.server.Phone(sessionName).SendFromPhone(string(a.chat.JID), "It is I")
	require.NoError(t, err)
	a.fetch()
	a.theirs, a.mine = a.message(false, theirs.ID), a.message(true, mine.ID)
	return a
}

func (a *acting) fetch() {
	a.t.Helper()
	_, err := a.engine.FetchMessages(a.t.Context(), a.chat.ID)
	require.NoError(a.t, err)
}

func (a *acting) message(fromMe bool, short string) model.MessageRow {
	a.t.Helper()
	row, err := a.store.MessageByShortID(a.t.Context(), a.chat.ID, fromMe, model.ShortID(short))
	require.NoError(a.t, err)
	return row
}

func (a *acting) again(row model.MessageRow) model.MessageRow {
	a.t.Helper()
	return a.message(row.FromMe, string(row.ShortID))
}

// act does an action and waits for its fate.
func (a *acting) act(action model.Action) model.OutboxItem {
	a.t.Helper()
	item, err := a.engine.Act(a.t.Context(), action)
	require.NoError(a.t, err)
	item, err = a.engine.Send(a.t.Context(), item.ID)
	require.NoError(a.t, err)
	return item
}

func (a *acting) conversation() model.Conversation {
	a.t.Helper()
	c, err := a.store.Conversation(a.t.Context(), a.chat.ID)
	require.NoError(a.t, err)
	return c
}

func eachGeneration(t *testing.T, run func(t *testing.T, a *acting)) {
	for name, config := range generations() {
		t.Run(name, func(t *testing.T) { run(t, newActing(t, rigOptions{simulator: config})) })
	}
}

func problemOf(err error) model.ProblemKind {
	var failed *wasync.FailedAction
	if errors.As(err, &failed) {
		return failed.Kind
	}
	return ""
}

func TestReactionsAndStarsAreKeptAsTheGatewayHasThem(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxReact, Message: a.theirs.ID, Emoji: "👍"}).State)
		require.Equal(t, []model.ReactionSummary{{Emoji: "👍", Count: 1, Mine: true}}, a.again(a.theirs).Reactions)
		a.act(model.Action{Kind: model.OutboxReact, Message: a.theirs.ID, Emoji: "❤️"})
		require.Equal(t, []model.ReactionSummary{{Emoji: "❤️", Count: 1, Mine: true}}, a.again(a.theirs).Reactions)
		a.act(model.Action{Kind: model.OutboxReact, Message: a.theirs.ID})
		require.Empty(t, a.again(a.theirs).Reactions)

		for _, on := range []bool{true, false} {
			require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxStar, Message: a.theirs.ID, On: on}).State)
			require.Equal(t, on, a.again(a.theirs).Starred)
			a.fetch()
			require.Equal(t, on, a.again(a.theirs).Starred, "the gateway says so too")
		}
	})
}

func TestEditKeepsTheEarlierText(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		can, err := a.engine.Capabilities(t.Context(), a.session.ID)
		require.NoError(t, err)
		require.True(t, can.Known)
		edit := model.Action{Kind: model.OutboxEdit, Message: a.mine.ID, Text: "It was I"}
		if !can.Edit {
			_, err := a.engine.Act(t.Context(), edit)
			require.Equal(t, model.ProblemUnsupported, problemOf(err))
			require.Zero(t, a.server.Count("POST /message/edit"))
			return
		}
		require.Equal(t, model.OutboxSent, a.act(edit).State)
		require.Equal(t, "It was I", a.again(a.mine).Text)
		require.Equal(t, 1, a.again(a.mine).Versions)
		require.NotZero(t, a.again(a.mine).EditedAt)
		a.fetch()
		require.Equal(t, "It was I", a.again(a.mine).Text)
		require.Equal(t, 1, a.again(a.mine).Versions)

		_, err = a.engine.Act(t.Context(), model.Action{Kind: model.OutboxEdit, Message: a.theirs.ID, Text: "No"})
		require.Equal(t, model.ProblemEditRefused, problemOf(err), "not mine")
	})
}

func TestEditThatWhatsAppRefusesSaysWhy(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	var old model.MessageRow
	for _, row := range allMessages(t, a.store, a.chat.ID) {
		if row.FromMe && row.Type == model.TypeChat && time.Since(time.Unix(row.UnixSeconds(), 0)) > time.Hour {
			old = row
		}
	}
	require.NotZero(t, old.ID)
	item := a.act(model.Action{Kind: model.OutboxEdit, Message: old.ID, Text: "Something else"})
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, string(model.ProblemEditRefused), item.Error)
	require.Equal(t, old.Text, a.again(old).Text)
	require.Len(t, a.again(old).Pending, 1)
}

func TestDeletingSaysWhatTheGatewayReallyDid(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxDelete, Message: a.mine.ID, Everyone: true}).State)
		require.Equal(t, model.TypeRevoked, a.again(a.mine).Type)
		require.Equal(t, 1, a.again(a.mine).Versions, "what it said is kept")

		item := a.act(model.Action{Kind: model.OutboxDelete, Message: a.theirs.ID, Everyone: true})
		require.Equal(t, model.OutboxFailed, item.State)
		require.Equal(t, string(model.ProblemOnlyForMe), item.Error)
		require.Equal(t, model.TypeRemoved, a.again(a.theirs).Type, "on own devices it is gone")

		ref, err := a.server.Phone(sessionName).Receive(string(a.chat.JID), "And now?")
		require.NoError(t, err)
		a.fetch()
		require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxDelete, Message: a.message(false, ref.ID).ID}).State)
		require.Equal(t, model.TypeRemoved, a.message(false, ref.ID).Type)
		a.fetch()
		require.Equal(t, model.TypeRemoved, a.message(false, ref.ID).Type)
	})
}

func flagsOf(c model.Conversation) model.ConversationFlags {
	return model.ConversationFlags{Unread: c.Unread, MarkedUnread: c.MarkedUnread, Archived: c.Archived, Pinned: c.Pinned, MutedUntil: c.MutedUntil}
}

func TestConversationActionsOnEveryGeneration(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		until := model.StampOf(time.Now().Add(time.Hour))
		for _, action := range []model.Action{
			{Kind: model.OutboxRead}, {Kind: model.OutboxUnread}, {Kind: model.OutboxRead}, {Kind: model.OutboxArchive, On: true}, {Kind: model.OutboxArchive},
			{Kind: model.OutboxMute, Until: until}, {Kind: model.OutboxMute}, {Kind: model.OutboxBlock, On: true},
			{Kind: model.OutboxLabels, Labels: []string{"1", "3"}},
		} {
			action.Conversation = a.chat.ID
			require.Equal(t, model.OutboxSent, a.act(action).State, action.Kind)
			held := flagsOf(a.conversation())
			a.sync(model.SyncScope{Contacts: true, Conversations: true})
			require.Equal(t, held, flagsOf(a.conversation()), "the gateway says so too: %s", action.Kind)
		}
		blocked, err := a.store.Blocked(t.Context(), a.chat.ID)
		require.NoError(t, err)
		require.True(t, blocked)
		labels, err := a.store.ConversationLabels(t.Context(), a.chat.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"1", "3"}, labels)
	})
}

// TestConversationThatTheGatewayForgotCanStillBePutInOrder: it is kept, so it can be read,
// archived, pinned and silenced here, where no gateway has it to change.
func TestConversationThatTheGatewayForgotCanStillBePutInOrder(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		forgotten, err := a.store.EnsureConversation(t.Context(), a.session.ID, "34600999888@c.us", "", 1)
		require.NoError(t, err)
		_, err = a.store.UpdateConversation(t.Context(), forgotten.ID, func(c *model.Conversation) { c.Unread = 2 })
		require.NoError(t, err)
		require.NoError(t, a.store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{forgotten.ID}, 2))
		until := model.StampOf(time.Now().Add(time.Hour)) / 1000 * 1000
		for _, step := range []struct {
			action model.Action
			want   model.ConversationFlags
		}{
			{model.Action{Kind: model.OutboxRead}, model.ConversationFlags{}},
			{model.Action{Kind: model.OutboxUnread}, model.ConversationFlags{MarkedUnread: true}},
			{model.Action{Kind: model.OutboxArchive, On: true}, model.ConversationFlags{MarkedUnread: true, Archived: true}},
			{model.Action{Kind: model.OutboxArchive}, model.ConversationFlags{MarkedUnread: true}},
			{model.Action{Kind: model.OutboxPin, On: true}, model.ConversationFlags{MarkedUnread: true, Pinned: true}},
			{model.Action{Kind: model.OutboxMute, Until: until}, model.ConversationFlags{MarkedUnread: true, Pinned: true, MutedUntil: until}},
		} {
			step.action.Conversation = forgotten.ID
			require.Equal(t, model.OutboxSent, a.act(step.action).State, step.action.Kind)
			a.sync(model.SyncScope{Contacts: true, Conversations: true})
			held, err := a.store.Conversation(t.Context(), forgotten.ID)
			require.NoError(t, err)
			require.Equal(t, step.want, flagsOf(held), step.action.Kind)
		}
	})
}

// TestOnlyThatThereIsNoSuchChatEndsAnActionOnAForgottenOne: what a proxy says, or a page
// that fails at everything, is no word about the chat, which may be named again.
func TestOnlyThatThereIsNoSuchChatEndsAnActionOnAForgottenOne(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	_, err := a.store.UpdateConversation(t.Context(), a.chat.ID, func(c *model.Conversation) { c.Unread = 2 })
	require.NoError(t, err)
	require.NoError(t, a.store.MarkConversationsNotSeen(t.Context(), []model.ConversationID{a.chat.ID}, 2))
	for name, fault := range map[string]simulator.Fault{
		"proxy":       {Kind: simulator.Fault502, Rate: 1},
		"stuck":       {Kind: simulator.Fault500, Rate: 1, Message: "Runtime.callFunctionOn timed out. Increase the 'protocolTimeout' setting in launch/connect calls."},
		"old page":    {Kind: simulator.Fault500, Rate: 1, Message: "window.WWebJS.sendSeen is not a function"},
		"reloading":   {Kind: simulator.Fault500, Rate: 1, Message: "Execution context was destroyed, most likely because of a navigation."},
		"failing all": {Kind: simulator.Fault500, Rate: 1, Message: "r"},
	} {
		fault.Route = "/client/"
		a.fault(fault)
		before := flagsOf(a.conversation())
		for _, action := range []model.Action{
			{Kind: model.OutboxRead}, {Kind: model.OutboxArchive, On: true}, {Kind: model.OutboxPin, On: true}, {Kind: model.OutboxMute, Until: model.MutedForever},
		} {
			action.Conversation = a.chat.ID
			require.Equal(t, model.OutboxFailed, a.act(action).State, "%s, %s", name, action.Kind)
			require.Equal(t, before, flagsOf(a.conversation()), "%s, %s", name, action.Kind)
		}
	}
	// Contract §12.9: of a chat that is not there, reading says so in another way.
	a.fault(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "sendSeen", Message: "Cannot read properties of undefined (reading 'markedUnread')"})
	require.Equal(t, model.OutboxFailed, a.act(model.Action{Kind: model.OutboxRead, Conversation: a.chat.ID}).State)
	require.Equal(t, 2, a.conversation().Unread)
}

func TestLabelsAreForBusinessAccounts(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	_, err := a.engine.Act(t.Context(), model.Action{Kind: model.OutboxLabels, Conversation: a.chat.ID, Labels: []string{"1"}})
	require.Equal(t, model.ProblemUnsupported, problemOf(err))
}

func TestActionOfUnknownFateIsRepeatedOnce(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	const route = "POST /client/archiveChat"
	require.NoError(t, a.server.SetFaults(simulator.Fault{Kind: simulator.FaultReset, Times: 1, Route: "message/star"}))
	require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxStar, Message: a.theirs.ID, On: true}).State)
	require.Equal(t, 2, a.server.Count("POST /message/star"))
	require.True(t, a.again(a.theirs).Starred)

	require.NoError(t, a.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "react", Message: "r"}))
	item := a.act(model.Action{Kind: model.OutboxReact, Message: a.theirs.ID, Emoji: "👍"})
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, 2, item.Attempts)
	require.Equal(t, 2, a.server.Count("POST /message/react"))
	require.Empty(t, a.again(a.theirs).Reactions)

	require.NoError(t, a.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "archiveChat", Message: "r"}))
	item = a.act(model.Action{Kind: model.OutboxArchive, Conversation: a.chat.ID, On: true})
	require.Equal(t, model.OutboxFailed, item.State)
	require.False(t, a.conversation().Archived, "taken back")
	require.Equal(t, 2, a.server.Count(route))
}

func TestOldMessageOutOfReachSaysSo(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	require.NoError(t, a.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "react", Message: "Message not Found"}))
	item := a.act(model.Action{Kind: model.OutboxReact, Message: a.theirs.ID, Emoji: "👍"})
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, string(model.ProblemTooFarBack), item.Error)
	require.Equal(t, 1, a.server.Count("POST /message/react"), "a definite no is not repeated")
}

func TestActionsWaitWhileOfflineAndAreDoneLater(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small, scheduled: true})
	require.NoError(t, a.engine.Disconnect(t.Context(), a.session.ID))
	a.until("the session is stopped", func() bool { return a.state() == model.StateStopped })
	require.NoError(t, a.engine.SetArchived(t.Context(), a.chat.ID, true))
	require.True(t, a.conversation().Archived, "seen at once")
	react, err := a.engine.Act(t.Context(), model.Action{Kind: model.OutboxReact, Message: a.theirs.ID, Emoji: "👍"})
	require.NoError(t, err)
	require.Equal(t, model.OutboxQueued, a.again(a.theirs).Pending[0].State)
	require.Zero(t, a.server.Count("POST /client/archiveChat"))

	a.connect()
	a.until("both are done", func() bool {
		item, err := a.store.OutboxItem(t.Context(), react.ID)
		rows, rerr := a.store.ListOutbox(t.Context(), model.OutboxQuery{Conversation: a.chat.ID})
		return err == nil && rerr == nil && item.State == model.OutboxSent && len(rows) == 0
	})
	require.True(t, a.conversation().Archived)
	require.Equal(t, []model.ReactionSummary{{Emoji: "👍", Count: 1, Mine: true}}, a.again(a.theirs).Reactions)
	require.Equal(t, 1, a.server.Count("POST /client/archiveChat"))
}

// A list that was asked for before an action was done, and comes to its end after
// it, tells of before.
func TestListFromBeforeAnActionTakesNothingBack(t *testing.T) {
	blocked := func(a *acting) bool {
		on, err := a.store.Blocked(a.t.Context(), a.chat.ID)
		require.NoError(a.t, err)
		return on
	}
	for name, c := range map[string]struct {
		route  string
		scope  model.SyncScope
		action model.Action
		holds  func(a *acting) bool
		twin   bool // the owner acts in the person's other conversation
	}{
		"archive": {
			"GET /client/getChats", model.SyncScope{Conversations: true}, model.Action{Kind: model.OutboxArchive, On: true},
			func(a *acting) bool { return a.conversation().Archived }, false,
		},
		"block": {
			"GET /client/getContacts", model.SyncScope{Contacts: true}, model.Action{Kind: model.OutboxBlock, On: true}, blocked, false,
		},
		"block, from the conversation under the hidden id": {
			"GET /client/getContacts", model.SyncScope{Contacts: true}, model.Action{Kind: model.OutboxBlock, On: true}, blocked, true,
		},
		"labels": {
			"POST /client/getChatsByLabelId", model.SyncScope{Conversations: true}, model.Action{Kind: model.OutboxLabels, Labels: []string{"1"}},
			func(a *acting) bool {
				labels, err := a.store.ConversationLabels(a.t.Context(), a.chat.ID)
				require.NoError(a.t, err)
				return slices.Contains(labels, "1")
			}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := small
			config.Labels = 1
			_, call, _ := strings.Cut(c.route, " ")
			list := &withheld{call: call}
			a := newActing(t, rigOptions{simulator: config, between: list.between})
			c.action.Conversation = a.chat.ID
			if c.twin {
				c.action.Conversation = a.twin().ID
			}
			require.False(t, c.holds(a))
			require.NoError(t, a.server.Phone(sessionName).Rename(string(a.chat.JID), "Renamed")) // the list is to write it
			list.shut()
			synced := make(chan error, 1)
			go func() {
				_, err := a.engine.RunSync(t.Context(), a.session.ID, c.scope)
				synced <- err
			}()
			a.until("the list comes", list.any)
			require.Equal(t, model.OutboxSent, a.act(c.action).State)
			require.Empty(t, synced, "the list still comes")
			list.open()
			require.NoError(t, <-synced)
			require.True(t, c.holds(a), "what the owner sees done stays")

			a.sync(c.scope)
			require.True(t, c.holds(a), "and the next list says so too")
		})
	}
}

func TestKilledActionIsDoneAtTheNextStart(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	item, err := a.engine.Act(t.Context(), model.Action{Kind: model.OutboxStar, Message: a.theirs.ID, On: true})
	require.NoError(t, err)
	_, claimed, err := a.store.ClaimOutbox(t.Context(), item.ID, model.StampOf(time.Now()), "")
	require.NoError(t, err)
	require.True(t, claimed)
	n, err := a.store.RecoverOutbox(t.Context(), a.session.ID, model.StampOf(time.Now())) // the program was killed
	require.NoError(t, err)
	require.Zero(t, n, "an action is not a message of unknown fate")
	item, err = a.engine.Send(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, item.State)
	require.True(t, a.again(a.theirs).Starred)
}

func TestNumberIsCheckedAndItsAnswerUsed(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		ask := func(phone model.Phone) model.NumberCheck {
			check, err := a.engine.CheckNumber(t.Context(), a.session.ID, phone)
			require.NoError(t, err)
			return check
		}
		phone := a.chat.JID.Phone()
		require.Equal(t, model.NumberCheck{Asked: phone, Registered: true, JID: a.chat.JID}, ask(phone))
		require.Equal(t, model.NumberCheck{Asked: "34699999000"}, ask("34699999000"))
		// In Brazil WhatsApp knows many people without the 9 that their numbers got later.
		require.Equal(t, model.NumberCheck{Asked: "5511987654321", Registered: true, JID: "551187654321@c.us", Changed: true}, ask("5511987654321"))

		require.NoError(t, a.server.Phone(sessionName).Crash())
		_, err := a.engine.CheckNumber(t.Context(), a.session.ID, phone)
		require.Error(t, err, "offline: said")
	})
}

func TestTypingIsShownOnlyWhileConnected(t *testing.T) {
	eachGeneration(t, func(t *testing.T, a *acting) {
		require.NoError(t, a.engine.SetTyping(t.Context(), a.chat.ID, true))
		require.NoError(t, a.engine.SetTyping(t.Context(), a.chat.ID, false))
		require.Equal(t, 1, a.server.Count("POST /chat/sendStateTyping"))
		require.Equal(t, 1, a.server.Count("POST /chat/clearState"))
		rows, err := a.store.ListOutbox(t.Context(), model.OutboxQuery{Conversation: a.chat.ID})
		require.NoError(t, err)
		require.Empty(t, rows, "it is never stored")
	})
}

// A first try that did not get through deleted nothing: what the gateway does not
// find at the next one is still there.
func TestDeletingWhatIsOutOfReachHidesNothing(t *testing.T) {
	for name, everyone := range map[string]bool{"for everyone": true, "for me": false} {
		t.Run(name, func(t *testing.T) {
			a := newActing(t, rigOptions{simulator: small, scheduled: true})
			a.fault(simulator.Fault{Kind: simulator.Fault404, Times: 1, Route: "message/delete"},
				simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "message/delete", Message: "Message not Found"},
				simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "message/getClassInfo", Message: "Message not Found"})
			item, err := a.engine.Act(t.Context(), model.Action{Kind: model.OutboxDelete, Message: a.mine.ID, Everyone: everyone})
			require.NoError(t, err)
			item = a.reaches(item.ID, model.OutboxFailed)
			require.Equal(t, string(model.ProblemTooFarBack), item.Error)
			require.Equal(t, 2, item.Attempts)
			require.Equal(t, model.TypeChat, a.again(a.mine).Type)
		})
	}
}

// A first try of which nobody knows how it ended may have deleted the message.
func TestDeletingTwiceIsDeleting(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	a.fault(simulator.Fault{Kind: simulator.FaultReset, Times: 1, Route: "message/delete"})
	require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxDelete, Message: a.mine.ID}).State)
	require.Equal(t, 2, a.server.Count("POST /message/delete"))
	require.Equal(t, model.TypeRemoved, a.again(a.mine).Type)
}

// A message of one account is not there for another.
func TestForwardToAnotherAccountIsRefused(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	other, err := a.store.EnsureSession(t.Context(), "otra")
	require.NoError(t, err)
	require.NoError(t, a.engine.Add(t.Context(), other))
	c, err := a.store.EnsureConversation(t.Context(), other.ID, a.chat.JID, "", model.StampOf(time.Now()))
	require.NoError(t, err)
	_, err = a.engine.Act(t.Context(), model.Action{Kind: model.OutboxForward, Message: a.mine.ID, Conversation: c.ID})
	require.Equal(t, model.ProblemInvalidInput, problemOf(err))
	counts, err := a.store.CountOutbox(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts)
}

// A silence that waited for the session until it was over ends one that is there,
// and begins none.
func TestASilenceThatIsOverBeforeItGoesEndsIt(t *testing.T) {
	a := newActing(t, rigOptions{simulator: small})
	require.Equal(t, model.OutboxSent, a.act(model.Action{Kind: model.OutboxMute, Conversation: a.chat.ID, Until: model.MutedForever}).State)
	calls := a.server.Count("POST /client/muteChat")
	over := model.Action{Kind: model.OutboxMute, Conversation: a.chat.ID, Until: model.StampOf(time.Now().Add(-time.Minute))}
	require.Equal(t, model.OutboxSent, a.act(over).State)
	require.Equal(t, calls, a.server.Count("POST /client/muteChat"))
	a.sync(model.SyncScope{Conversations: true})
	require.NotEqual(t, model.MutedForever, a.conversation().MutedUntil)
}
