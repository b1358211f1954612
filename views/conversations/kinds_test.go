package conversations_test

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

// drawnPicture is a picture of a wanted size, which nothing has to be read for.
func drawnPicture(_ context.Context, key string, side int) (image.Image, error) {
	img := image.NewNRGBA(image.Rect(0, 0, side, side*3/4))
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			img.SetNRGBA(x, y, color.NRGBA{uint8(120 + x*100/side), uint8(90 + y*120/side), uint8(70 + len(key)), 255})
		}
	}
	return img, nil
}

type row = model.MessageRow

func as(t model.MessageType, d model.MessageDetails) func(*row) {
	return func(m *row) { m.Type, m.Details = t, model.EncodeDetails(d) }
}

func file(t model.MessageType, state model.MediaState, thumb string, info model.MediaInfo) func(*row) {
	return func(m *row) {
		m.Type, m.Details = t, model.EncodeDetails(model.MessageDetails{Media: &info})
		m.HasMedia = state != model.MediaGone
		m.MediaState, m.MediaThumb, m.MediaSize = state, thumb, info.Size
		switch state {
		case model.MediaStored:
			m.MediaHash = "abc"
		case model.MediaFailed:
			m.MediaError = string(model.ProblemTimeout)
		}
	}
}

func both(changes ...func(*row)) func(*row) {
	return func(m *row) {
		for _, c := range changes {
			c(m)
		}
	}
}

type sample struct {
	text   string
	change func(*row)
}

// soundSamples and the other lists hold one message of each kind and state.
func fileSamples() []sample {
	photo := model.MediaInfo{MimeType: "image/jpeg", Size: 184_223, Width: 1200, Height: 900}
	tall := model.MediaInfo{MimeType: "image/jpeg", Size: 2_184_223, Width: 900, Height: 1600}
	film := model.MediaInfo{MimeType: "video/mp4", Size: 4_184_223, Width: 1280, Height: 720, Seconds: 74}
	voice := model.MediaInfo{MimeType: "audio/ogg; codecs=opus", Seconds: 23, Size: 48_000}
	song := model.MediaInfo{MimeType: "audio/mpeg", Seconds: 214, Size: 3_480_000, FileName: "La canción del panadero.mp3"}
	pdf := model.MediaInfo{MimeType: "application/pdf", FileName: "presupuesto-tarta.pdf", Size: 93_011, Pages: 2}
	return []sample{
		{"Como esta de la foto, pero con dos pisos y flores blancas encima", file(model.TypeImage, model.MediaStored, "t", photo)},
		{"", file(model.TypeImage, model.MediaRemote, "t", tall)},
		{"", file(model.TypeImage, model.MediaFailed, "", photo)},
		{"Ya no está", file(model.TypeImage, model.MediaGone, "", photo)},
		{"", file(model.TypeVideo, model.MediaStored, "t", film)},
		{"Mira esto", file(model.TypeVideo, model.MediaRemote, "", film)},
		{"", file(model.TypeImage, model.MediaDownloading, "t", photo)},
		{"", file(model.TypeSticker, model.MediaStored, "t", model.MediaInfo{Width: 512, Height: 512})},
		{"", file(model.TypeSticker, model.MediaRemote, "", model.MediaInfo{Width: 512, Height: 512, Size: 509_000})},
		{"", file(model.TypeSticker, model.MediaGone, "", model.MediaInfo{Width: 512, Height: 512, Size: 509_000})},
		{"", file(model.TypeVoice, model.MediaStored, "", voice)},
		{"", file(model.TypeVoice, model.MediaRemote, "", voice)},
		{"", file(model.TypeAudio, model.MediaStored, "", song)},
		{"presupuesto-tarta.pdf", file(model.TypeDocument, model.MediaStored, "", pdf)},
		{"Aquí va la lista", file(model.TypeDocument, model.MediaRemote, "", model.MediaInfo{FileName: `C:\casa\..\Precios de todos los panes y bollos para la temporada de invierno de 2026 (la buena).xlsx`, Size: 1_200_000})},
		{"", file(model.TypeDocument, model.MediaGone, "", model.MediaInfo{FileName: "../../etc/passwd", Size: 12})},
		{"", file(model.TypeImage, model.MediaRemote, "t", model.MediaInfo{ViewOnce: true})},
	}
}

