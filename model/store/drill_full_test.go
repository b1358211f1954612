package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// TestDrillStoreFull lets the disk fill up at every write in turn: by the limit of
// SQLite on the pages of the file, and by the system's limit on the size of a file,
// which strikes the write-ahead log too. What was told to be written is there, nothing
// else, and with space again all goes on.
func TestDrillStoreFull(t *testing.T) {
	d := drill.Start(t, 7, "full disks, folders that cannot be written")
	rounds := drill.Rounds(t, 12, 400)
	sound, told := 0, 0
	for round := range rounds {
		f := newFixture(t)
		kept := fillUntilFull(t, f, round)
		if errors.Is(kept.err, store.ErrFull) {
			told++
		}
		require.NoError(t, f.LimitPages(f.ctx, 1_000_000))
		n, err := f.CountMessages(f.ctx, f.session)
		require.NoError(t, err)
		again := f.save(t, text("AFTER", second, "después"))
		require.NoError(t, f.Check(f.ctx))
		if n == kept.saved && again.Created == 1 {
			sound++
		}
		require.NoError(t, f.Close())
	}
	d.All("stores whole and working after the disk was full", sound, rounds)
	d.All("told as a full disk", told, rounds)
	if runtime.GOOS != "windows" {
		limited, whole := drill.Rounds(t, 4, 100), 0
		for round := range limited {
			whole += limitedChild(t, round)
		}
		d.All("stores whole after a write was refused by the system", whole, limited)
	}
}

type filled struct {
	saved int
	err   error
}

// fillUntilFull saves messages until no page is left, at another write each round.
func fillUntilFull(t *testing.T, f fixture, round int) filled {
	t.Helper()
	var pages int
	require.NoError(t, raw(t, f.Path()).QueryRowContext(f.ctx, "PRAGMA page_count").Scan(&pages))
	require.NoError(t, f.LimitPages(f.ctx, pages+round))
	var got filled
	for call := 0; got.err == nil && call < 5000; call++ {
		var in []model.MessageIn
		for i := range 5 {
			in = append(in, text(model.ShortID(fmt.Sprintf("C%d-%d", call, i)), second+int64(call), strings.Repeat("texto ", 1+(call+round)%90)))
		}
		_, err := f.SaveMessages(f.ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: in}}, now)
		if err != nil {
			got.err = err
			break
		}
		got.saved += len(in)
	}
	return got
}

// limitedChild lets another process write under the system's limit on the size of
// files, and returns 1 when all that it told of is there.
func limitedChild(t *testing.T, round int) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	fixtureOn(t, s)
	require.NoError(t, s.Close())
	blocks := 600 + round*37 // of 1,024 bytes
	cmd := exec.CommandContext(t.Context(), "bash", "-c", fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$0" -test.run '^TestChildFills$'`, blocks), os.Args[0])
	cmd.Env = append(os.Environ(), "BUZON_STORE_CHILD=fill", "BUZON_STORE_PATH="+path)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	told := strings.Count(string(out), "done ")
	require.Contains(t, string(out), "trouble")
	s, err = store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	require.NoError(t, f.Check(f.ctx))
	n, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	f.save(t, text("AFTER", second, "después"))
	require.NoError(t, f.Close())
	if n == told*5 && told > 0 {
		return 1
	}
	t.Logf("round %d: %d messages held, %d calls told of", round, n, told)
	return 0
}

// TestChildFills writes until a write is refused, when the drill started it.
func TestChildFills(t *testing.T) {
	if os.Getenv("BUZON_STORE_CHILD") != "fill" {
		return
	}
	var trouble error
	s, err := store.Open(context.Background(), store.Options{Path: os.Getenv("BUZON_STORE_PATH"), OnTrouble: func(err error) {
		if err != nil {
			trouble = err
		}
	}})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	for call := range 5000 {
		var in []model.MessageIn
		for i := range 5 {
			in = append(in, text(model.ShortID(fmt.Sprintf("C%d-%d", call, i)), second+int64(call), strings.Repeat("texto ", 50)))
		}
		if _, err := f.SaveMessages(f.ctx, []model.MessageBatch{{ConversationID: f.conversation, Messages: in}}, now); err != nil {
			break
		}
		fmt.Println("done", call)
	}
	require.True(t, errors.Is(trouble, store.ErrDisk) || errors.Is(trouble, store.ErrFull), "%v", trouble)
	fmt.Println("trouble")
	_ = s.Close() // the log cannot be moved into the file either
}

func TestTroubleIsToldAndPasses(t *testing.T) {
	var told []error
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path, OnTrouble: func(err error) { told = append(told, err) }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	f := fixtureOn(t, s)
	require.Empty(t, told)
	got := fillUntilFull(t, f, 3)
	require.ErrorIs(t, got.err, store.ErrFull)
	require.Equal(t, []error{store.ErrFull}, told)
	require.NoError(t, f.LimitPages(f.ctx, 1_000_000))
	f.save(t, text("AFTER", second, "después"))
	f.save(t, text("AFTER2", second, "después"))
	require.Equal(t, []error{store.ErrFull, nil}, told, "told once that it works again")
}
