package conversations_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// writingKeys is the focused field of the composer, as the window sees it.
type writingKeys interface {
	fyne.Focusable
	fyne.Shortcutable
}

func writing(t *testing.T, b *viewtest.Bench, s *conversations.Screen) writingKeys {
	t.Helper()
	composer(s).Focus()
	keys, ok := b.Window.Canvas().Focused().(writingKeys)
	require.True(t, ok)
	return keys
}

func ctrl(k fyne.Shortcutable, key fyne.KeyName) {
	k.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
}

func (f *fake) sentOut() []model.Outgoing {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.sent)
}

func answered(s *conversations.Screen) string {
	for _, bar := range viewtest.All[*widgets.ReplyBar](s.Content()) {
		author, text := bar.Says()
		return author + ": " + text
	}
	return ""
}

func TestAnAnswerNamesTheMessageAndIsSentWithIt(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	require.Empty(t, answered(s))
	ctrl(keys, fyne.KeyUp)
	require.Equal(t, "Ana: message 2 of Ana", answered(s))
	ctrl(keys, fyne.KeyUp)
	require.Equal(t, "Ana: message 1 of Ana", answered(s))
	ctrl(keys, fyne.KeyDown)
	require.Equal(t, "Ana: message 2 of Ana", answered(s))

	opened(t, b, s, 2, "message 2 of Bruno")
	require.Empty(t, answered(s), "it belongs to its conversation")
	opened(t, b, s, 1, "message 2 of Ana")
	require.Equal(t, "Ana: message 2 of Ana", answered(s), "and is kept there")

	keys = writing(t, b, s)
	test.Type(keys, "sí")
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 })
	require.Equal(t, model.Outgoing{Text: "sí", Quote: f.messages[1][2].ID}, f.sentOut()[0])
	b.WaitFor(func() bool { return composer(s).Text() == "" })
	require.Empty(t, answered(s), "the next message answers nothing")
}

func TestEscapeAndTheCrossTakeAnAnswerOff(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	ctrl(keys, fyne.KeyUp)
	press(b, fyne.KeyEscape)
	require.Empty(t, answered(s))
	require.Equal(t, keys, b.Window.Canvas().Focused(), "the first Escape stays here")

	ctrl(keys, fyne.KeyUp)
	for _, close := range viewtest.All[*widgets.IconButton](s.Content()) {
		if close.Name() == b.T("compose.reply.close") {
			test.Tap(close)
		}
	}
	require.Empty(t, answered(s))
}

func TestAnAnswerThatFailedIsStillThere(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.fail["Send"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	ctrl(keys, fyne.KeyUp)
	test.Type(keys, "sí")
	press(b, fyne.KeyReturn)
	b.Settle()
	require.Equal(t, 1, f.called("Send 1 sí"))
	require.Equal(t, "Ana: message 2 of Ana", answered(s))
	require.Equal(t, "sí", composer(s).Text())
}
