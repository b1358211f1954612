package model

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// MentionedIn returns who may be meant by the numbers in a text: a number is that
// of a phone or of a hidden id, and both are returned, the phone's first.
func MentionedIn(text string) []JID {
	var jids []JID
	eachMention(text, func(from, to int) {
		jids = append(jids, JID(text[from:to]+"@"+ServerPhone), JID(text[from:to]+"@"+ServerLID))
	})
	return jids
}

// NameMentioned returns a text with names in place of the numbers of people. name
// returns "" for nobody that is known.
func NameMentioned(text string, name func(JID) string) string {
	named, _ := NameMarked(text, nil, name)
	return named
}

// NameMarked does the same to a text of which parts are marked, and returns where
// these are then. A mark of a part of a number becomes one of the whole name.
func NameMarked(text string, marks []TextRange, name func(JID) string) (string, []TextRange) {
	var b strings.Builder
	moved := slices.Clone(marks)
	done := 0
	eachMention(text, func(from, to int) {
		who := ""
		for _, server := range []string{ServerPhone, ServerLID} {
			if who = name(JID(text[from:to] + "@" + server)); who != "" {
				break
			}
		}
		if who == "" {
			return
		}
		b.WriteString(text[done:from])
		begins := b.Len()
		b.WriteString(who)
		done = to
		for i, m := range marks {
			switch {
			case m.From >= to:
				moved[i].From = b.Len() + m.From - to
			case m.From > from:
				moved[i].From = begins
			}
			switch {
			case m.To >= to:
				moved[i].To = b.Len() + m.To - to
			case m.To > from:
				moved[i].To = b.Len()
			}
		}
	})
	if done == 0 {
		return text, moved
	}
	return b.String() + text[done:], moved
}
