package app

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// openWait is how long a failure of the system's opener is waited for.
const openWait = 3 * time.Second

// openOutside hands a file or folder to the system, without a shell: its name is
// an argument and nothing else. Some openers stay for as long as the file is
// looked at; they are left alone then, also when Buzón ends.
func openOutside(ctx context.Context, path string) error {
	name, ended, err := startOpener(path)
	if err != nil {
		return err
	}
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	case <-ctx.Done():
	case <-time.After(openWait):
	}
	return nil
}

// OpenAddress hands a web address to the system's browser and does not wait for it.
func OpenAddress(u *url.URL) error {
	_, _, err := startOpener(u.String())
	return err
}

// startOpener starts the program of the system that opens things. What it ends
// with comes through ended.
func startOpener(target string) (name string, ended <-chan error, err error) {
	name, args := "xdg-open", []string{target}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", target}
	case "darwin":
		name, args = "open", []string{"--", target}
	}
	command := exec.Command(name, args...) //nolint:gosec,noctx // the target is an argument, never code; it must outlive the context
	command.Env = foreignEnvironment()
	if err := command.Start(); err != nil {
		return name, nil, fmt.Errorf("start %s: %w", name, err)
	}
	end := make(chan error, 1)
	go func() { end <- command.Wait() }() // ends with the opener, which nobody may end
	return name, end, nil
}

// foreignEnvironment is the environment for programs that are not ours: without
// the API key, which would stay readable in it for as long as they run.
func foreignEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.EqualFold(name, keyVariable) // Windows knows no case here
	})
}
