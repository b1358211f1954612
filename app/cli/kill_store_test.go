package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/sample"
)

// storeToLose makes a data folder with a store, a backup of it, and rows that
// came after the backup.
func storeToLose(t *testing.T) (p program, backup string) {
	t.Helper()
	dir := t.TempDir()
	p = program{t: t, dataDir: filepath.Join(dir, "data")}
	backup = filepath.Join(dir, "copy.buzon-backup")
	path := filepath.Join(p.dataDir, "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	_, err = sample.Fill(t.Context(), s, sample.Config{Contacts: 50, Conversations: 10, Messages: 1500, Seed: 5}, nil)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	p.run("backup", backup)
	s, err = store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	_, err = s.EnsureSession(t.Context(), "later")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	return p, backup
}

// TestDrillStoreKilled kills repairs and restores again and again, at random
// moments, until one comes through: whatever was killed, the old store is there
// under one of its names as it was, and the new one is sound and whole.
func TestDrillStoreKilled(t *testing.T) {
	d := drill.Start(t, 16, "repairs and restores, killed")
	rounds := drill.Rounds(t, 4, 200)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 16)) //nolint:gosec // the moments are left to chance
	whole, kept, kills := 0, 0, 0
	for round := range rounds {
		p, backup := storeToLose(t)
		path := filepath.Join(p.dataDir, "buzon.db")
		args, damaged := []string{"restore", backup, "--yes"}, round%2 == 0
		if damaged {
			args = []string{"repair"}
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			const page = 4096
			for n := 15; n < len(content)/page; n += 40 {
				clear(content[n*page : n*page+64])
			}
			require.NoError(t, os.WriteFile(path, content, 0o600))
		}
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		for tries := 0; p.kill(time.Duration(rng.Int64N(int64(time.Second))), args...) && tries < 6; tries++ {
			kills++
		}
		out, err := p.command(context.Background(), args...).CombinedOutput()
		require.NoError(t, err, string(out))
		if soundAndWhole(t, p, damaged) {
			whole++
		}
		if keptAside(t, p, before) {
			kept++
		}
	}
	d.Told("kills", kills)
	d.All("new stores sound and whole", whole, rounds)
	d.All("old stores kept as they were", kept, rounds)
}

func soundAndWhole(t *testing.T, p program, damaged bool) bool {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(p.dataDir, "buzon.db")})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Check(t.Context()))
	content, err := s.Content(t.Context())
	require.NoError(t, err)
	if damaged {
		return content.Counts["messages"] > 0
	}
	_, err = s.SessionByName(t.Context(), "later")
	return content.Counts["messages"] == 1500 && err != nil
}

// keptAside tells whether the old store lies beside the new one as it was.
func keptAside(t *testing.T, p program, before []byte) bool {
	t.Helper()
	aside, err := filepath.Glob(filepath.Join(p.dataDir, "buzon-*.db"))
	require.NoError(t, err)
	for _, path := range aside {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		if bytes.Equal(content, before) {
			return true
		}
	}
	return false
}

func TestRepairReportsInJSON(t *testing.T) {
	p, _ := storeToLose(t)
	var report model.SalvageReport
	require.NoError(t, json.Unmarshal(p.run("--json", "repair"), &report))
	require.Positive(t, report.RecoveredRows)
	require.Zero(t, report.LostRows)
	require.FileExists(t, report.SetAside)
}
