package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestNumbersInTwoFormsOnlySuggest(t *testing.T) {
	for _, c := range []struct {
		a, b model.Phone
		like bool
	}{
		{"5511987654321", "551187654321", true},   // Brazil's ninth digit
		{"551187654321", "5511987654321", true},   //
		{"551133334444", "5511933334444", false},  // a landline has none
		{"5215512345678", "525512345678", true},   // Mexico's 1
		{"5491134567890", "541134567890", true},   // Argentina's 9
		{"5491134567890", "54111534567890", true}, // and its 15
		{"390612345678", "39612345678", true},     // Italy's zero
		{"393331234567", "3903331234567", true},   // even where it would be odd
		{"34600111222", "34600111223", false},
		{"34600111222", "600111222", false}, // national: of which country?
		{"112", "34112", false},             // a short code
		{"34600111222", "34600111222", false},
	} {
		require.Equal(t, c.like, model.MayBeSamePhone(c.a, c.b), "%s %s", c.a, c.b)
		people := model.ResolvePeople([]model.Identity{{LID: model.JID(c.a + "@c.us"), PhoneJID: model.JID(c.b + "@c.us"), Source: model.SourceContact}})
		require.Empty(t, people.Main, "two numbers are never joined because a list says so")
	}
}

func TestResolvePeople(t *testing.T) {
	const a, b, c = model.JID("34600111222@c.us"), model.JID("34600333444@c.us"), model.JID("34600555666@c.us")
	const l, m = model.JID("111222333444555@lid"), model.JID("666777888999000@lid")
	said := func(alias, main model.JID, source model.IdentitySource, at model.Stamp) model.Identity {
		return model.Identity{LID: alias, PhoneJID: main, Source: source, FoundAt: at}
	}
	apart := said(l, a, model.SourceLookup, 1)
	apart.Verdict = model.VerdictApart
	together := said(l, b, model.SourceOwner, 1)
	together.Verdict = model.VerdictTogether
	for name, test := range map[string]struct {
		told []model.Identity
		want map[model.JID]model.JID
		asks int
	}{
		"one pair":                        {told: []model.Identity{said(l, a, model.SourceContact, 1)}, want: map[model.JID]model.JID{l: a}},
		"taken apart":                     {told: []model.Identity{apart}},
		"two numbers for a hidden id":     {told: []model.Identity{said(l, a, model.SourceContact, 1), said(l, b, model.SourceMessage, 2)}, asks: 2},
		"the table decides":               {told: []model.Identity{said(l, a, model.SourceLookup, 1), said(l, b, model.SourceMessage, 2)}, want: map[model.JID]model.JID{l: a}},
		"the table changed":               {told: []model.Identity{said(l, a, model.SourceLookup, 1), said(l, b, model.SourceLookup, 2)}, want: map[model.JID]model.JID{l: b}},
		"the owner decides":               {told: []model.Identity{said(l, a, model.SourceLookup, 1), together}, want: map[model.JID]model.JID{l: b}},
		"two hidden ids for a number":     {told: []model.Identity{said(l, a, model.SourceContact, 1), said(m, a, model.SourceGroup, 1)}, asks: 2},
		"a chain of numbers":              {told: []model.Identity{said(a, b, model.SourceChange, 1), said(b, c, model.SourceChange, 2), said(l, a, model.SourceContact, 0)}, want: map[model.JID]model.JID{a: c, b: c, l: c}},
		"there and back":                  {told: []model.Identity{said(a, b, model.SourceChange, 1), said(b, a, model.SourceChange, 2)}, want: map[model.JID]model.JID{b: a}},
		"two became one number":           {told: []model.Identity{said(a, c, model.SourceChange, 1), said(b, c, model.SourceChange, 2)}, asks: 2},
		"somebody new has the old number": {told: []model.Identity{said(a, b, model.SourceChange, 1), said(l, a, model.SourceContact, 2)}, want: map[model.JID]model.JID{a: b}, asks: 1},
		"digits glued to another server":  {told: []model.Identity{said("111222333444555@c.us", a, model.SourceContact, 1), said(l, m, model.SourceLookup, 1)}},
	} {
		people := model.ResolvePeople(test.told)
		if test.want == nil {
			test.want = map[model.JID]model.JID{}
		}
		require.Equal(t, test.want, people.Main, name)
		require.Len(t, people.Asks, test.asks, name)
	}
}

func TestNoHiddenIDIsShownAsANumber(t *testing.T) {
	const l = model.JID("111222333444555@lid")
	require.Equal(t, "~4555", model.PersonName([]model.Names{{JID: l, Title: "111222333444555"}}))
	require.Equal(t, "+34600111222", model.PersonName([]model.Names{{JID: "34600111222@c.us"}, {JID: l, Title: "111222333444555"}}))
	require.Equal(t, "Ana", model.PersonName([]model.Names{{JID: "34600111222@c.us", Title: "+34 600 11 12 22"}, {JID: l, Push: "Ana"}}))
	require.Equal(t, "Ana García", model.PersonName([]model.Names{{JID: l, Push: "Ana"}, {JID: "34600111222@c.us", Name: "Ana García", Verified: "Ana SL"}}))
	require.Equal(t, "Ana SL", model.PersonName([]model.Names{{JID: l, Push: "Ana", Verified: "Ana SL"}}))
}
