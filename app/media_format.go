package app

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
)

// exifBytes is how much of the beginning of a JPEG is looked through for its
// orientation; the block that tells it holds at most 64 KB.
const exifBytes = 128 << 10

// orientation is how a camera was held: 1 to 8 as in the Exif specification, tag
// 0x0112; zero is unknown and means upright.
type orientation int

// orientationOf finds the orientation in the beginning of a JPEG.
func orientationOf(head []byte) orientation {
	if !bytes.HasPrefix(head, []byte{0xff, 0xd8}) {
		return 0
	}
	for i := 2; i+4 <= len(head) && head[i] == 0xff; {
		marker, size := head[i+1], int(binary.BigEndian.Uint16(head[i+2:]))
		if marker == 0xda || size < 2 || i+2+size > len(head) {
			return 0
		}
		segment := head[i+4 : i+2+size]
		if marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return exifOrientation(segment[6:])
		}
		i += 2 + size
	}
	return 0
}

// exifOrientation reads the tag out of the first directory of a TIFF structure.
func exifOrientation(tiff []byte) orientation {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range int(order.Uint16(tiff[at:])) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			if v := order.Uint16(entries[8:]); v >= 1 && v <= 8 {
				return orientation(v)
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}

// lies tells whether the camera was held on its side: width and height change places.
func (o orientation) lies() bool { return o >= 5 }

// apply turns a picture upright.
func (o orientation) apply(picture image.Image) image.Image {
	if o <= 1 {
		return picture
	}
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	if o.lies() {
		w, h = h, w
	}
	turned := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			fx, fy := o.from(x, y, w, h)
			turned.SetRGBA(x, y, color.RGBAModel.Convert(picture.At(b.Min.X+fx, b.Min.Y+fy)).(color.RGBA))
		}
	}
	return turned
}

// from returns where the pixel at x, y of the upright picture of w by h comes from.
func (o orientation) from(x, y, w, h int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, w - 1 - x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return h - 1 - y, x
	}
	return x, y
}

var errWebP = errors.New("the WebP file is broken")

// firstWebP returns a WebP file with nothing but the first picture of data. The
// decoder knows no animations, and takes the size of the whole from a header that
// need not tell the truth about the picture in it: here both become one.
func firstWebP(data []byte) ([]byte, error) {
	if len(data) < 12 {
		return nil, errWebP
	}
	chunks := data[12:]
	var alpha []byte
	for len(chunks) >= 8 {
		name, size := string(chunks[:4]), int64(binary.LittleEndian.Uint32(chunks[4:]))
		whole := 8 + size + size&1
		if 8+size > int64(len(chunks)) {
			return nil, errWebP
		}
		chunk := chunks[:min(whole, int64(len(chunks)))]
		switch name {
		case "ANMF":
			if size < 16 {
				return nil, errWebP
			}
			chunks = chunks[8+16 : 8+size] // what follows the frame's header are chunks again
			continue
		case "ALPH":
			alpha = chunk
		case "VP8L":
			return riff(chunk), nil
		case "VP8 ":
			if alpha == nil || len(chunk) < 8+10 {
				return riff(chunk), nil
			}
			w, h := binary.LittleEndian.Uint16(chunk[14:])&0x3fff, binary.LittleEndian.Uint16(chunk[16:])&0x3fff
			return riff(extended(w, h), alpha, chunk), nil
		}
		chunks = chunks[len(chunk):]
	}
	return nil, errWebP
}

// extended is the header of a picture with transparency.
func extended(w, h uint16) []byte {
	b := append([]byte("VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"), 0, 0, 0, 0, 0, 0)
	w, h = w-1, h-1 // zero becomes more than is ever decoded
	b[12], b[13] = byte(w), byte(w>>8)
	b[15], b[16] = byte(h), byte(h>>8)
	return b
}

// riff puts chunks into a file, padded as they must be.
func riff(chunks ...[]byte) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBP")
	for _, c := range chunks {
		b = append(b, c...)
		if len(b)%2 == 1 {
			b = append(b, 0)
		}
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8)) //nolint:gosec // at most 25 MB
	return b
}
