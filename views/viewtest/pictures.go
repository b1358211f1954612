package viewtest

import (
	"fmt"
	"image"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Picture is one of the pictures of a scene: the size of its window, its language
// and its theme.
type Picture struct {
	Scene   string
	Size    fyne.Size
	Lang    string // "en" or "es"
	Variant string // "light" or "dark"
}

// EachPicture draws a scene in every size, language (en, es) and theme (light, dark),
// each in its own subtest. The sizes are 1280 × 800, an ordinary window, and 1000 × 640,
// the smallest that everything has to fit into, unless the test names others.
func EachPicture(t *testing.T, scene string, draw func(*testing.T, Picture), sizes ...fyne.Size) {
	t.Helper()
	drawAll(t, pictures(scene, sizes), draw)
}

// SomePictures is EachPicture for tests of many scenes: while nobody keeps the pictures
// (see Capture), it draws half of them, so that every size still meets every language
// and every theme, and every language every theme.
func SomePictures(t *testing.T, scene string, draw func(*testing.T, Picture), sizes ...fyne.Size) {
	t.Helper()
	all := pictures(scene, sizes)
	if os.Getenv(ScreenshotDir) == "" {
		all = half(all)
	}
	drawAll(t, all, draw)
}

func drawAll(t *testing.T, all []Picture, draw func(*testing.T, Picture)) {
	t.Helper()
	for _, p := range all {
		t.Run(p.Name()+"-"+p.Variant, func(t *testing.T) { draw(t, p) })
	}
}

// half takes two of each four pictures of a size: the languages change their themes
// from one size to the next.
func half(all []Picture) []Picture {
	var some []Picture
	for i := 0; i+3 < len(all); i += 4 {
		if i/4%2 == 0 {
			some = append(some, all[i], all[i+3])
		} else {
			some = append(some, all[i+1], all[i+2])
		}
	}
	return some
}

// pictures returns the pictures of a scene: each size has the four pairs of a language
// and a theme.
func pictures(scene string, sizes []fyne.Size) []Picture {
	if len(sizes) == 0 {
		sizes = []fyne.Size{fyne.NewSize(1280, 800), fyne.NewSize(1000, 640)}
	}
	var all []Picture
	for _, size := range sizes {
		for _, lang := range []string{"en", "es"} {
			for _, variant := range []string{apptheme.VariantLight, apptheme.VariantDark} {
				all = append(all, Picture{scene, size, lang, variant})
			}
		}
	}
	return all
}

// Name is what the picture's file is called, but for its theme.
func (p Picture) Name() string {
	return fmt.Sprintf("%s-%s-%.0fx%.0f", p.Scene, p.Lang, p.Size.Width, p.Size.Height)
}

// Of is the picture of another scene in the same size, language and theme.
func (p Picture) Of(scene string) Picture {
	p.Scene = scene
	return p
}

// Options make a context for the picture.
func (p Picture) Options() []Option {
	return []Option{Language(p.Lang), Variant(p.Variant), WindowSize(p.Size.Width, p.Size.Height)}
}

// Capture draws the window as the picture, see CaptureWindow; the content has to keep
// to the window's size.
func (p Picture) Capture(t testing.TB, w fyne.Window) image.Image {
	t.Helper()
	img := CaptureWindow(t, p.Name(), w, p.Variant)
	require.Equal(t, int(p.Size.Width), img.Bounds().Dx(), "the content is wider than the window")
	require.Equal(t, int(p.Size.Height), img.Bounds().Dy(), "the content is higher than the window")
	return img
}
