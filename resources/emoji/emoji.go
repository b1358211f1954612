// Package emoji holds the pictures of emoji, so that every machine shows the
// same ones, in colour, whatever its fonts know.
//
// make.py makes the pictures and describes the file. Everything here is safe
// for use by several goroutines.
package emoji

import (
	"bytes"
	"compress/flate"
	_ "embed" // the pictures
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	"unicode/utf8"
)

//go:embed emoji.pack
var pack []byte

const (
	magic      = "emoji1\n"
	cacheBytes = 8 << 20 // of pictures that are remembered

	joiner     = '\u200d'
	textStyle  = '\ufe0e'
	emojiStyle = '\ufe0f'
)

// place is where a picture is: the tile of a strip.
type place struct {
	strip uint16
	tile  uint16
}

// set is the opened file.
type set struct {
	side    int
	places  map[string]place // by sequence without variation selectors
	longest map[rune]int     // characters of the longest sequence that begins so
	strips  [][]byte
}

var opened = sync.OnceValue(func() *set {
	s, err := open(pack)
	if err != nil { // the file is part of the program, and a test opens it
		return &set{side: 1}
	}
	return s
})

// open reads the index of a file that make.py made.
func open(data []byte) (*set, error) {
	short := errors.New("emoji: the file is too short")
	head := len(magic) + 5
	if len(data) < head || string(data[:len(magic)]) != magic {
		return nil, errors.New("emoji: not a file of pictures")
	}
	size := int(binary.BigEndian.Uint32(data[len(magic)+1:]))
	if len(data)-head < size {
		return nil, short
	}
	index, err := io.ReadAll(flate.NewReader(bytes.NewReader(data[head : head+size])))
	if err != nil {
		return nil, fmt.Errorf("emoji: reading the index: %w", err)
	}
	s := &set{side: int(data[len(magic)]), places: map[string]place{}, longest: map[rune]int{}}
	rest := data[head+size:]
	for len(index) >= 6 {
		n, count := int(binary.BigEndian.Uint32(index)), int(binary.BigEndian.Uint16(index[4:]))
		index = index[6:]
		if n > len(rest) {
			return nil, short
		}
		for tile := range count {
			if len(index) == 0 || len(index) < 1+int(index[0]) {
				return nil, short
			}
			seq := string(index[1 : 1+index[0]])
			index = index[1+index[0]:]
			s.places[seq] = place{uint16(len(s.strips)), uint16(tile)}
			first, _ := utf8.DecodeRuneInString(seq)
			s.longest[first] = max(s.longest[first], utf8.RuneCountInString(seq))
		}
		s.strips = append(s.strips, rest[:n:n])
		rest = rest[n:]
	}
	return s, nil
}

// Sequences returns every sequence that has a picture, without variation
// selectors, in the order of their characters.
func Sequences() []string {
	s := opened()
	list := make([]string, 0, len(s.places))
	for seq := range s.places {
		list = append(list, seq)
	}
	slices.Sort(list)
	return list
}

// Match returns the bytes of the emoji that a text begins with, zero when it
// begins with something else. The longest sequence that has a picture wins, so
// an unknown one falls into its parts. Variation selectors may be there or not,
// but signs that are text by themselves, such as © or 1, need theirs.
func Match(text string) int {
	n, _ := opened().match(text)
	return n
}

func (s *set) match(text string) (n int, p place) {
	first, size := utf8.DecodeRuneInString(text)
	longest := s.longest[first]
	if longest == 0 {
		return 0, p
	}
	var key [64]byte
	k, runes := 0, 0
	alone := true // nothing but the first character was matched
	for i := 0; i < len(text); {
		r, rn := utf8.DecodeRuneInString(text[i:])
		if r == textStyle {
			break
		}
		i += rn
		if r == emojiStyle {
			if n > 0 && alone && i == size+rn {
				n, alone = i, false
			}
			continue
		}
		if runes == longest || k+rn > len(key) {
			break
		}
		k += copy(key[k:], text[i-rn:i])
		runes++
		if at, ok := s.places[string(key[:k])]; ok {
			n, p, alone = i, at, runes == 1
		}
	}
	if n == 0 || alone && (textByItself(first) || next(text, n) == textStyle) {
		return 0, place{}
	}
	return n + tail(text[n:]), p
}

// textByItself tells whether a character is text unless a variation selector
// follows. Pictures above the arrows are always drawn as such: people send
// hearts without the selector.
func textByItself(r rune) bool {
	switch {
	case r >= 0x231a && r <= 0x231b, r >= 0x23e9 && r <= 0x23f3, r >= 0x25fd && r <= 0x25fe:
		return false
	case r == 0x3297, r == 0x3299:
		return true
	}
	return r < 0x2600
}

func next(text string, at int) rune {
	r, _ := utf8.DecodeRuneInString(text[at:])
	return r
}

