package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
)

// local makes the checks that need no network.
func (r *checkup) local(ctx context.Context) {
	r.look(ctx, CheckDataFolder, checkWait, func(context.Context) finding { return r.folders() })
	r.look(ctx, CheckFreeSpace, checkWait, func(context.Context) finding { return r.space() })
	r.look(ctx, CheckStore, r.c.StoreWait+checkWait, r.store)
	r.look(ctx, CheckSettings, checkWait, func(context.Context) finding { return r.settingsFile() })
	r.look(ctx, CheckEnabled, checkWait, func(context.Context) finding {
		if !r.settings.Enabled {
			return failed("", "problem.disabled.do")
		}
		return ok("")
	})
	r.look(ctx, CheckKeyring, checkWait, r.keyring)
	r.look(ctx, CheckKey, checkWait, r.findKey)
	r.look(ctx, CheckEnvironment, checkWait, func(context.Context) finding { return r.environment() })
}

// folders proves by doing it that the folders can be written.
func (r *checkup) folders() finding {
	p := r.c.Paths
	for _, dir := range []string{p.Config, p.Data, p.Logs} {
		f, err := os.CreateTemp(dir, ".doctor-*")
		if err != nil {
			return failed(dir, "problem.read_only.do").saying("problem.read_only.why").because(err)
		}
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return failed(dir, "problem.read_only.do").saying("problem.read_only.why").because(err)
		}
	}
	info, err := os.Stat(p.Data)
	if err == nil && openToOthers(info) {
		return warning(p.Data, "doctor.cure.folder_open")
	}
	return ok(p.Data)
}

// bytesText says a size in the units of the settings page, which are of a thousand.
func bytesText(n uint64) string {
	switch {
	case n >= 10e9:
		return fmt.Sprintf("%d GB", n/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%d MB", n/1e6)
	}
	return fmt.Sprintf("%d kB", n/1e3)
}

func (r *checkup) space() finding {
	free, err := r.c.FreeSpace(r.c.Paths.Data)
	if err != nil {
		return warning("", "").saying("doctor.says.free_space").because(err)
	}
	detail := bytesText(free)
	if free < leastFree {
		return warning(detail, "problem.disk_full.do")
	}
	return ok(detail)
}

// store opens the store for reading, so that the doctor may be asked while a
// window is open, and lets it check itself.
func (r *checkup) store(ctx context.Context) finding {
	if _, err := os.Stat(r.c.Paths.StoreFile); errors.Is(err, os.ErrNotExist) {
		if err := refuseMissing(r.c.Paths); err != nil {
			return problemFinding(err)
		}
		return ok("").saying("doctor.says.no_store")
	}
	s, err := r.c.OpenStore(ctx, true)
	if errors.Is(err, store.ErrOlderSchema) {
		return ok(filepath.Base(r.c.Paths.StoreFile)) // after an update; the next command brings it up to date
	}
	if err != nil {
		return problemFinding(fmt.Errorf("open the store: %w", err))
	}
	r.closeStore = func() { _ = s.Close() } // it was opened for reading
	known := readSafety(r.c.Paths)
	whole, err := r.lookThrough(ctx, s)
	if err == nil && !whole && known.Damaged {
		err = store.ErrCorrupt
	}
	if err != nil {
		return problemFinding(fmt.Errorf("check the store: %w", err))
	}
	sessions, err := s.Sessions(ctx)
	if err != nil {
		return problemFinding(fmt.Errorf("read the store: %w", err))
	}
	r.evidence, r.ids = s, map[model.SessionName]model.SessionID{}
	for _, session := range sessions {
		r.sessions = append(r.sessions, session.Name)
		r.ids[session.Name] = session.ID
	}
	size, err := s.Size()
	if err != nil {
		return problemFinding(fmt.Errorf("measure the store: %w", err))
	}
	detail := filepath.Base(r.c.Paths.StoreFile) + ", " + bytesText(uint64(max(size, 0)))
	if !whole && (known.Check != model.StoreGood || since(r.c.Now(), known.CheckedAt) > 2*checkEvery) {
		return warning(detail, "doctor.cure.store_large")
	}
	return ok(detail)
}

// lookThrough lets the store check itself; whole is false when that takes longer
// than anybody waits here. What Buzón finds by itself once a day counts then.
func (r *checkup) lookThrough(ctx context.Context, s DoctorStore) (whole bool, err error) {
	limited, cancel := context.WithTimeout(ctx, r.c.StoreWait)
	defer cancel()
	err = s.Check(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

func (r *checkup) settingsFile() finding {
	r.settings = r.c.Settings.Current()
	if err := r.c.Settings.Problem(); err != nil {
		found := problemFinding(err)
		found.detail = r.c.Settings.Path()
		var at *lineError
		if errors.As(err, &at) {
			found.detail += ":" + strconv.Itoa(at.line)
		}
		return found
	}
	return ok(r.c.Settings.Path())
}

func (r *checkup) keyring(ctx context.Context) finding {
	if !r.c.Secrets.UsesKeyring() {
		return skipped()
	}
	switch err := r.c.Secrets.KeyringState(ctx); {
	case err == nil:
		return ok("")
	case errors.Is(err, ErrKeyringMissing):
		return finding{status: CheckOK, cure: "doctor.cure.keyring_missing"} // many computers have none, and nothing is amiss
	default:
		return warning("", "doctor.cure.keyring_locked").because(err)
	}
}

// findKey says where the key is, never what it is.
func (r *checkup) findKey(ctx context.Context) finding {
	key, place, err := r.c.Secrets.Key(ctx)
	if err != nil {
		return failed("", "doctor.cure.key_unreadable").because(err)
	}
	r.key = key
	r.c.Redactor.Hide(key)
	if place.Kind == model.KeyNone {
		return warning("", "doctor.cure.key_none")
	}
	return ok(place.Path)
}

// environment names the variables that change how the window looks or behaves.
// Their values are not shown: one may hold a path with a name in it.
func (r *checkup) environment() finding {
	var set []string
	for _, pair := range r.c.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "FYNE_") {
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		return ok("")
	}
	slices.Sort(set)
	return warning(strings.Join(set, ", "), "doctor.cure.environment")
}
