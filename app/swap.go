package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// swap is a replacement of the store that was decided: a new file, which is whole and
// on the disk, takes the place of the one that is there, and that one gets
// another name. It is written down before it begins, so that a kill in between
// only delays it until the next start.
type swap struct {
	New   string               `json:"new"`   // name of the new file
	Aside string               `json:"aside"` // name that the old one gets
	Why   string               `json:"why"`   // "salvage" or "restore"
	Made  *model.SalvageReport `json:"report,omitempty"`
}

// Names of new stores that are being made. They are of no use until a swap names them.
const (
	salvageName = "buzon.db.salvage"
	restoreName = "buzon.db.restore"
	fillName    = "buzon.db.fill"
)

// sweepStores removes new stores that a kill left unfinished. What is younger than
// a day may be in the making, and what a swap names is needed.
func sweepStores(p Paths, now time.Time) error {
	if s, err := pendingSwap(p); s != nil || err != nil {
		return err
	}
	var errs []error
	for _, name := range []string{salvageName, restoreName, fillName} {
		path := filepath.Join(p.Data, name)
		if info, err := os.Lstat(path); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			errs = append(errs, store.RemoveStore(path))
		}
	}
	return errors.Join(errs...)
}

// asideName returns a name for the store that is replaced, which no file has yet.
func asideName(p Paths, word string, now time.Time) string {
	for n := 0; ; n++ {
		name := fmt.Sprintf("buzon-%s-%s", word, now.Format("20060102-150405"))
		if n > 0 {
			name += fmt.Sprintf("-%d", n)
		}
		name += ".db"
		if _, err := os.Lstat(filepath.Join(p.Data, name)); errors.Is(err, os.ErrNotExist) {
			return name
		}
	}
}

// pendingSwap returns the replacement that was decided and is not done, nil for none.
func pendingSwap(p Paths) (*swap, error) {
	data, err := readCapped(p.SwapFile, 1<<20)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what replaces the store: %w", err)
	}
	var s swap
	if err := json.Unmarshal(data, &s); err != nil || s.New != filepath.Base(s.New) || s.Aside != filepath.Base(s.Aside) || s.New == "" || s.Aside == "" {
		return nil, fmt.Errorf("read what replaces the store: %s makes no sense", filepath.Base(p.SwapFile))
	}
	return &s, nil
}

// decide writes a replacement down; from here on it will happen.
func (s *swap) decide(p Paths) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("decide to replace the store: %w", err)
	}
	return writeFile(p.SwapFile, data)
}

// do replaces the store. Every step may have been done before a kill. The right
// to replace it must be held.
func (s *swap) do(p Paths) error {
	fresh, aside := filepath.Join(p.Data, s.New), filepath.Join(p.Data, s.Aside)
	_, err := os.Lstat(fresh)
	switch {
	case errors.Is(err, os.ErrNotExist):
		// It is in its place already.
	case err != nil:
		return fmt.Errorf("replace the store: %w", err)
	default:
		if err := s.replace(p, fresh, aside); err != nil {
			return fmt.Errorf("replace the store: %w", err)
		}
	}
	// The old store's log must not meet the new file; it went aside before.
	if err := s.tell(p, aside); err != nil {
		return err
	}
	if err := ignoreNotExist(os.Remove(p.SwapFile)); err != nil {
		return fmt.Errorf("replace the store: %w", err)
	}
	syncDir(p.Data)
	return nil
}

func (s *swap) replace(p Paths, fresh, aside string) error {
	// The log goes first, the file last: as long as the file is there, so is the decision.
	for _, end := range []string{"-shm", "-wal", ""} {
		if _, err := os.Lstat(aside + end); err == nil {
			continue
		}
		if err := ignoreNotExist(os.Rename(p.StoreFile+end, aside+end)); err != nil {
			return err
		}
	}
	syncDir(p.Data)
	if err := os.Rename(fresh, p.StoreFile); err != nil {
		return err
	}
	syncDir(p.Data)
	return nil
}

// tell keeps what the owner may want to read later beside the old file, and
// forgets the damage.
func (s *swap) tell(p Paths, aside string) error {
	if s.Made != nil {
		s.Made.SetAside = aside
		data, err := json.MarshalIndent(s.Made, "", "  ")
		if err != nil {
			return fmt.Errorf("write the report of a salvage: %w", err)
		}
		if err := writeFile(aside+".report.json", append(data, '\n')); err != nil {
			return err
		}
	}
	return changeSafety(p, func(r *safetyRecord) {
		r.Damaged, r.CheckedAt, r.Check = false, 0, ""
	})
}
