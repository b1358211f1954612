package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
)

// partPrefix begins the names of files that are still arriving.
const partPrefix = ".part-"

// mediaFiles keeps the files of messages and their small pictures, each named by
// its SHA-256, and takes new ones in without holding them in memory.
type mediaFiles struct {
	*digestFiles              // the files
	thumbs       *digestFiles // the small pictures
	began        time.Time    // what is older was left behind by an earlier run

	mu    sync.Mutex           // held while a file comes into its place or goes
	fresh map[string]time.Time // files whose record may not be written yet
}

// freshFor is how long a new file stays although nothing refers to it: its
// record is written after it.
const freshFor = time.Minute

func newMediaFiles(dir string) *mediaFiles {
	return &mediaFiles{
		digestFiles: &digestFiles{dir: dir}, thumbs: &digestFiles{dir: filepath.Join(dir, "thumbs")},
		began: time.Now(), fresh: map[string]time.Time{},
	}
}

// Save keeps the bytes of a file that is to be sent.
func (f *mediaFiles) Save(data []byte, mimetype string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	digest, err := f.digestFiles.Save(data, mimetype)
	f.fresh[digest] = time.Now()
	return digest, err
}

// Create begins a file; who asked ends it with Keep or Discard.
func (f *mediaFiles) Create() (wasync.MediaFile, error) {
	file, err := os.CreateTemp(f.dir, partPrefix+"*") // CreateTemp makes it 0600
	if err != nil {
		return nil, &storageError{fmt.Errorf("begin a file: %w", err)}
	}
	return &arrivingFile{files: f, file: file, sum: sha256.New()}, nil
}

// SaveThumb keeps a small picture. It is not synced to the disk: should it be
// lost with the machine, the next sync brings it again.
func (f *mediaFiles) SaveThumb(data []byte) (string, error) {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	path := f.thumbs.path(digest)
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(data)) {
		return digest, nil
	}
	tmp, err := os.CreateTemp(f.thumbs.dir, partPrefix+"*")
	if errors.Is(err, os.ErrNotExist) {
		if err = os.MkdirAll(f.thumbs.dir, dirMode); err == nil {
			tmp, err = os.CreateTemp(f.thumbs.dir, partPrefix+"*")
		}
	}
	if err != nil {
		return "", &storageError{fmt.Errorf("begin a small picture: %w", err)}
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return "", &storageError{fmt.Errorf("keep a small picture: %w", errors.Join(err, ignoreNotExist(os.Remove(tmp.Name()))))}
	}
	return digest, nil
}

// Free returns how many bytes may still be written where the files are.
func (f *mediaFiles) Free() (uint64, error) { return freeSpace(f.dir) }

// storageError is an error of the disk on which the files are kept.
type storageError struct{ err error }

func (e *storageError) Error() string { return e.err.Error() }
func (e *storageError) Unwrap() error { return e.err }

// ProblemKind says what it means for the owner.
func (e *storageError) ProblemKind() model.ProblemKind {
	switch {
	case fullDisk(e.err):
		return model.ProblemDiskFull
	case readOnlyDisk(e.err), errors.Is(e.err, os.ErrPermission):
		return model.ProblemReadOnly
	}
	return model.ProblemInternal
}

// arrivingFile is a file that is being fetched. It belongs to one goroutine.
type arrivingFile struct {
	files *mediaFiles
	file  *os.File
	sum   hash.Hash
	size  int64
	head  []byte
	ended bool
}

// Reset throws away what has arrived: the download begins again.
func (a *arrivingFile) Reset() error {
	a.sum.Reset()
	a.size, a.head = 0, a.head[:0]
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return &storageError{fmt.Errorf("begin a file again: %w", err)}
	}
	if err := a.file.Truncate(0); err != nil {
		return &storageError{fmt.Errorf("begin a file again: %w", err)}
	}
	return nil
}

// Write takes what has arrived.
func (a *arrivingFile) Write(p []byte) (int, error) {
	if missing := model.SniffBytes - len(a.head); missing > 0 {
		a.head = append(a.head, p[:min(len(p), missing)]...)
	}
	n, err := a.file.Write(p)
	a.sum.Write(p[:n])
	a.size += int64(n)
	if err != nil {
		return n, &storageError{fmt.Errorf("write a file: %w", err)}
	}
	return n, nil
}

