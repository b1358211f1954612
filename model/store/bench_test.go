package store_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

// benchRows is how many messages the insert benchmarks write.
const benchRows = 60_000

// insertCalls returns the calls that write benchRows into an empty store with conversations.
func insertCalls(b *testing.B, s *store.Store) [][]model.MessageBatch {
	b.Helper()
	filled := storetest.Fill(b, s, storetest.Sizes{Conversations: 600}, 7)
	var calls [][]model.MessageBatch
	for call := range storetest.NewGenerator(11).Messages(filled.Conversations, benchRows) {
		calls = append(calls, call)
	}
	return calls
}

func saveAll(ctx context.Context, s *store.Store, calls [][]model.MessageBatch) error {
	for _, call := range calls {
		if _, err := s.SaveMessages(ctx, call, storetest.Now); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkSaveMessages writes into the indexed store, and lets the sqlite3
// command line import the same rows in the same order into the same schema.
func BenchmarkSaveMessages(b *testing.B) {
	ctx := context.Background()
	var own, cli float64
	rows := 0
	for b.Loop() {
		b.StopTimer()
		s := storetest.New(b)
		calls := insertCalls(b, s)
		b.StartTimer()
		start := time.Now()
		require.NoError(b, saveAll(ctx, s, calls))
		own += time.Since(start).Seconds()
		rows += benchRows
		b.StopTimer()
		cli += importWithCLI(b, s, calls).Seconds()
		b.StartTimer()
	}
	b.ReportMetric(float64(rows)/own, "rows/s")
	if cli == 0 {
		b.Log("the sqlite3 command line is not installed: no comparison")
		return
	}
	b.ReportMetric(float64(rows)/cli, "cli-rows/s")
	b.ReportMetric(cli/own, "ratio-to-cli")
}

// importWithCLI imports the messages that a store holds into a new file of the
// same schema, in the order in which they were saved. Without sqlite3 it takes no time.
func importWithCLI(b *testing.B, s *store.Store, calls [][]model.MessageBatch) time.Duration {
	b.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		return 0
	}
	dir := b.TempDir()
	db, rows := filepath.Join(dir, "cli.db"), filepath.Join(dir, "rows.csv")
	file, err := os.Create(rows)
	require.NoError(b, err)
	out := csv.NewWriter(file)
	next := map[int64]int64{}
	for _, call := range calls {
		for _, batch := range call {
			for _, m := range batch.Messages {
				id := int64(model.MessageIDAt(m.Unix)) + next[m.Unix]
				next[m.Unix]++
				require.NoError(b, out.Write([]string{
					fmt.Sprint(id), fmt.Sprint(batch.ConversationID), flag(m.FromMe), string(m.ShortID), m.Serialized,
					string(m.Type), m.Text, "", "", fmt.Sprint(m.Ack), "0", "0", "0", "0", "0", "0", "", "", "", "", "",
				}))
			}
		}
	}
	out.Flush()
	require.NoError(b, out.Error())
	require.NoError(b, file.Close())
	var schema strings.Builder
	for _, step := range []string{"0001_initial", "0002_media", "0003_search"} {
		text, err := os.ReadFile("migrations/" + step + ".sql")
		require.NoError(b, err)
		schema.Write(text)
	}
	run := func(script string) time.Duration {
		cmd := exec.CommandContext(b.Context(), program, "-bail", db)
		cmd.Stdin = strings.NewReader(script)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		start := time.Now()
		require.NoError(b, cmd.Run(), said.String())
		return time.Since(start)
	}
	run("PRAGMA journal_mode = WAL;" + schema.String() + `INSERT INTO sessions (id, name) VALUES (1, 'filled');
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO conversations (id, session_id, jid) SELECT i, 1, i FROM n;`)
	return run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000;\n" +
		".import --csv " + rows + " messages\n")
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// BenchmarkFullText tells what indexing costs: not indexed at all, indexed as
// messages come, and built at the end of a bulk import.
func BenchmarkFullText(b *testing.B) {
	ctx := context.Background()
	run := func(name string, save func(*store.Store, [][]model.MessageBatch) error) {
		b.Run(name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				b.StopTimer()
				s := storetest.New(b)
				calls := insertCalls(b, s)
				b.StartTimer()
				require.NoError(b, save(s, calls))
				rows += benchRows
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	run("without", func(s *store.Store, calls [][]model.MessageBatch) error {
		if err := s.StartBulkAndStop(ctx); err != nil {
			return err
		}
		return saveAll(ctx, s, calls)
	})
	run("as-they-come", func(s *store.Store, calls [][]model.MessageBatch) error { return saveAll(ctx, s, calls) })
	run("bulk", func(s *store.Store, calls [][]model.MessageBatch) error {
		return s.BulkImport(ctx, func(ctx context.Context) error { return saveAll(ctx, s, calls) })
	})
}

// BenchmarkUnchanged saves messages that are all held already.
func BenchmarkUnchanged(b *testing.B) {
	ctx := context.Background()
	s := storetest.New(b)
	calls := insertCalls(b, s)
	require.NoError(b, saveAll(ctx, s, calls))
	before, err := s.Changes(ctx)
	require.NoError(b, err)
	rows := 0
	for b.Loop() {
		require.NoError(b, saveAll(ctx, s, calls))
		rows += benchRows
	}
	after, err := s.Changes(ctx)
	require.NoError(b, err)
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(after-before), "writes")
}

// BenchmarkPages reads pages of a conversation with 100,000 messages.
func BenchmarkPages(b *testing.B) {
	ctx := context.Background()
	s := storetest.New(b)
	filled := storetest.Fill(b, s, storetest.Sizes{Conversations: 1, Messages: 100_000}, 3)
	first, err := s.Messages(ctx, model.MessageQuery{ConversationID: filled.Conversations[0]})
	require.NoError(b, err)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			page, err := s.Messages(ctx, model.MessageQuery{ConversationID: filled.Conversations[0]})
			require.NoError(b, err)
			require.Len(b, page, 50)
		}
	})
	b.Run("next", func(b *testing.B) {
		for b.Loop() {
			page, err := s.Messages(ctx, model.MessageQuery{ConversationID: filled.Conversations[0], Before: first[0].ID})
			require.NoError(b, err)
			require.Len(b, page, 50)
		}
	})
}

