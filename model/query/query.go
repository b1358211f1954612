// Package query reads the language in which messages are searched.
//
// A query is words, "phrases", words that must be missing (-word) and
// operators, name:value, in English and in Spanish at once:
//
//	from: de:              who said it; me, yo and mí are oneself
//	in: en:                the conversation
//	before: antes:         sent before that day
//	after: después:        sent after that day
//	on: el:                sent on that day
//	has: tiene:            image, video, audio, document, link or location
//	is: es:                unread, starred, mine, group or archived
//
// A value with spaces is quoted. A minus before an operator turns it round. What
// is no operator, or an operator whose value means nothing, is plain text: no
// text is ever an error. The package does no input or output.
package query

import (
	"time"
)

// Limits of what is read of a query; what is beyond them is left out.
const (
	MaxBytes = 1024 * 4 // of the text
	MaxTerms = 32       // words, phrases and operators together
)

// Field is what an operator is about.
type Field string

// The fields. Their operators are of the same name.
const (
	From   Field = "from"
	In     Field = "in"
	Before Field = "before"
	After  Field = "after"
	On     Field = "on"
	Has    Field = "has"
	Is     Field = "is"
)

// The values of has:.
const (
	Image    = "image"
	Video    = "video"
	Audio    = "audio"
	Document = "document"
	Link     = "link"
	Location = "location"
)

// The values of is:, and Me, a value of from:.
const (
	Unread   = "unread"
	Starred  = "starred"
	Mine     = "mine"
	Group    = "group"
	Archived = "archived"
	Me       = "me"
)

// Word is a word or a phrase to be found in the text of a message.
type Word struct {
	Text   string // as typed, without the quotes
	Phrase bool   // was quoted: the words stand together in that order
	Prefix bool   // may be the beginning of a word
	Not    bool   // must be missing
}

// Filter is one operator.
type Filter struct {
	Field Field // From, In, Has or Is; dates become the range of the query
	Value string
	Not   bool
}

// Query is what a text asks for. Everything in it must hold.
type Query struct {
	Words   []Word
	Filters []Filter
	Since   time.Time // zero: no limit; else sent at this time or later
	Until   time.Time // zero: no limit; else sent before this time
	// Not holds further ranges that must not hold: dates with a minus.
	Not []Range
}

// Range is a span of time; a zero bound is open.
type Range struct{ Since, Until time.Time }

// Empty tells whether the query asks for nothing at all.
func (q Query) Empty() bool {
	return len(q.Words)+len(q.Filters)+len(q.Not) == 0 && q.Since.IsZero() && q.Until.IsZero()
}
