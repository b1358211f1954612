package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what can be undone.
const (
	undoSteps = 200
	undoBytes = 4 << 20
)

// edit is a text being written: with a cursor, a selection and what can be
// undone. Places are bytes of the text, always between two characters as people
// see them.
type edit struct {
	text   string
	cursor int
	anchor int // the other end of the selection; the cursor when there is none

	past, future []editState
	pastBytes    int
	typing       bool // the last change was a letter, to which others may be joined
}

type editState struct {
	text           string
	cursor, anchor int
}

// selection returns its ends in order.
func (e *edit) selection() (from, to int) { return min(e.cursor, e.anchor), max(e.cursor, e.anchor) }

func (e *edit) selected() string {
	from, to := e.selection()
	return e.text[from:to]
}

// moveTo puts the cursor somewhere; extend keeps the other end of the selection.
func (e *edit) moveTo(at int, extend bool) {
	e.cursor = min(max(at, 0), len(e.text))
	if !extend {
		e.anchor = e.cursor
	}
	e.typing = false
}

// reset replaces all and forgets what could be undone.
func (e *edit) reset(text string) {
	*e = edit{text: text, cursor: len(text), anchor: len(text)}
}

// insert puts a text in the place of the selection.
func (e *edit) insert(text string) {
	from, to := e.selection()
	letter := from == to && utf8.RuneCountInString(text) == 1 && !isSpace([]rune(text)[0])
	if !letter || !e.typing {
		e.remember()
	}
	e.replace(from, to, text)
	e.typing = letter
}

// remove deletes the selection, or what lies between the cursor and at.
func (e *edit) remove(at int) bool {
	from, to := e.selection()
	if from == to {
		from, to = min(e.cursor, at), max(e.cursor, at)
	}
	if from == to {
		return false
	}
	e.remember()
	e.replace(from, to, "")
	e.typing = false
	return true
}

func (e *edit) replace(from, to int, text string) {
	e.text = e.text[:from] + text + e.text[to:]
	e.cursor = from + len(text)
	e.anchor = e.cursor
}

func (e *edit) state() editState { return editState{e.text, e.cursor, e.anchor} }

func (e *edit) remember() {
	e.past = append(e.past, e.state())
	e.pastBytes += len(e.text)
	for len(e.past) > undoSteps || len(e.past) > 1 && e.pastBytes > undoBytes {
		e.pastBytes -= len(e.past[0].text)
		e.past = e.past[1:]
	}
	e.future = nil
}

// undo takes the last change back; false when there is none.
func (e *edit) undo() bool {
	n := len(e.past)
	if n == 0 {
		return false
	}
	e.future = append(e.future, e.state())
	e.pastBytes -= len(e.past[n-1].text)
	e.show(e.past[n-1])
	e.past = e.past[:n-1]
	return true
}

// redo makes a change again that was taken back.
func (e *edit) redo() bool {
	n := len(e.future)
	if n == 0 {
		return false
	}
	e.past = append(e.past, e.state())
	e.pastBytes += len(e.text)
	e.show(e.future[n-1])
	e.future = e.future[:n-1]
	return true
}

func (e *edit) show(s editState) {
	e.text, e.cursor, e.anchor, e.typing = s.text, s.cursor, s.anchor, false
}

// after returns the place behind the character at a place.
func (e *edit) after(at int) int { return at + clusterLen(e.text[at:]) }

// before returns the place in front of the character before a place. Where
// characters begin is known from the beginning of a word on.
func (e *edit) before(at int) int {
	if at == 0 {
		return 0
	}
	const back = 4 * maxCluster
	from := max(at-back, 0)
	if i := strings.LastIndexAny(e.text[from:at-1], " \n"); i >= 0 {
		from += i
	}
	for from > 0 && !utf8.RuneStart(e.text[from]) {
		from--
	}
	for {
		next := e.after(from)
		if next >= at || next == from {
			return from
		}
		from = next
	}
}

// wordAfter returns the end of the word at or behind a place.
func (e *edit) wordAfter(at int) int {
	for at < len(e.text) && !e.inWord(at) {
		at = e.after(at)
	}
	for at < len(e.text) && e.inWord(at) {
		at = e.after(at)
	}
	return at
}

// wordBefore returns the beginning of the word at or before a place.
func (e *edit) wordBefore(at int) int {
	for at > 0 && !e.inWord(e.before(at)) {
		at = e.before(at)
	}
	for at > 0 && e.inWord(e.before(at)) {
		at = e.before(at)
	}
	return at
}

func (e *edit) inWord(at int) bool {
	r, _ := utf8.DecodeRuneInString(e.text[at:])
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// wordAround returns the word at a place, or the one character there.
func (e *edit) wordAround(at int) (from, to int) {
	if at == len(e.text) && at > 0 {
		at = e.before(at)
	}
	if at == len(e.text) {
		return at, at
	}
	if !e.inWord(at) {
		return at, e.after(at)
	}
	from, to = at, at
	for from > 0 && e.inWord(e.before(from)) {
		from = e.before(from)
	}
	for to < len(e.text) && e.inWord(to) {
		to = e.after(to)
	}
	return from, to
}