func cardSamples() []sample {
	place := model.Location{Latitude: 40.41678, Longitude: -3.70379, Name: "Salón de celebraciones El Olivo", Address: "Calle Mayor 3, Madrid"}
	card := "BEGIN:VCARD\nVERSION:3.0\nFN:Marta Gómez\nitem1.TEL;waid=34600111222:+34 600 11 12 22\nEND:VCARD"
	poll := model.Poll{Name: "¿Qué relleno?", Options: []string{"Crema", "Nata con fresas", "Trufa negra con un nombre tan largo que no cabe en una sola línea"}, Multiple: true}
	return []sample{
		{"", as(model.TypeLocation, model.MessageDetails{Location: &place})},
		{"", as(model.TypeLocation, model.MessageDetails{Location: &model.Location{Latitude: -33.8688, Longitude: 151.2093}})},
		{"Marta Gómez", as(model.TypeContact, model.MessageDetails{VCards: []string{card}})},
		{"", as(model.TypeContacts, model.MessageDetails{VCards: []string{card, strings.Replace(card, "Marta Gómez", "Panadería de la Plaza Mayor de Villanueva", 1), "BEGIN:VCARD\nEND:VCARD"}})},
		{"", both(as(model.TypePoll, model.MessageDetails{Poll: &poll}), func(m *row) {
			m.Votes = []model.VoteCount{{Option: "Crema", Count: 3}, {Option: "Nata con fresas", Count: 5, Mine: true}, {Option: poll.Options[2]}}
		})},
		{"", as(model.TypePoll, model.MessageDetails{Poll: &model.Poll{Name: "¿Vienes?", Options: []string{"Sí", "No"}}})},
		{"", as(model.TypeCall, model.MessageDetails{Call: &model.CallInfo{Missed: true}})},
		{"", as(model.TypeCall, model.MessageDetails{Call: &model.CallInfo{Video: true, Seconds: 754}})},
		{"", as(model.TypeGroupInvite, model.MessageDetails{Invite: &model.GroupInvite{GroupName: "Panaderos del barrio", Expires: viewtest.Start().Unix() + 86_400}})},
		{"", as(model.TypeOrder, model.MessageDetails{Commerce: &model.Commerce{OrderID: "5000123", Title: "2 × cruasán", Description: "Para el sábado a las nueve"}})},
		{"", as(model.TypeProduct, model.MessageDetails{Commerce: &model.Commerce{ProductID: "1", Title: "Cruasán", Description: "Caja de 12 unidades"}})},
		{"", func(m *row) { m.Type, m.Versions = model.TypeRevoked, 1 }},
		{"", func(m *row) { m.Type = model.TypeRevoked }},
		{"", func(m *row) { m.Type, m.Versions = model.TypeRemoved, 1 }},
		{"", func(m *row) { m.Type = model.TypeCiphertext }},
		{"", func(m *row) { m.Type = model.TypeAlbum }},
		{"", func(m *row) { m.Type = "scheduled_event_creation" }},
		{"Mañana a las 9", func(m *row) { m.Type = "interactive" }},
	}
}

func textSamples(quoted model.JID) []sample {
	base64 := "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/"
	return []sample{
		{"Buenos días", nil},
		{"Quería encargar una tarta para el domingo. Somos unas doce personas, y mi hermana no puede tomar nueces, así que mejor sin ellas. ¿Hasta cuándo puedo decidir el relleno?", nil},
		{"Con *negrita*, _cursiva_, ~tachado~ y ```código```, y un enlace: https://www.ejemplo.es/recetas/tarta?x=1", nil},
		{"@34600111222 ¿te va bien?", func(m *row) {
			m.Details = model.EncodeDetails(model.MessageDetails{Mentions: []model.JID{"34600111222@c.us"}})
		}},
		{"Hasta el viernes a mediodía sin problema.", func(m *row) {
			m.QuotedShortID, m.QuotedText, m.QuotedAuthor = "X", "¿Hasta cuándo puedo decidir el relleno?", quoted
			m.Reactions = []model.ReactionSummary{{Emoji: "👍", Count: 1}, {Emoji: "❤️", Count: 2, Mine: true}, {Emoji: "😂", Count: 12}}
		}},
		{"Vale", func(m *row) { m.Reactions = []model.ReactionSummary{{Emoji: "🙏", Count: 1}} }},
		{"👍", nil},
		{"🥐🍞", nil},
		{"🎂🎉🥳", nil},
		{"Reenvío la lista de alérgenos:\n• Gluten\n• Huevo\n• Leche", func(m *row) { m.Forwarded, m.Starred = true, true }},
		{"Cadena de siempre", both(func(m *row) { m.Forwarded = true }, func(m *row) { m.Details = model.EncodeDetails(model.MessageDetails{Forwards: 7}) })},
		{"Perfecto, apuntado.", func(m *row) { m.EditedAt, m.Versions, m.Ephemeral = 1, 2, true }},
		{strings.Repeat("Una línea de una receta muy larga\n", 60), nil},
		{base64, nil},
		{"مرحبا، رقم الطلب 4512 والسعر 20 يورو فقط.", nil},
	}
}

