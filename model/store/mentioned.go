package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xappiens/buzon/model"
)

// Bounds of the digits by which a text names somebody.
const (
	leastMentionDigits = 5
	mostMentionDigits  = 20
)

// eachMention calls f with the place of every number that stands behind an "@"
// at the beginning of a word. Texts name people so, not by what they are called.
func eachMention(text string, f func(from, to int)) {
	for at := 0; at < len(text); {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			return
		}
		from := at + i + 1
		to := from
		for to < len(text) && text[to] >= '0' && text[to] <= '9' {
			to++
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from-1])
		if n := to - from; n >= leastMentionDigits && n <= mostMentionDigits && (from == 1 || !unicode.IsLetter(before) && !unicode.IsDigit(before)) {
			f(from, to)
		}
		at = to
	}
}

// mentioned returns who may be meant by the numbers in a text: a number is that
// of a phone or of a hidden id.
func mentioned(session model.SessionID, text string) []person {
	var people []person
	eachMention(text, func(from, to int) {
		people = append(people, byPhone(session, text[from:to]), byHiddenID(session, text[from:to]))
	})
	return people
}

func byPhone(session model.SessionID, digits string) person {
	return person{session, model.JID(digits + "@" + model.ServerPhone)}
}

func byHiddenID(session model.SessionID, digits string) person {
	return person{session, model.JID(digits + "@" + model.ServerLID)}
}

// withNames returns a text with names in place of the numbers of known people.
func withNames(session model.SessionID, text string, names map[person]string) string {
	var b strings.Builder
	done := 0
	eachMention(text, func(from, to int) {
		if name := firstOf(names[byPhone(session, text[from:to])], names[byHiddenID(session, text[from:to])]); name != "" {
			b.WriteString(text[done:from])
			b.WriteString(name)
			done = to
		}
	})
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}
