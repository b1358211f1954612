package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// NeedsRepair tells whether New failed because the store is damaged or missing:
// then OpenCustody and Repair help.
func NeedsRepair(err error) bool {
	return errors.Is(err, store.ErrCorrupt) || errors.Is(err, ErrStoreMissing)
}

// Custody is the right to replace the store, with nobody having it open. End it
// with Close.
type Custody struct {
	Paths    Paths
	log      *Log
	now      func() time.Time
	instance *Instance
	use      *flock.Flock
}

// OpenCustody takes the right: ErrAlreadyRunning, or ErrInUse. A replacement
// that a kill interrupted is finished first.
func OpenCustody(ctx context.Context, o Options) (*Custody, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Custody{now: o.Now}
	if err := c.open(ctx, o); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Custody) open(ctx context.Context, o Options) (err error) {
	if c.Paths, err = NewPaths(o.DataDir); err != nil {
		return err
	}
	if err := c.Paths.Ensure(); err != nil {
		return err
	}
	if c.log, err = OpenLog(LogConfig{File: c.Paths.LogFile, Level: o.LogLevel, Console: o.Console, Redactor: &Redactor{}}); err != nil {
		return err
	}
	if c.instance, err = AcquireInstance(c.Paths, logrus.NewEntry(c.log.Logger)); err != nil {
		return err
	}
	if c.use, err = ownStore(ctx, c.Paths); err != nil {
		return err
	}
	return finishSwap(c.Paths)
}

func finishSwap(p Paths) error {
	s, err := pendingSwap(p)
	if err != nil || s == nil {
		return err
	}
	return s.do(p)
}

// Close gives the right back.
func (c *Custody) Close() error {
	var errs []error
	if c.use != nil {
		errs = append(errs, c.use.Close())
	}
	if c.instance != nil {
		errs = append(errs, c.instance.Close())
	}
	if c.log != nil {
		errs = append(errs, c.log.Close())
	}
	return errors.Join(errs...)
}

// roomFor refuses work that would fill the disk.
func roomFor(dir string, bytes int64) error {
	free, err := freeSpace(dir)
	if err != nil {
		return nil // not known is no reason to refuse
	}
	if free < uint64(max(bytes, 0))+spaceKept {
		return &noSpaceError{needed: bytes, free: free}
	}
	return nil
}

// noSpaceError says that work was not begun because the disk would not hold its result.
type noSpaceError struct {
	needed int64
	free   uint64
}

func (e *noSpaceError) Error() string {
	return fmt.Sprintf("%d MB are needed on the disk and %d MB are free", e.needed>>20, e.free>>20)
}

// ProblemKind says what it means for the owner.
func (e *noSpaceError) ProblemKind() model.ProblemKind { return model.ProblemDiskFull }

// spaceKept is what is left free in any case.
const spaceKept = 64 << 20

func sizeOf(paths ...string) (total int64) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	return total
}

// Backups returns the backups made here by themselves, the newest first.
func Backups(p Paths) []string {
	list, err := filepath.Glob(filepath.Join(globEscape(p.Backups), "*"+backup.Extension))
	if err != nil {
		return nil
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(b, a) }) // their names begin with the time
	return list
}

