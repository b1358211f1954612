package conversations_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

// TestScreenIsDrawn draws the screen in every language, theme and size; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestScreenIsDrawn(t *testing.T) {
	for id, scene := range map[model.ConversationID]string{1: "person", 2: "group", 3: "notes"} {
		viewtest.EachPicture(t, "conversations-"+scene, func(t *testing.T, p viewtest.Picture) { drawScene(t, id, p) })
	}
}

func drawScene(t *testing.T, id model.ConversationID, p viewtest.Picture) {
	f := bakery()
	ss := connected()
	if id == 3 {
		ss = &sessions{list: []model.Session{{ID: 1, Name: "obrador", State: model.StateConnected}, {ID: 2, Name: "tienda", Title: "Tienda del centro"}}}
		f.fail["FetchMessages"] = viewtest.Fail(model.ProblemTimeout, "no answer")
	}
	b, s := show(t, f, ss, p.Options()...)
	b.Window.Resize(p.Size)
	s.Open(id)
	b.Settle()
	require.Greater(t, len(messageList(s).Items()), 3)
	require.Equal(t, 1, f.called(fmt.Sprint("FetchMessages ", id)))
	require.Nil(t, button(s, b.T("conversations.syncing")))
	p.Capture(t, b.Window)
	if id == 1 {
		messageList(s).ScrollToTop()
		p.Of("conversations-person-top").Capture(t, b.Window)
	}
}

