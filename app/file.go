package app

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Rights of what Buzón puts on disk: the owner's alone.
const (
	dirMode  = 0o700
	fileMode = 0o600
)

// errFileTooLarge says that a small file of ours has grown beyond all reason.
var errFileTooLarge = errors.New("the file is too large")

// writeFile replaces a file so that a reader, or a machine that loses power,
// sees the whole old content or the whole new one: a temporary file in the same
// folder is written, synced and renamed over it, then the folder is synced.
func writeFile(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".tmp-*") // CreateTemp makes it 0600
	if err != nil {
		return fmt.Errorf("create a temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreNotExist(os.Remove(tmp.Name())))
		}
	}()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write a temporary file: %w", err)
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("put the new file in place: %w", err)
	}
	syncDir(dir)
	return nil
}

// syncDir makes a rename durable where the system can; the rename itself has
// happened, so a failure is not one of the write.
func syncDir(dir string) {
	if runtime.GOOS == "windows" {
		return // folders cannot be opened for syncing there
	}
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}

// readCapped reads a file of at most limit bytes.
func readCapped(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, errFileTooLarge
	}
	return data, nil
}

func ignoreNotExist(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
