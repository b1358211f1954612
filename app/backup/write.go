package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// Progress is told how far the work is.
type Progress = func(model.BackupProgress)

// Source is what is backed up.
type Source struct {
	Store    *store.Store
	Settings []byte // the settings file's text; it holds no secret
	Program  string // version of the program
	// Folders are where kept files lie, by their name in the backup; nil leaves them out.
	Folders map[string]string
	Staging string // folder for the copy of the store, which is removed again
	Now     func() time.Time
}

// Write makes a backup. The file appears whole or not at all, and an existing
// one is never replaced: ErrExists. A kept file that has changed or gone is left
// out and counted.
func Write(ctx context.Context, src Source, path string, progress Progress) (report model.BackupReport, err error) {
	if progress == nil {
		progress = func(model.BackupProgress) {}
	}
	if _, err := os.Lstat(path); err == nil {
		return report, fmt.Errorf("write %s: %w", filepath.Base(path), ErrExists)
	}
	report.File = path
	staging, err := os.MkdirTemp(src.Staging, stagingPrefix+"*")
	if err != nil {
		return report, fmt.Errorf("begin the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staging)) }()
	copied := filepath.Join(staging, storeName)
	if err := src.Store.CopyTo(ctx, copied, func(done, total int64) {
		progress(model.BackupProgress{Step: "copy", Done: done, Total: total})
	}); err != nil {
		return report, err
	}
	content, err := store.ReadContent(ctx, copied)
	if err != nil {
		return report, err
	}
	out, err := os.CreateTemp(filepath.Dir(path), stagingPrefix+"*.part") // CreateTemp makes it 0600
	if err != nil {
		return report, fmt.Errorf("begin the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = out.Close() // it may be closed already
			err = errors.Join(err, ignoreMissing(os.Remove(out.Name())))
		}
	}()
	w := &writer{ctx: ctx, out: out, progress: progress}
	w.zip = zip.NewWriter(out)
	w.zip.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	w.manifest = manifest{
		Format: Format, Program: src.Program, Schema: content.Schema, CreatedAt: src.Now().UTC().Truncate(time.Second),
		Counts: content.Counts, NewestAt: content.NewestAt, WithMedia: src.Folders != nil,
	}
	if err := w.write(src, copied); err != nil {
		return report, fmt.Errorf("write the backup: %w", err)
	}
	report.Content, report.Missing = w.manifest.content(), w.missing
	if report.Bytes, err = w.publish(path); err != nil {
		return report, fmt.Errorf("write the backup: %w", err)
	}
	return report, nil
}

// stagingPrefix begins the names of what is there only while a backup is written or verified.
const stagingPrefix = ".buzon-backup-"

// Sweep removes what a kill left behind in folders in which backups are made. What is younger
// than a day may be another program's work.
func Sweep(now time.Time, dirs ...string) error {
	var errs []error
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // nothing was made in a folder that is not there
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || !strings.HasPrefix(e.Name(), stagingPrefix) || now.Sub(info.ModTime()) < 24*time.Hour {
				continue
			}
			errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// writer is one backup that is being written.
type writer struct {
	ctx      context.Context
	out      *os.File
	zip      *zip.Writer
	manifest manifest
	progress Progress
	done     int64
	total    int64
	missing  int
}

func (w *writer) write(src Source, copied string) error {
	info, err := os.Stat(copied)
	if err != nil {
		return err
	}
	w.total = info.Size()
	if err := w.addFile(storeName, copied, zip.Deflate, ""); err != nil {
		return err
	}
	if err := w.addBytes(settingsName, src.Settings, true); err != nil {
		return err
	}
	for _, folder := range []string{MediaFolder, ThumbsFolder, AvatarsFolder} {
		if dir := src.Folders[folder]; dir != "" {
			if err := w.addFolder(folder, dir); err != nil {
				return err
			}
		}
	}
	text, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return err
	}
	if err := w.addBytes(manifestName, text, false); err != nil {
		return err
	}
	// The digest is not known before the end: what stands for it is as long.
	if err := w.zip.SetComment(sealPrefix + fmt.Sprintf("%0*d", digestChars, 0)); err != nil {
		return err
	}
	return w.zip.Close()
}

// publish seals the file and puts it in its place.
func (w *writer) publish(path string) (int64, error) {
	size, err := w.out.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	digest, err := sealOf(w.ctx, w.out, size, nil)
	if err != nil {
		return 0, err
	}
	if _, err := w.out.WriteAt([]byte(digest), size-digestChars); err != nil {
		return 0, err
	}
	if err := errors.Join(w.out.Sync(), w.out.Close()); err != nil {
		return 0, err
	}
	// A link fails where a file is, a rename would replace it; not every disk has links.
	if err := os.Link(w.out.Name(), path); err == nil {
		return size, os.Remove(w.out.Name())
	} else if errors.Is(err, os.ErrExist) {
		return 0, ErrExists
	}
	return size, os.Rename(w.out.Name(), path)
}

func (w *writer) addFolder(folder, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !isDigest(e.Name()) {
			continue
		}
		err := w.addFile(folder+"/"+e.Name(), filepath.Join(dir, e.Name()), zip.Store, e.Name())
		if errors.Is(err, errChanged) || errors.Is(err, os.ErrNotExist) {
			w.missing++
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errChanged = errors.New("a kept file is not what it was")

// addFile adds a file; one whose digest must be want is checked before.
func (w *writer) addFile(name, path string, method uint16, want string) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if want != "" {
		sum := sha256.New()
		if _, err := io.Copy(sum, in); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != want {
			return errChanged
		}
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
	return w.add(name, in, method)
}

func (w *writer) addBytes(name string, data []byte, listed bool) error {
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.CreatedAt})
	if err != nil {
		return err
	}
	if _, err := to.Write(data); err != nil {
		return err
	}
	if listed {
		sum := sha256.Sum256(data)
		w.manifest.Members = append(w.manifest.Members, member{name, int64(len(data)), hex.EncodeToString(sum[:])})
	}
	return nil
}

func (w *writer) add(name string, in io.Reader, method uint16) error {
	to, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.manifest.CreatedAt})
	if err != nil {
		return err
	}
	sum := sha256.New()
	size, err := copyTold(w.ctx, io.MultiWriter(to, sum), in, func(n int64) {
		w.done += n
		w.progress(model.BackupProgress{Step: "pack", Done: w.done, Total: max(w.total, w.done)})
	})
	if err != nil {
		return err
	}
	w.manifest.Members = append(w.manifest.Members, member{name, size, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// copyTold copies in parts, until the context ends, and tells of each.
func copyTold(ctx context.Context, to io.Writer, from io.Reader, tell func(n int64)) (total int64, err error) {
	buf := make([]byte, 1<<20)
	for {
		if err := context.Cause(ctx); err != nil {
			return total, err
		}
		n, err := io.ReadFull(from, buf)
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return total, err
			}
			total += int64(n)
			tell(int64(n))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// sealOf returns the digest of a backup without its last characters, which hold it.
func sealOf(ctx context.Context, f io.ReaderAt, size int64, tell func(n int64)) (string, error) {
	if tell == nil {
		tell = func(int64) {}
	}
	sum := sha256.New()
	if _, err := copyTold(ctx, sum, io.NewSectionReader(f, 0, size-digestChars), tell); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
