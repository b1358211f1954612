package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// Times of what is done by itself.
const (
	safetyFirst   = 2 * time.Minute // after the start, which must not be slowed down
	safetyTick    = time.Minute     // between two looks at the disk and the clock
	checkEvery    = 24 * time.Hour
	backupRetries = time.Hour // after a backup that failed

	lowSpaceLeast = 512 << 20 // less than this left is little
	lowSpaceMost  = 4 << 30   // more than this left never is
)

// Safety looks after the store: it checks it, backs it up, watches its disk, and
// knows what is wrong with it.
type Safety struct {
	a    *App
	open func(ctx context.Context, path string) error // hands a folder to the system

	mu      sync.Mutex
	trbl    model.StoreTrouble // of the store's last call
	low     bool
	free    int64 // -1: not known
	working string
	work    sync.Mutex // held while a check or a backup runs
}

func newSafety(a *App, open func(ctx context.Context, path string) error) *Safety {
	if open == nil {
		open = openOutside
	}
	return &Safety{a: a, open: open, free: -1}
}

// trouble takes what the store tells of its file.
func (s *Safety) trouble(err error) {
	next := model.TroubleNone
	switch {
	case errors.Is(err, store.ErrCorrupt):
		next = model.TroubleDamaged
	case errors.Is(err, store.ErrFull):
		next = model.TroubleFull
	case errors.Is(err, store.ErrReadOnly):
		next = model.TroubleReadOnly
	case errors.Is(err, store.ErrDisk):
		next = model.TroubleDisk
	}
	s.mu.Lock()
	changed := s.trbl != next && s.trbl != model.TroubleDamaged // which does not heal by itself
	if changed {
		s.trbl = next
	}
	s.mu.Unlock()
	if !changed {
		return
	}
	if next == model.TroubleDamaged {
		if err := changeSafety(s.a.Paths, func(r *safetyRecord) { r.Damaged = true }); err != nil {
			s.a.Log.WithError(err).Warn("note that the store is damaged")
		}
	}
	s.tell()
}

func (s *Safety) tell() { s.a.Events.Publish(event.Batch{Safety: true}) }

// Health returns what is known of the store, its disk and its backups. It reads
// one small file.
func (s *Safety) Health() model.StoreHealth {
	r := readSafety(s.a.Paths)
	s.mu.Lock()
	defer s.mu.Unlock()
	h := model.StoreHealth{
		Trouble: s.trbl, Free: s.free, CheckedAt: r.CheckedAt, Check: r.Check,
		BackupAt: r.BackupAt, BackupFile: r.BackupFile, BackupSize: r.BackupSize, BackupError: r.BackupError, Working: s.working,
	}
	if h.Trouble == model.TroubleNone && s.low {
		h.Trouble = model.TroubleLow
	}
	return h
}

// StoreHealth is Safety.Health.
func (a *App) StoreHealth() model.StoreHealth { return a.Safety.Health() }

// keep does by itself what is due, until the context ends.
func (s *Safety) keep(ctx context.Context) {
	s.look()
	wait := time.NewTimer(safetyFirst)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		s.look()
		s.due(ctx)
		s.sweep()
		wait.Reset(safetyTick)
	}
}

// sweep removes what a kill left of backups and of new stores in the making.
func (s *Safety) sweep() {
	p := s.a.Paths
	err := errors.Join(backup.Sweep(s.a.now(), p.Data, p.Backups), sweepStores(p, s.a.now()))
	if err != nil {
		s.a.Log.WithError(err).Warn("remove what unfinished work left")
	}
}

// due does the check and the backup when their time has come.
func (s *Safety) due(ctx context.Context) {
	r, now := readSafety(s.a.Paths), s.a.now()
	if since(now, r.CheckedAt) >= checkEvery {
		if _, err := s.Check(ctx); err != nil && ctx.Err() == nil {
			s.a.Log.WithError(err).Warn("check the store")
		}
	}
	every := time.Duration(s.a.settings.Current().BackupEveryHours) * time.Hour
	if every == 0 || since(now, r.BackupAt) < every || since(now, r.BackupTried) < min(every, backupRetries) {
		return
	}
	if err := s.backUpByItself(ctx); err != nil && ctx.Err() == nil {
		s.a.Log.WithError(err).Warn("back the store up")
	}
}

