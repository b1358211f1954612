package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// mediaRun is how many files one automatic run fetches at most.
	mediaRun = 200
	// mediaPage is how many candidates are read at a time.
	mediaPage = 20
	// mediaPause is how long a failed file rests before it is tried by itself again.
	mediaPause = time.Hour
	// mediaFree is how much room automatic downloads leave on the disk, in bytes.
	mediaFree = 1 << 30
	// progressEvery is the least time between two events about one download.
	progressEvery = 100 * time.Millisecond
)

var (
	// ErrNoMediaPlace says that the engine has no place to keep files.
	ErrNoMediaPlace = errors.New("no place for files is known")
	// errCutOff says that a file is shorter than its message told.
	errCutOff = errors.New("the file ended early")
	// errMediaTooLarge says that a file is larger than is ever fetched.
	errMediaTooLarge = errors.New("the file is too large")
)

// MediaFiles keeps the files of messages; nil switches downloads off.
type MediaFiles interface {
	// Create begins a file that is being fetched.
	Create() (MediaFile, error)
	// SaveThumb keeps a small picture and returns its digest.
	SaveThumb(data []byte) (digest string, err error)
	// Free returns how many bytes may still be written.
	Free() (uint64, error)
}

// MediaFile is a file that is being fetched. It belongs to one goroutine.
type MediaFile interface {
	io.Writer
	Reset() error               // throws away what was written
	Keep() (StoredMedia, error) // puts the whole file in place, durably
	Discard()                   // throws the file away; nothing after Keep
}

// StoredMedia is what a kept file really is.
type StoredMedia struct {
	SHA256        string
	MimeType      string // by its bytes
	Size          int64  // bytes
	Width, Height int    // pixels, zero for what is no picture
}

// mediaLane fetches the files of one session, one at a time, on a goroutine of
// its own, in turn with what goes out (see slots). Files that were asked for go before those that come
// by themselves, and the newest wish goes first.
type mediaLane struct {
	w    *worker
	wake chan struct{}

	mu      sync.Mutex
	asked   []*mediaJob
	jobs    map[model.MessageID]*mediaJob // waiting and running
	look    bool                          // there may be something to fetch by itself
	refused bool
}

// mediaJob is one download. Fields below the lane's mu.
type mediaJob struct {
	ref     model.MediaRef
	ctx     context.Context
	cancel  context.CancelFunc
	byself  bool
	stopped bool // the owner said so
	waiting int  // who waits for it
	done    chan struct{}
	err     error
}

func newMediaLane(w *worker) *mediaLane {
	return &mediaLane{w: w, wake: make(chan struct{}, 1), jobs: map[model.MessageID]*mediaJob{}}
}

// DownloadMedia fetches the file of a message and returns when it is stored, at
// once when it is already. How far it is comes as events. When all who wait for
// it have gone, it ends.
func (e *Engine) DownloadMedia(ctx context.Context, id model.MessageID) error {
	if e.p.Media == nil {
		return ErrNoMediaPlace
	}
	ref, err := e.p.Store.MediaRef(ctx, id)
	if err != nil {
		return fmt.Errorf("load the record of the file: %w", err)
	}
	if ref.State == model.MediaStored {
		return nil
	}
	if ref.State == model.MediaNone {
		return &gateway.Error{Op: "DownloadMedia", Kind: gateway.KindNotFound}
	}
	w, err := e.worker(ref.SessionID)
	if err != nil {
		return err
	}
	return w.media.ask(ctx, ref)
}

// CancelMedia ends the download of a message's file, and keeps it from coming by
// itself. It does not block.
func (e *Engine) CancelMedia(id model.MessageID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.workers {
		w.media.stop(id)
	}
}

// ask queues a download, or joins the one that is there, and waits for its end.
func (l *mediaLane) ask(ctx context.Context, ref model.MediaRef) error {
	l.mu.Lock()
	if l.refused {
		l.mu.Unlock()
		return ErrClosed
	}
	j := l.jobs[ref.MessageID]
	if j == nil || j.ctx.Err() != nil { // one that was cancelled is only about to end
		j = l.newJob(ref, false)
		l.asked = append(l.asked, j)
	}
	j.waiting++
	l.mu.Unlock()
	l.nudge()
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
	}
	l.mu.Lock()
	if j.waiting--; j.waiting == 0 && !j.byself {
		j.cancel()
		l.withdraw(j)
	}
	l.mu.Unlock()
	return ctx.Err()
}

// newJob makes a job; the caller holds mu.
func (l *mediaLane) newJob(ref model.MediaRef, byself bool) *mediaJob {
	j := &mediaJob{ref: ref, byself: byself, done: make(chan struct{})}
	j.ctx, j.cancel = context.WithCancel(l.w.e.life)
	l.jobs[ref.MessageID] = j
	return j
}

