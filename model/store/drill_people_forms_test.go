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

// form is a way in which a number is written that may stand in an identifier.
type form struct {
	name  string
	full  func(n int) string       // a number in international form, another for each n
	write func(full string) string // the same in this form
	like  bool                     // it must be proposed to be the same person
}

// forms are those of the corpus: what countries make of a number, what people type,
// and what only looks like one.
func forms() []form {
	same := func(s string) string { return s }
	spain := func(n int) string { return fmt.Sprintf("34611%06d", n) }
	return []form{
		{"E.164", spain, same, false},
		{"+", spain, func(s string) string { return "+" + s }, false},
		{"00", spain, func(s string) string { return "00" + s }, false},
		{"national", spain, func(s string) string { return s[2:] }, false},
		{"trunk 0", func(n int) string { return fmt.Sprintf("447700%06d", n) }, func(s string) string { return "0" + s[2:] }, false},
		{"0 behind the country", func(n int) string { return fmt.Sprintf("447711%06d", n) }, func(s string) string { return s[:2] + "0" + s[2:] }, false},
		{"BR 9", func(n int) string { return fmt.Sprintf("5511987%06d", n) }, func(s string) string { return s[:4] + s[5:] }, true},
		{"BR without 9", func(n int) string { return fmt.Sprintf("552196%06d", n) }, func(s string) string { return s[:4] + "9" + s[4:] }, true},
		{"MX 1", func(n int) string { return fmt.Sprintf("5255%08d", n) }, func(s string) string { return "521" + s[2:] }, true},
		{"AR 9", func(n int) string { return fmt.Sprintf("5411%08d", n) }, func(s string) string { return "549" + s[2:] }, true},
		{"AR 15", func(n int) string { return fmt.Sprintf("549223%07d", n) }, func(s string) string { return "54" + s[3:6] + "15" + s[6:] }, true},
		{"IT 0", func(n int) string { return fmt.Sprintf("3906%08d", n) }, func(s string) string { return "39" + s[3:] }, true},
		{"short code", func(n int) string { return fmt.Sprintf("%05d", 20000+n) }, func(s string) string { return "34" + s }, false},
		{"hidden id", func(n int) string { return fmt.Sprintf("34622%06d", n) }, same, false}, // the digits of the number, as a hidden id
	}
}

// couple is two identifiers of the corpus: a number, and one that is written in a
// form of it.
type couple struct {
	form          form
	number, other model.JID
	same          bool      // they are one person's
	told          bool      // the gateway says so
	slandered     bool      // a message says that the hidden id is of somebody else
	both          model.JID // a hidden id that is told to be of either number, "" for none
}

// corpus makes couples of every form, of one person and of two, told of and not.
func corpus(dice *rand.Rand) (all []couple) {
	for _, f := range forms() {
		for range 6 {
			n := 100 + len(all)*11
			full := f.full(n)
			c := couple{form: f, number: phoneJID(full), same: dice.IntN(2) == 0}
			c.other = phoneJID(f.write(full))
			if f.name == "hidden id" {
				c.other = model.JID(full + "@" + model.ServerLID)
			}
			if c.other == c.number { // the form is the number: another one of the same person
				c.other = phoneJID(f.full(n + 1))
			}
			c.told = c.same && dice.IntN(2) == 0
			c.slandered = c.other.IsLID() && c.told && dice.IntN(2) == 0
			if f.like && dice.IntN(3) == 0 {
				c.told, c.both = false, model.JID(fmt.Sprintf("3%014d@lid", n))
			}
			all = append(all, c)
		}
	}
	return all
}

// score counts what became of the couples of one form.
type score struct{ joined, right, toJoin, proposed, likely, toPropose, found, typed int }

// share is a part of a whole as a table shows it.
func share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", part, whole)
}

// TestDrillPeopleForms holds numbers against others that are written like them.
// How a number looks joins nobody: only the gateway or the owner does.
func TestDrillPeopleForms(t *testing.T) {
	figures := drill.Start(t, 21, "numbers in all forms")
	scores := map[string]*score{}
	wrong, doubted, ambiguous, asked := 0, 0, 0, 0
	for round := range drill.Rounds(t, 2, 200) {
		dice := rand.New(rand.NewPCG(2121, uint64(round))) //nolint:gosec // a drill is repeated
		s := storetest.New(t)
		session, err := s.EnsureSession(t.Context(), "empresa")
		require.NoError(t, err)
		f := fixture{Store: s, ctx: t.Context(), session: session.ID}
		couples := corpus(dice)
		f.arrive(t, dice, couples)
		heads, err := s.Threads(t.Context())
		require.NoError(t, err)
		for _, c := range couples {
			sc := scores[c.form.name]
			if sc == nil {
				sc = &score{}
				scores[c.form.name] = sc
			}
			together, proposed := f.judge(t, heads, c)
			likely := c.form.like && !together
			usable := c.told && usableCouple(c)
			sc.joined, sc.right, sc.toJoin = sc.joined+count(together), sc.right+count(together && c.same), sc.toJoin+count(usable)
			sc.proposed, sc.likely, sc.toPropose = sc.proposed+count(proposed), sc.likely+count(proposed && likely), sc.toPropose+count(likely)
			if !c.other.IsLID() { // whoever types the form looks for the number
				sc.typed, sc.found = sc.typed+1, sc.found+count(f.findsTyped(t, c))
			}
			wrong += count(together && !c.same)
			if c.both != "" {
				ambiguous++
				asked += count(f.asks(t, c))
			}
			doubted += count(usable && !together)
		}
		require.NoError(t, s.Check(t.Context()))
	}
	for _, f := range forms() {
		sc := scores[f.name]
		figures.Told(f.name+": precision of joins", share(sc.right, sc.joined)+" recall "+share(sc.right, sc.toJoin)+" proposed "+share(sc.likely, sc.toPropose)+" found when typed "+share(sc.found, sc.typed))
		if f.like {
			figures.All(f.name+" proposed", sc.likely, sc.toPropose)
		}
	}
	figures.All("ambiguous and asked", asked, ambiguous)
	figures.Zero("wrong joins", wrong)
	figures.Zero("told and not joined", doubted)
}

