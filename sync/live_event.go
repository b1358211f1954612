package sync

import (
	"math"
	"slices"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// take sorts an event (contract §11.3). What it does not know changes nothing.
func (n *news) take(h *heard) error {
	if n.a.waits(n.ctx, h) {
		if h.Chat == nil {
			n.waits = append(n.waits, *h)
			return nil
		}
		h = n.withoutMessage(h)
	}
	e := &h.Event
	switch e.Type {
	case gateway.EventMessageCreate, gateway.EventMessage, gateway.EventMessageCiphertext, gateway.EventMedia, gateway.EventMediaUploaded:
		return n.whole(e.Message, h.live)
	case gateway.EventMessageAck:
		return n.ack(e)
	case gateway.EventMessageEdit:
		return n.edit(e)
	case gateway.EventRevokeEveryone:
		return n.revoke(e)
	case gateway.EventRevokeMe:
		return n.remove(e)
	case gateway.EventReaction:
		return n.reaction(e.Reaction)
	case gateway.EventVote:
		return n.vote(e.Vote)
	}
	return n.takeChat(h)
}

// withoutMessage lets the newest message of a chat wait, and returns what else is told.
func (n *news) withoutMessage(h *heard) *heard {
	n.waits = append(n.waits, heard{
		Event: gateway.Event{Type: gateway.EventMessageCreate, Session: h.Session, Message: h.Chat.LastMessage}, live: h.live, at: h.at,
	})
	rest, chat := *h, *h.Chat
	chat.LastMessage, chat.Timestamp = nil, 0
	rest.Chat = &chat
	return &rest
}

// takeChat sorts an event of a conversation or a person.
func (n *news) takeChat(h *heard) error {
	e := &h.Event
	switch e.Type {
	case gateway.EventUnreadCount, gateway.EventChatArchived:
		return n.chat(h)
	case gateway.EventChatRemoved:
		return n.chatRemoved(e.Chat)
	case gateway.EventContactChanged:
		n.contactChanged(e)
	case gateway.EventCall:
		return n.call(e.Call)
	case gateway.EventGroupJoin, gateway.EventGroupLeave, gateway.EventGroupUpdate, gateway.EventGroupAdmin, gateway.EventGroupRequest:
		if jid, err := model.ParseJID(e.Group); err == nil && jid.IsGroup() {
			n.a.l.chore.refresh(jid, n.a.w.e.p.Timing.Socket)
		}
	}
	return nil
}

// chatOf returns the conversation of a message; ok is false for channels, which
// are no conversations, and for what names none.
func chatOf(m *gateway.Message) (jid model.JID, ok bool) {
	other := m.From
	if m.FromMe || m.ID.FromMe {
		other = m.To
	}
	jid = firstJID(m.ID.Remote, other)
	return jid, jid != "" && jid.Kind() != model.KindChannel
}

// place returns where the messages of a conversation are gathered, nil when it is
// not held.
func (n *news) place(jid model.JID) (*arrival, error) {
	id, err := n.a.conversation(n.ctx, jid)
	if id == 0 || err != nil {
		return nil, err
	}
	return n.at(id, jid), nil
}

// whole takes a message that is told in full. Its conversation is begun when it is
// not held, except for that of status posts, which the list of chats need not name.
func (n *news) whole(m *gateway.Message, live bool) error {
	if m == nil {
		return nil
	}
	jid, ok := chatOf(m)
	in, err := messageOf(m)
	if err != nil || !ok || in.Type.IsNotice() {
		return nil //nolint:nilerr // what cannot be read changes nothing
	}
	to, err := n.place(jid)
	if err != nil {
		return err
	}
	if to == nil {
		if jid.Kind() == model.KindStatus {
			return nil
		}
		id, err := n.a.begin(n.ctx, jid, m)
		if err != nil {
			return err
		}
		to = n.at(id, jid)
		to.begun = true
	}
	n.a.w.keepThumb(&in, m)
	in.Told = model.ToldByEvent
	to.live = to.live && live
	to.in = append(to.in, in)
	for _, u := range n.a.set.of(identityOf(to.id, &in)) { // what was told of it before
		n.again(u)
	}
	return nil
}

// change takes something that happened to a message that may not be held.
func (n *news) change(jid model.JID, in model.MessageIn) error {
	if in.ShortID == "" {
		return nil
	}
	to, err := n.place(jid)
	if to == nil || err != nil {
		return err
	}
	to.later = append(to.later, in)
	return nil
}

// again takes what was told of a message before it was held.
func (n *news) again(u unheld) {
	if len(u.votes) > 0 {
		n.votes = append(n.votes, u)
		return
	}
	to := n.at(u.conversation, u.jid)
	to.later = append(to.later, u.in)
}

// bare names a message of which nothing else is told.
func bare(id gateway.MessageID, unix int64, told model.Told) model.MessageIn {
	in := model.MessageIn{Unix: unix, Told: told}
	if short := model.ShortID(id.Short); len(short) <= model.MaxJID {
		in.ShortID, in.FromMe = short, id.FromMe
	}
	return in
}

func (n *news) ack(e *gateway.Event) error {
	if e.Message == nil {
		return nil
	}
	jid, ok := chatOf(e.Message)
	ack := e.Ack
	if ack == nil {
		ack = e.Message.Ack
	}
	if !ok || ack == nil || *ack < int(model.AckError) || *ack > int(model.AckPlayed) {
		return nil
	}
	in := bare(e.Message.ID, e.Message.Timestamp, model.ToldParts)
	in.FromMe = in.FromMe || e.Message.FromMe
	in.Ack = model.Ack(*ack)
	return n.change(jid, in)
}

func (n *news) edit(e *gateway.Event) error {
	if e.Message == nil {
		return nil
	}
	jid, ok := chatOf(e.Message)
	in, err := messageOf(e.Message)
	if err != nil || !ok || in.Type.IsNotice() {
		return nil //nolint:nilerr // what cannot be read changes nothing
	}
	if text, _ := model.CleanText(e.NewBody, model.MaxMessageText); text != "" && readableBody(in.Type, e.NewBody) {
		in.Text = text
	}
	if in.EditedAt == 0 && e.PrevBody != "" && e.PrevBody != e.NewBody {
		in.EditedAt = model.StampUnix(in.Unix) + 1 // the least that is after the message: the next answer tells better
	}
	in.Told = model.ToldChange
	return n.change(jid, in)
}

// revoke takes a message back that was sent to all. It has its own id, or another
// one and names the original.
func (n *news) revoke(e *gateway.Event) error {
	if e.Message == nil {
		return nil
	}
	jid, ok := chatOf(e.Message)
	if !ok {
		return nil
	}
	id := e.Message.ID
	id.FromMe = id.FromMe || e.Message.FromMe
	if p := e.Message.Protocol; p != nil && p.Short != "" && p.Short != id.Short {
		id = *p
	}
	in := bare(id, e.Message.Timestamp, model.ToldChange)
	in.Type = model.TypeRevoked
	return n.change(jid, in)
}

// remove takes a message that the owner deleted on the own devices only.
func (n *news) remove(e *gateway.Event) error {
	m := e.Revoked
	if m == nil {
		m = e.Message
	}
	if m == nil {
		return nil
	}
	jid, ok := chatOf(m)
	if !ok {
		return nil
	}
	in := bare(m.ID, m.Timestamp, model.ToldChange)
	in.FromMe = in.FromMe || m.FromMe
	in.Type = model.TypeRemoved
	return n.change(jid, in)
}

func (n *news) reaction(r *gateway.Reaction) error {
	if r == nil {
		return nil
	}
	by, err := model.ParseJID(r.SenderID)
	if err != nil {
		return nil //nolint:nilerr // nobody's reaction
	}
	to, err := n.place(firstJID(r.Target.Remote, r.ID.Remote))
	if to == nil || err != nil {
		return err
	}
	in := bare(r.Target, 0, model.ToldParts)
	at := reactedAt(r.Timestamp)
	if in.ShortID == "" || n.a.outdated(reactionKey{to.id, in.ShortID, by}, at) {
		return nil
	}
	in.Reactions = []model.Reaction{{SenderJID: by, Emoji: model.CleanLine(r.Emoji, 64), At: at}}
	to.later = append(to.later, in)
	return nil
}

// reactedAt reads seconds with a fraction.
func reactedAt(seconds float64) model.Stamp {
	if math.IsNaN(seconds) || seconds <= 0 || seconds > 1e11 {
		return 0
	}
	return model.Stamp(math.Round(seconds * 1000))
}

func (n *news) vote(v *gateway.PollVote) error {
	if v == nil {
		return nil
	}
	voter, err := model.ParseJID(v.Voter)
	jid := firstJID(v.Poll.Remote)
	if err != nil || jid == "" {
		return nil //nolint:nilerr // nobody's vote
	}
	id, err := n.a.conversation(n.ctx, jid)
	if id == 0 || err != nil {
		return err
	}
	vote := model.PollVote{VoterJID: voter, At: model.Stamp(max(v.At, 0))}
	for _, o := range head(v.Options, maxDetailItems) {
		vote.Options = append(vote.Options, model.CleanLine(o.Name, 200))
	}
	n.votes = append(n.votes, unheld{
		conversation: id, jid: jid, in: bare(v.Poll, 0, model.ToldParts), votes: []model.PollVote{vote}, at: n.a.w.e.p.Now(),
	})
	return nil
}

// chat takes what is told of a whole conversation; its newest message comes with it.
func (n *news) chat(h *heard) error {
	e := &h.Event
	if e.Chat == nil || e.Chat.IsChannel {
		return nil
	}
	if e.Type == gateway.EventChatArchived {
		e.Chat.Archived = e.Archived
	}
	in, err := conversationOf(n.a.w.id, e.Chat)
	if err != nil || in.Conversation.Kind == model.KindChannel {
		return nil //nolint:nilerr // what cannot be read changes nothing
	}
	in.Conversation.Name = formatName(in.Conversation.Name, in.Conversation.JID.Phone())
	last := in.Conversation.LastAt
	if !model.PlausibleSecond(last.Unix(), n.a.w.e.stamp()) {
		last = 0
	}
	if !n.a.l.chore.told(in.Conversation.JID, h.at, last) {
		return n.whole(e.Chat.LastMessage, h.live)
	}
	n.chats = append(n.chats, toldChat{in, h.at})
	id, err := n.a.conversation(n.ctx, in.Conversation.JID)
	if id == 0 || err != nil {
		return err // it is made of what is told, and its messages are fetched
	}
	n.removed = slices.DeleteFunc(n.removed, func(gone model.ConversationID) bool { return gone == id })
	return n.whole(e.Chat.LastMessage, h.live)
}

// chatRemoved marks a conversation that was deleted on the phone. Nothing of it is
// deleted here; only its id can be trusted.
func (n *news) chatRemoved(chat *gateway.Chat) error {
	if chat == nil {
		return nil
	}
	jid, err := model.ParseJID(chat.ID.Serialized)
	if err != nil {
		return nil //nolint:nilerr // it names nothing
	}
	id, err := n.a.conversation(n.ctx, jid)
	if id != 0 {
		n.removed = append(n.removed, id)
	}
	return err
}

// contactChanged takes note that somebody has another number now.
func (n *news) contactChanged(e *gateway.Event) {
	before, err := model.ParseJID(e.OldID)
	if err != nil {
		return
	}
	after, err := model.ParseJID(e.NewID)
	if err != nil || after == before {
		return
	}
	w := n.a.w
	n.after = append(n.after, func() {
		w.record(model.ActivityContact, "contact_changed", w.e.p.Now(), nil, func(a *model.Activity) { a.Chat = after })
		w.numberChanged(n.ctx, before, after)
	})
}

// call fetches what a call leaves in its conversation: the line comes a moment later.
func (n *news) call(c *gateway.Call) error {
	if c == nil {
		return nil
	}
	jid, err := model.ParseJID(c.From)
	if err != nil {
		return nil //nolint:nilerr // nobody's call
	}
	id, err := n.a.conversation(n.ctx, jid)
	if id != 0 {
		n.a.l.chore.fetch(id, n.a.w.e.p.Timing.Settle)
	}
	return err
}
