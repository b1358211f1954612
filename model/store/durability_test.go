package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

func TestBulkImport(t *testing.T) {
	f := newFixture(t)
	f.save(t, text("A", second, "antes"))
	inside := errors.New("the fill failed")
	err := f.BulkImport(f.ctx, func(ctx context.Context) error {
		var many []model.MessageIn
		for i := range 300 {
			many = append(many, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "durante"))
		}
		f.save(t, many...)
		edited := text("A", second, "cambiado")
		edited.EditedAt = now
		f.save(t, edited)
		require.Empty(t, f.found(t, "durante"))
		require.ErrorIs(t, f.BulkImport(ctx, func(context.Context) error { return nil }), store.ErrBusy)
		return inside
	})
	require.ErrorIs(t, err, inside)
	require.Len(t, f.found(t, "durante"), 50, "the index is built also when filling fails")
	require.Equal(t, []string{"cambiado"}, f.found(t, "cambiado"))
	require.Empty(t, f.found(t, "antes"))
	f.save(t, text("Z", second, "después"))
	require.Len(t, f.found(t, "despues"), 1)
	require.NoError(t, f.Check(f.ctx))
}

func TestBulkImportIsFinishedAlsoWhenCancelled(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.BulkImport(ctx, func(ctx context.Context) error {
		f.save(t, text("A", second, "hola"))
		cancel()
		return ctx.Err()
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, f.found(t, "hola"), 1)
}

func TestKilledBulkImportHealsAtOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	require.NoError(t, f.StartBulkAndStop(f.ctx))
	f.save(t, text("A", second, "hola"))
	require.Empty(t, f.found(t, "hola"))
	require.NoError(t, s.Close())

	f = fixtureOn(t, storetest.Open(t, path))
	require.Len(t, f.found(t, "hola"), 1)
	f.save(t, text("B", second, "hola otra vez"))
	require.Len(t, f.found(t, "hola"), 2)
	require.NoError(t, f.Check(f.ctx))
}

// TestReadersAndAWriter lets readers walk while a writer writes: nobody ever
// finds the store busy, and nobody sees half a call.
func TestReadersAndAWriter(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	const perCall = 20
	errs := make(chan error, 8)
	var readers sync.WaitGroup
	for range 4 {
		readers.Add(1)
		go func() {
			defer readers.Done()
			for ctx.Err() == nil {
				n, err := f.CountMessages(ctx, f.session)
				if err == nil && n%perCall != 0 {
					err = fmt.Errorf("%d messages: half a call", n)
				}
				if err == nil {
					_, err = f.Search(ctx, model.SearchQuery{Text: "texto"})
				}
				if err == nil {
					_, err = f.Conversations(ctx, model.ConversationQuery{Text: "ana"})
				}
				if err != nil && !errors.Is(err, context.Canceled) {
					errs <- err
					return
				}
			}
		}()
	}
	for call := range 30 {
		var in []model.MessageIn
		for i := range perCall {
			in = append(in, text(model.ShortID(fmt.Sprint(call, "-", i)), second+int64(call), "texto"))
		}
		f.save(t, in...)
		_, err := f.UpdateConversation(f.ctx, f.conversation, func(c *model.Conversation) { c.Unread++ })
		require.NoError(t, err)
	}
	cancel()
	readers.Wait()
	close(errs)
	require.NoError(t, <-errs)
	require.NoError(t, f.Check(f.ctx))
}

// killRounds is how often TestKill kills a writer.
const killRounds = 4

// TestKill kills a process in the middle of its writing, at random moments, and
// checks what is left: a sound file, the index equal to the texts, every call
// there whole or not at all, and every call that was reported done there.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "buzon.db")
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range killRounds {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestChildWrites$")
		cmd.Env = append(os.Environ(), "BUZON_STORE_CHILD=write", "BUZON_STORE_PATH="+path, fmt.Sprint("BUZON_STORE_ROUND=", round))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		done := 0
		for stopAfter := 1 + rng.IntN(12); lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "done ") {
				done++
			}
			if done == stopAfter {
				break
			}
		}
		time.Sleep(time.Duration(rng.IntN(20)) * time.Millisecond) // the moment within a call is left to chance
		require.NoError(t, cmd.Process.Kill())
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "done ") {
				done++
			}
		}
		require.Error(t, cmd.Wait(), "it was killed")
		require.Positive(t, done)
		checkAfterKill(t, path, round, done)
	}
}

// childCall is how many messages the child saves in a call.
const childCall = 150

func checkAfterKill(t *testing.T, path string, round, done int) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	f := fixtureOn(t, s)
	require.NoError(t, f.Check(f.ctx))
	rows := f.walkBack(t, 5000)
	require.Zero(t, len(rows)%childCall, "half a call is there")
	calls := map[string]int{}
	for _, m := range rows {
		calls[strings.SplitN(string(m.ShortID), "-", 2)[0]]++
	}
	for _, n := range calls {
		require.Equal(t, childCall, n)
	}
	ofRound := 0
	for call := range calls {
		if strings.HasPrefix(call, fmt.Sprintf("r%dc", round)) {
			ofRound++
		}
	}
	require.GreaterOrEqual(t, ofRound, done, "a call that was reported done is gone")
	l := f.held(t).Ledger
	require.Equal(t, rows[0].ID, l.Oldest)
	require.Equal(t, rows[len(rows)-1].ID, l.Newest)
}

// TestChildWrites writes until it is killed, when TestKill started it.
func TestChildWrites(t *testing.T) {
	if os.Getenv("BUZON_STORE_CHILD") != "write" {
		return
	}
	s, err := store.Open(context.Background(), store.Options{Path: os.Getenv("BUZON_STORE_PATH")})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	for call := 0; ; call++ {
		var in []model.MessageIn
		for i := range childCall {
			in = append(in, text(model.ShortID(fmt.Sprintf("r%sc%d-%d", os.Getenv("BUZON_STORE_ROUND"), call, i)), second+int64(i), fmt.Sprint("texto ", call)))
		}
		if call%4 == 3 {
			require.NoError(t, f.BulkImport(f.ctx, func(context.Context) error { f.save(t, in...); return nil }))
		} else {
			f.save(t, in...)
		}
		fmt.Println("done", call)
	}
}
