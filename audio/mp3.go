package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/hajimehoshi/go-mp3"
)

// mp3Frame is the size of a frame that the decoder gives: two channels of 16
// bits, whatever the file has.
const mp3Frame = 4

// mp3Decoder reads MPEG-1 and MPEG-2 layer III.
type mp3Decoder struct {
	dec *mp3.Decoder
	buf []byte
}

func (t *Track) openMP3() error {
	dec, err := mp3.NewDecoder(t.file)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	t.dec, t.rate, t.channels, t.frames = &mp3Decoder{dec: dec}, dec.SampleRate(), 2, max(dec.Length(), 0)/mp3Frame
	return nil
}

func (d *mp3Decoder) seek(frame int64) error {
	if _, err := d.dec.Seek(frame*mp3Frame, io.SeekStart); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

func (d *mp3Decoder) read(dst []float32) (int, error) {
	want := len(dst) / 2 * mp3Frame
	if len(d.buf) < want {
		d.buf = make([]byte, want)
	}
	n, err := io.ReadFull(d.dec, d.buf[:want])
	frames := n / mp3Frame
	for i := range 2 * frames {
		dst[i] = float32(int16(binary.LittleEndian.Uint16(d.buf[2*i:]))) / (1 << 15)
	}
	switch {
	case frames > 0:
		return frames, nil
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return 0, io.EOF
	default:
		return 0, fmt.Errorf("%w: %w", errDamaged, err)
	}
}
