package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	wasync "github.com/xappiens/buzon/sync"
)

// Version is what this program calls itself; releases set it when linking.
const Version = "0.1.0"

// activityKept is for how long lines of the activity log are kept.
const activityKept = 90 * 24 * time.Hour

// Mode says what the program is going to do with the data.
type Mode int

// The modes.
const (
	// ModeRead only reads the store, beside whatever else is running.
	ModeRead Mode = iota
	// ModeEdit changes settings, beside whatever else is running.
	ModeEdit
	// ModeCommand does single things on the gateway, as the command line wants.
	ModeCommand
	// ModeWindow looks and syncs by itself, as the window wants.
	ModeWindow
)

// Options say how to open Buzón.
type Options struct {
	DataDir  string // "" = the places of the system
	Mode     Mode
	LogLevel string              // "" = info
	Console  io.Writer           // log lines go there too; nil = only to the file
	Now      func() time.Time    // nil = time.Now
	Keyring  Keyring             // nil = the system's
	Timing   wasync.Timing       // zero = the engine's own
	Only     []model.SessionName // the sessions that are served; none = all
	// FileTimeout is how long a file that was sent may take to be answered; 0 = the client's own.
	FileTimeout time.Duration
	// Opener hands a file or folder to the system; nil = its own way.
	Opener func(ctx context.Context, path string) error
	// CopyPicture puts a PNG file on the clipboard of the system; nil = its own way.
	CopyPicture func(ctx context.Context, path string) error
}

// App is Buzón without a window: the composition of store, gateway and engine,
// and the use cases on them. Make it with New, begin work with Start, end it
// with Close. Its parts may be used from any goroutine.
type App struct {
	Paths    Paths
	Log      *Log
	Redactor *Redactor
	Events   *event.Bus
	Store    *store.Store

	Sessions      *Sessions
	Sync          *Syncs
	Ledgers       *Ledgers
	Conversations *Conversations
	Outbox        *Outbox
	Attach        *Attach
	Contacts      *Contacts
	Activity      *Activities
	Doctor        *Doctors
	Media         *Media
	Notices       *Notices
	Settings      *SettingsService
	Safety        *Safety

	now      func() time.Time
	user     string
	instance *Instance
	crash    func() error // ends what the runtime writes of a crash
	use      *flock.Flock // shared with whoever else has the store open
	settings *SettingsStore
	secrets  *Secrets
	clients  *clients
	engine   *wasync.Engine
	typing   typing
	lookWait time.Duration // before a message of unknown fate is first looked for again
	avatars  *digestFiles
	media    *mediaFiles
	tidy     bool        // Start looks after the files by itself
	rereads  atomic.Bool // the key is being read anew

	life context.Context
	end  context.CancelFunc
	wg   sync.WaitGroup // owned goroutines of the use cases
	once sync.Once
	err  error
}

// New opens everything and starts nothing. When it fails, what was opened is
// closed again. ErrAlreadyRunning says that another Buzón works on the data.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{Redactor: &Redactor{}, Events: &event.Bus{}, now: o.Now, user: systemUser()}
	a.life, a.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := a.open(ctx, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context, o Options) (err error) {
	if a.Paths, err = NewPaths(o.DataDir); err != nil {
		return err
	}
	if err := a.Paths.Ensure(); err != nil && o.Mode != ModeRead {
		return err
	}
	a.Log, err = OpenLog(LogConfig{File: a.Paths.LogFile, Level: o.LogLevel, Console: o.Console, Redactor: a.Redactor})
	if err != nil {
		if o.Mode != ModeRead {
			return err
		}
		// Reading does not need a log file: the folder may be read-only.
		if a.Log, err = OpenLog(LogConfig{Level: o.LogLevel, Console: o.Console, Redactor: a.Redactor}); err != nil {
			return err
		}
	}
	log := logrus.NewEntry(a.Log.Logger)
	if o.Mode == ModeCommand || o.Mode == ModeWindow {
		if a.instance, err = AcquireInstance(a.Paths, log); err != nil {
			return err
		}
		if a.crash, err = OpenCrashFile(a.Paths.CrashFile); err != nil {
			log.WithError(err).Warn("a crash would be told on standard error alone")
		}
	}
	if a.settings, err = OpenSettings(ctx, a.Paths.SettingsFile, a.Events, log); err != nil {
		return err
	}
	a.secrets = NewSecrets(SecretsConfig{Paths: a.Paths, Keyring: o.Keyring, Redactor: a.Redactor})
	a.Safety = newSafety(a, o.Opener)
	if err := a.openStore(ctx, o, log); err != nil {
		return err
	}
	a.lookWait = cmp.Or(o.Timing.Reconcile, wasync.DefaultTiming().Reconcile)
	a.avatars = &digestFiles{dir: a.Paths.Avatars}
	a.media = newMediaFiles(a.Paths.Media)
	a.tidy = o.Mode == ModeWindow
	a.clients = &clients{settings: a.settings.Current, secrets: a.secrets, log: log, file: o.FileTimeout}
	a.engine = wasync.New(wasync.Params{
		Store: a.Store, Gateway: func() wasync.Gateway { return a.clients.get(a.life) },
		Settings: a.settings.Current, Bus: a.Events, Log: log, Now: o.Now, User: a.user,
		Refused: a.rereadKey, Avatars: a.avatars, Files: a.media, Media: a.media, Timing: o.Timing, Scheduled: o.Mode == ModeWindow, Only: o.Only,
	})
	a.Sessions = &Sessions{a}
	a.Sync = &Syncs{a}
	a.Ledgers = &Ledgers{a}
	a.Conversations = &Conversations{a}
	a.Outbox = &Outbox{a}
	a.Attach = &Attach{a}
	a.Contacts = &Contacts{a}
	a.Activity = &Activities{a}
	a.Doctor = &Doctors{a}
	a.Media = newMedia(a, o)
	a.Notices = &Notices{a: a, wake: make(chan struct{}, 1)}
	a.Settings = &SettingsService{a}
	return nil
}

