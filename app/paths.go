package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// folderName is the sub-folder of Buzón in the places of the system.
const folderName = "buzon"

// Paths says where Buzón keeps what it keeps. All are absolute.
type Paths struct {
	Config  string // folder of the settings
	Data    string // folder of the store
	Media   string // folder of files of messages, named by their digest
	Avatars string // folder of profile pictures, named by their digest
	Open    string // folder of copies that other programs were given; emptied at each start
	Backups string // folder of the backups that are made by themselves
	Logs    string // folder of the log and crash files

	SettingsFile string
	StoreFile    string
	LockFile     string // held by the program that owns the data, which it names
	UseFile      string // held, shared, by every program that has the store open
	SafetyFile   string // what is known of the store's soundness and its backups
	SwapFile     string // a replacement of the store that is under way
	ShowFile     string // how a second start reaches the running window
	KeyFile      string // the API key, where no keyring keeps it
	LogFile      string
	CrashFile    string

	// OneFolder tells that everything is in one folder that the owner named.
	OneFolder bool
}

// NewPaths returns the paths for a data folder; "" stands for the places of the
// system: XDG on Linux, %AppData% and %LocalAppData% on Windows, Library on
// macOS. It touches nothing on disk.
func NewPaths(dataDir string) (Paths, error) {
	if dataDir != "" {
		dir, err := filepath.Abs(dataDir)
		if err != nil {
			return Paths{}, fmt.Errorf("find the data folder %q: %w", dataDir, err)
		}
		p := pathsIn(dir, dir, filepath.Join(dir, "logs"))
		p.OneFolder = true
		return p, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return Paths{}, fmt.Errorf("find the home folder: %w (--data-dir names another place)", err)
	}
	config, data, logs := systemPlaces(runtime.GOOS, home, os.Getenv)
	return pathsIn(config, data, logs), nil
}

// systemPlaces returns the folders for settings, data and logs. A variable with
// a relative path is ignored, as the XDG base directory specification demands.
func systemPlaces(goos, home string, getenv func(string) string) (config, data, logs string) {
	place := func(variable string, otherwise ...string) string {
		dir := getenv(variable)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(append([]string{home}, otherwise...)...)
		}
		return filepath.Join(dir, folderName)
	}
	switch goos {
	case "windows":
		data = place("LocalAppData", "AppData", "Local")
		return place("AppData", "AppData", "Roaming"), data, filepath.Join(data, "logs")
	case "darwin":
		data = filepath.Join(home, "Library", "Application Support", folderName)
		return data, data, filepath.Join(home, "Library", "Logs", folderName)
	default:
		return place("XDG_CONFIG_HOME", ".config"), place("XDG_DATA_HOME", ".local", "share"), place("XDG_STATE_HOME", ".local", "state")
	}
}

func pathsIn(config, data, logs string) Paths {
	return Paths{
		Config: config, Data: data, Logs: logs,
		Media: filepath.Join(data, "media"), Avatars: filepath.Join(data, "avatars"), Open: filepath.Join(data, "open"),
		Backups:      filepath.Join(data, "backups"),
		SettingsFile: filepath.Join(config, "settings.json"),
		StoreFile:    filepath.Join(data, "buzon.db"),
		LockFile:     filepath.Join(data, "buzon.lock"),
		UseFile:      filepath.Join(data, "buzon.use"),
		SafetyFile:   filepath.Join(data, "safety.json"),
		SwapFile:     filepath.Join(data, "buzon.swap"),
		ShowFile:     filepath.Join(data, "buzon.show"),
		KeyFile:      filepath.Join(config, "api-key"),
		LogFile:      filepath.Join(logs, "buzon.log"),
		CrashFile:    filepath.Join(logs, "crash.log"),
	}
}

// Ensure makes the folders that are missing, for the owner only. A folder of
// ours that others can look into is closed to them; one that the owner named
// with --data-dir keeps its rights, since it may hold more than ours.
func (p Paths) Ensure() error {
	for _, dir := range []string{p.Config, p.Data, p.Media, p.Avatars, p.Logs} {
		if err := os.MkdirAll(dir, dirMode); err != nil {
			return fmt.Errorf("make the folder %s: %w", dir, err)
		}
		if p.OneFolder && dir == p.Data {
			continue
		}
		if err := closeToOthers(dir); err != nil {
			return fmt.Errorf("close the folder %s to other users: %w", dir, err)
		}
	}
	return nil
}

// closeToOthers takes the rights of group and others away.
func closeToOthers(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !openToOthers(info) {
		return nil
	}
	err = os.Chmod(path, info.Mode().Perm()&0o700)
	if errors.Is(err, os.ErrPermission) || readOnlyDisk(err) {
		return nil // not ours to change; what we write in it is 0600
	}
	return err
}

// ID tells two data folders apart and stays the same for one. It says nothing
// of where the folder is.
func (p Paths) ID() string {
	sum := sha256.Sum256([]byte(filepath.Clean(p.Data)))
	return hex.EncodeToString(sum[:8])
}

// openToOthers tells whether other users of the machine may enter or read. On
// Windows the rights of the user's profile keep them out.
func openToOthers(info os.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}
