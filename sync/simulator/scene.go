package simulator

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
)

//go:embed data/clips/*.ogg data/clips/*.mp3 data/clips/*.mp4
var clipFiles embed.FS

// scenes is how many different pictures messages show.
const scenes = 24

// scene draws what is on a plate: a loaf with cuts. The same number gives the
// same picture in any size.
func scene(w, h int, number uint64) *image.RGBA {
	seed := mix(number + 77)
	img := gradient(w, h, seed).(*image.RGBA)
	light, dark := color.RGBA{246, 242, 235, 255}, color.RGBA{uint8(120 + seed%60), uint8(70 + seed>>8%50), uint8(30 + seed>>16%40), 255}
	crumb := color.RGBA{dark.R + 60, dark.G + 60, dark.B + 40, 255}
	// An ellipse, in thousandths of the picture.
	oval := func(cx, cy, rx, ry int, c color.RGBA) {
		for y := max(0, (cy-ry)*h/1000); y < min(h, (cy+ry)*h/1000); y++ {
			for x := max(0, (cx-rx)*w/1000); x < min(w, (cx+rx)*w/1000); x++ {
				dx, dy := (x*1000/w-cx)*1000/rx, (y*1000/h-cy)*1000/ry
				if dx*dx+dy*dy < 1_000_000 {
					img.SetRGBA(x, y, c)
				}
			}
		}
	}
	oval(500, 560, 430, 330, light)
	loaves := 1 + int(seed>>24%3)
	for i := range loaves {
		cx, rx := 500, 330
		if loaves > 1 {
			cx, rx = 250+i*500/max(loaves-1, 1), 330/loaves+60
		}
		oval(cx, 540, rx, 200-20*loaves, dark)
		for cut := range 3 {
			oval(cx-rx/2+cut*rx/2, 500, max(rx/9, 12), 110-15*loaves, crumb)
		}
	}
	return img
}

// drawThumbs makes the small pictures of all scenes, in base64.
func drawThumbs() ([]string, error) {
	var thumbs []string
	for n := range uint64(scenes) {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, scene(48, 36, n), &jpeg.Options{Quality: 45}); err != nil {
			return nil, fmt.Errorf("draw a thumbnail: %w", err)
		}
		thumbs = append(thumbs, base64.StdEncoding.EncodeToString(b.Bytes()))
	}
	return thumbs, nil
}

// picture draws the file of an image, in the format that the message announces.
func picture(m *message) ([]byte, error) {
	var b bytes.Buffer
	w, h := pictureSize(m.h)
	img := scene(w, h, m.h%scenes)
	var err error
	switch m.mime {
	case "image/png":
		err = png.Encode(&b, img)
	case "image/gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 70})
	}
	if err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return b.Bytes(), nil
}

// sizeOf returns the size of a picture: of one that was sent, its own.
func sizeOf(m *message) (w, h int) {
	if sent, _, err := image.DecodeConfig(bytes.NewReader(m.data)); err == nil {
		return sent.Width, sent.Height
	}
	return pictureSize(m.h)
}

// pictureSize varies the shape: across, upright, square.
func pictureSize(h uint64) (w, height int) {
	switch h >> 5 % 4 {
	case 0:
		return 360, 480
	case 1:
		return 400, 400
	}
	return 480, 360
}

// clip gives a sound or video that was made once.
func clip(name string) ([]byte, error) {
	data, err := clipFiles.ReadFile("data/clips/" + name)
	if err != nil {
		return nil, fmt.Errorf("read a clip: %w", err)
	}
	return data, nil
}

// voices are the voice clips and their lengths in seconds.
var voices = [...]struct {
	file    string
	seconds int
}{{"voice3.ogg", 3}, {"voice8.ogg", 8}}

// document gives a small valid file of the kind that its name announces.
func document(m *message) ([]byte, error) {
	switch m.mime {
	case mimeText:
		return []byte("Lista de la compra\r\n\r\n- papel de hornear\r\n- azúcar glas\r\n- dos bombillas\r\n"), nil
	case mimeWord:
		return wordFile(m.filename)
	}
	return pdfFile(m.filename), nil
}

// wordFile makes the smallest document that word processors open.
func wordFile(text string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
			`<w:body><w:p><w:r><w:t>` + xmlText(text) + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		w, err := z.Create(part.name)
		if err == nil {
			_, err = w.Write([]byte(part.text))
		}
		if err != nil {
			return nil, fmt.Errorf("write a document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	return b.Bytes(), nil
}

func xmlText(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r < ' ' || r == '<' || r == '&' || r == '>' {
			r = '_'
		}
		out = append(out, r)
	}
	return string(out)
}

// pdfFile makes a page with one line of text.
func pdfFile(text string) []byte {
	line := make([]byte, 0, len(text))
	for _, r := range text {
		if r < ' ' || r > '~' || r == '(' || r == ')' || r == '\\' {
			r = '.'
		}
		line = append(line, byte(r))
	}
	content := "BT /F1 18 Tf 60 760 Td (" + string(line) + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}
