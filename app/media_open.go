package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/xappiens/buzon/model"
)

var (
	// ErrNotStored says that the file of a message is not held locally.
	ErrNotStored = fmt.Errorf("the file is not downloaded: %w", os.ErrNotExist)
	// ErrFileExists says that there is a file where one was to be saved.
	ErrFileExists = fmt.Errorf("there is such a file already: %w", os.ErrExist)
)

// Open hands the file of a message to the program that the system has for it, as
// a copy under a clean name with the extension of what it really is. Only
// pictures, sound, video, text and documents are handed over; of whatever could
// run or load something, by its bytes or its name, the folder is opened instead.
func (m *Media) Open(ctx context.Context, id model.MessageID) (model.OpenedAs, error) {
	ref, err := m.stored(ctx, id)
	if err != nil {
		return "", err
	}
	head, err := m.a.media.head(ref.SHA256)
	if err != nil {
		return "", err
	}
	extension, safe := model.OpenAs(model.SniffMedia(head), ref.FileName)
	folder := filepath.Join(m.a.Paths.Open, ref.SHA256[:16])
	if err := os.MkdirAll(folder, dirMode); err != nil {
		return "", &storageError{fmt.Errorf("make a folder for the file: %w", err)}
	}
	path := filepath.Join(folder, model.CleanFileName(ref.FileName, extension, string(ref.Type)))
	if err := m.copyTo(ref, path, true); err != nil {
		return "", err
	}
	as, target := model.OpenedFile, path
	if !safe {
		as, target = model.OpenedFolder, folder
	}
	if err := m.open(ctx, target); err != nil {
		return "", fmt.Errorf("open the %s: %w", as, err)
	}
	return as, nil
}

// FileName returns a clean name for saving the file of a message.
func (m *Media) FileName(ctx context.Context, id model.MessageID) (string, error) {
	ref, err := m.ref(ctx, id)
	if err != nil {
		return "", err
	}
	extension, _ := model.OpenAs(ref.MimeType, "")
	return model.CleanFileName(ref.FileName, extension, string(ref.Type)), nil
}

// SaveAs copies the file of a message to a path that the owner chose.
// ErrFileExists when something is there already: nothing is replaced.
func (m *Media) SaveAs(ctx context.Context, id model.MessageID, path string) error {
	ref, err := m.stored(ctx, id)
	if err != nil {
		return err
	}
	return m.copyTo(ref, path, false)
}

// copyTo writes the whole file under a new name, or nothing.
func (m *Media) copyTo(ref model.MediaRef, path string, replace bool) (err error) {
	from, err := os.Open(m.a.media.path(ref.SHA256))
	if err != nil {
		return fmt.Errorf("open the stored file: %w", err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	if _, err := os.Lstat(path); err == nil && !replace {
		return ErrFileExists
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), partPrefix+"*")
	if err != nil {
		return fmt.Errorf("begin the copy: %w", err)
	}
	defer func() { err = errors.Join(err, ignoreNotExist(os.Remove(tmp.Name()))) }()
	_, err = io.Copy(tmp, from)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	if replace {
		err = os.Rename(tmp.Name(), path)
	} else if err = os.Link(tmp.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		err = placeNew(tmp.Name(), path) // some disks know no links
	}
	switch {
	case errors.Is(err, os.ErrExist):
		return ErrFileExists
	case err != nil:
		return fmt.Errorf("put the copy in place: %w", err)
	}
	return nil
}

// placeNew copies a file to a path at which nothing is.
func placeNew(from, path string) error {
	data, err := readCapped(from, model.MaxMediaFile)
	if err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = to.Write(data)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// stored returns the record of a file that is held.
func (m *Media) stored(ctx context.Context, id model.MessageID) (model.MediaRef, error) {
	ref, err := m.ref(ctx, id)
	if err != nil {
		return ref, err
	}
	if ref.State != model.MediaStored {
		return ref, ErrNotStored
	}
	if _, err := os.Stat(m.a.media.path(ref.SHA256)); errors.Is(err, os.ErrNotExist) {
		m.lost(ctx, ref)
		return ref, ErrNotStored
	}
	return ref, nil
}
