package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

const anaLID = model.JID("111222333444555@lid")

// twins makes the conversations of Ana under her number and her hidden id, with
// messages in turn, and says that she is one person.
func (f fixture) twins(t testing.TB) (phone, lid model.ConversationID) {
	t.Helper()
	c, err := f.EnsureConversation(f.ctx, f.session, anaLID, "", now)
	require.NoError(t, err)
	for i := range int64(10) {
		f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Messages: []model.MessageIn{text(model.ShortID(fmt.Sprint("P", i)), second+2*i, fmt.Sprint("phone ", i))}})
		f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: []model.MessageIn{text(model.ShortID(fmt.Sprint("L", i)), second+2*i+1, fmt.Sprint("lid ", i))}})
	}
	f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceContact, FoundAt: now})
	return f.conversation, c.ID
}

func (f fixture) list(t testing.TB, filter model.ConversationFilter) []model.ConversationRow {
	t.Helper()
	rows, err := f.Conversations(f.ctx, model.ConversationQuery{Filter: filter})
	require.NoError(t, err)
	order, err := f.ConversationOrder(f.ctx, model.ConversationQuery{Filter: filter})
	require.NoError(t, err)
	require.Len(t, order, len(rows))
	for i := range rows {
		require.Equal(t, order[i], rows[i].ID)
	}
	return rows
}

// read pages through a conversation from its end.
func (f fixture) read(t testing.TB, id model.ConversationID, limit int) []string {
	t.Helper()
	var texts []string
	q := model.MessageQuery{ConversationID: id, Limit: limit}
	for {
		page, err := f.Messages(f.ctx, q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page), limit)
		some := make([]string, len(page))
		for i := range page {
			some[i] = page[i].Text
		}
		texts = append(some, texts...)
		if len(page) < limit {
			return texts
		}
		q.Before = page[0].ID
	}
}

func TestOnePersonIsOneThread(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	rows := f.list(t, model.FilterAll)
	require.Len(t, rows, 1)
	require.Equal(t, phone, rows[0].ID)
	require.Equal(t, "Ana García", rows[0].Name)
	require.Equal(t, "lid 9", rows[0].LastText, "the newest message of both")
	require.Equal(t, model.StampUnix(second+19), rows[0].LastAt)
	want := make([]string, 0, 20)
	for i := range 10 {
		want = append(want, fmt.Sprint("phone ", i), fmt.Sprint("lid ", i))
	}
	for _, id := range []model.ConversationID{phone, lid} {
		for limit := range 8 {
			require.Equal(t, want, f.read(t, id, limit+1))
		}
	}
	around, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: phone, Around: at(10), Limit: 4})
	require.NoError(t, err)
	require.Equal(t, []string{"lid 4", "phone 5", "lid 5", "phone 6"}, []string{around[0].Text, around[1].Text, around[2].Text, around[3].Text})
	result, err := f.Search(f.ctx, model.SearchQuery{Text: "lid", ConversationID: phone})
	require.NoError(t, err)
	require.Len(t, result.Hits, 10)
	require.Equal(t, phone, result.Hits[0].ConversationID, "a hit opens the thread")
	require.Equal(t, "Ana García", result.Hits[0].ConversationName)
	require.Len(t, f.found(t, `in:"Ana García"`), 20)
	require.Len(t, f.found(t, `from:"Ana García"`), 20)
}

func TestWhatAThreadShowsIsOfAllItsParts(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	set := func(id model.ConversationID, change func(*model.Conversation)) {
		_, err := f.UpdateConversation(f.ctx, id, change)
		require.NoError(t, err)
	}
	set(phone, func(c *model.Conversation) { c.Unread, c.Archived = 2, true })
	set(lid, func(c *model.Conversation) { c.Unread, c.Pinned, c.MutedUntil = 3, true, model.MutedForever })
	row := f.list(t, model.FilterUnread)[0]
	require.Equal(t, 5, row.Unread)
	require.True(t, row.Pinned)
	require.False(t, row.Archived, "one of them is not")
	require.Equal(t, model.MutedForever, row.MutedUntil)
	shown, err := f.ShownConversation(f.ctx, lid)
	require.NoError(t, err)
	require.Equal(t, phone, shown.ID)
	require.Equal(t, 5, shown.Unread)
	first, err := f.FirstUnread(f.ctx, phone)
	require.NoError(t, err)
	m, err := f.Message(f.ctx, first)
	require.NoError(t, err)
	require.Equal(t, "lid 7", m.Text, "the first of the three in the one, older than the two in the other")
	set(lid, func(c *model.Conversation) { c.Archived = true })
	require.Empty(t, f.list(t, model.FilterAll))
	require.Len(t, f.list(t, model.FilterArchived), 1)
	set(lid, func(c *model.Conversation) { c.Draft = "mañana" })
	require.Equal(t, "mañana", f.list(t, model.FilterEverything)[0].Draft)
}

