package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

// somebody is a person of the drill, under all identifiers.
type somebody struct {
	phone, next, lid model.JID // next: after a change of number, or ""
}

func phoneJID(p string) model.JID { return model.JID(p + "@" + model.ServerPhone) }

// crowd makes people whose numbers are easily taken for each other's: the same
// digits as number and hidden id, a mobile number in both forms that its country
// writes, with a trunk zero, and short ones, each of somebody else.
func crowd(dice *rand.Rand) []somebody {
	var all []somebody
	add := func(phone string) {
		n := len(all)
		p := somebody{phone: phoneJID(phone), lid: model.JID(fmt.Sprintf("2%014d@lid", n+1))}
		if n%5 == 0 { // the digits of somebody's number as the hidden id of another
			p.lid = model.JID(fmt.Sprintf("34611%06d@lid", n+5))
		}
		if n%4 == 1 {
			p.next = phoneJID(fmt.Sprintf("4477%08d", n))
		}
		all = append(all, p)
	}
	for i := range 6 {
		tail := fmt.Sprintf("%d%05d", i, dice.IntN(100_000)) // nobody has the number of another
		for _, form := range []string{
			"34611" + fmt.Sprintf("%06d", i*5+5), "5511987" + tail, "551187" + tail, "521551234" + tail[:4], "52551234" + tail[:4],
			"54911345" + tail[:5], "5411345" + tail[:5], "39061" + tail, "3961" + tail, "112" + tail[:2],
		} {
			add(form)
		}
	}
	return all
}

// TestDrillPeople lets what tells who is who come in random orders, from all
// sources, some of it false, and looks for conversations that are shown as one and
// are of two people.
func TestDrillPeople(t *testing.T) {
	figures := drill.Start(t, 21, "people under numbers and hidden ids")
	cases, joined, asked, wrong, alone, foreign := 0, 0, 0, 0, 0, 0
	for round := range drill.Rounds(t, 2, 200) {
		dice := rand.New(rand.NewPCG(21, uint64(round))) //nolint:gosec // a drill is repeated
		people := crowd(dice)
		s := storetest.New(t)
		session, err := s.EnsureSession(t.Context(), "empresa")
		require.NoError(t, err)
		f := fixture{Store: s, ctx: t.Context(), session: session.ID}
		owner := map[model.JID]int{}
		doubted := map[int]bool{}
		var facts []func()
		for n, p := range people {
			for _, jid := range []model.JID{p.phone, p.next, p.lid} {
				if jid == "" {
					continue
				}
				owner[jid] = n
				facts = append(facts, func() {
					c, err := s.EnsureConversation(t.Context(), session.ID, jid, "", now)
					require.NoError(t, err)
					f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: []model.MessageIn{text(model.ShortID(fmt.Sprint("M", jid)), second, fmt.Sprint("of ", n))}})
				}, func() {
					require.NoError(t, s.SaveContacts(t.Context(), session.ID, []model.Contact{{JID: jid, Phone: jid.Phone(), PushName: fmt.Sprint("person ", n)}}, now))
				})
			}
			source := []model.IdentitySource{model.SourceContact, model.SourceGroup, model.SourceMessage, model.SourceLookup}[dice.IntN(4)]
			facts = append(facts, func() {
				f.identify(t, model.Identity{LID: p.lid, PhoneJID: p.phone, Source: source, FoundAt: now})
			})
			if p.next != "" {
				facts = append(facts, func() {
					f.identify(t, model.Identity{LID: p.phone, PhoneJID: p.next, Source: model.SourceChange, FoundAt: now + 10})
				})
			}
			if n%7 == 3 { // somebody says what is false
				other := people[(n+1)%len(people)].phone
				doubted[n] = source != model.SourceLookup
				facts = append(facts, func() {
					f.identify(t, model.Identity{LID: p.lid, PhoneJID: other, Source: model.SourceMessage, FoundAt: now})
				})
			}
		}
		dice.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		for _, fact := range facts {
			fact()
		}
		heads, err := s.Threads(t.Context())
		require.NoError(t, err)
		for n, p := range people {
			cases++
			c, err := s.ConversationByJID(t.Context(), session.ID, p.phone)
			require.NoError(t, err)
			l, err := s.ConversationByJID(t.Context(), session.ID, p.lid)
			require.NoError(t, err)
			switch together := heads[c.ID] != 0 && heads[c.ID] == heads[l.ID]; {
			case together:
				joined++
			case doubted[n]:
				asked++
				ids, err := s.PersonIDs(t.Context(), session.ID, p.lid)
				require.NoError(t, err)
				require.True(t, slices.ContainsFunc(ids, func(id model.PersonID) bool { return id.Standing == model.StandingAsks }))
			default:
				alone++
			}
		}
		for member, head := range heads {
			a, err := s.Conversation(t.Context(), member)
			require.NoError(t, err)
			b, err := s.Conversation(t.Context(), head)
			require.NoError(t, err)
			if owner[a.JID] != owner[b.JID] {
				wrong++
			}
		}
		for _, row := range f.list(t, model.FilterAll) {
			for _, said := range f.read(t, row.ID, 50) {
				if said != fmt.Sprint("of ", owner[row.JID]) {
					foreign++
				}
			}
		}
		require.NoError(t, s.Check(t.Context()))
	}
	require.Positive(t, joined)
	require.Positive(t, asked)
	figures.Told("cases", cases)
	figures.Told("joined right", joined)
	figures.Told("asked", asked)
	figures.Zero("told and not joined", alone)
	figures.Zero("wrong joins", wrong)
	figures.Zero("messages under the wrong person", foreign)
}
