package sync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// telling is a gateway that tells events.
var telling = simulator.Config{Seed: 3, Contacts: 40, Conversations: 16, Messages: 500, WebSocket: simulator.WebSocketPlain, AckDelay: 20 * time.Millisecond}

// newLiveRig is a rig whose engine works by itself, holds everything and has caught up.
func newLiveRig(t testing.TB, change func(*rigOptions)) *rig {
	t.Helper()
	o := rigOptions{simulator: telling, scheduled: true, settings: everything}
	if change != nil {
		change(&o)
	}
	r := newRig(t, o)
	r.connect()
	r.until("the first sync has ended", func() bool {
		_, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
		return err == nil
	})
	r.caughtUp()
	return r
}

func (r *rig) live() model.LiveState { return r.engine.Live(r.session.ID) }

func (r *rig) caughtUp() {
	r.t.Helper()
	r.until("the events have caught up", func() bool { return r.live().CaughtUp })
}

// row returns a message, nil while it is not held.
func (r *rig) row(id model.ConversationID, ref simulator.MessageRef) *model.MessageRow {
	row, err := r.store.MessageByShortID(r.t.Context(), id, ref.FromMe, model.ShortID(ref.ID))
	if err != nil {
		return nil
	}
	return &row
}

func (r *rig) held(jid model.JID) model.Conversation {
	r.t.Helper()
	c, err := r.store.ConversationByJID(r.t.Context(), r.session.ID, jid)
	require.NoError(r.t, err)
	return c
}

func (r *rig) receive(jid model.JID, text string) simulator.MessageRef {
	r.t.Helper()
	ref, err := r.server.Phone(sessionName).Receive(string(jid), text)
	require.NoError(r.t, err)
	return ref
}

func (r *rig) fetches() int { return r.server.Count(fetchRoute) }

func (r *rig) lists() int {
	return r.server.Count("GET /client/getChats") + r.server.Count("POST /client/getChats")
}

func TestEventsReachTheStore(t *testing.T) {
	r := newLiveRig(t, nil)
	c, phone := r.someone(), r.server.Phone(sessionName)
	lists, fetches := r.lists(), r.fetches()

	in := r.receive(c.JID, "hola")
	r.until("the message", func() bool { return r.row(c.ID, in) != nil })
	r.until("how many are unread", func() bool { return r.held(c.JID).Unread == c.Unread+1 })
	require.Equal(t, "hola", r.held(c.JID).LastText)

	require.NoError(t, phone.Edit(in, "hola a todos"))
	r.until("the edit", func() bool { return r.row(c.ID, in).Text == "hola a todos" })
	require.Equal(t, 1, r.row(c.ID, in).Versions)

	require.NoError(t, phone.React(in, "🙏"))
	r.until("the reaction", func() bool { return len(r.row(c.ID, in).Reactions) == 1 })
	require.NoError(t, phone.React(in, ""))
	r.until("no reaction", func() bool { return len(r.row(c.ID, in).Reactions) == 0 })
	require.Equal(t, "hola a todos", r.row(c.ID, in).Text, "a reaction tells nothing of the text")

	require.NoError(t, phone.Revoke(in))
	r.until("the revocation", func() bool { return r.row(c.ID, in).Type == model.TypeRevoked })

	out, err := phone.SendFromPhone(string(c.JID), "desde el móvil")
	require.NoError(t, err)
	r.until("the ticks", func() bool { row := r.row(c.ID, out); return row != nil && row.Ack == model.AckRead })
	require.Equal(t, model.AckRead, r.held(c.JID).LastAck)

	require.NoError(t, phone.Archive(string(c.JID), true))
	r.until("archived", func() bool { return r.held(c.JID).Archived })
	require.NoError(t, phone.Open(string(c.JID)))
	r.until("read", func() bool { return r.held(c.JID).Unread == 0 })
	require.NoError(t, phone.MarkUnread(string(c.JID)))
	r.until("marked unread", func() bool { return r.held(c.JID).MarkedUnread })

	require.Equal(t, lists, r.lists(), "events ask for no list")
	require.Equal(t, fetches, r.fetches(), "and for no messages")
	state := r.live()
	require.Equal(t, model.LiveOn, state.Status)
	require.Positive(t, state.Events["message_create"])
	require.Positive(t, state.Acks)
	require.False(t, state.TicksMissing())
}

