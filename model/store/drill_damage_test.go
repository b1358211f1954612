package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// mutation damages a store of which main and log are the two files.
type mutation struct {
	name   string
	refuse error // what it must be refused with; nil: it is ours and must be saved
	change func(rng *rand.Rand, main, log []byte) (newMain, newLog []byte)
}

const drillPage = 4096

func somePages(rng *rand.Rand, main []byte, from, most int, f func(page []byte)) {
	pages := len(main) / drillPage
	for range 1 + rng.IntN(most) {
		n := from + rng.IntN(pages-from)
		f(main[n*drillPage : (n+1)*drillPage])
	}
}

func mutations() []mutation {
	keep := func(f func(rng *rand.Rand, main, log []byte)) func(*rand.Rand, []byte, []byte) ([]byte, []byte) {
		return func(rng *rand.Rand, main, log []byte) ([]byte, []byte) {
			f(rng, main, log)
			return main, log
		}
	}
	rubbish := func(rng *rand.Rand, b []byte) {
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
	}
	return []mutation{
		{"one bit", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			main[drillPage+rng.IntN(len(main)-drillPage)] ^= 1 << rng.IntN(8)
		})},
		{"bytes of some pages", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			somePages(rng, main, 1, 8, func(p []byte) {
				for range 1 + rng.IntN(30) {
					p[rng.IntN(len(p))] ^= byte(1 + rng.IntN(255))
				}
			})
		})},
		{"pages of zeros", nil, keep(func(rng *rand.Rand, main, _ []byte) { somePages(rng, main, 1, 20, func(p []byte) { clear(p) }) })},
		{"pages of rubbish", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			somePages(rng, main, 1, 20, func(p []byte) { rubbish(rng, p) })
		})},
		{"heads of pages", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			somePages(rng, main, 1, 20, func(p []byte) { rubbish(rng, p[:12]) })
		})},
		{"pages changed places", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			other := bytes.Clone(main[drillPage : 2*drillPage])
			somePages(rng, main, 2, 6, func(p []byte) { copy(p, other); other = bytes.Clone(p) })
		})},
		{"a run of zeros", nil, keep(func(rng *rand.Rand, main, _ []byte) {
			from := drillPage + rng.IntN(len(main)-drillPage)
			clear(main[from:min(len(main), from+rng.IntN(len(main)/5))])
		})},
		{"cut off at a page", nil, func(rng *rand.Rand, main, log []byte) ([]byte, []byte) {
			pages := len(main) / drillPage
			return main[:(pages/2+rng.IntN(pages/2))*drillPage], log
		}},
		{"cut off anywhere", nil, func(rng *rand.Rand, main, log []byte) ([]byte, []byte) {
			return main[:len(main)/3+rng.IntN(len(main)*2/3)], log
		}},
		{"the first page of zeros", nil, keep(func(_ *rand.Rand, main, _ []byte) { clear(main[:drillPage]) })},
		{"the header of rubbish", nil, keep(func(rng *rand.Rand, main, _ []byte) { rubbish(rng, main[:16+rng.IntN(84)]) })},
		{"the first page of rubbish", nil, keep(func(rng *rand.Rand, main, _ []byte) { rubbish(rng, main[:drillPage]) })},
		{"the log is missing", nil, func(_ *rand.Rand, main, _ []byte) ([]byte, []byte) { return main, nil }},
		{"the log is cut off", nil, func(rng *rand.Rand, main, log []byte) ([]byte, []byte) { return main, log[:rng.IntN(len(log))] }},
		{"bytes of the log", nil, keep(func(rng *rand.Rand, _, log []byte) {
			for range 1 + rng.IntN(10) {
				log[rng.IntN(len(log))] ^= 0xff
			}
		})},
		{"the log of another day", nil, keep(func(rng *rand.Rand, _, log []byte) { rubbish(rng, log[16:24]) })},
		{"more at the end", nil, func(rng *rand.Rand, main, log []byte) ([]byte, []byte) {
			more := make([]byte, rng.IntN(5*drillPage))
			rubbish(rng, more)
			return append(main, more...), log
		}},
		{"not a database", store.ErrCorrupt, func(rng *rand.Rand, _, _ []byte) ([]byte, []byte) {
			b := make([]byte, 1+rng.IntN(100_000))
			rubbish(rng, b)
			return b, nil
		}},
	}
}

