package store

import (
	"database/sql"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"github.com/xappiens/buzon/model"
)

// maxGramRunes is how many characters of a text's unspaced runs are indexed.
const maxGramRunes = 20_000

// grams returns what the index holds of the parts of a text that are written
// without spaces: Chinese, Japanese, Thai, Lao, Burmese and Khmer. There the
// tokenizer sees one long word and nothing inside of it would be found. Each run
// of such characters is written as its overlapping pairs, "ab bc c" for "abc":
// a search for two characters or more is a phrase of pairs, one for a single
// character is the beginning of a pair. The last character by itself keeps a
// phrase from reaching into the next run.
func grams(text string) string {
	if !strings.ContainsFunc(text, unspaced) {
		return ""
	}
	var b strings.Builder
	left := maxGramRunes
	for _, s := range segments(text) {
		if !s.unspaced {
			continue
		}
		run := []rune(s.encoded)
		run = run[:min(len(run), left)]
		left -= len(run)
		for i := range run {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(string(run[i:min(i+2, len(run))]))
		}
	}
	return b.String()
}

// segment is a part of a text that is written without spaces, or one that is not.
type segment struct {
	text     string
	unspaced bool
	encoded  string // as grams are written; only of unspaced ones
}

// segments splits a text where its way of writing changes.
func segments(text string) []segment {
	var list []segment
	from, current := 0, false
	add := func(to int) {
		if from == to {
			return
		}
		s := segment{text: text[from:to], unspaced: current}
		if current {
			s.encoded = strings.Map(gramRune, norm.NFKC.String(s.text))
		}
		list = append(list, s)
		from = to
	}
	for i, r := range text {
		if is := unspaced(r); is != current {
			add(i)
			current = is
		}
	}
	add(len(text))
	return list
}

// unspaced tells whether a character is of a script without spaces between words.
func unspaced(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r < 0x0f00: // Thai and Lao, without their currency sign and punctuation
		return unicode.In(r, unicode.L, unicode.M)
	case r < 0x10a0:
		return r >= 0x1000 && unicode.In(r, unicode.L, unicode.M)
	case r < 0x1800:
		return r >= 0x1780 && unicode.In(r, unicode.L, unicode.M)
	case r < 0x3005:
		return false
	case r <= 0x3007:
		return true
	}
	return r == 'ー' || r == 'ｰ' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// gramRune writes a character so that the tokenizer takes it for a letter. It
// would drop vowels and tones of southeast Asia, which are marks: those blocks
// are moved onto letters of the Yi syllabary.
func gramRune(r rune) rune {
	const yi = 0xa000
	switch {
	case r >= 0x0e00 && r < 0x0f00:
		return yi + r - 0x0e00
	case r >= 0x1000 && r < 0x10a0:
		return yi + 0x100 + r - 0x1000
	case r >= 0x1780 && r < 0x1800:
		return yi + 0x200 + r - 0x1780
	}
	return r
}

// gramQuery returns the expression that finds a run.
func gramQuery(encoded string) string {
	run := []rune(encoded)
	if len(run) == 1 {
		return `grams : "` + encoded + `"*`
	}
	pairs := make([]string, 0, len(run))
	for i := range len(run) - 1 {
		pairs = append(pairs, string(run[i:i+2]))
	}
	return `grams : "` + strings.Join(pairs, " ") + `"`
}

// fillSearch fills what version 3 added for rows that were there before.
func fillSearch(tx *gorm.DB) error {
	const batch = 1000
	if _, err := switchIndexOff(tx); err != nil {
		return err
	}
	for last := model.MessageID(0); ; {
		type row struct {
			id   model.MessageID
			text string
		}
		var list []row
		err := eachRow(tx, func(rows *sql.Rows) error {
			var r row
			if err := rows.Scan(&r.id, &r.text); err != nil {
				return err
			}
			list = append(list, r)
			return nil
			// From Thai on; nearly all texts of the world before it have none to fill in.
		}, "SELECT id, text FROM messages WHERE id > ? AND text GLOB '*[\u0e00-\U0003ffff]*' ORDER BY id LIMIT ?", int64(last), batch)
		if err != nil {
			return err
		}
		for _, r := range list {
			last = r.id
			if g := grams(r.text); g != "" {
				if err := exec(tx, "UPDATE messages SET grams = ? WHERE id = ?", g, int64(r.id)); err != nil {
					return err
				}
			}
		}
		if len(list) < batch {
			break
		}
	}
	for _, table := range []string{"contacts_fts", "conversations_fts"} {
		if err := exec(tx, "INSERT INTO "+table+" ("+table+") VALUES ('rebuild')"); err != nil {
			return err
		}
	}
	return rebuildIndex(tx)
}
