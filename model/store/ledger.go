package store

import (
	"cmp"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// fetchedAtStep is how old Ledger.FetchedAt must be, in milliseconds, before it
// alone is a reason to write the row.
const fetchedAtStep = 60_000

// updateConversation brings the preview and the ledger of a conversation up to
// the messages of a batch.
func (v *saver) updateConversation(b *model.MessageBatch, touched []*entry, result *model.BatchResult) {
	state := v.conversations[b.ConversationID]
	c := &state.current
	a := model.Arrival{Conversation: b.ConversationID, Live: b.Live, Part: b.Part, Sent: b.Sent, Now: v.now}
	told, toldFromMe := c.LastShortID, c.LastFromMe
	for _, e := range touched {
		if e.failed {
			continue
		}
		updatePreview(c, e)
		if !model.PossibleSecond(e.ID.Unix()) { // when it was sent is not known: it says nothing of what is held
			continue
		}
		a.IDs = append(a.IDs, e.ID)
		if e.isNew || e.from != 0 {
			a.Fresh = append(a.Fresh, e.ID)
		}
		if e.ShortID == told && e.FromMe == toldFromMe {
			a.Told = e.ID
		}
	}
	if awaited(c) {
		a.Awaited = max(c.LastAt.Time().Unix(), 1)
	}
	a.NamedNow = c.LastShortID
	if b.Fetch != nil {
		f := *b.Fetch
		f.Unreadable = withUnusable(b, touched, f.Unreadable)
		a.Fetch = &f
		state.fetched = true
	}
	state.gaps = c.Ledger.Take(state.gaps, a)
	result.State = c.Ledger.State()
	result.Deepen = mayDeepen(&c.Ledger, state.gaps, a.Fetch)
}

// mayDeepen tells whether a larger limit may fill a gap that a fetch left. News are
// not fetched deeper for a gap that was tried already.
func mayDeepen(l *model.Ledger, gaps []model.Gap, f *model.FetchResult) bool {
	if f == nil || f.Outcome != FetchOK || l.FetchEnd != model.EndLimit {
		return false
	}
	return slices.ContainsFunc(gaps, func(g model.Gap) bool { return f.Purpose == model.ForRepair || g.Tries == 0 })
}

// awaited tells whether the newest message that was told is one that a fetch can
// bring and that is not held.
func awaited(c *model.Conversation) bool {
	return c.LastMessageID == 0 && c.LastShortID != "" && c.LastType != "" && !c.LastType.IsNotice()
}

// withUnusable adds the messages of a batch that could not be kept to those that
// could not be read: the ledger must not claim them.
func withUnusable(b *model.MessageBatch, touched []*entry, holes []model.Hole) []model.Hole {
	at := func(second int64) { holes = append(slices.Clip(holes), model.Hole{After: second, Before: second}) }
	for i := range b.Messages {
		if in := &b.Messages[i]; !usable(in.ShortID) {
			at(model.MessageIDAt(in.Unix).Unix())
		}
	}
	for _, e := range touched {
		if e.failed {
			at(e.second)
		}
	}
	slices.SortFunc(holes, func(x, y model.Hole) int { return cmp.Compare(x.After, y.After) })
	return holes
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

// writeConversations writes those that differ, and their gaps. A fetch that
// brought nothing new writes its time only when the one held is old.
func (v *saver) writeConversations() error {
	for id, state := range v.conversations {
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
		if err := writeGaps(v.tx, id, state.heldGaps, state.gaps); err != nil {
			return err
		}
	}
	return nil
}

// loadGaps reads the gaps of the call's conversations. Where the ledger says that
// nothing is missing there are none, and it is not asked.
func (v *saver) loadGaps() error {
	var ids []model.ConversationID
	for id, state := range v.conversations {
		if l := &state.held.Ledger; l.CompleteTo != l.Newest {
			ids = append(ids, id)
		}
	}
	gaps, err := gapsOf(v.tx, ids)
	for id, list := range gaps {
		v.conversations[id].heldGaps, v.conversations[id].gaps = list, list
	}
	return err
}

// gapsOf reads the gaps of conversations, the oldest first.
func gapsOf(tx *gorm.DB, ids []model.ConversationID) (map[model.ConversationID][]model.Gap, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []model.Gap
	err := tx.Order("conversation_id, above").Find(&found, "conversation_id IN (SELECT value FROM json_each(?))", jsonNumbers(ids)).Error
	gaps := make(map[model.ConversationID][]model.Gap, len(ids))
	for _, g := range found {
		gaps[g.ConversationID] = append(gaps[g.ConversationID], g)
	}
	return gaps, err
}

// writeGaps writes the gaps of a conversation when they differ from those held.
func writeGaps(tx *gorm.DB, id model.ConversationID, held, gaps []model.Gap) error {
	if slices.Equal(held, gaps) {
		return nil
	}
	if err := exec(tx, "DELETE FROM ledger_gaps WHERE conversation_id = ?", int64(id)); err != nil || len(gaps) == 0 {
		return err
	}
	return tx.Create(&gaps).Error
}
