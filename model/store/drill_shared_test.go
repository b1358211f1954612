package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

const (
	sharedWriters = 3  // processes at once
	sharedPerCall = 10 // messages of a call
)

// TestDrillStoreShared lets several processes write into one store at once, each its own messages
// and all of them the same ones, and claim the same outgoing messages.
func TestDrillStoreShared(t *testing.T) {
	d := drill.Start(t, 17, "processes on one store")
	calls := drill.Rounds(t, 15, 400)
	path := filepath.Join(t.TempDir(), "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	for i := range calls {
		_, err := s.AddOutbox(f.ctx, model.OutboxItem{SessionID: f.session, ConversationID: f.conversation, Text: fmt.Sprint("sale ", i)})
		require.NoError(t, err)
	}
	outputs := make([]string, sharedWriters)
	var wg sync.WaitGroup
	for i := range sharedWriters {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestChildShares$")
			cmd.Env = append(os.Environ(), "BUZON_STORE_CHILD=share", "BUZON_STORE_PATH="+path, fmt.Sprint("BUZON_STORE_ROUND=", i), fmt.Sprint("BUZON_STORE_CALLS=", calls))
			out, err := cmd.CombinedOutput()
			outputs[i] = string(out)
			if err != nil {
				t.Errorf("a process failed: %v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	all := strings.Join(outputs, "\n")
	doubled, lost := 0, 0
	for i := range calls {
		switch n := strings.Count(all, fmt.Sprintf("claimed %d\n", i+1)); {
		case n == 0:
			lost++
		case n > 1:
			doubled += n - 1
		}
	}
	n, err := f.CountMessages(f.ctx, f.session)
	require.NoError(t, err)
	want := calls * sharedPerCall * (sharedWriters + 1)
	require.NoError(t, f.Check(f.ctx))
	require.NoError(t, s.Close())
	d.Told("writes", calls*sharedWriters*3)
	d.Zero("lost", max(0, want-n)+lost)
	d.Zero("doubled", max(0, n-want)+doubled)
	d.Zero("refused as busy", strings.Count(all, "in use"))
}

// TestChildShares writes beside others, when the drill started it.
func TestChildShares(t *testing.T) {
	if os.Getenv("BUZON_STORE_CHILD") != "share" {
		return
	}
	calls, err := strconv.Atoi(os.Getenv("BUZON_STORE_CALLS"))
	require.NoError(t, err)
	s, err := store.Open(context.Background(), store.Options{Path: os.Getenv("BUZON_STORE_PATH")})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	for call := range calls {
		for _, owner := range []string{os.Getenv("BUZON_STORE_ROUND"), "all"} {
			var in []model.MessageIn
			for i := range sharedPerCall {
				in = append(in, text(model.ShortID(fmt.Sprintf("%s-%d-%d", owner, call, i)), second+int64(call), "texto"))
			}
			f.save(t, in...)
		}
		_, claimed, err := s.ClaimOutbox(f.ctx, model.OutboxID(call+1), now, "")
		require.NoError(t, err)
		if claimed {
			fmt.Printf("claimed %d\n", call+1)
		}
	}
	require.NoError(t, s.Close())
}
