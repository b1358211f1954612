package ui_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// pictures writes files into a folder and returns a context that finds them by hash.
func pictures(t *testing.T, files map[string][]byte) *viewtest.Bench {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return viewtest.NewTestContext(t, viewtest.AvatarPath(func(hash string) string { return filepath.Join(dir, hash) }))
}

// stripes is red in its middle square and blue left and right of it.
func stripes() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, 300, 100))
	for y := range 100 {
		for x := range 300 {
			c := color.NRGBA{B: 255, A: 255}
			if x >= 100 && x < 200 {
				c = color.NRGBA{R: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, encode(&b))
	return b.Bytes()
}

func TestImagesDecodeScaleAndKeep(t *testing.T) {
	b := pictures(t, map[string][]byte{
		"p1": encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, stripes()) }),
		"j1": encoded(t, func(w *bytes.Buffer) error { return jpeg.Encode(w, stripes(), nil) }),
		"g1": encoded(t, func(w *bytes.Buffer) error { return gif.Encode(w, stripes(), nil) }),
	})
	for _, hash := range []string{"p1", "j1", "g1"} {
		var got image.Image
		held, _ := b.Images.Avatar(hash, 40, func(img image.Image) { got = img })
		require.Nil(t, held)
		b.WaitFor(func() bool { return got != nil })
		require.Equal(t, image.Rect(0, 0, 40, 40), got.Bounds())
		r, _, bl, _ := got.At(3, 3).RGBA()
		require.Greater(t, r>>8, uint32(200), "%s: the middle is cut out", hash)
		require.Less(t, bl>>8, uint32(60))
		held, _ = b.Images.Avatar(hash, 40, func(image.Image) { t.Error("called for a held picture") })
		require.Equal(t, got, held)
	}
	count, size := b.Images.Held()
	require.Equal(t, 3, count)
	require.Equal(t, 3*40*40*4, size)
}

func TestImagesServeEveryoneWhoWaitsForOne(t *testing.T) {
	b := pictures(t, map[string][]byte{"p1": encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, stripes()) })})
	calls := 0
	for range 5 {
		b.Images.Avatar("p1", 40, func(image.Image) { calls++ })
	}
	_, cancel := b.Images.Avatar("p1", 40, func(image.Image) { t.Error("called after cancel") })
	cancel()
	b.WaitFor(func() bool { return calls == 5 })
}

func TestImagesRefuseWhatIsTooLargeOrBroken(t *testing.T) {
	huge := encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, image.NewGray(image.Rect(0, 0, 1, 1))) })
	binary.BigEndian.PutUint32(huge[16:], 100_000) // width and height in the header of the PNG
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	good := encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, stripes()) })
	b := pictures(t, map[string][]byte{
		"huge": huge, "long": append(bytes.Clone(good), make([]byte, ui.MaxImageBytes)...), "text": []byte("<svg/>"), "cut": good[:len(good)/2], "good": good,
	})
	fail := func(image.Image) { t.Error("a picture came") }
	for _, hash := range []string{"huge", "long", "text", "cut", "missing"} {
		b.Images.Avatar(hash, 40, fail)
	}
	b.WaitFor(func() bool { n, _ := b.Images.Held(); return n == 5 })
	for _, hash := range []string{"", "../../etc/passwd", "a/b", "a.png"} {
		held, cancel := b.Images.Avatar(hash, 40, fail)
		require.Nil(t, held)
		cancel()
	}
	came := false
	b.Images.Avatar("good", 40, func(image.Image) { came = true })
	b.WaitFor(func() bool { return came })
}

func TestImagesTryAFailedPictureAgainLater(t *testing.T) {
	dir := t.TempDir()
	b := viewtest.NewTestContext(t, viewtest.AvatarPath(func(hash string) string { return filepath.Join(dir, hash) }))
	b.Images.Avatar("late", 40, func(image.Image) { t.Error("there is no file yet") })
	b.WaitFor(func() bool { n, _ := b.Images.Held(); return n == 1 })
	require.NoError(t, os.WriteFile(filepath.Join(dir, "late"), encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, stripes()) }), 0o600))
	b.Images.Avatar("late", 40, func(image.Image) { t.Error("asked again too soon") })
	b.Settle()
	b.Clock.Advance(2 * time.Minute)
	came := false
	b.Images.Avatar("late", 40, func(image.Image) { came = true })
	b.WaitFor(func() bool { return came })
}

func TestImagesKeepOnlySoMany(t *testing.T) {
	files := map[string][]byte{}
	small := encoded(t, func(w *bytes.Buffer) error { return png.Encode(w, image.NewGray(image.Rect(0, 0, 2, 2))) })
	for i := range 600 {
		files["f"+strconv.Itoa(i)] = small
	}
	b := pictures(t, files)
	got := 0
	for name := range files {
		b.Images.Avatar(name, 8, func(image.Image) { got++ })
	}
	b.WaitFor(func() bool { return got == 600 })
	n, size := b.Images.Held()
	require.Equal(t, 512, n)
	require.Equal(t, 512*8*8*4, size)
}
