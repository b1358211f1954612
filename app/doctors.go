package app

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Doctors is the use case of looking at everything while Buzón runs.
type Doctors struct{ a *App }

// Examine makes all checks; see Doctor.Run.
func (s *Doctors) Examine(ctx context.Context, report func(model.Check)) []model.Check {
	a := s.a
	return NewDoctor(DoctorConfig{
		Paths: a.Paths, Settings: a.settings, Secrets: a.secrets, Redactor: a.Redactor, Now: a.now, Conditions: a.engine.Conditions,
		Live: a.engine.Live, SocketOpened: a.engine.LookForEvents,
	}).Run(ctx, report)
}

// Mask takes secrets, identifiers and numbers out of a text that leaves Buzón.
func (s *Doctors) Mask(text string) string { return s.a.Redactor.Text(text) }
