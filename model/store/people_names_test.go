package store_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

// groupOf makes a group with members.
func (f fixture) groupOf(t testing.TB, members ...model.Participant) model.ConversationID {
	t.Helper()
	const jid = model.JID("120363000000000001@g.us")
	in := model.ConversationIn{Conversation: model.Conversation{JID: jid, Name: "Pedidos"}, Group: &model.Group{Subject: "Pedidos", Participants: members}}
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{in}, now))
	c, err := f.ConversationByJID(f.ctx, f.session, jid)
	require.NoError(t, err)
	return c.ID
}

func TestMemberUnderBothIdsIsListedOnce(t *testing.T) {
	const luis, luisLID, own, ownLID = model.JID("34600333444@c.us"), model.JID("222333444555666@lid"), model.JID("34600000001@c.us"), model.JID("999333444555666@lid")
	f := newFixture(t)
	_, _, err := f.UpdateSession(f.ctx, f.session, func(s *model.Session) { s.JID = own })
	require.NoError(t, err)
	id := f.groupOf(t, model.Participant{JID: ana}, model.Participant{JID: anaLID, IsAdmin: true}, model.Participant{JID: luisLID},
		model.Participant{JID: own}, model.Participant{JID: ownLID}, model.Participant{JID: "333444555666777@lid"})
	members := func() (list []model.JID) {
		g, err := f.Group(f.ctx, id)
		require.NoError(t, err)
		for _, p := range g.Participants {
			list = append(list, p.JID)
		}
		return list
	}
	require.Len(t, members(), 6, "nobody said who is who")
	f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceContact, FoundAt: now},
		model.Identity{LID: luisLID, PhoneJID: luis, Source: model.SourceLookup, FoundAt: now},
		model.Identity{LID: ownLID, PhoneJID: own, Source: model.SourceLookup, FoundAt: now})
	require.ElementsMatch(t, []model.JID{ana, luisLID, own, "333444555666777@lid"}, members())
	g, err := f.Group(f.ctx, id)
	require.NoError(t, err)
	by := map[model.JID]model.Participant{}
	for _, p := range g.Participants {
		by[p.JID] = p
	}
	require.Equal(t, "Ana García", by[ana].Name)
	require.True(t, by[ana].IsAdmin, "under one of them is enough")
	require.Equal(t, []model.JID{ana, anaLID}, by[ana].IDs)
	require.Equal(t, "+34600333444", by[luisLID].Name, "whose number is known is not hidden")
	require.Equal(t, "~6777", by["333444555666777@lid"].Name)
	require.True(t, by[own].IsMe)
	require.False(t, by[ana].IsMe)
	require.NoError(t, f.SplitPerson(f.ctx, f.session, anaLID, ana))
	require.Len(t, members(), 5)
}

// TestPeopleAreCalledTheSameEverywhere looks at somebody from every side that the
// store shows, under either identifier.
func TestPeopleAreCalledTheSameEverywhere(t *testing.T) {
	const phone, lid = model.JID("34600333444@c.us"), model.JID("222333444555666@lid")
	contact := func(c model.Contact) func(fixture, testing.TB) {
		return func(f fixture, t testing.TB) {
			require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{c}, now))
		}
	}
	chat := func(jid model.JID, name string) func(fixture, testing.TB) {
		return func(f fixture, t testing.TB) {
			_, err := f.EnsureConversation(f.ctx, f.session, jid, name, now)
			require.NoError(t, err)
		}
	}
	joined := func(f fixture, t testing.TB) {
		f.identify(t, model.Identity{LID: lid, PhoneJID: phone, Source: model.SourceLookup, FoundAt: now})
	}
	for name, c := range map[string]struct {
		facts []func(fixture, testing.TB)
		under model.JID
		want  string
	}{
		"nothing but a hidden id":          {nil, lid, "~5666"},
		"the digits of it as a title":      {[]func(fixture, testing.TB){chat(lid, "+222 333 444 555 666")}, lid, "~5666"},
		"the digits of it as a contact":    {[]func(fixture, testing.TB){contact(model.Contact{JID: lid, PushName: "222333444555666"})}, lid, "~5666"},
		"a title":                          {[]func(fixture, testing.TB){contact(model.Contact{JID: lid}), chat(lid, "Luis")}, lid, "Luis"},
		"a contact of the hidden id":       {[]func(fixture, testing.TB){contact(model.Contact{JID: lid, PushName: "Luis"}), joined}, phone, "Luis"},
		"a contact of the number":          {[]func(fixture, testing.TB){contact(model.Contact{JID: phone, Name: "Luis"}), joined}, lid, "Luis"},
		"a title of the hidden id":         {[]func(fixture, testing.TB){chat(lid, "Luis"), joined}, phone, "Luis"},
		"a title of the number":            {[]func(fixture, testing.TB){chat(phone, "Luis"), joined}, lid, "Luis"},
		"a number and nothing else":        {[]func(fixture, testing.TB){joined}, lid, "+34600333444"},
		"a hidden id that is also a title": {[]func(fixture, testing.TB){joined, chat(lid, "222333444555666")}, lid, "+34600333444"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			id := f.groupOf(t, model.Participant{JID: c.under})
			for _, fact := range c.facts {
				fact(f, t)
			}
			said := text("M1", second, "hola @"+c.under.User())
			said.AuthorJID, said.QuotedAuthor, said.QuotedShortID = c.under, c.under, "Q"
			said.Details = model.EncodeDetails(model.MessageDetails{Mentions: []model.JID{c.under}})
			f.saveBatch(t, model.MessageBatch{ConversationID: id, Messages: []model.MessageIn{said}})
			page, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: id})
			require.NoError(t, err)
			require.Equal(t, c.want, page[0].Author, "author")
			require.Equal(t, c.want, page[0].Names[c.under], "quoted and mentioned")
			g, err := f.Group(f.ctx, id)
			require.NoError(t, err)
			require.Equal(t, c.want, g.Participants[0].Name, "member")
			for _, row := range f.list(t, model.FilterAll) {
				switch row.JID {
				case phone, lid:
					require.Equal(t, c.want, row.Name, "conversation")
				case "120363000000000001@g.us":
					require.Equal(t, c.want, row.LastAuthor, "last author")
					require.Equal(t, "hola @"+c.want, row.LastText, "mentioned in the last message")
				}
			}
			contacts, err := f.Contacts(f.ctx, model.ContactQuery{})
			require.NoError(t, err)
			for _, k := range contacts {
				if k.JID == phone || k.JID == lid {
					require.Equal(t, c.want, k.DisplayName, "contact")
				}
			}
			hits, err := f.Search(f.ctx, model.SearchQuery{Text: "hola"})
			require.NoError(t, err)
			require.Equal(t, c.want, hits.Hits[0].Author, "search")
		})
	}
}

