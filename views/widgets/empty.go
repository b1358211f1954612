package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Empty is what an EmptyState says. Every part may be left out.
type Empty struct {
	Icon   fyne.Resource
	Title  string
	Text   string
	Action string // text of the button; "" for none
	Tapped func()
	Second string // text of a quieter button; "" for none
	Other  func() // what the quieter button does
}

// EmptyState says that there is nothing, and what to do about it, in the
// middle of the room that it gets.
type EmptyState struct {
	widget.BaseWidget
	icon   *canvas.Image
	title  *widget.Label
	text   *widget.Label
	action *widget.Button
	second *widget.Button
}

// NewEmptyState returns the state.
func NewEmptyState(e Empty) *EmptyState {
	s := &EmptyState{
		icon:   canvas.NewImageFromResource(nil),
		title:  widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{Bold: true}),
		text:   widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{}),
		action: widget.NewButton("", nil),
		second: widget.NewButton("", nil),
	}
	s.icon.FillMode = canvas.ImageFillContain
	s.title.Wrapping, s.text.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord
	s.title.SizeName = theme.SizeNameSubHeadingText
	s.action.Importance = widget.HighImportance
	s.second.Importance = widget.LowImportance
	s.ExtendBaseWidget(s)
	s.Set(e)
	return s
}

// Set changes what is said.
func (s *EmptyState) Set(e Empty) {
	s.icon.Resource = e.Icon
	setVisible(s.icon, e.Icon != nil)
	setLabel(s.title, e.Title)
	setLabel(s.text, e.Text)
	setButton(s.action, e.Action, e.Tapped)
	setButton(s.second, e.Second, e.Other)
	s.Refresh()
}

// Title returns the title that is shown.
func (s *EmptyState) Title() string { return s.title.Text }

// Text returns the text that is shown.
func (s *EmptyState) Text() string { return s.text.Text }

// Button returns the button with that text, nil when there is none.
func (s *EmptyState) Button(text string) *widget.Button {
	for _, b := range []*widget.Button{s.action, s.second} {
		if b.Visible() && b.Text == text {
			return b
		}
	}
	return nil
}

func setLabel(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
	setVisible(l, text != "")
}

func setButton(b *widget.Button, text string, tapped func()) {
	b.OnTapped = tapped
	if b.Text != text {
		b.SetText(text)
	}
	setVisible(b, text != "")
}

// CreateRenderer implements fyne.Widget.
func (s *EmptyState) CreateRenderer() fyne.WidgetRenderer {
	return &emptyRenderer{s: s, objects: []fyne.CanvasObject{s.icon, s.title, s.text, s.action, s.second}}
}

const (
	emptyWidth    float32 = 400 // a line of text that is easy to read
	emptyMinWidth float32 = 180
	emptyIcon     float32 = 56
	emptyGap      float32 = 10
)

type emptyRenderer struct {
	s       *EmptyState
	objects []fyne.CanvasObject
	width   float32 // of the column at the last layout
}

func (r *emptyRenderer) Destroy()                     {}
func (r *emptyRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *emptyRenderer) MinSize() fyne.Size {
	width := r.width
	if width == 0 {
		width = emptyWidth
	}
	return fyne.NewSize(emptyMinWidth, r.stack(width, 0, 0, false)+2*theme.Padding())
}

func (r *emptyRenderer) Layout(size fyne.Size) {
	width := max(min(size.Width-2*theme.Padding(), emptyWidth), emptyMinWidth-2*theme.Padding())
	r.width = width
	height := r.stack(width, 0, 0, false)
	r.stack(width, (size.Width-width)/2, max((size.Height-height)/2, theme.Padding()), true)
}

// stack measures the column at a width, and places it when asked to; it
// returns its height. Wrapped labels know their height only at their width.
func (r *emptyRenderer) stack(width, x, y float32, place bool) float32 {
	top := y
	for _, o := range r.objects {
		if !o.Visible() {
			continue
		}
		if y > top {
			y += emptyGap
		}
		size := fyne.NewSize(width, 0)
		switch o := o.(type) {
		case *canvas.Image:
			size = fyne.NewSquareSize(emptyIcon)
		case *widget.Button:
			size = o.MinSize()
			size.Width = min(max(size.Width, 120), width)
		default:
			if o.Size().Width != width {
				o.Resize(fyne.NewSize(width, o.MinSize().Height))
			}
			size.Height = o.MinSize().Height
		}
		if place {
			o.Resize(size)
			o.Move(fyne.NewPos(x+(width-size.Width)/2, y))
		}
		y += size.Height
	}
	return y - top
}

func (r *emptyRenderer) Refresh() {
	r.Layout(r.s.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}
