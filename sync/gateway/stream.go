package gateway

import (
	"bytes"
	"errors"
	"io"
)

const (
	streamBuffer = 64 << 10
	// maxItem caps one item of a list. A chat with 2,000 participants and a last
	// message with all its _data stays below 1 MB.
	maxItem = 4 << 20
	// maxMember caps the small members of an envelope: the error's text.
	maxMember = 64 << 10
)

var (
	errOverCap     = errors.New("the answer is larger than is accepted")
	errItemTooLong = errors.New("the item is larger than is accepted")
)

// bodyError is a failure to read the body, as against one to understand it.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "reading the answer: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// stream cuts a JSON text that is still arriving into values, with one buffer
// that grows to the longest value and no further than the caller's cap.
type stream struct {
	r        io.Reader
	buf      []byte
	pos, end int   // what is buffered and unread is buf[pos:end]
	left     int64 // bytes that may still come
	err      error
}

func newStream(r io.Reader, limit int64) *stream {
	return &stream{r: r, buf: make([]byte, streamBuffer), left: limit}
}

// fill reads more behind what is buffered.
func (s *stream) fill() error {
	if s.err != nil {
		return s.err
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.left -= int64(n)
		switch {
		case s.left < 0:
			s.err = errOverCap
		case err == io.EOF:
			s.err = errTruncated
		case err != nil:
			s.err = &bodyError{err}
		}
		if n > 0 && s.left >= 0 {
			return nil
		}
		if s.err != nil {
			return s.err
		}
	}
	s.err = &bodyError{io.ErrNoProgress}
	return s.err
}

// peek gives the first byte of the next token.
func (s *stream) peek() (byte, error) {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\r', '\n':
				s.pos++
			default:
				return c, nil
			}
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// expect takes one byte that must come next.
func (s *stream) expect(c byte) error {
	got, err := s.peek()
	if err != nil {
		return err
	}
	if got != c {
		return errSyntax
	}
	s.pos++
	return nil
}

// value takes the next value whole. The bytes are valid until the next call. A
// value longer than limit is jumped over and gives errItemTooLong.
func (s *stream) value(limit int) ([]byte, error) {
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	if c == ',' || c == ':' || c == '}' || c == ']' {
		return nil, errSyntax
	}
	var sc scanner
	over := false
	for {
		done := sc.scan(s.buf[s.pos:s.end])
		if sc.off > limit {
			over = true
		}
		if done {
			raw := s.buf[s.pos : s.pos+sc.off]
			s.pos += sc.off
			if over {
				return nil, errItemTooLong
			}
			return raw, nil
		}
		if over {
			s.pos += sc.off
			sc.off = 0
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// scanner finds the end of one value in a text that grows. It keeps its place
// between calls: off bytes are behind it.
type scanner struct {
	off      int
	depth    int
	inString bool
	bare     bool // in a number, true, false or null
}

// scan goes on from off and says whether the value ends there.
func (sc *scanner) scan(b []byte) bool {
	for sc.off < len(b) {
		if sc.inString {
			if !sc.stringEnd(b) {
				return false
			}
			if sc.depth == 0 {
				return true
			}
			continue
		}
		switch c := b[sc.off]; c {
		case '"':
			if sc.bare && sc.depth == 0 {
				return true
			}
			sc.inString = true
		case '{', '[':
			sc.depth++
		case '}', ']':
			if sc.depth == 0 {
				return true // the end of what holds a bare value
			}
			sc.depth--
			if sc.depth == 0 {
				sc.off++
				return true
			}
		case ',', ' ', '\t', '\r', '\n':
			if sc.depth == 0 {
				return true
			}
		default:
			sc.bare = true
		}
		sc.off++
	}
	return false
}

// stringEnd goes behind the quote that ends the string; false when it has not
// come yet. A backslash whose partner has not come stays unread.
func (sc *scanner) stringEnd(b []byte) bool {
	for {
		n := bytes.IndexByte(b[sc.off:], '"')
		end := sc.off + n
		if n < 0 {
			end = len(b)
		}
		odd := false
		for p := end - 1; p >= sc.off && b[p] == '\\'; p-- {
			odd = !odd
		}
		switch {
		case n < 0 && odd:
			sc.off = end - 1
			return false
		case n < 0:
			sc.off = end
			return false
		}
		sc.off = end + 1
		if !odd {
			sc.inString = false
			return true
		}
	}
}

// members calls take for each member of the object that comes next; take must
// take the value.
func (s *stream) members(take func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	for {
		c, err := s.peek()
		if err != nil {
			return err
		}
		switch c {
		case '}':
			s.pos++
			return nil
		case ',':
			s.pos++
			continue
		case '"':
		default:
			return errSyntax
		}
		raw, err := s.value(maxMember)
		if err != nil {
			return err
		}
		key := newDec(raw).text()
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := take(key); err != nil {
			return err
		}
	}
}

// skip jumps over the next value, whatever its length.
func (s *stream) skip() error {
	_, err := s.value(0)
	if errors.Is(err, errItemTooLong) {
		return nil
	}
	return err
}

// small takes a value of the envelope that is short by nature; a longer one
// counts as null.
func (s *stream) small() (*dec, error) {
	raw, err := s.value(maxMember)
	if errors.Is(err, errItemTooLong) {
		return newDec([]byte("null")), nil
	}
	if err != nil {
		return nil, err
	}
	return newDec(raw), nil
}

// stringReader reads the content of a JSON string that is still arriving. It
// serves base64, so the escapes it knows are those that base64 can need.
type stringReader struct {
	s    *stream
	done bool
}

func (r *stringReader) Read(p []byte) (int, error) {
	if r.done {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	for r.s.pos == r.s.end {
		if err := r.s.fill(); err != nil {
			return 0, err
		}
	}
	chunk := r.s.buf[r.s.pos:r.s.end]
	if n := bytes.IndexAny(chunk[:min(len(chunk), len(p))], `"\`); n < 0 {
		n = copy(p, chunk)
		r.s.pos += n
		return n, nil
	} else if n > 0 {
		n = copy(p, chunk[:n])
		r.s.pos += n
		return n, nil
	}
	if chunk[0] == '"' {
		r.s.pos++
		r.done = true
		return 0, io.EOF
	}
	return r.escape(p)
}

// escape resolves the escape that begins here.
func (r *stringReader) escape(p []byte) (int, error) {
	need := 2
	for {
		for r.s.end-r.s.pos < need {
			if err := r.s.fill(); err != nil {
				return 0, err
			}
		}
		b := r.s.buf[r.s.pos : r.s.pos+need]
		if b[1] == 'u' && need == 2 {
			need = 6
			continue
		}
		r.s.pos += need
		if need == 6 {
			code, ok := hex4(b[2:])
			if !ok || code > 0x7f {
				return 0, errSyntax
			}
			p[0] = byte(code)
			return 1, nil
		}
		switch b[1] {
		case '/', '\\', '"':
			p[0] = b[1]
		case 'n', 'r', 't':
			p[0] = '\n' // white space is nothing to base64
		default:
			return 0, errSyntax
		}
		return 1, nil
	}
}
