package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// settleTime is how long the settings file must be quiet before it is read
// again: editors write it in several steps.
const settleTime = 200 * time.Millisecond

// SettingsStore keeps settings.json and what it says in step. An edit by hand
// takes effect by itself; one that makes no sense is reported and the last good
// settings stay in force.
//
// Every method may be called from any goroutine. One goroutine watches the file;
// Close ends it and waits for it.
type SettingsStore struct {
	path string
	bus  *event.Bus
	log  *logrus.Entry
	now  func() time.Time

	// work serialises everything that reads or writes the file, and the hooks.
	work    sync.Mutex
	raw     []byte // content of the file when it was last read or written, nil = none
	unknown map[string]json.RawMessage
	hooks   map[int]func(model.Settings)
	nextID  int
	told    bool // the settings of the start were taken: what differs from now on is news

	mu      sync.RWMutex // of what follows
	current model.Settings
	problem error

	watcher *fsnotify.Watcher
	stop    context.CancelFunc
	done    chan struct{}
}

// OpenSettings reads the settings file, or takes the defaults when there is
// none, and watches it until Close. log may be nil. A file that makes no sense is no error here:
// the program runs on the defaults, the file is left as it is, and Problem tells
// what is wrong. The folder of the file must exist.
func OpenSettings(ctx context.Context, path string, bus *event.Bus, log *logrus.Entry) (*SettingsStore, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open the settings: %w", err)
	}
	if log == nil {
		log = noLog()
	}
	s := &SettingsStore{
		path: path, bus: bus, log: log, now: time.Now,
		hooks: map[int]func(model.Settings){}, current: model.DefaultSettings(), done: make(chan struct{}),
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if err := s.watch(life); err != nil {
		// Without a watch, edits by hand count from the next start on.
		log.WithError(err).Warn("the settings file cannot be watched")
		close(s.done)
	}
	s.reload() // after the watch began, so that no edit falls between
	return s, nil
}

// Current returns the settings in force. It never blocks on the disk.
func (s *SettingsStore) Current() model.Settings {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current
}

// Problem returns why the settings file is not in force, an ErrSettingsInvalid,
// or nil when it is.
func (s *SettingsStore) Problem() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.problem
}

// Path returns where the settings are.
func (s *SettingsStore) Path() string { return s.path }

// OnChange calls f with the new settings after each change, from whichever
// source, one call at a time and in order. f may call no method of the store but
// Current and Problem. stop ends it.
func (s *SettingsStore) OnChange(f func(model.Settings)) (stop func()) {
	s.work.Lock()
	defer s.work.Unlock()
	id := s.nextID
	s.nextID++
	s.hooks[id] = f
	return func() {
		s.work.Lock()
		defer s.work.Unlock()
		delete(s.hooks, id)
	}
}

// Save checks the settings and writes them. A *model.SettingsError says which
// fields are wrong; ErrSettingsWrite that the file could not be written; in both
// cases nothing has changed. A file that made no sense is first copied aside.
// Members of the file that this version does not know stay.
func (s *SettingsStore) Save(ctx context.Context, settings model.Settings) error {
	return s.change(ctx, func(model.Settings) (model.Settings, error) { return settings, nil })
}

// Get returns one setting by its JSON name; see SettingValue.
func (s *SettingsStore) Get(key string) (any, error) { return SettingValue(s.Current(), key) }

// Set changes one setting by its JSON name and leaves the others as the file has
// them now; see WithSetting and Save for the errors.
func (s *SettingsStore) Set(ctx context.Context, key, value string) error {
	return s.change(ctx, func(now model.Settings) (model.Settings, error) { return WithSetting(now, key, value) })
}

// change takes in what was edited meanwhile, applies f and writes the result.
func (s *SettingsStore) change(ctx context.Context, f func(model.Settings) (model.Settings, error)) error {
	s.work.Lock()
	defer s.work.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("save the settings: %w", err)
	}
	s.take()
	settings, err := f(s.Current())
	if err != nil {
		return err
	}
	settings = cleanSettings(settings)
	if fields := settings.Validate(); len(fields) > 0 {
		return &model.SettingsError{Fields: fields}
	}
	data, err := encodeSettings(settings, s.unknown)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSettingsWrite, err)
	}
	if s.Problem() != nil {
		if err := s.setAside(); err != nil {
			return fmt.Errorf("%w: %w", ErrSettingsWrite, err)
		}
	}
	if !bytes.Equal(data, s.raw) {
		if err := writeFile(s.path, data); err != nil {
			return fmt.Errorf("%w: %w", ErrSettingsWrite, err)
		}
	}
	s.raw = data
	s.apply(settings)
	return nil
}

