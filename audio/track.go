package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// ErrFormat says that a file holds no sound that can be decoded here: another
// program may know it.
var ErrFormat = errors.New("sound of an unknown kind")

// errDamaged says that a file promised sound and then broke its word.
var errDamaged = errors.New("the sound file is damaged")

// The bounds of a Track.
const (
	maxFileBytes = 256 << 20
	maxChannels  = 2
	maxRate      = 192_000 // samples a second
)

// decoder gives the samples of one file, in order.
type decoder interface {
	// read fills whole frames into dst, interleaved, in -1…1; at the end it
	// returns io.EOF.
	read(dst []float32) (frames int, err error)
	// seek makes a frame the next one that is read.
	seek(frame int64) error
}

// Track is a sound file that was opened. It is not safe for concurrent use.
type Track struct {
	file     *os.File
	dec      decoder
	rate     int
	channels int
	frames   int64
}

// Open opens a sound file by what is in it, whatever its name says. A file of
// another kind gives an error that wraps ErrFormat. The caller closes the track.
func Open(path string) (*Track, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the sound file: %w", err)
	}
	t := &Track{file: f}
	if err := t.open(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return t, nil
}

func (t *Track) open() (err error) {
	defer rescue(&err)
	info, err := t.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the sound file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFileBytes {
		return fmt.Errorf("%w: %d bytes", ErrFormat, info.Size())
	}
	if err := t.openKind(); err != nil {
		return err
	}
	if t.rate < 4000 || t.rate > maxRate || t.channels < 1 || t.channels > maxChannels {
		return fmt.Errorf("%w: %d samples a second, %d channels", ErrFormat, t.rate, t.channels)
	}
	return nil
}

// openKind chooses the decoder by the first bytes.
func (t *Track) openKind() error {
	head := make([]byte, 12)
	n, err := io.ReadFull(t.file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the sound file: %w", err)
	}
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the sound file: %w", err)
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("OggS")):
		return t.openOpus()
	case bytes.HasPrefix(head, []byte("RIFF")) && bytes.HasSuffix(head, []byte("WAVE")):
		return t.openWAV()
	case bytes.HasPrefix(head, []byte("ID3")), len(head) > 1 && head[0] == 0xff && head[1]&0xe6 == 0xe2: // MPEG layer III
		return t.openMP3()
	default:
		return ErrFormat
	}
}

// Length returns how long the sound is; zero when the file does not tell.
func (t *Track) Length() time.Duration { return t.at(t.frames) }

// Rate returns the samples a second.
func (t *Track) Rate() int { return t.rate }

// Channels returns 1 or 2.
func (t *Track) Channels() int { return t.channels }

// Read fills whole frames into dst, interleaved, in -1…1; at the end it
// returns io.EOF.
func (t *Track) Read(dst []float32) (frames int, err error) {
	defer rescue(&err)
	return t.dec.read(dst[:len(dst)/t.channels*t.channels])
}

// Seek makes a moment the next one that is read; one after the end is the end.
func (t *Track) Seek(at time.Duration) (err error) {
	defer rescue(&err)
	frame := int64(max(at, 0)) / 1000 * int64(t.rate) / 1_000_000
	return t.dec.seek(min(frame, t.frames))
}

// Close closes the file.
func (t *Track) Close() error { return t.file.Close() }

func (t *Track) at(frame int64) time.Duration {
	return time.Duration(frame * 1_000_000 / int64(t.rate) * 1000)
}

// rescue turns a panic of a decoder that a crafted file tripped into an error.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", errDamaged, p)
	}
}
