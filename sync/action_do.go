package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// revokedLooks is how often a message is read back that was deleted for everyone.
const revokedLooks = 3

// perform makes the call of an action, once. All end in the same state when made
// twice (contract §5.3, §12 Retry policy).
type perform func(ctx context.Context, o *outgoing) error

// action returns what carries a kind of action out; ok is false for messages.
func (w *worker) action(kind model.OutboxKind) (f func(context.Context, *outgoing) result, ok bool) {
	does, ok := map[model.OutboxKind]perform{
		model.OutboxReact: w.onTarget(w.react), model.OutboxEdit: w.onTarget(w.edit),
		model.OutboxDelete: w.onTarget(w.remove), model.OutboxStar: w.onTarget(w.star),
		model.OutboxRead: orForgotten(w.markRead), model.OutboxUnread: orForgotten(w.markUnread), model.OutboxArchive: orForgotten(w.archive),
		model.OutboxPin: orForgotten(w.pin), model.OutboxMute: orForgotten(w.mute), model.OutboxBlock: w.block, model.OutboxLabels: w.label,
	}[kind]
	if !ok {
		return nil, false
	}
	return func(ctx context.Context, o *outgoing) result {
		err := does(ctx, o)
		if err == nil {
			w.acts.done(o.item.Kind, o.chat.JID, w.e.p.Now())
		}
		return result{err: err, again: true}
	}, true
}

// because gives an error the kind that an owner is told.
type because struct {
	error
	kind model.ProblemKind
}

func (b because) Unwrap() error                  { return b.error }
func (b because) ProblemKind() model.ProblemKind { return b.kind }

// denied is a definite no, for a reason.
func denied(err error, kind model.ProblemKind) error { return refusal(because{err, kind}) }

// target is the message that an action is about.
type target struct {
	message model.MessageRow
	ref     gateway.MessageRef
}

// onTarget loads the message of an action. Gateways that do not find it look only
// through the last 100 of the conversation (contract §7).
func (w *worker) onTarget(f func(context.Context, *outgoing, target) error) perform {
	return func(ctx context.Context, o *outgoing) error {
		message, chat, err := w.target(ctx, o)
		if err != nil {
			return refusal(err)
		}
		err = f(ctx, o, target{message, refOf(&message, chat)})
		var told because
		if gateway.KindOf(err) == gateway.KindNotFound && certain(err) && !errors.As(err, &told) {
			return denied(err, model.ProblemTooFarBack)
		}
		return err
	}
}

// star marks a message with a star, or takes it off.
func (w *worker) star(ctx context.Context, o *outgoing, t target) error {
	call := w.e.p.Gateway().Unstar
	if o.payload.On {
		call = w.e.p.Gateway().Star
	}
	if err := call(ctx, w.name, t.ref); err != nil {
		return err
	}
	return w.kept(w.e.p.Store.SaveStar(ctx, t.message.ID, o.payload.On))
}

// react puts the account's one reaction on a message, or takes it back.
func (w *worker) react(ctx context.Context, o *outgoing, t target) error {
	if err := w.e.p.Gateway().React(ctx, w.name, t.ref, o.payload.Emoji); err != nil {
		return err
	}
	return w.kept(w.e.p.Store.SaveOwnReaction(ctx, t.message.ID, o.payload.Emoji, w.e.stamp()))
}

// edit changes the text of an own message. What the gateway answers is kept; the
// earlier text stays as a version.
func (w *worker) edit(ctx context.Context, o *outgoing, t target) error {
	wire, err := w.e.p.Gateway().EditMessage(ctx, w.name, t.ref, o.item.Text)
	if gateway.KindOf(err) == gateway.KindRefused {
		return denied(err, model.ProblemEditRefused)
	}
	if err != nil {
		return err
	}
	in := model.MessageIn{Message: t.message.Message, Unix: t.message.UnixSeconds()}
	in.Text, in.EditedAt = o.item.Text, w.e.stamp()
	if heard, err := messageOf(wire); err == nil && heard.Type == model.TypeChat && heard.Text != "" {
		in.Text = heard.Text
		if heard.EditedAt > t.message.EditedAt {
			in.EditedAt = heard.EditedAt
		}
	}
	return w.kept(w.saveMessage(ctx, o, in))
}

// remove deletes a message, for everyone or on own devices. What the gateway
// answers is the same when it may not delete for everyone and did so on own
// devices alone (contract §7), so the message is read back.
func (w *worker) remove(ctx context.Context, o *outgoing, t target) error {
	err := w.e.p.Gateway().DeleteMessage(ctx, w.name, t.ref, o.payload.Everyone)
	again := o.payload.Tried && gateway.KindOf(err) == gateway.KindNotFound // the first try did it
	if err != nil && !again {
		return err
	}
	if !o.payload.Everyone {
		return w.kept(w.removeHere(ctx, o, t))
	}
	for look := 1; ; look++ {
		wire, err := w.e.p.Gateway().MessageByRef(ctx, w.name, t.ref)
		switch {
		case gateway.KindOf(err) == gateway.KindNotFound:
			if err := w.kept(w.removeHere(ctx, o, t)); err != nil {
				return err
			}
			return denied(err, model.ProblemOnlyForMe)
		case err != nil:
			return fmt.Errorf("read back what was deleted: %w: %w", ErrUnknownOutcome, err)
		}
		in := model.MessageIn{Message: t.message.Message, Unix: t.message.UnixSeconds()}
		if typeOf(wire.Type) == model.TypeRevoked {
			in.Type, in.Text = model.TypeRevoked, ""
			return w.kept(w.saveMessage(ctx, o, in))
		}
		if look == revokedLooks {
			return denied(fmt.Errorf("the message is still there"), model.ProblemRefused)
		}
		if err := pause(ctx, w.e.p.Timing.NotReady); err != nil {
			return err
		}
	}
}

