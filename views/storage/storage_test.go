package storage_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/storage"
	"github.com/xappiens/buzon/views/viewtest"
)

type fake struct {
	mu      sync.Mutex
	usage   []model.MediaUsage
	old     map[model.ConversationID]model.MediaUsage
	err     error
	deleted []model.ConversationID
}

func (f *fake) Usage(context.Context) ([]model.MediaUsage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.usage), f.err
}

func (f *fake) PreviewDelete(_ context.Context, _ int, id model.ConversationID) (model.MediaUsage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.old[id], nil
}

func (f *fake) DeleteOld(_ context.Context, _ int, id model.ConversationID) (model.MediaUsage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deleted = append(f.deleted, id)
	f.usage = f.usage[:1]
	return f.old[id], nil
}

func (f *fake) gone() []model.ConversationID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.deleted)
}

func newFake() *fake {
	return &fake{
		usage: []model.MediaUsage{{ConversationID: 1, Name: "Harinas del Sur", Files: 214, Bytes: 310_000_000}, {ConversationID: 2, Name: "Ana García", Files: 40, Bytes: 62_000_000}, {ConversationID: 3, Name: "Familia", Files: 3, Bytes: 900_000}},
		old: map[model.ConversationID]model.MediaUsage{
			0: {Files: 120, Bytes: 140_000_000}, 1: {Files: 100, Bytes: 120_000_000}, 2: {Files: 20, Bytes: 20_000_000},
		},
	}
}

func open(t *testing.T, f *fake, options ...viewtest.Option) *viewtest.Bench {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	s := storage.New(b.Context, f, storage.Options{OnBack: func() {}})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b
}

func says(b *viewtest.Bench, text string) bool {
	root := b.Window.Content()
	if o := b.Window.Canvas().Overlays().Top(); o != nil {
		root = o
	}
	return slices.ContainsFunc(viewtest.Texts(root), func(s string) bool { return strings.Contains(s, text) })
}

func TestDeletionIsShownBeforeItIsDone(t *testing.T) {
	f := newFake()
	b := open(t, f)
	b.WaitFor(func() bool { return says(b, "Harinas del Sur") })
	require.True(t, says(b, "373 MB in 257 files"))
	viewtest.TapButton(t, b.Window, b.T("storage.preview"))
	b.WaitFor(func() bool { return says(b, b.T("storage.confirm.title")) })
	require.True(t, says(b, "120 files (140 MB) in all conversations"))
	require.True(t, says(b, "Ana García: 20 files, 20 MB"))
	require.Empty(t, f.gone(), "nothing goes before it is confirmed")
	viewtest.TapButton(t, b.Window, b.T("common.cancel"))
	b.Settle()
	require.Empty(t, f.gone())

	viewtest.TapButton(t, b.Window, b.T("storage.preview"))
	b.WaitFor(func() bool { return says(b, b.T("storage.confirm.title")) })
	viewtest.TapButton(t, b.Window, b.N("storage.confirm.button", 120))
	b.WaitFor(func() bool { return len(f.gone()) == 1 && !says(b, "Ana García") })
	require.Equal(t, []model.ConversationID{0}, f.gone())
	require.NotEmpty(t, b.Toasts.Texts())
}

func TestOneConversationCanBeChosen(t *testing.T) {
	f := newFake()
	b := open(t, f)
	b.WaitFor(func() bool { return says(b, "Ana García") })
	viewtest.Lists(b.Window)[0].Select(1)
	require.True(t, says(b, "only in Ana García"))

	f.mu.Lock()
	f.usage[0].Files = 215
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Media: map[model.MessageID]model.MediaProgress{9: {State: model.MediaStored}}})
	b.WaitFor(func() bool { return says(b, "258 files") })
	require.True(t, says(b, "only in Ana García"), "a download that ends meanwhile does not widen it")
	viewtest.TapButton(t, b.Window, b.T("storage.preview"))
	b.WaitFor(func() bool { return says(b, b.T("storage.confirm.title")) })
	viewtest.TapButton(t, b.Window, b.N("storage.confirm.button", 20))
	b.WaitFor(func() bool { return len(f.gone()) == 1 })
	require.Equal(t, model.ConversationID(2), f.gone()[0])
}

func TestFailureSaysWhatToDo(t *testing.T) {
	f := newFake()
	f.err = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b := open(t, f)
	b.WaitFor(func() bool { return says(b, b.T("action.load_storage")) })
	f.mu.Lock()
	f.err = nil
	f.mu.Unlock()
	viewtest.TapButton(t, b.Window, b.T("common.retry"))
	b.WaitFor(func() bool { return says(b, "Familia") })
}

func TestScreenshots(t *testing.T) {
	viewtest.EachPicture(t, "storage", func(t *testing.T, p viewtest.Picture) {
		b := open(t, newFake(), p.Options()...)
		b.Window.Resize(p.Size)
		b.WaitFor(func() bool { return says(b, "Harinas del Sur") })
		b.Settle()
		p.Capture(t, b.Window)
		viewtest.TapButton(t, b.Window, b.T("storage.preview"))
		b.WaitFor(func() bool { return says(b, b.T("storage.confirm.title")) })
		b.Settle()
		p.Of("storage-preview").Capture(t, b.Window)
	})
}
