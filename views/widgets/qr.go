package widgets

import (
	"context"
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	qrcode "github.com/skip2/go-qrcode"

	"github.com/xappiens/buzon/views/ui"
)

const (
	// quietZone is the white margin that ISO/IEC 18004 asks for, in modules.
	quietZone = 4
	// qrMinSide lets a pairing QR (57 modules, mostly) have four pixels a module.
	qrMinSide float32 = 264
)

// QRImage shows a text as a QR code, black on white with its quiet zone in
// every theme. Modules are whole device pixels at any size, so its edges are
// sharp and a camera or a program reads it.
type QRImage struct {
	widget.BaseWidget
	ctx     *ui.Context
	text    string
	modules [][]bool
	failed  bool
	stop    context.CancelFunc
}

// NewQRImage returns an empty QR.
func NewQRImage(ctx *ui.Context) *QRImage {
	q := &QRImage{ctx: ctx, stop: func() {}}
	q.ExtendBaseWidget(q)
	return q
}

// Set shows a text; "" shows an empty white square. The code is computed off
// the UI goroutine; until then the former one stays.
func (q *QRImage) Set(text string) {
	if q.text == text {
		return
	}
	q.stop()
	q.text = text
	if text == "" {
		q.show(nil, false)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	q.stop = cancel
	q.ctx.Load(ctx, func(context.Context) func() {
		modules, err := encodeQR(text)
		return func() {
			cancel()
			q.show(modules, err != nil)
		}
	})
}

// Text returns what is or will be shown.
func (q *QRImage) Text() string { return q.text }

// Ready tells whether the code of Text is drawn.
func (q *QRImage) Ready() bool { return q.text != "" && q.modules != nil }

// Failed tells whether the text does not fit into a QR code.
func (q *QRImage) Failed() bool { return q.failed }

func (q *QRImage) show(modules [][]bool, failed bool) {
	q.modules, q.failed = modules, failed
	q.Refresh()
}

// encodeQR corrects few errors: on a screen nothing is torn or dirty, and a camera sees
// fewer and larger modules better.
func encodeQR(text string) ([][]bool, error) {
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return nil, err
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// CreateRenderer implements fyne.Widget.
func (q *QRImage) CreateRenderer() fyne.WidgetRenderer {
	raster := canvas.NewRaster(func(w, h int) image.Image { return drawQR(q.modules, w, h) })
	raster.ScaleMode = canvas.ImageScalePixels
	return &qrRenderer{raster: raster}
}

type qrRenderer struct{ raster *canvas.Raster }

func (r *qrRenderer) Destroy()                     {}
func (r *qrRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(qrMinSide) }
func (r *qrRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.raster} }
func (r *qrRenderer) Refresh()                     { r.raster.Refresh() }

func (r *qrRenderer) Layout(size fyne.Size) {
	side := min(size.Width, size.Height)
	r.raster.Resize(fyne.NewSquareSize(side))
	r.raster.Move(fyne.NewPos(whole((size.Width-side)/2), whole((size.Height-side)/2)))
}

// drawQR fills w × h device pixels with white and draws the modules, each a
// whole number of pixels wide, in the middle.
func drawQR(modules [][]bool, w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	n := len(modules)
	if n == 0 {
		return img
	}
	scale := max(min(w, h)/(n+2*quietZone), 1)
	left, top := (w-n*scale)/2, (h-n*scale)/2
	black := image.NewUniform(color.Black)
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				at := image.Pt(left+x*scale, top+y*scale)
				draw.Draw(img, image.Rectangle{Min: at, Max: at.Add(image.Pt(scale, scale))}, black, image.Point{}, draw.Src)
			}
		}
	}
	return img
}
