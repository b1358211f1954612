package conversations_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
)

func TestEmojiAreFoundByNameAndRemembered(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected(), viewtest.Spanish())
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	test.Type(keys, "mira ")
	ctrl(keys, fyne.KeyE)
	test.Type(b.Window.Canvas().Focused(), "jiraf")
	viewtest.Find(t, b.Window, "jirafa")
	press(b, fyne.KeyReturn)
	require.Equal(t, "mira 🦒", composer(s).Text())
	require.Equal(t, keys, b.Window.Canvas().Focused(), "one goes on writing")

	ctrl(keys, fyne.KeyE)
	viewtest.Find(t, b.Window, "jirafa") // the last one used comes first
	press(b, fyne.KeyDown)
	viewtest.Find(t, b.Window, "cara sonriendo")
	press(b, fyne.KeyRight, fyne.KeyReturn)
	require.Equal(t, "mira 🦒😃", composer(s).Text())

	ctrl(keys, fyne.KeyE)
	press(b, fyne.KeyEscape)
	require.Equal(t, keys, b.Window.Canvas().Focused())
	require.Equal(t, "mira 🦒😃", composer(s).Text())
}

func BenchmarkEmojiPickerOpens(b *testing.B) {
	f := newFake()
	f.add(1, "Ana", 3)
	bench, s := show(b, f, connected())
	s.Open(1)
	bench.WaitFor(func() bool { return has(s, "message 2 of Ana") })
	composer(s).Focus()
	keys := bench.Window.Canvas().Focused().(writingKeys)
	for b.Loop() {
		ctrl(keys, fyne.KeyE)
		press(bench, fyne.KeyEscape)
	}
}