// TestAFailedFetchIsDrawn draws the banner of a fetch that failed, what is left of it
// once the session is well again, and the same conversation when it is not to be had
// from the store at all.
func TestAFailedFetchIsDrawn(t *testing.T) {
	viewtest.SomePictures(t, "banner", func(t *testing.T, p viewtest.Picture) {
		f, ss := bakery(), connected()
		f.fail["FetchMessages"] = &viewtest.ProblemError{Problem: model.Problem{Kind: model.ProblemSessionBroken, Said: "browser tab closed"}}
		b, s := show(t, f, ss, p.Options()...)
		b.Window.Resize(p.Size)
		s.Open(1)
		b.Settle()
		require.True(t, bannerSays(b, s))
		require.Greater(t, len(messageList(s).Items()), 3)
		p.Capture(t, b.Window)
		f.set(func() { delete(f.fail, "FetchMessages") })
		ss.become(b, func(s *model.Session) { s.Connections++ })
		b.Settle()
		require.False(t, bannerSays(b, s))
		p.Of("banner-gone").Capture(t, b.Window)
	})
	viewtest.SomePictures(t, "banner-store", func(t *testing.T, p viewtest.Picture) {
		f := bakery()
		f.fail["Messages"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
		b, s := show(t, f, connected(), p.Options()...)
		b.Window.Resize(p.Size)
		s.Open(1)
		b.Settle()
		require.NotNil(t, button(s, b.T("common.retry")))
		p.Capture(t, b.Window)
	})
}

// TestAWarningAtTheEndIsDrawn draws a conversation as it is opened when it is not known
// whether its last message went out.
func TestAWarningAtTheEndIsDrawn(t *testing.T) {
	viewtest.SomePictures(t, "warning", func(t *testing.T, p viewtest.Picture) {
		f := bakery()
		row := goingOut(7, model.OutboxUnknown, "Te las dejo apartadas en el mostrador con tu nombre. Son 7,40 € en total.")
		row.NotFound = true
		f.outbox[1] = []model.OutboxRow{row}
		b, s := show(t, f, connected(), p.Options()...)
		b.Window.Resize(p.Size)
		s.Open(1)
		b.Settle()
		require.True(t, messageList(s).AtEnd())
		require.Equal(t, 1, f.called("FetchMessages 1"))
		require.Nil(t, button(s, b.T("conversations.syncing")))
		p.Capture(t, b.Window)
	})
}

// bakery is the store of a small business with every kind of message.
func bakery() *fake {
	f := newFake()
	f.add(1, "Ana García", 0)
	f.add(2, "Proveedores", 0)
	f.add(3, "Bar La Plaza", 0)
	names := []string{"Carmen Ruiz Fernández de la Vega y Sotomayor", "Harinas del Sur", "Íñigo", "Pedidos tienda", "مخبز الأمل", "Elena", "Notas", "Taller de panes", "Javier", "Lucía"}
	for i, n := range names {
		f.add(model.ConversationID(i+4), n, 3)
		f.rows[i+3].LastAt -= model.Stamp(i*i*7) * 3600_000
	}
	f.rows[0].Unread, f.rows[0].LastText, f.rows[0].Pinned = 3, "¿Me guardas dos hogazas de centeno para el sábado por la mañana, por favor?", true
	f.rows[1].Kind, f.rows[1].LastAuthor, f.rows[1].LastText, f.rows[1].LastType = model.KindGroup, "Juan", "factura-noviembre.pdf", model.TypeDocument
	f.rows[2].LastFromMe, f.rows[2].LastAck, f.rows[2].LastText = true, model.AckRead, "Hecho, mañana a las 8"
	f.rows[4].Draft = "Buenas tardes, quería"
	f.rows[5].MutedUntil, f.rows[5].Unread = model.MutedForever, 12
	f.rows[6].NotSeenSince = model.StampOf(viewtest.Start().Add(-40 * 24 * time.Hour))
	f.person(1)
	f.team(2)
	f.outgoing(3)
	return f
}

func (f *fake) person(id model.ConversationID) {
	c := f.convs[id]
	c.Unread, c.Pinned, c.Draft = 3, true, "Claro, te las aparto."
	c.Ledger.ReachedBeginning = true
	f.convs[id] = c
	at := viewtest.Start().Add(-26 * time.Hour)
	add := func(own bool, text string, change func(*model.MessageRow)) {
		m := message(id, at, text)
		m.FromMe, m.Ack = own, model.AckRead
		if change != nil {
			change(&m)
		}
		f.messages[id] = append(f.messages[id], m)
		at = at.Add(97 * time.Second)
	}
	kind := func(k model.MessageType, d model.MessageDetails) func(*model.MessageRow) {
		return func(m *model.MessageRow) {
			m.Type, m.Details, m.HasMedia = k, model.EncodeDetails(d), k.IsMedia()
		}
	}
	add(false, "", kind(model.TypeE2ENotice, model.MessageDetails{}))
	add(false, "Buenos días", nil)
	add(false, "Quería encargar una tarta para el domingo. Somos unas doce personas, y mi hermana no puede tomar nueces, así que mejor sin ellas. ¿Hasta cuándo puedo decidir el relleno?", nil)
	add(true, "Buenos días, Ana", nil)
	add(true, "Hasta el viernes a mediodía sin problema.", func(m *model.MessageRow) {
		m.QuotedShortID, m.QuotedText, m.QuotedAuthor = "X", "¿Hasta cuándo puedo decidir el relleno?", c.JID
		m.Reactions = []model.ReactionSummary{{Emoji: "👍", Count: 1}, {Emoji: "❤️", Count: 2}}
	})
	add(false, "Como esta de la foto", kind(model.TypeImage, model.MessageDetails{Media: &model.MediaInfo{MimeType: "image/jpeg", Size: 184_223}}))
	add(false, "", kind(model.TypeVoice, model.MessageDetails{Media: &model.MediaInfo{Seconds: 23, Size: 48_000}}))
	add(true, "presupuesto-tarta.pdf", kind(model.TypeDocument, model.MessageDetails{Media: &model.MediaInfo{FileName: "presupuesto-tarta.pdf", Size: 93_011, Pages: 2}}))
	add(false, "", kind(model.TypeLocation, model.MessageDetails{Location: &model.Location{Latitude: 40.41678, Longitude: -3.70379, Name: "Salón de celebraciones El Olivo", Address: "Calle Mayor 3, Madrid"}}))
	add(false, "Marta Gómez", kind(model.TypeContact, model.MessageDetails{}))
	add(true, "¿Qué relleno?", kind(model.TypePoll, model.MessageDetails{Poll: &model.Poll{Name: "¿Qué relleno?", Options: []string{"Crema", "Nata con fresas", "Trufa"}, Multiple: true}}))
	add(false, "", kind(model.TypeCall, model.MessageDetails{}))
	add(false, "", func(m *model.MessageRow) { m.Type, m.Versions = model.TypeRevoked, 1 })
	add(false, "", kind(model.TypeCiphertext, model.MessageDetails{}))
	add(false, "", kind("scheduled_event_creation", model.MessageDetails{}))
	at = viewtest.Start().Add(-2 * time.Hour)
	add(true, "Reenvío la lista de alérgenos:\n• Gluten\n• Huevo\n• Leche", func(m *model.MessageRow) { m.Forwarded, m.Starred, m.Ack = true, true, model.AckDevice })
	add(false, "https://www.ejemplo-muy-largo.es/recetas/tartas/cumpleanos/2026/"+strings.Repeat("capas-de-bizcocho/", 6)+"?ref=ana", nil)
	add(false, "مرحبا، رقم الطلب 4512 والسعر 20 يورو فقط.", nil)
	add(true, "Perfecto, apuntado.", func(m *model.MessageRow) { m.EditedAt, m.Ack = 1, model.AckServer })
	add(false, "¿Me guardas dos hogazas de centeno para el sábado por la mañana, por favor? 🙏", nil)
}

func (f *fake) team(id model.ConversationID) {
	c := f.convs[id]
	c.Kind, c.JID = model.KindGroup, "120363000000000001@g.us"
	c.NotSeenSince = model.StampOf(viewtest.Start().Add(-9 * 24 * time.Hour))
	f.convs[id] = c
	people := []struct {
		jid  model.JID
		name string
	}{{"34600111301@c.us", "Juan (Harinas del Sur)"}, {"34600111302@c.us", "Lucía"}, {"34600111303@c.us", "Marta"}}
	g := model.Group{ConversationID: id, Subject: c.Name}
	for _, p := range people {
		g.Participants = append(g.Participants, model.Participant{JID: p.jid, Name: p.name})
	}
	f.groups[id] = g
	at := viewtest.Start().Add(-3 * time.Hour)
	for i, text := range []string{
		"Buenos días a todos", "El camión sale a las once, llega sobre la una.", "Recibido", "Gracias", "Esta semana subimos la harina de fuerza 4 céntimos por kilo.",
		"¿Y la integral?", "La integral se queda igual hasta enero.", "Vale", "👍", "factura-noviembre.pdf",
	} {
		m := message(id, at.Add(time.Duration(i*i)*61*time.Second), text)
		p := people[(i*i/2)%3]
		m.AuthorJID, m.Author = p.jid, p.name
		if i == 3 {
			m.FromMe, m.Ack, m.AuthorJID, m.Author = true, model.AckRead, "", ""
		}
		if i == 5 {
			m.QuotedShortID, m.QuotedAuthor, m.QuotedText = "Q", people[0].jid, "Esta semana subimos la harina de fuerza 4 céntimos por kilo."
		}
		if i == 9 {
			m.Type, m.HasMedia = model.TypeDocument, true
			m.Details = model.EncodeDetails(model.MessageDetails{Media: &model.MediaInfo{FileName: text, Size: 120_000}})
		}
		f.messages[id] = append(f.messages[id], m)
	}
	notice := message(id, at.Add(-time.Minute), "")
	notice.Type = model.TypeGroupNotice
	f.messages[id] = append([]model.MessageRow{notice}, f.messages[id]...)
}

func (f *fake) outgoing(id model.ConversationID) {
	for i, text := range []string{"¿Os dejamos el pan a la misma hora?", "Sí, a las 8", "Hecho, mañana a las 8"} {
		m := message(id, viewtest.Start().Add(time.Duration(i-40)*time.Minute), text)
		m.FromMe, m.Ack = i != 1, model.AckRead
		f.messages[id] = append(f.messages[id], m)
	}
	at := model.StampOf(viewtest.Start().Add(-time.Minute))
	f.messages[id][0].Pending = []model.PendingAction{{ID: 90, Kind: model.OutboxEdit, State: model.OutboxSending, Text: "¿Os dejamos el pan a las ocho?"}, {ID: 91, Kind: model.OutboxStar, On: true}}
	f.messages[id][1].Pending = []model.PendingAction{{ID: 92, Kind: model.OutboxReact, Emoji: "👍"}}
	f.messages[id][2].Pending = []model.PendingAction{{ID: 93, Kind: model.OutboxDelete, State: model.OutboxFailed, Everyone: true, Error: string(model.ProblemRefused)}}
	add := func(n model.OutboxID, state model.OutboxState, text string, change func(*model.OutboxRow)) {
		r := model.OutboxRow{OutboxItem: model.OutboxItem{ID: n, State: state, Kind: model.OutboxText, Text: text, CreatedAt: at, ConversationID: id}}
		if change != nil {
			change(&r)
		}
		f.outbox[id] = append(f.outbox[id], r)
	}
	add(1, model.OutboxFailed, "¿Necesitáis también cruasanes?", func(r *model.OutboxRow) { r.Error = string(model.ProblemNotOnWhatsApp) })
	add(2, model.OutboxUnknown, "Os paso la factura de octubre esta tarde, sin falta.", nil)
	add(3, model.OutboxUnknown, "Y el albarán", func(r *model.OutboxRow) { r.NotFound = true })
	add(4, model.OutboxSending, "", func(r *model.OutboxRow) {
		r.Kind, r.Payload = model.OutboxFile, `{"file":{"sha256":"aa","mimetype":"application/pdf","filename":"factura-octubre.pdf","size":240000}}`
	})
	add(5, model.OutboxQueued, "Pan de hoy", func(r *model.OutboxRow) {
		r.Kind, r.Payload, r.Waits = model.OutboxFile, `{"file":{"sha256":"bb","mimetype":"image/jpeg","filename":"pan.jpg","size":1240000}}`, "order"
	})
	add(6, model.OutboxQueued, "¿Qué pan?", func(r *model.OutboxRow) {
		r.Kind, r.Payload, r.NextAt = model.OutboxPoll, `{"poll":{"options":["Centeno","Trigo"]}}`, at+300_000
	})
	add(7, model.OutboxQueued, "", func(r *model.OutboxRow) {
		r.Kind, r.Payload, r.Waits = model.OutboxLocation, `{"location":{"lat":40.4,"lon":-3.7,"name":"Obrador"}}`, "offline"
	})
	add(8, model.OutboxQueued, "Gracias", func(r *model.OutboxRow) {
		r.Asks, r.CreatedAt, r.Target, r.QuotedShortID = true, at-2*24*3600_000, f.messages[id][1].ID, "Q"
	})
	add(9, model.OutboxFailed, "", func(r *model.OutboxRow) {
		r.Kind, r.Payload, r.ErrorText = model.OutboxPin, `{"on":true}`, "three pinned"
	})
}
