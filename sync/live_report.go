package sync

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
)

// keep writes what the stream has proven, for who looks when this program does not run.
func (l *liveStream) keep() {
	l.mu.Lock()
	s, opened := l.state.Clone(), l.state.Opened > 0 || l.state.Status == model.LiveNone
	l.mu.Unlock()
	if !opened || !l.w.e.p.Scheduled {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.w.e.life), 5*time.Second)
	defer cancel()
	err := l.w.e.p.Store.UpdateLiveReport(ctx, l.w.id, func(before model.LiveReport) model.LiveReport {
		return s.Report(before, l.w.e.stamp())
	})
	if err != nil {
		l.w.log.WithError(err).Warn("keep what is known of the events")
	}
}
