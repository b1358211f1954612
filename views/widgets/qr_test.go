package widgets_test

import (
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// pairing is as long as what a gateway gives for pairing.
var pairing = "2@" + strings.Repeat("aB3/x+Yz9Kq7Lm", 14) + ",q1w2e3r4t5y6u7i8o9p0,zxcvbnmasdfghjkl=,1"

func decode(t *testing.T, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	require.NoError(t, err)
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	require.NoError(t, err)
	return result.GetText()
}

func TestQRIsReadFromTheScreenInBothThemesAtAnySize(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		for _, side := range []float32{264, 300, 333, 517} {
			b := viewtest.NewTestContext(t, viewtest.Variant(variant))
			q := widgets.NewQRImage(b.Context)
			q.Set(pairing)
			b.WaitFor(q.Ready)
			img := viewtest.Capture(t, "qr", onGround(variant, container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(side), q))), fyne.NewSize(side+80, side+60), variant)
			require.Equal(t, pairing, decode(t, img), "%s %v", variant, side)
			requireQuietZone(t, img, int(side))
		}
	}
}

// The text of a gateway has up to some 300 characters (contract §4.1), and the code is
// smallest in a low window.
func TestTheLongestPairingCodeKeepsThreePixelsAModule(t *testing.T) {
	const side = 210
	longest := (pairing + strings.Repeat("Zx9", 100))[:300]
	b := viewtest.NewTestContext(t)
	q := widgets.NewQRImage(b.Context)
	q.Set(longest)
	b.WaitFor(q.Ready)
	img := viewtest.Capture(t, "qr-small", onGround("light", container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(side), q))), fyne.NewSize(side+80, side+60), "light")
	require.Equal(t, longest, decode(t, img))
	require.GreaterOrEqual(t, requireQuietZone(t, img, side), 3)
}

// requireQuietZone checks that the code is pure black on pure white, with white
// of four modules around it. The code is in the middle of the picture. It returns how many
// pixels wide a module is.
func requireQuietZone(t *testing.T, img image.Image, side int) (module int) {
	t.Helper()
	c := img.Bounds()
	square := image.Rect((c.Dx()-side)/2+1, (c.Dy()-side)/2+1, (c.Dx()+side)/2-1, (c.Dy()+side)/2-1)
	black := image.Rectangle{}
	for y := square.Min.Y; y < square.Max.Y; y++ {
		for x := square.Min.X; x < square.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			require.True(t, r == g && g == b && (r == 0 || r == 0xffff), "at %d,%d is neither black nor white", x, y)
			if r == 0 {
				black = black.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	run := 0 // the upper side of the finder pattern is seven modules long
	for x := black.Min.X; x < black.Max.X; x++ {
		if r, _, _, _ := img.At(x, black.Min.Y).RGBA(); r != 0 {
			break
		}
		run++
	}
	require.Zero(t, run%7, "modules are whole pixels")
	module = run / 7
	require.GreaterOrEqual(t, black.Min.X-square.Min.X, 4*module-1)
	require.GreaterOrEqual(t, square.Max.X-black.Max.X, 4*module-1)
	require.GreaterOrEqual(t, black.Min.Y-square.Min.Y, 4*module-1)
	require.GreaterOrEqual(t, square.Max.Y-black.Max.Y, 4*module-1)
	return module
}

func TestQRShowsTheLatestText(t *testing.T) {
	b := viewtest.NewTestContext(t)
	q := widgets.NewQRImage(b.Context)
	q.Set("first")
	q.Set("second")
	b.WaitFor(q.Ready)
	img := viewtest.Capture(t, "qr-latest", container.NewStack(q), fyne.NewSquareSize(264), "light")
	require.Equal(t, "second", decode(t, img))
	q.Set("")
	require.False(t, q.Ready())
	q.Set(strings.Repeat("x", 5000))
	b.WaitFor(q.Failed)
	require.False(t, q.Ready())
}
