package simulator

import "strings"

// source gives the base data of one account. All of it is a function of indices;
// an implementation is read-only after it was made.
type source interface {
	me() person
	// people is the length of the contact list without oneself, WhatsApp and groups.
	people() int
	person(p int) person
	// find looks a person up by the user part of an id, also beyond people.
	find(id wid) (person, bool)
	conversations() int
	conversation(c int) conversation
	findConversation(id wid) (int, bool)
	members(c int) []member
	// messages is how many base messages conversation c has; message fills m with
	// number k of them, 0 being the oldest.
	messages(c int) int
	message(c, k int, m *message)
	findMessage(c int, id string) (int, bool)
	// labels are those of a business account, none of another one; labelled says
	// which of them conversation c carries.
	labels() []label
	labelled(c int) labelSet
	// newText gives the text of something that comes in now.
	newText(h uint64) string
}

// Servers of wids.
const (
	serverPhone      = "c.us"
	serverLID        = "lid"
	serverGroup      = "g.us"
	serverBroadcast  = "broadcast"
	serverNewsletter = "newsletter"
)

// wid is an id of a chat or a person.
type wid struct{ user, server string }

func (w wid) String() string { return w.user + "@" + w.server }
func (w wid) zero() bool     { return w.server == "" }

// parseWID splits an id; ok is false when the gateway would call it invalid.
func parseWID(id string) (w wid, ok bool) {
	user, server, found := strings.Cut(id, "@")
	if !found || user == "" || len(user) > 40 {
		return wid{}, false
	}
	if server == "s.whatsapp.net" {
		server = serverPhone
	}
	w = wid{user, server}
	switch server {
	case serverPhone, serverLID, serverNewsletter:
		return w, digitsOnly(user)
	case serverGroup:
		return w, digitsOnly(strings.Replace(user, "-", "", 1))
	case serverBroadcast:
		return w, user == "status" || digitsOnly(user)
	}
	return w, false
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// field is a text member that can be present, null or missing (contract §9.1).
type field struct {
	state fieldState
	text  string
}

type fieldState uint8

const (
	fieldMissing fieldState = iota
	fieldNull
	fieldPresent
)

func present(s string) field { return field{fieldPresent, s} }

// orMissing is present unless s is empty.
func orMissing(s string) field {
	if s == "" {
		return field{}
	}
	return present(s)
}

// personKind says which trap of contract §10.1 a contact entry shows.
type personKind uint8

const (
	personNormal  personKind = iota
	personTwin               // the hidden id of the person before, as a contact of its own
	personLIDOnly            // no phone is known
	personDoubled            // listed twice: same id, second time with the lid as number
)

// person is one entry of the contact list.
type person struct {
	index          int
	kind           personKind
	phone, lid     string // digits; phone is empty for personLIDOnly
	name, pushname field
	shortName      field
	verifiedName   string
	business       bool
	inBook         bool // in the phone's address book
	avatar         bool
	about          field
	me             bool
}

func (p person) id() wid {
	if p.kind == personTwin || p.kind == personLIDOnly {
		return wid{p.lid, serverLID}
	}
	return wid{p.phone, serverPhone}
}

// display is the title of a chat with the person.
func (p person) display() string {
	for _, s := range []string{p.name.text, p.verifiedName, p.pushname.text} {
		if s != "" {
			return s
		}
	}
	if p.phone == "" {
		return ""
	}
	return formatPhone(p.phone, p.index%3 == 1)
}

// formatPhone writes a number as the page does, with ordinary or no-break spaces.
func formatPhone(digits string, noBreak bool) string {
	space := " "
	if noBreak {
		space = "\u00a0"
	}
	if strings.HasPrefix(digits, "34") && len(digits) == 11 {
		return "+34" + space + digits[2:5] + space + digits[5:7] + space + digits[7:9] + space + digits[9:]
	}
	if len(digits) < 8 {
		return "+" + digits
	}
	n := len(digits)
	return "+" + digits[:n-8] + space + digits[n-8:n-4] + space + digits[n-4:]
}

type conversationKind uint8

const (
	kindPerson conversationKind = iota
	kindSelf
	kindAnnouncements // 0@c.us
	kindStatus        // status@broadcast
	kindList          // a broadcast list
	kindGroup
)

// lastKind says what getChats gives as lastMessage when nothing new has come.
type lastKind uint8

const (
	lastNewest       lastKind = iota
	lastMissing               // no message loaded for the chat
	lastNotification          // a group notification newer than the chat's timestamp
	lastEncryption            // an end-to-end notice
)

// conversation is one base chat.
type conversation struct {
	index    int
	kind     conversationKind
	id       wid
	name     field
	peer     person // kindPerson
	unread   int    // -1 = marked by hand
	archived bool
	pinned   bool
	muted    bool
	muteEnd  int64
	last     int64 // unix seconds of the newest base message; 0 when there is none
	lastKind lastKind
	readOnly bool
	members  int
	desc     string
	created  int64
}

// member is one participant of a group.
type member struct {
	id           wid
	admin, super bool
}
