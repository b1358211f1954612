package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

// times are how long single runs took.
type times []time.Duration

// report tells the median and the 95th percentile, and the budget that both are held against.
func (t times) report(b *testing.B, budget time.Duration) {
	slices.Sort(t)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(t[len(t)/2]), "ms-median")
	b.ReportMetric(ms(t[len(t)*95/100]), "ms-p95")
	if budget > 0 {
		b.ReportMetric(ms(budget), "ms-budget")
	}
}

// measure runs f as often as the benchmark asks for, with the number of the run.
func measure(b *testing.B, budget time.Duration, f func(i int)) {
	b.Helper()
	f(0) // what is read from the disk for the first time is not measured
	var t times
	for b.Loop() {
		start := time.Now()
		f(len(t))
		t = append(t, time.Since(start))
	}
	t.report(b, budget)
}

// searchLines are queries of each kind; the runs go through them in turn.
func searchLines() []struct {
	name    string
	budget  time.Duration
	queries []string
} {
	const ms = time.Millisecond
	return []struct {
		name    string
		budget  time.Duration
		queries []string
	}{
		{"rare", 5 * ms, []string{"obrador", "zoguprablí ", "ruteviclo", "posáviclo "}},
		{"middle", 5 * ms, []string{"camión", "azúcar ", "cumpleaños", "warehouse ", "transferencia"}},
		{"very-common", 5 * ms, []string{"de", "la ", "que", "hola ", "gracias", "para", "mañana "}},
		{"two-words", 5 * ms, []string{"pedido mañana", "harina azúcar", "de camión", "gracias fiesta", "flour vacaciones"}},
		{"phrase", 5 * ms, []string{`"muy bien"`, `"buenos días"`, `"de la"`, `"pan de"`}},
		{"operators", 5 * ms, []string{
			`has:image`, `is:starred`, `is:starred has:image`, `is:unread`, `is:mine pedido -mañana`, `hola on:2025-03-04`,
			`before:2023 is:group gracias`, `has:link after:2025`, `from:"%person" que`, `in:"%person" has:image`, `is:archived camión`, `-de -la`,
		}},
		{"in-the-largest", 5 * ms, []string{`in:"%person" de`, `in:"%person" camión`, `in:"%person" vacaciones flour`, `in:"%person" zzzz`}},
		{"without-spaces", 5 * ms, []string{"明天", "面包", "ขนมปัง", "พรุ่งนี้", "注文", "明"}},
		{"miss", 5 * ms, []string{"zzzzzz", "qqq camión", "from:nadiequesellameasí hola", `"camión zzz"`}},
		{"prefix-1", 50 * ms, []string{"d", "x", "z", "j", "ñ", "w", "q"}},
		{"prefix-2", 50 * ms, []string{"ba", "tr", "zo", "ex"}},
		{"prefix-4", 50 * ms, []string{"grac", "para", "pedi", "cump", "treg", "clogr"}},
		{"broad-name", 50 * ms, []string{"from:ana camión", "from:garcía hola", "in:equipo gracias", "-from:ana hola"}},
		{"hostile", 200 * ms, []string{
			strings.Repeat("x", 100_000), strings.Repeat("hola ", 20_000), strings.Repeat(`"`, 100_000), `"de de de de"`, `de -de`, strings.Repeat("-de ", 40),
			`NEAR(de la, 2)`, `text:de`, "de\x00la", `*`, `"de la" AND (`, strings.Repeat("d* ", 30), "from:a* in:b* -from:c*", strings.Repeat("de OR ", 100),
		}},
	}
}

// BenchmarkBig measures on 1,000,000 messages, 10,000 conversations and 100,000 contacts.
func BenchmarkBig(b *testing.B) {
	ctx := context.Background()
	s, path := storetest.Big(b)
	session, err := s.SessionByName(ctx, storetest.BigConfig().Session)
	require.NoError(b, err)
	largest := largestConversation(b, path)
	person, err := s.Conversation(ctx, largest)
	require.NoError(b, err)
	for _, line := range searchLines() {
		b.Run("search/"+line.name, func(b *testing.B) {
			measure(b, line.budget, func(i int) {
				q := strings.ReplaceAll(line.queries[i%len(line.queries)], "%person", person.Name)
				_, err := s.Search(ctx, model.SearchQuery{SessionID: session.ID, Text: q})
				require.NoError(b, err)
			})
		})
	}
	b.Run("search/names", func(b *testing.B) {
		names := []string{"ana", "ana gar", "a", "+34 600 00 12 34", "600001234", "0034600001234", "王", "zzz"}
		measure(b, 50*time.Millisecond, func(i int) {
			_, err := s.SearchConversations(ctx, names[i%len(names)], 20)
			require.NoError(b, err)
		})
	})
	b.Run("conversations/first-page", func(b *testing.B) {
		measure(b, 20*time.Millisecond, func(int) {
			_, err := s.Conversations(ctx, model.ConversationQuery{SessionID: session.ID, Limit: 50})
			require.NoError(b, err)
		})
	})
	benchmarkOpening(b, s, largest)
	benchmarkShapes(b, path)
	b.Run("size", func(b *testing.B) { reportSizes(b, path) })
}

