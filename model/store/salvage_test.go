package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/sample"
)

// richStore makes a store with rows in every table, some of them changed and
// removed again, and returns its path. It is closed.
func richStore(t testing.TB, messages int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(context.Background(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	_, err = sample.Fill(f.ctx, s, sample.Config{Session: "muestra", Contacts: messages / 10, Conversations: messages / 50, Messages: messages, Seed: 3}, nil)
	require.NoError(t, err)
	f.save(t, text("LONG", second, strings.Repeat("una línea muy larga ", 2000)), own("MINE", second, "mío", 1))
	for i := range 5 {
		_, err := s.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Text: fmt.Sprint("sale ", i)})
		require.NoError(t, err)
	}
	require.NoError(t, s.DeleteOutbox(f.ctx, 5))
	require.NoError(t, s.AddActivity(f.ctx, model.Activity{At: now, Kind: "sync", Action: "sync"}))
	require.NoError(t, s.Close())
	return path
}

// tableDigests returns the digest and the number of rows of each table, the
// full-text index and notes about the file left out.
func tableDigests(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var names string
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT group_concat(name) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_schema'").Scan(&names))
	digests := map[string]string{}
	for _, name := range strings.Split(names, ",") {
		digests[name] = tableDigest(t, db, name)
	}
	return digests
}