// since returns the time since a stamp; one of the future, after a clock was set
// back, is as old as can be.
func since(now time.Time, at model.Stamp) time.Duration {
	if at == 0 || at.Time().After(now.Add(time.Hour)) {
		return 1<<63 - 1
	}
	return now.Sub(at.Time())
}

// look measures the space that is left.
func (s *Safety) look() {
	free, err := freeSpace(s.a.Paths.Data)
	if err != nil {
		return
	}
	least := uint64(min(max(lowSpaceLeast, 2*sizeOf(s.a.Paths.StoreFile)), lowSpaceMost))
	s.mu.Lock()
	low := free < least
	changed := low != s.low
	s.free, s.low = int64(min(free, 1<<62)), low //nolint:gosec // it is capped
	s.mu.Unlock()
	if changed {
		s.tell()
	}
}

// begin marks work as running; one work runs at a time.
func (s *Safety) begin(what string) (end func()) {
	s.work.Lock()
	s.set(what)
	return func() {
		s.set("")
		s.work.Unlock()
	}
}

func (s *Safety) set(what string) {
	s.mu.Lock()
	s.working = what
	s.mu.Unlock()
	s.tell()
}

// Check verifies the whole store beside its use, and remembers the result. A
// damaged store is no error of the check.
func (s *Safety) Check(ctx context.Context) (model.StoreCheck, error) {
	defer s.begin("check")()
	var err error
	calmly(func() { err = s.a.Store.CheckBeside(ctx) })
	if ctx.Err() != nil {
		return model.StoreUnchecked, fmt.Errorf("check the store: %w", context.Cause(ctx))
	}
	result := model.StoreGood
	switch {
	case errors.Is(err, store.ErrCorrupt):
		s.a.Log.WithError(err).Error("the store is damaged")
		result = model.StoreDamaged
	case err != nil:
		result = model.StoreUnchecked
	}
	at := model.StampOf(s.a.now())
	noted := changeSafety(s.a.Paths, func(r *safetyRecord) {
		r.CheckedAt, r.Check = at, result
		r.Damaged = r.Damaged || result == model.StoreDamaged
	})
	if result == model.StoreUnchecked {
		return result, errors.Join(err, noted)
	}
	return result, noted
}

// BackUp writes a backup to a file that does not exist yet and verifies it; ""
// is one more of those that are made by themselves.
func (s *Safety) BackUp(ctx context.Context, path string, media bool, progress backup.Progress) (model.BackupReport, error) {
	own := path == ""
	if own {
		if err := os.MkdirAll(s.a.Paths.Backups, dirMode); err != nil {
			return model.BackupReport{}, &storageError{fmt.Errorf("make the folder of backups: %w", err)}
		}
		path = filepath.Join(s.a.Paths.Backups, s.a.now().Format("20060102-150405")+backup.Extension)
	}
	defer s.begin("backup")()
	var report model.BackupReport
	var err error
	calmly(func() { report, err = s.write(ctx, path, media, progress) })
	s.remember(report, err, own)
	if err != nil || !own {
		return report, err
	}
	return report, s.rotate(report.File)
}

func (s *Safety) write(ctx context.Context, path string, media bool, progress backup.Progress) (model.BackupReport, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return model.BackupReport{}, fmt.Errorf("write the backup: %w", err)
	}
	p := s.a.Paths
	size, err := s.a.Store.Size()
	if err != nil {
		return model.BackupReport{}, err
	}
	src := backup.Source{Store: s.a.Store, Program: Version, Staging: p.Data, Now: s.a.now}
	needed := size
	if media {
		src.Folders = map[string]string{
			backup.MediaFolder: p.Media, backup.ThumbsFolder: filepath.Join(p.Media, "thumbs"), backup.AvatarsFolder: p.Avatars,
		}
		needed += folderSize(p.Media) + folderSize(p.Avatars)
	}
	// The copy of the store lies in the data folder while it is packed, and again while it is verified.
	if err := errors.Join(roomFor(p.Data, 2*size), roomFor(filepath.Dir(path), needed)); err != nil {
		return model.BackupReport{}, fmt.Errorf("write the backup: %w", err)
	}
	if src.Settings, err = settingsText(s.a.settings.Current()); err != nil {
		return model.BackupReport{}, err
	}
	written, err := backup.Write(ctx, src, path, progress)
	if err != nil {
		return written, err
	}
	verified, err := backup.Verify(ctx, path, p.Data, progress)
	verified.Missing = written.Missing
	if err != nil {
		return verified, errors.Join(err, ignoreNotExist(os.Remove(path))) // one that was not verified is none
	}
	return verified, nil
}