// Keep puts the file in place under its digest once all of it is on the disk, and
// says what it really is. A file that is held already is left as it is.
func (a *arrivingFile) Keep() (wasync.StoredMedia, error) {
	stored := wasync.StoredMedia{SHA256: hex.EncodeToString(a.sum.Sum(nil)), Size: a.size, MimeType: model.SniffMedia(a.head)}
	if strings.HasPrefix(stored.MimeType, "image/") {
		if config, _, err := image.DecodeConfig(io.NewSectionReader(a.file, 0, a.size)); err == nil {
			stored.Width, stored.Height = config.Width, config.Height
		}
	}
	a.files.mu.Lock()
	defer a.files.mu.Unlock()
	a.files.fresh[stored.SHA256] = time.Now()
	path := a.files.path(stored.SHA256)
	if info, err := os.Stat(path); err == nil && info.Size() == a.size {
		a.Discard()
		return stored, nil
	}
	err := a.file.Sync()
	a.ended = true
	err = errors.Join(err, a.file.Close())
	if err == nil {
		err = os.Rename(a.file.Name(), path)
	}
	if err != nil {
		return stored, &storageError{fmt.Errorf("keep a file: %w", errors.Join(err, ignoreNotExist(os.Remove(a.file.Name()))))}
	}
	syncDir(a.files.dir)
	return stored, nil
}

// Discard throws the file away; after Keep it does nothing.
func (a *arrivingFile) Discard() {
	if a.ended {
		return
	}
	a.ended = true
	_ = a.file.Close()
	_ = os.Remove(a.file.Name()) // what is left of it goes at the next start
}

// sweepBatch is how many names are held against the store at a time.
const sweepBatch = 500

// inUse tells which of some digests a record refers to.
type inUse func(context.Context, []string) (map[string]bool, error)

// sweep removes what a kill of an earlier run left behind: files that were still
// arriving, and files that no record refers to. Small pictures stay: they are
// few KB each, and the same ones come again.
func (f *mediaFiles) sweep(ctx context.Context, used inUse) (removed int, err error) {
	for _, place := range []*digestFiles{f.digestFiles, f.thumbs} {
		dir, err := os.Open(place.dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, fmt.Errorf("look through the files: %w", err)
		}
		n, err := f.sweepFolder(ctx, dir, place, used)
		removed += n
		if err = errors.Join(err, dir.Close()); err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func (f *mediaFiles) sweepFolder(ctx context.Context, dir *os.File, place *digestFiles, used inUse) (removed int, err error) {
	for ctx.Err() == nil {
		entries, err := dir.ReadDir(sweepBatch)
		if errors.Is(err, io.EOF) {
			return removed, nil
		}
		if err != nil {
			return removed, fmt.Errorf("look through the files: %w", err)
		}
		var digests []string
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(f.began) {
				continue
			}
			switch name := e.Name(); {
			case strings.HasPrefix(name, partPrefix):
				if os.Remove(filepath.Join(place.dir, name)) == nil {
					removed++
				}
			case place == f.digestFiles && place.path(name) != "":
				digests = append(digests, name)
			}
		}
		n, err := f.removeUnused(ctx, digests, used)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, ctx.Err()
}

// remove deletes those of the files that no record refers to any more.
func (f *mediaFiles) remove(ctx context.Context, digests []string, used inUse) error {
	_, err := f.removeUnused(ctx, digests, used)
	return err
}

func (f *mediaFiles) removeUnused(ctx context.Context, digests []string, used inUse) (removed int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	referred, err := used(ctx, digests)
	if err != nil {
		return 0, fmt.Errorf("look who refers to files: %w", err)
	}
	for digest, since := range f.fresh {
		if time.Since(since) > freshFor {
			delete(f.fresh, digest)
		}
	}
	for _, digest := range digests {
		path := f.path(digest)
		if _, fresh := f.fresh[digest]; path == "" || fresh || referred[digest] {
			continue
		}
		if err := os.Remove(path); err == nil {
			removed++
		} else if !errors.Is(err, os.ErrNotExist) {
			return removed, &storageError{fmt.Errorf("remove a file: %w", err)}
		}
	}
	return removed, nil
}

// head returns the beginning of a kept file.
func (f *mediaFiles) head(digest string) ([]byte, error) {
	file, err := os.Open(f.path(digest))
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	var b bytes.Buffer
	if _, err := io.CopyN(&b, file, model.SniffBytes); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	return b.Bytes(), nil
}
