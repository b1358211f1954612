package desktop

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// On tells whether the system starts the program. The Task Manager can switch
// off what is written in the Run key.
func (a *Autostart) On() (bool, error) {
	run, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the Run key: %w", err)
	}
	defer func() { _ = run.Close() }() // it was only read
	line, _, err := run.GetStringValue(a.ID)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the Run key: %w", err)
	}
	words, err := windows.DecomposeCommandLine(line)
	if err != nil || len(words) == 0 || !isProgram(words[0]) {
		return false, nil
	}
	return !switchedOff(a.ID), nil
}

// switchedOff tells whether the owner has switched an entry off: the first byte is odd.
func switchedOff(name string) bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return false
	}
	defer func() { _ = key.Close() }() // it was only read
	state, _, err := key.GetBinaryValue(name)
	return err == nil && len(state) > 0 && state[0]&1 == 1
}

// Set has the program started with the system, or ends that.
func (a *Autostart) Set(on bool) error {
	for _, word := range append([]string{a.Program}, a.Args...) {
		if strings.ContainsAny(word, "\"\x00\n\r") {
			return ErrArgument
		}
	}
	if on { // what was switched off in the Task Manager would stay off
		if key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.SET_VALUE); err == nil {
			err = errors.Join(ignoreMissing(key.DeleteValue(a.ID)), key.Close())
			if err != nil {
				return fmt.Errorf("allow the start with the system: %w", err)
			}
		}
	}
	run, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("open the Run key: %w", err)
	}
	if on {
		err = run.SetStringValue(a.ID, windows.ComposeCommandLine(append([]string{a.Program}, a.Args...)))
	} else {
		err = ignoreMissing(run.DeleteValue(a.ID))
	}
	if err := errors.Join(err, run.Close()); err != nil {
		return fmt.Errorf("write the Run key: %w", err)
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}