func tableDigest(t testing.TB, db *sql.DB, name string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM "`+name+`"`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var lines []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		lines = append(lines, fmt.Sprintf("%v", values))
	}
	require.NoError(t, rows.Err())
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return fmt.Sprint(len(lines), " ", hex.EncodeToString(sum[:8]))
}

// salvaged salvages a file and returns the path of the new one.
func salvaged(t testing.TB, path string) (string, model.SalvageReport) {
	t.Helper()
	to := path + ".new"
	report, err := store.Salvage(t.Context(), store.SalvageOptions{From: path, To: to})
	require.NoError(t, err)
	return to, report
}

func TestSalvageOfASoundStoreLosesNothing(t *testing.T) {
	path := richStore(t, 3000)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	to, report := salvaged(t, path)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after), "the damaged file was changed")
	require.Zero(t, report.LostRows)
	require.Zero(t, report.BrokenPages)
	require.Zero(t, report.BrokenRows)
	require.EqualValues(t, 4, report.Asks)
	want, got := tableDigests(t, path), tableDigests(t, to)
	for _, differs := range []string{"outbox", "schema_migrations", "messages_fts_data", "messages_fts_idx", "contacts_fts_data", "contacts_fts_idx", "conversations_fts_data", "conversations_fts_idx"} {
		delete(want, differs)
		delete(got, differs)
	}
	require.Equal(t, want, got)
}

func TestSalvageReadsTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	f.save(t, text("A", second, "en el registro"))
	copied := filepath.Join(t.TempDir(), "buzon.db")
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + end)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(copied+end, content, 0o600))
	}
	require.NoError(t, s.Close())
	to, _ := salvaged(t, copied)
	s, err = store.Open(t.Context(), store.Options{Path: to})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.Equal(t, []string{"en el registro"}, fixtureOn(t, s).found(t, "registro"))
}

func TestSalvagedOutboxSendsNothingByItself(t *testing.T) {
	path := richStore(t, 100)
	to, _ := salvaged(t, path)
	s, err := store.Open(t.Context(), store.Options{Path: to})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	f := fixtureOn(t, s)
	queued, err := s.OutboxByState(f.ctx, f.session, model.OutboxQueued, model.OutboxSending)
	require.NoError(t, err)
	require.Empty(t, queued)
	unknown, err := s.OutboxByState(f.ctx, f.session, model.OutboxUnknown)
	require.NoError(t, err)
	require.Len(t, unknown, 4)
	for _, item := range unknown {
		require.Equal(t, item.CreatedAt, item.AttemptedAt, "a look for it begins when it was written")
	}
	item, err := s.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Text: "nueva"})
	require.NoError(t, err)
	require.EqualValues(t, 6, item.ID, "the number of a forgotten message names no other one")
}

func TestSalvageOfEveryReleasedSchema(t *testing.T) {
	for version := 1; version <= store.SchemaVersion; version++ {
		t.Run(fmt.Sprint("of ", version), func(t *testing.T) {
			path := released(t, version)
			to, report := salvaged(t, path)
			require.Equal(t, version, report.Schema)
			s, err := store.Open(t.Context(), store.Options{Path: to})
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			requireRowsOfReleased(t, s)
		})
	}
}

func TestSalvageMakesLostConversationsAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	m := text("A", second, "hola")
	m.Serialized = "false_" + string(ana) + "_A"
	f.save(t, m)
	require.NoError(t, s.Close())
	_, err = raw(t, path).ExecContext(t.Context(), "PRAGMA foreign_keys = OFF; DELETE FROM conversations; DELETE FROM sessions")
	require.NoError(t, err)
	to, report := salvaged(t, path)
	require.EqualValues(t, 1, report.Recreated)
	s, err = store.Open(t.Context(), store.Options{Path: to})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	list, err := s.Conversations(t.Context(), model.ConversationQuery{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, ana, list[0].JID)
	page, err := s.Messages(t.Context(), model.MessageQuery{ConversationID: list[0].ID})
	require.NoError(t, err)
	require.Len(t, page, 1)
}

func TestSalvageFillsInFromABackup(t *testing.T) {
	path := richStore(t, 2000)
	backup := filepath.Join(t.TempDir(), "copy.db")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(backup, content, 0o600))
	want := tableDigests(t, path)["messages"]
	damageTable(t, path, "messages")
	to := path + ".new"
	report, err := store.Salvage(t.Context(), store.SalvageOptions{From: path, To: to, Copy: backup})
	require.NoError(t, err)
	require.Zero(t, report.LostRows)
	require.Equal(t, want, tableDigests(t, to)["messages"])
}

// damageTable overwrites some leaves of a table.
func damageTable(t testing.TB, path, table string) {
	t.Helper()
	var root int64
	require.NoError(t, raw(t, path).QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", table).Scan(&root))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	page := content[(root-1)*4096 : root*4096]
	for i := range 8 { // children of the root
		cell := int(page[12+2*i])<<8 | int(page[13+2*i])
		child := int(page[cell])<<24 | int(page[cell+1])<<16 | int(page[cell+2])<<8 | int(page[cell+3])
		clear(content[(child-1)*4096 : child*4096])
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func TestSalvageRefusesWhatIsNotOurs(t *testing.T) {
	for name, make := range map[string]func(path string){
		"rubbish": func(path string) {
			require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("no database at all\n"), 1000), 0o600))
		},
		"empty": func(path string) { require.NoError(t, os.WriteFile(path, nil, 0o600)) },
		"another program's": func(path string) {
			_, err := raw(t, path).ExecContext(t.Context(), "CREATE TABLE theirs (a, b, c, d, e, f); INSERT INTO theirs VALUES (1,2,3,4,5,6)")
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "buzon.db")
			make(path)
			_, err := store.Salvage(t.Context(), store.SalvageOptions{From: path, To: path + ".new"})
			require.ErrorIs(t, err, store.ErrForeign)
		})
	}
	path := richStore(t, 100)
	_, err := raw(t, path).ExecContext(t.Context(), "PRAGMA user_version = 999; INSERT INTO schema_migrations (id) VALUES ('0999_future')")
	require.NoError(t, err)
	_, err = store.Salvage(t.Context(), store.SalvageOptions{From: path, To: path + ".new"})
	require.ErrorIs(t, err, store.ErrNewerSchema)
}

func TestSalvageIsDoneAgainAfterACancellation(t *testing.T) {
	path := richStore(t, 6_000)
	ctx, cancel := context.WithCancel(t.Context())
	to := path + ".new"
	_, err := store.Salvage(ctx, store.SalvageOptions{From: path, To: to, Progress: func(p model.SalvageProgress) {
		if p.Rows > 0 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	_, report := salvaged(t, path)
	require.Zero(t, report.LostRows)
}

func TestCheckBesideFindsWhatIsWrong(t *testing.T) {
	for name, statement := range map[string]string{
		"a text that is not in the index": "DROP TRIGGER messages_fts_insert; INSERT INTO messages (conversation_id, from_me, short_id, text) SELECT min(id), 0, 'X', 'y' FROM conversations",
		"a row that refers to nothing":    "PRAGMA foreign_keys = OFF; INSERT INTO reactions (message_id, sender_jid, emoji) VALUES (7, 'x', 'y')",
	} {
		t.Run(name, func(t *testing.T) {
			path := richStore(t, 200)
			s, err := store.Open(t.Context(), store.Options{Path: path})
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			require.NoError(t, s.CheckBeside(t.Context()))
			_, err = raw(t, path).ExecContext(t.Context(), statement)
			require.NoError(t, err)
			require.ErrorIs(t, s.CheckBeside(t.Context()), store.ErrCorrupt)
		})
	}
}
