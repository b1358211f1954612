package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xappiens/buzon/resources/emoji"
)

// Characters that may not begin or end a line in the scripts without spaces.
const (
	notFirst = "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?:;)]}%"
	notLast  = "‘“（〔［｛〈《「『【([{"
)

// skipSpaces returns how many spaces wide the white space at the beginning is, and its bytes.
func skipSpaces(s string) (spaces, n int) {
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch {
		case r == '\t':
			spaces += tabSpaces
		case r == '\u200b': // a place to break, of no width
		case isSpace(r):
			spaces++
		default:
			return spaces, n
		}
		n += size
	}
	return spaces, n
}

// isSpace tells whether a line may end at a character that is not drawn.
// The no-break spaces are drawn as parts of words.
func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\v', '\f', '\u0085', '\u200b', '\u2028', '\u2029':
		return true
	case '\u00a0', '\u202f', '\u2007':
		return false
	}
	return r > 0x7f && unicode.IsSpace(r)
}

// wordLen returns the bytes up to the next white space.
func wordLen(s string) int {
	for i, r := range s {
		if isSpace(r) {
			return i
		}
	}
	return len(s)
}

// tokenLen returns the bytes up to the next place where a line may end.
func tokenLen(s string) int {
	n, prev, picture := 0, rune(-1), false
	for n < len(s) {
		r, _ := utf8.DecodeRuneInString(s[n:])
		if isSpace(r) {
			return n
		}
		k := emojiLen(s[n:])
		apart := picture || k > 0 || breakable(prev) || breakable(r)
		if prev >= 0 && apart && !strings.ContainsRune(notFirst, r) && !strings.ContainsRune(notLast, prev) {
			return n
		}
		if picture = k > 0; !picture {
			k = clusterLen(s[n:])
		}
		n += k
		prev = r
	}
	return n
}

// emojiLen returns the bytes of the emoji that a text begins with.
func emojiLen(s string) int {
	if s == "" || s[0] < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 0
	}
	return emoji.Match(s)
}

// clusterLen returns the bytes of what is seen as the first character: a
// letter with its marks, an emoji with its joined parts, a syllable of the
// scripts whose letters are written around each other.
func clusterLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return 0
	}
	if n == 1 && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 1
	}
	if k := emoji.Match(s); k > 0 {
		return k
	}
	for n < len(s) && n < maxCluster {
		prev := r
		var size int
		r, size = utf8.DecodeRuneInString(s[n:])
		switch {
		case r == joiner: // joins with what follows, in Indic scripts
			if next, k := utf8.DecodeRuneInString(s[n+size:]); k > 0 && unicode.IsLetter(next) {
				size += k
			}
		case r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc):
		case leads(prev) && unicode.IsLetter(r):
		default:
			return n
		}
		n += size
	}
	return n
}

// leads tells whether a character is written as one with the letter after it:
// the vowels of Thai and Lao that stand before, and the signs that join
// consonants in the scripts of India.
func leads(r rune) bool {
	switch r {
	case 0x94d, 0x9cd, 0xa4d, 0xacd, 0xb4d, 0xc4d, 0xccd, 0xd4d, 0x1039, 0x17d2:
		return true
	}
	return r >= 0xe40 && r <= 0xe44 || r >= 0xec0 && r <= 0xec4
}
