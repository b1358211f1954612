package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pion/opus"
	"github.com/pion/opus/pkg/oggreader"
)

const (
	opusRate   = 48_000
	opusPacket = 5760 // frames: the longest packet is 120 ms (RFC 6716 §3.2.5)
	opusRoll   = 3840 // frames: a decoder that starts in the middle needs 80 ms to settle (RFC 7845 §4.6)
)

// opusDecoder reads Opus in Ogg (RFC 7845).
type opusDecoder struct {
	file     *os.File
	pages    *oggreader.OggReader
	dec      opus.Decoder
	channels int
	lead     int64 // frames before the first one that is to be heard

	skip int64 // frames to drop before the next one
	left []float32
	buf  []float32
	bad  int // packets in a row that could not be decoded
}

func (t *Track) openOpus() error {
	d := &opusDecoder{file: t.file}
	if err := d.rewind(); err != nil {
		return err
	}
	total := int64(0)
	for {
		packet, err := d.packet()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && total == 0 {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		if err != nil { // what is there up to the damage can be heard
			break
		}
		total += packetFrames(packet)
	}
	t.dec, t.rate, t.channels, t.frames = d, opusRate, d.channels, max(total-d.lead, 0)
	return d.seek(0)
}

// rewind starts anew at the first packet.
func (d *opusDecoder) rewind() error {
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the sound file: %w", err)
	}
	pages, head, err := oggreader.NewWith(d.file)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if head.Channels < 1 || head.Channels > maxChannels {
		return fmt.Errorf("%w: %d channels", ErrFormat, head.Channels)
	}
	d.pages, d.channels, d.lead = pages, int(head.Channels), int64(head.PreSkip)
	d.dec, err = opus.NewDecoderWithOutput(opusRate, d.channels)
	if err != nil {
		return fmt.Errorf("make a decoder: %w", err)
	}
	d.buf = make([]float32, opusPacket*d.channels)
	d.left = nil
	return nil
}

// packet returns the next packet with sound.
func (d *opusDecoder) packet() ([]byte, error) {
	for {
		p, _, err := d.pages.ParseNextPacket()
		if err != nil {
			return nil, err
		}
		if len(p) > 0 && !bytes.HasPrefix(p, []byte("OpusTags")) {
			return p, nil
		}
	}
}

// packetFrames returns how many frames a packet holds (RFC 6716 §3.1, §3.2).
func packetFrames(p []byte) int64 {
	config := p[0] >> 3
	var each int64 // frames at 48 kHz
	switch {
	case config < 12:
		each = []int64{480, 960, 1920, 2880}[config&3]
	case config < 16:
		each = []int64{480, 960}[config&1]
	default:
		each = 120 << (config & 3)
	}
	switch p[0] & 3 {
	case 0:
		return each
	case 3:
		if len(p) < 2 {
			return 0
		}
		return min(each*int64(p[1]&0x3f), opusPacket)
	default:
		return 2 * each
	}
}

func (d *opusDecoder) seek(frame int64) error {
	if err := d.rewind(); err != nil {
		return err
	}
	d.skip = frame + d.lead
	for d.skip > opusRoll+opusPacket {
		p, err := d.packet()
		if err != nil {
			return nil // the next read says so
		}
		d.skip -= packetFrames(p)
	}
	return nil
}

func (d *opusDecoder) read(dst []float32) (int, error) {
	n := 0
	for n < len(dst) {
		if len(d.left) == 0 {
			if err := d.decode(); err != nil {
				if n > 0 {
					break
				}
				return 0, err
			}
			continue
		}
		k := copy(dst[n:], d.left)
		n, d.left = n+k, d.left[k:]
	}
	return n / d.channels, nil
}

// mostBad is how many broken packets in a row are bridged with silence.
const mostBad = 50

func (d *opusDecoder) decode() error {
	p, err := d.packet()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // a file that was cut ends where it was cut
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	frames, err := d.dec.DecodeToFloat32(p, d.buf)
	if err != nil {
		if d.bad++; d.bad > mostBad {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		frames = int(packetFrames(p))
		clear(d.buf[:frames*d.channels])
	} else {
		d.bad = 0
	}
	drop := min(d.skip, int64(frames))
	d.skip -= drop
	d.left = d.buf[int(drop)*d.channels : frames*d.channels]
	return nil
}