// TestDrillStoreDamage damages a store in every way and opens it: it is sound, or it
// is salvaged into a sound one; nothing ever hangs or crashes.
func TestDrillStoreDamage(t *testing.T) {
	d := drill.Start(t, 8, "damaged stores")
	path := filepath.Join(t.TempDir(), "buzon.db")
	main, log, rows := drillStore(t, path)
	list := mutations()
	rounds := drill.Rounds(t, len(list), 500)
	var sound, saved, refused int
	var least, sum = 100.0, 0.0
	worst := ""
	for round := range rounds {
		m := list[round%len(list)]
		rng := rand.New(rand.NewPCG(uint64(round), 8)) //nolint:gosec // the same damage each time
		newMain, newLog := m.change(rng, bytes.Clone(main), bytes.Clone(log))
		dir, err := os.MkdirTemp(t.TempDir(), "")
		require.NoError(t, err)
		file := filepath.Join(dir, "buzon.db")
		require.NoError(t, os.WriteFile(file, newMain, 0o600))
		if newLog != nil {
			require.NoError(t, os.WriteFile(file+"-wal", newLog, 0o600))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		outcome, found := openOrSalvage(ctx, t, file, m)
		cancel()
		require.NoError(t, os.RemoveAll(dir))
		switch outcome {
		case "sound":
			sound++
		case "refused":
			refused++
		case "saved":
			saved++
			percent := 100 * float64(found) / float64(rows)
			sum += percent
			if percent < least {
				least, worst = percent, m.name
			}
		}
	}
	d.All("mutants ended in a sound store or a right refusal, none hung or crashed", sound+saved+refused, rounds)
	d.Told("sound as they were", sound)
	d.Told("refused", refused)
	d.Told("salvaged", saved)
	d.Told("messages recovered on average", fmt.Sprintf("%.2f%%", sum/float64(max(saved, 1))))
	d.Told("at worst", fmt.Sprintf("%.2f%% (%s)", least, worst))
}

// drillStore makes a store that is closed in the middle of its work, and returns
// its files and how many messages it holds.
func drillStore(t *testing.T, path string) (main, log []byte, rows int) {
	t.Helper()
	made := richStore(t, 3000)
	copyFile(t, made, path)
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	f := fixtureOn(t, s)
	for i := range 20 {
		f.save(t, text("W"+modelShort(i), second+int64(i), "en el registro"))
	}
	main, err = os.ReadFile(path)
	require.NoError(t, err)
	log, err = os.ReadFile(path + "-wal")
	require.NoError(t, err)
	require.NotEmpty(t, log)
	require.NoError(t, s.Close())
	return main, log, countMessages(t, path)
}

func countMessages(t *testing.T, path string) (n int) {
	t.Helper()
	require.NoError(t, raw(t, path).QueryRowContext(t.Context(), "SELECT count(*) FROM messages").Scan(&n))
	return n
}

// openOrSalvage does with a file what the program does.
func openOrSalvage(ctx context.Context, t *testing.T, file string, m mutation) (outcome string, found int) {
	t.Helper()
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	s, err := store.Open(ctx, store.Options{Path: file})
	if err == nil {
		err = errors.Join(s.Check(ctx), s.Close())
	}
	if err == nil {
		return "sound", 0
	}
	require.NoError(t, context.Cause(ctx), m.name)
	require.ErrorIs(t, err, store.ErrCorrupt, "%s: %v", m.name, err)
	to := file + ".new"
	_, err = store.Salvage(ctx, store.SalvageOptions{From: file, To: to})
	if m.refuse != nil {
		require.ErrorIs(t, err, store.ErrForeign, m.name)
		after, err := os.ReadFile(file)
		require.NoError(t, err)
		require.True(t, bytes.Equal(before, after), "%s: a file that is not ours was changed", m.name)
		return "refused", 0
	}
	require.NoError(t, err, m.name)
	s, err = store.Open(ctx, store.Options{Path: to})
	require.NoError(t, err, m.name)
	require.NoError(t, errors.Join(s.Check(ctx), s.Close()), m.name)
	return "saved", countMessages(t, to)
}

func modelShort(i int) model.ShortID { return model.ShortID(fmt.Sprint(i)) }
