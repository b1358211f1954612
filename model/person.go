package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// IdentitySource is from where it is known that two identifiers are one person.
type IdentitySource string

// The sources. Only a lookup is the gateway's own table; the others are what it
// says of somebody on other occasions.
const (
	SourceLookup  IdentitySource = "lookup"        // getContactLidAndPhone (contract §5.1)
	SourceContact IdentitySource = "contact"       // a contact whose id and number differ (contract §9.2)
	SourceGroup   IdentitySource = "group"         // a member of a group who was told under both
	SourceMessage IdentitySource = "message"       // a message whose author was told under both
	SourceChange  IdentitySource = "number_change" // the person changed the number (contract §11.3)
	SourceOwner   IdentitySource = "owner"         // nobody said so but the owner
)

// Verdict is what the owner decided about a pair.
type Verdict int8

// The verdicts.
const (
	VerdictApart    Verdict = -1 // not the same person, whoever says so
	VerdictNone     Verdict = 0
	VerdictTogether Verdict = 1
)

// Identity says that two identifiers are the same person (contract §10.1): a hidden
// id and a phone number, or an old number and the new one.
type Identity struct {
	SessionID SessionID
	LID       JID // the hidden id, or the old number
	PhoneJID  JID // the number
	Source    IdentitySource
	FoundAt   Stamp // when it was first told; of a lookup and a change, when it was told last
	Verdict   Verdict
}

// Usable tells whether the pair can be one: a hidden id with a number, or a number
// with another. Digits are never compared: those of a hidden id mean nothing.
func (i *Identity) Usable() bool {
	if i.PhoneJID.Phone() == "" || i.LID == i.PhoneJID {
		return false
	}
	if i.LID.IsLID() {
		return i.Source != SourceChange && i.LID.User() != ""
	}
	return i.LID.Phone() != "" && (i.Source == SourceChange || i.Source == SourceOwner)
}

// rank orders the sources by how much they are worth.
func (s IdentitySource) rank() int {
	return slices.Index([]IdentitySource{SourceOwner, SourceMessage, SourceGroup, SourceContact, SourceChange, SourceLookup}, s)
}

// Merge returns what is kept of a pair that is told again: the better source, the
// owner's verdict, and of a source that can change its mind the last time.
func (i Identity) Merge(heard Identity) Identity {
	merged := i
	switch a, b := i.Source.rank(), heard.Source.rank(); {
	case b > a:
		merged.Source, merged.FoundAt = heard.Source, heard.FoundAt
	case b < a:
	case heard.Source == SourceLookup || heard.Source == SourceChange:
		merged.FoundAt = max(i.FoundAt, heard.FoundAt)
	case heard.FoundAt != 0:
		merged.FoundAt = min(i.FoundAt, heard.FoundAt)
	}
	return merged
}

// People is who is who among some identifiers.
type People struct {
	// Main leads from every other identifier of a person to the one by which the
	// person goes: the present number.
	Main map[JID]JID
	// Asks are pairs that contradict others, so that only the owner can tell.
	Asks []Identity
}

// ResolvePeople finds out who is who from all that was told of some identifiers.
// Nobody is joined on a guess: a pair that contradicts another one is left to the
// owner, unless the gateway's own table decides between them. The order in which
// the pairs are given does not matter.
func ResolvePeople(told []Identity) People {
	told = slices.DeleteFunc(slices.Clone(told), func(i Identity) bool { return i.Verdict == VerdictApart || !i.Usable() })
	slices.SortFunc(told, func(a, b Identity) int {
		return cmp.Or(cmp.Compare(a.LID, b.LID), cmp.Compare(a.PhoneJID, b.PhoneJID))
	})
	r := resolver{people: People{Main: map[JID]JID{}}, changed: map[JID]Identity{}}
	r.changes(told)
	r.hidden(told)
	slices.SortFunc(r.people.Asks, func(a, b Identity) int {
		return cmp.Or(cmp.Compare(a.LID, b.LID), cmp.Compare(a.PhoneJID, b.PhoneJID))
	})
	return r.people
}

type resolver struct {
	people  People
	changed map[JID]Identity // by the old number
}

func (r *resolver) ask(i ...Identity) { r.people.Asks = append(r.people.Asks, i...) }