func TestEventsOfUnknownConversations(t *testing.T) {
	r := newLiveRig(t, nil)
	in := r.receive("34611222333@c.us", "soy nueva aquí")
	r.until("the conversation", func() bool {
		c, err := r.store.ConversationByJID(t.Context(), r.session.ID, "34611222333@c.us")
		return err == nil && r.row(c.ID, in) != nil && c.Unread == 1
	})
	r.until("what the gateway says of it", func() bool { return !r.held("34611222333@c.us").Fingerprint.IsZero() })

	group := r.receive("34611222333-1600000000@g.us", "un grupo nuevo")
	r.until("the group", func() bool {
		c, err := r.store.ConversationByJID(t.Context(), r.session.ID, "34611222333-1600000000@g.us")
		return err == nil && r.row(c.ID, group) != nil && c.Kind == model.KindGroup
	})
}

// told makes the frames of events that a phone of the simulator does not cause.
func told(id, chat, more string) string {
	return fmt.Sprintf(`{"message":{"id":{"fromMe":false,"remote":%q,"id":%q},"from":%q,"timestamp":%d%s}}`, chat, id, chat, time.Now().Unix(), more)
}

func TestRarerEvents(t *testing.T) {
	r := newLiveRig(t, nil)
	c, phone := r.someone(), r.server.Phone(sessionName)
	jid := string(c.JID)

	phone.Tell("message_ciphertext", told("C1", jid, `,"type":"ciphertext"`))
	secret := simulator.MessageRef{ID: "C1"}
	r.until("what cannot be read yet", func() bool { return r.row(c.ID, secret) != nil })
	phone.Tell("message_create", told("C1", jid, `,"type":"chat","body":"ahora sí"`))
	r.until("its text", func() bool { return r.row(c.ID, secret).Text == "ahora sí" })
	phone.Tell("message_ciphertext", told("C1", jid, `,"type":"ciphertext"`)) // late
	phone.Tell("message_revoke_me", told("C1", jid, `,"type":"chat","body":"ahora sí"`))
	r.until("removed on the own devices", func() bool { return r.row(c.ID, secret).Type == model.TypeRemoved })
	require.Equal(t, 1, r.row(c.ID, secret).Versions, "what it said is kept")

	phone.Tell("message_create", told("P1", jid, `,"type":"poll_creation","pollName":"¿Cuándo?","pollOptions":[{"name":"Hoy","localId":0},{"name":"Mañana","localId":1}]`))
	poll := simulator.MessageRef{ID: "P1"}
	phone.Tell("vote_update", fmt.Sprintf(`{"vote":{"voter":%q,"selectedOptions":[{"name":"Hoy","localId":0}],"interractedAtTs":%d,"parentMsgKey":{"fromMe":false,"remote":%q,"id":"P1"}}}`,
		jid, time.Now().UnixMilli(), jid))
	r.until("the vote", func() bool {
		row := r.row(c.ID, poll)
		if row == nil {
			return false
		}
		votes, err := r.store.PollVotes(t.Context(), row.ID)
		require.NoError(t, err)
		return len(votes) == 1 && votes[0].Options[0] == "Hoy"
	})

	phone.Tell("message_revoke_everyone", told("R1", jid, `,"type":"revoked","protocolMessageKey":{"fromMe":false,"remote":"`+jid+`","id":"P1"}`))
	r.until("taken back by the id of the original", func() bool { return r.row(c.ID, poll).Type == model.TypeRevoked })

	phone.Tell("chat_removed", fmt.Sprintf(`{"chat":{"id":{"server":"c.us","user":"x","_serialized":%q},"timestamp":0}}`, jid))
	r.until("not seen since", func() bool { return r.held(c.JID).NotSeenSince != 0 })
	require.NotNil(t, r.row(c.ID, poll), "nothing is deleted")
	back := r.receive(c.JID, "otra vez")
	r.until("seen again", func() bool { return r.row(c.ID, back) != nil && r.held(c.JID).NotSeenSince == 0 })

	phone.Tell("contact_changed", fmt.Sprintf(`{"message":{"id":{"id":"9","remote":%q}},"oldId":%q,"newId":"34600999888@c.us","isContact":true}`, jid, jid))
	r.until("the change of the number is recorded", func() bool {
		rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Kind: model.ActivityContact})
		require.NoError(t, err)
		return len(rows) > 0 && rows[0].Action == "contact_changed" && rows[0].Chat == "34600999888@c.us"
	})

	before := r.fetches()
	phone.Tell("call", fmt.Sprintf(`{"call":{"id":"K","from":%q,"isVideo":true}}`, jid))
	r.until("what the call left is fetched", func() bool { return r.fetches() > before })

	rows, err := r.store.Conversations(t.Context(), model.ConversationQuery{SessionID: r.session.ID, Filter: model.FilterGroups})
	require.NoError(t, err)
	asked := r.server.Count("POST /client/getChatById")
	for range 5 {
		phone.Tell("group_join", fmt.Sprintf(`{"notification":{"id":{"id":"1"},"type":"add","chatId":%q}}`, rows[0].JID))
	}
	r.until("the group is asked for", func() bool { return r.server.Count("POST /client/getChatById") > asked })
	require.LessOrEqual(t, r.server.Count("POST /client/getChatById"), asked+2, "many events are one question")

	for _, kind := range []string{"message_create", "message_ack", "message_reaction", "unread_count", "call", "vote_update", "group_join", "contact_changed", "something_new"} {
		for _, data := range []string{"", "{}", "null", `[1]`, `{"message":{"id":{"id":"x"}},"reaction":7,"chat":null,"vote":{},"call":{},"notification":[]}`} {
			phone.Tell(kind, data)
		}
	}
	end := r.receive(c.JID, "y sigue")
	r.until("the stream goes on", func() bool { return r.row(c.ID, end) != nil })
	require.Equal(t, 1, r.live().Opened)
}

