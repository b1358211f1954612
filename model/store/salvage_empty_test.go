package store_test

import (
	"database/sql"
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// leafOf returns the first leaf page of a table or index, and the size of a page.
func leafOf(t *testing.T, path, name string) (page []byte, at, size int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	var root int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", name).Scan(&root))
	require.NoError(t, db.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	size = int(binary.BigEndian.Uint16(content[16:]))
	for n := root; ; {
		at = (n - 1) * size
		page = content[at : at+size]
		if page[0] == 10 || page[0] == 13 {
			return page, at, size
		}
		cell := int(binary.BigEndian.Uint16(page[12:]))
		n = int(binary.BigEndian.Uint32(page[cell:]))
	}
}

// TestSalvageOfRowsWithoutColumns: a damaged cell can be a record of nothing, which
// no row of SQLite's is.
func TestSalvageOfRowsWithoutColumns(t *testing.T) {
	for name, record := range map[string][]byte{
		"messages_page": {1, 1},    // one byte, which says that the header has no more
		"messages":      {1, 9, 1}, // the same with a row number before it
	} {
		t.Run(name, func(t *testing.T) {
			path := richStore(t, 500)
			page, at, _ := leafOf(t, path, name)
			copy(page[binary.BigEndian.Uint16(page[8:]):], record)
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.WriteAt(page, int64(at))
			require.NoError(t, err)
			require.NoError(t, f.Close())
			_, report := salvaged(t, path)
			require.Equal(t, 1, report.BrokenRows)
			require.Greater(t, report.RecoveredRows, int64(500))
		})
	}
}
