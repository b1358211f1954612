package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

const (
	maxMarks       = 100     // of one text
	maxMarkedBytes = 1 << 20 // of the texts of a page; what is beyond is shown without marks
	excerptRunes   = 1000    // of longer texts a hit holds the part around the first match
	excerptBefore  = 200     // of them before the match
)

// marker finds what of a text a query matched.
type marker struct{ terms []markTerm }

// markTerm is a word or phrase: folded words one after the other, or a run or
// symbols to be found as they are.
type markTerm struct {
	words  []string
	prefix bool
	plain  string
}

func newMarker(words []query.Word) *marker {
	m := &marker{}
	for _, w := range words {
		if w.Not {
			continue
		}
		for i, list := 0, segments(w.Text); i < len(list); i++ {
			s := list[i]
			if s.unspaced {
				m.terms = append(m.terms, markTerm{plain: s.text})
				continue
			}
			var t markTerm
			for _, token := range markTokens(nil, s.text) {
				t.words = append(t.words, Fold(s.text[token.From:token.To]))
			}
			t.prefix = w.Prefix || i < len(list)-1
			if t.plain = symbols(s.text); len(t.words) > 0 {
				t.plain = ""
			}
			if len(t.words) > 0 || t.plain != "" {
				m.terms = append(m.terms, t)
			}
		}
	}
	return m
}

// markTokens splits a text into words as the index does: letters, numbers and
// the marks on them, and appends them to tokens. A mark on something else, such
// as the variation selector of an emoji, begins no word: none folds to nothing.
func markTokens(tokens []model.TextRange, text string) []model.TextRange {
	from := -1
	for i := 0; i < len(text); {
		size, inside := 1, false
		if c := text[i]; c < utf8.RuneSelf {
			inside = asciiInToken(c)
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			inside = inToken(r) || from >= 0 && unicode.Is(unicode.M, r)
		}
		switch {
		case inside && from < 0:
			from = i
		case !inside && from >= 0:
			tokens = append(tokens, model.TextRange{From: from, To: i})
			from = -1
		}
		i += size
	}
	if from >= 0 {
		tokens = append(tokens, model.TextRange{From: from, To: len(text)})
	}
	return tokens
}

// asciiInToken tells whether an ASCII character is a letter or digit; it is asked
// for every character of a page of texts.
func asciiInToken(c byte) bool {
	const digits, letters = uint64(0x03FF_0000_0000_0000), uint64(0x07FF_FFFE_07FF_FFFE) // a bit each, of 0 to 63 and 64 to 127
	set := digits
	if c >= 64 {
		set = letters
	}
	return set>>(c&63)&1 != 0
}

// inToken tells whether a character that is not ASCII is part of a word wherever it stands.
func inToken(r rune) bool {
	if r >= 0xC0 && r <= 0xFF { // letters, but for two signs
		return r != '×' && r != '÷'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.Co)
}

// marks returns what matched in a text of these tokens, in order, not overlapping.
func (m *marker) marks(text string, tokens []model.TextRange) []model.TextRange {
	if len(m.terms) == 0 {
		return nil
	}
	var found []model.TextRange
	for i := range m.terms {
		found = m.terms[i].find(text, tokens, found)
	}
	slices.SortFunc(found, func(a, b model.TextRange) int { return a.From - b.From })
	merged := found[:0]
	for _, r := range found {
		if last := len(merged) - 1; last >= 0 && r.From <= merged[last].To {
			merged[last].To = max(merged[last].To, r.To)
			continue
		}
		merged = append(merged, r)
	}
	return slices.Clip(merged)
}

// find appends where a term stands in a text.
func (t *markTerm) find(text string, tokens, found []model.TextRange) []model.TextRange {
	n := 0
	if t.plain != "" {
		for at := 0; n < maxMarks; n++ {
			i := strings.Index(text[at:], t.plain)
			if i < 0 {
				break
			}
			found = append(found, model.TextRange{From: at + i, To: at + i + len(t.plain)})
			at += i + len(t.plain)
		}
		return found
	}
	for i := 0; i+len(t.words) <= len(tokens) && n < maxMarks; i++ {
		if t.at(text, tokens[i:]) {
			last := tokens[i+len(t.words)-1]
			to := last.To
			if t.prefix {
				to = last.From + foldedLength(text[last.From:last.To], len(t.words[len(t.words)-1]))
			}
			found = append(found, model.TextRange{From: tokens[i].From, To: to})
			n++
		}
	}
	return found
}

