package store

import (
	"context"
	"os"
	"sync"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"gorm.io/gorm"
)

// Sizes of the write-ahead log, in bytes but where said.
const (
	logMoves = 16 << 20 // from this on it is moved into the file, beside the writer: fewer pages are written twice
	logStep  = 4 << 20  // and again for each so much more, until the writer begins it anew
	logPages = 8000     // pages, 32 MB, from which on the writer moves it itself: without a pause the other never gets to its end
	logKept  = 8 << 20  // what its file is cut to when it begins anew; less than logMoves, so that the size tells what is in it
	logTries = 3        // how often a move goes on with what was written during it
)

// logMover moves the write-ahead log into the file on a connection of its own.
//
// A move waits for the disk three times. SQLite lets the writer do that at the end of a
// commit, and then whoever waits for that commit waits for a slow disk too. PASSIVE
// disturbs neither the writer nor readers.
type logMover struct {
	path string
	log  *logrus.Entry // nil means silence
	db   *gorm.DB
	next atomic.Int64  // bytes of the log at which to move again
	wake chan struct{} // holds one

	mu sync.Mutex // held while moving: two at a time are refused

	end  context.CancelFunc
	done sync.WaitGroup
}

// moveLog starts to move the log of the file at path; stop ends that.
func moveLog(ctx context.Context, path string, log *logrus.Entry) (*logMover, error) {
	db, err := connect(ctx, path, readWrite, 1)
	if err != nil {
		return nil, err
	}
	m := &logMover{path: path + "-wal", log: log, db: db, wake: make(chan struct{}, 1)}
	m.next.Store(logMoves)
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	m.end = end
	m.done.Go(func() { m.run(life) })
	return m, nil
}

// stop ends what runs and waits for it. What was not moved stays in the log, which is
// as good. A nil one has nothing to stop; it may be stopped again.
func (m *logMover) stop() error {
	if m == nil {
		return nil
	}
	m.end()
	m.done.Wait()
	return disconnect(m.db)
}

// wrote is to be called after each commit. It looks at a size only.
func (m *logMover) wrote() {
	if m == nil {
		return
	}
	size := m.size()
	if size < logMoves {
		m.next.Store(logMoves) // it has begun anew
		return
	}
	if size < m.next.Load() {
		return
	}
	select {
	case m.wake <- struct{}{}:
	default: // it is about to
	}
}

func (m *logMover) size() int64 {
	info, err := os.Stat(m.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func (m *logMover) run(ctx context.Context) {
	failed := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.wake:
		}
		err := m.move(ctx)
		if err != nil && !failed && ctx.Err() == nil && m.log != nil {
			// The writer tells of a bad disk or a full one by itself; the log only grows.
			m.log.WithError(err).Warn("move the write-ahead log into the store")
		}
		failed = err != nil
	}
}

// move moves what is in the log, and what came meanwhile, so that the next commit can
// begin it anew. With much to write, or with a long reading, that has to wait.
func (m *logMover) move(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { m.next.Store(m.size() + logStep) }()
	for range logTries {
		var busy, frames, moved int
		err := queryRow(m.db.WithContext(ctx), "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &moved)
		if err != nil || moved == frames || frames >= logPages {
			return err // of so long a log the writer moves the rest: it is held back by that, and this is not
		}
	}
	return nil
}

// alone runs f while nothing is moved.
func (m *logMover) alone(f func() error) error {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
	}
	return f()
}
