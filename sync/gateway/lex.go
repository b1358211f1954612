package gateway

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errSyntax    = errors.New("malformed JSON")
	errTruncated = io.ErrUnexpectedEOF
)

// dec reads one JSON text that is wholly in memory, forgivingly: each reading
// method takes whatever value stands there, turns it into its type if that makes
// sense and into the zero value if not (contract §9.1). Syntax errors stick in
// err. Values nobody asks for are jumped over without being looked at, which is
// what makes messages with their large _data cheap; encoding/json would look at
// every byte twice. There is no recursion, so nesting cannot exhaust the stack.
type dec struct {
	b   []byte
	i   int
	key []byte // of the member that next stopped at; valid until the next call
	err error
}

func newDec(b []byte) *dec { return &dec{b: b} }

func (d *dec) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.i = len(d.b)
}

// peek gives the first byte of the next token, 0 at the end or after an error.
func (d *dec) peek() byte {
	for d.i < len(d.b) {
		switch c := d.b[d.i]; c {
		case ' ', '\t', '\r', '\n':
			d.i++
		default:
			return c
		}
	}
	return 0
}

// object enters an object; any other value is skipped and false returned.
func (d *dec) object() bool { return d.enter('{') }

// array enters an array; any other value is skipped and false returned.
func (d *dec) array() bool { return d.enter('[') }

func (d *dec) enter(open byte) bool {
	if d.peek() != open {
		d.skip()
		return false
	}
	d.i++
	return true
}

// next moves to the next member of the object that was entered and leaves its
// name in key; false at the object's end.
func (d *dec) next() bool {
	c := d.peek()
	if c == ',' {
		d.i++
		c = d.peek()
	}
	switch c {
	case '}':
		d.i++
		return false
	case '"':
		raw := d.rawString()
		if bytes.IndexByte(raw, '\\') >= 0 {
			raw = []byte(d.unquote(raw))
		}
		d.key = raw
	case 0:
		d.fail(errTruncated)
		return false
	default:
		d.fail(errSyntax)
		return false
	}
	if d.peek() != ':' {
		d.failHere()
		return false
	}
	d.i++
	return d.err == nil
}

// more says whether the array that was entered has another element.
func (d *dec) more() bool {
	c := d.peek()
	if c == ',' {
		d.i++
		c = d.peek()
	}
	switch c {
	case ']':
		d.i++
		return false
	case 0:
		d.fail(errTruncated)
		return false
	}
	return d.err == nil
}

func (d *dec) failHere() {
	if d.i >= len(d.b) {
		d.fail(errTruncated)
	} else {
		d.fail(errSyntax)
	}
}

// rawString takes the string that begins here and gives what is between its
// quotes, escapes and all.
func (d *dec) rawString() []byte {
	start := d.i + 1
	for end := start; ; end++ {
		n := bytes.IndexByte(d.b[end:], '"')
		if n < 0 {
			d.fail(errTruncated)
			return nil
		}
		end += n
		slashes := 0
		for p := end - 1; p >= start && d.b[p] == '\\'; p-- {
			slashes++
		}
		if slashes%2 == 0 {
			d.i = end + 1
			return d.b[start:end]
		}
	}
}

// literal takes a number, true, false or null.
func (d *dec) literal() []byte {
	d.peek()
	start := d.i
	for d.i < len(d.b) {
		c := d.b[d.i]
		if c == ',' || c == '}' || c == ']' || c <= ' ' {
			break
		}
		d.i++
	}
	lit := d.b[start:d.i]
	if !validLiteral(lit) {
		d.i = start
		d.failHere()
		return nil
	}
	return lit
}

func validLiteral(lit []byte) bool {
	switch string(lit) {
	case "true", "false", "null":
		return true
	case "":
		return false
	}
	for _, c := range lit {
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}

// skip jumps over the next value.
func (d *dec) skip() {
	switch d.peek() {
	case '"':
		d.rawString()
	case '{', '[':
		d.skipNested()
	default:
		d.literal()
	}
}

func (d *dec) skipNested() {
	depth := 0
	for d.i < len(d.b) {
		switch d.b[d.i] {
		case '"':
			d.rawString()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				d.i++
				return
			}
		}
		d.i++
	}
	d.fail(errTruncated)
}

// null takes a null that stands here, and says whether one did.
func (d *dec) null() bool {
	if d.peek() != 'n' {
		return false
	}
	d.literal()
	return true
}

