package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
)

// syntax are pieces that mean something to FTS5, to SQL, to LIKE or to our own
// language of queries, or that are hard to take for text at all.
var syntax = []string{
	`"`, `""`, `'`, `''`, "`", `*`, `^`, `-`, `+`, `(`, `)`, `{`, `}`, `[`, `]`, `:`, `,`, `;`, `--`, `/*`, `*/`, `%`, `_`, `\`, `?`, `?1`, `:x`, `@x`, `$x`, `#`, `=`,
	"NEAR", "NEAR(", "NEAR(a b, 2)", "NEAR/3", "AND", "OR", "NOT", "text:", "text :", "facets:", "facets : ", `facets : "0c"*`, "body:", "rowid:", "- text :", "{text facets} :",
	"from:", "in:", "on:", "before:", "after:", "has:", "is:", "de:", "en:", "-from:", `in:"`, `from:"Ana`, "in:120363000000000001@g.us", "before:2024-13-99", "on:0000-00-00", "after:9999999999",
	"\x00", "\x01", "\x1b", "\x7f", "\r\n", "\t", "\xff", "\xc3", "\xed\xa0\x80", "\u0000a", "\ufeff", "\u202e", "\u200d", "\u0301", "\U000e0001", "\uffff", "\U0010ffff", "ﷺ", "İ", "ß", "明天见", "ไทย", "😀", "👨‍👩‍👧", "e\u0301\u0301\u0301",
	"'; DROP TABLE messages; --", `" OR 1=1 --`, "') UNION SELECT key FROM settings --", "hola", "hol*", "mundo", "1e309", "0x41", "NULL", "-1", "9223372036854775808",
}

// TestDrillQueryInjection types what means something to what stands behind the
// search, in every field that searches: no error of SQL may come of it, and nothing
// may change.
func TestDrillQueryInjection(t *testing.T) {
	t.Parallel()
	figures := drill.Start(t, 12, "searches for what is syntax")
	f := newFixture(t)
	f.save(t, text("A", second, "hola mundo"), text("B", second+1, `a "quoted" NEAR(text) with * and ^ and {facets : x}`), text("C", second+2, "明天见 😀"))
	rows, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	dice := rand.New(rand.NewPCG(rand.Uint64(), 0))
	queries := append([]string{"", strings.Repeat("x", 100_000), strings.Repeat("hola ", 20_000), strings.Repeat(`"`, 100_000), strings.Repeat("(", 100_000), strings.Repeat("in:\x00", 20_000)}, syntax...)
	for _, s := range syntax {
		queries = append(queries, "hola"+s, s+"hola", s+"hola"+s, `"`+s+`"`, "in:"+s, `from:"`+s+`"`, "-"+s, s+s, s+" mundo")
	}
	rounds := drill.Rounds(t, 60, 20_000)
	if kept := 6 + rounds; len(queries) > kept { // in the suite, any of them
		dice.Shuffle(len(queries)-6, func(i, j int) { queries[6+i], queries[6+j] = queries[6+j], queries[6+i] })
		queries = queries[:kept]
	}
	for range rounds {
		var b strings.Builder
		for range 1 + dice.IntN(8) {
			b.WriteString(syntax[dice.IntN(len(syntax))])
			b.WriteString([]string{"", " "}[dice.IntN(2)])
		}
		queries = append(queries, b.String())
	}
	failed := 0
	for _, q := range queries {
		for name, search := range everySearch {
			if err := search(f, q); err != nil {
				failed++
				t.Errorf("%s for %.200q: %v", name, q, err)
			}
		}
	}
	figures.Told("queries", len(queries))
	figures.Told("fields", len(everySearch))
	figures.Zero("errors", failed)
	after, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	figures.All("messages still there", after, rows)
	require.NoError(t, f.Check(f.ctx))
}

// everySearch is each way in which something that was typed reaches the store.
var everySearch = map[string]func(fixture, string) error{
	"messages": func(f fixture, q string) error { _, err := f.Search(f.ctx, model.SearchQuery{Text: q}); return err },
	"messages of one conversation, old to new": func(f fixture, q string) error {
		_, err := f.Search(f.ctx, model.SearchQuery{Text: q, ConversationID: f.conversation, SessionID: f.session, After: 1, Location: time.FixedZone("", 3600)})
		return err
	},
	"contacts": func(f fixture, q string) error { _, err := f.Contacts(f.ctx, model.ContactQuery{Text: q}); return err },
	"conversations": func(f fixture, q string) error {
		_, err := f.Conversations(f.ctx, model.ConversationQuery{Text: q})
		return err
	},
	"places": func(f fixture, q string) error { _, err := f.SearchConversations(f.ctx, q, 10); return err },
	"names":  func(f fixture, q string) error { _, err := f.SearchNames(f.ctx, q, 10); return err },
}

// FuzzSearch types anything into every field that searches.
func FuzzSearch(f *testing.F) {
	for _, s := range syntax {
		f.Add(s)
	}
	f.Add(fmt.Sprintf("%s %s", strings.Repeat("a ", 1000), strings.Repeat("\"", 500)))
	fix := newFixture(f)
	fix.save(f, text("A", second, "hola mundo"))
	f.Fuzz(func(t *testing.T, query string) {
		for name, search := range everySearch {
			require.NoError(t, search(fix, query), name)
		}
	})
}
