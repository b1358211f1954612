package store

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

// maxFacets is how many conversations or people one operator may name to the
// index; of more, each message that the index gives is judged by itself.
const maxFacets = 128

// plan is how a query is carried out: an expression of the full-text index, a
// range of keys, and what has to be judged message by message.
type plan struct {
	match string
	// A weaker expression that finds everything that match finds, or "", and what
	// a message that it finds must hold besides.
	likely            string
	beginning         markTerm
	newest            model.MessageID
	oldest            model.MessageID
	ascending         bool            // from oldest on, in place of from newest back
	floor, last       model.MessageID // the oldest and the newest message of all
	where             filter          // of m (messages) and, if needsConversation, c (conversations)
	needsConversation bool
	limit             int
	time              time.Duration
	marker            *marker

	nothing  bool // it is known that nothing can be found
	positive []string
	negative []string
}

// newPlan works out how to carry a query out, in steps that take so long at most.
func newPlan(tx *gorm.DB, q model.SearchQuery, parsed query.Query, step time.Duration) (*plan, error) {
	p := &plan{newest: unbounded, limit: q.Limit, time: step, marker: newMarker(parsed.Words)}
	if q.Before != 0 {
		p.newest = q.Before - 1
	}
	if q.ConversationID != 0 {
		ids, err := threadOf(tx, q.ConversationID)
		if err != nil {
			return nil, err
		}
		p.facet(facetsOf(ids), false)
	}
	if err := p.session(tx, q.SessionID); err != nil {
		return nil, err
	}
	p.dates(parsed)
	if q.After != 0 {
		p.oldest, p.ascending = max(p.oldest, q.After+1), true
	}
	likely := p.words(parsed.Words)
	for _, f := range parsed.Filters {
		if err := p.filter(tx, q.SessionID, f); err != nil || p.nothing {
			return p, err
		}
	}
	if err := p.bounds(tx); err != nil || p.nothing {
		return p, err
	}
	p.match = p.expression("")
	if likely != "" {
		p.likely = p.expression(likely)
	}
	return p, nil
}

// allMessages is the beginning of a facet that every message has.
const allMessages = `facets : "0c"*`

func facetConversation(id model.ConversationID) string {
	return `facets : "0c` + strconv.FormatInt(int64(id), 10) + `"`
}

// facetAuthor follows the view messages_indexed.
func facetAuthor(jid model.JID) string {
	word := strings.NewReplacer("@", "x", ".", "", `"`, `""`).Replace(string(jid))
	return `facets : "0a` + word + `"`
}

func (p *plan) facet(expression string, not bool) {
	if not {
		p.negative = append(p.negative, expression)
	} else {
		p.positive = append(p.positive, expression)
	}
}

// expression joins everything; likely stands for the last word when it is not empty.
func (p *plan) expression(likely string) string {
	positive := p.positive
	if likely != "" {
		positive = slices.Clone(positive)
		positive[slices.IndexFunc(positive, func(s string) bool { return strings.HasSuffix(s, longBeginning) })] = likely
	}
	if len(positive) == 0 {
		positive = []string{allMessages}
	}
	b := "(" + strings.ReplaceAll(strings.Join(positive, ") AND ("), longBeginning, "") + ")"
	if len(p.negative) > 0 {
		b = "(" + b + ") NOT (" + strings.Join(p.negative, " OR ") + ")"
	}
	return b
}

// longBeginning marks the part of the expression that a weaker one may stand for.
const longBeginning = "\x00"

