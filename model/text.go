package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the most that is kept of a name, in runes.
const MaxName = 256

// ContactDisplayName chooses the name of a contact: the address book's, the
// verified one of a company, the person's own, the formatted number, else the
// user part of the identifier (contract §9.2). See HiddenName for hidden ids.
func ContactDisplayName(c *Contact, formattedPhone string) string {
	company := ""
	if c.IsBusiness || c.VerifiedName != "" {
		company = c.VerifiedName
	}
	for _, s := range []string{c.Name, company, c.PushName, c.ShortName, formattedPhone} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	if c.JID.IsLID() {
		return HiddenName(c.JID)
	}
	return c.JID.User()
}

// CleanLine makes a text from outside safe to show on one line: control and
// direction-changing characters go, white space is folded to single spaces,
// broken bytes too, and at most maxRunes are kept.
func CleanLine(s string, maxRunes int) string {
	if cleanLine(s, maxRunes) {
		return s
	}
	var b strings.Builder
	space, n := false, 0
	for _, r := range s {
		if n >= maxRunes {
			break
		}
		if unicode.IsSpace(r) && r != '\u00a0' {
			space = b.Len() > 0
			continue
		}
		if dropped(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			n++
			space = false
			if n >= maxRunes {
				break
			}
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// cleanLine tells whether CleanLine would leave a text as it is, as it nearly
// always does: then nothing is copied.
func cleanLine(s string, maxRunes int) bool {
	n, space := 0, true // no space at the beginning, and not two
	for _, r := range s {
		if n++; n > maxRunes || dropped(r) {
			return false
		}
		if unicode.IsSpace(r) && r != '\u00a0' {
			if r != ' ' || space {
				return false
			}
			space = true
			continue
		}
		space = false
	}
	return s == "" || !space
}

// CleanText makes a text from outside safe to keep: line breaks and tabs stay,
// other control and direction-changing characters go. At most maxBytes are
// kept, cut at a rune; cut says whether something was lost.
func CleanText(s string, maxBytes int) (text string, cut bool) {
	if len(s) > maxBytes {
		s, cut = s[:maxBytes], true
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, size := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && size == 1 {
			s = s[:len(s)-1]
		}
	}
	if plainText(s) {
		return s, cut
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if dropped(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")), cut
}

// plainText tells whether nothing of a text can be dropped, which is true of most
// and costs no copy. Bytes that may begin a dropped character count as not plain.
func plainText(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c == 0x7f || c < ' ' && c != '\n' && c != '\t' || c == 0xe2 || c == 0xc2 || c == 0xef {
			return false
		}
	}
	return utf8.ValidString(s)
}

// dropped tells whether a rune from outside is never shown: control characters
// and the overrides and isolates that make text read in another order than it
// was written (a spoofing device). Joiners stay: emoji and scripts need them.
func dropped(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return true
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return true
	}
	return false
}

// Preview returns the beginning of a text for one line of a list.
func Preview(text string) string { return CleanLine(text, PreviewRunes) }
