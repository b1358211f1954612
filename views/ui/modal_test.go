package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// shown returns the texts of everything that is visible in the dialog, nil when none is open.
func shown(b *viewtest.Bench) []string {
	top := b.Window.Canvas().Overlays().Top()
	if top == nil {
		return nil
	}
	return viewtest.Texts(top)
}

func focused(b *viewtest.Bench) string {
	if o, ok := b.Window.Canvas().Focused().(fyne.CanvasObject); ok {
		if texts := viewtest.Texts(o); len(texts) == 1 {
			return texts[0]
		}
	}
	return ""
}

func TestConfirmRunsOnlyWhenAgreed(t *testing.T) {
	b := viewtest.NewTestContext(t)
	agreed := 0
	ask := func(danger bool) {
		b.Confirm(ui.ConfirmOptions{Title: "Log out?", Body: "The phone forgets this computer.", Button: "Log out", Danger: danger}, func() { agreed++ })
	}
	ask(true)
	require.Subset(t, shown(b), []string{"Log out?", "The phone forgets this computer.", "Cancel", "Log out"})
	require.Equal(t, "Cancel", focused(b), "nothing dangerous happens by pressing Enter")
	b.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Nil(t, shown(b))
	require.Zero(t, agreed)

	ask(false)
	require.Equal(t, "Log out", focused(b))
	b.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, shown(b))
	require.Zero(t, agreed)

	ask(true)
	viewtest.TapButton(t, b.Window, "Log out")
	require.Nil(t, shown(b))
	require.Equal(t, 1, agreed)
}

func TestDialogsWaitForEachOther(t *testing.T) {
	b := viewtest.NewTestContext(t)
	var closed []string
	show := func(title string) func() {
		return b.ShowModal(ui.Modal{Title: title, Content: widget.NewLabel("body"), Buttons: []ui.ModalButton{{Text: "Close"}}, Closed: func() { closed = append(closed, title) }})
	}
	closeFirst := show("first")
	closeSecond := show("second")
	show("third")
	require.Len(t, b.Window.Canvas().Overlays().List(), 1)
	require.Contains(t, shown(b), "first")
	require.True(t, b.ModalOpen())
	closeSecond() // one that waits can be taken back
	closeFirst()
	closeFirst()
	require.Contains(t, shown(b), "third")
	viewtest.TapButton(t, b.Window, "Close")
	require.Nil(t, shown(b))
	require.False(t, b.ModalOpen())
	require.Equal(t, []string{"second", "first", "third"}, closed)
}

func TestEscapeClosesADialogFromAFieldAndFromTheCanvas(t *testing.T) {
	b := viewtest.NewTestContext(t)
	pressed := 0
	b.Window.Canvas().SetOnTypedKey(func(*fyne.KeyEvent) { pressed++ })
	field := ui.NewEntry()
	b.ShowModal(ui.Modal{Title: "Number", Content: container.NewVBox(field), Focus: field})
	require.Equal(t, fyne.Focusable(field), b.Window.Canvas().Focused())
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, shown(b))

	b.ShowModal(ui.Modal{Title: "Number"})
	b.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA})
	require.Zero(t, pressed, "keys of the window rest while a dialog is open")
	b.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, shown(b))
	b.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyA})
	require.Equal(t, 1, pressed)
}

