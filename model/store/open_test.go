package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

func TestOpenMakesAPrivateFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder # with ? % marks é")
	path := filepath.Join(dir, "buzon 100%.db")
	f := fixtureOn(t, storetest.Open(t, path))
	f.save(t, text("A", second, "hola"))
	if runtime.GOOS != "windows" {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		for _, name := range []string{path, path + "-wal"} {
			info, err := os.Stat(name)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
		}
	}
	size, err := f.Size()
	require.NoError(t, err)
	require.Positive(t, size)
	require.NoError(t, f.Check(f.ctx))
}

// schemaOf returns every statement of the schema, sorted.
func schemaOf(t *testing.T, path string) string {
	t.Helper()
	rows, err := raw(t, path).QueryContext(t.Context(), "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var b strings.Builder
	for rows.Next() {
		var statement string
		require.NoError(t, rows.Scan(&statement))
		b.WriteString(statement + "\n")
	}
	require.NoError(t, rows.Err())
	return b.String()
}

// released makes a file of an earlier schema version from its frozen text.
func released(t *testing.T, version int) string {
	t.Helper()
	statements, err := os.ReadFile(fmt.Sprintf("testdata/schema_v%d.sql", version))
	require.NoError(t, err, "every schema version is frozen in testdata")
	path := filepath.Join(t.TempDir(), "buzon.db")
	_, err = raw(t, path).ExecContext(t.Context(), string(statements))
	require.NoError(t, err)
	return path
}

func TestEveryReleasedSchemaIsBroughtUpToDate(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "buzon.db")
	storetest.Open(t, fresh)
	want := schemaOf(t, fresh)
	for version := 1; version <= store.SchemaVersion; version++ {
		t.Run(fmt.Sprint("from ", version), func(t *testing.T) {
			path := released(t, version)
			s := storetest.Open(t, path)
			require.Equal(t, want, schemaOf(t, path))
			require.NoError(t, s.Check(t.Context()))
			requireRowsOfReleased(t, s)
		})
	}
}

// requireRowsOfReleased checks the rows that every frozen file holds.
func requireRowsOfReleased(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := t.Context()
	session, err := s.SessionByName(ctx, "empresa")
	require.NoError(t, err)
	contacts, err := s.Contacts(ctx, model.ContactQuery{Text: "garcía"})
	require.NoError(t, err)
	require.Len(t, contacts, 1)
	list, err := s.Conversations(ctx, model.ConversationQuery{SessionID: session.ID})
	require.NoError(t, err)
	require.Len(t, list, 2)
	page, err := s.Messages(ctx, model.MessageQuery{ConversationID: list[0].ID})
	require.NoError(t, err)
	require.Len(t, page, 2)
	require.Equal(t, "Buenos días", page[0].Text)
	require.Equal(t, 1, page[0].Versions)
	require.Equal(t, []model.ReactionSummary{{Emoji: "👍", Count: 1, Mine: true}}, page[0].Reactions)
	require.Equal(t, model.MediaRemote, page[0].MediaState)
	result, err := s.Search(ctx, model.SearchQuery{Text: "adios"})
	require.NoError(t, err)
	hits := result.Hits
	require.Len(t, hits, 1)
	g, err := s.Group(ctx, list[1].ID)
	require.NoError(t, err)
	require.Equal(t, "Ana García", g.Participants[0].Name)
	items, err := s.ListOutbox(ctx, model.OutboxQuery{Conversation: list[0].ID})
	require.NoError(t, err)
	require.Len(t, items, 1)
	labels, err := s.Labels(ctx, session.ID)
	require.NoError(t, err)
	require.Len(t, labels, 1)
	lines, err := s.Activities(ctx, model.ActivityQuery{})
	require.NoError(t, err)
	require.Len(t, lines, 1)
}

func TestNewerStoreIsNotTouched(t *testing.T) {
	path := released(t, 1)
	_, err := raw(t, path).ExecContext(t.Context(), "PRAGMA user_version = 999; CREATE TABLE future (x)")
	require.NoError(t, err)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, readOnly := range []bool{false, true} {
		_, err = store.Open(t.Context(), store.Options{Path: path, ReadOnly: readOnly})
		require.ErrorIs(t, err, store.ErrNewerSchema)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after), "the file was changed")
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	t.Run("rubbish", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "buzon.db")
		rubbish := bytes.Repeat([]byte("no database at all\n"), 1000)
		require.NoError(t, os.WriteFile(path, rubbish, 0o600))
		_, err := store.Open(t.Context(), store.Options{Path: path})
		require.ErrorIs(t, err, store.ErrCorrupt)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, rubbish, after)
	})
	t.Run("another program's", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "buzon.db")
		_, err := raw(t, path).ExecContext(t.Context(), "CREATE TABLE theirs (x)")
		require.NoError(t, err)
		_, err = store.Open(t.Context(), store.Options{Path: path})
		require.ErrorIs(t, err, store.ErrForeign)
	})
	t.Run("damaged", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "buzon.db")
		s, err := store.Open(t.Context(), store.Options{Path: path})
		require.NoError(t, err)
		storetest.Fill(t, s, storetest.Sizes{Contacts: 2000}, 3)
		require.NoError(t, s.Close())
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for i := 8192; i < len(content); i += 100 {
			content[i] ^= 0xff
		}
		require.NoError(t, os.WriteFile(path, content, 0o600))
		s, err = store.Open(t.Context(), store.Options{Path: path})
		if err == nil { // the damage may first show where it lies
			err = s.Check(t.Context())
			require.NoError(t, s.Close())
		}
		require.ErrorIs(t, err, store.ErrCorrupt)
	})
}

func TestMissingStoreIsNotFoundWhenReadOnly(t *testing.T) {
	_, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "none.db"), ReadOnly: true})
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestInterruptedMigrationHeals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Open(ctx, store.Options{Path: path})
	require.ErrorIs(t, err, context.Canceled)
	s := storetest.Open(t, path)
	require.NoError(t, s.Check(t.Context()))
}

func TestReadOnlyBesideAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	f := fixtureOn(t, storetest.Open(t, path))
	reader, err := store.Open(f.ctx, store.Options{Path: path, ReadOnly: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, reader.Close()) }()
	f.save(t, text("A", second, "hola"))
	page, err := reader.Messages(f.ctx, model.MessageQuery{ConversationID: f.conversation})
	require.NoError(t, err)
	require.Len(t, page, 1)
	_, err = reader.EnsureSession(f.ctx, "other")
	require.ErrorIs(t, err, store.ErrReadOnly)
	require.NoError(t, reader.Check(f.ctx))
}

func TestFullDisk(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "kept"))
	require.NoError(t, f.LimitPages(f.ctx, 1))
	var many []model.MessageIn
	for i := range 2000 {
		many = append(many, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), strings.Repeat("text ", 100)))
	}
	_, err := f.SaveMessages(f.ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: many}}, now)
	require.ErrorIs(t, err, store.ErrFull)
	n, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, 1, n, "nothing of the failed call is there, all from before is")
	require.NoError(t, f.LimitPages(f.ctx, 1_000_000))
	require.Equal(t, model.Counts{Created: 1}, f.save(t, text("B", second, "after")))
	require.NoError(t, f.Check(f.ctx))
}
