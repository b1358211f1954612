//go:build unix

package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model/store"
)

// TestWithoutRightToWrite runs as a user who may not write, in a process of its
// own when the tests run as root, who may always.
func TestWithoutRightToWrite(t *testing.T) {
	dir, err := os.MkdirTemp("", "buzon-store") // t.TempDir is closed to other users
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, os.Chmod(dir, 0o700))
		require.NoError(t, os.RemoveAll(dir))
	})
	path := filepath.Join(dir, "buzon.db")
	s, err := store.Open(t.Context(), store.Options{Path: path})
	require.NoError(t, err)
	fixtureOn(t, s)
	require.NoError(t, s.Close())
	require.NoError(t, os.Chmod(path, 0o444))
	require.NoError(t, os.Chmod(dir, 0o555))
	if os.Getuid() != 0 {
		checkWithoutRight(t, path)
		return
	}
	program := dir + ".test"
	binary, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(program, binary, 0o755))
	t.Cleanup(func() { require.NoError(t, os.Remove(program)) })
	cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestChildWithoutRight$", "-test.v")
	cmd.Env = append(os.Environ(), "BUZON_STORE_CHILD=read-only", "BUZON_STORE_PATH="+path)
	cmd.Dir = "/"
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "PASS: TestChildWithoutRight")
}

func TestChildWithoutRight(t *testing.T) {
	if os.Getenv("BUZON_STORE_CHILD") == "read-only" {
		checkWithoutRight(t, os.Getenv("BUZON_STORE_PATH"))
	}
}

func checkWithoutRight(t *testing.T, path string) {
	t.Helper()
	_, err := store.Open(t.Context(), store.Options{Path: path})
	require.ErrorIs(t, err, store.ErrReadOnly)
	_, err = store.Open(t.Context(), store.Options{Path: filepath.Join(filepath.Dir(path), "new", "buzon.db")})
	require.ErrorIs(t, err, store.ErrReadOnly)
	s, err := store.Open(t.Context(), store.Options{Path: path, ReadOnly: true})
	require.NoError(t, err, "what is there can be read")
	sessions, err := s.Sessions(t.Context())
	require.NoError(t, err)
	require.Len(t, sessions, 1)
	require.NoError(t, s.Close())
}