// benchmarkOpening reads pages of the conversation of 100,000 messages.
func benchmarkOpening(b *testing.B, s *store.Store, largest model.ConversationID) {
	ctx := context.Background()
	result, err := s.Search(ctx, model.SearchQuery{ConversationID: largest, Text: "before:2024 hola"})
	require.NoError(b, err)
	require.NotEmpty(b, result.Hits)
	middle := result.Hits[0].ID
	for name, word := range map[string]string{"common": "hola", "beginning": "graci", "rare": "obrador"} {
		b.Run("find-100000-after-a-key/"+name, func(b *testing.B) {
			measure(b, 5*time.Millisecond, func(int) {
				_, err := s.Search(ctx, model.SearchQuery{ConversationID: largest, Text: word, After: middle, Limit: 100})
				require.NoError(b, err)
			})
		})
	}
	for _, c := range []struct {
		name  string
		query model.MessageQuery
	}{
		{"newest-page", model.MessageQuery{ConversationID: largest}},
		{"around-a-hit-of-2023", model.MessageQuery{ConversationID: largest, Around: result.Hits[0].ID}},
	} {
		b.Run("open-100000/"+c.name, func(b *testing.B) {
			measure(b, 20*time.Millisecond, func(int) {
				page, err := s.Messages(ctx, c.query)
				require.NoError(b, err)
				require.Len(b, page, 50)
			})
		})
	}
}

// largestConversation returns the conversation with the most messages.
func largestConversation(b *testing.B, path string) model.ConversationID {
	b.Helper()
	var id model.ConversationID
	err := raw(b, path).QueryRowContext(b.Context(),
		"SELECT conversation_id FROM messages GROUP BY conversation_id ORDER BY count(*) DESC LIMIT 1").Scan(&id)
	require.NoError(b, err)
	return id
}

// benchmarkShapes runs two ways to search that are common elsewhere on the same
// data: full text ordered by rank, and LIKE over all rows, the newest first.
func benchmarkShapes(b *testing.B, path string) {
	db := raw(b, path)
	shapes := map[string]string{
		"rank-ordered": `SELECT m.id, m.text FROM messages_fts f JOIN messages m ON m.id = f.rowid
			WHERE messages_fts MATCH 'text : "' || ? || '"' ORDER BY rank LIMIT 50`,
		"like-all-rows": `SELECT id, text FROM messages WHERE text LIKE '%' || ? || '%' ORDER BY id DESC LIMIT 50`,
	}
	for shape, statement := range shapes {
		for name, word := range map[string]string{"rare": "obrador", "middle": "camión", "very-common": "de", "miss": "zzzzzz"} {
			b.Run("other-shapes/"+shape+"/"+name, func(b *testing.B) {
				measure(b, 0, func(int) { require.NoError(b, drain(b.Context(), db, statement, word)) })
			})
		}
	}
}

// drain runs a query and reads all its rows.
func drain(ctx context.Context, db *sql.DB, statement string, args ...any) (err error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
	}
	return rows.Err()
}

// reportSizes tells what the file and its indexes weigh.
func reportSizes(b *testing.B, path string) {
	info, err := os.Stat(path)
	require.NoError(b, err)
	db := raw(b, path)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(info.Size())/1e6, "MB-file")
	for _, table := range []string{"messages_fts", "contacts_fts", "conversations_fts"} {
		var size float64
		require.NoError(b, db.QueryRowContext(b.Context(), fmt.Sprintf("SELECT sum(length(block)) FROM %s_data", table)).Scan(&size))
		b.ReportMetric(size/1e6, "MB-"+table)
	}
}
