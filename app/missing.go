package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// ErrStoreMissing says that the store is not where it was: a new one in its place
// would hide that, and its backups would push out those that hold something.
var ErrStoreMissing = errors.New("the file with the saved data is missing")

// refuseMissing refuses to begin anew by itself where a store is known to have been.
func refuseMissing(p Paths) error {
	if _, err := os.Lstat(p.StoreFile); !errors.Is(err, os.ErrNotExist) || !hadStore(p) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrStoreMissing, p.StoreFile)
}

// hadStore tells whether something is here that only a store leaves.
func hadStore(p Paths) bool {
	if r := readSafety(p); r.Damaged || r.BackupAt != 0 || r.CheckedAt != 0 {
		return true
	}
	if sizeOf(p.StoreFile+"-wal", p.SwapFile) > 0 || len(Backups(p)) > 0 {
		return true
	}
	return keepsFiles(p.Media) || keepsFiles(p.Avatars)
}

// keepsFiles tells whether a folder holds a file that is named by its digest.
func keepsFiles(dir string) bool {
	files := &digestFiles{dir: dir}
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Type().IsRegular() && files.path(e.Name()) != "" })
}

// Missing returns the path of the store when there is none, and "" when there is.
func (c *Custody) Missing() string {
	if refuseMissing(c.Paths) == nil {
		return ""
	}
	return c.Paths.StoreFile
}

// renew puts a store in the place of one that is missing: that of a backup, or
// an empty one when none is named.
func (c *Custody) renew(ctx context.Context, from string, progress func(model.SalvageProgress)) (report model.SalvageReport, err error) {
	report = model.SalvageReport{At: model.StampOf(c.now()), Schema: store.SchemaVersion, Backup: from}
	aside := asideName(c.Paths, "missing", c.now())
	s := &swap{New: salvageName, Aside: aside, Why: "salvage"}
	if from == "" {
		err = c.empty(ctx, filepath.Join(c.Paths.Data, salvageName))
	} else {
		var restored model.BackupReport
		restored, s, err = c.stage(ctx, from, salvageSteps(progress))
		for _, name := range slices.Sorted(maps.Keys(restored.Content.Counts)) {
			report.Tables = append(report.Tables, model.SalvagedTable{Name: name, FromCopy: restored.Content.Counts[name]})
		}
	}
	if err != nil {
		return report, err
	}
	if err := c.keepNewest(ctx, from); err != nil {
		return report, err
	}
	s.Aside = aside
	return report, errors.Join(s.decide(c.Paths), s.do(c.Paths))
}

// keepNewest lets the newest backup stay for good when nothing is taken from it:
// those of the new store would push it out, one by one.
func (c *Custody) keepNewest(ctx context.Context, from string) error {
	newest, found := c.NewestBackup(ctx)
	if from != "" || !found {
		return nil
	}
	return changeSafety(c.Paths, func(r *safetyRecord) { r.BackupStays = newest.File })
}

// empty makes a store that holds nothing.
func (c *Custody) empty(ctx context.Context, path string) error {
	if err := store.RemoveStore(path); err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Path: path, Now: c.now})
	if err != nil {
		return err
	}
	return errors.Join(s.Settle(ctx), s.Close())
}

// salvageSteps tells the steps of a restore as those of a salvage.
func salvageSteps(tell func(model.SalvageProgress)) backup.Progress {
	if tell == nil {
		return nil
	}
	return func(p model.BackupProgress) {
		phase := model.SalvageFilling
		if strings.HasPrefix(p.Step, "check") {
			phase = model.SalvageCheck
		}
		tell(model.SalvageProgress{Phase: phase, Done: p.Done, Total: p.Total})
	}
}
