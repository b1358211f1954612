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

// record is what the system is given, and recordOn reads it again.
func (a *Autostart) record() ([]byte, error) { return a.agent() }

func recordOn(data []byte) bool { return agentOn(data) }
