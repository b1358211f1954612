package simulator

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// art is what messages are decorated with: made once per Server, then read-only.
type art struct {
	kinds     []string
	thumbJPEG string // base64, as expired media and places carry it in their body
	thumbPNG  string
	thumbs    []string // base64, of the scenes
	sticker   []byte
	filler    string // base64-like text for the raw object
}

func newArt() (*art, error) {
	a := &art{kinds: kinds()}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, gradient(20, 20, 0x5eed), &jpeg.Options{Quality: 40}); err != nil {
		return nil, fmt.Errorf("draw a thumbnail: %w", err)
	}
	a.thumbJPEG = base64.StdEncoding.EncodeToString(b.Bytes())
	b.Reset()
	if err := png.Encode(&b, gradient(12, 12, 0xfeed)); err != nil {
		return nil, fmt.Errorf("draw a thumbnail: %w", err)
	}
	a.thumbPNG = base64.StdEncoding.EncodeToString(b.Bytes())
	thumbs, err := drawThumbs()
	if err != nil {
		return nil, err
	}
	a.thumbs = thumbs
	sticker, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		return nil, fmt.Errorf("read the sticker: %w", err)
	}
	a.sticker = sticker
	noise := make([]byte, maxDataSize)
	for i := range noise {
		noise[i] = byte(mix(uint64(i)))
	}
	a.filler = base64.StdEncoding.EncodeToString(noise)
	return a, nil
}

// gradient draws a coloured picture that differs with h.
func gradient(w, h int, seed uint64) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	from, to := shade(seed), shade(seed>>24)
	for y := range h {
		for x := range w {
			t := (x*255/w + y*255/h) / 2
			img.SetRGBA(x, y, color.RGBA{blend(from.R, to.R, t), blend(from.G, to.G, t), blend(from.B, to.B, t), 255})
		}
	}
	return img
}

func shade(seed uint64) color.RGBA {
	return color.RGBA{uint8(60 + seed%160), uint8(60 + seed>>8%160), uint8(60 + seed>>16%160), 255}
}

func blend(a, b uint8, t int) uint8 { return uint8((int(a)*(255-t) + int(b)*t) / 255) }

// avatar is a profile picture: a head and shoulders before a colour.
func avatar(seed uint64) ([]byte, error) {
	const size = 160
	img := gradient(size, size, mix(seed)).(*image.RGBA)
	light := color.RGBA{250, 250, 245, 255}
	disc := func(cx, cy, r int) {
		for y := max(0, cy-r); y < min(size, cy+r); y++ {
			for x := max(0, cx-r); x < min(size, cx+r); x++ {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r {
					img.SetRGBA(x, y, light)
				}
			}
		}
	}
	disc(size/2, size*2/5, size/5)
	disc(size/2, size*11/10, size*2/5)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a profile picture: %w", err)
	}
	return b.Bytes(), nil
}

// The types of documents that are written.
const (
	mimePDF  = "application/pdf"
	mimeText = "text/plain"
	mimeWord = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// mediaBytes gives the file of a message, a real one of its kind, filled up to
// the announced size where the format allows for it. nil: the gateway has it no more.
func mediaBytes(m *message, a *art) ([]byte, error) {
	if m.data != nil {
		return m.data, nil
	}
	head, err := mediaHead(m, a)
	if err != nil {
		return nil, err
	}
	switch {
	case m.kind == "media_gone":
		return nil, nil
	case m.kind == "media_short":
		return head[:len(head)/2], nil
	case !filledUp(m):
		return head, nil
	}
	for i := len(head); i < int(m.size); i++ {
		head = append(head, byte(mix(m.h+uint64(i>>3))>>(i&7*8)))
	}
	return head, nil
}

// filledUp tells whether noise follows the file: nothing reads a picture beyond its end.
func filledUp(m *message) bool {
	return m.typ == "image" && m.kind != "image_lies" || m.kind == "media_huge"
}

func mediaHead(m *message, a *art) ([]byte, error) {
	switch m.kind {
	case "image_lies":
		return []byte("<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"), nil
	case "document_program":
		return []byte("MZ\x90\x00 not a program, but it begins like one"), nil
	}
	switch m.typ {
	case "sticker":
		return a.sticker, nil
	case "image":
		return picture(m)
	case "video":
		return clip("clip.mp4")
	case "ptt":
		return clip(voices[m.h>>9%uint64(len(voices))].file)
	case "audio":
		return clip("sound.mp3")
	}
	return document(m)
}