func TestEventsBeforeTheirMessage(t *testing.T) {
	r := newLiveRig(t, nil)
	c, phone := r.someone(), r.server.Phone(sessionName)
	jid := string(c.JID)
	own := func(id, more string) string {
		return fmt.Sprintf(`{"message":{"id":{"fromMe":true,"remote":%q,"id":%q},"fromMe":true,"to":%q,"timestamp":%d%s`, jid, id, jid, time.Now().Unix(), more)
	}
	phone.Tell("message_ack", own("A1", `,"ack":3},"ack":3}`))
	phone.Tell("message_ack", own("A1", `,"ack":1},"ack":1}`))
	phone.Tell("message_reaction", fmt.Sprintf(`{"reaction":{"msgId":{"fromMe":true,"remote":%q,"id":"A1"},"reaction":"👍","senderId":%q,"timestamp":%d}}`, jid, jid, time.Now().Unix()))
	phone.Tell("message_create", own("A1", `,"type":"chat","body":"hecho","ack":0}}`))
	a1 := simulator.MessageRef{ID: "A1", FromMe: true}
	r.until("all of it", func() bool {
		row := r.row(c.ID, a1)
		return row != nil && row.Ack == model.AckRead && len(row.Reactions) == 1 && row.Text == "hecho"
	})

	phone.Tell("message_revoke_everyone", told("B1", jid, `,"type":"revoked"`))
	phone.Tell("message_create", told("B1", jid, `,"type":"chat","body":"ya no"`))
	r.until("taken back", func() bool {
		row := r.row(c.ID, simulator.MessageRef{ID: "B1"})
		return row != nil && row.Type == model.TypeRevoked
	})

	// An ack of a message that no event told: it is fetched.
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{Disabled: []string{"message_create", "unread_count", "message"}}))
	lost, err := phone.SendFromPhone(jid, "perdido")
	require.NoError(t, err)
	r.until("the message that only its ack told of", func() bool { row := r.row(c.ID, lost); return row != nil && row.Ack == model.AckRead })
}

