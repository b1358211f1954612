package store

import (
	"database/sql"
	"strings"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// contactOfPerson is what regroup reads and writes of a contact.
type contactOfPerson struct {
	id, person                          model.ContactID
	jid                                 model.JID
	phone                               model.Phone
	name, verified, push, short         string
	own, display, search, storedDisplay string
}

// conversationOfPerson is what regroup reads and writes of a conversation.
type conversationOfPerson struct {
	id, thread        model.ConversationID
	jid               model.JID
	own, name, search string
}

// regrouping joins the rows of people anew.
type regrouping struct {
	tx            *gorm.DB
	contacts      map[model.JID]*contactOfPerson
	conversations map[model.JID]*conversationOfPerson
	heads         map[model.ConversationID]bool // threads that a row left
}

// regroup brings the rows of the people with some identifiers up to who is who: one
// contact and one conversation stands for each person, named by all that is known of
// the person. Rows that belong to nobody else any more stand for themselves again.
// What each row says of itself is not touched. Nothing that is right is written.
func regroup(tx *gorm.DB, id model.SessionID, jids []model.JID) error {
	people := peopleAmong(jids)
	if len(people) == 0 {
		return nil
	}
	links, err := linksOf(tx, id, people)
	if err != nil {
		return err
	}
	all := people
	for alias, main := range links {
		all = append(all, alias, main)
	}
	r := regrouping{
		tx: tx, contacts: map[model.JID]*contactOfPerson{}, conversations: map[model.JID]*conversationOfPerson{},
		heads: map[model.ConversationID]bool{},
	}
	if err := r.load(id, all); err != nil {
		return err
	}
	byMain := map[model.JID]map[model.JID]model.JID{}
	for alias, main := range links {
		if byMain[main] == nil {
			byMain[main] = map[model.JID]model.JID{}
		}
		byMain[main][alias] = main
	}
	done := map[model.JID]bool{}
	for _, jid := range people {
		main, linked := links[jid]
		if !linked {
			main = jid
		}
		if done[main] {
			continue
		}
		done[main] = true
		if err := r.person(inOrder(main, byMain[main])); err != nil {
			return err
		}
	}
	for head := range r.heads { // what is left of a thread that a row left counts anew
		if err := exec(tx, "UPDATE conversations SET thread_id = thread_id WHERE id = ? AND thread_id <> 0", int64(head)); err != nil {
			return err
		}
	}
	return nil
}

// peopleAmong returns the identifiers that are of persons.
func peopleAmong(jids []model.JID) []model.JID {
	people := make([]model.JID, 0, len(jids))
	for _, jid := range jids {
		if server := jid.Server(); server == model.ServerPhone || server == model.ServerLID {
			people = append(people, jid)
		}
	}
	return people
}

// load reads the rows of some identifiers.
func (r *regrouping) load(id model.SessionID, jids []model.JID) error {
	list, err := jsonTexts(jids)
	if err != nil {
		return err
	}
	err = eachRow(r.tx, func(rows *sql.Rows) error {
		c := new(contactOfPerson)
		err := rows.Scan(&c.id, &c.person, &c.jid, &c.phone, &c.name, &c.verified, &c.push, &c.short, &c.own, &c.storedDisplay, &c.search)
		r.contacts[c.jid] = c
		return err
	}, `SELECT k.id, k.person_id, k.jid, k.phone, k.name, k.verified_name, k.push_name, k.short_name, k.own_name, k.display_name, k.search_text
		FROM (SELECT DISTINCT value AS jid FROM json_each(?)) j CROSS JOIN contacts k ON k.session_id = ? AND k.jid = j.jid`, list, int64(id))
	if err != nil {
		return err
	}
	return eachRow(r.tx, func(rows *sql.Rows) error {
		c := new(conversationOfPerson)
		err := rows.Scan(&c.id, &c.thread, &c.jid, &c.own, &c.name, &c.search)
		r.conversations[c.jid] = c
		return err
	}, `SELECT c.id, c.thread_id, c.jid, c.own_name, c.name, c.search_text
		FROM (SELECT DISTINCT value AS jid FROM json_each(?)) j CROSS JOIN conversations c ON c.session_id = ? AND c.jid = j.jid`, list, int64(id))
}

// person writes the rows of one person, whose identifiers are given, the main one first.
func (r *regrouping) person(ids []model.JID) error {
	names := make([]model.Names, len(ids))
	contacts, conversations := make([]*contactOfPerson, 0, len(ids)), make([]*conversationOfPerson, 0, len(ids))
	for i, jid := range ids {
		names[i].JID = jid
		if k := r.contacts[jid]; k != nil {
			names[i] = model.Names{JID: jid, Name: k.name, Verified: k.verified, Push: k.push, Short: k.short, Title: k.own}
			contacts = append(contacts, k)
		}
		if c := r.conversations[jid]; c != nil {
			if model.NamelessTitle(names[i].Title, jid) && c.own != "" {
				names[i].Title = c.own
			}
			conversations = append(conversations, c)
		}
	}
	name := model.PersonName(names)
	for _, k := range contacts {
		if err := r.contact(k, contacts, name, names); err != nil {
			return err
		}
	}
	for _, c := range conversations {
		if err := r.conversation(c, conversations, name, names); err != nil {
			return err
		}
	}
	return nil
}

// contact writes one of the contacts of a person, the first of which stands for the person.
func (r *regrouping) contact(k *contactOfPerson, all []*contactOfPerson, name string, names []model.Names) error {
	want := *k
	want.person, want.phone, want.display = 0, k.jid.Phone(), k.own
	others := []string{k.name, k.push, k.short, k.verified}
	if model.NamelessTitle(k.own, k.jid) { // the title of the conversation may say more
		want.display = name
	}
	if len(all) > 1 {
		want.person = all[0].id
	}
	several := len(names) > 1
	if several {
		want.display = name
	}
	if several && k == all[0] {
		want.phone, others = names[0].JID.Phone(), everyName(names)
	}
	want.search = searchText(k.jid, want.phone, append([]string{want.display}, others...)...)
	if several && k == all[0] {
		want.search += otherNumbers(names, want.phone)
	}
	if want.person == k.person && want.phone == k.phone && want.display == k.storedDisplay && want.search == k.search {
		return nil
	}
	return exec(r.tx, "UPDATE contacts SET person_id = ?, phone = ?, display_name = ?, sort_name = ?, search_text = ? WHERE id = ?",
		int64(want.person), string(want.phone), want.display, Fold(want.display), want.search, int64(k.id))
}

// everyName returns all names of a person.
func everyName(names []model.Names) []string {
	var list []string
	for i := range names {
		for _, s := range []string{names[i].Name, names[i].Push, names[i].Short, names[i].Verified} {
			if s != "" {
				list = append(list, s)
			}
		}
	}
	return list
}

// otherNumbers returns the numbers of a person, except one, as they are looked for.
func otherNumbers(names []model.Names, except model.Phone) string {
	var b strings.Builder
	for i := range names {
		if p := names[i].JID.Phone(); p != "" && p != except {
			b.WriteByte('\n')
			b.WriteString(string(p))
		}
	}
	return b.String()
}

// conversation writes one conversation of a person.
func (r *regrouping) conversation(c *conversationOfPerson, all []*conversationOfPerson, name string, names []model.Names) error {
	thread := model.ConversationID(0)
	if len(all) > 1 {
		thread = all[0].id
	}
	search := searchText(c.jid, "", append([]string{name}, everyName(names)...)...)
	if len(names) == 1 {
		search = searchText(c.jid, "", name)
	} else {
		search += otherNumbers(names, c.jid.Phone())
	}
	if thread == c.thread && name == c.name && search == c.search {
		return nil
	}
	if c.thread != 0 && c.thread != thread {
		r.heads[c.thread] = true
	}
	const alone = `, thread_pinned = NULL, thread_archived = NULL, thread_unread = NULL, thread_marked = NULL, thread_muted = NULL,
		thread_last_at = NULL, thread_seen = NULL`
	set := "UPDATE conversations SET thread_id = ?, name = ?, search_text = ?"
	if thread != c.id {
		set += alone
	}
	return exec(r.tx, set+" WHERE id = ?", int64(thread), name, search, int64(c.id))
}

// rebuildPeople joins everybody anew, of all sessions.
func rebuildPeople(tx *gorm.DB) error {
	var sessions []model.SessionID
	if err := tx.Raw("SELECT id FROM sessions").Scan(&sessions).Error; err != nil {
		return err
	}
	for _, id := range sessions {
		var ids []model.JID
		err := tx.Raw(`SELECT alias FROM identity_claims WHERE session_id = ?1 UNION SELECT main FROM identity_claims WHERE session_id = ?1
			UNION SELECT jid FROM conversations WHERE session_id = ?1 AND kind = 'person'
			UNION SELECT jid FROM contacts WHERE session_id = ?1 AND jid LIKE '%@lid'`, int64(id)).Scan(&ids).Error
		if err != nil {
			return err
		}
		if _, err := resolvePeople(tx, id, ids); err != nil {
			return err
		}
		if err := regroup(tx, id, ids); err != nil {
			return err
		}
	}
	return nil
}
