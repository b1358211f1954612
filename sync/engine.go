package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// Timing holds the engine's clockwork. Zero fields take the defaults of DefaultTiming.
type Timing struct {
	Status      time.Duration // between looks at a session at rest
	Pairing     time.Duration // between looks while a session starts or pairs (contract §12.13)
	PairingFor  time.Duration // for how long those go on after Connect
	StartGrace  time.Duration // after a start or restart, how long "not found" still means "on its way"
	Avatar      time.Duration // between two pictures (contract §12.10: a few a minute)
	AvatarAge   time.Duration // after which a picture is asked again
	NotReady    time.Duration // between tries while a connected session still loads (contract §4.4)
	NotReadyFor time.Duration // for how long it may
	FullList    time.Duration // between two whole chat lists of scheduled syncs
	Reconcile   time.Duration // before the first look for a message of unknown fate; doubled each time
	NotFound    time.Duration // after an attempt, how long a message is looked for at least; a page call can take 180 s (contract §3)
	SendGap     time.Duration // the least time between two messages of a session
	AckLate     time.Duration // after which an own message without a tick is worth a word (contract §12.12)
	Socket      time.Duration // before the socket is opened again the first time; doubled each time
	NoSocket    time.Duration // between tries where the gateway has none
	Settle      time.Duration // for how long events may still bring what others named
	Silence     time.Duration // after which a message that no event told was missed; also what clocks may differ
	Between     time.Duration // between two calls of long work on the ledger
	Phone       time.Duration // after the phone was asked for history, before it is looked at the first time (contract §5.3)
	Ledger      time.Duration // between looks for what is due on the ledger
	Poll        time.Duration // between looks for news where no events come and something happens
}

// DefaultTiming returns the clockwork for real gateways.
func DefaultTiming() Timing {
	return Timing{
		Status: time.Minute, Pairing: 2 * time.Second, PairingFor: 3 * time.Minute, StartGrace: 30 * time.Second,
		Avatar: 15 * time.Second, AvatarAge: 7 * 24 * time.Hour,
		NotReady: 1500 * time.Millisecond, NotReadyFor: 2 * time.Minute,
		FullList: time.Hour, Reconcile: 2 * time.Second, NotFound: 4 * time.Minute, SendGap: sendGap,
		AckLate: 5 * time.Minute,
		Socket:  time.Second, NoSocket: 5 * time.Minute, Settle: 3 * time.Second, Silence: 2 * time.Minute, Poll: 10 * time.Second,
		Between: 400 * time.Millisecond, Phone: 5 * time.Second, Ledger: 10 * time.Minute,
	}
}

// Params is what an engine needs. Store, Gateway, Settings and Bus are mandatory.
type Params struct {
	Store    Store
	Gateway  func() Gateway        // the client of the present settings; never nil
	Settings func() model.Settings // the present settings
	Bus      *event.Bus
	Log      *logrus.Entry
	Now      func() time.Time
	User     string // of the operating system, for the activity log
	Refused  func() // the gateway has refused the key; must not block; may be nil
	Avatars  AvatarFiles
	Files    OutgoingFiles
	Media    MediaFiles
	Timing   Timing
	// Scheduled says that the engine looks and syncs by itself, as the window
	// wants. Without it, it does only what it is told, as the command line wants.
	Scheduled bool
	// Only names the sessions that Start serves; all of them when it is empty.
	Only []model.SessionName
}

// AvatarFiles keeps pictures; nil switches them off.
type AvatarFiles interface {
	// Save keeps the picture and returns the name under which it is found again.
	Save(data []byte, mimetype string) (hash string, err error)
}

// OutgoingFiles gives the copies of files that are to be sent.
type OutgoingFiles interface {
	// Open begins to read a file. Its reader fails at the end, in the place of
	// io.EOF, when what it read has another digest.
	Open(sha256 string) (io.ReadCloser, error)
}

// Engine keeps the store in step with the gateway. See the package comment.
type Engine struct {
	p Params

	life context.Context
	end  context.CancelFunc
	wg   sync.WaitGroup

	adding sync.Mutex // one session at a time; never taken under mu

	mu        sync.Mutex // not held while the store is asked: what is drawn waits for it
	started   bool
	workers   map[model.SessionID]*worker
	reachable *event.GatewayState
	attention attention
}

// New makes an engine; it starts nothing. A missing mandatory parameter is a fault of the program.
func New(p Params) *Engine {
	if p.Store == nil || p.Gateway == nil || p.Settings == nil || p.Bus == nil {
		panic("sync: Store, Gateway, Settings and Bus are mandatory")
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		silent := logrus.New()
		silent.SetLevel(logrus.PanicLevel)
		p.Log = logrus.NewEntry(silent)
	}
	p.Timing = p.Timing.withDefaults()
	e := &Engine{p: p, workers: map[model.SessionID]*worker{}}
	e.life, e.end = context.WithCancel(context.Background())
	return e
}

