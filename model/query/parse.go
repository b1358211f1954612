package query

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Parse reads a text. now says what today is, loc where days begin; nil is UTC.
// The last word that is not quoted, and one with a star behind it, may be a
// beginning; a space after the last word ends it. An operator at the end whose
// value is not typed yet is left out.
func Parse(text string, now time.Time, loc *time.Location) Query {
	if loc == nil {
		loc = time.UTC
	}
	var q Query
	last, end := -1, 0 // the last plain word, and where it ends
	tokens := scan(cut(text, MaxBytes))
	tokens = tokens[:min(len(tokens), MaxTerms)]
	for i, t := range tokens {
		unfinished := t.operator != nil && t.value == "" && i == len(tokens)-1 && t.to == len(strings.TrimRightFunc(text, splits))
		if unfinished || t.operator != nil && q.apply(t, now.In(loc)) {
			continue
		}
		w := t.word()
		if !sayable(w.Text) {
			continue
		}
		q.Words = append(q.Words, w)
		if !w.Phrase && !w.Not {
			last, end = len(q.Words)-1, t.to
		}
	}
	if behind := text[end:]; last >= 0 && (behind == "" || strings.TrimFunc(behind, splits) != "") {
		q.Words[last].Prefix = true
	}
	return q
}

// word returns what a token is as plain text.
func (t token) word() Word {
	w := Word{Text: t.text, Phrase: t.quoted, Not: t.not}
	if !w.Phrase && strings.HasSuffix(w.Text, "*") {
		w.Text, w.Prefix = strings.TrimRight(w.Text, "*"), true
	}
	return w
}

// cut shortens a text to at most max bytes, at a rune.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// sayable tells whether a word holds anything that can be looked for: a letter,
// a number or a symbol, as emoji are; punctuation alone says nothing.
func sayable(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || r > 0x2000 && unicode.Is(unicode.So, r)
	})
}

// token is a part of a query, with where it stands in the text.
type token struct {
	from, to int       // bytes
	text     string    // without the minus and the quotes
	quoted   bool      // text was quoted
	not      bool      // had a minus
	operator *operator // nil: none
	value    string    // of the operator, without quotes
	valueAt  int       // where the value begins, its quote included
}

// scan splits a text at spaces that are not quoted.
func scan(text string) []token {
	var tokens []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if splits(r) {
			i += size
			continue
		}
		t := scanOne(text, i)
		i = t.to
		tokens = append(tokens, t)
	}
	return tokens
}

// splits tells whether a character stands between words.
func splits(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
}

// scanOne reads the token that begins at from, which is no space.
func scanOne(text string, from int) token {
	t := token{from: from}
	at := from
	if text[at] == '-' && at+1 < len(text) {
		if r, _ := utf8.DecodeRuneInString(text[at+1:]); !splits(r) && r != '-' {
			t.not = true
			at++
		}
	}
	if text[at] == '"' {
		t.text, t.to = quoted(text, at)
		t.quoted = true
		return t
	}
	end := at
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if splits(r) || r == '"' {
			break
		}
		if r == ':' && t.operator == nil {
			if t.operator = operatorNamed(text[at:end]); t.operator != nil {
				end += size
				t.valueAt = end
				if end < len(text) && text[end] == '"' {
					t.value, end = quoted(text, end)
					t.text, t.to = t.value, end
					return t
				}
				continue
			}
		}
		end += size
	}
	t.text, t.to = text[at:end], end
	if t.operator != nil {
		t.value = text[t.valueAt:end]
	}
	return t
}

// quoted reads from the quote at from to the next one, or to the end when there is none.
func quoted(text string, from int) (inner string, end int) {
	rest := text[from+1:]
	end = len(text)
	if i := strings.IndexByte(rest, '"'); i >= 0 {
		rest, end = rest[:i], from+1+i+1
	}
	return strings.Map(func(r rune) rune {
		if splits(r) {
			return ' '
		}
		return r
	}, rest), end
}

// apply takes an operator into the query; false: its value means nothing.
func (q *Query) apply(t token, now time.Time) bool {
	value := strings.TrimSpace(t.value)
	if value == "" {
		return false
	}
	field := t.operator.field
	switch field {
	case Before, After, On:
		r, ok := ReadDate(value, now)
		if ok {
			q.applyDate(field, r, t.not)
		}
		return ok
	case Has, Is:
		known, ok := t.operator.read(value)
		if !ok {
			return false
		}
		value = known
	case From:
		if isMe(value) {
			field, value = Is, Mine
		}
	}
	q.Filters = append(q.Filters, Filter{Field: field, Value: value, Not: t.not})
	return true
}

// applyDate narrows the range of the query.
func (q *Query) applyDate(field Field, day Range, not bool) {
	switch {
	case field == On && not:
		q.Not = append(q.Not, day)
	case field == On:
		q.since(day.Since)
		q.until(day.Until)
	case (field == Before) != not: // not after a day is before its end
		if not {
			q.until(day.Until)
		} else {
			q.until(day.Since)
		}
	case not:
		q.since(day.Since)
	default:
		q.since(day.Until)
	}
}

func (q *Query) since(t time.Time) {
	if q.Since.IsZero() || t.After(q.Since) {
		q.Since = t
	}
}

func (q *Query) until(t time.Time) {
	if q.Until.IsZero() || t.Before(q.Until) {
		q.Until = t
	}
}
