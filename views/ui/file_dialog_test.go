package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
)

func TestEscapeClosesTheDialogForFiles(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	b := viewtest.NewTestContext(t)
	canvas := b.Window.Canvas()
	pressed := 0
	canvas.SetOnTypedKey(func(*fyne.KeyEvent) { pressed++ })
	answers := 0
	b.ShowFileDialog(dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		require.NoError(t, err)
		require.Nil(t, r)
		answers++
	}, b.Window))
	require.NotNil(t, canvas.Overlays().Top())
	canvas.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA})
	require.Zero(t, pressed, "keys of the window rest meanwhile")
	canvas.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, canvas.Overlays().Top())
	require.Equal(t, 1, answers)
	canvas.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA})
	require.Equal(t, 1, pressed)
}