func (t Timing) withDefaults() Timing {
	d := DefaultTiming()
	for _, f := range []struct{ have, otherwise *time.Duration }{
		{&t.Status, &d.Status}, {&t.Pairing, &d.Pairing}, {&t.PairingFor, &d.PairingFor}, {&t.StartGrace, &d.StartGrace},
		{&t.Avatar, &d.Avatar}, {&t.AvatarAge, &d.AvatarAge}, {&t.NotReady, &d.NotReady}, {&t.NotReadyFor, &d.NotReadyFor},
		{&t.FullList, &d.FullList}, {&t.Reconcile, &d.Reconcile}, {&t.NotFound, &d.NotFound}, {&t.SendGap, &d.SendGap},
		{&t.AckLate, &d.AckLate},
		{&t.Socket, &d.Socket}, {&t.NoSocket, &d.NoSocket}, {&t.Settle, &d.Settle}, {&t.Silence, &d.Silence}, {&t.Poll, &d.Poll}, {&t.Between, &d.Between}, {&t.Phone, &d.Phone}, {&t.Ledger, &d.Ledger},
	} {
		if *f.have <= 0 {
			*f.have = *f.otherwise
		}
	}
	return t
}

// Start begins to serve the sessions that the store knows. Messages that were
// being sent when the program was killed become unknown first.
func (e *Engine) Start(ctx context.Context) error {
	sessions, err := e.p.Store.Sessions(ctx)
	if err != nil {
		return fmt.Errorf("load the sessions: %w", err)
	}
	e.mu.Lock()
	e.started = true
	e.mu.Unlock()
	for _, s := range sessions {
		if len(e.p.Only) > 0 && !slices.Contains(e.p.Only, s.Name) {
			continue
		}
		if err := e.Add(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Add begins to serve a session; one that is served already is left as it is.
func (e *Engine) Add(ctx context.Context, s model.Session) error {
	e.adding.Lock()
	defer e.adding.Unlock()
	if _, err := e.worker(s.ID); !errors.Is(err, ErrUnknownSession) {
		return err
	}
	recovered, err := e.p.Store.RecoverOutbox(ctx, s.ID, e.stamp())
	if err != nil {
		return fmt.Errorf("recover the outbox: %w", err)
	}
	if _, err := e.p.Store.RecoverMedia(ctx, s.ID, e.stamp()); err != nil {
		return fmt.Errorf("recover interrupted downloads: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.life.Err() != nil {
		return ErrClosed // meanwhile
	}
	w := newWorker(e, s)
	e.workers[s.ID] = w
	e.wg.Go(w.media.loop)
	e.wg.Go(w.outbox.loop)
	if e.p.Scheduled {
		e.wg.Go(w.live.hold)
		e.wg.Go(w.live.apply.loop)
		e.wg.Go(w.ledger.loop)
	}
	e.wg.Go(func() { w.loop(recovered) })
	return nil
}

// Close cancels all work and waits until every goroutine has ended. It may be called again.
func (e *Engine) Close() {
	e.end()
	e.mu.Lock() // nobody adds a worker after this
	workers := e.workers
	e.mu.Unlock()
	e.wg.Wait()
	for _, w := range workers {
		w.refuse()
	}
}

// Wake makes every session look at once at its state and settings, as after a
// change of the address.
func (e *Engine) Wake() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.workers {
		w.lookSoon()
		w.live.again()
		w.wantMedia()
		w.outbox.nudge() // the pace may be another
		w.ledger.nudge()
	}
}

// worker returns who serves a session.
func (e *Engine) worker(id model.SessionID) (*worker, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.life.Err() != nil || !e.started {
		return nil, ErrClosed
	}
	w, ok := e.workers[id]
	if !ok {
		return nil, ErrUnknownSession
	}
	return w, nil
}

func (e *Engine) stamp() model.Stamp { return model.StampOf(e.p.Now()) }

// heard publishes whether the gateway answers, when that changed.
func (e *Engine) heard(err error) {
	state := event.GatewayState{Reachable: true}
	switch kind := ProblemKind(err); kind {
	case model.ProblemUnreachable, model.ProblemTLS, model.ProblemUnauthorized, model.ProblemNotConfigured,
		model.ProblemDisabled, model.ProblemRedirected, model.ProblemKeyring:
		state = event.GatewayState{Kind: string(kind)}
	case model.ProblemTimeout, model.ProblemCanceled:
		return // one slow answer says nothing of the others; see lost
	}
	e.tell(state)
}

// lost publishes that not even the state of a session can be asked for.
func (e *Engine) lost(err error) {
	if kind := ProblemKind(err); kind != model.ProblemCanceled {
		e.tell(event.GatewayState{Kind: string(kind)})
		if kind == model.ProblemUnauthorized && e.p.Refused != nil {
			e.p.Refused()
		}
	}
}

func (e *Engine) tell(state event.GatewayState) {
	e.mu.Lock()
	same := e.reachable != nil && *e.reachable == state
	back := state.Reachable && e.reachable != nil && !e.reachable.Reachable
	e.reachable = &state
	e.mu.Unlock()
	if !same {
		e.p.Bus.Publish(event.Batch{Gateway: &state})
	}
	if back {
		e.Wake() // what one session has heard is news for all
	}
}

// Reachability returns what was last heard of the gateway; known is false
// before the first call ended.
func (e *Engine) Reachability() (state event.GatewayState, known bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reachable == nil {
		return event.GatewayState{}, false
	}
	return *e.reachable, true
}