// openStore opens the store, once a replacement of it that a kill interrupted is
// finished. One that was found damaged is not opened for work again.
func (a *App) openStore(ctx context.Context, o Options, log *logrus.Entry) (err error) {
	if err := a.finishSwap(ctx, log); err != nil {
		return err
	}
	a.use, err = shareStore(ctx, a.Paths)
	if err != nil && o.Mode != ModeRead {
		return err
	}
	if err := errors.Join(refuseMissing(a.Paths), refuseDamaged(a.Paths, o.Mode)); err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	readOnly := o.Mode == ModeRead
	if _, err := os.Stat(a.Paths.StoreFile); errors.Is(err, os.ErrNotExist) {
		readOnly = false // the first command of all makes an empty store
	}
	options := store.Options{Path: a.Paths.StoreFile, ReadOnly: readOnly, Now: o.Now, Log: log, OnTrouble: a.Safety.trouble}
	a.Store, err = store.Open(ctx, options)
	if errors.Is(err, store.ErrOlderSchema) {
		if err = bringUpToDate(ctx, a.Paths, options, log); err == nil {
			a.Store, err = store.Open(ctx, options)
		}
	}
	return err
}

// refuseDamaged refuses a store that was found damaged, and one of which nothing
// is left though it is known to have been there: a new one would hide that.
func refuseDamaged(p Paths, mode Mode) error {
	r := readSafety(p)
	if r.Damaged && mode != ModeRead {
		return fmt.Errorf("it was found damaged: %w", store.ErrCorrupt)
	}
	if info, err := os.Stat(p.StoreFile); err == nil && info.Size() == 0 && hadStore(p) {
		return fmt.Errorf("nothing is left of it: %w", store.ErrCorrupt)
	}
	return nil
}

// finishSwap finishes a replacement of the store that a kill interrupted.
func (a *App) finishSwap(ctx context.Context, log *logrus.Entry) error {
	s, err := pendingSwap(a.Paths)
	if err != nil || s == nil {
		return err
	}
	if a.instance == nil {
		instance, err := AcquireInstance(a.Paths, log)
		if err != nil {
			return err
		}
		defer func() { _ = instance.Close() }() // the system frees it in any case
	}
	use, err := ownStore(ctx, a.Paths)
	if err != nil {
		return err
	}
	log.Info("a replacement of the store is being finished")
	return errors.Join(s.do(a.Paths), use.Close())
}

// bringUpToDate opens a store of an older version for writing once: after an
// update the first command may well be one that only reads. Not beside another
// Buzón, which may be the older one.
func bringUpToDate(ctx context.Context, paths Paths, options store.Options, log *logrus.Entry) error {
	instance, err := AcquireInstance(paths, log)
	if err != nil {
		return err
	}
	options.ReadOnly = false
	s, err := store.Open(ctx, options)
	if err == nil {
		err = s.Close()
	}
	return errors.Join(err, instance.Close())
}

// Start begins to serve the sessions. Without it, and in ModeRead, only what is
// stored can be read.
func (a *App) Start(ctx context.Context) error {
	a.settings.OnChange(func(model.Settings) { a.Settings.apply(false) })
	if err := a.Store.PruneActivity(ctx, model.StampOf(a.now().Add(-activityKept))); err != nil {
		a.Log.WithError(err).Warn("shorten the activity log")
	}
	if err := a.engine.Start(ctx); err != nil {
		return fmt.Errorf("start the engine: %w", err)
	}
	if a.tidy {
		a.wg.Go(func() { a.Media.keepTidy(a.life) })
		a.wg.Go(func() { a.Safety.keep(a.life) })
	}
	return nil
}

