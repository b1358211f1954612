// Package fonts holds the fonts for the scripts of the world, so that every
// machine can show every message, and tells what fonts can draw.
//
// Regular has the letters of all scripts, so that no text is without; Shaped
// has the fonts of those scripts whose letters change beside each other. Two
// kinds, because the toolkit prepares all rules of a font for each word that it
// draws (see make.py, which makes the fonts).
package fonts

import (
	_ "embed" // the font
	"fmt"

	"golang.org/x/image/font/sfnt"
)

//go:embed Buzon-Regular.ttf
var regular []byte

// Regular returns the font as an OpenType file. It must not be changed.
func Regular() []byte { return regular }

// Coverage tells which characters a font can draw. It remembers what it looked
// up, and belongs to one goroutine.
type Coverage struct {
	font  *sfnt.Font
	buf   sfnt.Buffer
	pages map[rune]*[4]uint64 // bits of 256 characters
	last  rune                // page of the last answer
	bits  *[4]uint64
}

// NewCoverage reads an OpenType font.
func NewCoverage(ttf []byte) (*Coverage, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("reading the characters of a font: %w", err)
	}
	return &Coverage{font: f, pages: map[rune]*[4]uint64{}}, nil
}

// Has tells whether the font has a glyph for a character.
func (c *Coverage) Has(r rune) bool {
	page := r >> 8
	if c.bits == nil || page != c.last {
		c.last = page
		if c.bits = c.pages[page]; c.bits == nil {
			c.bits = c.read(page)
			c.pages[page] = c.bits
		}
	}
	return c.bits[r>>6&3]&(1<<(r&63)) != 0
}

func (c *Coverage) read(page rune) *[4]uint64 {
	var bits [4]uint64
	for i := range rune(256) {
		if g, err := c.font.GlyphIndex(&c.buf, page<<8|i); err == nil && g != 0 {
			bits[i>>6] |= 1 << (i & 63)
		}
	}
	return &bits
}
