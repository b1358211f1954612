package store

import (
	"database/sql"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

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
		return p.places(tx, "kind = 'group'", "", f.Not)
	case f.Value == query.Archived:
		return p.places(tx, "archived = 1", "", f.Not)
	case f.Value == query.Unread:
		// The last messages of others in a conversation, as many as it counts as unread.
		const notices = `(SELECT value FROM json_each('` + noticeTypes + `'))`
		const unread = ` AND NOT m.from_me AND m.type NOT IN ` + notices + ` AND (SELECT count(*) FROM (SELECT 1 FROM messages n WHERE n.conversation_id = m.conversation_id
			AND n.id > m.id AND +n.from_me = 0 AND n.type NOT IN ` + notices + ` LIMIT 1000)) < (SELECT unread FROM conversations WHERE id = m.conversation_id)`
		return p.places(tx, "unread > 0", unread, f.Not)
	}
	return nil
}

// span is what is held of some conversations.
type span struct{ count, oldest, newest int64 }

// places narrows to conversations that a condition holds of, and further as more says.
func (p *plan) places(tx *gorm.DB, condition, more string, not bool) error {
	judged := "(m.conversation_id IN (SELECT id FROM conversations WHERE " + condition + ")" + more + ")"
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
	match := orNothing(nameExpression(f.Value))
	n, err := namedBy(tx, match)
	if err != nil {
		return err
	}
	if n.broad {
		p.judge("m.conversation_id IN (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?)", f.Not, match)
		return nil
	}
	ids, err := keysOf[model.ConversationID](tx, `SELECT c.id FROM json_each(?1) f CROSS JOIN conversations c ON c.id = f.value WHERE ?3 IN (0, c.session_id)
		UNION SELECT c.id FROM json_each(?2) f CROSS JOIN conversations c ON c.contact_id = f.value AND c.contact_id IS NOT NULL
			WHERE ?3 IN (0, c.session_id)`, n.conversations, n.contacts, int64(session))
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
	if len(ids) == 0 {
		p.nothing = p.nothing || !f.Not
		return nil
	}
	p.facet("("+facetsOf(ids)+")", f.Not)
	return nil
}

// named are who a name is that of: their keys as JSON lists. broad says that they
// are so many that each message is judged by itself, by the names in the index;
// then the lists are cut.
type named struct {
	conversations, contacts string
	broad                   bool
}

func namedBy(tx *gorm.DB, match string) (n named, err error) {
	err = queryRow(tx, `SELECT c.list, k.list, c.n = ?2 OR k.n = ?2
		FROM (SELECT json_group_array(rowid) AS list, count(*) AS n FROM (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?1 LIMIT ?2)) c,
			(SELECT json_group_array(rowid) AS list, count(*) AS n FROM (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?1 LIMIT ?2)) k`,
		match, maxFacets).Scan(&n.conversations, &n.contacts, &n.broad)
	return n, err
}

// judge adds a condition on each message.
func (p *plan) judge(condition string, not bool, args ...any) {
	if not {
		condition = "NOT (" + condition + ")"
	}
	p.where.add("("+condition+")", args...)
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
	match := orNothing(nameExpression(f.Value))
	n, err := namedBy(tx, match)
	if err != nil {
		return err
	}
	if n.broad { // the hidden ids of those people are left out
		p.needsConversation = true
		condition := `m.author_jid = '' AND NOT m.from_me AND m.conversation_id IN (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?)
			OR m.author_jid <> '' AND EXISTS (SELECT 1 FROM contacts k WHERE k.session_id = c.session_id AND k.jid = m.author_jid`
		args := []any{match}
		for _, word := range nameWords(f.Value) {
			condition += " AND instr(char(10) || replace(k.search_text, ' ', char(10)), char(10) || ?) > 0"
			args = append(args, word)
		}
		p.judge(condition+")", f.Not, args...)
		return nil
	}
	authors, err := authorsOf(tx, session, n, f.Value)
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

// authorsOf returns the people of a name or number: contacts, the hidden ids and
// phone numbers that are the same people, and conversations with them.
func authorsOf(tx *gorm.DB, session model.SessionID, n named, name string) ([]author, error) {
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
	}, `WITH found AS MATERIALIZED (SELECT k.session_id, k.jid, k.sort_name FROM json_each(?1) f
			CROSS JOIN contacts k ON k.id = f.value WHERE k.is_group = 0 AND ?3 IN (0, k.session_id)
			UNION ALL SELECT c.session_id, c.jid, substr(c.search_text, 1, instr(c.search_text || char(10), char(10)) - 1)
			FROM json_each(?2) f
			CROSS JOIN conversations c ON c.id = f.value WHERE c.kind = 'person' AND ?3 IN (0, c.session_id)),
		named AS MATERIALIZED (SELECT session_id, jid FROM found
			WHERE ?4 = '' OR sort_name = ?4 OR NOT EXISTS (SELECT 1 FROM found WHERE sort_name = ?4)),
		people AS (SELECT session_id, jid FROM named
			UNION SELECT i.session_id, i.lid FROM named n CROSS JOIN identities i ON i.session_id = n.session_id AND i.phone_jid = n.jid
			UNION SELECT i.session_id, i.phone_jid FROM named n CROSS JOIN identities i ON i.session_id = n.session_id AND i.lid = n.jid)
		SELECT p.jid, coalesce(c.id, 0) FROM people p LEFT JOIN conversations c ON c.session_id = p.session_id AND c.jid = p.jid`,
		n.contacts, n.conversations, int64(session), exact)
	return list, err
}