func TestEventsTwiceLateAndSwapped(t *testing.T) {
	r := newLiveRig(t, nil)
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{Double: 0.5, Delay: 0.4, Swap: 0.4, MaxDelay: 100 * time.Millisecond}))
	c, phone := r.someone(), r.server.Phone(sessionName)
	var refs []simulator.MessageRef
	for i := range 60 {
		ref := r.receive(c.JID, fmt.Sprint("mensaje ", i))
		refs = append(refs, ref)
		switch i % 6 {
		case 1:
			require.NoError(t, phone.Edit(ref, fmt.Sprint("cambiado ", i)))
		case 2:
			require.NoError(t, phone.Revoke(ref))
		case 3:
			_, err := phone.SendFromPhone(string(c.JID), fmt.Sprint("propio ", i))
			require.NoError(t, err)
		case 4:
			require.NoError(t, phone.React(ref, "👍"))
		}
	}
	for last := time.Now().Add(2 * time.Millisecond); time.Now().Before(last); { // the time of a reaction is in milliseconds
	}
	for i, ref := range refs {
		if i%6 == 4 {
			require.NoError(t, phone.React(ref, "❤"))
		}
	}
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{}))
	r.until("all are as they are on the phone", func() bool {
		for i, ref := range refs {
			row := r.row(c.ID, ref)
			switch {
			case row == nil,
				i%6 == 1 && row.Text != fmt.Sprint("cambiado ", i),
				i%6 == 2 && row.Type != model.TypeRevoked,
				i%6 == 4 && (len(row.Reactions) != 1 || row.Reactions[0].Emoji != "❤"):
				return false
			}
		}
		return true
	})
	r.sync(model.Full())
	r.requireTruth()
}

func TestOwnSendsAreNotDoubledByEvents(t *testing.T) {
	sends := &withheld{call: "/sendMessage/"}
	r := newLiveRig(t, func(o *rigOptions) { o.between = sends.between })
	c := r.someone()
	before := len(allMessages(t, r.store, c.ID))
	for i := range 10 {
		item := r.write(c.ID, fmt.Sprint("envío ", i))
		r.engine.Carry(r.session.ID)
		r.reaches(item.ID, model.OutboxSent)
	}
	// While the answer to a send stays away, what events tell of it is not shown beside it.
	sends.shut()
	own := r.live().Own
	slow := r.write(c.ID, "despacio")
	r.engine.Carry(r.session.ID)
	r.until("an event tells it", func() bool { return len(r.server.Accepted()) == 11 && r.live().Own > own })
	require.Equal(t, model.OutboxSending, r.item(slow.ID).State)
	require.Len(t, allMessages(t, r.store, c.ID), before+10)
	sends.open()
	r.reaches(slow.ID, model.OutboxSent)
	require.Len(t, allMessages(t, r.store, c.ID), before+11)
	// One that is delivered though the answer is an error: the event tells.
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "sendMessage"}))
	looks := r.fetches()
	item := r.write(c.ID, "¿llegó?")
	r.engine.Carry(r.session.ID)
	r.reaches(item.ID, model.OutboxSent)
	require.LessOrEqual(t, r.fetches(), looks+1)
	require.Len(t, allMessages(t, r.store, c.ID), before+12)
	require.Len(t, r.server.Accepted(), 12)
}

// An event may come without the time of its message; the answer of a fetch has it.
func TestTimeThatAnEventLeftOutIsTakenFromAFetch(t *testing.T) {
	r := newLiveRig(t, nil)
	c, phone := r.someone(), r.server.Phone(sessionName)
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{Disabled: []string{"message", "message_create", "unread_count"}}))
	first := r.receive(c.JID, "primero")
	require.NoError(t, r.server.SetEvents(simulator.EventFaults{}))
	phone.Tell("message_create", fmt.Sprintf(`{"message":{"id":{"fromMe":false,"remote":%[2]q,"id":%[1]q},"from":%[2]q,"type":"chat","body":"primero"}}`, first.ID, string(c.JID)))
	r.until("the message", func() bool { return r.row(c.ID, first) != nil })
	require.Zero(t, r.row(c.ID, first).ID.Unix())
	_, err := r.engine.FetchMessages(t.Context(), c.ID)
	require.NoError(t, err)
	require.InDelta(t, time.Now().Unix(), r.row(c.ID, first).ID.Unix(), 60)
	r.sync(model.Full())
	r.requireTruth()
}