// at tells whether the words stand at the beginning of the tokens.
func (t *markTerm) at(text string, tokens []model.TextRange) bool {
	for i, word := range t.words {
		prefix := t.prefix && i == len(t.words)-1
		if !foldsTo(text[tokens[i].From:tokens[i].To], word, prefix) {
			return false
		}
	}
	return true
}

// foldsTo tells whether a word folds to a folded one, or begins so. Nearly all
// words differ in their first letter: only those that do not are folded.
func foldsTo(word, folded string, prefix bool) bool {
	if differs(word, folded) {
		return false
	}
	if !isASCII(word) {
		if r, size := utf8.DecodeRuneInString(word); r >= utf8.RuneSelf && !strings.HasPrefix(folded, Fold(word[:size])) {
			return false
		}
		word = Fold(word)
	} else if len(word) < len(folded) {
		return false
	} else {
		for i := range len(folded) {
			if lower(word[i]) != folded[i] {
				return false
			}
		}
		return prefix || len(word) == len(folded)
	}
	return word == folded || prefix && strings.HasPrefix(word, folded)
}

// differs tells, from the ASCII letters before the first other character, whether
// a word surely does not fold to a folded one or begin so.
func differs(word, folded string) bool {
	for i := range min(len(word), len(folded)) {
		if word[i] >= utf8.RuneSelf || folded[i] >= utf8.RuneSelf {
			return false
		}
		if lower(word[i]) != folded[i] {
			return true
		}
	}
	return false
}

// lower returns an ASCII letter as a small one.
func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// foldedLength returns how many bytes of a word fold to so many bytes, the marks
// on the last letter included.
func foldedLength(word string, folded int) int {
	n := 0
	for i, r := range word {
		if n >= folded && !unicode.Is(unicode.M, r) {
			return i
		}
		n += len(Fold(string(r)))
	}
	return len(word)
}

// windowBytes holds an excerpt however long its characters are.
const windowBytes = (excerptRunes + 1) * utf8.UTFMax

// words is a text and the words of its beginning: a text is looked through only
// as far as it takes to find something.
type words struct {
	text   string
	head   string // up to the end of a word
	tokens []model.TextRange
}

// of makes the words of another text, in the memory of the last one's.
func (w *words) of(text string) {
	w.text = text
	w.read(windowBytes)
}

// read takes a beginning so long.
func (w *words) read(size int) {
	w.head = beginningOf(w.text, size)
	w.tokens = markTokens(w.tokens[:0], w.head)
}

// more takes a longer beginning; false: all was read.
func (w *words) more() bool {
	if len(w.head) == len(w.text) {
		return false
	}
	w.read(4 * len(w.head))
	return true
}

// in tells whether a term stands in a text.
func (t *markTerm) in(w *words) bool {
	for len(t.find(w.head, w.tokens, nil)) == 0 {
		if !w.more() {
			return false
		}
	}
	return true
}

// excerpt returns the part of a long text around what matched first, and what
// matched in that part.
func (m *marker) excerpt(w *words) (string, []model.TextRange) {
	if len(m.terms) == 0 {
		return excerpt(w.text, nil)
	}
	for {
		marks := m.marks(w.head, w.tokens)
		if len(marks) > 0 && marks[0].From+windowBytes <= len(w.head) || !w.more() {
			return excerpt(w.text, marks)
		}
	}
}

// beginningOf returns a text up to a word's end, so many bytes long or, when it
// is a single word there, somewhat more.
func beginningOf(text string, size int) string {
	if len(text) <= size {
		return text
	}
	for i, r := range text[size:] { // a byte in a character's midst reads as no letter
		if r < utf8.RuneSelf && !asciiInToken(byte(r)) {
			return text[:size+i]
		}
	}
	return text
}

// excerpt returns the part of a long text around the first mark, and the marks in it.
func excerpt(text string, marks []model.TextRange) (string, []model.TextRange) {
	if len(text) <= excerptRunes || len(text) < windowBytes && utf8.RuneCountInString(text) <= excerptRunes {
		return text, marks
	}
	from := 0
	if len(marks) > 0 {
		from = marks[0].From
		for range excerptBefore {
			_, size := utf8.DecodeLastRuneInString(text[:from])
			from -= size
		}
	}
	to := from
	for range excerptRunes {
		_, size := utf8.DecodeRuneInString(text[to:])
		to += size
	}
	const dots = "…"
	var head, tail string
	if from > 0 {
		head = dots
	}
	if to < len(text) {
		tail = dots
	}
	var inside []model.TextRange
	for _, r := range marks {
		if r.To <= to {
			inside = append(inside, model.TextRange{From: r.From - from + len(head), To: r.To - from + len(head)})
		}
	}
	return head + text[from:to] + tail, inside
}
