package audio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// What goes to the sound system.
const (
	OutRate     = 48_000 // frames a second
	OutChannels = 2
)

// ErrNoDevice says that no sound can be heard on this computer now: there is
// no sound system, or it has no device.
var ErrNoDevice = errors.New("no sound device")

// Output is a sound system.
type Output interface {
	// Start begins to play what read gives: frames of two channels, until it
	// returns an error, io.EOF at the end. read is called from one goroutine
	// that the Voice owns. An error wraps ErrNoDevice when there is no device.
	Start(ctx context.Context, read func([]int16) (frames int, err error)) (Voice, error)
}

// Voice is something that plays.
type Voice interface {
	// Latency is about how long what was read takes to be heard.
	Latency() time.Duration
	// Err returns why the voice fell silent before its end, nil while it has not.
	Err() error
	// Close silences it and waits for its goroutine; it may be called again.
	Close() error
}

// Status is what a Player is doing.
type Status struct {
	Playing  bool
	Ended    bool          // it was heard to its end
	Position time.Duration // in the file
	Length   time.Duration // zero: not known
	Err      error         // why it stopped by itself
}

// Player plays one file at a time. Make it with NewPlayer; the owner closes it.
type Player struct {
	out Output
	now func() time.Time

	turn sync.Mutex // held by Play, Pause and Close while they work
	mu   sync.Mutex // guards what follows
	play *playing
	last Status
}

// playing is one file from Play to Pause.
type playing struct {
	track *Track
	voice Voice
	from  time.Duration
	speed float64

	mu     sync.Mutex // guards what follows; the voice's goroutine reads under it
	sound  *convert
	frames int64 // that were read
	ended  time.Time
	err    error
	closed bool
}

// NewPlayer returns a player on a sound system. A nil now stands for time.Now.
func NewPlayer(out Output, now func() time.Time) *Player {
	if now == nil {
		now = time.Now
	}
	return &Player{out: out, now: now}
}

// Play plays a file from a moment on at a speed of 0.5 to 3, in place of what
// was playing. It returns once the sound has begun. Errors wrap ErrFormat when
// the file cannot be decoded here and ErrNoDevice when nothing can be heard.
func (p *Player) Play(ctx context.Context, path string, from time.Duration, speed float64) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.stop()
	p.setLast(Status{})
	track, err := Open(path)
	if err != nil {
		return err
	}
	from = max(from, 0)
	if length := track.Length(); length > 0 {
		from = min(from, length)
	}
	speed = max(min(speed, 3), 0.5)
	if err := track.Seek(from); err != nil {
		return errors.Join(err, track.Close())
	}
	play := &playing{track: track, from: from, speed: speed, sound: newConvert(track, speed)}
	play.voice, err = p.out.Start(ctx, func(dst []int16) (int, error) { return play.read(dst, p.now) })
	if err != nil {
		p.setLast(Status{Position: from, Length: track.Length()})
		return errors.Join(fmt.Errorf("start the sound: %w", err), track.Close())
	}
	p.mu.Lock()
	p.play = play
	p.mu.Unlock()
	return nil
}

// Pause falls silent and keeps the position; Play goes on from there.
func (p *Player) Pause() {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.stop()
}

// Close falls silent. It may be called again; Play works again after it.
func (p *Player) Close() error {
	p.Pause()
	return nil
}

// Status returns what the player is doing; it reads memory only.
func (p *Player) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.play == nil {
		return p.last
	}
	return p.play.status(p.now())
}

func (p *Player) setLast(s Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = s
}

// stop ends what plays. The caller holds turn.
func (p *Player) stop() {
	p.mu.Lock()
	play := p.play
	p.mu.Unlock()
	if play == nil {
		return
	}
	last := play.status(p.now())
	last.Playing = false
	play.mu.Lock()
	play.closed = true
	play.mu.Unlock()
	_ = play.voice.Close() // it is silent either way
	_ = play.track.Close() // it was only read
	p.mu.Lock()
	p.play, p.last = nil, last
	p.mu.Unlock()
}

// read gives the voice its samples.
func (p *playing) read(dst []int16, now func() time.Time) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, io.EOF
	}
	n, err := p.sound.read(dst)
	p.frames += int64(n)
	if err != nil && p.ended.IsZero() {
		p.ended = now()
		if !errors.Is(err, io.EOF) {
			p.err = err
		}
	}
	return n, err
}

func (p *playing) status(now time.Time) Status {
	latency := p.voice.Latency()
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Status{Length: p.track.Length(), Err: p.err}
	heard := time.Duration(p.frames) * time.Second / OutRate
	if p.ended.IsZero() {
		s.Playing = true
		heard -= latency
	} else if rest := latency - now.Sub(p.ended); rest > 0 {
		s.Playing = true
		heard -= rest
	} else {
		s.Ended = p.err == nil
	}
	if err := p.voice.Err(); err != nil && !s.Ended {
		s.Playing, s.Err = false, err
	}
	s.Position = p.from + time.Duration(float64(max(heard, 0))*p.speed)
	if s.Length > 0 {
		s.Position = min(s.Position, s.Length)
	}
	return s
}
