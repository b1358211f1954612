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

	switch {
	case held.Type == TypeRevoked:
		// stays revoked, whatever an older answer still says
	case heard.Type == TypeRevoked:
		merged.Type, merged.Text, merged.RevokedAt = TypeRevoked, "", now
		keep = held.Text != "" || held.Type.IsMedia()
	case heard.Type == TypeCiphertext && held.Type != TypeCiphertext:
		// an answer from before it was decrypted
	case heard.Type == TypeUnknown && held.Type != TypeUnknown:
		// an answer that lost what it should say
	case heard.EditedAt < held.EditedAt:
		// an answer from before the edit
	case heard.Text == "" && held.Text != "" && heard.EditedAt == held.EditedAt && heard.Type == held.Type:
		// the text was left out, or its place taken by a picture (contract §9.1, §9.4)
		setIfGiven(&merged.Details, heard.Details)
	default:
		keep = held.Text != "" && heard.Text != held.Text && held.Type == heard.Type
		merged.Type, merged.Text = heard.Type, heard.Text
		setIfGiven(&merged.Details, heard.Details)
	}
	return merged, merged != held, keep
}

// setIfGiven copies a value unless it is empty.
func setIfGiven[T ~string](to *T, from T) {
	if from != "" {
		*to = from
	}
}
