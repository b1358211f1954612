package widgets_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// composeKeys is the focused field of a composer, as the window sees it.
type composeKeys interface {
	fyne.Focusable
	fyne.Shortcutable
	desktop.Keyable
}

func newComposer(t *testing.T, enterSends bool) (*viewtest.Bench, *widgets.Composer, composeKeys, *[]string) {
	b := viewtest.NewTestContext(t)
	c := widgets.NewComposer(b.Context, func() bool { return enterSends })
	var sent []string
	c.OnSend = func(text string) { sent = append(sent, text) }
	b.Window.SetContent(c)
	b.Window.Resize(fyne.NewSize(600, 200))
	c.Focus()
	keys, ok := b.Window.Canvas().Focused().(composeKeys)
	require.True(t, ok)
	return b, c, keys, &sent
}

func enter(k composeKeys) { k.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }

func TestComposerEnterSendsAndShiftEnterBeginsALine(t *testing.T) {
	_, c, keys, sent := newComposer(t, true)
	enter(keys)
	require.Empty(t, *sent, "there is nothing to send")
	test.Type(keys, "uno")
	keys.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	enter(keys)
	keys.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	test.Type(keys, "dos")
	require.Equal(t, "uno\ndos", c.Text())
	enter(keys)
	require.Equal(t, []string{"uno\ndos"}, *sent)
	require.Equal(t, "uno\ndos", c.Text(), "the text stays until it is stored")

	c.SetBusy(true)
	enter(keys)
	require.Len(t, *sent, 1)
	test.Type(keys, "!")
	c.SetBusy(false)
	c.Sent("uno\ndos")
	require.Equal(t, "!", c.Text())
}

func TestComposerControlEnterSendsAlways(t *testing.T) {
	_, c, keys, sent := newComposer(t, false)
	test.Type(keys, "uno")
	enter(keys)
	require.Empty(t, *sent)
	require.Equal(t, "uno\n", c.Text())
	keys.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
	require.Equal(t, []string{"uno\n"}, *sent)
}

func TestComposerHandsShortcutsOn(t *testing.T) {
	b, c, keys, _ := newComposer(t, true)
	heard := 0
	k := &desktop.CustomShortcut{KeyName: fyne.KeyK, Modifier: fyne.KeyModifierControl}
	b.Window.Canvas().AddShortcut(k, func(fyne.Shortcut) { heard++ })
	keys.TypedShortcut(k)
	require.Equal(t, 1, heard)

	escaped := 0
	c.OnEscape = func() { escaped++ }
	keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Equal(t, 1, escaped)
}

func TestComposerHoldsNoMoreThanItsLimit(t *testing.T) {
	b, c, keys, _ := newComposer(t, true)
	line := strings.Repeat("ñ", 99) + "\n"
	c.SetText(strings.Repeat(line, 655)) // 65,500 characters
	changed := 0
	c.OnChanged = func(text string) {
		changed++
		require.LessOrEqual(t, len([]rune(text)), widgets.MaxComposed)
	}
	b.App.Clipboard().SetContent(strings.Repeat("x", 100_000))
	keys.TypedShortcut(&fyne.ShortcutPaste{Clipboard: b.App.Clipboard()})
	require.Equal(t, widgets.MaxComposed, len([]rune(c.Text())))
	test.Type(keys, "y")
	require.Equal(t, widgets.MaxComposed, len([]rune(c.Text())))
	require.Positive(t, changed)
	require.NotNil(t, findLabel(c, "65,536"))
}

func findLabel(root fyne.CanvasObject, part string) fyne.CanvasObject {
	for _, o := range test.LaidOutObjects(root) {
		if l, ok := o.(interface {
			fyne.CanvasObject
			SetText(string)
		}); ok && l.Visible() && strings.Contains(test.RenderObjectToMarkup(l), part) {
			return l
		}
	}
	return nil
}

func press(k composeKeys, names ...fyne.KeyName) {
	for _, n := range names {
		k.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

func shifted(k composeKeys, names ...fyne.KeyName) {
	k.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	press(k, names...)
	k.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
}

func control(k composeKeys, name fyne.KeyName) {
	k.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierControl})
}

func TestComposerMovesAndDeletesByWhatIsSeen(t *testing.T) {
	_, c, keys, _ := newComposer(t, true)
	family := "👨‍👩‍👧‍👦"
	c.SetText("a" + family + "e\u0301")
	press(keys, fyne.KeyBackspace)
	require.Equal(t, "a"+family, c.Text())
	press(keys, fyne.KeyLeft, fyne.KeyDelete)
	require.Equal(t, "a", c.Text())
	press(keys, fyne.KeyDelete, fyne.KeyHome, fyne.KeyBackspace)
	require.Equal(t, "a", c.Text())

	c.SetText("uno dos, tres")
	control(keys, fyne.KeyBackspace)
	require.Equal(t, "uno dos, ", c.Text())
	control(keys, fyne.KeyLeft)
	control(keys, fyne.KeyDelete)
	require.Equal(t, "uno , ", c.Text())
	control(keys, fyne.KeyHome)
	test.Type(keys, "x")
	control(keys, fyne.KeyEnd)
	test.Type(keys, "y")
	require.Equal(t, "xuno , y", c.Text())
}

