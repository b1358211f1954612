package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model/store/storetest"
)

// BenchmarkRealWindow measures what BenchmarkConversation does in a real window
// with OpenGL drawn by the processor, on a display of its own: here words that
// were drawn are kept by the painter, which the painter into memory does not do.
// It needs Xvfb and xwd, which "make bench" installs.
func BenchmarkRealWindow(b *testing.B) {
	for _, tool := range []string{"Xvfb", "xwd"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("%s is not installed", tool)
		}
	}
	dir := b.TempDir()
	big, empty := build(b, dir, "big", "./testdata/bigwindow"), build(b, dir, "empty", "./testdata/emptywindow")
	_, path := storetest.Big(b)
	data := filepath.Join(dir, "data")
	require.NoError(b, os.MkdirAll(data, 0o700))
	for _, end := range []string{"", "-wal"} {
		copyFile(b, path+end, filepath.Join(data, "buzon.db"+end))
	}
	display(b)
	home := filepath.Join(dir, "home")
	require.NoError(b, os.MkdirAll(home, 0o700))
	bare := measureWindow(b, home, empty)
	cmd := exec.CommandContext(b.Context(), big, data)
	cmd.Env = append(os.Environ(), "DISPLAY="+benchDisplay, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "HOME="+home,
		"XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(b, err)
	var figures struct {
		Open, Handle, Paint, Click, Send []float64
		MemoryFirst                      float64 `json:"memory_first"`
		MemoryTen                        float64 `json:"memory_ten"`
	}
	require.NoError(b, json.Unmarshal(out, &figures))
	step := make([]float64, len(figures.Paint))
	for i := range step {
		step[i] = figures.Handle[i] + figures.Paint[i]
	}
	line := func(name string, budget float64, values []float64) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() { // it was measured before
			}
			slices.Sort(values)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(values[len(values)/2], "ms-median")
			b.ReportMetric(values[len(values)*95/100], "ms-p95")
			b.ReportMetric(budget, "ms-budget")
		})
	}
	line("open-100000-to-first-frame", 50, figures.Open)
	line("send-to-stored-bubble", 50, figures.Send)
	line("scroll-step", 16, step)
	line("click-in-a-burst-of-1000", 50, figures.Click)
	b.Run("memory", func(b *testing.B) {
		for b.Loop() { // it was measured before
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(figures.MemoryFirst, "MB-one-conversation")
		b.ReportMetric(figures.MemoryTen, "MB-ten-conversations")
		b.ReportMetric(bare.rss/1024, "MB-empty-window")
	})
}
