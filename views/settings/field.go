package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	columnWidth = 720 // a form is easier to read when it is not as wide as the window
	columnSides = 24
)

// column lays its objects in a centred column that is not wider than columnWidth.
type column struct{}

func (column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width-2*columnSides, columnWidth)
	for _, o := range objects {
		o.Move(fyne.NewPos((size.Width-width)/2, 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}

func (column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		if o.Visible() {
			least = least.Max(o.MinSize())
		}
	}
	return least.AddWidthHeight(2*columnSides, 0)
}

// lines lays its objects one below the other, all as wide as there is room. The
// space that labels and check boxes keep around their text is taken away, so that texts and
// entries begin at the same edge.
type lines struct{ gap float32 }

func (l lines) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		in := inset(o)
		o.Resize(fyne.NewSize(size.Width+2*in, o.Size().Height)) // the height of a wrapped text follows its width
		h := o.MinSize().Height
		o.Move(fyne.NewPos(-in, y-in))
		o.Resize(fyne.NewSize(size.Width+2*in, h))
		y += h - 2*in + l.gap
	}
}

func (l lines) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		in := inset(o)
		s := o.MinSize()
		least = fyne.NewSize(max(least.Width, s.Width-2*in), least.Height+s.Height-2*in)
		n++
	}
	return least.AddWidthHeight(0, l.gap*float32(max(n-1, 0)))
}

// inset is the space that an object keeps around its text by itself.
func inset(o fyne.CanvasObject) float32 {
	switch o.(type) {
	case *widget.Label, *widget.Check:
		return fynetheme.InnerPadding()
	}
	return 0
}

// field is one setting: its name above, what changes it, what it means, and
// what is wrong with it.
type field struct {
	focus   fyne.Focusable // nil: nothing that takes the keyboard
	problem *widget.Label
	box     *fyne.Container
}

// newField returns a field; caption or hint may be "".
func newField(caption string, control fyne.CanvasObject, hint string) *field {
	f := &field{box: container.New(lines{gap: 6})}
	if caption != "" {
		label := widget.NewLabel(caption)
		label.TextStyle.Bold = true
		label.Truncation = fyne.TextTruncateEllipsis
		f.box.Add(label)
	}
	f.box.Add(control)
	if hint != "" {
		f.box.Add(wrapped(hint, widget.LowImportance))
	}
	f.problem = wrapped("", widget.DangerImportance)
	f.problem.Hide()
	f.box.Add(f.problem)
	f.focus, _ = control.(fyne.Focusable)
	return f
}

// setProblem shows what is wrong; "" hides it.
func (f *field) setProblem(text string) {
	if text == f.problem.Text {
		return
	}
	f.problem.SetText(text)
	if text == "" {
		f.problem.Hide()
	} else {
		f.problem.Show()
	}
	f.box.Refresh()
}

// wrapped returns a small text over as many lines as it needs. It gets its
// width before its text: measuring a label without a width is slow.
func wrapped(text string, importance widget.Importance) *widget.Label {
	label := &widget.Label{Wrapping: fyne.TextWrapWord, Importance: importance, SizeName: fynetheme.SizeNameCaptionText}
	label.ExtendBaseWidget(label)
	label.Resize(fyne.NewSize(columnWidth, 0))
	label.SetText(text)
	return label
}

// section puts fields under a heading.
func section(title string, parts ...fyne.CanvasObject) fyne.CanvasObject {
	head := widget.NewLabel(title)
	head.TextStyle.Bold = true
	head.SizeName = fynetheme.SizeNameSubHeadingText
	box := container.New(lines{gap: 18}, container.New(lines{gap: 6}, head, widget.NewSeparator()))
	for _, p := range parts {
		box.Add(p)
	}
	return box
}

// choice is a check box with its hint, aligned with entries.
func choice(check *widget.Check, hint string) *field { return newField("", check, hint) }

// beside puts fields next to each other, equally wide.
func beside(fields ...*field) fyne.CanvasObject {
	const gap = 16
	n := float32(len(fields))
	row := container.NewGridWithColumns(len(fields))
	for i, f := range fields { // each gives up the same part of its width to the gaps
		left := gap * float32(i) / n
		row.Add(container.New(layout.NewCustomPaddedLayout(0, 0, left, gap*(n-1)/n-left), f.box))
	}
	return row
}