func TestComposerMovesByRows(t *testing.T) {
	_, c, keys, _ := newComposer(t, true)
	c.SetText("first line\nx\nthird line")
	press(keys, fyne.KeyUp, fyne.KeyUp)
	test.Type(keys, "!")
	require.Equal(t, "first line!\nx\nthird line", c.Text(), "a short line does not change the column")
	press(keys, fyne.KeyDown, fyne.KeyHome)
	test.Type(keys, "-")
	press(keys, fyne.KeyEnd)
	test.Type(keys, "+")
	require.Equal(t, "first line!\n-x+\nthird line", c.Text())
	press(keys, fyne.KeyPageUp, fyne.KeyUp)
	test.Type(keys, "^")
	press(keys, fyne.KeyPageDown, fyne.KeyDown)
	test.Type(keys, "$")
	require.Equal(t, "^first line!\n-x+\nthird line$", c.Text())
}

func TestComposerSelectsCopiesCutsAndPastes(t *testing.T) {
	b, c, keys, _ := newComposer(t, true)
	clip := b.App.Clipboard()
	c.SetText("uno dos")
	shifted(keys, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft)
	keys.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip})
	require.Equal(t, "dos", clip.Content())
	test.Type(keys, "tres")
	require.Equal(t, "uno tres", c.Text(), "typing replaces what is selected")
	shifted(keys, fyne.KeyHome)
	keys.TypedShortcut(&fyne.ShortcutCut{Clipboard: clip})
	require.Empty(t, c.Text())
	clip.SetContent("a\r\nb\rc")
	keys.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	require.Equal(t, "a\nb\nc", c.Text())
	keys.TypedShortcut(&fyne.ShortcutSelectAll{})
	press(keys, fyne.KeyLeft)
	test.Type(keys, "x")
	require.Equal(t, "xa\nb\nc", c.Text(), "left goes to the beginning of what was selected")
}

func TestComposerTakesBackAndMakesAgain(t *testing.T) {
	_, c, keys, _ := newComposer(t, true)
	test.Type(keys, "hola ")
	test.Type(keys, "mundo")
	undo := func() { keys.TypedShortcut(&fyne.ShortcutUndo{}) }
	undo()
	require.Equal(t, "hola ", c.Text(), "a word is taken back as one")
	undo()
	undo()
	undo()
	require.Empty(t, c.Text())
	for range 5 {
		keys.TypedShortcut(&fyne.ShortcutRedo{})
	}
	require.Equal(t, "hola mundo", c.Text())
	undo()
	test.Type(keys, "tú")
	keys.TypedShortcut(&fyne.ShortcutRedo{})
	require.Equal(t, "hola tú", c.Text(), "what was typed since is not overwritten")
}

func TestComposerIsUsedWithTheMouse(t *testing.T) {
	b, c, keys, _ := newComposer(t, true)
	field, ok := keys.(interface {
		fyne.CanvasObject
		fyne.DoubleTappable
		fyne.Draggable
		desktop.Mouseable
	})
	require.True(t, ok)
	c.SetText("uno dos tres")
	b.Window.Canvas().Unfocus()
	at := func(x float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 15)}, Button: desktop.MouseButtonPrimary}
	}
	field.MouseDown(at(0))
	require.NotNil(t, b.Window.Canvas().Focused())
	test.Type(keys, "x")
	require.Equal(t, "xuno dos tres", c.Text())
	field.DoubleTapped(&at(12).PointEvent)
	test.Type(keys, "z")
	require.Equal(t, "z dos tres", c.Text(), "a double click selects the word")
	field.MouseDown(at(0))
	field.Dragged(&fyne.DragEvent{PointEvent: at(500).PointEvent})
	press(keys, fyne.KeyBackspace)
	require.Empty(t, c.Text())
}

func TestComposerKeepsTheCursorBetweenCharactersOfEveryScript(t *testing.T) {
	_, c, keys, _ := newComposer(t, true)
	for _, text := range scripts {
		c.SetText(text)
		for range len(text) {
			press(keys, fyne.KeyLeft)
		}
		steps := 0
		for range len(text) {
			press(keys, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown)
			steps++
		}
		control(keys, fyne.KeyEnd)
		for n := 0; c.Text() != ""; n++ {
			require.LessOrEqual(t, n, len(text))
			press(keys, fyne.KeyBackspace)
			require.True(t, utf8.ValidString(c.Text()), "%q", text)
		}
	}
}