func TestMessageUnderBothIdsIsShownOnce(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	f.saveBatch(t, model.MessageBatch{ConversationID: phone, Messages: []model.MessageIn{own("TWICE", second+100, "dos veces", model.AckServer)}})
	f.saveBatch(t, model.MessageBatch{ConversationID: lid, Messages: []model.MessageIn{own("TWICE", second+100, "dos veces", model.AckRead)}})
	page, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: phone, Limit: 3})
	require.NoError(t, err)
	require.Equal(t, []string{"phone 9", "lid 9", "dos veces"}, []string{page[0].Text, page[1].Text, page[2].Text})
	require.Equal(t, model.AckRead, page[2].Ack, "what either copy knows counts")
	require.Equal(t, []string{"dos veces"}, f.found(t, "veces"))
	held, err := f.OwnMessages(f.ctx, lid, second, 10)
	require.NoError(t, err)
	require.Len(t, held, 1)
}

func TestAnswersGoWhereTheOtherWroteLast(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	answer := func() model.ConversationID {
		id, err := f.AnswerTo(f.ctx, phone)
		require.NoError(t, err)
		return id
	}
	require.Equal(t, lid, answer())
	f.saveBatch(t, model.MessageBatch{ConversationID: phone, Messages: []model.MessageIn{own("MINE", second+50, "mío", model.AckRead)}})
	require.Equal(t, lid, answer(), "own messages do not count")
	f.saveBatch(t, model.MessageBatch{ConversationID: phone, Messages: []model.MessageIn{text("HERS", second+60, "aquí")}})
	require.Equal(t, phone, answer())
}

func TestSplitIsRememberedAndCanBeUndone(t *testing.T) {
	f := newFixture(t)
	phone, lid := f.twins(t)
	require.NoError(t, f.SplitPerson(f.ctx, f.session, anaLID, ana))
	check := func(rows int) {
		t.Helper()
		list := f.list(t, model.FilterAll)
		require.Len(t, list, rows)
	}
	check(2)
	require.Len(t, f.read(t, phone, 50), 10)
	require.Len(t, f.read(t, lid, 50), 10)
	for _, source := range []model.IdentitySource{model.SourceContact, model.SourceLookup, model.SourceGroup} {
		f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: source, FoundAt: now + 1000})
		check(2)
	}
	ids, err := f.PersonIDs(f.ctx, f.session, ana)
	require.NoError(t, err)
	require.Equal(t, model.StandingApart, ids[1].Standing)
	require.Equal(t, anaLID, ids[1].JID)
	require.NoError(t, f.JoinPeople(f.ctx, f.session, ana, anaLID))
	check(1)
	ids, err = f.PersonIDs(f.ctx, f.session, anaLID)
	require.NoError(t, err)
	require.Equal(t, []model.Standing{model.StandingMain, model.StandingJoined}, []model.Standing{ids[0].Standing, ids[1].Standing})
	require.Equal(t, model.SourceLookup, ids[1].Source)
	require.NoError(t, f.Check(f.ctx))
}

func TestContradictionsAreLeftToTheOwner(t *testing.T) {
	f := newFixture(t)
	f.twins(t)
	const luis = model.JID("34600333444@c.us")
	f.identify(t, model.Identity{LID: anaLID, PhoneJID: luis, Source: model.SourceMessage, FoundAt: now + 5})
	require.Len(t, f.list(t, model.FilterAll), 2, "nobody is joined on a guess")
	ids, err := f.PersonIDs(f.ctx, f.session, ana)
	require.NoError(t, err)
	require.Len(t, ids, 2)
	require.Equal(t, model.StandingAsks, ids[1].Standing)
	f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceLookup, FoundAt: now + 9})
	require.Len(t, f.list(t, model.FilterAll), 1, "the gateway's own table decides")
}

