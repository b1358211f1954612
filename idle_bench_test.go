package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

const (
	idleSettles  = 10 * time.Second // without a call: the catch-up after the start is over, and so are its files
	idleMeasured = 60 * time.Second // the states are looked at once in it
)

// BenchmarkIdleSessions measures the processor time of the window with three
// connected sessions, sockets open, in a minute in which nothing happens, beside
// that of an empty Fyne window. It needs Xvfb and xwd, which "make bench" installs.
func BenchmarkIdleSessions(b *testing.B) {
	for _, tool := range []string{"Xvfb", "xwd"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("%s is not installed", tool)
		}
	}
	server, err := simulator.New(simulator.Config{Contacts: 500, Conversations: 200, Messages: 5000, Paired: true, AckDelay: time.Millisecond, WebSocket: simulator.WebSocketQuirk})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, server.Close()) })
	require.NoError(b, server.Listen("127.0.0.1:0"))
	dir := b.TempDir()
	buzon, empty := build(b, dir, "buzon", "."), build(b, dir, "empty", "./testdata/emptywindow")
	home, data := filepath.Join(dir, "home"), filepath.Join(dir, "data")
	require.NoError(b, os.MkdirAll(home, 0o700))
	require.NoError(b, os.MkdirAll(data, 0o700))
	settings := fmt.Sprintf(`{"version": 1, "base_url": %q}`, server.URL())
	require.NoError(b, os.WriteFile(filepath.Join(data, "settings.json"), []byte(settings), 0o600))
	names := []string{"one", "two", "three"}
	for _, name := range names {
		for _, args := range [][]string{{"session", "start", name, "--wait"}, {"sync", name, "--all"}} {
			cmd := exec.CommandContext(b.Context(), buzon, append([]string{"--data-dir", data}, args...)...)
			cmd.Env = append(os.Environ(), "HOME="+home)
			out, err := cmd.CombinedOutput()
			require.NoError(b, err, string(out))
		}
	}
	// The daily check and backup were done just now: they are another measurement.
	done := fmt.Sprintf(`{"checked_at": %[1]d, "backup_at": %[1]d}`, time.Now().UnixMilli())
	require.NoError(b, os.WriteFile(filepath.Join(data, "safety.json"), []byte(done), 0o600))
	display(b)
	measureWindow(b, home, empty)
	var ours, theirs, rounds float64
	for b.Loop() {
		theirs += idle(b, home, empty, nil)
		ours += idle(b, home, buzon, func() {
			for calls := -1; calls != len(server.Requests()); time.Sleep(idleSettles) {
				calls = len(server.Requests())
			}
			for _, name := range names {
				require.Equal(b, 1, server.Sockets(name), "the socket of every session is open")
			}
		}, "--data-dir", data)
		rounds++
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(100*ours/rounds, "%-cpu")
	b.ReportMetric(100*theirs/rounds, "%-cpu-empty-window")
	b.ReportMetric(100*(ours-theirs)/rounds, "%-more")
}

// idle returns the share of one processor that a program takes when it is left alone.
func idle(b *testing.B, home, program string, ready func(), args ...string) float64 {
	b.Helper()
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+benchDisplay, "LIBGL_ALWAYS_SOFTWARE=1", "LANG=en_US.UTF-8", "HOME="+home,
		"XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	require.NoError(b, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	time.Sleep(idleSettles)
	if ready != nil {
		ready()
	}
	before := cpuTime(b, cmd.Process.Pid)
	time.Sleep(idleMeasured)
	return (cpuTime(b, cmd.Process.Pid) - before).Seconds() / idleMeasured.Seconds()
}
