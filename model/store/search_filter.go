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
		return p.places(tx, "c.kind = 'group'", "", f.Not)
	case f.Value == query.Archived:
		return p.places(tx, "c.archived = 1", "", f.Not)
	case f.Value == query.Unread:
		// The last messages of others in a conversation, as many as it counts as unread.
		const notices = `(SELECT value FROM json_each('` + noticeTypes + `'))`
		const unread = ` AND NOT m.from_me AND m.type NOT IN ` + notices + ` AND (SELECT count(*) FROM (SELECT 1 FROM messages n WHERE n.conversation_id = m.conversation_id
			AND n.id > m.id AND +n.from_me = 0 AND n.type NOT IN ` + notices + ` LIMIT 1000)) < c.unread`
		return p.places(tx, "c.unread > 0", unread, f.Not)
	}
	return nil
}

// places narrows to conversations (c) that a condition holds of, and further as
// more says. Each message is judged; when the conversations are few, they are
// named to the index too.
func (p *plan) places(tx *gorm.DB, condition, more string, not bool) error {
	p.needsConversation = true
	if not {
		p.where.add("NOT (" + condition + more + ")")
		return nil
	}
	p.where.add("(" + condition + more + ")")
	type place struct {
		id             model.ConversationID
		oldest, newest model.MessageID
	}
	var list []place
	err := eachRow(tx, func(rows *sql.Rows) error {
		var c place
		err := rows.Scan(&c.id, &c.oldest, &c.newest)
		list = append(list, c)
		return err
	}, "SELECT id, ledger_oldest, ledger_newest FROM conversations c WHERE ledger_newest <> 0 AND "+condition+limitClause(maxFacets+1))
	if err != nil || len(list) > maxFacets {
		return err
	}
	if len(list) == 0 {
		p.nothing = true
		return nil
	}
	ids, oldest, newest := make([]model.ConversationID, len(list)), list[0].oldest, list[0].newest
	for i, c := range list {
		ids[i], oldest, newest = c.id, min(oldest, c.oldest), max(newest, c.newest)
	}
	p.oldest, p.newest = max(p.oldest, oldest), min(p.newest, newest)
	p.positive = append(p.positive, facetsOf(ids))
	return nil
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
	n, err := namedExactly(tx, f.Value)
	if err != nil {
		return err
	}
	ids, err := keysOf[model.ConversationID](tx, `SELECT c.id FROM json_each(?1) f CROSS JOIN conversations c ON c.id = f.value
		WHERE ?2 IN (0, c.session_id)`+otherParts, n.conversations, int64(session))
	if err != nil {
		return err
	}
	if len(ids) > 0 {
		p.facet("("+facetsOf(ids)+")", f.Not)
		return nil
	}
	match := orNothing(nameExpression(f.Value))
	if n, err = namedBy(tx, match); err != nil {
		return err
	}
	if n.broad {
		p.judge("m.conversation_id IN (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?)", f.Not, match)
		return nil
	}
	ids, err = keysOf[model.ConversationID](tx, `SELECT c.id FROM json_each(?1) f CROSS JOIN conversations c ON c.id = f.value WHERE ?3 IN (0, c.session_id)
		UNION SELECT c.id FROM json_each(?2) f CROSS JOIN conversations c ON c.contact_id = f.value AND c.contact_id IS NOT NULL
			WHERE ?3 IN (0, c.session_id)`+otherParts, n.conversations, n.contacts, int64(session))
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		p.nothing = p.nothing || !f.Not
		return nil
	}
	p.facet("("+facetsOf(ids)+")", f.Not)
	return nil
}

// otherParts adds to conversations ?1 those that are with the same people.
const otherParts = ` UNION SELECT m.id FROM json_each(?1) f CROSS JOIN conversations c ON c.id = f.value AND c.thread_id <> 0
	CROSS JOIN conversations m ON m.thread_id = c.thread_id AND m.thread_id <> 0`

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

