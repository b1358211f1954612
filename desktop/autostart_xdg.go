//go:build !windows && !darwin

package desktop

import (
	"errors"
	"os"
	"path/filepath"
)

func (a *Autostart) path() (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", errors.Join(errors.New("look for the autostart folder"), err)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "autostart", a.ID+".desktop"), nil
}

// record is what the system is given, and recordOn reads it again.
func (a *Autostart) record() ([]byte, error) { return a.entry() }

func recordOn(data []byte) bool { return entryOn(data) }
