package store

import (
	"database/sql"
	"encoding/json"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// person is an identifier within a session.
type person struct {
	session model.SessionID
	jid     model.JID
}

// nameQuery finds the names of many people at once.
const nameQuery = `SELECT j.key, coalesce(c.display_name, ''),
	coalesce(p.display_name, '')
	FROM json_each(?) j
	LEFT JOIN contacts c ON c.session_id = j.value->>0 AND c.jid = j.value->>1
	LEFT JOIN identities i ON i.session_id = j.value->>0 AND i.lid = j.value->>1
	LEFT JOIN contacts p ON p.session_id = i.session_id AND p.jid = i.phone_jid`

// displayNames returns the names of people: of the contact with that identifier,
// else of the contact with the phone number that a hidden id stands for. People
// without a name are left out.
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
		var own, byPhone string
		if err := rows.Scan(&i, &own, &byPhone); err != nil {
			return err
		}
		// What only stands for a hidden id is no name: the contact of the number
		// that it leads to, when it is known, says more.
		if own == "" || distinct[i].jid.IsLID() && model.NamelessTitle(own, distinct[i].jid) {
			own = byPhone
		}
		if own != "" {
			names[distinct[i]] = own
		}
		return nil
	}, nameQuery, string(list))
	return names, err
}