// namedExactly returns who is called exactly by a name of several words: a single
// one is nearly always the beginning of a name, and a number is looked for by its
// digits even where somebody's title is written like it. Nobody, or too many to
// name to the index, are nobody.
func namedExactly(tx *gorm.DB, value string) (named, error) {
	nobody := named{conversations: "[]", contacts: "[]"}
	value = strings.TrimSpace(value)
	if _, number := numberDigits(value); number || len(value) > maxQueryBytes || !strings.ContainsAny(value, " \t") {
		return nobody, nil
	}
	name, n := Fold(value), named{}
	err := queryRow(tx, `SELECT c.list, k.list, c.n = ?3 OR k.n = ?3
		FROM (SELECT json_group_array(id) AS list, count(*) AS n FROM (SELECT c.id
				FROM (SELECT rowid FROM conversations_fts WHERE conversations_fts MATCH ?1) f CROSS JOIN conversations c ON c.id = f.rowid
				WHERE c.search_text = ?2 OR substr(c.search_text, 1, length(?2) + 1) = ?2 || char(10) LIMIT ?3)) c,
			(SELECT json_group_array(id) AS list, count(*) AS n FROM (SELECT id FROM contacts WHERE sort_name = ?2 LIMIT ?3)) k`,
		`"`+strings.ReplaceAll(name, `"`, `""`)+`"`, name, maxFacets).Scan(&n.conversations, &n.contacts, &n.broad)
	if err != nil || n.broad {
		return nobody, err
	}
	return n, nil
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
	n, err := namedExactly(tx, f.Value)
	if err != nil {
		return err
	}
	authors, err := authorsOf(tx, session, n)
	if err != nil {
		return err
	}
	if len(authors) > 0 {
		p.said(authors, f.Not)
		return nil
	}
	match := orNothing(nameExpression(f.Value))
	if n, err = namedBy(tx, match); err != nil {
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
	if authors, err = authorsOf(tx, session, n); err != nil {
		return err
	}
	if len(authors) == 0 {
		p.nothing = p.nothing || !f.Not
		return nil
	}
	p.said(authors, f.Not)
	return nil
}

// said narrows to what people said.
func (p *plan) said(authors []author, not bool) {
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
	p.facet("("+strings.Join(parts, " OR ")+")", not)
}

// authorsOf returns the people of a name or number: contacts, the hidden ids and
// phone numbers that are the same people, and conversations with them.
func authorsOf(tx *gorm.DB, session model.SessionID, n named) ([]author, error) {
	var list []author
	err := eachRow(tx, func(rows *sql.Rows) error {
		var a author
		err := rows.Scan(&a.jid, &a.conversation)
		list = append(list, a)
		return err
	}, `WITH found AS MATERIALIZED (SELECT k.session_id, k.jid FROM json_each(?1) f
			CROSS JOIN contacts k ON k.id = f.value WHERE k.is_group = 0 AND ?3 IN (0, k.session_id)
			UNION ALL SELECT c.session_id, c.jid FROM json_each(?2) f
			CROSS JOIN conversations c ON c.id = f.value WHERE c.kind = 'person' AND ?3 IN (0, c.session_id)),
		people AS (SELECT session_id, jid FROM found
			UNION SELECT i.session_id, i.lid FROM found n CROSS JOIN identities i ON i.session_id = n.session_id AND i.phone_jid = n.jid
			UNION SELECT i.session_id, i.phone_jid FROM found n CROSS JOIN identities i ON i.session_id = n.session_id AND i.lid = n.jid),
		others AS (SELECT session_id, jid FROM people
			UNION SELECT i.session_id, i.lid FROM people n CROSS JOIN identities i ON i.session_id = n.session_id AND i.phone_jid = n.jid)
		SELECT p.jid, coalesce(c.id, 0) FROM others p LEFT JOIN conversations c ON c.session_id = p.session_id AND c.jid = p.jid`,
		n.contacts, n.conversations, int64(session))
	return list, err
}