// setAside copies a file that made no sense beside itself, under a new name.
func (s *SettingsStore) setAside() error {
	data, err := readCapped(s.path, maxSettingsFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	name := s.path + ".broken-" + s.now().UTC().Format("20060102T150405.000")
	if err != nil {
		// It cannot be read, so it cannot be copied; moving it keeps it too.
		if err := os.Rename(s.path, name); err != nil {
			return fmt.Errorf("put the broken settings aside: %w", err)
		}
		return nil
	}
	if err := writeFile(name, data); err != nil {
		return fmt.Errorf("put the broken settings aside: %w", err)
	}
	return nil
}

// reload takes in the file as it is now.
func (s *SettingsStore) reload() {
	s.work.Lock()
	defer s.work.Unlock()
	s.take()
	s.told = true
}

// take reads the file and, when it differs from what is known, applies or
// refuses it. A file that is gone changes nothing: the last good settings stay,
// and are written again with the next change.
func (s *SettingsStore) take() {
	data, err := readCapped(s.path, maxSettingsFile)
	if errors.Is(err, os.ErrNotExist) {
		s.raw = nil
		s.refuse(nil)
		return
	}
	if err != nil {
		s.raw = nil
		s.refuse(fmt.Errorf("%w: %w", ErrSettingsInvalid, err))
		return
	}
	if bytes.Equal(data, s.raw) && s.raw != nil {
		return
	}
	s.raw = data
	settings, unknown, err := decodeSettings(data)
	if err != nil {
		s.refuse(err)
		return
	}
	s.unknown = unknown
	s.apply(settings)
}

// refuse keeps the settings in force and reports what is wrong with the file,
// once; nil says that nothing is wrong any more.
func (s *SettingsStore) refuse(problem error) {
	s.mu.Lock()
	before := s.problem
	s.problem = problem
	s.mu.Unlock()
	switch {
	case problem == nil && before == nil, problem != nil && before != nil && problem.Error() == before.Error():
	case problem == nil:
		s.bus.Publish(event.Batch{Settings: true})
	default:
		s.log.WithError(problem).Warn("the settings file is not used")
		s.bus.Publish(event.Batch{SettingsError: string(model.ProblemSettingsInvalid)})
	}
}

// apply puts settings in force and tells of it when anything changed.
func (s *SettingsStore) apply(settings model.Settings) {
	s.mu.Lock()
	changed := s.current != settings
	healed := s.problem != nil
	s.current, s.problem = settings, nil
	s.mu.Unlock()
	if !s.told {
		return
	}
	if changed {
		for _, hook := range s.hooks {
			hook(settings)
		}
	}
	if changed || healed {
		s.bus.Publish(event.Batch{Settings: true})
	}
}

// watch begins to watch the folder: a watch of the file itself would end with
// the first editor that replaces the file (most do).
func (s *SettingsStore) watch(life context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the settings: %w", err)
	}
	if err := watcher.Add(filepath.Dir(s.path)); err != nil {
		return errors.Join(fmt.Errorf("watch the settings: %w", err), watcher.Close())
	}
	s.watcher = watcher
	go s.follow(life)
	return nil
}

// follow is the goroutine that watches; it ends with life.
func (s *SettingsStore) follow(life context.Context) {
	defer close(s.done)
	name := filepath.Base(s.path)
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	defer settled.Stop()
	for {
		select {
		case <-life.Done():
			return
		case e, open := <-s.watcher.Events:
			if !open {
				return
			}
			if filepath.Base(e.Name) == name {
				settled.Reset(settleTime)
			}
		case err, open := <-s.watcher.Errors:
			if !open {
				return
			}
			s.log.WithError(err).Warn("watching the settings file")
			settled.Reset(settleTime) // an overflow may have hidden an edit
		case <-settled.C:
			s.reload()
		}
	}
}

// Close ends the watch and waits for it. The settings in force can still be read.
func (s *SettingsStore) Close() error {
	s.stop()
	<-s.done
	if s.watcher == nil {
		return nil
	}
	if err := s.watcher.Close(); err != nil {
		return fmt.Errorf("end the watch of the settings: %w", err)
	}
	return nil
}
