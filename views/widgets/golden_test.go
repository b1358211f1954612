package widgets_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// goldenUpdate is the environment variable with which the pictures in testdata
// are drawn anew, to be looked at before they are kept.
const goldenUpdate = "BUZON_GOLDEN"

// requireGolden compares a picture with the one in testdata. Rounding differs
// between processors: a few pixels may differ, and all of them a little.
func requireGolden(t *testing.T, name string, img image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name+".png")
	if os.Getenv(goldenUpdate) != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		writePNG(t, path, img)
		return
	}
	f, err := os.Open(path)
	require.NoError(t, err)
	want, err := png.Decode(f)
	require.NoError(t, f.Close())
	require.NoError(t, err)
	require.Equal(t, want.Bounds(), img.Bounds())
	const little = 24 << 8
	wrong := 0
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if far(want.At(x, y), img.At(x, y), little) {
				wrong++
			}
		}
	}
	if allowed := want.Bounds().Dx() * want.Bounds().Dy() / 2000; wrong > allowed {
		failed := filepath.Join(t.TempDir(), name+".png")
		if dir := os.Getenv(viewtest.ScreenshotDir); dir != "" {
			failed = filepath.Join(dir, name+"-failed.png")
		}
		writePNG(t, failed, img)
		require.Failf(t, "the picture changed", "%d pixels differ from %s, at most %d may; with %s=1 it is drawn anew", wrong, path, allowed, goldenUpdate)
	}
}

func far(a, b color.Color, little int) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	for _, d := range [...]int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
		if d > little || d < -little {
			return true
		}
	}
	return false
}

func writePNG(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, img))
	require.NoError(t, f.Close())
}

// goldenRows are the bubbles that are compared, in letters that the font of the
// toolkit has, so that no font of the system is asked.
func goldenRows() map[string][]*widgets.Content {
	file := func(k widgets.CardKind, s model.MediaState, own bool) *widgets.Content {
		return &widgets.Content{Own: own, Lead: true, Meta: "10:42", Card: &widgets.Card{
			Kind: k, Title: "presupuesto de la tarta de cumpleaños para doce personas.pdf", Badge: "PDF", Detail: "2 pages · 93 kB", State: s,
			Picture: "p", Width: 400, Height: 300, Length: "0:23", Size: "48 kB", Seed: "seed", Icon: apptheme.IconMedia,
		}}
	}
	text := "Quería encargar una tarta para el domingo. Somos unas doce personas, y mi hermana no puede tomar nueces."
	return map[string][]*widgets.Content{
		"bubble-text": {
			{Text: "Buenos días", Author: "Lucía", AuthorID: "34600111302@c.us", Lead: true, Meta: "10:41"},
			{Text: text, Meta: "Edited · 10:42", Mark: "Forwarded"},
			{Own: true, Lead: true, Text: "Hasta el viernes.", Quote: &widgets.Quote{Author: "Lucía", AuthorID: "34600111302@c.us", Text: text}, Meta: "10:43", HasAck: true, Ack: model.AckRead},
			{Own: true, Text: "ok", Meta: "10:43", HasAck: true, Ack: model.AckError},
			{Own: true, Text: "Hola", Meta: "10:43", Status: "Not sent. The gateway did not answer.", Alarm: true, Actions: []widgets.Action{{ID: "a", Text: "Send again"}, {ID: "b", Text: "Discard"}}},
			{Text: "This message was deleted", Quiet: true, Lead: true, Meta: "10:44"},
		},
		"bubble-file": {
			file(widgets.CardPicture, model.MediaStored, false), file(widgets.CardVideo, model.MediaRemote, true), file(widgets.CardVoice, model.MediaStored, false),
			file(widgets.CardAudio, model.MediaRemote, true), file(widgets.CardDocument, model.MediaStored, false),
		},
		"bubble-card": {
			{Lead: true, Meta: "10:42", Card: &widgets.Card{Kind: widgets.CardPlace, Title: "El Olivo", Detail: "Calle Mayor 3\n40.41678, -3.70379", Seed: "place"}, Actions: []widgets.Action{{ID: widgets.ActionMap, Text: "Open map"}}},
			{Own: true, Lead: true, Meta: "10:42", Card: &widgets.Card{Kind: widgets.CardContacts, Entries: []widgets.Entry{{Title: "Marta Gómez", Detail: "+34 600 11 12 22", Action: widgets.Action{ID: widgets.ActionCard + "0"}}}}},
			{Lead: true, Meta: "10:42", Card: &widgets.Card{Kind: widgets.CardPoll, Title: "¿Qué relleno?", Detail: "Choose one answer", Entries: []widgets.Entry{
				{Title: "Crema", Share: 0.375, Count: "3"}, {Title: "Nata con fresas", Share: 0.625, Count: "5", Mine: true},
			}}},
			{Own: true, Lead: true, Meta: "10:42", Card: &widgets.Card{Kind: widgets.CardCall, Icon: apptheme.IconPhone, Title: "Call", Detail: "Missed", Bad: true}},
			{Lead: true, Meta: "10:42", Card: &widgets.Card{Kind: widgets.CardOffer, Icon: apptheme.IconBusiness, Title: "Cruasán", Detail: "Product\nBox of 12"}},
		},
	}
}

func TestBubblesLookAsTheyDid(t *testing.T) {
	for name, contents := range goldenRows() {
		for _, variant := range []string{apptheme.VariantLight, apptheme.VariantDark} {
			t.Run(name+"-"+variant, func(t *testing.T) {
				b := viewtest.NewTestContext(t, viewtest.Variant(variant))
				l := widgets.NewMessageList(b.Context)
				var items []widgets.Item
				for n, c := range contents {
					items = append(items, widgets.Item{ID: messageID(n), Content: c})
				}
				b.Window.SetPadded(false)
				b.Window.SetContent(l)
				b.Window.Resize(fyne.NewSize(520, 900))
				l.Reset(items, false)
				l.SetPictures(func(_ context.Context, _ string, side int) (image.Image, error) {
					return image.NewPaletted(image.Rect(0, 0, side, side*3/4), color.Palette{color.NRGBA{90, 140, 110, 255}}), nil
				})
				if name == "bubble-file" { // what the loader returned is in the row only later
					b.WaitFor(func() bool { return shownPictures(l) > 0 })
				}
				requireGolden(t, name+"-"+variant, viewtest.CaptureWindow(t, "golden-"+name, b.Window, variant))
			})
		}
	}
}
