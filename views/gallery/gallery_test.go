package gallery_test

import (
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/gallery"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// fake holds pictures, files and links, the newest first.
type fake struct {
	mu         sync.Mutex
	items      map[model.GalleryKind][]model.MediaItem
	err        error
	downloaded []model.MessageID
	opened     []model.MessageID
	saved      []string
	copied     []model.MessageID
	copyErr    error
}

func newFake(pictures int) *fake {
	f := &fake{items: map[model.GalleryKind][]model.MediaItem{}}
	start := viewtest.Start().Unix()
	id := func(hours int) model.MessageID { return model.MessageIDAt(start - int64(hours)*3600) }
	for i := range pictures {
		item := model.MediaItem{MessageID: id(i * 40), ConversationID: 1, Type: model.TypeImage, State: model.MediaStored, Author: "Ana García", Size: 240_000}
		if i == 2 {
			item.State = model.MediaRemote
		}
		if i == 4 {
			item.Type = model.TypeVideo
		}
		f.items[model.GalleryPictures] = append(f.items[model.GalleryPictures], item)
	}
	for i, name := range []string{"invoice-2026-11.pdf", "../../prices.xlsx", "order.docx"} {
		f.items[model.GalleryFiles] = append(f.items[model.GalleryFiles], model.MediaItem{
			MessageID: id(i*500 + 1), ConversationID: 1, Type: model.TypeDocument, State: model.MediaRemote, FileName: name, Size: int64(i+1) * 120_000,
		})
	}
	f.items[model.GalleryLinks] = []model.MediaItem{{MessageID: id(5), ConversationID: 1, Type: model.TypeChat, Links: []string{"https://www.example.com/menu?x=1", "javascript:alert(1)"}}}
	return f
}

func (f *fake) Gallery(_ context.Context, q model.MediaQuery) ([]model.MediaItem, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var some []model.MediaItem
	for _, item := range f.items[q.Kind] {
		if (q.Before == 0 || item.MessageID < q.Before) && len(some) < q.Limit {
			some = append(some, item)
		}
	}
	return some, f.err
}

func (f *fake) Picture(_ context.Context, id model.MessageID, _ int) (image.Image, error) {
	img := image.NewNRGBA(image.Rect(0, 0, 600, 400))
	n := uint8(int64(id) / 144_000 * 53)
	for y := range 400 {
		for x := range 600 {
			img.SetNRGBA(x, y, color.NRGBA{R: uint8(x / 3), G: uint8(y / 2), B: n, A: 255})
		}
	}
	return img, nil
}

func (f *fake) Thumb(ctx context.Context, id model.MessageID, side int) (image.Image, error) {
	return f.Picture(ctx, id, side)
}

func (f *fake) Download(_ context.Context, id model.MessageID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.downloaded = append(f.downloaded, id)
	return f.err
}

func (f *fake) Open(_ context.Context, id model.MessageID) (model.OpenedAs, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, id)
	return model.OpenedFolder, nil
}

func (f *fake) FileName(context.Context, model.MessageID) (string, error) { return "photo.jpg", nil }

func (f *fake) CopyPicture(_ context.Context, id model.MessageID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.copied = append(f.copied, id)
	return f.copyErr
}

func (f *fake) SaveAs(_ context.Context, _ model.MessageID, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.saved = append(f.saved, path)
	return nil
}

func (f *fake) count(of func(*fake) int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return of(f)
}

type went struct {
	at   model.MessageID
	back int
}

func open(t *testing.T, f *fake, options ...viewtest.Option) (*viewtest.Bench, *went) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	w := &went{}
	s := gallery.New(b.Context, f, 1, gallery.Options{
		Name: "Ana García", OnBack: func() { w.back++ }, OnMessage: func(_ model.ConversationID, at model.MessageID) { w.at = at },
	})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, w
}

