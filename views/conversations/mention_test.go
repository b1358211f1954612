package conversations_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func TestPeopleOfAGroupAreMentioned(t *testing.T) {
	f := newFake()
	f.add(1, "Obrador", 3)
	c := f.convs[1]
	c.Kind, c.JID = model.KindGroup, "120363@g.us"
	f.convs[1] = c
	f.groups[1] = model.Group{ConversationID: 1, Participants: []model.Participant{
		{JID: "34600111001@c.us", Name: "Ana"}, {JID: "34600111002@c.us", Name: "Ana María"},
		{JID: "99887766@lid", Name: "Íñigo"}, {JID: "34699999999@c.us", Name: "Me"},
	}}
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Obrador")
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 1 }) // the session is known, and who oneself is
	keys := writing(t, b, s)
	test.Type(keys, "a@b.es @")
	require.Subset(t, labels(s), []string{"Ana", "Ana María", "Íñigo"})
	require.NotContains(t, labels(s), "Me")
	test.Type(keys, "mar")
	require.NotContains(t, labels(s), "Íñigo")
	press(b, fyne.KeyReturn)
	require.Equal(t, "a@b.es @Ana María ", composer(s).Text())
	test.Type(keys, "y @an")
	press(b, fyne.KeyTab)
	test.Type(keys, "y @ini")
	press(b, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	test.Type(keys, ": @nadie @Ana, @Anabel")
	require.Equal(t, "a@b.es @Ana María y @Ana y @Íñigo : @nadie @Ana, @Anabel", composer(s).Text())
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 && composer(s).Text() == "" })
	require.Equal(t, model.Outgoing{
		Text:     "a@b.es @34600111002 y @34600111001 y @99887766 : @nadie @34600111001, @Anabel",
		Mentions: []model.JID{"34600111002@c.us", "34600111001@c.us", "99887766@lid"},
	}, f.sentOut()[0])
}

func TestWhoseNameBeginsAsTypedIsProposedFirst(t *testing.T) {
	f := newFake()
	f.add(1, "Obrador", 3)
	c := f.convs[1]
	c.Kind = model.KindGroup
	f.convs[1] = c
	f.groups[1] = model.Group{ConversationID: 1, Participants: []model.Participant{
		{JID: "34600111001@c.us", Name: "Carmen de los Molinos"}, {JID: "34600111002@c.us", Name: "Luis"}, {JID: "34600111003@c.us", Name: "Lucía"},
		{JID: "34600111004@c.us"}, {JID: "99887766554433@lid"},
	}}
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Obrador")
	test.Type(writing(t, b, s), "@l")
	require.Contains(t, labels(s), "Carmen de los Molinos")
	press(b, fyne.KeyReturn)
	require.Equal(t, "@Lucía ", composer(s).Text())
	test.Type(writing(t, b, s), "@")
	press(b, fyne.KeyReturn)
	require.Equal(t, "@Lucía @Carmen de los Molinos ", composer(s).Text(), "who has no name comes last")
}

func TestEscapeSendsTheListOfPeopleAway(t *testing.T) {
	f := newFake()
	f.add(1, "Obrador", 3)
	c := f.convs[1]
	c.Kind = model.KindGroup
	f.convs[1] = c
	f.groups[1] = model.Group{ConversationID: 1, Participants: []model.Participant{{JID: "34600111001@c.us", Name: "Ana"}}}
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Obrador")
	keys := writing(t, b, s)
	test.Type(keys, "@a")
	require.Contains(t, labels(s), "Ana")
	press(b, fyne.KeyEscape)
	require.NotContains(t, labels(s), "Ana")
	require.Equal(t, keys, b.Window.Canvas().Focused())
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 })
	require.Equal(t, model.Outgoing{Text: "@a"}, f.sentOut()[0])
}

func TestMembersWithSeveralIdsAreNamedByEachAndOneselfIsNotProposed(t *testing.T) {
	f := newFake()
	f.add(1, "Obrador", 3)
	c := f.convs[1]
	c.Kind, c.JID = model.KindGroup, "120363@g.us"
	f.convs[1] = c
	f.groups[1] = model.Group{ConversationID: 1, Participants: []model.Participant{
		{JID: "34600111001@c.us", Name: "Ana", IDs: []model.JID{"34600111001@c.us", "284088457691106@lid"}},
		{JID: "99887766554433@lid", Name: "Espiga", IsMe: true},
	}}
	f.messages[1][1].AuthorJID, f.messages[1][1].Author = "34600111001@c.us", "Ana"
	f.messages[1][2].QuotedShortID, f.messages[1][2].QuotedAuthor, f.messages[1][2].QuotedText = "Q", "284088457691106@lid", "¿@99887766554433?"
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Obrador")
	var quote *widgets.Quote
	b.WaitFor(func() bool {
		for _, item := range messageList(s).Items() {
			if item.Content != nil && item.Content.Quote != nil {
				quote = item.Content.Quote
			}
		}
		return quote != nil
	})
	require.Equal(t, "Ana", quote.Author)
	require.Equal(t, "¿@"+b.T("conversations.you")+"?", quote.Text)
	test.Type(writing(t, b, s), "@")
	require.Contains(t, labels(s), "Ana")
	require.NotContains(t, labels(s), "Espiga")
	require.NotContains(t, labels(s), b.T("conversations.you"))
}

func TestHeaderShowsTheNumberToWhichAHiddenIdLeads(t *testing.T) {
	for main, want := range map[model.JID]string{"34600111222@c.us": "+34 600 11 12 22", "": "Hidden number"} {
		f := newFake()
		f.add(1, "Ana", 3)
		c := f.convs[1]
		c.JID, c.Main = "284088457691106@lid", main
		f.convs[1] = c
		b, s := show(t, f, offline())
		opened(t, b, s, 1, "message 2 of Ana")
		require.Contains(t, viewtest.Texts(s.Content()), want)
	}
}
