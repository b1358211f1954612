package views_test

import (
	"context"
	"image"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
)

// dropWindow is a test window that files can be dropped on.
type dropWindow struct {
	fyne.Window
	dropped func(fyne.Position, []fyne.URI)
	fronted int
}

func (w *dropWindow) SetOnDropped(f func(fyne.Position, []fyne.URI)) { w.dropped = f }
func (w *dropWindow) RequestFocus()                                  { w.fronted++; w.Window.RequestFocus() }

// drop drops files, as the driver tells of them: it makes a file of every line.
func (w *dropWindow) drop(paths ...string) {
	uris := make([]fyne.URI, len(paths))
	for i, p := range paths {
		uris[i] = storage.NewFileURI(p)
	}
	w.dropped(fyne.Position{}, uris)
}

// attachFake takes every file.
type attachFake struct{}

func (attachFake) Limit() int64 { return 1_000_000 }

func (attachFake) Look(_ context.Context, path string) (model.FileLook, error) {
	return model.FileLook{Name: filepath.Base(path), Size: 9_000, MimeType: "application/pdf"}, nil
}

func (attachFake) Take(context.Context, string, model.TakeOptions) (model.OutgoingFile, error) {
	return model.OutgoingFile{}, nil
}

func (attachFake) Preview(context.Context, model.OutgoingFile, int) (image.Image, error) {
	return nil, viewtest.Fail(model.ProblemInternal, "")
}

func (attachFake) PreviewPath(context.Context, string, int) (image.Image, error) {
	return nil, viewtest.Fail(model.ProblemInternal, "")
}

func openToDrops(t *testing.T) (*window, *dropWindow) {
	t.Helper()
	b := viewtest.NewTestContext(t)
	target := &dropWindow{Window: b.Window}
	b.Window = target
	fake := newWorld()
	svc := fake.services()
	svc.Attach = attachFake{}
	return openOn(t, b, fake, svc), target
}

func TestDroppedFilesAreAttachedToTheOpenConversation(t *testing.T) {
	w, target := openToDrops(t)
	w.main.OpenConversation(1)
	w.Settle() // what is written on can be seen before the conversation is there
	target.drop("/tmp/Pan de año nuevo.jpg", "/tmp/100% lista #2.pdf")
	w.WaitFor(func() bool { return w.sees("Pan de año nuevo.jpg") && w.sees("100% lista #2.pdf") })
	require.Equal(t, 1, target.fronted, "the caption can be written at once")
	require.Empty(t, w.Toasts.Texts())
}

func TestDropsThatNothingTakesSayWhatToDo(t *testing.T) {
	const elsewhere = "Open a conversation and drop the files there."
	for name, lead := range map[string]func(*window){
		"no conversation is open": func(*window) {},
		"another page":            func(w *window) { w.main.Show(views.AreaOutbox) },
	} {
		t.Run(name, func(t *testing.T) {
			w, target := openToDrops(t)
			lead(w)
			target.drop("/tmp/a.pdf")
			w.WaitFor(func() bool { return slices.Contains(w.Toasts.Texts(), elsewhere) })
			require.Zero(t, target.fronted)
		})
	}
}

func TestDropsWaitBehindADialog(t *testing.T) {
	w, target := openToDrops(t)
	w.main.OpenConversation(1)
	w.Settle() // what is written on can be seen before the conversation is there
	w.ShowError("action.connect", viewtest.Fail(model.ProblemTimeout, ""))
	target.drop("/tmp/a.pdf")
	require.Zero(t, target.fronted)
	require.False(t, w.sees("a.pdf"))
}
