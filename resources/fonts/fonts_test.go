package fonts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources/fonts"
)

func TestTheFontKnowsTheScriptsOfTheWorld(t *testing.T) {
	c, err := fonts.NewCoverage(fonts.Regular())
	require.NoError(t, err)
	samples := map[string]string{
		"latin": "ñÅőŵßİ₪€", "greek": "Ωάϊ", "cyrillic": "Жѣїґ", "arabic": "مرحباپچژگ۱", "hebrew": "שלום", "devanagari": "नमस्ते", "bengali": "স্বাগত",
		"tamil": "வணக்கம்", "telugu": "నమస్కారం", "gujarati": "નમસ્તે", "kannada": "ನಮಸ್ಕಾರ", "malayalam": "നമസ്കാരം", "gurmukhi": "ਸਤਿ", "sinhala": "ආයුබෝවන්",
		"oriya": "ନମସ୍କାର", "thai": "สวัสดี", "lao": "ສະບາຍດີ", "khmer": "សួស្តី", "burmese": "မင်္ဂလာပါ", "tibetan": "བཀྲ་ཤིས", "ethiopic": "ሰላም", "georgian": "გამარჯობა",
		"armenian": "Բարև", "chinese": "你好繁體字", "japanese": "こんにちはカタカナ漢字", "korean": "안녕하세요", "thaana": "ދިވެހި", "cherokee": "ᎣᏏᏲ", "tifinagh": "ⴰⵣⵓⵍ",
		"symbols": "①⌚→⇒∑√∞┌─┐█■★☆♥✓✗⠃℃№ℓ", "fancy": "𝓗𝓮𝓵𝓵𝓸𝕏🅰ⓐᴀ", "full width": "ＡＢＣ１２３",
	}
	for name, text := range samples {
		for _, r := range text {
			require.True(t, c.Has(r), "%s: %q %U", name, r, r)
		}
	}
	for _, r := range []rune{0xe000, 0x10ffff, -1, 0xd800, 0x378} {
		require.False(t, c.Has(r), "%U", r)
	}
}

func TestCoverageRefusesWhatIsNoFont(t *testing.T) {
	_, err := fonts.NewCoverage([]byte("no font"))
	require.Error(t, err)
}

func BenchmarkHas(b *testing.B) {
	c, err := fonts.NewCoverage(fonts.Regular())
	require.NoError(b, err)
	for b.Loop() {
		c.Has('中')
	}
}
