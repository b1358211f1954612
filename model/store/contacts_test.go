package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

func TestContactsAreUpsertedByIdentifier(t *testing.T) {
	f := newFixture(t)
	list := []model.Contact{
		{JID: ana, Phone: ana.Phone(), DisplayName: "Ana García", Name: "Ana García"},
		{JID: "34600333444@c.us", DisplayName: "Luis"},
	}
	require.NoError(t, f.SaveContacts(f.ctx, f.session, list, now))
	require.Zero(t, f.writes(t, func() { require.NoError(t, f.SaveContacts(f.ctx, f.session, list, now+1)) }))

	c, err := f.ContactByJID(f.ctx, f.session, ana)
	require.NoError(t, err)
	require.Equal(t, now, c.FirstSeenAt)
	require.Equal(t, list[0].ComputeFingerprint(), c.Fingerprint)
	require.Equal(t, c.ID, *f.held(t).ContactID, "the conversation is linked")
	require.NoError(t, f.SaveContactDetails(f.ctx, c.ID, "en el obrador", `{"email":"ana@example.org"}`, now))

	list[0].Name, list[0].DisplayName = "Ana G.", "Ana G."
	require.NoError(t, f.SaveContacts(f.ctx, f.session, list, now+2))
	d, err := f.Contact(f.ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, "Ana G.", d.DisplayName)
	require.Equal(t, now, d.FirstSeenAt)
	require.Equal(t, "en el obrador", d.About, "the list does not take details away")
	require.Equal(t, "ana@example.org", d.Profile.Email)
	require.Equal(t, f.conversation, d.ConversationID)
	require.ErrorIs(t, f.SaveContactDetails(f.ctx, 999, "", "", now), store.ErrNotFound)
	_, err = f.ContactByJID(f.ctx, f.session, "nobody@c.us")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestContactsNotSeen(t *testing.T) {
	f := newFixture(t)
	list := []model.Contact{{JID: ana, DisplayName: "Ana"}}
	require.NoError(t, f.SaveContacts(f.ctx, f.session, list, now))
	index, err := f.ContactIndex(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, list[0].ComputeFingerprint(), index[ana].Fingerprint)
	ids := []model.ContactID{index[ana].ID}
	require.NoError(t, f.MarkContactsNotSeen(f.ctx, ids, now+1))
	require.Zero(t, f.writes(t, func() { require.NoError(t, f.MarkContactsNotSeen(f.ctx, ids, now+2)) }))
	c, err := f.ContactByJID(f.ctx, f.session, ana)
	require.NoError(t, err)
	require.Equal(t, now+1, c.NotSeenSince, "since the first time")
	require.NoError(t, f.SaveContacts(f.ctx, f.session, list, now+3))
	index, err = f.ContactIndex(f.ctx, f.session)
	require.NoError(t, err)
	require.False(t, index[ana].NotSeen, "named again")
	require.NoError(t, f.MarkContactsNotSeen(f.ctx, ids, now+4))
	require.NoError(t, f.MarkContactsSeen(f.ctx, ids))
	require.Zero(t, f.writes(t, func() { require.NoError(t, f.MarkContactsSeen(f.ctx, ids)) }))
}

func TestContactSearchFoldsNamesAndNumbers(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{
		{JID: ana, Phone: ana.Phone(), DisplayName: "Ána García Núñez", PushName: "anita"},
		{JID: "34600333444@c.us", Phone: "34600333444", DisplayName: "Łukasz 100%_"},
		{JID: group, DisplayName: "Obrador", IsGroup: true},
		{JID: "55@lid", DisplayName: "İpek"},
	}, now))
	for query, want := range map[string]int{
		"": 3, "ana": 1, "GARCÍA": 1, "nunez ana": 1, "anita": 1, "garcía luis": 0, "600 111": 1, "+34 600-11-12-22": 1,
		"34600": 2, "%": 1, "_": 1, "' OR 1=1 --": 0, "ipek": 1, "obrador": 0, "\x00": 0,
	} {
		rows, err := f.Contacts(f.ctx, model.ContactQuery{SessionID: f.session, Text: query})
		require.NoError(t, err)
		require.Len(t, rows, want, query)
	}
	rows, err := f.Contacts(f.ctx, model.ContactQuery{Text: "obrador", Groups: true})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	n, err := f.CountContacts(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, 3, n)
}