// OnShow lets a second start of the program ask this one for its window, with a
// conversation, or with zero for none that is known.
func (a *App) OnShow(show func(model.ConversationID)) error {
	if a.instance == nil {
		return nil
	}
	return a.instance.OnShow(func(ref string) { show(a.FindRef(a.life, ref)) })
}

// FindRef returns the conversation that a SESSION/JID names, zero when there is none.
func (a *App) FindRef(ctx context.Context, ref string) model.ConversationID {
	id, err := a.LookUpRef(ctx, ref)
	if err != nil {
		return 0
	}
	return id
}

// LookUpRef returns the conversation that a SESSION/JID names; an error tells
// whether there is none or it could not be looked for.
func (a *App) LookUpRef(ctx context.Context, ref string) (model.ConversationID, error) {
	name, jid, err := model.ParseConversationRef(ref)
	if err != nil {
		return 0, err
	}
	session, err := a.Store.SessionByName(ctx, name)
	if err != nil {
		return 0, fmt.Errorf("look for the session of a conversation: %w", err)
	}
	conversation, err := a.Store.ConversationByJID(ctx, session.ID, jid)
	if err != nil {
		return 0, fmt.Errorf("look for a conversation: %w", err)
	}
	return conversation.ID, nil
}

// rereadKey reads the key anew after the gateway has refused the present one: it
// may have been changed by the command line or in the keyring. It does not wait.
func (a *App) rereadKey() {
	if a.life.Err() != nil || !a.rereads.CompareAndSwap(false, true) {
		return
	}
	a.wg.Go(func() {
		defer a.rereads.Store(false)
		key, _, err := a.secrets.Key(a.life)
		if err != nil {
			a.Log.WithError(err).Warn("read the API key again")
			return
		}
		if a.clients.renewFor(key) {
			a.engine.Wake()
		}
	})
}

// Describe puts an error into an owner's terms, without the secrets of this App.
func (a *App) Describe(err error) model.Problem { return a.Redactor.Describe(err) }

// AvatarPath returns the file of a picture, "" for a name that is none.
func (a *App) AvatarPath(hash string) string { return a.avatars.path(hash) }

// Reachability returns what was last heard of the gateway.
func (a *App) Reachability() (state event.GatewayState, known bool) { return a.engine.Reachability() }

// Close ends all work, waits for it and closes what New opened. It may be called again.
func (a *App) Close() error {
	a.once.Do(func() {
		a.end()
		var errs []error
		if a.engine != nil {
			a.engine.Close()
		}
		a.wg.Wait()
		a.Events.Close()
		if a.clients != nil {
			a.clients.close()
		}
		if a.settings != nil {
			errs = append(errs, a.settings.Close())
		}
		if a.Store != nil {
			errs = append(errs, a.Store.Close())
		}
		if a.secrets != nil {
			a.secrets.Close()
		}
		if a.use != nil {
			errs = append(errs, a.use.Close())
		}
		if a.crash != nil {
			errs = append(errs, a.crash())
		}
		if a.instance != nil {
			errs = append(errs, a.instance.Close())
		}
		if a.Log != nil {
			errs = append(errs, a.Log.Close())
		}
		a.err = errors.Join(errs...)
	})
	return a.err
}

// record writes an activity row of a use case that does not go through the engine.
func (a *App) record(ctx context.Context, kind model.ActivityKind, action string, began time.Time, err error) {
	a.recordRow(ctx, kind, action, began, err, func(*model.Activity) {})
}

// recordRow is record with more columns.
func (a *App) recordRow(ctx context.Context, kind model.ActivityKind, action string, began time.Time, err error, fill func(*model.Activity)) {
	row := model.Activity{
		At: model.StampOf(a.now()), Kind: kind, Action: action, Outcome: model.OutcomeSuccess,
		User: a.user, DurationMS: a.now().Sub(began).Milliseconds(),
	}
	if err != nil {
		p := a.Describe(err)
		row.Outcome, row.ErrorKind, row.ErrorDetail = model.OutcomeFailed, string(p.Kind), model.CleanLine(p.Detail, 500)
	}
	fill(&row)
	if err := a.Store.AddActivity(ctx, row); err != nil {
		a.Log.WithError(err).Warn("write the activity")
		return
	}
	a.Events.Publish(event.Batch{Activity: true})
}

// systemUser names who uses the computer, for the activity log.
func systemUser() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return model.CleanLine(u.Username, 64)
}
