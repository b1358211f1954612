package contacts_test

import (
	"testing"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/contacts"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// TestScreenIsDrawn draws the screen in every language and theme; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestScreenIsDrawn(t *testing.T) {
	scenes := map[string]func() model.ContactDetail{"contacts": bakery, "contacts-ids": manyIDs}
	for scene, shown := range scenes {
		viewtest.EachPicture(t, scene, func(t *testing.T, p viewtest.Picture) {
			f := &fake{rows: team(), details: map[model.ContactID]model.ContactDetail{7: shown()}}
			b, s := open(t, f, contacts.Options{Sessions: sessions{{ID: 1, Name: "obrador"}, {ID: 2, Name: "tienda", Title: "Tienda del centro"}}}, p.Options()...)
			b.Window.Resize(p.Size)
			list, detail := states(s)
			s.Show(7)
			b.WaitFor(func() bool { return list.State() == widgets.StateData && detail.State() == widgets.StateData })
			b.Settle()
			p.Capture(t, b.Window)
		})
	}
}

// manyIDs is somebody whose identifiers stand to them in every way there is.
func manyIDs() model.ContactDetail {
	const main = "34600111222@c.us"
	found := model.StampOf(viewtest.Start().AddDate(0, 0, -3))
	return model.ContactDetail{
		Contact: model.Contact{
			ID: 7, SessionID: 1, JID: main, Phone: "34600111222", DisplayName: "Harinas del Sur", Name: "Juan (harinas)",
			FirstSeenAt: model.StampOf(viewtest.Start().AddDate(0, -2, 0)), DetailsAt: model.StampOf(viewtest.Start().Add(-2 * 3600e9)),
		},
		LID: "284088457691106@lid",
		IDs: []model.PersonID{
			{JID: main, Standing: model.StandingMain},
			{JID: "284088457691106@lid", Standing: model.StandingJoined, With: main, Source: model.SourceLookup, FoundAt: found, Name: "Juan Molinero"},
			{JID: "34600333444@c.us", Standing: model.StandingJoined, With: main, Source: model.SourceOwner, FoundAt: found, Name: "Juan, el móvil antiguo de los pedidos grandes"},
			{JID: "198765432109876@lid", Standing: model.StandingAsks, With: main, Source: model.SourceMessage},
			{JID: "34600999888@c.us", Standing: model.StandingApart, With: main, Source: model.SourceChange, Name: "Molino Nuevo"},
			{JID: "5215512345678@c.us", Standing: model.StandingLike, With: main},
		},
	}
}

func team() []model.ContactRow {
	rows := []model.ContactRow{
		{ID: 1, DisplayName: "Ana García", Phone: "34600111201", IsMyContact: true, PushName: "Anita"},
		{ID: 2, DisplayName: "Bar La Plaza", Phone: "34600111202", IsBusiness: true},
		{ID: 3, DisplayName: "Carmen Ruiz Fernández de la Vega y Sotomayor", Phone: "34600111203", PushName: "Carmen, la de los pedidos grandes"},
		{ID: 4, DisplayName: "+34 600 11 12 04", Phone: "34600111204", PushName: "Desconocido"},
		{ID: 5, DisplayName: "Elena", JID: "55512345@lid"},
		{ID: 7, DisplayName: "Harinas del Sur", Phone: "34600111222", IsBusiness: true, PushName: "Juan Molinero"},
		{ID: 8, DisplayName: "Íñigo Ochoa", Phone: "34600111208"},
	}
	for i := range rows {
		rows[i].SessionID = 1
		if rows[i].JID == "" {
			rows[i].JID = model.JID(string(rows[i].Phone) + "@c.us")
		}
	}
	return rows
}