// str takes a text; a number gives its digits; anything else "".
func (d *dec) str() string {
	switch c := d.peek(); {
	case c == '"':
		return d.text()
	case c == '-' || c >= '0' && c <= '9':
		return string(d.literal())
	}
	d.skip()
	return ""
}

// text takes the string that stands here.
func (d *dec) text() string {
	raw := d.rawString()
	if bytes.IndexByte(raw, '\\') >= 0 {
		return d.unquote(raw)
	}
	if !utf8.Valid(raw) {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(raw)
}

// unquote resolves escapes. Halves of surrogate pairs become U+FFFD, and NUL is
// dropped: no text of a person holds one, and C libraries stop at it.
func (d *dec) unquote(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			continue
		}
		i++
		if i == len(raw) {
			d.fail(errSyntax)
			return ""
		}
		if raw[i] == 'u' {
			r, n := escapedRune(raw[i+1:])
			if n == 0 {
				d.fail(errSyntax)
				return ""
			}
			i += n
			if r != 0 {
				out = utf8.AppendRune(out, r)
			}
			continue
		}
		plain := strings.IndexByte(`"\/bfnrt`, raw[i])
		if plain < 0 {
			d.fail(errSyntax)
			return ""
		}
		out = append(out, "\"\\/\b\f\n\r\t"[plain])
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// escapedRune reads the digits after \u, and the second half of a pair with it;
// n is how many bytes it took, 0 when they are no digits.
func escapedRune(b []byte) (r rune, n int) {
	first, ok := hex4(b)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(first) {
		return first, 4
	}
	if len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
		if second, ok := hex4(b[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 10
			}
		}
	}
	return utf8.RuneError, 4
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// bool takes true, a number other than 0, or the texts "true" and "1" as true.
func (d *dec) bool() bool {
	switch c := d.peek(); {
	case c == 't':
		return d.literal() != nil
	case c == '"':
		s := d.text()
		return s == "true" || s == "1"
	case c == '-' || c >= '0' && c <= '9':
		return d.int64() != 0
	}
	d.skip()
	return false
}

// number takes a number, or a text that is one; ok is false for anything else.
func (d *dec) number() (value float64, whole int64, ok bool) {
	var lit string
	switch c := d.peek(); {
	case c == '"':
		lit = strings.TrimSpace(d.text())
	case c == '-' || c >= '0' && c <= '9':
		lit = string(d.literal())
	default:
		d.skip()
		return 0, 0, false
	}
	if n, err := strconv.ParseInt(lit, 10, 64); err == nil {
		return float64(n), n, true
	}
	f, err := strconv.ParseFloat(lit, 64)
	if err != nil || f != f || f > maxExact || f < -maxExact {
		return 0, 0, false
	}
	return f, int64(f), true
}

// maxExact is the largest whole number that JavaScript can mean exactly.
const maxExact = 1 << 53

// int64 takes a whole number, cutting a fraction; 0 for anything else.
func (d *dec) int64() int64 {
	_, n, _ := d.number()
	return n
}

// int takes a whole number, 0 when it does not fit 32 bits: nothing that the
// gateway counts is larger.
func (d *dec) int() int {
	n := d.int64()
	if n != int64(int32(n)) {
		return 0
	}
	return int(n)
}

// intPtr takes a whole number; nil for anything else.
func (d *dec) intPtr() *int {
	_, n, ok := d.number()
	if !ok || n != int64(int32(n)) {
		return nil
	}
	v := int(n)
	return &v
}

// float takes a number; 0 for anything else.
func (d *dec) float() float64 {
	f, _, _ := d.number()
	return f
}

func (d *dec) floatPtr() *float64 {
	f, _, ok := d.number()
	if !ok {
		return nil
	}
	return &f
}

// maxEntries caps the small lists inside an item (links, mentions, options): an
// item of hostile bytes must not become many times its size in memory.
const maxEntries = 1000

// each calls take for the elements of an array, at most limit of them; the rest
// is skipped. Anything but an array counts as an empty one.
func (d *dec) each(limit int, take func()) {
	if !d.array() {
		return
	}
	for n := 0; d.more(); n++ {
		if n < limit {
			take()
		} else {
			d.skip()
		}
	}
}

// strs takes a list of texts; empty ones are left out.
func (d *dec) strs() []string {
	var out []string
	d.each(maxEntries, func() {
		if s := d.str(); s != "" {
			out = append(out, s)
		}
	})
	return out
}
