package sample

import (
	"fmt"
	"math/rand/v2"

	"github.com/xappiens/buzon/model"
)

// ownJID is the number of the session.
const ownJID model.JID = "34699999999@c.us"

// groupEvery is how often a conversation is a group.
const groupEvery = 7

// generator makes rows one after the other.
type generator struct {
	config Config
	rng    *rand.Rand
	words  []string
	zipf   *rand.Zipf // of words
	busy   *rand.Zipf // of conversations
	serial int        // of short ids
	at     float64    // the second that the history has come to
	sent   map[int]sentMessage
}

// sentMessage is the newest message of a conversation, which the next may quote.
type sentMessage struct {
	short model.ShortID
	text  string
	me    bool
}

func newGenerator(c Config) *generator {
	rng := rand.New(rand.NewPCG(c.Seed, c.Seed^0x9e3779b97f4a7c15))
	g := &generator{config: c, rng: rng, words: Vocabulary(rng, 50_000), sent: make(map[int]sentMessage)}
	g.zipf = rand.NewZipf(rng, 1.05, 6, uint64(len(g.words)-1))
	if c.Conversations > 1 {
		g.busy = rand.NewZipf(rng, 1.02, 400, uint64(c.Conversations-2))
	}
	g.at = float64(Now.Unix() - years*365*86400)
	return g
}

func pick[T any](g *generator, list []T) T { return list[g.rng.IntN(len(list))] }

// oneIn is true once in n times.
func (g *generator) oneIn(n int) bool { return g.rng.IntN(n) == 0 }

// personJID returns the identifier of the i-th person.
func personJID(i int) model.JID { return model.JID(fmt.Sprintf("346%08d@c.us", i)) }

// isGroup tells whether the i-th conversation is a group. The first is a person.
func isGroup(i int) bool { return i%groupEvery == groupEvery-1 }

// placeJID returns the identifier of the i-th conversation.
func (g *generator) placeJID(i int) model.JID {
	if isGroup(i) {
		return model.JID(fmt.Sprintf("1203630%011d@g.us", i))
	}
	return personJID(i)
}

// contacts returns n contacts from the i-th on.
func (g *generator) contacts(from, n int) []model.Contact {
	contacts := make([]model.Contact, n)
	for i := range contacts {
		jid := personJID(from + i)
		c := &contacts[i]
		*c = model.Contact{JID: jid, Phone: jid.Phone(), Name: g.name(from + i), IsMyContact: true, IsWAContact: true}
		c.PushName = pick(g, firstNames)
		if g.oneIn(20) {
			c.Name, c.IsMyContact = "", false
		}
		if g.oneIn(12) {
			c.VerifiedName, c.IsBusiness = pick(g, companies)+" "+pick(g, lastNames), true
		}
		c.DisplayName = model.ContactDisplayName(c, "")
	}
	return contacts
}

// name returns the name of the i-th person; it does not depend on what was made before.
func (g *generator) name(i int) string {
	rng := rand.New(rand.NewPCG(g.config.Seed, uint64(i)))
	if rng.IntN(25) == 0 {
		return farNames[rng.IntN(len(farNames))]
	}
	name := firstNames[rng.IntN(len(firstNames))] + " " + lastNames[rng.IntN(len(lastNames))]
	if rng.IntN(2) == 0 {
		name += " " + lastNames[rng.IntN(len(lastNames))]
	}
	return name
}

// places returns n conversations from the i-th on.
func (g *generator) places(from, n int) []model.ConversationIn {
	list := make([]model.ConversationIn, n)
	for i := range list {
		at := from + i
		c := &list[i].Conversation
		c.JID, c.Name = g.placeJID(at), g.name(at)
		if isGroup(at) {
			c.Name = pick(g, groupNames) + " " + pick(g, lastNames)
			if g.oneIn(6) {
				c.Name += " " + pick(g, emoji)
			}
			list[i].Group = g.group(at, c.Name)
		}
		c.Pinned = at < 3
		c.Archived = at > 3 && g.oneIn(12)
		if g.oneIn(9) {
			c.Unread = 1 + g.rng.IntN(6)
		}
		if g.oneIn(15) {
			c.MutedUntil = model.MutedForever
		}
	}
	return list
}

// group returns a group of a few members, oneself among them.
func (g *generator) group(at int, subject string) *model.Group {
	group := &model.Group{
		Subject: subject, OwnerJID: ownJID, CreatedAt: Now - years*365*86400*1000,
		Participants: []model.Participant{{JID: ownJID, IsAdmin: true, IsSuperAdmin: true}},
	}
	for i := range members(at) {
		group.Participants = append(group.Participants, model.Participant{JID: memberJID(at, i), IsAdmin: i == 0})
	}
	return group
}

// members is how many others are in the group that is the i-th conversation.
func members(at int) int { return 3 + at%17 }

// memberJID returns the n-th of them.
func memberJID(at, n int) model.JID { return personJID((at*31 + n*7) % 100_000) }
