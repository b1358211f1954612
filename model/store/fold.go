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
	// Lower case may bring accents back (İ becomes i and a dot), hence the order.
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(strings.ToValidUTF8(s, ""))))
	return folded
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
