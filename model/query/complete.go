package query

import "strings"

// Suggestion is something that can be put into a query.
type Suggestion struct {
	Insert   string // what replaces the text from From to To
	Key      string // what it is: "search.operator.from", "search.value.image"
	Language string // of the word: "en" or "es"
	From, To int    // bytes
}

// Complete proposes operators, and values of operators that have a fixed list,
// for the word that the cursor, in bytes, is in or behind. Both languages are
// offered; the one of an operator decides for its values. For names behind
// from: and in: see CompletesName.
//
//translations:search.operator.*
//translations:search.value.*
func Complete(text string, cursor int) []Suggestion {
	t := tokenAt(text, cursor)
	if t.quoted {
		return nil
	}
	if t.operator != nil {
		return completeValue(text, t)
	}
	typed := fold(t.text)
	at := t.from
	if t.not {
		at++
	}
	var found []Suggestion
	for _, o := range operators() {
		for _, language := range languages() {
			name := o.names[language][0]
			if strings.HasPrefix(fold(name), typed) {
				found = append(found, Suggestion{name + ":", "search.operator." + string(o.field), language, at, t.to})
			}
		}
	}
	return found
}

// completeValue proposes values of an operator.
func completeValue(text string, t token) []Suggestion {
	typed := fold(strings.TrimPrefix(text[t.valueAt:t.to], `"`))
	var found []Suggestion
	for _, v := range t.operator.values {
		for _, language := range languages() {
			word := v.words[language][0]
			if t.language(text) == language && strings.HasPrefix(fold(word), typed) && fold(word) != typed {
				found = append(found, Suggestion{word + " ", "search.value." + v.name, language, t.valueAt, t.to})
			}
		}
	}
	return found
}

// language returns the one that the operator of a token is written in.
func (t token) language(text string) string {
	name := fold(strings.TrimSuffix(strings.TrimPrefix(text[t.from:t.valueAt], "-"), ":"))
	for _, language := range languages() {
		if fold(t.operator.names[language][0]) == name {
			return language
		}
	}
	return languages()[0]
}

// CompletesName tells whether the cursor, in bytes, is in the value of from: or
// in:, and what of it is typed before the cursor. A chosen name goes, through
// Quote, in the place of the bytes from From to To.
func CompletesName(text string, cursor int) (field Field, typed string, from, to int, ok bool) {
	t := tokenAt(text, cursor)
	if t.operator == nil || t.operator.field != From && t.operator.field != In {
		return "", "", 0, 0, false
	}
	cursor = min(max(cursor, t.valueAt), t.to)
	typed = strings.Trim(text[t.valueAt:cursor], `"`)
	return t.operator.field, typed, t.valueAt, t.to, true
}

// Quote writes a value so that it is read as one: in quotes where it holds spaces.
func Quote(value string) string {
	value = strings.ReplaceAll(value, `"`, "")
	if strings.ContainsFunc(value, splits) || value == "" {
		return `"` + value + `"`
	}
	return value
}

// tokenAt returns the token that the cursor is in or right behind, or an empty one.
func tokenAt(text string, cursor int) token {
	text = cut(text, MaxBytes)
	cursor = min(max(cursor, 0), len(text))
	for _, t := range scan(text) {
		if t.from < cursor && cursor <= t.to {
			return t
		}
	}
	return token{from: cursor, to: cursor}
}