// changes joins old numbers with new ones. Of two new numbers for one the later
// counts. Two that became the same number may be two people, one after the other.
func (r *resolver) changes(told []Identity) {
	numbers := slices.DeleteFunc(slices.Clone(told), func(i Identity) bool { return i.LID.IsLID() })
	slices.SortStableFunc(numbers, func(a, b Identity) int { return cmp.Compare(b.FoundAt, a.FoundAt) })
	into := map[JID]int{}
	for _, i := range numbers {
		if i.Verdict != VerdictTogether {
			into[i.PhoneJID]++
		}
	}
	for _, i := range numbers {
		_, twice := r.changed[i.LID]
		switch {
		case twice || r.leads(i.PhoneJID, i.LID): // moved on, or back, since then
		case i.Verdict != VerdictTogether && into[i.PhoneJID] > 1:
			r.ask(i)
		default:
			r.changed[i.LID] = i
		}
	}
	for old := range r.changed {
		r.people.Main[old] = r.end(old)
	}
}

// end returns the number that a number became in the end.
func (r *resolver) end(number JID) JID {
	for {
		next, ok := r.changed[number]
		if !ok {
			return number
		}
		number = next.PhoneJID
	}
}

// leads tells whether the changes lead from one number to another.
func (r *resolver) leads(from, to JID) bool {
	for {
		if from == to {
			return true
		}
		next, ok := r.changed[from]
		if !ok {
			return false
		}
		from = next.PhoneJID
	}
}

// hidden joins hidden ids with people, each with one, and each person with one.
func (r *resolver) hidden(told []Identity) {
	byLID := map[JID][]Identity{}
	var lids []JID
	for _, i := range told {
		if !i.LID.IsLID() {
			continue
		}
		if byLID[i.LID] == nil {
			lids = append(lids, i.LID)
		}
		byLID[i.LID] = append(byLID[i.LID], i)
	}
	candidates := map[JID][]Identity{} // by person
	var mains []JID
	for _, lid := range lids {
		if i, ok := r.choose(byLID[lid]); ok {
			main := r.end(i.PhoneJID)
			if candidates[main] == nil {
				mains = append(mains, main)
			}
			candidates[main] = append(candidates[main], i)
		}
	}
	for _, main := range mains {
		r.settle(main, candidates[main])
	}
}

// choose picks the person of one hidden id.
func (r *resolver) choose(told []Identity) (Identity, bool) {
	if owner := slices.DeleteFunc(slices.Clone(told), func(i Identity) bool { return i.Verdict != VerdictTogether }); len(owner) > 0 {
		return slices.MaxFunc(owner, func(a, b Identity) int { return cmp.Compare(a.FoundAt, b.FoundAt) }), true
	}
	// A number that was somebody's before may be another's since.
	told = slices.DeleteFunc(slices.Clone(told), func(i Identity) bool {
		change, old := r.changed[i.PhoneJID]
		stale := old && i.FoundAt > change.FoundAt && !slices.ContainsFunc(told, func(other Identity) bool { return other.PhoneJID == r.end(i.PhoneJID) })
		if stale {
			r.ask(i)
		}
		return stale
	})
	if len(told) == 0 {
		return Identity{}, false
	}
	one := r.end(told[0].PhoneJID)
	if !slices.ContainsFunc(told, func(i Identity) bool { return r.end(i.PhoneJID) != one }) {
		// Of an old and a new number of one person the new one says more.
		best := slices.IndexFunc(told, func(i Identity) bool { return i.PhoneJID == one })
		return told[max(best, 0)], true
	}
	if newest, ok := newestLookup(told); ok {
		return newest, true
	}
	r.ask(told...)
	return Identity{}, false
}

// settle picks the hidden id of one person.
func (r *resolver) settle(main JID, told []Identity) {
	join := func(i Identity) { r.people.Main[i.LID] = main }
	var open []Identity
	for _, i := range told {
		if i.Verdict == VerdictTogether {
			join(i)
		} else {
			open = append(open, i)
		}
	}
	if len(open) == 1 && len(told) == 1 {
		join(open[0])
		return
	}
	chosen := Identity{}
	if len(open) == len(told) { // else the owner decided which one it is
		present := slices.DeleteFunc(slices.Clone(open), func(i Identity) bool { return i.PhoneJID != main })
		if newest, ok := newestLookup(present); ok {
			chosen = newest
		} else if len(present) == 1 {
			chosen = present[0]
		}
	}
	for _, i := range open {
		if i == chosen {
			join(i)
		} else {
			r.ask(i)
		}
	}
}

// newestLookup returns what the gateway's own table said last, when it is plain
// which that was.
func newestLookup(told []Identity) (newest Identity, ok bool) {
	for _, i := range told {
		if i.Source != SourceLookup {
			continue
		}
		switch {
		case newest.LID == "" || i.FoundAt > newest.FoundAt:
			newest, ok = i, true
		case i.FoundAt == newest.FoundAt:
			ok = false
		}
	}
	return newest, ok
}

