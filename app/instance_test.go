package app_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
)

func acquire(t *testing.T, p app.Paths) *app.Instance {
	t.Helper()
	i, err := app.AcquireInstance(p, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, i.Close()) })
	return i
}

// counter keeps calls and lets a test wait for them.
type counter chan string

func (c counter) call(conversation string) { c <- conversation }

// wait returns the conversation that was asked for.
func (c counter) wait(t *testing.T) string {
	t.Helper()
	select {
	case conversation := <-c:
		return conversation
	case <-time.After(patience):
		t.Fatal("nobody asked for the window")
		return ""
	}
}

func TestOneInstancePerDataFolder(t *testing.T) {
	p := newPaths(t)
	first, err := app.AcquireInstance(p, nil)
	require.NoError(t, err)
	_, err = app.AcquireInstance(p, nil)
	require.ErrorIs(t, err, app.ErrAlreadyRunning)
	require.ErrorContains(t, err, p.Data)
	if runtime.GOOS != "windows" { // where what is locked cannot be read
		require.ErrorContains(t, err, fmt.Sprint("process ", os.Getpid()))
	}
	acquire(t, newPaths(t)) // another folder is another matter
	require.NoError(t, first.Close())
	acquire(t, p)
}

func TestALockFileOfAnEarlierVersionNamesNoProcess(t *testing.T) {
	for _, content := range []string{"", "x", "-1\n", "0\n", strings.Repeat("9", 5000)} {
		p := newPaths(t)
		acquire(t, p)
		require.NoError(t, os.WriteFile(p.LockFile, []byte(content), 0o600))
		_, err := app.AcquireInstance(p, nil)
		require.ErrorIs(t, err, app.ErrAlreadyRunning)
		require.NotContains(t, err.Error(), "process")
	}
}

func TestLockThatCannotBeMade(t *testing.T) {
	p := newPaths(t)
	p.LockFile = filepath.Join(p.Data, "missing", "lock")
	_, err := app.AcquireInstance(p, nil)
	require.ErrorContains(t, err, "lock the data folder")
	require.NotErrorIs(t, err, app.ErrAlreadyRunning)
}

func TestASecondStartShowsTheWindow(t *testing.T) {
	long := newPaths(t)
	deep, err := app.NewPaths(filepath.Join(t.TempDir(), strings.Repeat("d", 120))) // too long for a socket
	require.NoError(t, err)
	require.NoError(t, deep.Ensure())
	for name, p := range map[string]app.Paths{"socket": long, "loopback": deep} {
		t.Run(name, func(t *testing.T) {
			shown := make(counter, 10)
			i := acquire(t, p)
			require.Error(t, app.ShowRunning(t.Context(), p, ""), "nobody listens yet")
			require.NoError(t, i.OnShow(shown.call))
			require.Error(t, i.OnShow(shown.call), "only one listens")
			for range 3 {
				require.NoError(t, app.ShowRunning(t.Context(), p, ""))
				require.Empty(t, shown.wait(t))
			}
			const ana = "shop/34600111222@c.us"
			require.NoError(t, app.ShowRunning(t.Context(), p, ana))
			require.Equal(t, ana, shown.wait(t))
			if runtime.GOOS != "windows" {
				info, err := os.Stat(p.ShowFile)
				require.NoError(t, err)
				require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			}
		})
	}
}

func TestNothingButTheWordIsAccepted(t *testing.T) {
	p := newPaths(t)
	shown := make(counter, 10)
	require.NoError(t, acquire(t, p).OnShow(shown.call))
	file, err := os.ReadFile(p.ShowFile)
	require.NoError(t, err)
	parts := strings.Split(string(file), "\n")
	network, token, address := parts[0], parts[1], parts[2]
	for _, line := range []string{
		"show\n", "\n", token + "\n", token + " quit\n", token + " show; quit\n", token + " show shop\n", token + " show shop/1@c.us x\n", token + " show ../1@c.us\n", "x" + token + " show\n",
		token + " show" + strings.Repeat(" ", 4096) + "\n", "GET / HTTP/1.1\r\n\r\n", "\x00\xff",
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), network, address)
		require.NoError(t, err)
		_, err = io.WriteString(conn, line)
		require.NoError(t, err)
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			require.NoError(t, half.CloseWrite())
		}
		answer, _ := io.ReadAll(conn) // a reset is an answer, too
		require.Empty(t, answer, "%q", line)
		require.NoError(t, conn.Close())
	}
	require.Empty(t, shown)
	require.NoError(t, app.ShowRunning(t.Context(), p, ""), "it still listens")
	shown.wait(t)
}

func TestAStaleSocketIsReplaced(t *testing.T) {
	p := newPaths(t)
	require.NoError(t, os.WriteFile(p.ShowFile+".sock", nil, 0o600))
	shown := make(counter, 1)
	require.NoError(t, acquire(t, p).OnShow(shown.call))
	require.NoError(t, app.ShowRunning(t.Context(), p, ""))
	shown.wait(t)
}

func TestOnlyThisMachineIsCalled(t *testing.T) {
	p := newPaths(t)
	for _, file := range []string{
		"", "tcp", "tcp\ntoken\n8.8.8.8:80\n", "tcp\ntoken\nlocalhost:80\n", "udp\ntoken\n127.0.0.1:80\n",
		"unix\ntoken\n/tmp/other.sock\n", fmt.Sprintf("unix\ntoken\n%s.sock\nmore\n", p.ShowFile), strings.Repeat("x", 1<<20),
	} {
		require.NoError(t, os.WriteFile(p.ShowFile, []byte(file), 0o600))
		require.ErrorContains(t, app.ShowRunning(t.Context(), p, ""), "ask the running Buzón for its window", "%.40q", file)
	}
}