func says(b *viewtest.Bench, text string) bool {
	root := b.Window.Content()
	if o := b.Window.Canvas().Overlays().Top(); o != nil {
		root = o
	}
	return slices.ContainsFunc(viewtest.Texts(root), func(s string) bool { return strings.Contains(s, text) })
}

func TestTabsShowFilesAndLinks(t *testing.T) {
	f := newFake(3)
	b, w := open(t, f)
	b.WaitFor(func() bool { return says(b, "November 2026") })

	viewtest.TapButton(t, b.Window, b.T("gallery.tab.files"))
	b.WaitFor(func() bool { return says(b, "invoice-2026-11.pdf") })
	require.True(t, says(b, "prices.xlsx"))
	require.False(t, says(b, "../"), "folders are no part of a name")

	viewtest.TapButton(t, b.Window, b.T("gallery.tab.links"))
	b.WaitFor(func() bool { return says(b, "www.example.com") })
	viewtest.Lists(b.Window)[0].Select(1)
	require.True(t, says(b, b.T("conversations.link.open")))
	require.Empty(t, b.Opened, "the host is shown first")
	viewtest.TapButton(t, b.Window, b.T("conversations.link.open"))
	require.Len(t, b.Opened, 1)
	viewtest.Lists(b.Window)[0].Select(2)
	require.Len(t, b.Opened, 1, "only web addresses are opened")
	viewtest.Lists(b.Window)[0].Select(1)
	viewtest.TapButton(t, b.Window, b.T("gallery.in_conversation"))
	require.Equal(t, f.items[model.GalleryLinks][0].MessageID, w.at)
}

func TestFileIsFetchedAndOpened(t *testing.T) {
	f := newFake(0)
	b, _ := open(t, f)
	b.WaitFor(func() bool { return says(b, b.T("gallery.empty.pictures")) })
	viewtest.TapButton(t, b.Window, b.T("gallery.tab.files"))
	b.WaitFor(func() bool { return says(b, "order.docx") })
	viewtest.Lists(b.Window)[0].Select(1)
	b.WaitFor(func() bool { return f.count(func(f *fake) int { return len(f.opened) }) == 1 })
	require.Equal(t, 1, f.count(func(f *fake) int { return len(f.downloaded) }))
}

// view opens the viewer at a picture.
func view(t *testing.T, f *fake, n int, options ...viewtest.Option) (*viewtest.Bench, *widgets.Viewer) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	b.Window.Resize(fyne.NewSize(1000, 640))
	v := widgets.NewViewer(b.Context, f)
	v.Open(f.items[model.GalleryPictures][n])
	t.Cleanup(v.Close)
	b.WaitFor(func() bool { return v.Count() == len(f.items[model.GalleryPictures]) })
	return b, v
}

func key(v *widgets.Viewer, name fyne.KeyName) { v.TypedKey(&fyne.KeyEvent{Name: name}) }

func TestViewerCopiesThePictureOrSaysWhyNot(t *testing.T) {
	f := newFake(3)
	b, v := view(t, f, 1)
	v.TypedRune('c')
	b.WaitFor(func() bool { return f.count(func(f *fake) int { return len(f.copied) }) == 1 })
	require.Equal(t, v.Item().MessageID, f.copied[0])

	f.mu.Lock()
	f.copyErr = viewtest.Fail(model.ProblemNoClipboard, "no program")
	f.mu.Unlock()
	shown := len(b.Window.Canvas().Overlays().List())
	v.TypedRune('c')
	b.WaitFor(func() bool { return len(b.Window.Canvas().Overlays().List()) > shown })
}