// Standing is how an identifier stands to a person.
type Standing string

// The standings.
const (
	StandingMain   Standing = "main"   // the person goes by it
	StandingJoined Standing = "joined" // it is the same person
	StandingApart  Standing = "apart"  // it was told to be, and the owner said that it is not
	StandingAsks   Standing = "asks"   // what was told contradicts itself
	StandingLike   Standing = "like"   // a number that the same person may have, see PhoneVariants
)

// PersonID is an identifier that is, or could be, one of a person's.
type PersonID struct {
	JID      JID            `json:"id"`
	Standing Standing       `json:"standing"`
	With     JID            `json:"with,omitempty"`   // of the pair that says so
	Source   IdentitySource `json:"source,omitempty"` // why
	FoundAt  Stamp          `json:"found_at,omitempty"`
	Name     string         `json:"name,omitempty"` // what it is called by itself
}

// hiddenDigits is how many digits of a hidden id tell people without a name apart.
const hiddenDigits = 4

// HiddenName is what somebody is called of whom neither a name nor a number is
// known. The digits of a hidden id look like a number and are none, so they are
// not shown as one (contract §10.1).
func HiddenName(j JID) string {
	user := j.User()
	return "~" + user[max(0, len(user)-hiddenDigits):]
}

// NamelessTitle tells whether a title says no more than an identifier does: it is
// empty, or the digits of it in any form.
func NamelessTitle(title string, j JID) bool {
	title = strings.TrimSpace(title)
	return title == "" || title == HiddenName(j) && j.IsLID() || title == j.User() ||
		strings.Trim(title, "+0123456789 ()-.\u00a0\u2011\u202f") == "" && Digits(title) == j.User()
}

// ShownName is what somebody is called wherever it is shown: by the first of some
// names that says more than the identifier does, else by the number as write puts
// it, else as HiddenName. A name that is a bare number is written so too. It is
// the one rule for all screens, notifications and the command line.
func ShownName(j JID, write func(Phone) string, names ...string) string {
	for _, name := range names {
		if name = strings.TrimSpace(name); NamelessTitle(name, j) {
			continue
		}
		if digits, ok := strings.CutPrefix(name, "+"); ok && Phone(digits).Valid() {
			return write(Phone(digits))
		}
		return name
	}
	if phone := j.Phone(); phone != "" {
		return write(phone)
	}
	if j.IsLID() {
		return HiddenName(j)
	}
	return j.User()
}

// Names are what is known of how one identifier is called.
type Names struct {
	JID      JID
	Name     string // in the address book
	Verified string // of a company
	Push     string // the person's own
	Short    string
	Title    string // of the conversation, or the formatted number
}

// PersonName chooses the name of a person from all identifiers, the main one
// first: the address book's, the verified one of a company, the person's own, the
// title of a conversation, the number (contract §9.2).
func PersonName(ids []Names) string {
	for _, of := range []func(*Names) string{
		func(n *Names) string { return n.Name },
		func(n *Names) string { return n.Verified },
		func(n *Names) string { return n.Push },
		func(n *Names) string { return n.Short },
		func(n *Names) string { return n.Title },
	} {
		for i := range ids {
			if s := strings.TrimSpace(of(&ids[i])); !NamelessTitle(s, ids[i].JID) && !ownDigits(s, ids) {
				return s
			}
		}
	}
	for i := range ids {
		if ids[i].JID.Phone() != "" && Digits(ids[i].Title) == ids[i].JID.User() {
			return strings.TrimSpace(ids[i].Title)
		}
	}
	for i := range ids {
		if p := ids[i].JID.Phone(); p != "" {
			return p.Plus()
		}
	}
	if len(ids) == 0 {
		return ""
	}
	if ids[0].JID.IsLID() {
		return HiddenName(ids[0].JID)
	}
	return ids[0].JID.User()
}

// ownDigits tells whether a name is only the number of another identifier of the person.
func ownDigits(s string, ids []Names) bool {
	return slices.ContainsFunc(ids, func(n Names) bool { return NamelessTitle(s, n.JID) })
}

// Compare orders sources by how much they are worth, the worst first.
func (s IdentitySource) Compare(other IdentitySource) int { return s.rank() - other.rank() }

// LookupLimit says how sparingly the gateway's table of hidden ids is asked.
type LookupLimit struct {
	Most   int // ids in one call
	Calls  int // within Within
	Within time.Duration
	Age    time.Duration // after which one that was answered may be asked for again
	Again  time.Duration // the same of one whose call was never answered
}
