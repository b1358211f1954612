package widgets

import (
	"fyne.io/fyne/v2"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// extent returns the size of the picture as it is turned, in its own pixels.
func (v *Viewer) extent() fyne.Size {
	if v.image.Image == nil {
		return fyne.Size{}
	}
	b := v.image.Image.Bounds()
	return fyne.NewSize(float32(b.Dx()), float32(b.Dy()))
}

// stage is where the picture goes.
func (v *Viewer) stage() (at fyne.Position, size fyne.Size) {
	s := v.Size()
	return fyne.NewPos(0, viewerBar), fyne.NewSize(s.Width, max(s.Height-viewerBar-12, 1))
}

// pixel is the size of one pixel of the screen.
func (v *Viewer) pixel() float32 { return 1 / max(v.ctx.Window.Canvas().Scale(), 0.1) }

// fitting returns the zoom at which all of the picture is seen. A small one is
// not blown up beyond three times.
func (v *Viewer) fitting() float32 {
	e := v.extent()
	_, s := v.stage()
	if e.Width == 0 || e.Height == 0 {
		return 1
	}
	return min(s.Width/e.Width, s.Height/e.Height, 3*v.pixel())
}

// Zoom returns how large a pixel of the picture is, in pixels of the screen.
func (v *Viewer) Zoom() float32 {
	if v.fit {
		return v.fitting() / v.pixel()
	}
	return v.zoom / v.pixel()
}

func (v *Viewer) toggleSize() {
	if v.fit {
		v.fullSize()
		return
	}
	v.fit = true
	v.place()
}

// fullSize shows one pixel of the picture as one of the screen.
func (v *Viewer) fullSize() {
	v.zoomAround(v.pixel(), v.middle())
}

func (v *Viewer) middle() fyne.Position {
	at, s := v.stage()
	return at.AddXY(s.Width/2, s.Height/2)
}

func (v *Viewer) zoomBy(f float32) {
	z := v.zoom
	if v.fit {
		z = v.fitting()
	}
	v.zoomAround(z*f, v.middle())
}

// zoomAround changes the zoom and keeps what is at a point there.
func (v *Viewer) zoomAround(zoom float32, at fyne.Position) {
	if v.image.Image == nil {
		return
	}
	fit := v.fitting()
	before := v.zoom
	if v.fit {
		before = fit
		v.off = fyne.Position{}
	}
	zoom = min(max(zoom, min(fit, v.pixel())), max(viewerLargest*fit, 2*v.pixel()))
	rel := at.Subtract(v.middle()).Subtract(v.off)
	k := 1 - zoom/before
	v.off = v.off.AddXY(rel.X*k, rel.Y*k)
	v.zoom, v.fit = zoom, zoom == fit
	v.place()
}

// place puts the picture where it belongs, never out of sight.
func (v *Viewer) place() {
	e := v.extent()
	if v.fit {
		v.zoom, v.off = v.fitting(), fyne.Position{}
	}
	size := fyne.NewSize(e.Width*v.zoom, e.Height*v.zoom)
	_, stage := v.stage()
	clamp := func(off, has, room float32) float32 {
		most := max((has-room)/2, 0)
		return min(max(off, -most), most)
	}
	v.off = fyne.NewPos(clamp(v.off.X, size.Width, stage.Width), clamp(v.off.Y, size.Height, stage.Height))
	at := v.middle().Add(v.off).SubtractXY(size.Width/2, size.Height/2)
	v.image.Resize(size)
	v.image.Move(at)
	v.paper.Resize(size)
	v.paper.Move(at)
	v.paper.Hidden = v.image.Image == nil
	v.image.Hidden = v.image.Image == nil
	icon, name := apptheme.IconSearch, "media.viewer.full"
	if !v.fit {
		icon, name = apptheme.IconMedia, "media.viewer.fit"
	}
	if word := v.ctx.T(name); v.size.Name() != word { //translations: media.viewer.*
		v.size.SetIcon(apptheme.Icon(icon), word)
	}
	v.Refresh()
}

// Dragged implements fyne.Draggable.
func (v *Viewer) Dragged(e *fyne.DragEvent) {
	if !v.fit {
		v.off = v.off.AddXY(e.Dragged.DX, e.Dragged.DY)
		v.place()
	}
}

// DragEnd implements fyne.Draggable.
func (v *Viewer) DragEnd() {}

// Scrolled implements fyne.Scrollable: the wheel zooms around the pointer.
func (v *Viewer) Scrolled(e *fyne.ScrollEvent) {
	z := v.zoom
	if v.fit {
		z = v.fitting()
	}
	switch {
	case e.Scrolled.DY > 0:
		v.zoomAround(z*viewerZoom, e.Position)
	case e.Scrolled.DY < 0:
		v.zoomAround(z/viewerZoom, e.Position)
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (v *Viewer) DoubleTapped(e *fyne.PointEvent) {
	if v.fit {
		v.zoomAround(max(v.pixel(), 2*v.fitting()), e.Position)
		return
	}
	v.fit = true
	v.place()
}

// arrange lays out again after a text changed.
func (v *Viewer) arrange() { (&viewerRenderer{v}).Layout(v.Size()) }

// CreateRenderer implements fyne.Widget.
func (v *Viewer) CreateRenderer() fyne.WidgetRenderer { return &viewerRenderer{v} }

type viewerRenderer struct{ v *Viewer }

// Destroy implements fyne.WidgetRenderer.
func (r *viewerRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (r *viewerRenderer) MinSize() fyne.Size { return fyne.NewSize(400, 300) }

// Objects implements fyne.WidgetRenderer.
func (r *viewerRenderer) Objects() []fyne.CanvasObject {
	v := r.v
	return []fyne.CanvasObject{v.ground, v.paper, v.image, v.bar, v.title, v.detail, v.buttons, v.older, v.newer, v.note, v.state, v.fetch}
}

// Layout implements fyne.WidgetRenderer.
func (r *viewerRenderer) Layout(size fyne.Size) {
	v := r.v
	v.ground.Resize(size)
	v.bar.Resize(fyne.NewSize(size.Width, viewerBar))
	buttons := v.buttons.MinSize()
	v.buttons.Resize(buttons)
	v.buttons.Move(fyne.NewPos(size.Width-buttons.Width-8, (viewerBar-buttons.Height)/2))
	v.title.Move(fyne.NewPos(16, 8))
	v.detail.Move(fyne.NewPos(16, 9+v.title.MinSize().Height))
	side := fyne.NewSquareSize(44)
	middle := v.middle()
	v.older.Resize(side)
	v.older.Move(fyne.NewPos(8, middle.Y-22))
	v.newer.Resize(side)
	v.newer.Move(fyne.NewPos(size.Width-52, middle.Y-22))
	width := min(size.Width-160, 520)
	v.state.Resize(fyne.NewSize(width, v.state.MinSize().Height))
	fetch := v.fetch.MinSize()
	v.fetch.Resize(fetch)
	bottom := size.Height - 24 - fetch.Height
	v.fetch.Move(fyne.NewPos((size.Width-fetch.Width)/2, bottom))
	v.state.Move(fyne.NewPos((size.Width-width)/2, bottom-v.state.MinSize().Height-8))
	v.note.Hidden = v.state.Hidden
	v.note.Resize(v.state.Size())
	v.note.Move(v.state.Position())
	v.place()
}

// Refresh implements fyne.WidgetRenderer.
func (r *viewerRenderer) Refresh() {
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