func globEscape(dir string) string {
	return strings.NewReplacer(`\`, `\`, "*", "[*]", "?", "[?]", "[", "[[]").Replace(dir)
}

// NewestBackup returns the newest backup that is as it was written.
func (c *Custody) NewestBackup(ctx context.Context) (model.BackupReport, bool) {
	for _, path := range Backups(c.Paths) {
		b, err := backup.Open(ctx, path, nil)
		if err == nil {
			report := b.Report()
			_ = b.Close() // it was only read
			return report, true
		}
	}
	return model.BackupReport{}, false
}

// Repair salvages the damaged store and puts the new one in its place; the
// damaged file stays beside it. A backup, "" for none, fills in what is lost. It
// can be cancelled, and killed, at any moment: then the damaged store is where
// it was and the next Repair begins anew. Where the store is missing, that of the
// backup takes its place, or an empty one.
func (c *Custody) Repair(ctx context.Context, fillFrom string, progress func(model.SalvageProgress)) (report model.SalvageReport, err error) {
	p := c.Paths
	if c.Missing() != "" {
		return c.renew(ctx, fillFrom, progress)
	}
	needed := 2 * sizeOf(p.StoreFile, p.StoreFile+"-wal")
	if err := roomFor(p.Data, needed); err != nil {
		return report, fmt.Errorf("repair the store: %w", err)
	}
	fresh, fill := filepath.Join(p.Data, salvageName), filepath.Join(p.Data, fillName)
	defer func() {
		err = errors.Join(err, store.RemoveStore(fill))
		if err != nil {
			if s, pending := pendingSwap(p); pending == nil && s == nil {
				err = errors.Join(err, store.RemoveStore(fresh))
			}
		}
	}()
	o := store.SalvageOptions{From: p.StoreFile, To: fresh, Now: c.now, Progress: progress}
	if fillFrom != "" {
		if _, err := c.unpack(ctx, fillFrom, fill, false, nil); err != nil {
			return report, err
		}
		o.Copy = fill
	}
	c.log.Warn("the store is damaged: it is being salvaged")
	if report, err = store.Salvage(ctx, o); err != nil {
		return report, err
	}
	report.Backup = fillFrom
	s := &swap{New: salvageName, Aside: asideName(p, "damaged", c.now()), Why: "salvage", Made: &report}
	if err := errors.Join(s.decide(p), s.do(p)); err != nil {
		return report, err
	}
	c.log.WithFields(logrus.Fields{"recovered": report.RecoveredRows, "lost": report.LostRows}).Warn("the store was salvaged")
	return report, nil
}

// Preview tells what restoring a backup would do, after proving that it can be restored.
func (c *Custody) Preview(ctx context.Context, path string, progress backup.Progress) (model.RestorePreview, error) {
	return previewRestore(ctx, c.Paths, path, progress)
}

func previewRestore(ctx context.Context, p Paths, path string, progress backup.Progress) (model.RestorePreview, error) {
	var preview model.RestorePreview
	report, err := backup.Verify(ctx, path, p.Data, progress)
	if err != nil {
		return preview, err
	}
	preview.Backup = report
	preview.Migrate = report.Content.Schema < store.SchemaVersion
	if here, err := store.ReadContent(ctx, p.StoreFile); err == nil {
		preview.Here, preview.HereAt = here.Counts, here.NewestAt
		preview.Older = here.NewestAt > report.Content.NewestAt || here.Counts["messages"] > report.Content.Counts["messages"]
	}
	return preview, nil
}

// Restore puts the store of a backup in the place of the one that is here,
// which stays beside it under another name.
func (c *Custody) Restore(ctx context.Context, path string, progress backup.Progress) (model.BackupReport, error) {
	report, s, err := c.stage(ctx, path, progress)
	if err != nil {
		return report, err
	}
	return report, errors.Join(s.decide(c.Paths), s.do(c.Paths))
}

// stage makes the new store and brings the kept files back, which replaces nothing.
func (c *Custody) stage(ctx context.Context, path string, progress backup.Progress) (model.BackupReport, *swap, error) {
	fresh := filepath.Join(c.Paths.Data, restoreName)
	report, err := c.unpack(ctx, path, fresh, true, progress)
	if err != nil {
		return report, nil, err
	}
	if err := c.restoreSettings(ctx, path); err != nil {
		return report, nil, err
	}
	return report, &swap{New: restoreName, Aside: asideName(c.Paths, "before-restore", c.now()), Why: "restore"}, nil
}

// unpack makes a sound store of this version of a backup, in which nothing goes out by itself.
func (c *Custody) unpack(ctx context.Context, path, to string, files bool, progress backup.Progress) (report model.BackupReport, err error) {
	b, err := backup.Open(ctx, path, progress)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	report = b.Report()
	if err := roomFor(c.Paths.Data, 2*report.Content.Size); err != nil {
		return report, err
	}
	var keep func(folder, digest string, in io.Reader) error
	if files {
		keep = c.keepFile
	}
	if err := b.Unpack(ctx, to, keep, progress); err != nil {
		return report, err
	}
	s, err := store.Open(ctx, store.Options{Path: to, Now: c.now})
	if err != nil {
		return report, errors.Join(err, store.RemoveStore(to))
	}
	_, err = s.Distrust(ctx)
	if err = errors.Join(err, s.CheckBeside(ctx), s.Settle(ctx), s.Close()); err != nil {
		return report, errors.Join(err, store.RemoveStore(to))
	}
	report.Verified = true
	return report, nil
}

// keepFile puts a file of a backup in its place, when none is there.
func (c *Custody) keepFile(folder, digest string, in io.Reader) error {
	dir := map[string]string{
		backup.MediaFolder: c.Paths.Media, backup.ThumbsFolder: filepath.Join(c.Paths.Media, "thumbs"), backup.AvatarsFolder: c.Paths.Avatars,
	}[folder]
	path := filepath.Join(dir, digest)
	if _, err := os.Lstat(path); err == nil {
		return nil // it is named by its content
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, partPrefix+"*")
	if err != nil {
		return err
	}
	_, err = io.Copy(tmp, in)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = checkDigest(tmp.Name(), digest)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, ignoreNotExist(os.Remove(tmp.Name())))
	}
	return nil
}

func checkDigest(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	_, err = io.Copy(io.Discard, &checkedFile{file: f, sum: newDigest(), want: want})
	return err
}

// restoreSettings takes the settings of a backup where none are yet, as on a new computer.
func (c *Custody) restoreSettings(ctx context.Context, path string) (err error) {
	if _, err := os.Stat(c.Paths.SettingsFile); err == nil {
		held, err := OpenSettings(ctx, c.Paths.SettingsFile, &event.Bus{}, nil)
		if err != nil {
			return err
		}
		named := held.Current().BaseURL != "" || held.Problem() != nil
		if err := held.Close(); err != nil || named {
			return err
		}
	}
	b, err := backup.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	text, err := b.Settings()
	if err != nil || len(text) == 0 {
		return err
	}
	if _, _, err := decodeSettings(text); err != nil {
		return nil //nolint:nilerr // settings that are of no use are no reason not to restore
	}
	return writeFile(c.Paths.SettingsFile, text)
}

// Settings returns the settings in force, the defaults when the file makes no sense.
func (c *Custody) Settings(ctx context.Context) model.Settings {
	return settingsOf(ctx, c.Paths)
}

// SettingsOf returns the settings of a data folder in which nothing could be
// opened, "" for the system's own, so that what is said of it is in the owner's
// language. They are the defaults when there are none that make sense.
func SettingsOf(ctx context.Context, dataDir string) model.Settings {
	paths, err := NewPaths(dataDir)
	if err != nil {
		return model.DefaultSettings()
	}
	return settingsOf(ctx, paths)
}

func settingsOf(ctx context.Context, paths Paths) model.Settings {
	held, err := OpenSettings(ctx, paths.SettingsFile, &event.Bus{}, nil)
	if err != nil {
		return model.DefaultSettings()
	}
	settings := held.Current()
	_ = held.Close() // it was only read
	return settings
}

// settingsText returns the settings as they go into a backup.
func settingsText(s model.Settings) ([]byte, error) {
	text, err := encodeSettings(s, map[string]json.RawMessage{})
	if err != nil {
		return nil, fmt.Errorf("back the settings up: %w", err)
	}
	return text, nil
}
