package conversations

import (
	"slices"
	"strconv"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/widgets"
)

// pending draws what the owner did to a message and is not done yet, or was
// refused: the gateway's own word comes later.
func (w *writer) pending(c *widgets.Content, row *model.MessageRow) {
	for i := range row.Pending {
		p := &row.Pending[i]
		if p.State == model.OutboxFailed {
			w.pendingFailed(c, p)
			continue
		}
		w.pendingOpen(c, row, p)
	}
}

// pendingOpen shows an action as if it was done, with a word that it is not.
func (w *writer) pendingOpen(c *widgets.Content, row *model.MessageRow, p *model.PendingAction) {
	switch p.Kind {
	case model.OutboxEdit:
		c.Text, _ = model.CleanText(p.Text, model.MaxMessageText)
		c.Quiet, c.Status = false, w.ctx.T("conversations.pending.edit")
	case model.OutboxReact:
		c.Chips = pendingReaction(c.Chips, p.Emoji)
	case model.OutboxDelete:
		c.Status = w.ctx.T("conversations.pending.delete")
		if p.Everyone {
			c.Status = w.ctx.T("conversations.pending.delete_all")
		}
	case model.OutboxStar:
		now := *row
		now.Starred = p.On
		c.Meta = w.meta(&now)
	}
}

// pendingReaction puts the owner's reaction in the place of the one before.
func pendingReaction(chips []widgets.Chip, emoji string) []widgets.Chip {
	chips = slices.Clone(chips)
	for i := range chips {
		if chips[i].Mine {
			chips[i].Mine = false
			chips[i].Count--
		}
	}
	chips = slices.DeleteFunc(chips, func(c widgets.Chip) bool { return c.Count <= 0 })
	if emoji = model.CleanLine(emoji, 16); emoji == "" {
		return chips
	}
	if i := slices.IndexFunc(chips, func(c widgets.Chip) bool { return c.Emoji == emoji }); i >= 0 {
		chips[i].Count++
		chips[i].Mine, chips[i].Faint = true, true
		return chips
	}
	return append(chips, widgets.Chip{Emoji: emoji, Count: 1, Mine: true, Faint: true})
}

// pendingFailed says why an action was refused.
//
// translations: conversations.pending_failed.*
func (w *writer) pendingFailed(c *widgets.Content, p *model.PendingAction) {
	what := w.ctx.T("conversations.pending_failed." + p.Kind)
	c.Status, c.Alarm = what, true
	if p.Error != "" || p.ErrorText != "" {
		why, _ := w.ctx.ProblemText(model.Problem{Kind: model.ProblemKind(p.Error), Said: p.ErrorText})
		c.Status = w.ctx.T("conversations.pending_why", translations.Data{"What": what, "Why": why})
	}
	id := strconv.FormatInt(int64(p.ID), 10)
	c.Actions = append(c.Actions[:len(c.Actions):len(c.Actions)],
		widgets.Action{ID: actionRetry + id, Text: w.ctx.T("outgoing.button.retry")},
		widgets.Action{ID: actionDismiss + id, Text: w.ctx.T("conversations.banner.close")})
}
