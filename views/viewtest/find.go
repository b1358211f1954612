package viewtest

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"
)

// read visits what can be read in an object, from top to bottom of its tree,
// with the innermost object around it that can be tapped. A label is one text,
// however it is wrapped.
func read(o fyne.CanvasObject, tappable fyne.Tappable, visit func(text string, at fyne.CanvasObject, in fyne.Tappable)) {
	if o == nil || !o.Visible() {
		return
	}
	if t, ok := o.(fyne.Tappable); ok {
		tappable = t
	}
	switch o := o.(type) {
	case *canvas.Text:
		visit(o.Text, o, tappable)
	case *widget.Label:
		visit(o.Text, o, tappable)
	case *fyne.Container:
		for _, child := range o.Objects {
			read(child, tappable, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			read(child, tappable, visit)
		}
	}
}

// Texts returns what can be read in an object, from top to bottom of its tree.
func Texts(o fyne.CanvasObject) []string {
	var texts []string
	read(o, nil, func(text string, _ fyne.CanvasObject, _ fyne.Tappable) {
		if text != "" {
			texts = append(texts, text)
		}
	})
	return texts
}

// top returns the dialog that is open, or the content of the window.
func top(w fyne.Window) fyne.CanvasObject {
	if o := w.Canvas().Overlays().Top(); o != nil {
		return o
	}
	return w.Content()
}

// Find returns the first thing in the open dialog, or in the window when none
// is open, that says the text; the test fails when nothing does.
func Find(t testing.TB, w fyne.Window, text string) fyne.CanvasObject {
	t.Helper()
	found, _ := find(t, w, text)
	return found
}

// TapButton taps what says the text in the open dialog, or in the window when
// none is open; the test fails when it is not there or cannot be tapped.
func TapButton(t testing.TB, w fyne.Window, text string) {
	t.Helper()
	_, in := find(t, w, text)
	require.NotNil(t, in, "%q cannot be tapped", text)
	if d, ok := in.(fyne.Disableable); ok {
		require.False(t, d.Disabled(), "%q is disabled", text)
	}
	in.Tapped(&fyne.PointEvent{})
}

// CanTap tells whether something in the open dialog, or in the window when none is
// open, says the text and can be tapped.
func CanTap(w fyne.Window, text string) (can bool) {
	read(top(w), nil, func(s string, _ fyne.CanvasObject, tappable fyne.Tappable) {
		if s == text && tappable != nil {
			d, ok := tappable.(fyne.Disableable)
			can = can || !ok || !d.Disabled()
		}
	})
	return can
}

func find(t testing.TB, w fyne.Window, text string) (found fyne.CanvasObject, in fyne.Tappable) {
	t.Helper()
	root := top(w)
	read(root, nil, func(s string, at fyne.CanvasObject, tappable fyne.Tappable) {
		if found == nil && s == text {
			found, in = at, tappable
		}
	})
	require.NotNil(t, found, "nothing says %q; there is %q", text, Texts(root))
	return found, in
}

// Lists returns the lists in the window, from top to bottom of its tree.
func Lists(w fyne.Window) []*widget.List {
	var all []*widget.List
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.List:
			all = append(all, o)
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(w.Content())
	return all
}