// withdraw ends a job that has not begun; the caller holds mu.
func (l *mediaLane) withdraw(j *mediaJob) {
	if i := slices.Index(l.asked, j); i >= 0 {
		l.asked = slices.Delete(l.asked, i, i+1)
		l.finish(j, context.Canceled)
	}
}

// finish tells who waits; the caller holds mu.
func (l *mediaLane) finish(j *mediaJob, err error) {
	j.cancel()
	j.err = err
	if l.jobs[j.ref.MessageID] == j { // it may have been asked for again already
		delete(l.jobs, j.ref.MessageID)
	}
	close(j.done)
}

func (l *mediaLane) stop(id model.MessageID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if j := l.jobs[id]; j != nil {
		j.stopped = true
		j.cancel()
		l.withdraw(j)
	}
}

func (l *mediaLane) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// lookSoon lets the lane look for files that may come by themselves.
func (l *mediaLane) lookSoon() {
	l.mu.Lock()
	l.look = true
	l.mu.Unlock()
	l.nudge()
}

// loop runs until the engine closes.
func (l *mediaLane) loop() {
	defer l.refuse()
	for l.w.e.life.Err() == nil {
		if j := l.take(); j != nil {
			l.do(j)
			continue
		}
		if l.takeLook() {
			l.w.guard("automatic downloads", l.automatic)
			continue
		}
		select {
		case <-l.w.e.life.Done():
		case <-l.wake:
		}
	}
}

// refuse answers all who wait, and all who come later.
func (l *mediaLane) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = true
	for _, j := range l.asked {
		l.finish(j, ErrClosed)
	}
	l.asked = nil
}

func (l *mediaLane) take() *mediaJob {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.asked)
	if n == 0 {
		return nil
	}
	j := l.asked[n-1]
	l.asked = l.asked[:n-1]
	return j
}

func (l *mediaLane) takeLook() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	look := l.look
	l.look = false
	return look
}

// do downloads for somebody who asked.
func (l *mediaLane) do(j *mediaJob) {
	began := l.w.e.p.Now()
	err := l.w.ask(j.ctx, l.w.requireConnected)
	if err == nil {
		err = l.run(j)
	} else {
		err = l.conclude(j, StoredMedia{}, err)
	}
	l.mu.Lock()
	l.finish(j, err)
	l.mu.Unlock()
	if err != nil && ProblemKind(err) != model.ProblemCanceled {
		l.w.record(model.ActivityMessage, "download_media", began, err, func(a *model.Activity) {
			a.Chat, a.MessageID, a.Failed = j.ref.JID, j.ref.ShortID, 1
		})
	}
}

// run downloads one file and writes what became of it.
func (l *mediaLane) run(j *mediaJob) (err error) {
	defer func() {
		if r := recover(); r != nil {
			l.w.log.WithField("stack", string(debug.Stack())).Errorf("panic in a download: %v", r)
			err = l.conclude(j, StoredMedia{}, fmt.Errorf("the download failed inside the program: %v", r))
		}
	}()
	_, _, err = l.w.e.p.Store.UpdateMedia(j.ctx, j.ref.MessageID, l.w.e.stamp(), func(m *model.Media) {
		m.State, m.Error = model.MediaDownloading, ""
	})
	if err != nil { // it may be written all the same, when the wish was withdrawn meanwhile
		return l.conclude(j, StoredMedia{}, fmt.Errorf("write that the file is on its way: %w", err))
	}
	l.w.e.p.Bus.Publish(event.Batch{Messages: event.Of(j.ref.ConversationID)})
	stored, err := l.fetch(j)
	l.w.e.heard(err)
	return l.conclude(j, stored, err)
}

// fetch brings the bytes into their place.
func (l *mediaLane) fetch(j *mediaJob) (StoredMedia, error) {
	file, err := l.w.e.p.Media.Create()
	if err != nil {
		return StoredMedia{}, err
	}
	defer file.Discard()
	target := &progressTarget{file: file, lane: l, id: j.ref.MessageID, total: j.ref.Size}
	ref := gateway.MessageRef{ChatID: string(j.ref.JID), ShortID: string(j.ref.ShortID)}
	most := int64(model.MaxMediaFile)
	if _, limit := l.w.e.p.Settings().AutoMedia(); j.byself && limit > 0 {
		most = limit // the size in the record is only what the sender said
	}
	release, err := l.w.slots.file(j.ctx)
	if err != nil {
		return StoredMedia{}, err
	}
	defer release()
	_, err = l.w.e.p.Gateway().DownloadMediaTo(j.ctx, l.w.name, ref, most, target)
	if gateway.KindOf(err) == gateway.KindTooLarge {
		return StoredMedia{}, fmt.Errorf("%w: %w", errMediaTooLarge, err)
	}
	if err != nil {
		return StoredMedia{}, err
	}
	// The size is the sender's word, and the answer can have been cut: the second
	// time the same short file comes, it is what there is.
	if target.done < j.ref.Size && j.ref.Tries == 0 {
		return StoredMedia{}, fmt.Errorf("%w: %d of %d bytes", errCutOff, target.done, j.ref.Size)
	}
	if err := j.ctx.Err(); err != nil {
		return StoredMedia{}, err
	}
	return file.Keep()
}

