package sync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func (m *mortal) LedgerJob(ctx context.Context, id model.SessionID, kind model.LedgerJobKind) (model.LedgerJob, error) {
	job, err := m.Store.LedgerJob(ctx, id, kind)
	if f := m.jobRead.Load(); f != nil && kind == model.JobHistory {
		(*f)(job)
	}
	return job, err
}

func (m *mortal) SaveLedgerJob(ctx context.Context, job model.LedgerJob) (held model.LedgerJob, err error) {
	save := func() { held, err = m.Store.SaveLedgerJob(ctx, job) }
	if f := m.jobSaved.Load(); f != nil && job.Kind == model.JobHistory {
		(*f)(job, save)
		return held, err
	}
	save()
	return held, err
}

// ending is an engine that works on the whole history, which its owner ends.
type ending struct {
	*rig
	ended chan error
}

func newEnding(t *testing.T) *ending {
	r, _ := ready(t, rigOptions{scheduled: true})
	return &ending{rig: r, ended: make(chan error, 1)}
}

func (e *ending) end() { e.ended <- e.engine.CancelHistory(context.Background(), e.session.ID) }

// requireEnded holds that the work has ended, and that nothing goes on with it.
func (e *ending) requireEnded() {
	e.t.Helper()
	e.until("it was ended", func() bool { return len(e.ended) > 0 })
	require.NoError(e.t, <-e.ended)
	looks := make(chan struct{}, 3)
	look := func(model.LedgerJob) {
		select {
		case looks <- struct{}{}:
		default: // often enough
		}
	}
	e.alive.jobRead.Store(&look)
	e.until("it was looked for what is left", func() bool { return len(looks) == cap(looks) })
	job, err := e.store.LedgerJob(e.t.Context(), e.session.ID, model.JobHistory)
	require.NoError(e.t, err)
	require.True(e.t, job.Canceled)
	require.Zero(e.t, job.FinishedAt)
	require.Equal(e.t, 1, e.actions("whole_history"))
}

// How far the work is may be written just after its owner has ended it.
func TestAHistoryThatIsEndedWhileItIsWrittenStaysEnded(t *testing.T) {
	e := newEnding(t)
	canceled, noted := make(chan struct{}), make(chan struct{})
	saved := func(job model.LedgerJob, save func()) {
		switch {
		case job.Canceled:
			save()
			close(canceled)
			<-noted
		case job.Done == 2:
			go e.end()
			<-canceled
			save()
			e.alive.jobSaved.Store(nil)
			close(noted)
		default:
			save()
		}
	}
	e.alive.jobSaved.Store(&saved)
	require.NoError(t, e.engine.StartHistory(t.Context(), e.session.ID))
	e.requireEnded()
}

// Whoever goes on with what is left of the work begins no other when that was ended
// meanwhile.
func TestAHistoryThatIsEndedBeforeItGoesOnBeginsNoOther(t *testing.T) {
	e := newEnding(t)
	var begun model.Stamp
	read := func(job model.LedgerJob) {
		if job.Running() {
			e.alive.jobRead.Store(nil)
			begun = job.StartedAt
			e.end()
		}
	}
	e.alive.jobRead.Store(&read)
	require.NoError(t, e.engine.StartHistory(t.Context(), e.session.ID))
	e.requireEnded()
	job, err := e.store.LedgerJob(t.Context(), e.session.ID, model.JobHistory)
	require.NoError(t, err)
	require.Equal(t, begun, job.StartedAt)
}

// Work that has come to its end cannot be ended any more.
func TestAHistoryThatIsDoneIsNotCanceled(t *testing.T) {
	e := newEnding(t)
	read, noted := make(chan struct{}), make(chan struct{})
	saved := func(job model.LedgerJob, save func()) {
		if job.FinishedAt != 0 {
			go e.end()
			<-read
			save()
			close(noted)
			return
		}
		if job.Canceled {
			close(read)
			<-noted
		}
		save()
	}
	e.alive.jobSaved.Store(&saved)
	require.NoError(t, e.engine.StartHistory(t.Context(), e.session.ID))
	e.until("it was to be ended", func() bool { return len(e.ended) > 0 })
	require.NoError(t, <-e.ended)
	e.until("the record", func() bool { return e.actions("whole_history") > 0 })
	job, err := e.store.LedgerJob(t.Context(), e.session.ID, model.JobHistory)
	require.NoError(t, err)
	require.NotZero(t, job.FinishedAt)
	require.False(t, job.Canceled)
	require.Equal(t, 1, e.actions("whole_history"))
}
