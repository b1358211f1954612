package model

// MergeMessage returns what a held message becomes when the gateway names it
// again, and whether anything differs. now is when it was learned.
//
// A revoked or edited message keeps its earlier text as a version: keep says
// so, and the caller stores held's type and text. A message that was readable
// never becomes unreadable again, acks never fall, and what the gateway leaves
// out is kept (contract §9.4, §10.2).
func MergeMessage(held, heard Message, now Stamp) (merged Message, changed, keep bool) {
	merged = held
	merged.Ack = held.Ack.Merge(heard.Ack)
	merged.Starred = heard.Starred
	merged.HasMedia = heard.HasMedia
	merged.Forwarded = held.Forwarded || heard.Forwarded
	merged.Ephemeral = held.Ephemeral || heard.Ephemeral
	setIfGiven(&merged.Serialized, heard.Serialized)
	setIfGiven(&merged.AuthorJID, heard.AuthorJID)
	setIfGiven(&merged.AuthorName, heard.AuthorName)
	setIfGiven(&merged.QuotedShortID, heard.QuotedShortID)
	setIfGiven(&merged.QuotedAuthor, heard.QuotedAuthor)
	setIfGiven(&merged.QuotedText, heard.QuotedText)
	merged.EditedAt = max(held.EditedAt, heard.EditedAt)

	keep = mergeContent(&merged, held, heard, now)
	return merged, merged != held, keep
}

// mergeContent decides what the message says, and whether what it said is kept
// as a version.
func mergeContent(merged *Message, held, heard Message, now Stamp) (keep bool) {
	switch {
	case held.Type.IsGone():
		return false // stays so, whatever an older answer still says
	case heard.Type.IsGone():
		merged.Type, merged.Text, merged.RevokedAt = heard.Type, "", now
		if heard.Type == TypeRemoved {
			merged.QuotedText = ""
		}
		return held.Text != "" || held.Type.IsMedia()
	case saysLess(held, heard):
		return false
	}
	setIfGiven(&merged.Details, heard.Details)
	if heard.Text == "" && held.Text != "" && heard.EditedAt == held.EditedAt && heard.Type == held.Type {
		return false // the text was left out, or a picture stood in its place (contract §9.1, §9.4)
	}
	merged.Type, merged.Text = heard.Type, heard.Text
	return held.Text != "" && heard.Text != held.Text && held.Type == heard.Type
}

// saysLess tells whether an answer is from before what is held.
func saysLess(held, heard Message) bool {
	switch {
	case heard.Type == TypeCiphertext && held.Type != TypeCiphertext: // from before it was decrypted
	case heard.Type == TypeUnknown && held.Type != TypeUnknown: // it lost what it should say
	case heard.EditedAt < held.EditedAt: // from before the edit
	default:
		return false
	}
	return true
}

// setIfGiven copies a value unless it is empty.
func setIfGiven[T ~string](to *T, from T) {
	if from != "" {
		*to = from
	}
}
