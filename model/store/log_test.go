package store_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

func sizeOf(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

// grow saves messages of about a third of a MB in all.
func (f fixture) grow(t testing.TB, round int) {
	t.Helper()
	var in []model.MessageIn
	for i := range 20 {
		id := model.ShortID(fmt.Sprint(round, "-", i))
		in = append(in, text(id, second+int64(round), strings.Repeat("un pan "+string(id)+" ", 1000)))
	}
	f.save(t, in...)
}

// What is written gets into the file by itself, without the writer having to take the
// time for it, and the log begins anew afterwards.
func TestTheLogIsMovedIntoTheFileBesideTheWriter(t *testing.T) {
	const moves, most = 16 << 20, 32 << 20 // see logMoves and logPages
	f := newFixture(t)
	round := 0
	for ; sizeOf(t, f.Path()+"-wal") < moves; round++ {
		f.grow(t, round)
	}
	require.Less(t, sizeOf(t, f.Path()+"-wal"), int64(most), "the writer has moved nothing itself")
	moved := func() bool { return sizeOf(t, f.Path()) > moves/2 }
	require.Eventually(t, moved, 3*time.Minute, time.Millisecond)
	require.Eventually(t, func() bool {
		f.save(t, text(model.ShortID(fmt.Sprint("one more ", round)), second, "hola"))
		round++
		return sizeOf(t, f.Path()+"-wal") < moves
	}, 3*time.Minute, time.Millisecond)
	require.NoError(t, f.Check(f.ctx))
}

// A reading keeps the log. Once it has ended, the log begins anew, also where there is no
// pause in the writing.
func TestTheLogBeginsAnewUnderLoad(t *testing.T) {
	const moves, most = 16 << 20, 32 << 20
	f := newFixture(t)
	f.grow(t, 0)
	held, err := raw(t, f.Path()).BeginTx(f.ctx, nil)
	require.NoError(t, err)
	var before int
	require.NoError(t, held.QueryRowContext(f.ctx, "SELECT count(*) FROM messages").Scan(&before))
	round := 1
	for ; sizeOf(t, f.Path()+"-wal") < most; round++ {
		f.grow(t, round)
	}
	var after int
	require.NoError(t, held.QueryRowContext(f.ctx, "SELECT count(*) FROM messages").Scan(&after))
	require.Equal(t, before, after, "a reading sees one state")
	require.NoError(t, held.Rollback())
	for ; sizeOf(t, f.Path()+"-wal") >= moves; round++ {
		require.Less(t, round, 1000)
		f.grow(t, round)
	}
	count, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.EqualValues(t, round*20, count)
	require.NoError(t, f.Check(f.ctx))
}

// A backup settles the store while it is being written to.
func TestSettleWhileTheLogIsMoved(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	var settling sync.WaitGroup
	settling.Go(func() {
		for ctx.Err() == nil {
			if err := f.Settle(f.ctx); err != nil {
				t.Errorf("settle: %v", err)
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond): // so that the log gets long in between
			}
		}
	})
	for round := range 120 {
		f.grow(t, round)
	}
	cancel()
	settling.Wait()
	require.NoError(t, f.Check(f.ctx))
}

// Closing does not wait for the log to be moved and leaves a whole store.
func TestCloseWhileTheLogIsMoved(t *testing.T) {
	f := newFixture(t)
	for round := 0; sizeOf(t, f.Path()+"-wal") < 16<<20; round++ {
		f.grow(t, round)
	}
	count, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, f.Close())
	again := storetest.Open(t, f.Path())
	after, err := again.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, count, after)
	require.NoError(t, again.Check(f.ctx))
}
