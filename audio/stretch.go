package audio

import (
	"errors"
	"io"
)

// stretch reads a track faster or slower without changing the pitch of a voice:
// it lays overlapping pieces closer together, each shifted by as much as makes
// it continue the wave of the one before (WSOLA).
type stretch struct {
	src      *Track
	channels int
	piece    int // frames of a piece; half of it overlaps the next
	search   int // frames by which a piece may be shifted either way
	speed    float64

	in   []float32 // what was read and is still needed
	pos  float64   // where the next piece begins in it, in frames, before the shift
	tail []float32 // second half of the last piece, not given away yet
	out  []float32 // ready to be given away
	done bool      // the track has no more
}

func newStretch(src *Track, speed float64) *stretch {
	s := &stretch{src: src, channels: src.channels, speed: speed}
	s.piece = src.rate * 40 / 1000 &^ 1 // 40 ms: a few waves of the lowest voice
	s.search = src.rate * 8 / 1000
	return s
}

// read fills whole frames; at the end it returns io.EOF.
func (s *stretch) read(dst []float32) (int, error) {
	if s.speed == 1 {
		return s.src.Read(dst)
	}
	n := 0
	for n < len(dst) {
		if len(s.out) == 0 {
			if err := s.next(); err != nil {
				if n > 0 && errors.Is(err, io.EOF) {
					break
				}
				return n / s.channels, err
			}
			continue
		}
		k := copy(dst[n:], s.out)
		n, s.out = n+k, s.out[k:]
	}
	return n / s.channels, nil
}

// next makes half a piece.
func (s *stretch) next() error {
	half := s.piece / 2
	need := int(s.pos) + 2*s.search + s.piece
	if err := s.fill(need); err != nil {
		return err
	}
	held := len(s.in) / s.channels
	if held < int(s.pos)+s.piece { // the end: give away what is left
		if s.tail == nil {
			return io.EOF
		}
		s.out, s.tail = s.tail, nil
		s.in, s.pos = nil, 0
		return nil
	}
	at := int(s.pos)
	if s.tail != nil {
		at = s.best(at, held)
	}
	ch := s.channels
	piece := s.in[at*ch : (at+s.piece)*ch]
	out := make([]float32, half*ch)
	for i := range half {
		w := float32(i) / float32(half)
		for c := range ch {
			j := i*ch + c
			if s.tail == nil {
				out[j] = piece[j]
			} else {
				out[j] = s.tail[j]*(1-w) + piece[j]*w
			}
		}
	}
	s.out = out
	s.tail = append([]float32(nil), piece[half*ch:]...)
	s.pos += float64(half) * s.speed
	s.drop()
	return nil
}

// best returns where a piece continues the tail most smoothly.
func (s *stretch) best(at, held int) int {
	from, to := max(at-s.search, 0), min(at+s.search, held-s.piece)
	best, most := at, float32(-1e30)
	ch, half := s.channels, s.piece/2
	for p := from; p <= to; p += 2 {
		sum, energy := float32(0), float32(1e-6)
		for i := 0; i < half; i += 4 { // every fourth frame tells enough
			x := s.in[(p+i)*ch]
			sum += s.tail[i*ch] * x
			energy += x * x
		}
		if sum < 0 {
			sum = 0
		}
		if score := sum * sum / energy; score > most {
			best, most = p, score
		}
	}
	return best
}

// fill reads until so many frames are held or the track ends.
func (s *stretch) fill(frames int) error {
	for !s.done && len(s.in) < frames*s.channels {
		held := len(s.in)
		s.in = append(s.in, make([]float32, 4096*s.channels)...)
		n, err := s.src.Read(s.in[held:])
		s.in = s.in[:held+n*s.channels]
		if errors.Is(err, io.EOF) {
			s.done = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// drop forgets what lies before what a shifted piece can reach.
func (s *stretch) drop() {
	if cut := int(s.pos) - s.search; cut > 0 {
		cut = min(cut, len(s.in)/s.channels)
		s.in = append(s.in[:0], s.in[cut*s.channels:]...)
		s.pos -= float64(cut)
	}
}

// convert brings the sound to what goes out: OutRate, two channels, 16 bits.
// Between two samples it draws a straight line, which is enough for speech.
type convert struct {
	src   *stretch
	step  float64 // frames of the source for one that goes out
	pos   float64 // of the next one, in frames of buf
	buf   []float32
	block []float32
	ended bool
}

func newConvert(t *Track, speed float64) *convert {
	return &convert{src: newStretch(t, speed), step: float64(t.rate) / OutRate, block: make([]float32, 2048*t.channels)}
}

// read fills frames of two channels; at the end it returns io.EOF.
func (c *convert) read(dst []int16) (int, error) {
	ch := c.src.channels
	n := 0
	for n < len(dst)/2 {
		i := int(c.pos)
		if (i+2)*ch > len(c.buf) && !c.ended {
			if err := c.more(); err != nil {
				return n, err
			}
			continue
		}
		if (i+1)*ch > len(c.buf) {
			break
		}
		next := min((i+1)*ch, len(c.buf)-ch)
		f := float32(c.pos - float64(i))
		left := c.buf[i*ch]*(1-f) + c.buf[next]*f
		right := left
		if ch == 2 {
			right = c.buf[i*ch+1]*(1-f) + c.buf[next+1]*f
		}
		dst[2*n], dst[2*n+1] = toInt16(left), toInt16(right)
		n++
		c.pos += c.step
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (c *convert) more() error {
	ch := c.src.channels
	if cut := min(int(c.pos), len(c.buf)/ch); cut > 0 {
		c.buf = append(c.buf[:0], c.buf[cut*ch:]...)
		c.pos -= float64(cut)
	}
	n, err := c.src.read(c.block)
	c.buf = append(c.buf, c.block[:n*ch]...)
	if errors.Is(err, io.EOF) {
		c.ended = true
		return nil
	}
	return err
}

func toInt16(v float32) int16 {
	return int16(max(min(v, 1), -1) * 32767)
}