// kinds is a store of two conversations in which everything is said, by the
// owner and by others.
func kinds(list []sample) *fake {
	f := newFake()
	f.add(1, "Ana García", 0)
	f.add(2, "Proveedores", 0)
	c := f.convs[2]
	c.Kind, c.JID = model.KindGroup, "120363000000000001@g.us"
	f.convs[2] = c
	f.groups[2] = model.Group{ConversationID: 2, Subject: c.Name, Participants: []model.Participant{
		{JID: "34600111301@c.us", Name: "Juan (Harinas del Sur)"}, {JID: "34600111302@c.us", Name: "Lucía"}, {JID: "34600111222@c.us", Name: "Marta Gómez"},
	}}
	for id := model.ConversationID(1); id <= 2; id++ {
		at := viewtest.Start().Add(-3 * time.Hour)
		for i, s := range list {
			m := message(id, at.Add(time.Duration(i)*77*time.Second), s.text)
			m.FromMe = i%2 == 1
			m.Ack = model.Ack(i%6 - 1)
			if id == 2 && !m.FromMe {
				m.AuthorJID, m.Author = "34600111301@c.us", "Juan (Harinas del Sur)"
				if i%4 == 0 {
					m.AuthorJID, m.Author = "34600111302@c.us", "Lucía"
				}
			}
			if s.change != nil {
				s.change(&m)
			}
			f.messages[id] = append(f.messages[id], m)
		}
	}
	for i, kind := range []string{"add", "leave", "subject", "promote"} {
		m := message(2, viewtest.Start().Add(time.Duration(i-3*60-9)*time.Minute), "Obrador")
		m.Type, m.AuthorJID = model.TypeGroupNotice, "34600111301@c.us"
		n := &model.NoticeInfo{Kind: kind}
		if kind != "subject" {
			n.People = []model.JID{"34600111302@c.us"}
		}
		m.Details = model.EncodeDetails(model.MessageDetails{Notice: n})
		f.messages[2] = append(f.messages[2], m)
	}
	sortRows(f.messages[2])
	return f
}

// TestKindsGallery draws every kind of message; with BUZON_SCREENSHOTS set, the
// pictures are kept for a person to look at.
func TestKindsGallery(t *testing.T) {
	sets := map[string][]sample{"files": fileSamples(), "cards": cardSamples(), "texts": textSamples("34600111201@c.us")}
	for name, list := range sets {
		for id, place := range map[model.ConversationID]string{1: "person", 2: "group"} {
			viewtest.SomePictures(t, "kinds-"+name+"-"+place, func(t *testing.T, p viewtest.Picture) { drawKinds(t, list, id, p) },
				fyne.NewSize(1521, 3700), fyne.NewSize(976, 3700)) // every kind below the other, in messages as wide as they get and narrow
		}
	}
}

func drawKinds(t *testing.T, list []sample, id model.ConversationID, p viewtest.Picture) {
	f := kinds(list)
	b, s := show(t, f, connected(), p.Options()...)
	b.Window.Resize(p.Size)
	s.Open(id)
	b.WaitFor(func() bool { return messageList(s) != nil && len(messageList(s).Items()) > len(list) })
	var drawn atomic.Int32
	messageList(s).SetPictures(func(ctx context.Context, key string, side int) (image.Image, error) {
		drawn.Add(1)
		return drawnPicture(ctx, key, side)
	})
	wanted := int32(0)
	for _, sample := range list {
		m := message(1, viewtest.Start(), "")
		if sample.change != nil {
			sample.change(&m)
		}
		if d := m.DecodedDetails(); m.MediaThumb != "" && !d.Media.ViewOnce {
			wanted++
		}
	}
	b.Settle()
	require.GreaterOrEqual(t, drawn.Load(), wanted)
	require.Nil(t, button(s, b.T("conversations.syncing")))
	p.Capture(t, b.Window)
	for _, text := range texts(s) {
		require.NotContains(t, text, "4AAQSkZJRg", "no picture is shown as text")
	}
}

func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.ID, b.ID) })
}
