package sync

import (
	"context"
	"fmt"

	"github.com/xappiens/buzon/model"
)

// automatic fetches what may come by itself, the newest first, and writes one
// activity row for all of it. It ends when there is nothing more, when the run
// is long enough, when the session or the disk does not allow it, and pauses
// while a sync is running.
func (l *mediaLane) automatic() {
	ctx := l.w.e.life
	began := l.w.e.p.Now()
	var stored, failed int
	var first error
	defer func() {
		if stored+failed > 0 {
			l.w.record(model.ActivityMessage, "download_media", began, first, func(a *model.Activity) {
				a.Created, a.Failed = stored, failed
				if stored > 0 && first != nil {
					a.Outcome = model.OutcomeWarning
				}
			})
		}
	}()
	before := model.MessageID(0)
	for tried := 0; tried < mediaRun; {
		wanted, err := l.wanted(ctx, before)
		if err != nil {
			l.w.log.WithError(err).Warn("look for files to download")
			return
		}
		if len(wanted) == 0 {
			return
		}
		for _, ref := range wanted {
			before = ref.MessageID
			l.serveAsked()
			if !l.may(ref) {
				return
			}
			tried++
			switch err := l.runByself(ref); {
			case endsMediaRun(err):
				l.w.log.WithError(err).Debug("end the automatic downloads")
				return
			case ProblemKind(err) == model.ProblemMediaGone:
				// normal for old messages: the record says so
			case err != nil:
				failed++
				if first == nil {
					first = err
				}
			default:
				stored++
			}
		}
	}
	l.lookSoon() // the next run goes on
}

// wanted reads the next files that may come by themselves.
func (l *mediaLane) wanted(ctx context.Context, before model.MessageID) ([]model.MediaRef, error) {
	types, most := l.w.e.p.Settings().AutoMedia()
	if len(types) == 0 || l.w.e.p.Media == nil {
		return nil, nil
	}
	wanted, err := l.w.e.p.Store.MediaWanted(ctx, model.MediaWish{
		SessionID: l.w.id, Types: types, MaxBytes: most, Before: before, Limit: mediaPage,
		FailedBefore: model.StampOf(l.w.e.p.Now().Add(-mediaPause)),
	})
	if err != nil {
		return nil, fmt.Errorf("list files to download: %w", err)
	}
	return wanted, nil
}

// may tells whether a file may still come by itself now.
func (l *mediaLane) may(ref model.MediaRef) bool {
	if l.w.e.life.Err() != nil || !l.w.connected.Load() || l.w.busy() {
		return false // the end of the sync, or the next connection, looks again
	}
	if types, most := l.w.e.p.Settings().AutoMedia(); len(types) == 0 || ref.Size > most {
		return false
	}
	free, err := l.w.e.p.Media.Free()
	if err == nil && free < mediaFree+uint64(max(ref.Size, 0)) { //nolint:gosec // not negative
		l.w.log.Info("the disk is nearly full: files are not downloaded by themselves")
		return false
	}
	return true
}

// serveAsked does what was asked for meanwhile.
func (l *mediaLane) serveAsked() {
	for j := l.take(); j != nil; j = l.take() {
		l.do(j)
	}
}

// runByself downloads one file that nobody asked for; who asks for it meanwhile joins.
func (l *mediaLane) runByself(ref model.MediaRef) error {
	l.mu.Lock()
	if l.jobs[ref.MessageID] != nil {
		l.mu.Unlock()
		return nil // it was asked for meanwhile and comes next
	}
	j := l.newJob(ref, true)
	l.mu.Unlock()
	err := l.run(j)
	l.mu.Lock()
	stopped := j.stopped
	l.finish(j, err)
	l.mu.Unlock()
	if stopped {
		return nil
	}
	return err
}