func folderSize(dir string) (total int64) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
	}
	return total
}

// remember notes how a backup ended. One by hand that failed, or that was
// cancelled, was told to who asked and says nothing of those of each day.
func (s *Safety) remember(report model.BackupReport, err error, own bool) {
	now := model.StampOf(s.a.now())
	noted := changeSafety(s.a.Paths, func(r *safetyRecord) {
		if own {
			r.BackupTried = now
		}
		if err != nil {
			if kind := s.a.Describe(err).Kind; own && kind != model.ProblemCanceled {
				r.BackupError = string(kind)
			}
			return
		}
		r.BackupAt, r.BackupFile, r.BackupSize, r.BackupError = now, report.File, report.Bytes, ""
		r.BackupMark = s.mark()
	})
	if noted != nil {
		s.a.Log.WithError(noted).Warn("note a backup")
	}
}

// mark is something that changes when the store does.
func (s *Safety) mark() string {
	mark := ""
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(s.a.Paths.StoreFile + end); err == nil {
			mark += fmt.Sprintf("%d@%d ", info.Size(), info.ModTime().UnixNano())
		}
	}
	return mark
}

// backUpByItself makes a backup when the store has changed since the last one.
func (s *Safety) backUpByItself(ctx context.Context) error {
	r := readSafety(s.a.Paths)
	if r.Damaged {
		return nil // a backup of what is damaged would push out those that are not
	}
	if r.BackupMark != "" && r.BackupMark == s.mark() {
		if _, err := os.Stat(r.BackupFile); err == nil {
			return nil
		}
	}
	_, err := s.BackUp(ctx, "", s.a.settings.Current().BackupMedia, nil)
	return err
}

// rotate removes the backups made by themselves that are too many or too old. It
// is called after a newer one was verified, which stays in any case.
func (s *Safety) rotate(newest string) error {
	settings, stays := s.a.settings.Current(), readSafety(s.a.Paths).BackupStays
	oldest := s.a.now().AddDate(0, 0, -settings.BackupKeepDays)
	var errs []error
	for i, path := range Backups(s.a.Paths) {
		if path == newest || path == stays {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if i >= settings.BackupKeep || settings.BackupKeepDays > 0 && info.ModTime().Before(oldest) {
			errs = append(errs, ignoreNotExist(os.Remove(path)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove old backups: %w", err)
	}
	return nil
}

// OpenBackups shows the folder of the backups that are made by themselves.
func (s *Safety) OpenBackups(ctx context.Context) error {
	if err := os.MkdirAll(s.a.Paths.Backups, dirMode); err != nil {
		return &storageError{fmt.Errorf("make the folder of backups: %w", err)}
	}
	return s.open(ctx, s.a.Paths.Backups)
}

// PreviewRestore proves that a backup can be restored and tells what would change.
func (s *Safety) PreviewRestore(ctx context.Context, path string, progress backup.Progress) (model.RestorePreview, error) {
	return previewRestore(ctx, s.a.Paths, path, progress)
}

// PrepareRestore makes everything ready for the store of a backup to take the
// place of this one at the next start of Buzón, which must come now: what is
// written after this is in the store that is set aside.
func (s *Safety) PrepareRestore(ctx context.Context, path string, progress backup.Progress) error {
	c := &Custody{Paths: s.a.Paths, log: s.a.Log, now: s.a.now} // this program holds the instance; the swap waits for the next
	_, swap, err := c.stage(ctx, path, progress)
	if err != nil {
		return err
	}
	return swap.decide(s.a.Paths)
}
