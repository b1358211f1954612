package viewtest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/ui"
)

// TheWheelGoesOn turns the wheel over every field on a page, of which there must be
// some, and fails when the page does not move.
func TheWheelGoesOn(t testing.TB, w fyne.Window, page *container.Scroll) {
	t.Helper()
	fields := All[*ui.Entry](page.Content)
	require.NotEmpty(t, fields, "there is no field on the page")
	require.Greater(t, page.Content.Size().Height, page.Size().Height, "the page has nothing to scroll")
	driver := fyne.CurrentApp().Driver()
	for _, field := range fields {
		page.ScrollToTop()
		middle := func() fyne.Position {
			return driver.AbsolutePositionForObject(field).AddXY(field.Size().Width/2, field.Size().Height/2)
		}
		if below := middle().Y - driver.AbsolutePositionForObject(page).Y - page.Size().Height/2; below > 0 {
			page.ScrollToOffset(fyne.NewPos(0, below))
		}
		before := page.Offset.Y
		down := float32(-5)
		if page.Offset.Y+page.Size().Height >= page.Content.Size().Height {
			down = 5 // it is at its end
		}
		test.Scroll(w.Canvas(), middle(), 0, down)
		require.NotEqual(t, before, page.Offset.Y, "over the field that says %q or %q", field.Text, field.PlaceHolder)
	}
}
