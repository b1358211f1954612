package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// pair is two identifiers that were told to be one person.
type pair struct{ alias, main model.JID }

// SaveIdentities keeps pairs of identifiers that were told to be one person, and
// joins the people, their contacts and conversations as far as that follows from
// all that was told, see model.ResolvePeople. Nothing is joined that the owner
// took apart. Pairs that are held are not written. changed says whether somebody
// was joined or taken apart.
func (s *Store) SaveIdentities(ctx context.Context, identities []model.Identity) (changed bool, err error) {
	if len(identities) == 0 {
		return false, nil
	}
	bySession := map[model.SessionID][]model.Identity{}
	for _, i := range identities {
		if i.Usable() {
			bySession[i.SessionID] = append(bySession[i.SessionID], i)
		}
	}
	for id, told := range bySession {
		var fresh map[pair]model.Identity
		if err := s.read(ctx, "compare identities", func(tx *gorm.DB) (err error) {
			fresh, err = freshClaims(tx, id, told)
			return err
		}); err != nil {
			return changed, err
		}
		if len(fresh) == 0 {
			continue
		}
		err := s.write(ctx, "save identities", func(tx *gorm.DB) error {
			joined, err := saveClaims(tx, id, told)
			changed = changed || joined
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return changed, nil
}

// saveClaims is SaveIdentities of one session within a transaction.
func saveClaims(tx *gorm.DB, id model.SessionID, told []model.Identity) (changed bool, err error) {
	if len(told) == 0 {
		return false, nil
	}
	fresh, err := freshClaims(tx, id, told)
	if err != nil || len(fresh) == 0 {
		return false, err
	}
	ids := make([]model.JID, 0, 2*len(fresh))
	claims := slices.Collect(maps.Values(fresh))
	for _, i := range claims {
		ids = append(ids, i.LID, i.PhoneJID)
	}
	if err := putClaims(tx, id, claims); err != nil {
		return false, err
	}
	return resolvePeople(tx, id, ids)
}

// freshClaims returns those of what was told that differ from what is held, as they become.
func freshClaims(tx *gorm.DB, id model.SessionID, told []model.Identity) (map[pair]model.Identity, error) {
	aliases := make([]model.JID, len(told))
	for i := range told {
		aliases[i] = told[i].LID
	}
	held, err := claimsWhere(tx, id, "alias", aliases)
	if err != nil {
		return nil, err
	}
	known := make(map[pair]model.Identity, len(held))
	for _, i := range held {
		known[pair{i.LID, i.PhoneJID}] = i
	}
	fresh := map[pair]model.Identity{}
	for _, i := range told {
		p := pair{i.LID, i.PhoneJID}
		old, ok := known[p]
		if !ok {
			i.Verdict = model.VerdictNone
			known[p], fresh[p] = i, i
			continue
		}
		i.SessionID = id
		if merged := old.Merge(i); merged != old {
			known[p], fresh[p] = merged, merged
		}
	}
	return fresh, nil
}

// claimsWhere reads the pairs one side of which ("alias" or "main") is among some identifiers.
func claimsWhere(tx *gorm.DB, id model.SessionID, side string, ids []model.JID) ([]model.Identity, error) {
	list, err := jsonTexts(ids)
	if err != nil {
		return nil, err
	}
	var held []model.Identity
	return held, eachRow(tx, func(rows *sql.Rows) error {
		i := model.Identity{SessionID: id}
		err := rows.Scan(&i.LID, &i.PhoneJID, &i.Source, &i.FoundAt, &i.Verdict)
		held = append(held, i)
		return err
	}, "SELECT alias, main, source, told_at, verdict FROM (SELECT DISTINCT value AS jid FROM json_each(?)) j CROSS JOIN identity_claims c ON c.session_id = ? AND c."+side+" = j.jid",
		list, int64(id))
}

func putClaims(tx *gorm.DB, id model.SessionID, claims []model.Identity) error {
	args := make([]any, 0, 6*len(claims))
	for _, i := range claims {
		args = append(args, int64(id), string(i.LID), string(i.PhoneJID), string(i.Source), int64(i.FoundAt), int64(i.Verdict))
	}
	return insertAll(tx, "INSERT INTO identity_claims (session_id, alias, main, source, told_at, verdict)", 6,
		` ON CONFLICT (session_id, alias, main) DO UPDATE SET source = excluded.source, told_at = excluded.told_at, verdict = excluded.verdict`, args)
}

// connected returns all pairs that concern some identifiers, those of the others in
// these pairs too, and so on, and all identifiers in them.
func connected(tx *gorm.DB, id model.SessionID, ids []model.JID) ([]model.Identity, []model.JID, error) {
	claims := map[pair]model.Identity{}
	seen := map[model.JID]bool{}
	for next := ids; len(next) > 0; {
		var found []model.Identity
		for _, side := range []string{"alias", "main"} {
			some, err := claimsWhere(tx, id, side, next)
			if err != nil {
				return nil, nil, err
			}
			found = append(found, some...)
		}
		for _, jid := range next {
			seen[jid] = true
		}
		next = nil
		for _, i := range found {
			claims[pair{i.LID, i.PhoneJID}] = i
			for _, jid := range []model.JID{i.LID, i.PhoneJID} {
				if !seen[jid] {
					seen[jid] = true
					next = append(next, jid)
				}
			}
		}
	}
	return slices.Collect(maps.Values(claims)), slices.Collect(maps.Keys(seen)), nil
}

// resolvePeople works out anew who is who among some identifiers and all that were
// ever told to be theirs, and joins the rows accordingly.
func resolvePeople(tx *gorm.DB, id model.SessionID, ids []model.JID) (changed bool, err error) {
	claims, all, err := connected(tx, id, ids)
	if err != nil {
		return false, err
	}
	people := model.ResolvePeople(claims)
	held, err := linksOf(tx, id, all)
	if err != nil {
		return false, err
	}
	told := make(map[pair]model.Stamp, len(claims))
	for _, i := range claims {
		told[pair{i.LID, i.PhoneJID}] = i.FoundAt
	}
	var gone []model.JID
	var args []any
	for alias, main := range held {
		if _, stays := people.Main[alias]; !stays {
			gone = append(gone, alias)
		}
		all = append(all, main)
	}
	for alias, main := range people.Main {
		if held[alias] != main {
			args = append(args, int64(id), string(alias), string(main), int64(told[pair{alias, main}]))
		}
	}
	if len(gone)+len(args) == 0 {
		return false, nil
	}
	list, err := jsonTexts(gone)
	if err != nil {
		return false, err
	}
	if err := exec(tx, "DELETE FROM identities WHERE session_id = ? AND lid IN (SELECT value FROM json_each(?))", int64(id), list); err != nil {
		return false, err
	}
	err = insertAll(tx, "INSERT INTO identities (session_id, lid, phone_jid, found_at)", 4,
		" ON CONFLICT (session_id, lid) DO UPDATE SET phone_jid = excluded.phone_jid, found_at = excluded.found_at", args)
	if err != nil {
		return false, err
	}
	return true, regroup(tx, id, all)
}

// linksOf returns which identifiers lead to which main ones, of people that have
// one of some identifiers.
func linksOf(tx *gorm.DB, id model.SessionID, ids []model.JID) (map[model.JID]model.JID, error) {
	list, err := jsonTexts(ids)
	if err != nil {
		return nil, err
	}
	links := map[model.JID]model.JID{}
	return links, eachRow(tx, func(rows *sql.Rows) error {
		var alias, main model.JID
		err := rows.Scan(&alias, &main)
		links[alias] = main
		return err
	}, `WITH j AS MATERIALIZED (SELECT DISTINCT value AS jid FROM json_each(?2)),
		mains AS MATERIALIZED (SELECT i.phone_jid AS jid FROM j CROSS JOIN identities i ON i.session_id = ?1 AND i.lid = j.jid
			UNION SELECT jid FROM j)
		SELECT i.lid, i.phone_jid FROM mains m CROSS JOIN identities i ON i.session_id = ?1 AND i.phone_jid = m.jid`,
		int64(id), list)
}

// JoinPeople says that two identifiers are one person, because the owner said so.
// It undoes SplitPerson. Of two numbers the second is the present one.
func (s *Store) JoinPeople(ctx context.Context, id model.SessionID, one, other model.JID) error {
	if other.IsLID() {
		one, other = other, one
	}
	i := model.Identity{SessionID: id, LID: one, PhoneJID: other, Source: model.SourceOwner, FoundAt: s.stamp()}
	if !i.Usable() {
		return fmt.Errorf("join two identifiers: %w", model.ErrInvalidJID)
	}
	return s.write(ctx, "join two identifiers", func(tx *gorm.DB) error {
		ids, err := personOf(tx, id, other)
		if err != nil {
			return err
		}
		list, err := jsonTexts(ids)
		if err != nil {
			return err
		}
		err = exec(tx, `UPDATE identity_claims SET verdict = 0 WHERE session_id = ?1 AND verdict = -1
			AND (alias = ?2 AND main IN (SELECT value FROM json_each(?3)) OR main = ?2 AND alias IN (SELECT value FROM json_each(?3)))`,
			int64(id), string(one), list)
		if err != nil {
			return err
		}
		err = exec(tx, `INSERT INTO identity_claims (session_id, alias, main, source, told_at, verdict) VALUES (?, ?, ?, ?, ?, 1)
			ON CONFLICT (session_id, alias, main) DO UPDATE SET verdict = 1`,
			int64(id), string(i.LID), string(i.PhoneJID), string(i.Source), int64(i.FoundAt))
		if err != nil {
			return err
		}
		_, err = resolvePeople(tx, id, []model.JID{one, other})
		return err
	})
}

// SplitPerson says that an identifier is not of the person that it is joined with
// or could be joined with. It is remembered: nothing that the gateway says joins
// them again, only JoinPeople does.
func (s *Store) SplitPerson(ctx context.Context, id model.SessionID, jid, from model.JID) error {
	return s.write(ctx, "take an identifier from a person", func(tx *gorm.DB) error {
		ids, err := personOf(tx, id, from)
		if err != nil {
			return err
		}
		claims, _, err := connected(tx, id, []model.JID{jid})
		if err != nil {
			return err
		}
		known := make(map[pair]model.Identity, len(claims))
		for _, i := range claims {
			known[pair{i.LID, i.PhoneJID}] = i
		}
		var apart []model.Identity
		for _, other := range staying(ids, jid, from, claims) {
			for _, p := range []pair{{jid, other}, {other, jid}} {
				i, told := known[p]
				if !told {
					i = model.Identity{LID: p.alias, PhoneJID: p.main, Source: model.SourceOwner, FoundAt: s.stamp()}
				}
				if i.Verdict = model.VerdictApart; i.Usable() {
					apart = append(apart, i)
				}
			}
		}
		if err := putClaims(tx, id, apart); err != nil {
			return err
		}
		_, err = resolvePeople(tx, id, append(ids, jid))
		return err
	})
}

// staying returns those identifiers of a person that stay together when one of them
// is taken from another: the others go with it.
func staying(ids []model.JID, jid, from model.JID, claims []model.Identity) []model.JID {
	stay := []model.JID{from}
	for i := 0; i < len(stay); i++ {
		for _, c := range claims {
			other := c.LID
			if c.LID == stay[i] {
				other = c.PhoneJID
			} else if c.PhoneJID != stay[i] {
				continue
			}
			if c.Verdict != model.VerdictApart && other != jid && slices.Contains(ids, other) && !slices.Contains(stay, other) {
				stay = append(stay, other)
			}
		}
	}
	return stay
}

// personOf returns the identifiers of a person, the main one first, then numbers.
func personOf(tx *gorm.DB, id model.SessionID, jid model.JID) ([]model.JID, error) {
	links, err := linksOf(tx, id, []model.JID{jid})
	if err != nil {
		return nil, err
	}
	main := jid
	if m, ok := links[jid]; ok {
		main = m
	}
	return inOrder(main, links), nil
}

// inOrder returns the identifiers that lead to a main one, that first.
func inOrder(main model.JID, links map[model.JID]model.JID) []model.JID {
	ids := []model.JID{main}
	for alias, to := range links {
		if to == main {
			ids = append(ids, alias)
		}
	}
	slices.SortFunc(ids[1:], func(a, b model.JID) int {
		switch {
		case a.IsLID() != b.IsLID() && b.IsLID():
			return -1
		case a.IsLID() != b.IsLID():
			return 1
		case a < b:
			return -1
		}
		return 1
	})
	return ids
}

// PersonIDs returns every identifier of a person, the main one first, then those
// that were told or may be the person's, and why. Somebody with one is alone in it.
func (s *Store) PersonIDs(ctx context.Context, id model.SessionID, jid model.JID) ([]model.PersonID, error) {
	var list []model.PersonID
	err := s.read(ctx, "read the identifiers of a person", func(tx *gorm.DB) (err error) {
		list, err = personIDs(tx, id, jid)
		return err
	})
	return list, err
}

func personIDs(tx *gorm.DB, id model.SessionID, jid model.JID) ([]model.PersonID, error) {
	ids, err := personOf(tx, id, jid)
	if err != nil {
		return nil, err
	}
	claims, _, err := connected(tx, id, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(claims, func(a, b model.Identity) int { return b.Source.Compare(a.Source) })
	list := []model.PersonID{{JID: ids[0], Standing: model.StandingMain}}
	for _, alias := range ids[1:] {
		joined := model.PersonID{JID: alias, Standing: model.StandingJoined, With: ids[0], Source: model.SourceOwner}
		at := slices.IndexFunc(claims, func(i model.Identity) bool {
			return i.Verdict != model.VerdictApart && (i.LID == alias && slices.Contains(ids, i.PhoneJID) || i.PhoneJID == alias && slices.Contains(ids, i.LID))
		})
		if at >= 0 {
			joined.Source, joined.FoundAt = claims[at].Source, claims[at].FoundAt
		}
		list = append(list, joined)
	}
	list = append(list, disputed(ids, claims)...)
	like, err := numbersLike(tx, id, list)
	if err != nil {
		return nil, err
	}
	return nameIDs(tx, id, append(list, like...))
}

// disputed returns the others in the pairs of a person that are not joined.
func disputed(ids []model.JID, claims []model.Identity) []model.PersonID {
	var list []model.PersonID
	for _, i := range claims {
		mine, other := i.LID, i.PhoneJID
		if slices.Contains(ids, other) {
			mine, other = other, mine
		}
		known := slices.ContainsFunc(list, func(p model.PersonID) bool { return p.JID == other })
		if !slices.Contains(ids, mine) || slices.Contains(ids, other) || known {
			continue
		}
		p := model.PersonID{JID: other, Standing: model.StandingAsks, With: mine, Source: i.Source, FoundAt: i.FoundAt}
		if i.Verdict == model.VerdictApart {
			p.Standing = model.StandingApart
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b model.PersonID) int {
		if a.JID < b.JID {
			return -1
		}
		return 1
	})
	return list
}

// numbersLike returns people that are held under a number that may be another form of one in the list.
func numbersLike(tx *gorm.DB, id model.SessionID, list []model.PersonID) ([]model.PersonID, error) {
	with := map[model.JID]model.JID{}
	for _, p := range list {
		if p.Standing != model.StandingMain && p.Standing != model.StandingJoined {
			continue
		}
		for _, v := range model.PhoneVariants(p.JID.Phone()) {
			other := model.JID(string(v) + "@" + model.ServerPhone)
			if !slices.ContainsFunc(list, func(q model.PersonID) bool { return q.JID == other }) {
				with[other] = p.JID
			}
		}
	}
	if len(with) == 0 {
		return nil, nil
	}
	texts, err := jsonTexts(slices.Sorted(maps.Keys(with)))
	if err != nil {
		return nil, err
	}
	var like []model.PersonID
	return like, eachRow(tx, func(rows *sql.Rows) error {
		p := model.PersonID{Standing: model.StandingLike}
		err := rows.Scan(&p.JID)
		p.With = with[p.JID]
		like = append(like, p)
		return err
	}, `SELECT j.value FROM json_each(?1) j WHERE EXISTS (SELECT 1 FROM contacts k WHERE k.session_id = ?2 AND k.jid = j.value)
		OR EXISTS (SELECT 1 FROM conversations c WHERE c.session_id = ?2 AND c.jid = j.value) ORDER BY j.value`, texts, int64(id))
}

// nameIDs fills in what each identifier is called by itself.
func nameIDs(tx *gorm.DB, id model.SessionID, list []model.PersonID) ([]model.PersonID, error) {
	ids := make([]model.JID, len(list))
	for i := range list {
		ids[i] = list[i].JID
	}
	texts, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return list, eachRow(tx, func(rows *sql.Rows) error {
		var at int
		var contact, conversation string
		if err := rows.Scan(&at, &contact, &conversation); err != nil {
			return err
		}
		for _, name := range []string{contact, conversation} {
			if list[at].Name == "" && !model.NamelessTitle(name, list[at].JID) {
				list[at].Name = name
			}
		}
		return nil
	}, `SELECT j.key, coalesce(k.own_name, ''), coalesce(c.own_name, '') FROM json_each(?1) j
		LEFT JOIN contacts k ON k.session_id = ?2 AND k.jid = j.value LEFT JOIN conversations c ON c.session_id = ?2 AND c.jid = j.value`,
		string(texts), int64(id))
}
