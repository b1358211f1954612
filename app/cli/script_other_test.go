//go:build !unix

package cli_test

import "github.com/rogpeppe/go-internal/testscript"

// unprivilegedCommand exists on Unix only: permissions bind differently elsewhere.
func unprivilegedCommand(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("unprivileged: only on Unix")
}
