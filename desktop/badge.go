package desktop

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// BadgeSize is the width and height of a picture of the tray, in pixels; the
// desktop makes it smaller.
const BadgeSize = 64

// badgeColor stands out on light and dark panels, and white on it has a contrast
// of more than 4.5:1.
var badgeColor = color.NRGBA{R: 0xd3, G: 0x1f, B: 0x26, A: 0xff}

// Badge returns the icon in the size of the tray, with a number in its corner:
// 1 to 9, then "9+"; none for zero. Around the disc the icon is cut away, so that
// it stands apart on every ground.
func Badge(icon image.Image, n int) (image.Image, error) {
	out := image.NewNRGBA(image.Rect(0, 0, BadgeSize, BadgeSize))
	draw.CatmullRom.Scale(out, out.Bounds(), icon, icon.Bounds(), draw.Src, nil)
	if n <= 0 {
		return out, nil
	}
	text := strconv.Itoa(n)
	if n > 9 {
		text = "9+"
	}
	const radius, gap = 21.0, 4.0
	const center = BadgeSize - radius
	disc(out, center, radius+gap, color.NRGBA{})
	disc(out, center, radius, badgeColor)
	face, err := badgeFace(len(text))
	if err != nil {
		return nil, err
	}
	pen := font.Drawer{Dst: out, Src: image.White, Face: face}
	bounds, _ := pen.BoundString(text)
	middle := fixed.I(int(center))
	pen.Dot = fixed.Point26_6{
		X: middle - (bounds.Min.X+bounds.Max.X)/2,
		Y: middle - (bounds.Min.Y+bounds.Max.Y)/2,
	}
	pen.DrawString(text)
	return out, face.Close()
}

func badgeFace(letters int) (font.Face, error) {
	size := 34.0
	if letters > 1 {
		size = 28
	}
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the letters of the badge: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("read the letters of the badge: %w", err)
	}
	return face, nil
}

// disc paints a round area around (center, center), with a smooth edge.
func disc(img *image.NRGBA, center, radius float64, c color.NRGBA) {
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			inside := radius + 0.5 - math.Hypot(float64(x)+0.5-center, float64(y)+0.5-center)
			if inside <= 0 {
				continue
			}
			share := min(inside, 1)
			was := img.NRGBAAt(x, y)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-share) + float64(b)*share + 0.5) }
			if c.A == 0 { // cut away
				was.A = mix(was.A, 0)
				img.SetNRGBA(x, y, was)
				continue
			}
			if was.A == 0 {
				was.R, was.G, was.B = c.R, c.G, c.B
			}
			img.SetNRGBA(x, y, color.NRGBA{R: mix(was.R, c.R), G: mix(was.G, c.G), B: mix(was.B, c.B), A: mix(was.A, c.A)})
		}
	}
}