// asks tells whether a hidden id that is told to be of two numbers is of neither,
// and the owner is asked about both.
func (f fixture) asks(t *testing.T, c couple) bool {
	t.Helper()
	ids, err := f.PersonIDs(f.ctx, f.session, c.both)
	require.NoError(t, err)
	asked := 0
	for _, id := range ids[1:] {
		asked += count(id.Standing == model.StandingAsks && (id.JID == c.number || id.JID == c.other))
	}
	return ids[0].JID == c.both && asked == 2
}

// findsTyped tells whether a number is found by typing it in the form.
func (f fixture) findsTyped(t *testing.T, c couple) bool {
	t.Helper()
	hits, err := f.SearchConversations(f.ctx, c.form.write(c.number.User()), 20)
	require.NoError(t, err)
	for _, h := range hits {
		ids, err := f.PersonIDs(f.ctx, f.session, h.JID)
		require.NoError(t, err)
		if slices.ContainsFunc(ids, func(id model.PersonID) bool { return id.JID == c.number }) {
			return true
		}
	}
	return false
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// usableCouple tells whether both identifiers are such as the gateway can tell of:
// numbers begin with no zero and hold nothing but digits.
func usableCouple(c couple) bool {
	return c.number.Phone() != "" && (c.other.IsLID() || c.other.Phone() != "")
}

// arrive lets everything about the couples come in a random order.
func (f fixture) arrive(t *testing.T, dice *rand.Rand, couples []couple) {
	t.Helper()
	var facts []func()
	for n, c := range couples {
		for _, jid := range []model.JID{c.number, c.other} {
			facts = append(facts, func() {
				held, err := f.EnsureConversation(f.ctx, f.session, jid, "", now)
				require.NoError(t, err)
				f.saveBatch(t, model.MessageBatch{ConversationID: held.ID, Messages: []model.MessageIn{text(model.ShortID("M"+jid), second, "text")}})
			}, func() {
				require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: jid, Phone: jid.Phone(), PushName: "the same name"}}, now))
			})
		}
		if c.told {
			facts = append(facts, func() { f.identify(t, toldOf(c, n)...) })
		}
		if c.slandered {
			facts = append(facts, func() {
				f.identify(t, model.Identity{LID: c.other, PhoneJID: couples[0].number, Source: model.SourceMessage, FoundAt: now})
			})
		}
		if c.both != "" {
			facts = append(facts, func() {
				f.identify(t, model.Identity{LID: c.both, PhoneJID: c.number, Source: model.SourceContact, FoundAt: now})
			}, func() {
				f.identify(t, model.Identity{LID: c.both, PhoneJID: c.other, Source: model.SourceGroup, FoundAt: now})
			})
		}
	}
	dice.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	for _, fact := range facts {
		fact()
	}
}

// toldOf is what the gateway says of a couple: its own table of a hidden id, a
// change of the number of two numbers.
func toldOf(c couple, n int) []model.Identity {
	if c.other.IsLID() {
		return []model.Identity{{LID: c.other, PhoneJID: c.number, Source: model.SourceLookup, FoundAt: now + model.Stamp(n)}}
	}
	return []model.Identity{{LID: c.other, PhoneJID: c.number, Source: model.SourceChange, FoundAt: now + model.Stamp(n)}}
}

// judge tells whether a couple is shown as one person, and whether the owner is
// asked about it.
func (f fixture) judge(t *testing.T, heads map[model.ConversationID]model.ConversationID, c couple) (together, proposed bool) {
	t.Helper()
	one, err := f.ConversationByJID(f.ctx, f.session, c.number)
	require.NoError(t, err)
	other, err := f.ConversationByJID(f.ctx, f.session, c.other)
	require.NoError(t, err)
	together = heads[one.ID] != 0 && heads[one.ID] == heads[other.ID]
	ids, err := f.PersonIDs(f.ctx, f.session, c.number)
	require.NoError(t, err)
	proposed = slices.ContainsFunc(ids, func(id model.PersonID) bool {
		return id.JID == c.other && (id.Standing == model.StandingLike || id.Standing == model.StandingAsks)
	})
	return together, proposed
}