// conclude writes how a download ended and tells the views. It uses a context of
// its own, so that what was cancelled is written too.
func (l *mediaLane) conclude(j *mediaJob, stored StoredMedia, err error) error {
	l.mu.Lock()
	stopped := j.stopped
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.w.e.life), 30*time.Second)
	defer cancel()
	now, _, uerr := l.w.e.p.Store.UpdateMedia(ctx, j.ref.MessageID, l.w.e.stamp(), func(m *model.Media) {
		if err == nil {
			m.State, m.SHA256, m.MimeType, m.Size = model.MediaStored, stored.SHA256, stored.MimeType, stored.Size
			m.Width, m.Height, m.Error, m.Tries = stored.Width, stored.Height, "", 0
			return
		}
		failMedia(m, err, stopped, j.byself)
	})
	if uerr != nil {
		return errors.Join(err, fmt.Errorf("write what became of the file: %w", uerr))
	}
	l.w.e.p.Bus.Publish(event.Batch{
		Messages: event.Of(j.ref.ConversationID),
		Media:    map[model.MessageID]model.MediaProgress{j.ref.MessageID: {Done: stored.Size, Total: now.Size, State: now.State}},
	})
	l.w.lookIfLost(err)
	return err
}

// failMedia writes a failure: what the gateway no longer has, what nobody wanted
// any more, what will not get better by itself, and what may.
func failMedia(m *model.Media, err error, stopped, byself bool) {
	kind := ProblemKind(err)
	m.State, m.Error = model.MediaFailed, string(kind)
	switch {
	case stopped:
		m.State, m.Error, m.Tries = model.MediaRemote, "", model.MediaByHand
	case kind == model.ProblemCanceled:
		m.State, m.Error = model.MediaRemote, ""
	case kind == model.ProblemMediaGone:
		m.State = model.MediaGone
		m.Tries++ // the next sync may well say that it is there, and go on saying so
	case endsMediaRun(err):
		if byself {
			m.State, m.Error = model.MediaRemote, ""
		}
	case kind == model.ProblemMediaTooLarge && byself: // for itself; the owner may still want it
		m.State, m.Error, m.Tries = model.MediaRemote, "", model.MediaByHand
	case kind == model.ProblemMediaTooLarge, kind == model.ProblemNotFound, kind == model.ProblemInvalidChat:
		m.Tries = model.MediaByHand
	default:
		m.Tries++
	}
}

// endsMediaRun tells whether an error says nothing of one file, but that none can be had now.
func endsMediaRun(err error) bool {
	if err == nil {
		return false
	}
	switch ProblemKind(err) {
	case model.ProblemDiskFull, model.ProblemReadOnly, model.ProblemOtherAccount, model.ProblemCanceled, model.ProblemRateLimited:
		return true
	}
	return sessionLost(err)
}

// progressTarget takes the bytes of a file and tells how far it is.
type progressTarget struct {
	file  MediaFile
	lane  *mediaLane
	id    model.MessageID
	done  int64
	total int64
	told  time.Time
}

// Begin is gateway.MediaTarget.
func (t *progressTarget) Begin(total int64) error {
	if total > 0 {
		t.total = total
	}
	t.done = 0
	if err := t.file.Reset(); err != nil {
		return err
	}
	t.tell()
	return nil
}

func (t *progressTarget) Write(p []byte) (int, error) {
	n, err := t.file.Write(p)
	t.done += int64(n)
	if now := t.lane.w.e.p.Now(); now.Sub(t.told) >= progressEvery {
		t.tell()
	}
	return n, err
}

func (t *progressTarget) tell() {
	t.told = t.lane.w.e.p.Now()
	t.lane.w.e.p.Bus.Publish(event.Batch{Media: map[model.MessageID]model.MediaProgress{
		t.id: {Done: t.done, Total: max(t.total, t.done), State: model.MediaDownloading},
	}})
}