// tail returns the bytes behind an emoji that are nothing by themselves: its
// selector, a joiner to what is drawn beside it, tags of an unknown flag.
func tail(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r != emojiStyle && r != joiner && (r < 0xe0020 || r > 0xe007f) {
			break
		}
		n += size
	}
	return n
}

// Image returns the picture of an emoji for a square of px pixels, nil when
// there is none; one of the size that is stored when px is more than that. It
// is remembered, and drawn for the first time in some 0.1 ms, so the UI
// goroutine may ask for it. The picture must not be changed.
func Image(seq string, px int) image.Image {
	s := opened()
	n, p := s.match(seq)
	if n == 0 {
		var ok bool
		if p, ok = s.places[seq]; !ok {
			return nil
		}
	}
	px = min(max(px, 1), s.side)
	if img := pictures.get(p, px); img != nil {
		return img
	}
	img, err := s.draw(p, px)
	if err != nil { // see opened
		return nil
	}
	pictures.put(p, px, img)
	return img
}

// Side is the size at which pictures are stored, in pixels.
func Side() int { return opened().side }

var pictures = cache{held: map[pictureKey]*image.RGBA{}}

type pictureKey struct {
	place
	px int
}

// cache remembers pictures up to cacheBytes, then forgets all: the few that
// are on the screen are drawn again at once.
type cache struct {
	mu   sync.Mutex
	held map[pictureKey]*image.RGBA
	size int
}

func (c *cache) get(p place, px int) *image.RGBA {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held[pictureKey{p, px}]
}

func (c *cache) put(p place, px int, img *image.RGBA) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size += len(img.Pix); c.size > cacheBytes {
		clear(c.held)
		c.size = len(img.Pix)
	}
	c.held[pictureKey{p, px}] = img
}

// readers are used again: a new one takes longer than what it reads.
var readers sync.Pool

// draw reads a picture and reduces it.
func (s *set) draw(p place, px int) (*image.RGBA, error) {
	strip := s.strips[p.strip]
	if len(strip) == 0 || len(strip) < 1+4*(int(strip[0])+1) {
		return nil, errors.New("emoji: a strip is too short")
	}
	colors := int(strip[0]) + 1
	var palette [256][4]uint32 // premultiplied
	for i := range colors {
		c := strip[1+4*i:]
		a := uint32(c[3])
		palette[i] = [4]uint32{uint32(c[0]) * a / 255, uint32(c[1]) * a / 255, uint32(c[2]) * a / 255, a}
	}
	r, ok := readers.Get().(io.ReadCloser)
	if !ok {
		r = flate.NewReader(bytes.NewReader(nil))
	}
	defer readers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(strip[1+4*colors:]), nil); err != nil {
		return nil, fmt.Errorf("emoji: beginning to read a picture: %w", err)
	}
	area := s.side * s.side
	pixels := make([]byte, area)
	for range int(p.tile) + 1 {
		if _, err := io.ReadFull(r, pixels); err != nil {
			return nil, fmt.Errorf("emoji: reading a picture: %w", err)
		}
	}
	return reduce(pixels, s.side, &palette, px), nil
}

// reduce draws a square of side pixels in one of px, each pixel the mean of
// what it covers.
func reduce(pixels []byte, side int, palette *[256][4]uint32, px int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, px, px))
	cols := shares(side, px)
	row := make([][4]uint32, px)
	for y, rows := range cols {
		clear(row)
		for _, v := range rows {
			line := pixels[v.at*side : (v.at+1)*side]
			for x, parts := range cols {
				acc := &row[x]
				for _, h := range parts {
					c := &palette[line[h.at]]
					w := v.weight * h.weight
					acc[0] += c[0] * w
					acc[1] += c[1] * w
					acc[2] += c[2] * w
					acc[3] += c[3] * w
				}
			}
		}
		out := img.Pix[y*img.Stride:]
		for x, acc := range row {
			for i, v := range acc {
				out[4*x+i] = uint8((v + unit*unit/2) / (unit * unit))
			}
		}
	}
	return img
}

// unit is the whole of the weights of a pixel in one direction.
const unit = 1 << 10

type share struct {
	at     int
	weight uint32
}

// shares returns, for each of px pixels, which of side pixels it covers and by
// how much; the weights of each add up to unit.
func shares(side, px int) [][]share {
	list := make([][]share, px)
	for i := range list {
		from, to := i*side, (i+1)*side // in 1/px of a pixel
		left := uint32(unit)
		for at := from / px; at*px < to; at++ {
			covered := min(to, (at+1)*px) - max(from, at*px)
			weight := uint32(covered * unit / side)
			if (at+1)*px >= to {
				weight = left
			}
			left -= weight
			list[i] = append(list[i], share{at, weight})
		}
	}
	return list
}
