package ui

import (
	"context"
	"time"
)

// Sound is what a Player is doing.
type Sound struct {
	Playing  bool
	Ended    bool          // it was heard to its end
	Position time.Duration // in the file
	Length   time.Duration // zero: not known
	Err      error         // why it stopped by itself
}

// Player plays one sound file at a time. It is safe for concurrent use.
type Player interface {
	// Play plays a file from a moment on in place of what was playing; it may
	// block. The kind of an error is model.ProblemNoSound when nothing can be
	// heard on this computer, and model.ProblemSoundFormat when another program
	// may know the file.
	Play(ctx context.Context, path string, from time.Duration, speed float64) error
	// Pause falls silent and keeps the position; it may take a moment.
	Pause()
	// Status reads memory only.
	Status() Sound
}