// fact is something that the store hears of people.
type fact func(f fixture, t testing.TB)

// TestEveryOrderOfArrivalGivesTheSameLists lets contacts, chats, groups, messages
// and pairs come in every order.
func TestEveryOrderOfArrivalGivesTheSameLists(t *testing.T) {
	const luis, luisLID, unknown = model.JID("34600333444@c.us"), model.JID("222333444555666@lid"), model.JID("333444555666777@lid")
	contact := func(c model.Contact) fact {
		return func(f fixture, t testing.TB) {
			require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{c}, now))
		}
	}
	chat := func(jid model.JID, name, message string, at int64) fact {
		return func(f fixture, t testing.TB) {
			in := model.ConversationIn{Conversation: model.Conversation{JID: jid, Name: name, LastAt: model.StampUnix(at), Unread: 1}}
			require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{in}, now))
			c, err := f.ConversationByJID(f.ctx, f.session, jid)
			require.NoError(t, err)
			f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: []model.MessageIn{text(model.ShortID("M"+message), at, message)}})
		}
	}
	pair := func(lid, phone model.JID, source model.IdentitySource) fact {
		return func(f fixture, t testing.TB) {
			f.identify(t, model.Identity{LID: lid, PhoneJID: phone, Source: source, FoundAt: now})
		}
	}
	facts := []fact{
		contact(model.Contact{JID: ana, PushName: "anita", Phone: ana.Phone(), DisplayName: "anita"}),
		contact(model.Contact{JID: anaLID, Name: "Ana García", DisplayName: "Ana García"}),
		chat(anaLID, "", "de ana oculta", second+3),
		chat(ana, "+34 600 11 12 22", "de ana", second+1),
		pair(anaLID, ana, model.SourceContact),
		chat(luisLID, "", "de luis", second+2),
		pair(luisLID, luis, model.SourceLookup),
		chat(unknown, "", "de nadie", second+4),
	}
	snapshot := func(order []int) string {
		s := storetest.New(t)
		session, err := s.EnsureSession(t.Context(), "empresa")
		require.NoError(t, err)
		f := fixture{Store: s, ctx: t.Context(), session: session.ID}
		for _, i := range order {
			facts[i](f, t)
		}
		var all string
		for _, r := range f.list(t, model.FilterAll) {
			all += fmt.Sprintf("%s %q %d %d %s %q\n", r.JID, r.Name, r.Unread, r.LastAt, r.LastText, f.read(t, r.ID, 3))
		}
		contacts, err := f.Contacts(f.ctx, model.ContactQuery{})
		require.NoError(t, err)
		for _, c := range contacts {
			all += fmt.Sprintf("%s %q %s\n", c.JID, c.DisplayName, c.Phone)
		}
		require.NoError(t, f.Check(f.ctx))
		return all
	}
	order := []int{0, 1, 2, 3, 4, 5, 6, 7}
	want := snapshot(order)
	require.Equal(t, `333444555666777@lid "~6777" 1 1700000004000 de nadie ["de nadie"]
34600111222@c.us "Ana García" 2 1700000003000 de ana oculta ["de ana" "de ana oculta"]
222333444555666@lid "+34600333444" 1 1700000002000 de luis ["de luis"]
34600111222@c.us "Ana García" 34600111222
`, want)
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		require.Equal(t, want, snapshot(order), order)
	}
	slices.Sort(order)
}

func TestNumberChange(t *testing.T) {
	f := newFixture(t)
	phone, _ := f.twins(t)
	const next = model.JID("34600999888@c.us")
	c, err := f.EnsureConversation(f.ctx, f.session, next, "", now)
	require.NoError(t, err)
	f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: []model.MessageIn{text("N", second+90, "mi número nuevo")}})
	f.identify(t, model.Identity{LID: ana, PhoneJID: next, Source: model.SourceChange, FoundAt: now + 10})
	rows := f.list(t, model.FilterAll)
	require.Len(t, rows, 1)
	require.Equal(t, next, rows[0].JID, "the present number")
	require.Equal(t, "Ana García", rows[0].Name)
	require.Len(t, f.read(t, phone, 50), 21)
	require.NoError(t, f.SplitPerson(f.ctx, f.session, ana, next))
	require.Len(t, f.list(t, model.FilterAll), 2)
	require.Equal(t, []string{"mi número nuevo"}, f.read(t, c.ID, 50))
}