// TestAPictureOfEitherIdIsShownEverywhere: a gateway gives the picture of a person under
// one identifier at times, which may be the one that nothing is shown under.
func TestAPictureOfEitherIdIsShownEverywhere(t *testing.T) {
	const phone, lid, picture = model.JID("34600333444@c.us"), model.JID("222333444555666@lid"), "0123456789abcdef"
	for name, c := range map[string]struct{ contacts, chats []model.JID }{
		"two contacts":                   {contacts: []model.JID{phone, lid}},
		"two contacts, one conversation": {contacts: []model.JID{phone, lid}, chats: []model.JID{phone}},
		"two conversations":              {contacts: []model.JID{phone}, chats: []model.JID{phone, lid}},
		"a contact and a conversation":   {contacts: []model.JID{phone}, chats: []model.JID{lid}},
		"all four":                       {contacts: []model.JID{phone, lid}, chats: []model.JID{phone, lid}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			f.identify(t, model.Identity{LID: lid, PhoneJID: phone, Source: model.SourceLookup, FoundAt: now})
			for _, jid := range c.contacts {
				require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: jid, Name: "Zacarías", DisplayName: "Zacarías"}}, now))
			}
			for _, jid := range c.chats {
				_, err := f.EnsureConversation(f.ctx, f.session, jid, "Zacarías", now)
				require.NoError(t, err)
			}
			due, err := f.AvatarsDue(f.ctx, f.session, now, 100)
			require.NoError(t, err)
			at := slices.IndexFunc(due, func(d model.AvatarDue) bool { return d.JID == lid })
			require.GreaterOrEqual(t, at, 0)
			require.NoError(t, f.SaveAvatar(f.ctx, due[at], picture, now, false))

			contacts, err := f.Contacts(f.ctx, model.ContactQuery{Text: "Zacarías"})
			require.NoError(t, err)
			require.Len(t, contacts, 1)
			require.Equal(t, picture, contacts[0].AvatarHash, "contact")
			for _, row := range f.list(t, model.FilterAll) {
				if row.JID == phone || row.JID == lid {
					require.Equal(t, picture, row.AvatarHash, "conversation")
				}
			}
			places, err := f.SearchConversations(f.ctx, "Zacarías", 5)
			require.NoError(t, err)
			require.Len(t, places, 1)
			require.Equal(t, picture, places[0].AvatarHash, "search")
			names, err := f.SearchNames(f.ctx, "Zac", 5)
			require.NoError(t, err)
			require.Len(t, names, 1)
			require.Equal(t, picture, names[0].AvatarHash, "names")
		})
	}
}

// TestAContactThatCameAfterThePictureOfTheConversationShowsIt: somebody who is known by
// one identifier alone was shown before they were a contact.
func TestAContactThatCameAfterThePictureOfTheConversationShowsIt(t *testing.T) {
	const phone, picture = model.JID("34600333444@c.us"), "0123456789abcdef"
	f := newFixture(t)
	c, err := f.EnsureConversation(f.ctx, f.session, phone, "Zacarías", now)
	require.NoError(t, err)
	require.NoError(t, f.SaveAvatar(f.ctx, model.AvatarDue{ConversationID: c.ID, JID: phone}, picture, now, false))
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: phone, Name: "Zacarías", DisplayName: "Zacarías"}}, now))
	contacts, err := f.Contacts(f.ctx, model.ContactQuery{Text: "Zacarías"})
	require.NoError(t, err)
	require.Len(t, contacts, 1)
	require.Equal(t, picture, contacts[0].AvatarHash)
	card, err := f.Contact(f.ctx, contacts[0].ID)
	require.NoError(t, err)
	require.Equal(t, picture, card.AvatarHash)
}
