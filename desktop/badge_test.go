package desktop_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/desktop"
)

func TestABadgeSaysHowMany(t *testing.T) {
	icon := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for i := range icon.Pix {
		icon.Pix[i] = 0xff
		if i%4 == 0 {
			icon.Pix[i] = 0x10
		}
	}
	seen := map[string]int{}
	for _, n := range []int{0, 1, 5, 9, 10} {
		img, err := desktop.Badge(icon, n)
		require.NoError(t, err)
		require.Equal(t, image.Rect(0, 0, desktop.BadgeSize, desktop.BadgeSize), img.Bounds())
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, img))
		require.NotContains(t, seen, b.String(), "%d looks like %d", n, seen[b.String()])
		seen[b.String()] = n
		require.Equal(t, color.NRGBA{0x10, 0xff, 0xff, 0xff}, color.NRGBAModel.Convert(img.At(4, 4)), "the icon stays")
		if dir := os.Getenv("BUZON_SCREENSHOTS"); dir != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "tray_"+string(rune('a'+len(seen)))+".png"), b.Bytes(), 0o600))
		}
	}
	many, err := desktop.Badge(icon, 11)
	require.NoError(t, err)
	more, err := desktop.Badge(icon, 4000)
	require.NoError(t, err)
	require.Equal(t, many, more)
}
