package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// The gateway's table of hidden ids may ask WhatsApp, which takes many questions for
// a machine and may block the account (contract §5.1). So it is asked seldom, about
// many at once, and never twice about one in a while, whatever it answered.
const (
	lookupMost = 50
	lookupHour = 3 // calls within an hour
	lookupAge  = 30 * 24 * time.Hour
	lookupWait = 24 * time.Hour // before a call that was not answered, or killed, is made again
)

// learnPeople keeps pairs of identifiers that are one person, and tells the views
// when somebody was joined.
func (w *worker) learnPeople(ctx context.Context, told []model.Identity) error {
	changed, err := w.e.p.Store.SaveIdentities(ctx, told)
	if err != nil {
		return err
	}
	if changed {
		w.e.p.Bus.Publish(event.Batch{Contacts: event.Of(w.id), Conversations: event.Of(w.id)})
	}
	return nil
}

// lookUpPeople asks the gateway for the numbers of hidden ids of which none is
// known, once at most. That a call was made is stored before it is, so that no
// failure and no restart makes it again.
func (w *worker) lookUpPeople(ctx context.Context) {
	if w.session.Generation != string(gateway.GenerationA) {
		return
	}
	now := w.e.stamp()
	s := w.e.p.Store
	due, err := s.LookupsDue(ctx, w.id, now, model.LookupLimit{Most: lookupMost, Calls: lookupHour, Within: time.Hour, Age: lookupAge, Again: lookupWait})
	if err != nil {
		w.log.WithError(err).Warn("look for hidden ids without a number")
		return
	}
	if len(due) == 0 {
		return
	}
	if err := s.SaveLookups(ctx, w.id, due, now); err != nil {
		w.log.WithError(err).Warn("note which hidden ids are asked for")
		return
	}
	ids := make([]string, len(due))
	for i, jid := range due {
		ids[i] = string(jid)
	}
	pairs, err := w.e.p.Gateway().ContactLidAndPhone(ctx, w.name, ids)
	w.e.heard(err)
	if err != nil {
		w.log.WithError(err).Debug("ask for the numbers of hidden ids")
		return
	}
	err = w.learnPeople(ctx, answeredPairs(w.id, due, pairs, now))
	if err == nil {
		err = s.ConfirmLookups(ctx, w.id, now)
	}
	if err != nil {
		w.log.WithError(err).Warn("write the numbers of hidden ids")
	}
}

// answeredPairs reads the answer: in the order of what was asked, halves may be
// missing. A pair that names another hidden id than the one in its place is not
// believed.
func answeredPairs(id model.SessionID, asked []model.JID, pairs []gateway.LidPhone, at model.Stamp) []model.Identity {
	var told []model.Identity
	for i, p := range pairs {
		lid := model.JID(p.Lid)
		switch {
		case len(pairs) == len(asked) && (lid == "" || lid == asked[i]):
			lid = asked[i]
		case lid == "" || len(pairs) == len(asked) || !slices.Contains(asked, lid):
			continue
		}
		if phone, err := model.ParseJID(p.Phone); err == nil && phone.Phone() != "" {
			told = append(told, model.Identity{SessionID: id, LID: lid, PhoneJID: phone, Source: model.SourceLookup, FoundAt: at})
		}
	}
	return told
}

// numberChanged is called when the gateway tells that somebody has another number
// now: the person is one under both, and a line in the conversation says so.
func (w *worker) numberChanged(ctx context.Context, before, after model.JID) {
	now := w.e.stamp()
	change := model.Identity{SessionID: w.id, LID: before, PhoneJID: after, Source: model.SourceChange, FoundAt: now}
	if !change.Usable() {
		w.log.WithField("same_kind", before.Kind() == after.Kind()).Debug("a contact has another id now")
		return
	}
	if err := w.noteChange(ctx, before, after, now); err != nil {
		w.log.WithError(err).Warn("note that a number changed")
	}
	if err := w.learnPeople(ctx, []model.Identity{change}); err != nil {
		w.log.WithError(err).Warn("join a person's old and new number")
	}
}

// noticeOfChange is the kind of the line that tells of a new number.
const noticeOfChange = "change_number"

// noteChange writes a line into the conversation under the new number, else under
// the old one; who has neither needs none.
func (w *worker) noteChange(ctx context.Context, before, after model.JID, now model.Stamp) error {
	for _, jid := range []model.JID{after, before} {
		c, err := w.e.p.Store.ConversationByJID(ctx, w.id, jid)
		if ProblemKind(err) == model.ProblemNotFound {
			continue
		}
		if err != nil {
			return fmt.Errorf("find the conversation of a number: %w", err)
		}
		m := model.MessageIn{Unix: now.Unix()}
		m.ShortID, m.Type = model.ShortID(noticeOfChange+"_"+before.User()+"_"+after.User()), "notification_template"
		m.Details = model.EncodeDetails(model.MessageDetails{Notice: &model.NoticeInfo{Kind: noticeOfChange, People: []model.JID{before, after}}})
		results, err := w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{{ConversationID: c.ID, Messages: []model.MessageIn{m}}}, now)
		if err == nil {
			w.announce(results)
		}
		return err
	}
	return nil
}

// toldTwice returns the two identifiers of whoever sent a message that names them
// both: the author in one form and the participant in its id in the other, or who
// it is from and the chat that it is in (contract §12.8).
func toldTwice(wire *gateway.Message) []model.Identity {
	if wire.FromMe || wire.ID.FromMe {
		return nil
	}
	one, other := wire.Author, wire.ID.Participant
	if one == "" && other == "" {
		one, other = wire.From, wire.ID.Remote
	}
	return pairOf(one, other, model.SourceMessage)
}

// pairOf makes a pair of a hidden id and a number, in either order; none of anything else.
func pairOf(one, other string, source model.IdentitySource) []model.Identity {
	if one == "" || other == "" || one == other {
		return nil
	}
	a, err := model.ParseJID(one)
	b, berr := model.ParseJID(other)
	if err != nil || berr != nil {
		return nil
	}
	if b.IsLID() {
		a, b = b, a
	}
	if i := (model.Identity{LID: a, PhoneJID: b, Source: source}); a.IsLID() && i.Usable() {
		return []model.Identity{i}
	}
	return nil
}
