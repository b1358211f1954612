package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// Backup is an open backup, whose seal and manifest are checked. Close ends it.
type Backup struct {
	file     *os.File
	path     string
	size     int64
	manifest manifest
	members  map[string]*zip.File
}

// Open opens a backup and checks its seal, which proves that it is as it was
// written: ErrNotBackup, ErrDamaged, ErrNewer.
func Open(ctx context.Context, path string, progress Progress) (*Backup, error) {
	if progress == nil {
		progress = func(model.BackupProgress) {}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	b := &Backup{file: f, path: path}
	if err := b.open(ctx, progress); err != nil {
		return nil, errors.Join(fmt.Errorf("open the backup: %w", err), f.Close())
	}
	return b, nil
}

func (b *Backup) open(ctx context.Context, progress Progress) error {
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return ErrNotBackup
	}
	b.size = info.Size()
	done := int64(0)
	return b.check(ctx, b.file, func(n int64) {
		done += n
		progress(model.BackupProgress{Step: "hash", Done: done, Total: b.size})
	})
}

func (b *Backup) check(ctx context.Context, f io.ReaderAt, tell func(int64)) error {
	if err := checkSeal(ctx, f, b.size, tell); err != nil {
		return err
	}
	archive, err := zip.NewReader(f, b.size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(archive.File) > maxMembers {
		return fmt.Errorf("%w: it has too many members", ErrDamaged)
	}
	b.members = make(map[string]*zip.File, len(archive.File))
	for _, m := range archive.File {
		if b.members[m.Name] != nil {
			return fmt.Errorf("%w: a member comes twice", ErrDamaged)
		}
		b.members[m.Name] = m
	}
	return b.readManifest()
}

// checkSeal compares the digest at the end with what comes before.
func checkSeal(ctx context.Context, f io.ReaderAt, size int64, tell func(int64)) error {
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	begins := string(head[:]) == "PK\x03\x04"
	seal := make([]byte, sealBytes)
	sealed := false
	if size > int64(sealBytes) {
		if _, err := f.ReadAt(seal, size-int64(sealBytes)); err != nil {
			return err
		}
		sealed = bytes.HasPrefix(seal, []byte(sealPrefix))
	}
	switch {
	case !begins && !sealed:
		return ErrNotBackup
	case !begins || !sealed:
		return fmt.Errorf("%w: its beginning or its end is missing", ErrDamaged)
	}
	digest, err := sealOf(ctx, f, size, tell)
	if err != nil {
		return err
	}
	if digest != string(seal[len(sealPrefix):]) {
		return fmt.Errorf("%w: its digest is another", ErrDamaged)
	}
	return nil
}

// readManifest reads what is in the backup and holds the members against it.
func (b *Backup) readManifest() error {
	m := b.members[manifestName]
	if m == nil {
		return fmt.Errorf("%w: it has no manifest", ErrNotBackup)
	}
	text, err := readMember(m, maxManifest)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &b.manifest); err != nil {
		return fmt.Errorf("%w: its manifest makes no sense", ErrDamaged)
	}
	if b.manifest.Format > Format || b.manifest.Schema > store.SchemaVersion {
		return fmt.Errorf("%w: format %d, schema %d", ErrNewer, b.manifest.Format, b.manifest.Schema)
	}
	if b.manifest.Format < 1 || b.manifest.Schema < 1 || len(b.manifest.Members)+1 != len(b.members) {
		return fmt.Errorf("%w: its manifest is not that of its members", ErrDamaged)
	}
	return b.checkMembers()
}

// checkMembers holds the members against the manifest.
func (b *Backup) checkMembers() error {
	seen := map[string]bool{}
	total := int64(0)
	for _, want := range b.manifest.Members {
		if held := b.members[want.Name]; held == nil || seen[want.Name] || !want.fits(held) {
			return fmt.Errorf("%w: a member is not what the manifest says", ErrDamaged)
		}
		seen[want.Name] = true
		if total += want.Size; total < 0 || total/maxRatio > b.size {
			return fmt.Errorf("%w: it would become too large", ErrDamaged)
		}
	}
	if !seen[storeName] {
		return fmt.Errorf("%w: it has no store", ErrDamaged)
	}
	return nil
}

// fits tells whether a member of the archive can be the one that the manifest
// means: by a name of ours, as a file, of that size, and, if its name is a
// digest, its own.
func (m *member) fits(held *zip.File) bool {
	if !validName(m.Name) || m.Name == manifestName || !isDigest(m.SHA256) {
		return false
	}
	if m.Size < 0 || held.UncompressedSize64 != uint64(m.Size) || held.Mode()&os.ModeType != 0 {
		return false
	}
	_, digest, isFile := fileOf(m.Name)
	return !isFile || digest == m.SHA256
}

