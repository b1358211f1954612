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

// On tells whether the system starts the program.
func (a *Autostart) On() (bool, error) {
	path, err := a.path()
	if err != nil {
		return false, err
	}
	data, err := readRecord(path)
	return err == nil && entryOn(data), err
}

// Set has the program started with the system, or ends that.
func (a *Autostart) Set(on bool) error {
	path, err := a.path()
	if err != nil {
		return err
	}
	if !on {
		return removeRecord(path)
	}
	data, err := a.entry()
	if err != nil {
		return err
	}
	return writeRecord(path, data)
}
