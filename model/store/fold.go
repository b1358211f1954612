package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/xappiens/buzon/model"
)

// Fold makes names comparable: lower case, without accents. Folding a folded
// text changes nothing, so a list can be continued after a name in either form.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	if folded, ok := foldWestern(s); ok {
		return folded
	}
	return foldUnicode(s)
}

func foldUnicode(s string) string {
	// Lower case may bring accents back (İ becomes i and a dot), hence the order.
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(strings.ToValidUTF8(s, ""))))
	return folded
}

// western holds the ASCII letters that U+00C0 to U+00FF fold to, in their order;
// a dot stands for those that have no accent to lose. They are nearly all that is
// not ASCII in the languages of Western Europe.
const western = "aaaaaa.ceeeeiiii.nooooo..uuuuy.." + "aaaaaa.ceeeeiiii.nooooo..uuuuy.y"

// foldWestern folds a text of ASCII and letters of western without the tables of
// Unicode, ten times as fast; ok is false for any other.
func foldWestern(s string) (folded string, ok bool) {
	const lead = 0xC3 // of U+00C0 to U+00FF in UTF-8; the second byte is 80 to BF
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < utf8.RuneSelf {
			out = append(out, lower(c))
			continue
		}
		if i++; c != lead || i == len(s) || s[i]&0xC0 != 0x80 {
			return "", false
		}
		second := s[i]
		if ascii := western[second&0x3F]; ascii != '.' {
			out = append(out, ascii)
			continue
		}
		if second < 0x9F && second != 0x97 { // a capital, not ß and not the sign ×
			second += 0x20
		}
		out = append(out, lead, second)
	}
	return string(out), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// searchText joins folded names, each once, and the digits of a number, one per
// line, so that no part of a query matches across two of them.
func searchText(jid model.JID, phone model.Phone, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		name = Fold(strings.TrimSpace(name))
		if name == "" || strings.Contains(b.String(), name) {
			continue
		}
		b.WriteString(name)
		b.WriteByte('\n')
	}
	if phone == "" {
		phone = jid.Phone()
	}
	if phone != "" {
		b.WriteString(string(phone))
	} else {
		b.WriteString(Fold(jid.User()))
	}
	return b.String()
}

// The most that is looked at of what somebody typed.
const (
	maxQueryBytes = 1024
	maxQueryWords = 16
)

// needles splits a query into the parts that must all be found in a searchText.
// A query that is a number in any notation is one part, its digits.
func needles(query string) []string {
	if len(query) > maxQueryBytes {
		query = query[:maxQueryBytes]
	}
	if digits, ok := numberDigits(query); ok {
		return []string{digits}
	}
	var parts []string
	for _, word := range strings.Fields(Fold(query)) {
		if digits, ok := numberDigits(word); ok {
			word = digits
		}
		if parts = append(parts, word); len(parts) == maxQueryWords {
			break
		}
	}
	return parts
}

// numberDigits returns the digits of a text that is written like a phone number.
func numberDigits(s string) (string, bool) {
	if strings.Trim(s, "0123456789 \t+-./()") != "" {
		return "", false
	}
	digits := model.Digits(s)
	return digits, digits != ""
}
