package audio

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// wavDecoder reads plain samples of 8, 16, 24 or 32 bits.
type wavDecoder struct {
	file     *os.File
	start    int64 // of the samples, in bytes from the start of the file
	bytes    int64 // of the samples
	at       int64 // bytes that were read of them
	channels int
	width    int // bytes of a sample
	buf      []byte
}

// The parts of a file that matter, and the kinds of samples.
const (
	wavPlain      = 1
	wavExtensible = 0xfffe
	mostChunks    = 64
)

func (t *Track) openWAV() error {
	info, err := t.file.Stat()
	if err != nil {
		return fmt.Errorf("look at the sound file: %w", err)
	}
	d := &wavDecoder{file: t.file}
	at := int64(12)
	for range mostChunks {
		var head [8]byte
		if _, err := t.file.ReadAt(head[:], at); err != nil {
			break
		}
		at += 8
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "fmt ":
			var f [16]byte
			if _, err := t.file.ReadAt(f[:], at); err != nil {
				return fmt.Errorf("%w: %w", ErrFormat, err)
			}
			if kind := binary.LittleEndian.Uint16(f[:]); kind != wavPlain && kind != wavExtensible {
				return fmt.Errorf("%w: samples of kind %d", ErrFormat, kind)
			}
			t.rate = int(binary.LittleEndian.Uint32(f[4:]))
			d.channels, d.width = int(binary.LittleEndian.Uint16(f[2:])), int(binary.LittleEndian.Uint16(f[14:]))/8
		case "data":
			d.start, d.bytes = at, min(size, info.Size()-at)
			return t.takeWAV(d)
		}
		at += size + size&1
	}
	return fmt.Errorf("%w: no samples", ErrFormat)
}

func (t *Track) takeWAV(d *wavDecoder) error {
	if d.channels < 1 || d.channels > maxChannels || d.width < 1 || d.width > 4 {
		return fmt.Errorf("%w: %d channels of %d bytes", ErrFormat, d.channels, d.width)
	}
	frame := int64(d.channels * d.width)
	d.bytes -= d.bytes % frame
	t.dec, t.channels, t.frames = d, d.channels, d.bytes/frame
	return nil
}

func (d *wavDecoder) seek(frame int64) error {
	d.at = min(frame*int64(d.channels*d.width), d.bytes)
	return nil
}

func (d *wavDecoder) read(dst []float32) (int, error) {
	want := min(int64(len(dst)*d.width), d.bytes-d.at)
	if want <= 0 {
		return 0, io.EOF
	}
	if int64(len(d.buf)) < want {
		d.buf = make([]byte, want)
	}
	if _, err := d.file.ReadAt(d.buf[:want], d.start+d.at); err != nil {
		return 0, fmt.Errorf("%w: %w", errDamaged, err)
	}
	d.at += want
	n := int(want) / d.width
	for i := range n {
		dst[i] = sample(d.buf[i*d.width : (i+1)*d.width])
	}
	return n / d.channels, nil
}

// sample reads one sample; those of 8 bits have no sign.
func sample(b []byte) float32 {
	if len(b) == 1 {
		return float32(int(b[0])-128) / 128
	}
	v := int32(0)
	for i, c := range b {
		v |= int32(c) << (8 * (4 - len(b) + i))
	}
	return float32(v) / (1 << 31)
}
