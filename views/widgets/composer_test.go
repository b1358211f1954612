package widgets_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
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

func TestComposerGathersKeysInLongParagraphs(t *testing.T) {
	b, c, keys, _ := newComposer(t, true)
	c.SetText(strings.Repeat("palabra ", 250))
	changes := 0
	c.OnChanged = func(string) { changes++ }
	test.Type(keys, "hola")
	require.Zero(t, changes, "not at every key")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return changes == 1 })
	require.True(t, strings.HasSuffix(c.Text(), "palabra hola"))

	test.Type(keys, " y adiós")
	require.True(t, strings.HasSuffix(c.Text(), "hola y adiós"), "asking for the text waits for nothing")
	test.Type(keys, "z")
	keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	require.True(t, strings.HasSuffix(c.Text(), "hola y adiós"), "keys keep their order")
}