func TestViewerLeadsBothWays(t *testing.T) {
	f := newFake(400)
	all := f.items[model.GalleryPictures]
	b, v := view(t, &fake{items: map[model.GalleryKind][]model.MediaItem{model.GalleryPictures: all[:300]}}, 250)
	require.Equal(t, all[250].MessageID, v.Item().MessageID)
	key(v, fyne.KeyLeft)
	require.Equal(t, all[251].MessageID, v.Item().MessageID, "left is earlier")
	key(v, fyne.KeyRight)
	key(v, fyne.KeyRight)
	require.Equal(t, all[249].MessageID, v.Item().MessageID)
	for range 400 {
		key(v, fyne.KeyRight)
	}
	require.Equal(t, all[0].MessageID, v.Item().MessageID)
	b.Settle()
	key(v, fyne.KeyEscape)
	require.False(t, v.Shown())
	require.Nil(t, b.Window.Canvas().Overlays().Top())
}

func TestViewerZoomsTurnsAndFits(t *testing.T) {
	b, v := view(t, newFake(2), 0)
	b.WaitFor(func() bool { return !says(b, b.T("media.viewer.loading")) })
	v.TypedRune('1')
	require.InDelta(t, 1, v.Zoom(), 0.001)
	v.TypedRune('0')
	fit := v.Zoom()
	v.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 10), PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 300)}})
	require.Greater(t, v.Zoom(), fit)
	v.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(5000, 5000)})
	for range 9 {
		v.TypedRune('-')
	}
	require.InDelta(t, 1, v.Zoom(), 0.001, "never smaller than what fits or its own size")
	v.TypedRune('0')
	v.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(500, 300)})
	require.Greater(t, v.Zoom(), fit)
	v.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(500, 300)})
	require.InDelta(t, fit, v.Zoom(), 0.001)
	v.TypedRune('r')
	b.WaitFor(func() bool { return v.Zoom() != fit })
	for range 3 {
		v.TypedRune('r')
	}
	b.WaitFor(func() bool { return v.Zoom() == fit })
}

func TestViewerFetchesWhatIsNotHere(t *testing.T) {
	f := newFake(5)
	b, v := view(t, f, 2)
	b.WaitFor(func() bool { return says(b, b.T("media.viewer.remote")) })
	f.mu.Lock()
	f.err = viewtest.Fail(model.ProblemUnreachable, "no route")
	f.mu.Unlock()
	key(v, fyne.KeyReturn)
	b.WaitFor(func() bool { return says(b, b.T("common.retry")) })
	f.mu.Lock()
	f.err = nil
	f.mu.Unlock()
	key(v, fyne.KeyReturn)
	b.WaitFor(func() bool { return v.Item().State == model.MediaStored })

	v.TypedRune('s')
	b.WaitFor(func() bool { return says(b, b.T("media.save.title")) })
	viewtest.TapButton(t, b.Window, b.T("media.save.button"))
	b.WaitFor(func() bool { return f.count(func(f *fake) int { return len(f.saved) }) == 1 })
	require.True(t, strings.HasSuffix(f.saved[0], "photo.jpg"))
	require.True(t, v.Shown())
}

func TestScreenshots(t *testing.T) {
	viewtest.EachPicture(t, "gallery", func(t *testing.T, p viewtest.Picture) {
		b, _ := open(t, newFake(14), p.Options()...)
		b.Window.Resize(p.Size)
		b.Settle()
		require.True(t, says(b, "2026"))
		for i, tab := range []string{"pictures", "files", "links"} {
			viewtest.TapButton(t, b.Window, b.T("gallery.tab."+tab))
			b.Settle()
			require.True(t, says(b, []string{"2026", "invoice", "example"}[i]))
			p.Of("gallery-"+tab).Capture(t, b.Window)
		}
	})
	for name, n := range map[string]int{"viewer": 0, "viewer-remote": 2, "viewer-video": 4} {
		viewtest.EachPicture(t, name, func(t *testing.T, p viewtest.Picture) {
			b, _ := view(t, newFake(14), n, p.Options()...)
			b.Window.Resize(p.Size)
			b.Settle()
			require.False(t, says(b, b.T("media.viewer.loading")))
			p.Capture(t, b.Window)
		})
	}
}
