package main

import (
	"context"
	"errors"
	"time"

	"github.com/xappiens/buzon/audio"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// player lets the window play sound, and puts errors into its terms.
type player struct{ *audio.Player }

// Play implements ui.Player.
func (p player) Play(ctx context.Context, path string, from time.Duration, speed float64) error {
	return soundProblem(p.Player.Play(ctx, path, from, speed))
}

// Status implements ui.Player.
func (p player) Status() ui.Sound {
	s := p.Player.Status()
	return ui.Sound{Playing: s.Playing, Ended: s.Ended, Position: s.Position, Length: s.Length, Err: soundProblem(s.Err)}
}

// soundError is an error of package audio with the kind that an owner is told.
type soundError struct {
	error
	kind model.ProblemKind
}

// Unwrap returns the error itself.
func (e *soundError) Unwrap() error { return e.error }

// ProblemKind says what an owner can do about it.
func (e *soundError) ProblemKind() model.ProblemKind { return e.kind }

func soundProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, audio.ErrNoDevice):
		return &soundError{err, model.ProblemNoSound}
	case errors.Is(err, audio.ErrFormat):
		return &soundError{err, model.ProblemSoundFormat}
	}
	return err
}
