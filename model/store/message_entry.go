package store

import (
	"database/sql"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// merge takes over what the gateway says of a message that is held, or that
// came before in the same call.
func (e *entry) merge(heard model.Message, now model.Stamp) {
	held := e.Message
	merged, changed, keep := model.MergeMessage(held, heard, now)
	if keep {
		e.versions = append(e.versions, model.MessageVersion{Type: held.Type, Text: held.Text, UntilAt: now})
	}
	if changed {
		e.Message = merged
		e.changed, e.dirty = true, true
	}
}

// asHeard fills in what an event does not tell of a message.
func (e *entry) asHeard(heard model.Message, told model.Told) model.Message {
	switch told {
	case model.ToldParts:
		parts := e.Message
		parts.Ack = heard.Ack
		return parts
	case model.ToldByEvent, model.ToldChange:
		heard.Starred = e.Starred
	}
	return heard
}

// take keeps the file and the reactions that were heard.
func (e *entry) take(in *model.MessageIn) {
	if in.Media != nil {
		m := *in.Media
		if m.State == "" {
			m.State = model.MediaRemote
		}
		e.media = &m
	}
	if in.ReactionsKnown {
		e.reactions, e.allKnown = nil, true
	}
	for _, r := range in.Reactions {
		if r.SenderJID == "" || r.At != 0 && r.At < e.reactions[r.SenderJID].At {
			continue // nobody's, or it came late
		}
		if e.reactions == nil {
			e.reactions = make(map[model.JID]model.Reaction, len(in.Reactions))
		}
		e.reactions[r.SenderJID] = r
	}
}

// compareParts finds out what has to be written of files and reactions.
func (v *saver) compareParts() error {
	var withMedia, withReactions []model.MessageID
	for _, e := range v.entries {
		if e.isNew {
			continue
		}
		if e.media != nil {
			withMedia = append(withMedia, e.ID)
		}
		if e.allKnown || len(e.reactions) > 0 {
			withReactions = append(withReactions, e.ID)
		}
	}
	media, err := heldMedia(v.tx, withMedia)
	if err != nil {
		return err
	}
	reactions, err := heldReactions(v.tx, withReactions)
	if err != nil {
		return err
	}
	for _, e := range v.entries {
		e.compareMedia(media, v.now)
		e.compareReactions(reactions[e.ID])
	}
	return nil
}

func heldMedia(tx *gorm.DB, ids []model.MessageID) (map[model.MessageID]model.Media, error) {
	held := make(map[model.MessageID]model.Media)
	if len(ids) == 0 {
		return held, nil
	}
	var found []model.Media
	err := tx.Find(&found, "message_id IN (SELECT value FROM json_each(?))", jsonNumbers(ids)).Error
	for _, m := range found {
		held[m.MessageID] = m
	}
	return held, err
}

func heldReactions(tx *gorm.DB, ids []model.MessageID) (map[model.MessageID][]model.Reaction, error) {
	held := make(map[model.MessageID][]model.Reaction)
	if len(ids) == 0 {
		return held, nil
	}
	err := eachRow(tx, func(rows *sql.Rows) error {
		var r model.Reaction
		if err := rows.Scan(&r.MessageID, &r.SenderJID, &r.Emoji, &r.At); err != nil {
			return err
		}
		held[r.MessageID] = append(held[r.MessageID], r)
		return nil
	}, "SELECT message_id, sender_jid, emoji, at FROM reactions WHERE message_id IN (SELECT value FROM json_each(?))", jsonNumbers(ids))
	return held, err
}

// compareMedia leaves in e.media what has to be written, nil when nothing.
func (e *entry) compareMedia(media map[model.MessageID]model.Media, now model.Stamp) {
	if e.media == nil {
		return
	}
	held, ok := media[e.ID]
	if e.isNew || !ok {
		e.media.UpdatedAt = now
		e.changed = true
		return
	}
	merged := mergeMedia(held, *e.media)
	if merged == held {
		e.media = nil
		return
	}
	merged.UpdatedAt = now
	e.media, e.changed = &merged, true
}

// mergeMedia takes over what the gateway says of a file. A file that is held,
// or on its way, or whose download failed, keeps its state; it is only known to
// be gone when the gateway says so.
func mergeMedia(held, heard model.Media) model.Media {
	merged := held
	if held.Thumb == "" || heard.Thumb != "" && held.State == model.MediaNone {
		merged.Thumb = heard.Thumb
	}
	if held.State == model.MediaStored || held.State == model.MediaNone && heard.State == model.MediaNone {
		return merged
	}
	if heard.MimeType != "" {
		merged.MimeType = heard.MimeType
	}
	if heard.FileName != "" {
		merged.FileName = heard.FileName
	}
	if heard.Size != 0 {
		merged.Size = heard.Size
	}
	switch {
	case held.State == model.MediaDownloading:
	case heard.State == model.MediaGone, held.State == model.MediaGone && heard.State == model.MediaRemote:
		merged.State, merged.Error = heard.State, ""
	}
	return merged
}

// newReaction tells whether what is heard of a reaction differs from what is held.
func newReaction(held, heard model.Reaction) bool {
	return held.Emoji != heard.Emoji || heard.At != 0 && held.At != heard.At
}

// compareReactions finds the reactions to write and to take away.
func (e *entry) compareReactions(held []model.Reaction) {
	known := make(map[model.JID]model.Reaction, len(held))
	for _, r := range held {
		known[r.SenderJID] = r
		if _, named := e.reactions[r.SenderJID]; !named && e.allKnown {
			e.drop = append(e.drop, r.SenderJID)
		}
	}
	for sender, r := range e.reactions {
		old, held := known[sender]
		switch {
		case !held && r.Emoji != "":
			e.put = append(e.put, r)
		case !held, !e.allKnown && r.At != 0 && r.At < old.At: // it came late
		case r.Emoji == "":
			e.drop = append(e.drop, sender)
		case newReaction(old, r):
			e.put = append(e.put, r)
		}
	}
	if len(e.put)+len(e.drop) > 0 {
		e.changed = true
	}
}
