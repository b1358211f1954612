//go:build unix

package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// nobody is a user without rights on most systems.
const nobody = 65534

// unprivilegedCommand is status for a user whom file permissions bind: as root,
// the command runs as another user, to whom the way to the script's folder and
// to the program is opened.
func unprivilegedCommand(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, args, 2, "unprivileged N COMMAND...")
	program, err := lookPath(args[1], ts.Getenv("PATH"))
	ts.Check(err)
	cmd := exec.CommandContext(context.Background(), program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"HOME=" + cmd.Dir, "PATH=" + ts.Getenv("PATH"), "LANG=" + ts.Getenv("LANG")}
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		letThrough(ts, cmd.Dir)
		letThrough(ts, filepath.Dir(program))
	}
	checkStatus(ts, args[0], cmd.Run())
}

func lookPath(name, path string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
			return filepath.Join(dir, name), nil
		}
	}
	return "", &exec.Error{Name: name, Err: exec.ErrNotFound}
}

// letThrough lets others pass through the test's own temporary folders.
func letThrough(ts *testscript.TestScript, dir string) {
	top := filepath.Clean(os.TempDir())
	for ; dir != top && strings.HasPrefix(dir, top+string(filepath.Separator)); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		ts.Check(err)
		ts.Check(os.Chmod(dir, info.Mode().Perm()|0o011))
	}
}
