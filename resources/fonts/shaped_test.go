package fonts_test

import (
	"bytes"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/fonts"
)

func TestEveryScriptHasAFontThatDrawsIt(t *testing.T) {
	samples := map[string]string{
		"Arabic": "مرحباپچژگ۱", "Devanagari": "नमस्ते", "Bengali": "স্বাগত", "Tamil": "வணக்கம்", "Telugu": "నమస్కారం", "Gujarati": "નમસ્તે",
		"Thai": "สวัสดี", "Kannada": "ನಮಸ್ಕಾರ", "Malayalam": "നമസ്കാരം", "Gurmukhi": "ਸਤਿ", "Sinhala": "ආයුබෝවන්", "Khmer": "សួស្តី", "Lao": "ສະບາຍດີ",
		"Myanmar": "မင်္ဂလာပါ", "Oriya": "ନମସ୍କାର", "Tibetan": "བཀྲ་ཤིས", "Thaana": "ދިވެހި", "Syriac": "ܫܠܡܐ", "NKo": "ߒߞߏ", "Adlam": "𞤀𞤣𞤤𞤢𞤥", "Hebrew": "שלום",
		"Javanese": "ꦗꦮ", "Balinese": "ᬩᬮᬶ", "Sundanese": "ᮞᮥᮔ᮪ᮓ", "MeeteiMayek": "ꯃꯤꯇꯩ",
	}
	n := 0
	for s := fonts.Script(1); s.Name() != ""; s++ {
		n++
		c, err := fonts.NewCoverage(fonts.Shaped(s))
		require.NoError(t, err, s.Name())
		require.True(t, c.Has(' '), "%s: the toolkit takes the line from the space", s.Name())
		require.NotEmpty(t, samples[s.Name()])
		for _, r := range samples[s.Name()] {
			require.Equal(t, s, fonts.ScriptOf(r), "%q", r)
			require.True(t, c.Has(r), "%s: %q", s.Name(), r)
		}
	}
	require.Len(t, samples, n)
	for _, r := range "aÑЖΩ1 .،中の한😀\u0301\u200d" {
		if r != '،' { // a sign of several scripts
			require.Zero(t, fonts.ScriptOf(r), "%q", r)
		}
	}
	require.Nil(t, fonts.Shaped(0))
	require.Nil(t, fonts.Shaped(200))
}

// BenchmarkPrepare measures what the toolkit does with a font for each word
// that it draws for the first time.
func BenchmarkPrepare(b *testing.B) {
	prepare := func(name string, ttf []byte) {
		b.Run(name, func(b *testing.B) {
			f, err := font.ParseTTF(bytes.NewReader(ttf))
			require.NoError(b, err)
			for b.Loop() {
				harfbuzz.NewFont(f)
			}
		})
	}
	prepare("Regular", fonts.Regular())
	for s := fonts.Script(1); s.Name() != ""; s++ {
		prepare(s.Name(), fonts.Shaped(s))
	}
}