// removeHere keeps a message as one that the owner deleted for themself: its text
// is an earlier version from now on, and is neither shown nor found.
func (w *worker) removeHere(ctx context.Context, o *outgoing, t target) error {
	in := model.MessageIn{Message: t.message.Message, Unix: t.message.UnixSeconds()}
	in.Type, in.Text = model.TypeRemoved, ""
	return w.saveMessage(ctx, o, in)
}

func (w *worker) saveMessage(ctx context.Context, o *outgoing, in model.MessageIn) error {
	results, err := w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{{ConversationID: o.chat.ID, Messages: []model.MessageIn{in}}}, w.e.stamp())
	if err != nil {
		return fmt.Errorf("write what became of the message: %w", err)
	}
	w.announce(results)
	return nil
}

// kept reports that the store failed after the gateway had done the action: it is
// done all the same, and a later sync brings it.
func (w *worker) kept(err error) error {
	if err != nil {
		w.log.WithError(err).Warn("write what an action came to")
	}
	return nil
}

// orForgotten takes an action as done when the gateway says that it cannot have the
// conversation, and has stopped naming it before: it is kept here, and is not to stay
// unread or out of the archive for ever. Should the gateway name it again, what that says
// counts.
func orForgotten(f perform) perform {
	return func(ctx context.Context, o *outgoing) error {
		err := f(ctx, o)
		if err != nil && !o.chat.NotSeenSince.IsZero() && noSuchChat(err) {
			return nil
		}
		return err
	}
}

// noSuchChat tells whether an error says that there is no such chat. Some gateways have
// no words for it and stumble over what is not there (contract §5.3), except in reading,
// where that is a fault with every chat (§12.9). A failure of any other kind is one of
// the page, or of what stands before the gateway.
func noSuchChat(err error) bool {
	var e *gateway.Error
	return ofOneChat(err) || errors.As(err, &e) && e.Op != "SendSeen" && gateway.Stumbled(e)
}

func (w *worker) markRead(ctx context.Context, o *outgoing) error {
	return w.e.p.Gateway().SendSeen(ctx, w.name, string(o.chat.JID))
}

func (w *worker) markUnread(ctx context.Context, o *outgoing) error {
	return w.e.p.Gateway().MarkUnread(ctx, w.name, string(o.chat.JID))
}

// archive holds the answer, which is the new state, against what was wanted.
func (w *worker) archive(ctx context.Context, o *outgoing) error {
	call := w.e.p.Gateway().Unarchive
	if o.payload.On {
		call = w.e.p.Gateway().Archive
	}
	now, err := call(ctx, w.name, string(o.chat.JID))
	return asWanted(now, o.payload.On, err)
}

func (w *worker) pin(ctx context.Context, o *outgoing) error {
	if o.payload.On {
		err := w.e.p.Gateway().Pin(ctx, w.name, string(o.chat.JID))
		if gateway.KindOf(err) == gateway.KindRefused {
			return denied(err, model.ProblemPinLimit)
		}
		return err
	}
	now, err := w.e.p.Gateway().Unpin(ctx, w.name, string(o.chat.JID))
	return asWanted(now, false, err)
}

// asWanted turns an answer that is a state into a refusal when it is the other one.
func asWanted(now, wanted bool, err error) error {
	if err == nil && now != wanted {
		return denied(fmt.Errorf("the state is the other one"), model.ProblemRefused)
	}
	return err
}

func (w *worker) mute(ctx context.Context, o *outgoing) error {
	gw, chat := w.e.p.Gateway(), string(o.chat.JID)
	switch until := o.payload.Until; {
	case until == model.MutedForever:
		return gw.Mute(ctx, w.name, chat, time.Time{})
	case until <= w.e.stamp(): // none, or over by now: it may have waited for the session
		return gw.Unmute(ctx, w.name, chat)
	default:
		return gw.Mute(ctx, w.name, chat, until.Time())
	}
}

// block blocks a person, or ends it, under every identifier that the gateway knows:
// who is blocked under one of them only could still write under another.
func (w *worker) block(ctx context.Context, o *outgoing) error {
	call := w.e.p.Gateway().Unblock
	if o.payload.On {
		call = w.e.p.Gateway().Block
	}
	ids, _, err := w.e.p.Store.Reach(ctx, o.chat.ID)
	if err != nil {
		return refusal(fmt.Errorf("look under which ids a person is known: %w", err))
	}
	taken := 0
	var no error
	for _, id := range ids {
		err := call(ctx, w.name, string(id))
		switch {
		case err == nil:
			taken++
			w.acts.done(o.item.Kind, id, w.e.p.Now())
		case !certain(err) || unreached(o.item.Kind, err): // all of it is done again
			return err
		default:
			no = err
		}
	}
	if no != nil && taken > 0 {
		return denied(no, model.ProblemBlockedInPart)
	}
	return no
}

// label sets the labels of all conversations with a person.
func (w *worker) label(ctx context.Context, o *outgoing) error {
	_, chats, err := w.e.p.Store.Reach(ctx, o.chat.ID)
	if err != nil {
		return refusal(fmt.Errorf("look for the conversations with a person: %w", err))
	}
	names := make([]string, len(chats))
	for i, chat := range chats {
		names[i] = string(chat)
	}
	return w.e.p.Gateway().AddOrRemoveLabels(ctx, w.name, o.payload.Labels, names)
}