// readMember reads a small member.
func readMember(m *zip.File, limit int64) (data []byte, err error) {
	if m.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errLimit)
	}
	in, err := m.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { _ = in.Close() }() // it was only read
	data, err = io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errLimit)
	}
	return data, nil
}

// Report tells what is in the backup.
func (b *Backup) Report() model.BackupReport {
	return model.BackupReport{File: b.path, Bytes: b.size, Content: b.manifest.content()}
}

// Close closes the file.
func (b *Backup) Close() error { return b.file.Close() }

// Settings returns the settings that were backed up, as the text of a settings file.
func (b *Backup) Settings() ([]byte, error) {
	m := b.members[settingsName]
	if m == nil {
		return nil, nil
	}
	return readMember(m, maxSettings)
}

// Unpack writes the store to a new file and hands each kept file over to keep,
// which reads all of it. A nil keep checks the files only. It proves every
// digest, that the store is sound, and that it holds what the manifest says. The
// new file is of the version of the backup still; it is removed after an error.
func (b *Backup) Unpack(ctx context.Context, to string, keep func(folder, digest string, in io.Reader) error, progress Progress) (err error) {
	if progress == nil {
		progress = func(model.BackupProgress) {}
	}
	if err := store.RemoveStore(to); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("unpack the backup: %w", err), store.RemoveStore(to))
		}
	}()
	total, done := b.manifest.content().Size, int64(0)
	tell := func(n int64) {
		done += n
		progress(model.BackupProgress{Step: "unpack", Done: done, Total: total})
	}
	for _, m := range b.manifest.Members {
		if err := b.unpackMember(ctx, m, to, keep, tell); err != nil {
			return err
		}
	}
	progress(model.BackupProgress{Step: "check", Done: total, Total: total})
	content, err := store.ReadContent(ctx, to)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if content.Schema != b.manifest.Schema || !maps.Equal(content.Counts, b.manifest.Counts) {
		return fmt.Errorf("%w: the store holds something else than the manifest says", ErrDamaged)
	}
	return nil
}

func (b *Backup) unpackMember(ctx context.Context, m member, to string, keep func(folder, digest string, in io.Reader) error, tell func(int64)) (err error) {
	in, err := b.members[m.Name].Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { _ = in.Close() }() // it was only read
	sum := sha256.New()
	read := &checkedReader{in: io.TeeReader(io.LimitReader(in, m.Size+1), sum), tell: tell, ctx: ctx}
	folder, digest, isFile := fileOf(m.Name)
	switch {
	case m.Name == storeName:
		err = writeNew(to, read)
	case isFile && keep != nil:
		err = keep(folder, digest, read)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, read)
	}
	if err != nil {
		if read.failed {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return err
	}
	if read.n != m.Size || hex.EncodeToString(sum.Sum(nil)) != m.SHA256 {
		return fmt.Errorf("%w: the digest of a member is another", ErrDamaged)
	}
	return nil
}

// checkedReader counts, tells, and knows whether reading failed.
type checkedReader struct {
	in     io.Reader
	ctx    context.Context
	tell   func(int64)
	n      int64
	failed bool
}

// Read reads on until the context ends.
func (r *checkedReader) Read(p []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	n, err := r.in.Read(p)
	r.n += int64(n)
	if n > 0 {
		r.tell(int64(n))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		r.failed = true
	}
	return n, err
}

func writeNew(path string, in io.Reader) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{out}, in, make([]byte, 1<<20))
	return errors.Join(err, out.Sync(), out.Close())
}

// Verify proves that a backup can be restored: it checks every digest, unpacks
// the store into a staging folder, brings it up to date, and checks it as a whole.
func Verify(ctx context.Context, path, staging string, progress Progress) (report model.BackupReport, err error) {
	b, err := Open(ctx, path, progress)
	if err != nil {
		return model.BackupReport{File: path}, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	report = b.Report()
	dir, err := os.MkdirTemp(staging, stagingPrefix+"*")
	if err != nil {
		return report, fmt.Errorf("verify the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	copied := filepath.Join(dir, storeName)
	if err := b.Unpack(ctx, copied, nil, progress); err != nil {
		return report, err
	}
	if err := checkStore(ctx, copied); err != nil {
		return report, err
	}
	report.Verified = true
	return report, nil
}

// checkStore brings a copy up to date and checks it.
func checkStore(ctx context.Context, path string) error {
	s, err := store.Open(ctx, store.Options{Path: path})
	if err == nil {
		err = errors.Join(s.CheckBeside(ctx), s.Close())
	}
	if errors.Is(err, store.ErrCorrupt) {
		return fmt.Errorf("verify the backup: %w: %w", ErrDamaged, err)
	}
	return err
}
