package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model/store/storetest"
)

const (
	benchDisplay  = ":97"
	storedForOpen = 100_000 // messages in the store when the window opens
	idleFor       = 4 * time.Second
	idleCPUFor    = 6 * time.Second
)

// BenchmarkWindowStart opens the window on a store of 100,000 messages and an
// empty Fyne window in turn, on a display of their own, and reports the time to
// the first frame, the resident memory and the processor time when idle, as
// ratios. It needs Xvfb and xwd, which "make bench" installs.
func BenchmarkWindowStart(b *testing.B) {
	for _, tool := range []string{"Xvfb", "xwd"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("%s is not installed", tool)
		}
	}
	dir := b.TempDir()
	buzon, empty := build(b, dir, "buzon", "."), build(b, dir, "empty", "./testdata/emptywindow")
	data := filepath.Join(dir, "data")
	fill(b, data)
	display(b)
	home := filepath.Join(dir, "home")
	require.NoError(b, os.MkdirAll(home, 0o700))
	measureWindow(b, home, empty) // the first start of all builds Fyne's font index
	var ours, theirs windowFigures
	rounds := 0
	for b.Loop() {
		theirs.add(measureWindow(b, home, empty))
		ours.add(measureWindow(b, home, buzon, "--data-dir", data))
		rounds++
	}
	n := float64(rounds)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ours.frame.Seconds()*1000/n, "ms-to-first-frame")
	b.ReportMetric(theirs.frame.Seconds()*1000/n, "ms-empty-window")
	b.ReportMetric(ours.frame.Seconds()/theirs.frame.Seconds(), "x-time")
	b.ReportMetric(ours.rss/n/1024, "MB-resident")
	b.ReportMetric(theirs.rss/n/1024, "MB-empty-window")
	b.ReportMetric(ours.rss/theirs.rss, "x-memory")
	b.ReportMetric(100*ours.cpu.Seconds()/n/idleCPUFor.Seconds(), "%-idle-cpu")
	b.ReportMetric(100*theirs.cpu.Seconds()/n/idleCPUFor.Seconds(), "%-idle-cpu-empty")
}

func build(b *testing.B, dir, name, pkg string) string {
	b.Helper()
	out := filepath.Join(dir, name)
	cmd := exec.CommandContext(b.Context(), "go", "build", "-buildvcs=false", "-tags", "gles", "-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1") // the measured window is the real one
	text, err := cmd.CombinedOutput()
	require.NoError(b, err, string(text))
	return out
}

// fill makes a data folder with a store and settings whose gateway is closed.
func fill(b *testing.B, dir string) {
	b.Helper()
	ctx := context.Background()
	a, err := app.New(ctx, app.Options{DataDir: dir, Mode: app.ModeCommand})
	require.NoError(b, err)
	storetest.Fill(b, a.Store, storetest.Sizes{Contacts: 2000, Conversations: 1000, Messages: storedForOpen}, 1)
	require.NoError(b, a.Settings.Set(ctx, "base_url", "http://127.0.0.1:9"))
	require.NoError(b, a.Close())
}

func display(b *testing.B) {
	b.Helper()
	server := exec.CommandContext(context.Background(), "Xvfb", benchDisplay, "-screen", "0", "1280x800x24", "+extension", "GLX", "-nolisten", "tcp")
	require.NoError(b, server.Start())
	b.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	for range 100 {
		if shot(b.Context()) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.Fatal("the display does not come up")
}

// shot returns what is on the display, nil when it cannot be read.
func shot(ctx context.Context) []byte {
	out, err := exec.CommandContext(ctx, "xwd", "-root", "-silent", "-display", benchDisplay).Output()
	if err != nil {
		return nil
	}
	return out
}

type windowFigures struct {
	frame time.Duration
	rss   float64 // kB
	cpu   time.Duration
}

func (f *windowFigures) add(o windowFigures) {
	f.frame += o.frame
	f.rss += o.rss
	f.cpu += o.cpu
}

// measureWindow starts a program, waits for its first frame and looks at it when idle.
func measureWindow(b *testing.B, home, program string, args ...string) windowFigures {
	b.Helper()
	blank := string(shot(b.Context()))
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+benchDisplay, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "HOME="+home,
		"XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	began := time.Now()
	require.NoError(b, cmd.Start())
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		done := make(chan struct{})
		go func() { _ = cmd.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		for string(shot(b.Context())) != blank { // the window is gone from the screen
			time.Sleep(20 * time.Millisecond)
		}
	}()
	for string(shot(b.Context())) == blank {
		require.Less(b, time.Since(began), 30*time.Second, "no frame came")
	}
	f := windowFigures{frame: time.Since(began)}
	time.Sleep(idleFor)
	before := cpuTime(b, cmd.Process.Pid)
	time.Sleep(idleCPUFor)
	f.cpu = cpuTime(b, cmd.Process.Pid) - before
	f.rss = resident(b, cmd.Process.Pid)
	return f
}

// resident returns the resident memory of a process in kB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			require.NoError(b, err)
			return kb
		}
	}
	b.Fatal("the process tells no memory")
	return 0
}

// cpuTime returns the processor time of a process so far, from its clock ticks of 10 ms.
func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	require.NoError(b, err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	require.NoError(b, err)
	system, err := strconv.Atoi(fields[12])
	require.NoError(b, err)
	return time.Duration(user+system) * 10 * time.Millisecond
}
