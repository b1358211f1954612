package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

const (
	defaultHits  = 50
	maxWordRunes = 64   // longer words are searched by their beginning
	excerptFrom  = 1000 // characters; of longer texts a hit holds the part around the match
)

// Search returns messages whose text holds all words of the query, the newest
// first; the last word may be a beginning. Any text is accepted: what is no
// letter, number or emoji finds nothing by itself.
//
// The order is the row number's, which is the order of time. Ordering by
// relevance or another column would read every match of a common word.
func (s *Store) Search(ctx context.Context, q model.SearchQuery) (model.SearchResult, error) {
	match := matchExpression(q.Text)
	if match == "" {
		return model.SearchResult{}, nil
	}
	f := &filter{}
	f.add("messages_fts MATCH ?", match)
	if q.Before != 0 {
		f.add("messages_fts.rowid < ?", int64(q.Before))
	}
	if q.SessionID != 0 {
		f.add("c.session_id = ?", int64(q.SessionID))
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultHits
	}
	type hit struct {
		model.SearchHit
		AuthorJID  model.JID `gorm:"column:author_jid"`
		AuthorName string
	}
	var found []hit
	err := s.read(ctx, "search", func(tx *gorm.DB) error {
		if q.ConversationID != 0 {
			var oldest, newest int64
			err := queryRow(tx, "SELECT ledger_oldest, ledger_newest FROM conversations WHERE id = ?", int64(q.ConversationID)).Scan(&oldest, &newest)
			if errors.Is(err, sql.ErrNoRows) {
				return nil // a conversation that is not there holds no messages
			}
			if err != nil {
				return err
			}
			f.add("messages_fts.rowid BETWEEN ? AND ?", oldest, newest)
			// The plus keeps SQLite from asking the index about each message of the conversation.
			f.add("+messages_fts.rowid IN (SELECT id FROM messages WHERE conversation_id = ?)", int64(q.ConversationID))
		}
		// The cross joins keep SQLite from beginning with another table, which
		// would need the matches sorted.
		err := tx.Raw(`SELECT m.id, m.conversation_id, c.jid AS conversation_jid, c.name AS conversation_name, c.session_id,
			m.short_id, m.from_me, m.type, m.ack, m.author_jid, m.author_name,
			CASE WHEN length(m.text) > ? THEN snippet(messages_fts, 0, '', '', '…', 64) ELSE m.text END AS text
			FROM messages_fts CROSS JOIN messages m ON m.id = messages_fts.rowid
			CROSS JOIN conversations c ON c.id = m.conversation_id`+f.where()+
			" ORDER BY messages_fts.rowid DESC"+limitClause(limit), append([]any{excerptFrom}, f.args...)...).Scan(&found).Error
		if err != nil {
			return err
		}
		people := make([]person, len(found))
		for i := range found {
			people[i] = person{found[i].SessionID, found[i].AuthorJID}
		}
		names, err := displayNames(tx, people)
		for i := range found {
			if found[i].AuthorJID != "" {
				found[i].Author = firstOf(names[people[i]], found[i].AuthorName)
			}
		}
		return err
	})
	if err != nil {
		return model.SearchResult{}, err
	}
	hits := make([]model.SearchHit, len(found))
	for i := range found {
		hits[i] = found[i].SearchHit
	}
	result := model.SearchResult{Hits: hits}
	if len(hits) == limit {
		result.Next = hits[limit-1].ID
	}
	return result, nil
}

// matchExpression turns what somebody typed into a query of the full-text
// index, "" when there is nothing to look for. Every word is quoted, so that
// nothing in it is an operator.
func matchExpression(text string) string {
	if len(text) > maxQueryBytes {
		text = text[:maxQueryBytes]
	}
	var words []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
	}) {
		// The index knows letters and numbers only; a phrase of anything else would match nothing.
		if !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			continue
		}
		if runes := []rune(word); len(runes) > maxWordRunes {
			word = string(runes[:maxWordRunes])
		}
		words = append(words, word)
		if len(words) == maxQueryWords {
			break
		}
	}
	var b strings.Builder
	for i, word := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(`"` + strings.ReplaceAll(word, `"`, `""`) + `"`)
		// One ASCII letter as a beginning would gather a large part of all
		// words, and no prefix index serves it: it is taken as a word.
		if i == len(words)-1 && len(word) > 1 {
			b.WriteByte('*')
		}
	}
	return b.String()
}
