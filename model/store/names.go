package store

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// person is an identifier within a session.
type person struct {
	session model.SessionID
	jid     model.JID
}

// nameQuery finds the names of many people at once. Each row of a person's carries
// the name of the person, see regroup, so that any of them will do: that of the
// identifier itself, else that of another one, which is only looked for then.
const nameQuery = `SELECT j.key, coalesce(nullif(c.display_name, ''), v.name, ''),
	CASE WHEN coalesce(nullif(c.display_name, ''), v.name, '') <> '' THEN '' ELSE coalesce(
		(SELECT k.display_name FROM contacts k WHERE k.session_id = j.value->>0 AND k.jid = i.phone_jid),
		(SELECT k.name FROM conversations k WHERE k.session_id = j.value->>0 AND k.jid = i.phone_jid),
		(SELECT k.display_name FROM identities a CROSS JOIN contacts k ON k.session_id = a.session_id AND k.jid = a.lid
			WHERE a.session_id = j.value->>0 AND a.phone_jid = coalesce(i.phone_jid, j.value->>1) LIMIT 1),
		(SELECT k.name FROM identities a CROSS JOIN conversations k ON k.session_id = a.session_id AND k.jid = a.lid
			WHERE a.session_id = j.value->>0 AND a.phone_jid = coalesce(i.phone_jid, j.value->>1) LIMIT 1), '') END,
	coalesce(i.phone_jid, ''),
	j.value->>1 LIKE '%@lid' AND (c.id IS NOT NULL OR v.id IS NOT NULL OR i.phone_jid IS NOT NULL OR
		EXISTS (SELECT 1 FROM group_participants g WHERE g.jid = j.value->>1))
	FROM json_each(?) j
	LEFT JOIN contacts c ON c.session_id = j.value->>0 AND c.jid = j.value->>1
	LEFT JOIN conversations v ON v.session_id = j.value->>0 AND v.jid = j.value->>1 AND v.kind = 'person'
	LEFT JOIN identities i ON i.session_id = j.value->>0 AND i.lid = j.value->>1`

// displayNames returns the names of people, by whichever of their identifiers. A
// hidden id that is known and has none gets the number that it leads to, else what
// stands for it. Other people without a name are left out.
func displayNames(tx *gorm.DB, people []person) (map[person]string, error) {
	distinct := make([]person, 0, len(people))
	seen := make(map[person]bool, len(people))
	pairs := make([][2]any, 0, len(people))
	for _, p := range people {
		if p.jid == "" || seen[p] {
			continue
		}
		seen[p] = true
		distinct = append(distinct, p)
		pairs = append(pairs, [2]any{int64(p.session), string(p.jid)})
	}
	names := make(map[person]string, len(distinct))
	if len(distinct) == 0 {
		return names, nil
	}
	list, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	err = eachRow(tx, func(rows *sql.Rows) error {
		var i int
		var own, other string
		var number model.JID
		var known bool
		if err := rows.Scan(&i, &own, &other, &number, &known); err != nil {
			return err
		}
		p := distinct[i]
		name := firstOf(own, other)
		if known && model.NamelessTitle(name, p.jid) {
			name = firstOf(number.Phone().Plus(), model.HiddenName(p.jid))
		}
		if name != "" {
			names[p] = name
		}
		return nil
	}, nameQuery, string(list))
	return names, err
}

// authorName returns what the author of a message is called: as displayNames says,
// or as the message itself does when nothing but the identifier is known.
func authorName(p person, names map[person]string, said string) string {
	name := names[p]
	if said = strings.TrimSpace(said); (name == "" || p.jid.IsLID() && model.NamelessTitle(name, p.jid)) && !model.NamelessTitle(said, p.jid) {
		return said
	}
	if name == "" && p.jid.IsLID() {
		return model.HiddenName(p.jid)
	}
	return name
}

// namesIn fills in the names of those whom messages quote, mention or tell of, and
// those of their authors.
func namesIn(tx *gorm.DB, session model.SessionID, page []model.MessageRow) error {
	told := make([][]model.JID, len(page))
	var people []person
	several := false
	for i := range page {
		told[i] = toldOfIn(&page[i])
		several = several || len(told[i]) > 0
		for _, jid := range append(told[i], page[i].AuthorJID) {
			people = append(people, person{session, jid})
		}
	}
	names, err := displayNames(tx, people)
	if err != nil {
		return err
	}
	var mine []model.JID
	if several {
		if err := tx.Raw(mineQuery, int64(session)).Scan(&mine).Error; err != nil {
			return err
		}
	}
	for i := range page {
		row := &page[i]
		if row.AuthorJID != "" {
			row.Author = authorName(person{session, row.AuthorJID}, names, row.AuthorName)
		}
		for _, jid := range told[i] {
			if slices.Contains(mine, jid) {
				row.Own = append(row.Own, jid)
				continue
			}
			if name := names[person{session, jid}]; name != "" {
				if row.Names == nil {
					row.Names = make(map[model.JID]string, len(told[i]))
				}
				row.Names[jid] = name
			}
		}
	}
	return nil
}

// toldOfIn returns whom a message quotes, mentions or tells of.
func toldOfIn(row *model.MessageRow) []model.JID {
	var jids []model.JID
	if row.QuotedAuthor != "" {
		jids = append(jids, row.QuotedAuthor)
	}
	if strings.Contains(row.Details, `"mentions"`) || strings.Contains(row.Details, `"people"`) {
		d := row.DecodedDetails()
		jids = append(jids, d.Mentions...)
		if d.Notice != nil {
			jids = append(jids, d.Notice.People...)
		}
	}
	return jids
}
