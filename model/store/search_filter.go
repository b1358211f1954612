package store

import (
	"database/sql"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

// maxNamed is how many people or conversations of one name are looked at.
const maxNamed = 5000

// filter adds one operator.
func (p *plan) filter(tx *gorm.DB, session model.SessionID, f query.Filter) error {
	switch {
	case f.Field == query.Has:
		p.facet(`facets : "0`+f.Value+`"`, f.Not)
	case f.Field == query.From:
		return p.from(tx, session, f)
	case f.Field == query.In:
		return p.in(tx, session, f)
	case f.Value == query.Mine:
		p.facet(`facets : "0me"`, f.Not)
	case f.Value == query.Starred:
		p.facet(`facets : "0starred"`, f.Not)
	case f.Value == query.Group:
		return p.places(tx, "kind = 'group'", "c.kind = 'group'", f.Not)
	case f.Value == query.Archived:
		return p.places(tx, "archived = 1", "c.archived = 1", f.Not)
	case f.Value == query.Unread:
		// The last messages of others in a conversation, as many as it counts as unread.
		const notices = `(SELECT value FROM json_each('` + noticeTypes + `'))`
		const unread = `(NOT m.from_me AND m.type NOT IN ` + notices + ` AND (SELECT count(*) FROM (SELECT 1 FROM messages n WHERE n.conversation_id = m.conversation_id
			AND n.id > m.id AND +n.from_me = 0 AND n.type NOT IN ` + notices + ` LIMIT 1000)) < c.unread)`
		return p.places(tx, "unread > 0", unread, f.Not)
	}
	return nil
}

// span is what is held of some conversations.
type span struct{ count, oldest, newest int64 }

// places narrows to conversations that a condition holds of; judged is the same
// condition, or a narrower one, on each message.
func (p *plan) places(tx *gorm.DB, condition, judged string, not bool) error {
	if not {
		p.where.add("NOT " + judged)
		return nil
	}
	p.where.add(judged)
	var s span
	err := queryRow(tx, `SELECT count(*), coalesce(min(ledger_oldest), 0), coalesce(max(ledger_newest), 0)
		FROM conversations WHERE ledger_newest <> 0 AND `+condition).Scan(&s.count, &s.oldest, &s.newest)
	if err != nil {
		return err
	}
	p.within(s)
	if s.count > maxFacets || p.nothing {
		return nil
	}
	ids, err := keysOf[model.ConversationID](tx, "SELECT id FROM conversations WHERE ledger_newest <> 0 AND "+condition)
	p.positive = append(p.positive, facetsOf(ids))
	return err
}

// within narrows the keys to those of some conversations.
func (p *plan) within(s span) {
	if s.count == 0 {
		p.nothing = true
		return
	}
	p.oldest = max(p.oldest, model.MessageID(s.oldest))
	p.newest = min(p.newest, model.MessageID(s.newest))
}

// facetsOf returns the expression of messages of some conversations.
func facetsOf(ids []model.ConversationID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = facetConversation(id)
	}
	return strings.Join(parts, " OR ")
}