// BenchmarkContacts searches among 100,000 contacts, first pages of 50.
func BenchmarkContacts(b *testing.B) {
	ctx := context.Background()
	s := storetest.New(b)
	filled := storetest.Fill(b, s, storetest.Sizes{Contacts: 100_000}, 3)
	for _, c := range []struct{ name, text string }{
		{"all", ""}, {"common", "ba"}, {"rare", filled.Words[49_000]}, {"number", "600 099 99"}, {"nothing", "qqqq"},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Contacts(ctx, model.ContactQuery{SessionID: filled.Session.ID, Text: c.text, Limit: 50})
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkConversations reads the list of 10,000 conversations.
func BenchmarkConversations(b *testing.B) {
	ctx := context.Background()
	s := storetest.New(b)
	filled := storetest.Fill(b, s, storetest.Sizes{Conversations: 10_000, Messages: 20_000}, 3)
	for _, c := range []struct {
		name  string
		query model.ConversationQuery
	}{
		{"first-page", model.ConversationQuery{SessionID: filled.Session.ID, Limit: 50}},
		{"unread", model.ConversationQuery{SessionID: filled.Session.ID, Filter: model.FilterUnread, Limit: 50}},
		{"text", model.ConversationQuery{SessionID: filled.Session.ID, Text: "qqqq", Limit: 50}},
		{"everything", model.ConversationQuery{SessionID: filled.Session.ID, Filter: model.FilterEverything}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Conversations(ctx, c.query)
				require.NoError(b, err)
			}
		})
	}
}
