//go:build !windows

package desktop

// On tells whether the system starts the program.
func (a *Autostart) On() (bool, error) {
	path, err := a.path()
	if err != nil {
		return false, err
	}
	data, err := readRecord(path)
	return err == nil && recordOn(data), err
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
	data, err := a.record()
	if err != nil {
		return err
	}
	return writeRecord(path, data)
}
