package emoji_test

import (
	"image"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/emoji"
)

func TestMatchTakesTheLongestSequence(t *testing.T) {
	whole := map[string]string{
		"face":                 "😀",
		"of this year":         "🫪",
		"of last year":         "🫩",
		"heart with selector":  "❤️",
		"heart without":        "❤",
		"skin tone":            "👍🏽",
		"technologist":         "👩🏾‍💻",
		"family":               "👨‍👩‍👧‍👦",
		"couple of two tones":  "👩🏻‍🤝‍👨🏿",
		"rainbow flag":         "🏳️‍🌈",
		"rainbow, no selector": "🏳‍🌈",
		"country":              "🇪🇸",
		"newest country":       "🇨🇶",
		"England":              "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"keycap":               "1️⃣",
		"keycap, no selector":  "#⃣",
		"watch":                "⌚",
		"copyright as emoji":   "©️",
	}
	for name, seq := range whole {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, len(seq), emoji.Match(seq))
			require.Equal(t, len(seq), emoji.Match(seq+" a"))
			require.Equal(t, len(seq), emoji.Match(seq+"😀"))
			require.NotNil(t, emoji.Image(seq, 20))
		})
	}
}

func TestMatchLeavesTextAlone(t *testing.T) {
	for _, text := range []string{"", "a", "1", "#", "©", "™", "ℹ", "↔", "❤\ufe0e", "中", "á", "\u200d", "\ufe0f", "\xff", "🇪", "1\ufe0f"} {
		require.Zero(t, emoji.Match(text), "%q", text)
	}
}

func TestUnknownSequencesFallIntoTheirParts(t *testing.T) {
	text := "🐶\u200d🍕" // nobody has drawn it yet
	n := emoji.Match(text)
	require.Equal(t, len("🐶\u200d"), n)
	require.Equal(t, len("🍕"), emoji.Match(text[n:]))
	n = emoji.Match("🐶🏽")
	require.Equal(t, len("🐶"), n)
	n = emoji.Match("🏴\U000e0078\U000e0078\U000e007f")
	require.Equal(t, len("🏴\U000e0078\U000e0078\U000e007f"), n, "no tags are left over")
}

func TestEveryPictureIsDrawn(t *testing.T) {
	list := emoji.Sequences()
	require.Greater(t, len(list), 3_900)
	for _, seq := range list {
		img, ok := emoji.Image(seq, 12).(*image.RGBA)
		require.True(t, ok, "%q", seq)
		require.Equal(t, 12, img.Bounds().Dx())
		seen := 0
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] > 40 {
				seen++
			}
		}
		require.Greater(t, seen, 3, "%q is empty", seq)
	}
}

func TestEverySequenceIsFoundInAText(t *testing.T) {
	for _, seq := range emoji.Sequences() {
		first, size := utf8.DecodeRuneInString(seq)
		if size == len(seq) && first < 0x3300 {
			seq += "\ufe0f"
		}
		require.Equal(t, len(seq), emoji.Match(seq), "%q", seq)
	}
}

func TestImageIsAsLargeAsAskedForUpToWhatIsStored(t *testing.T) {
	require.Equal(t, 20, emoji.Image("😀", 20).Bounds().Dx())
	require.Equal(t, emoji.Side(), emoji.Image("😀", 500).Bounds().Dy())
	require.Equal(t, 1, emoji.Image("😀", -5).Bounds().Dy())
	require.Nil(t, emoji.Image("a", 20))
	require.Nil(t, emoji.Image("", 20))
	require.Same(t, emoji.Image("❤", 20), emoji.Image("❤️", 20))
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"😀", "1️⃣", "🏳️‍🌈", strings.Repeat("\u200d", 9), "🇪🇸🇪", "\U000e0067\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := emoji.Match(text)
		require.LessOrEqual(t, n, len(text))
		if n > 0 {
			require.NotNil(t, emoji.Image(text[:n], 16))
		}
	})
}

func BenchmarkFiftyNewPictures(b *testing.B) {
	list := emoji.Sequences()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for j := range 50 {
			emoji.Image(list[(i*50+j*37)%len(list)], 10+i%60)
		}
	}
}

func BenchmarkImageAgain(b *testing.B) {
	for b.Loop() {
		emoji.Image("👩🏾‍💻", 20)
	}
}

func BenchmarkMatchText(b *testing.B) {
	text := strings.Repeat("palabra ", 100)
	for b.Loop() {
		for i := range len(text) {
			emoji.Match(text[i:])
		}
	}
}
