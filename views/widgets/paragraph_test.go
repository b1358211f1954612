package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func TestParagraphBreaksWhereThereIsNoRoomAndDrawsEmoji(t *testing.T) {
	b := viewtest.NewTestContext(t)
	p := widgets.NewParagraph(b.Context, "Pan y dulces 🫠 desde 1954, हर दिन, en la plaza", 600)
	wide := p.MinSize().Height
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(180, 400))
	require.Greater(t, p.MinSize().Height, wide)
	images := 0
	for _, o := range test.WidgetRenderer(p).Objects() {
		if _, ok := o.(*canvas.Image); ok {
			images++
		}
		if o.Visible() {
			require.LessOrEqual(t, o.Position().X+o.Size().Width, p.Size().Width)
		}
	}
	require.Equal(t, 1, images)
}
