package desktop

import (
	"fmt"
	"os"
	"path/filepath"
)

func (a *Autostart) path() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("look for the folder of agents: %w", err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", a.ID+".plist"), nil
}

// On tells whether the system starts the program.
func (a *Autostart) On() (bool, error) {
	path, err := a.path()
	if err != nil {
		return false, err
	}
	data, err := readRecord(path)
	return err == nil && agentOn(data), err
}

// Set has the program started with the system, or ends that. It counts from the
// next time on that the owner logs in.
func (a *Autostart) Set(on bool) error {
	path, err := a.path()
	if err != nil {
		return err
	}
	if !on {
		return removeRecord(path)
	}
	data, err := a.agent()
	if err != nil {
		return err
	}
	return writeRecord(path, data)
}
