package sync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// quietly lets things happen of which no event tells.
func (r *rig) quietly(happens func()) {
	r.t.Helper()
	require.NoError(r.t, r.server.SetEvents(simulator.EventFaults{Drop: 1}))
	happens()
	require.NoError(r.t, r.server.SetEvents(simulator.EventFaults{}))
}

// tellChat tells a whole chat whose newest message is the given one.
func (r *rig) tellChat(jid model.JID, unread int, last simulator.MessageRef, at int64) {
	r.server.Phone(sessionName).Tell("unread_count", fmt.Sprintf(
		`{"chat":{"id":{"server":"c.us","user":%q,"_serialized":%q},"name":"x","unreadCount":%d,"timestamp":%d,"lastMessage":%s}}`,
		jid.User(), string(jid), unread, at, wireText(jid, last, at)))
}

func wireText(jid model.JID, ref simulator.MessageRef, at int64) string {
	side := "from"
	if ref.FromMe {
		side = "to"
	}
	return fmt.Sprintf(`{"id":{"fromMe":%t,"remote":%q,"id":%q},"fromMe":%t,%q:%q,"type":"chat","body":"x","timestamp":%d}`,
		ref.FromMe, string(jid), ref.ID, ref.FromMe, side, string(jid), at)
}

// What an event tells of a chat does not wait for the answer to what is being sent,
// though its newest message does: meanwhile others tell newer things.
func TestChatIsNotTakenBackByAnEventWhoseMessageWaited(t *testing.T) {
	r := newLiveRig(t, nil)
	c, phone := r.someone(), r.server.Phone(sessionName)
	r.fault(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"})
	r.waits.Store(true)
	item := r.write(c.ID, "tarda")
	r.engine.Carry(r.session.ID)
	r.until("the call", func() bool { return r.server.Stalled(sendRoute) > 0 })

	at := time.Now().Unix()
	var mine, theirs simulator.MessageRef
	r.quietly(func() {
		var err error
		mine, err = phone.SendFromPhone(string(c.JID), "x")
		require.NoError(t, err)
		require.NoError(t, phone.Open(string(c.JID)))
		theirs = r.receive(c.JID, "x")
	})
	r.tellChat(c.JID, 0, mine, at)
	r.tellChat(c.JID, 1, theirs, at)
	r.until("what is told of the chat", func() bool { return r.held(c.JID).Unread == 1 })
	require.Equal(t, model.OutboxSending, r.item(item.ID).State)
	require.Nil(t, r.row(c.ID, mine), "it may be what is being sent")
	r.waits.Store(false)
	r.until("the message that waited", func() bool { return r.row(c.ID, mine) != nil })
	require.Equal(t, 1, r.held(c.JID).Unread)
}

func TestChatIsNotTakenBackByAnEventThatCameLate(t *testing.T) {
	r := newLiveRig(t, nil)
	c, other := r.someone(), r.chats(2)[1]
	phone := r.server.Phone(sessionName)
	at := time.Now().Unix()
	var first, second, elsewhere simulator.MessageRef
	r.quietly(func() {
		require.NoError(t, phone.Open(string(c.JID)))
		require.NoError(t, phone.Open(string(other.JID)))
		first, second, elsewhere = r.receive(c.JID, "x"), r.receive(c.JID, "x"), r.receive(other.JID, "x")
	})
	require.NotEqual(t, c.ID, other.ID)
	phone.Tell("message_create", `{"message":`+wireText(c.JID, first, at)+`}`)
	phone.Tell("message_create", `{"message":`+wireText(c.JID, second, at+5)+`}`)
	r.tellChat(c.JID, 2, second, at+5)
	r.until("the newer event", func() bool { return r.held(c.JID).Unread == 2 && r.row(c.ID, second) != nil })
	r.tellChat(c.JID, 1, first, at)
	r.tellChat(other.JID, 1, elsewhere, at)
	r.until("an event after the older one", func() bool { return r.held(other.JID).Unread == 1 })
	require.Equal(t, 2, r.held(c.JID).Unread)
}

func TestChatIsNotTakenBackByAnEventFromBeforeTheList(t *testing.T) {
	r := newLiveRig(t, nil)
	c, other := r.someone(), r.chats(2)[1]
	phone := r.server.Phone(sessionName)
	at := time.Now().Unix()
	var first, elsewhere simulator.MessageRef
	r.quietly(func() {
		require.NoError(t, phone.Open(string(c.JID)))
		require.NoError(t, phone.Open(string(other.JID)))
		first, elsewhere = r.receive(c.JID, "x"), r.receive(other.JID, "x")
	})
	heard := r.live().Events["unread_count"]
	r.alive.stall(func() { // what is heard waits
		phone.Tell("message_create", `{"message":`+wireText(c.JID, first, at)+`}`)
		r.tellChat(c.JID, 7, first, at)
		r.until("it is heard", func() bool { return r.live().Events["unread_count"] > heard })
		r.sync(model.SyncScope{Conversations: true})
		require.Equal(t, 1, r.held(c.JID).Unread)
		r.quietly(func() { elsewhere = r.receive(other.JID, "y") })
	})
	r.tellChat(other.JID, 2, elsewhere, at+5)
	r.until("a later event", func() bool { return r.held(other.JID).Unread == 2 })
	require.Equal(t, 1, r.held(c.JID).Unread)
}

// unknownRevoked tells that a message was taken back of which no event told.
func (r *rig) unknownRevoked(jid model.JID) (lost simulator.MessageRef) {
	r.t.Helper()
	r.quietly(func() { lost = r.receive(jid, "x") })
	r.server.Phone(sessionName).Tell("message_revoke_everyone", told(lost.ID, string(jid), `,"type":"revoked"`))
	return lost
}

func (r *rig) revoked(id model.ConversationID, ref simulator.MessageRef) func() bool {
	return func() bool { row := r.row(id, ref); return row != nil && row.Type == model.TypeRevoked }
}

func TestChangeOutlivesAStoreThatFailsForAMoment(t *testing.T) {
	r := newLiveRig(t, nil)
	c := r.someone()
	fail := func(func()) error { return errKilled }
	again := func(save func()) error { // not held yet; the next time it is
		save()
		r.alive.onChanges.Store(&fail)
		return nil
	}
	r.alive.onChanges.Store(&again)
	lost := r.unknownRevoked(c.JID)
	r.until("it is taken back", r.revoked(c.ID, lost))
}

func TestChangeIsNotLostWhenItsMessageComesMeanwhile(t *testing.T) {
	r := newLiveRig(t, nil)
	c := r.someone()
	fetched := make(chan error, 1)
	meanwhile := func(save func()) error {
		save()
		_, err := r.engine.FetchMessages(context.Background(), c.ID)
		fetched <- err
		return nil
	}
	r.alive.onChanges.Store(&meanwhile)
	lost := r.unknownRevoked(c.JID)
	require.NoError(t, <-fetched)
	r.until("it is taken back", r.revoked(c.ID, lost))
}
