package sync

import (
	"context"
	"fmt"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	maxReactions = 5000
	maxEmoji     = 64 // bytes; the longest sequences have about 40
)

// RefreshReactions asks who reacted to a message, and for the votes of a poll,
// and keeps what came. Gateways without these calls change nothing, and an empty
// answer takes nothing away: the gateway also answers so when it has forgotten.
func (e *Engine) RefreshReactions(ctx context.Context, id model.MessageID) error {
	m, err := e.p.Store.Message(ctx, id)
	if err != nil {
		return fmt.Errorf("load the message: %w", err)
	}
	return e.onConversation(ctx, m.ConversationID, func(ctx context.Context, w *worker, c model.Conversation) error {
		if err := w.requireConnected(ctx); err != nil {
			return err
		}
		ref := gateway.MessageRef{ChatID: string(c.JID), ShortID: string(m.ShortID)}
		changed, err := w.fetchReactions(ctx, id, ref)
		if err == nil && m.Type == model.TypePoll {
			var voted bool
			voted, err = w.fetchVotes(ctx, id, ref)
			changed = changed || voted
		}
		if changed {
			w.e.p.Bus.Publish(event.Batch{Messages: event.Of(m.ConversationID)})
		}
		w.lookIfLost(err)
		return err
	})
}

func (w *worker) fetchReactions(ctx context.Context, id model.MessageID, ref gateway.MessageRef) (bool, error) {
	lists, err := w.e.p.Gateway().Reactions(ctx, w.name, ref)
	w.e.heard(err)
	if gateway.KindOf(err) == gateway.KindEndpointMissing {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask for the reactions: %w", err)
	}
	var reactions []model.Reaction
	for _, list := range lists {
		for _, r := range list.Senders {
			jid, err := model.ParseJID(r.SenderID)
			emoji := r.Emoji
			if emoji == "" {
				emoji = list.Emoji
			}
			if err != nil || emoji == "" || len(emoji) > maxEmoji || len(reactions) >= maxReactions {
				continue
			}
			reactions = append(reactions, model.Reaction{
				MessageID: id, SenderJID: jid, Emoji: model.CleanLine(emoji, maxEmoji), At: model.StampUnix(int64(r.Timestamp)),
			})
		}
	}
	if len(reactions) == 0 {
		return false, nil
	}
	return w.e.p.Store.SaveReactions(ctx, id, reactions)
}

func (w *worker) fetchVotes(ctx context.Context, id model.MessageID, ref gateway.MessageRef) (bool, error) {
	wire, err := w.e.p.Gateway().PollVotes(ctx, w.name, ref)
	w.e.heard(err)
	if gateway.KindOf(err) == gateway.KindEndpointMissing {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("ask for the votes: %w", err)
	}
	var votes []model.PollVote
	for _, v := range head(wire, maxReactions) {
		jid, err := model.ParseJID(v.Voter)
		if err != nil {
			continue
		}
		vote := model.PollVote{VoterJID: jid, At: model.StampUnix(v.At / 1000)}
		for _, o := range head(v.Options, maxDetailItems) {
			vote.Options = append(vote.Options, model.CleanLine(o.Name, 200))
		}
		votes = append(votes, vote)
	}
	if len(votes) == 0 {
		return false, nil
	}
	return w.e.p.Store.SavePollVotes(ctx, id, votes)
}