// TestTheTextStandsInTheMiddleOfItsField holds that the field of a composer, which is as
// high as the button beside it, has as much room above its text as below.
func TestTheTextStandsInTheMiddleOfItsField(t *testing.T) {
	b := viewtest.NewTestContext(t)
	c := widgets.NewComposer(b.Context, func() bool { return true })
	b.Window.SetContent(container.NewVBox(c))
	b.Window.Resize(fyne.NewSize(600, 300))
	c.Focus()
	field, ok := b.Window.Canvas().Focused().(fyne.Widget)
	require.True(t, ok)
	for _, text := range []string{"", "Hola", "Hola\nqué tal", "one\ntwo\nthree"} {
		c.SetText(text)
		b.Window.Content().Refresh() // gives the field the height that it asks for
		var ground fyne.CanvasObject
		top, bottom := field.Size().Height, float32(0)
		for i, o := range test.WidgetRenderer(field).Objects() {
			if i == 0 {
				ground = o
			}
			if _, ok := o.(*canvas.Text); ok {
				top, bottom = min(top, o.Position().Y), max(bottom, o.Position().Y+o.Size().Height)
			}
		}
		require.Positive(t, bottom, text)
		above := top - ground.Position().Y
		below := ground.Position().Y + ground.Size().Height - bottom
		require.InDelta(t, above, below, 0.6, "%q: %v above, %v below", text, above, below)
	}
}

// TestTheCursorIsPutWhereAFieldIsTapped holds that the rows of a text are where they are drawn.
func TestTheCursorIsPutWhereAFieldIsTapped(t *testing.T) {
	b := viewtest.NewTestContext(t)
	c := widgets.NewComposer(b.Context, func() bool { return true })
	b.Window.SetContent(container.NewVBox(c))
	b.Window.Resize(fyne.NewSize(600, 300))
	c.SetText("ab\ncd\nef")
	c.Focus()
	b.Window.Content().Refresh()
	field, ok := b.Window.Canvas().Focused().(fyne.Widget)
	require.True(t, ok)
	pressed, ok := field.(desktop.Mouseable)
	require.True(t, ok)
	row := 0
	for _, o := range test.WidgetRenderer(field).Objects() {
		text, ok := o.(*canvas.Text)
		if !ok || text.Text == "" {
			continue
		}
		for _, y := range []float32{text.Position().Y + 1, text.Position().Y + text.Size().Height - 1} {
			pressed.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: fyne.NewPos(1, y)}})
			require.Equal(t, 3*row, c.Cursor(), text.Text)
		}
		row++
	}
	require.Equal(t, 3, row)
}

func TestComposerIsDrawn(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		b := viewtest.NewTestContext(t, viewtest.Language("en"), viewtest.Variant(variant))
		box := container.NewVBox()
		b.Window.SetContent(box)
		b.Window.Resize(fyne.NewSize(600, 460))
		for _, text := range []string{"", "Hola 👋🏽 *qué tal*", strings.Join(scripts[2:6], "\n"), strings.Repeat("una línea larga de texto ", 40)} {
			c := widgets.NewComposer(b.Context, func() bool { return true })
			box.Add(c)
			c.SetText(text)
			c.Focus()
			k := b.Window.Canvas().Focused().(composeKeys)
			press(k, fyne.KeyUp)
			shifted(k, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyUp)
		}
		viewtest.CaptureWindow(t, "composer", b.Window, variant)
	}
}

// BenchmarkComposerKey4000 types into a text of 4,000 characters: in one
// paragraph, and in many; stock is the toolkit's own field, to compare with.
func BenchmarkComposerKey4000(b *testing.B) {
	texts := map[string]string{
		"one paragraph":  strings.Repeat("palabra y otra ", 267),
		"paragraphs":     strings.Repeat("Buenos días, ¿tienen pan de centeno?\n", 108),
		"emoji":          strings.Repeat("hola 👩🏾‍💻 ", 400),
		"arabic":         strings.Repeat("مرحبا 12 كعكة ", 285),
		"in the middle":  strings.Repeat("palabra y otra ", 267),
		"64,000 letters": strings.Repeat("palabra y otra ", 4266),
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			w := viewtest.NewTestContext(b)
			c := widgets.NewComposer(w.Context, func() bool { return true })
			w.Window.SetContent(c)
			w.Window.Resize(fyne.NewSize(800, 200))
			c.SetText(text)
			c.Focus()
			k := w.Window.Canvas().Focused().(composeKeys)
			if name == "in the middle" {
				for range 20 {
					press(k, fyne.KeyUp)
				}
			}
			typed := []rune("Hola qué ")
			for i := 0; b.Loop(); i++ {
				k.TypedRune(typed[i%len(typed)])
				if i%200 == 199 {
					c.SetText(text)
				}
			}
		})
	}
	b.Run("stock", func(b *testing.B) {
		w := viewtest.NewTestContext(b)
		e := widget.NewMultiLineEntry()
		e.Wrapping = fyne.TextWrapWord
		w.Window.SetContent(e)
		w.Window.Resize(fyne.NewSize(800, 200))
		e.SetText(texts["one paragraph"])
		for b.Loop() {
			e.TypedRune('x')
		}
	})
}
