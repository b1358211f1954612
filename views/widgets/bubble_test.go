package widgets_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func brightness(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func TestAuthorColorsAreSteadyAndReadable(t *testing.T) {
	for _, variant := range []string{apptheme.VariantLight, apptheme.VariantDark} {
		viewtest.NewTestContext(t, viewtest.Variant(variant))
		ground := brightness(theme.Color(apptheme.ColorNameBubbleIn))
		seen := map[color.Color]bool{}
		for i := range 200 {
			id := fmt.Sprintf("346001112%02d@c.us", i)
			c := widgets.AuthorColor(id)
			require.Equal(t, c, widgets.AuthorColor(id))
			seen[c] = true
			a, b := max(brightness(c), ground), min(brightness(c), ground)
			require.GreaterOrEqual(t, (a+0.05)/(b+0.05), 4.5, "%v on %s", c, variant)
		}
		require.Greater(t, len(seen), 5)
	}
}

// TestBubblesKeepTheirShare holds that no bubble is wider than three quarters
// of the list, stands on its side, and that no text leaves its bubble.
func TestBubblesKeepTheirShare(t *testing.T) {
	long := "una palabra tras otra y https://example.com/unaDireccionMuyLargaQueNoCabeEnNingunaLinea/porMuchoQueSeIntente?x=1 y más"
	contents := []*widgets.Content{
		{Text: "ok", Meta: "10:42"},
		{Text: long, Meta: "Editado · 10:42", Author: long, AuthorID: "a", Lead: true, Mark: long},
		{Own: true, Text: long, Meta: "10:42", HasAck: true, Ack: model.AckRead, Quote: &widgets.Quote{Author: long, Text: long}},
		{Own: true, Card: &widgets.Card{Title: long, Detail: long, Icon: apptheme.IconAttach}, Meta: "10:42", Chips: []widgets.Chip{{Emoji: "👍", Count: 2}, {Emoji: "❤️", Count: 1, Mine: true}}},
		{Own: true, Text: "hola", Status: long, Alarm: true, Actions: []widgets.Action{{ID: "a", Text: "Enviar otra vez"}, {ID: "b", Text: "Descartar"}}},
		{Text: "مرحبا بالعالم كيف حالك اليوم يا صديقي العزيز شكرا جزيلا 4512 abc", Meta: "10:42"},
	}
	for _, width := range []float32{260, 420, 900, 1600} {
		for i, c := range contents {
			b := viewtest.NewTestContext(t)
			l := widgets.NewMessageList(b.Context)
			b.Window.SetPadded(false)
			b.Window.SetContent(l)
			b.Window.Resize(fyne.NewSize(width, 900))
			l.Reset([]widgets.Item{{ID: messageID(1), Content: c}}, false)
			box, row := bubbleBox(t, l)
			at := row.Add(box.Position())
			require.LessOrEqual(t, box.Size().Width, width*0.75+0.1, "content %d at %v", i, width)
			if c.Own {
				require.InDelta(t, width-14, at.X+box.Size().Width, 1)
			} else {
				require.InDelta(t, 14, at.X, 1)
			}
			for _, o := range test.LaidOutObjects(l) {
				if text, ok := o.(*canvas.Text); ok && text.Visible() && text.Text != "" && text.Size().Width > 0 {
					p, q := text.Position(), box.Position()
					if text.Alignment == fyne.TextAlignCenter { // of a button, placed by the button
						continue
					}
					require.GreaterOrEqual(t, p.X+1, q.X, "%q of content %d", text.Text, i)
					require.LessOrEqual(t, p.X+text.Size().Width, q.X+box.Size().Width+1, "%q of content %d", text.Text, i)
				}
			}
		}
	}
}

// bubbleBox returns the ground of the only bubble, and where its row is.
func bubbleBox(t *testing.T, l *widgets.MessageList) (*canvas.Rectangle, fyne.Position) {
	t.Helper()
	for _, o := range test.LaidOutObjects(l) {
		w, ok := o.(fyne.Widget)
		if !ok || o == fyne.CanvasObject(l) {
			continue
		}
		objects := test.WidgetRenderer(w).Objects()
		if len(objects) < 2 {
			continue
		}
		if box, ok := objects[0].(*canvas.Rectangle); ok && box.CornerRadius == 11 {
			return box, w.Position()
		}
	}
	require.Fail(t, "no bubble")
	return nil, fyne.Position{}
}

// What stands on a picture, or in its place, is one sign: nothing covers a size or another sign.
func TestNothingCoversTheSignOfAPicture(t *testing.T) {
	for _, kind := range []widgets.CardKind{widgets.CardPicture, widgets.CardVideo, widgets.CardSticker} {
		for _, state := range []model.MediaState{"", model.MediaRemote, model.MediaDownloading, model.MediaStored, model.MediaFailed, model.MediaGone, model.MediaNone} {
			for _, progress := range []widgets.Progress{{}, {Busy: true, Done: 0.4}, {Busy: true, Done: 0.4, Out: true}} {
				b := viewtest.NewTestContext(t)
				l := widgets.NewMessageList(b.Context)
				b.Window.SetPadded(false)
				b.Window.SetContent(l)
				b.Window.Resize(fyne.NewSize(520, 600))
				l.Reset([]widgets.Item{{ID: messageID(1), Content: &widgets.Content{Card: &widgets.Card{
					Kind: kind, State: state, Width: 512, Height: 512, Size: "509 kB",
				}}}}, false)
				l.SetProgress(messageID(1), progress)
				signs := signsOf(l)
				coming := kind == widgets.CardPicture && state == model.MediaStored && !progress.Busy
				require.Equal(t, coming, len(signs) == 0, "%v %q %+v", kind, state, progress)
				for i, a := range signs {
					for _, c := range signs[:i] {
						apart := a.to.X <= c.from.X || c.to.X <= a.from.X || a.to.Y <= c.from.Y || c.to.Y <= a.from.Y
						require.True(t, apart, "%v %q %+v: %s over %s", kind, state, progress, a.what, c.what)
					}
				}
			}
		}
	}
}

// sign is a text or a small picture, and where it is in its row.
type sign struct {
	what     string
	from, to fyne.Position
}

func signsOf(l *widgets.MessageList) (signs []sign) {
	for _, o := range test.LaidOutObjects(l) {
		s := sign{from: o.Position(), to: o.Position().AddXY(o.Size().Width, o.Size().Height)}
		switch o := o.(type) {
		case fyne.Widget, *fyne.Container, *canvas.Rectangle, *canvas.Line:
			continue
		case *canvas.Text:
			s.what = o.Text
		default:
			s.what = fmt.Sprintf("%T", o)
		}
		if size := o.Size(); o.Visible() && s.what != "" && size.Width > 8 && size.Width < 100 {
			signs = append(signs, s)
		}
	}
	return signs
}
