package store

import (
	"database/sql"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// completePictures gives those of n rows about people that have no picture of their own
// that of another identifier of the same person, or what the contact has and the
// conversation has not, or the reverse: one may have come long after the other. at says
// whose row one is, and where its picture stands.
func completePictures(tx *gorm.DB, n int, at func(i int) (person, *string)) error {
	missing := map[model.SessionID][]model.JID{}
	for i := range n {
		if p, picture := at(i); *picture == "" && !p.jid.IsGroup() {
			missing[p.session] = append(missing[p.session], p.jid)
		}
	}
	for session, jids := range missing {
		held, err := picturesOf(tx, session, jids)
		if err != nil {
			return err
		}
		for i := range n {
			if p, picture := at(i); *picture == "" && p.session == session {
				*picture = held[p.jid]
			}
		}
	}
	return nil
}

// picturesOf returns the pictures that are held under any identifier of people.
func picturesOf(tx *gorm.DB, session model.SessionID, jids []model.JID) (map[model.JID]string, error) {
	links, err := linksOf(tx, session, jids)
	if err != nil {
		return nil, err
	}
	main := func(jid model.JID) model.JID {
		if m, ok := links[jid]; ok {
			return m
		}
		return jid
	}
	ids := make([]model.JID, 0, len(jids)+2*len(links))
	ids = append(ids, jids...)
	for alias, of := range links {
		ids = append(ids, alias, of)
	}
	list, err := jsonTexts(ids)
	if err != nil {
		return nil, err
	}
	pictures := map[model.JID]string{} // by main identifiers
	err = eachRow(tx, func(rows *sql.Rows) error {
		var jid model.JID
		var hash string
		err := rows.Scan(&jid, &hash)
		pictures[main(jid)] = firstOf(pictures[main(jid)], hash)
		return err
	}, `WITH j AS MATERIALIZED (SELECT DISTINCT value AS jid FROM json_each(?2))
		SELECT p.jid, p.avatar_hash FROM j CROSS JOIN contacts p ON p.session_id = ?1 AND p.jid = j.jid WHERE p.avatar_hash <> ''
		UNION SELECT p.jid, p.avatar_hash FROM j CROSS JOIN conversations p ON p.session_id = ?1 AND p.jid = j.jid WHERE p.avatar_hash <> ''
		ORDER BY 1, 2`, int64(session), list)
	held := make(map[model.JID]string, len(jids))
	for _, jid := range jids {
		held[jid] = pictures[main(jid)]
	}
	return held, err
}
