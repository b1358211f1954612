package conversations_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
)

// known is what is known of the identifiers of everybody.
type known []model.PersonID

func (k known) IDs(context.Context, model.SessionID, model.JID) ([]model.PersonID, error) {
	return k, nil
}

func (known) SamePerson(context.Context, model.SessionID, model.JID, model.JID) error    { return nil }
func (known) NotSamePerson(context.Context, model.SessionID, model.JID, model.JID) error { return nil }

// TestPeopleAreDrawn draws who is proposed behind an "@", who is called in a
// message, and the identifiers of a person, in every language, theme and size; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestPeopleAreDrawn(t *testing.T) {
	for name, scene := range peopleScenes() {
		viewtest.SomePictures(t, "people-"+name, func(t *testing.T, p viewtest.Picture) {
			d := newDeskWith(t, callingEachOther(), func(o *conversations.Options) { o.People = severalIDs() }, p.Options()...)
			d.Window.Resize(p.Size)
			scene(d)
			d.Settle()
			p.Capture(t, d.Window)
		})
	}
}

func peopleScenes() map[string]func(*desk) {
	group := func(d *desk) {
		opened(d.t, d.Bench, d.s, 2, "Vale")
		require.Equal(d.t, 1, d.f.called("FetchMessages 2"))
	}
	return map[string]func(*desk){
		"mentioned": group,
		"mention": func(d *desk) {
			group(d)
			test.Type(writing(d.t, d.Bench, d.s), "Mañana a las ocho, @")
		},
		"mention-word": func(d *desk) {
			group(d)
			test.Type(writing(d.t, d.Bench, d.s), "@l")
		},
		"ids": func(d *desk) {
			d.open(1, "Te las aparto, Ana.")
			test.Tap(button(d.s, d.T("conversations.more")))
			d.choose(d.T("contacts.ids.open"))
			d.WaitFor(func() bool { return d.says(d.T("contacts.ids.title")) })
		},
	}
}

// callingEachOther is a group whose people are known by numbers, hidden ids and both.
func callingEachOther() *fake {
	f := bakery()
	last := message(1, viewtest.Start().Add(-time.Minute), "Te las aparto, Ana.")
	last.FromMe, last.Ack = true, model.AckRead
	f.messages[1] = append(f.messages[1], last)
	g := f.groups[2]
	g.Participants = append(g.Participants,
		model.Participant{JID: "34600111304@c.us", Name: "Luis", IDs: []model.JID{"34600111304@c.us", "284088457691106@lid"}},
		model.Participant{JID: "198765432109876@lid", Name: "Carmen Ruiz Fernández de la Vega y Sotomayor de los Molinos del Guadalquivir"},
		model.Participant{JID: "34600111305@c.us"}, model.Participant{JID: "55443322110099@lid"},
		model.Participant{JID: "34600111222@c.us", Name: "La Espiga", IsMe: true},
	)
	f.groups[2] = g
	for i, one := range []struct {
		text string
		own  bool
		who  []model.JID
	}{
		{"@34600111302 ¿puedes estar el martes con @284088457691106 en el almacén?", false, []model.JID{"34600111302@c.us", "284088457691106@lid"}},
		{"Yo no llego, que vaya @34600111222 o @198765432109876", false, []model.JID{"34600111222@c.us", "198765432109876@lid"}},
		{"Voy yo con @34600111305 y @55443322110099, sin falta", true, []model.JID{"34600111305@c.us", "55443322110099@lid"}},
	} {
		m := message(2, viewtest.Start().Add(time.Duration(i-4)*time.Minute), one.text)
		m.Details = model.EncodeDetails(model.MessageDetails{Mentions: one.who})
		m.AuthorJID, m.Author = "34600111301@c.us", "Juan (Harinas del Sur)"
		if one.own {
			m.FromMe, m.Ack, m.AuthorJID, m.Author = true, model.AckRead, "", ""
		}
		f.messages[2] = append(f.messages[2], m)
	}
	return f
}

func severalIDs() known {
	const main = "34600111222@c.us"
	found := model.StampOf(viewtest.Start().AddDate(0, 0, -3))
	return known{
		{JID: main, Standing: model.StandingMain},
		{JID: "284088457691106@lid", Standing: model.StandingJoined, With: main, Source: model.SourceLookup, FoundAt: found, Name: "Anita"},
		{JID: "198765432109876@lid", Standing: model.StandingAsks, With: main, Source: model.SourceMessage},
		{JID: "34600999888@c.us", Standing: model.StandingApart, With: main, Source: model.SourceChange, Name: "Ana, la del bar de la plaza de arriba"},
		{JID: "5215512345678@c.us", Standing: model.StandingLike, With: main},
	}
}
