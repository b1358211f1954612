package app

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"time"
)

// openWait is how long a failure of the system's opener is waited for.
const openWait = 3 * time.Second

// openOutside hands a file or folder to the system, without a shell: its name is
// an argument and nothing else. Some openers stay for as long as the file is
// looked at; they are left alone then, also when Buzón ends.
func openOutside(ctx context.Context, path string) error {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", path}
	case "darwin":
		name, args = "open", []string{"--", path}
	}
	command := exec.Command(name, args...) //nolint:gosec,noctx // the path is ours; it must outlive the context
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }() // ends with the opener, which nobody may end
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
