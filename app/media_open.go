package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xappiens/buzon/model"
)

// ErrNotStored says that the file of a message is not held locally.
var ErrNotStored = errors.New("the file is not downloaded")

// Open hands the file of a message to the program that the system has for it.
// A kind that could do harm opens its folder instead.
func (m *Media) Open(ctx context.Context, id model.MessageID) (model.OpenedAs, error) {
	if _, err := m.stored(ctx, id); err != nil {
		return "", err
	}
	return model.OpenedFolder, openOutside(ctx, m.a.Paths.Media)
}

// SaveAs copies the file of a message to a path that the owner chose. A file
// that is there already is not replaced.
func (m *Media) SaveAs(ctx context.Context, id model.MessageID, path string) error {
	ref, err := m.stored(ctx, id)
	if err != nil {
		return err
	}
	from, err := os.Open(m.a.media.path(ref.SHA256))
	if err != nil {
		return fmt.Errorf("open the stored file: %w", err)
	}
	defer from.Close() //nolint:errcheck // it was only read
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("make the copy: %w", err)
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}

// stored returns the record of a file that is held.
func (m *Media) stored(ctx context.Context, id model.MessageID) (model.MediaRef, error) {
	ref, err := m.a.Store.MediaRef(ctx, id)
	if err != nil {
		return ref, fmt.Errorf("load the record of the file: %w", err)
	}
	if ref.State != model.MediaStored {
		return ref, ErrNotStored
	}
	return ref, nil
}
