package store_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
)

// BenchmarkSalvage salvages the store of a million messages with some of its
// pages gone, and prints how it goes on.
func BenchmarkSalvage(b *testing.B) {
	s, path := storetest.Big(b)
	require.NoError(b, s.Settle(b.Context()))
	damaged := filepath.Join(b.TempDir(), "buzon.db")
	copyFile(b, path, damaged)
	damageTable(b, damaged, "messages")
	phase := model.SalvagePhase("")
	for b.Loop() {
		report, err := store.Salvage(b.Context(), store.SalvageOptions{From: damaged, To: damaged + ".new", Progress: func(p model.SalvageProgress) {
			if p.Phase != phase || p.Rows%250_000 == 0 && p.Rows > 0 && p.Phase == model.SalvageReading {
				phase = p.Phase
				b.Logf("%s: %d of %d pages, %d rows", p.Phase, p.Done, p.Total, p.Rows)
			}
		}})
		require.NoError(b, err)
		b.ReportMetric(float64(report.RecoveredRows), "rows")
		b.ReportMetric(float64(report.LostRows), "rows-lost")
		b.ReportMetric(float64(report.RecoveredRows)/float64(report.DurationMS)*1000, "rows/s")
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer func() { require.NoError(t, in.Close()) }()
	out, err := os.Create(to)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}