// words adds the words of the query; it returns the weaker expression of a last
// word that is a beginning longer than those that are indexed.
func (p *plan) words(words []query.Word) (likely string) {
	for _, w := range words {
		parts, literals := wordExpressions(w)
		for _, l := range literals {
			if w.Not {
				p.where.add("instr(m.text, ?) = 0", l)
			} else {
				p.where.add("instr(m.text, ?) > 0", l)
			}
		}
		if len(parts) == 0 {
			continue
		}
		if w.Not {
			p.facet("("+strings.Join(parts, " AND ")+")", true)
			continue
		}
		const indexed = 3 // letters of a beginning, see the prefix option of the index
		if runes := []rune(Fold(w.Text)); w.Prefix && likely == "" && len(parts) == 1 && len(runes) > indexed && european(runes) {
			p.beginning = markTerm{words: []string{string(runes)}, prefix: true}
			likely = `text : "` + string(runes[:indexed]) + `"*`
			parts[0] += longBeginning
		}
		p.positive = append(p.positive, parts...)
	}
	return likely
}

// european tells whether a folded word is of letters that the index and markTokens
// surely see the same in.
func european(runes []rune) bool {
	return !slices.ContainsFunc(runes, func(r rune) bool {
		return !unicode.IsLetter(r) || r > unicode.MaxLatin1 && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
	})
}

// wordExpressions returns what finds a word in the index, and symbols in it that
// the index does not know. All is quoted, so that nothing in it is an operator there.
func wordExpressions(w query.Word) (parts, literals []string) {
	text := w.Text
	if runes := []rune(text); w.Phrase {
		text = string(runes[:min(len(runes), maxPhraseRunes)])
	} else if len(runes) > maxWordRunes {
		text, w.Prefix = string(runes[:maxWordRunes]), true
	}
	list := segments(text)
	for i, s := range list {
		if s.unspaced {
			parts = append(parts, gramQuery(s.encoded))
			continue
		}
		if !strings.ContainsFunc(s.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			if emoji := symbols(s.text); emoji != "" {
				literals = append(literals, emoji)
			}
			continue
		}
		attached := i > 0 && !unicode.IsSpace([]rune(s.text)[0])
		if attached { // to the run before it, in one word of the index
			continue
		}
		part := `text : "` + strings.ReplaceAll(s.text, `"`, `""`) + `"`
		if w.Prefix && i == len(list)-1 || i < len(list)-1 {
			part += "*"
		}
		parts = append(parts, part)
	}
	return parts, literals
}

// symbols returns a text without spaces and punctuation around it, "" when there are no symbols in it.
func symbols(text string) string {
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsControl(r) })
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.So, r) }) {
		return ""
	}
	return text
}

// dates narrows the keys to the range of the query.
func (p *plan) dates(q query.Query) {
	if !q.Since.IsZero() {
		p.oldest = model.MessageIDAt(ceilSecond(q.Since))
	}
	if !q.Until.IsZero() {
		p.newest = min(p.newest, model.MessageIDAt(ceilSecond(q.Until))-1)
	}
	for _, r := range q.Not {
		p.where.add("m.id NOT BETWEEN ? AND ?", int64(model.MessageIDAt(ceilSecond(r.Since))), int64(model.MessageIDAt(ceilSecond(r.Until))-1))
	}
}

// ceilSecond returns the first whole second that is not before a time.
func ceilSecond(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// session narrows to one session, unless there is no other.
func (p *plan) session(tx *gorm.DB, id model.SessionID) error {
	if id == 0 {
		return nil
	}
	var others int
	if err := queryRow(tx, "SELECT count(*) FROM sessions WHERE id <> ?", int64(id)).Scan(&others); err != nil {
		return err
	}
	if others > 0 {
		p.where.add("c.session_id = ?", int64(id))
		p.needsConversation = true
	}
	return nil
}

// bounds narrows the keys to those that are there.
func (p *plan) bounds(tx *gorm.DB) error {
	err := queryRow(tx, "SELECT coalesce((SELECT min(id) FROM messages), 0), coalesce((SELECT max(id) FROM messages), 0)").Scan(&p.floor, &p.last)
	p.newest = min(p.newest, p.last)
	p.oldest = max(p.oldest, p.floor)
	p.nothing = p.nothing || p.oldest > p.newest || p.last == 0
	return err
}