func TestACallThatWasNotAnsweredIsMadeAgain(t *testing.T) {
	s := newFixture(t)
	const lid = model.JID("284088457691106@lid")
	require.NoError(t, s.SaveConversations(t.Context(), s.session, []model.ConversationIn{{Conversation: model.Conversation{JID: lid, Kind: model.KindPerson}}}, 1))
	limit := model.LookupLimit{Most: 50, Calls: 3, Within: time.Hour, Age: 30 * 24 * time.Hour, Again: 24 * time.Hour}
	due := func(at time.Time) []model.JID {
		t.Helper()
		jids, err := s.LookupsDue(t.Context(), s.session, model.StampOf(at), limit)
		require.NoError(t, err)
		return jids
	}
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	require.Equal(t, []model.JID{lid}, due(now))
	require.NoError(t, s.SaveLookups(t.Context(), s.session, []model.JID{lid}, model.StampOf(now)))
	require.Empty(t, due(now.Add(23*time.Hour)))
	again := now.Add(25 * time.Hour)
	require.Equal(t, []model.JID{lid}, due(again))
	require.NoError(t, s.SaveLookups(t.Context(), s.session, []model.JID{lid}, model.StampOf(again)))
	require.NoError(t, s.ConfirmLookups(t.Context(), s.session, model.StampOf(again)))
	require.Empty(t, due(again.Add(29*24*time.Hour)))
	require.Equal(t, []model.JID{lid}, due(again.Add(31*24*time.Hour)))
}

// TestWhatWasSetBeforeTheJoiningHoldsForThePerson sets a mute, an archive and a pin
// on one identifier, joins it with another, and takes them apart again.
func TestWhatWasSetBeforeTheJoiningHoldsForThePerson(t *testing.T) {
	later, past := now+3_600_000, now-3_600_000
	for name, c := range map[string]struct {
		phone, lid, want model.ConversationRow
	}{
		"muted as hidden id":      {lid: model.ConversationRow{MutedUntil: model.MutedForever}, want: model.ConversationRow{MutedUntil: model.MutedForever}},
		"muted as number":         {phone: model.ConversationRow{MutedUntil: later}, want: model.ConversationRow{MutedUntil: later}},
		"muted for long and good": {phone: model.ConversationRow{MutedUntil: later}, lid: model.ConversationRow{MutedUntil: model.MutedForever}, want: model.ConversationRow{MutedUntil: model.MutedForever}},
		"muted and over":          {phone: model.ConversationRow{MutedUntil: past}, lid: model.ConversationRow{MutedUntil: later}, want: model.ConversationRow{MutedUntil: later}},
		"pinned as hidden id":     {lid: model.ConversationRow{Pinned: true}, want: model.ConversationRow{Pinned: true}},
		"archived as number":      {phone: model.ConversationRow{Archived: true}},
		"archived as both":        {phone: model.ConversationRow{Archived: true}, lid: model.ConversationRow{Archived: true}, want: model.ConversationRow{Archived: true}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			other, err := f.EnsureConversation(f.ctx, f.session, anaLID, "", now)
			require.NoError(t, err)
			set := func(id model.ConversationID, r model.ConversationRow) {
				_, err := f.UpdateConversation(f.ctx, id, func(c *model.Conversation) {
					c.MutedUntil, c.Pinned, c.Archived = r.MutedUntil, r.Pinned, r.Archived
				})
				require.NoError(t, err)
			}
			state := func(id model.ConversationID) model.ConversationRow {
				rows, err := f.ConversationRows(f.ctx, []model.ConversationID{id})
				require.NoError(t, err)
				return model.ConversationRow{MutedUntil: rows[0].MutedUntil, Pinned: rows[0].Pinned, Archived: rows[0].Archived}
			}
			set(f.conversation, c.phone)
			set(other.ID, c.lid)
			f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceContact, FoundAt: now})
			thread, err := f.Thread(f.ctx, other.ID)
			require.NoError(t, err)
			require.Len(t, thread, 2)
			require.Equal(t, c.want, state(thread[0]))
			require.NoError(t, f.SplitPerson(f.ctx, f.session, anaLID, ana))
			require.Equal(t, c.phone, state(f.conversation), "as it was")
			require.Equal(t, c.lid, state(other.ID), "as it was")
		})
	}
}
