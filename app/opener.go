package app

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
)

// openOutside hands a file or folder to the system, without a shell.
func openOutside(ctx context.Context, path string) error {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", path}
	case "darwin":
		name = "open"
	}
	if err := exec.CommandContext(context.WithoutCancel(ctx), name, args...).Run(); err != nil {
		return fmt.Errorf("hand it to the system: %w", err)
	}
	return nil
}
