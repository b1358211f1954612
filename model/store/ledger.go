package store

import (
	"github.com/xappiens/buzon/model"
)

// fetchedAtStep is how old Ledger.FetchedAt must be, in milliseconds, before it
// alone is a reason to write the row.
const fetchedAtStep = 60_000

// updateConversation brings the preview and the ledger of a conversation up to
// the messages of a batch.
func (v *saver) updateConversation(b *model.MessageBatch, touched []*entry) {
	state := v.conversations[b.ConversationID]
	c := &state.current
	ledger := &c.Ledger
	var oldest *entry // of the batch
	heldBefore := ledger.Oldest
	for _, e := range touched {
		if e.failed {
			continue
		}
		if oldest == nil || e.ID < oldest.ID {
			oldest = e
		}
		if ledger.Oldest == 0 || e.ID < ledger.Oldest {
			ledger.Oldest = e.ID
		}
		ledger.Newest = max(ledger.Newest, e.ID)
		updatePreview(c, e)
	}
	if b.Fetch == nil {
		return
	}
	state.fetched = true
	ledger.FetchOutcome = b.Fetch.Outcome
	ledger.FetchLimit = max(ledger.FetchLimit, b.Fetch.Limit)
	if b.Fetch.Outcome == FetchOK {
		// The newest message that the list named may be of a kind that a fetch
		// never brings; asking again would not help.
		ledger.NeedsFetch = false
		// What was taken for the beginning was not, when something older comes.
		older := oldest != nil && heldBefore != 0 && oldest.ID < heldBefore
		ledger.ReachedBeginning = ledger.ReachedBeginning && !older || b.Fetch.ReachedBeginning
		if oldest != nil {
			ledger.GapBefore = gapAfter(ledger.GapBefore, heldBefore, oldest, b.Fetch)
		}
	}
}

// gapAfter returns the oldest known hole after a fetch, which brings the newest
// messages without a hole among them. So a hole above its oldest message is
// filled; one may lie just before that message when it was not held while older
// ones were.
func gapAfter(gap, heldBefore model.MessageID, oldest *entry, f *model.FetchResult) model.MessageID {
	if f.ReachedBeginning {
		return 0
	}
	if gap > oldest.ID {
		gap = 0
	}
	if gap != 0 {
		return gap
	}
	if f.GapBefore || oldest.isNew && heldBefore != 0 && heldBefore < oldest.ID {
		return oldest.ID
	}
	return 0
}

// updatePreview shows a message as the last one of its conversation if it is.
// Notices never are.
func updatePreview(c *model.Conversation, e *entry) {
	if e.Type.IsNotice() {
		return
	}
	at := model.StampUnix(e.second)
	switch {
	case e.ID == c.LastMessageID && at >= c.LastAt:
		// The one that is shown has changed; LastShortID may name a notice after it.
	case e.ShortID == c.LastShortID && e.FromMe == c.LastFromMe:
		c.LastMessageID = e.ID // the one that the list named
	case e.ID <= c.LastMessageID:
		return
	case c.LastType != "" && c.LastMessageID == 0 && at < c.LastAt:
		return // the list named a newer one, which is not held yet
	default:
		c.LastMessageID, c.LastShortID = e.ID, e.ShortID
	}
	c.LastFromMe, c.LastAt = e.FromMe, max(c.LastAt, at)
	c.LastType, c.LastText, c.LastAuthor, c.LastAck = e.Type, model.Preview(e.Text), e.AuthorJID, e.Ack
}

// writeConversations writes those that differ. A fetch that brought nothing new
// writes its time only when the one held is old.
func (v *saver) writeConversations() error {
	for _, state := range v.conversations {
		c := &state.current
		if state.fetched {
			age := v.now - state.held.Ledger.FetchedAt
			if !sameConversation(state.held, *c) || age >= fetchedAtStep || age < 0 {
				c.Ledger.FetchedAt = v.now
			}
		}
		if err := updateConversation(v.tx, state.held, c); err != nil {
			return err
		}
	}
	return nil
}