// keysOf reads keys.
func keysOf[T ~int64](tx *gorm.DB, statement string, args ...any) ([]T, error) {
	var ids []T
	err := eachRow(tx, func(rows *sql.Rows) error {
		var id T
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, statement, args...)
	return ids, err
}

// in narrows to the conversations of a name or number.
func (p *plan) in(tx *gorm.DB, session model.SessionID, f query.Filter) error {
	match := nameExpression(f.Value)
	ids, err := keysOf[model.ConversationID](tx, `SELECT c.id FROM (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?1 LIMIT ?2) f
		CROSS JOIN conversations c ON c.id = f.rowid WHERE ?3 IN (0, c.session_id)
		UNION SELECT c.id FROM (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?1 LIMIT ?2) f
		CROSS JOIN conversations c ON c.contact_id = f.rowid AND c.contact_id IS NOT NULL WHERE ?3 IN (0, c.session_id)`,
		orNothing(match), maxNamed, int64(session))
	if err != nil {
		return err
	}
	if strings.ContainsAny(strings.TrimSpace(f.Value), " \t") && len(ids) > 1 {
		exact, err := keysOf[model.ConversationID](tx, `SELECT id FROM conversations WHERE id IN (SELECT value FROM json_each(?))
			AND (search_text = ?2 OR substr(search_text, 1, length(?2) + 1) = ?2 || char(10))`, jsonNumbers(ids), Fold(strings.TrimSpace(f.Value)))
		if err != nil {
			return err
		}
		if len(exact) > 0 {
			ids = exact
		}
	}
	switch {
	case len(ids) == 0:
		p.nothing = p.nothing || !f.Not
	case len(ids) <= maxFacets:
		p.facet("("+facetsOf(ids)+")", f.Not)
	case f.Not:
		p.where.add("m.conversation_id NOT IN (SELECT value FROM json_each(?))", jsonNumbers(ids))
	default:
		p.where.add("m.conversation_id IN (SELECT value FROM json_each(?))", jsonNumbers(ids))
	}
	return nil
}

// orNothing is an expression that finds nothing in place of an empty one.
func orNothing(match string) string {
	if match == "" {
		return `""`
	}
	return match
}

// author is somebody that from: names.
type author struct {
	jid          model.JID
	conversation model.ConversationID // with that person, zero for none
}

// from narrows to what people of a name or number said, in groups or by themselves.
func (p *plan) from(tx *gorm.DB, session model.SessionID, f query.Filter) error {
	authors, err := authorsOf(tx, session, f.Value)
	if err != nil {
		return err
	}
	if len(authors) == 0 {
		p.nothing = p.nothing || !f.Not
		return nil
	}
	var jids []model.JID
	var ids []model.ConversationID
	for _, a := range authors {
		if a.jid != "" {
			jids = append(jids, a.jid)
		}
		if a.conversation != 0 {
			ids = append(ids, a.conversation)
		}
	}
	if len(jids)+len(ids) <= 2*maxFacets {
		parts := make([]string, 0, len(jids)+1)
		for _, jid := range jids {
			parts = append(parts, facetAuthor(jid))
		}
		if len(ids) > 0 {
			parts = append(parts, "(("+facetsOf(ids)+`) NOT facets : "0me")`)
		}
		p.facet("("+strings.Join(parts, " OR ")+")", f.Not)
		return nil
	}
	list, err := jsonTexts(jids)
	if err != nil {
		return err
	}
	judged := `(m.author_jid IN (SELECT value FROM json_each(?))
		OR m.author_jid = '' AND NOT m.from_me AND m.conversation_id IN (SELECT value FROM json_each(?)))`
	if f.Not {
		judged = "NOT " + judged
	}
	p.where.add(judged, list, jsonNumbers(ids))
	return nil
}

// authorsOf returns the people of a name or number: contacts, the hidden ids and
// phone numbers that are the same people, and conversations with them.
func authorsOf(tx *gorm.DB, session model.SessionID, name string) ([]author, error) {
	match := nameExpression(name)
	exact := ""
	if name = strings.TrimSpace(name); strings.ContainsAny(name, " \t") {
		exact = Fold(name)
	}
	var list []author
	err := eachRow(tx, func(rows *sql.Rows) error {
		var a author
		err := rows.Scan(&a.jid, &a.conversation)
		list = append(list, a)
		return err
	}, `WITH found AS MATERIALIZED (SELECT k.session_id, k.jid, k.sort_name FROM (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?1 LIMIT ?2) f
			CROSS JOIN contacts k ON k.id = f.rowid WHERE k.is_group = 0 AND ?3 IN (0, k.session_id)
			UNION ALL SELECT c.session_id, c.jid, substr(c.search_text, 1, instr(c.search_text || char(10), char(10)) - 1)
			FROM (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?1 LIMIT ?2) f
			CROSS JOIN conversations c ON c.id = f.rowid WHERE c.kind = 'person' AND ?3 IN (0, c.session_id)),
		named AS MATERIALIZED (SELECT session_id, jid FROM found
			WHERE ?4 = '' OR sort_name = ?4 OR NOT EXISTS (SELECT 1 FROM found WHERE sort_name = ?4)),
		people AS (SELECT session_id, jid FROM named
			UNION SELECT i.session_id, i.lid FROM named n CROSS JOIN identities i ON i.session_id = n.session_id AND i.phone_jid = n.jid
			UNION SELECT i.session_id, i.phone_jid FROM named n CROSS JOIN identities i ON i.session_id = n.session_id AND i.lid = n.jid)
		SELECT p.jid, coalesce(c.id, 0) FROM people p LEFT JOIN conversations c ON c.session_id = p.session_id AND c.jid = p.jid`,
		orNothing(match), maxNamed, int64(session), exact)
	return list, err
}