func TestShowErrorSaysWhatWhyAndWhatToDo(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		b := viewtest.NewTestContext(t, viewtest.Variant(variant), viewtest.WindowSize(640, 480))
		b.Window.SetContent(widget.NewLabel("content"))
		err := viewtest.Fail(model.ProblemUnreachable, errRaw.Error())
		b.ShowError("action.connect", err)
		why, do := b.ProblemText(model.Problem{Kind: model.ProblemUnreachable})
		require.Subset(t, shown(b), []string{"Could not connect the session", why, do, "Details", "Copy", "Close"})
		require.NotContains(t, shown(b), errRaw.Error())
		require.Equal(t, []error{err}, b.Logged)
		viewtest.CaptureWindow(t, "error", b.Window, variant)

		viewtest.TapButton(t, b.Window, "Details")
		require.Contains(t, shown(b), errRaw.Error())
		viewtest.CaptureWindow(t, "error-details", b.Window, variant)
		viewtest.TapButton(t, b.Window, "Copy")
		require.Len(t, b.Copied, 1)
		for _, part := range []string{"Could not connect the session", why, do, errRaw.Error()} {
			require.Contains(t, b.Copied[0], part)
		}
		require.Contains(t, shown(b), "Copied")

		b.ShowError("action.connect", err)
		viewtest.TapButton(t, b.Window, "Close")
		require.Nil(t, shown(b), "the same failure is not shown twice")
		b.ShowError("action.connect", err)
		require.NotNil(t, shown(b), "but again after it was read")
	}
}

func TestShowErrorOfWhatTheOwnerStoppedIsAToast(t *testing.T) {
	b := viewtest.NewTestContext(t)
	b.ShowError("action.sync", nil)
	b.ShowError("action.sync", viewtest.Fail(model.ProblemCanceled, ""))
	require.Nil(t, shown(b))
	require.Equal(t, []string{"It was stopped before it was done."}, b.Toasts.Texts())
}

func TestToastsGoAwayByThemselves(t *testing.T) {
	b := viewtest.NewTestContext(t)
	content := container.NewStack(widget.NewLabel("content"), b.Toasts.Overlay())
	b.Window.SetContent(content)
	b.Toast("First")
	b.Toast("Second\nwith a line break")
	b.Toast("Second with a line break")
	require.Equal(t, []string{"First", "Second with a line break"}, b.Toasts.Texts())
	b.Toast("Third")
	b.Toast("Fourth")
	require.Equal(t, []string{"Second with a line break", "Third", "Fourth"}, b.Toasts.Texts())
	viewtest.CaptureWindow(t, "toasts", b.Window, "light")

	test.TapCanvas(b.Window.Canvas(), centre(viewtest.Find(t, b.Window, "Fourth")))
	require.Equal(t, []string{"Second with a line break", "Third"}, b.Toasts.Texts())
	b.Clock.Advance(30e9)
	b.WaitFor(func() bool { return len(b.Toasts.Texts()) == 0 })
}

func centre(o fyne.CanvasObject) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	return at.AddXY(o.Size().Width/2, o.Size().Height/2)
}

func TestToastsLetInputThrough(t *testing.T) {
	b := viewtest.NewTestContext(t)
	tapped := 0
	button := widget.NewButton("Press", func() { tapped++ })
	b.Window.SetContent(container.NewStack(container.NewCenter(button), b.Toasts.Overlay()))
	b.Toast("Something happened")
	test.TapCanvas(b.Window.Canvas(), centre(button))
	require.Equal(t, 1, tapped)
}

func TestTipStaysInsideTheWindow(t *testing.T) {
	b := viewtest.NewTestContext(t, viewtest.WindowSize(300, 200))
	anchor := widget.NewButton("X", nil)
	b.Window.SetContent(container.NewStack(container.NewBorder(nil, container.NewBorder(nil, nil, nil, anchor), nil, nil), b.Toasts.Overlay()))
	hide := b.Toasts.Tip("A hint that is rather long", anchor)
	require.Equal(t, "A hint that is rather long", b.Toasts.TipText())
	tip := viewtest.Find(t, b.Window, "A hint that is rather long")
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(tip)
	require.GreaterOrEqual(t, at.X, float32(0))
	require.LessOrEqual(t, at.X+tip.Size().Width, float32(300))
	require.LessOrEqual(t, at.Y+tip.Size().Height, centre(anchor).Y, "above, since there is no room below")
	hide()
	require.Empty(t, b.Toasts.TipText())
}