func TestContactPagesMeetEverybodyOnce(t *testing.T) {
	s := storetest.New(t)
	filled := storetest.Fill(t, s, storetest.Sizes{Contacts: 500}, 5)
	f := fixture{Store: s, ctx: t.Context(), session: filled.Session.ID}
	all, err := f.Contacts(f.ctx, model.ContactQuery{})
	require.NoError(t, err)
	require.Len(t, all, 500)
	var walked []model.ContactRow
	q := model.ContactQuery{SessionID: f.session, Limit: 37}
	for {
		page, err := f.Contacts(f.ctx, q)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		walked = append(walked, page...)
		last := page[len(page)-1]
		q.AfterName, q.AfterID = last.DisplayName, last.ID
	}
	require.Equal(t, all, walked)
}

func TestTwinsAreJoinedForDisplay(t *testing.T) {
	f := newFixture(t)
	const lid = model.JID("111222333444555@lid")
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: ana, DisplayName: "Ana"}, {JID: lid, DisplayName: "Ana"}}, now))
	identity := []model.Identity{{SessionID: f.session, LID: lid, PhoneJID: ana, FoundAt: now}}
	f.identify(t, identity...)
	require.Zero(t, f.writes(t, func() { f.identify(t, identity...) }))
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{
		{Conversation: model.Conversation{JID: group, Name: "Obrador"}, Group: &model.Group{Subject: "Obrador", Participants: []model.Participant{{JID: lid}, {JID: "9@c.us", IsAdmin: true}}}},
	}, now))
	for _, jid := range []model.JID{ana, lid} {
		c, err := f.ContactByJID(f.ctx, f.session, jid)
		require.NoError(t, err)
		d, err := f.Contact(f.ctx, c.ID)
		require.NoError(t, err)
		require.Equal(t, lid, d.LID)
		require.Equal(t, f.conversation, d.ConversationID)
		require.Len(t, d.GroupsInCommon, 1)
	}
	n, err := f.CountContacts(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, 1, n, "one person")
	for _, jid := range []model.JID{ana, lid} {
		_, err := f.ContactByJID(f.ctx, f.session, jid)
		require.NoError(t, err, "rows are kept apart")
	}
}

func TestAvatars(t *testing.T) {
	f := newFixture(t)
	require.NoError(t, f.SaveContacts(f.ctx, f.session, []model.Contact{{JID: ana, DisplayName: "Ana"}, {JID: "34600333444@c.us", DisplayName: "Luis"}}, now))
	_, err := f.EnsureConversation(f.ctx, f.session, model.StatusJID, "", now)
	require.NoError(t, err)
	due, err := f.AvatarsDue(f.ctx, f.session, now, 10)
	require.NoError(t, err)
	require.Len(t, due, 2)
	require.Equal(t, ana, due[0].JID, "those with a conversation first")
	require.Equal(t, f.conversation, due[0].ConversationID)

	require.NoError(t, f.SaveAvatar(f.ctx, due[0], "abc", now, false))
	require.Equal(t, "abc", f.held(t).AvatarHash)
	c, err := f.ContactByJID(f.ctx, f.session, ana)
	require.NoError(t, err)
	require.Equal(t, "abc", c.AvatarHash)

	luis := due[1]
	asked := func(before model.Stamp) bool {
		due, err := f.AvatarsDue(f.ctx, f.session, before, 10)
		require.NoError(t, err)
		for _, d := range due {
			if d.JID == luis.JID {
				return true
			}
		}
		return false
	}
	const day = 86_400_000
	for i, wait := range []model.Stamp{1, 3, 7, 15, 31, 31} {
		require.NoError(t, f.SaveAvatar(f.ctx, luis, "", now, true), fmt.Sprint(i))
		require.False(t, asked(now+wait*day), i)
		require.True(t, asked(now+wait*day+1), i)
	}
	require.NoError(t, f.SaveAvatar(f.ctx, luis, "", now, false))
	require.True(t, asked(now+1), "that somebody has no picture is no failure")

	late, err := f.EnsureConversation(f.ctx, f.session, luis.JID, "Luis", now)
	require.NoError(t, err)
	require.Equal(t, now, late.AvatarAt, "what is known of the contact holds for a new conversation")
}

// The short way for the letters of Western Europe gives what the tables give.
func TestFoldOfWesternLettersIsThatOfUnicode(t *testing.T) {
	for r := rune(0x80); r < 0x250; r++ {
		for _, word := range []string{string(r), "Ab" + string(r) + "cD", string(r) + "́x", string(r) + "ñ"} {
			require.Equal(t, store.FoldUnicode(word), store.Fold(word), "%U in %q", r, word)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Ána", "İ", "ΑΣ", "ß", "\xff", "각", "a\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := store.Fold(s)
		require.Equal(t, once, store.Fold(once))
		require.Equal(t, store.FoldUnicode(s), once)
	})
}
