package conversations_test

import (
	"context"
	"image"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// filesFake holds files in memory and plays them without a sound.
type filesFake struct {
	mu         sync.Mutex
	downloaded []model.MessageID
	cancelled  []model.MessageID
	opened     []model.MessageID
	played     []string
	from       []time.Duration
	speeds     []float64
	pauses     int
	sound      ui.Sound
	err        error
	notify     func(func()) // wakes a test that waits for a call
}

func (f *filesFake) with(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *filesFake) count(of func() int) (n int) {
	f.with(func() { n = of() })
	return n
}

func (f *filesFake) Gallery(context.Context, model.MediaQuery) ([]model.MediaItem, error) {
	return nil, nil
}

func (f *filesFake) Picture(ctx context.Context, _ model.MessageID, side int) (image.Image, error) {
	return drawnPicture(ctx, "x", side)
}

func (f *filesFake) Thumb(ctx context.Context, _ model.MessageID, side int) (image.Image, error) {
	return drawnPicture(ctx, "x", side)
}

func (f *filesFake) Download(_ context.Context, id model.MessageID) error {
	f.with(func() { f.downloaded = append(f.downloaded, id) })
	return f.err
}

func (f *filesFake) Cancel(id model.MessageID) {
	f.with(func() { f.cancelled = append(f.cancelled, id) })
}
func (f *filesFake) Path(hash string) string { return "/media/" + hash }

func (f *filesFake) Open(_ context.Context, id model.MessageID) (model.OpenedAs, error) {
	f.with(func() { f.opened = append(f.opened, id) })
	return model.OpenedFile, nil
}

func (f *filesFake) FileName(context.Context, model.MessageID) (string, error) { return "x.ogg", nil }
func (f *filesFake) CopyPicture(context.Context, model.MessageID) error        { return nil }
func (f *filesFake) SaveAs(context.Context, model.MessageID, string) error     { return nil }

func (f *filesFake) Play(_ context.Context, path string, from time.Duration, speed float64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.played, f.from, f.speeds = append(f.played, path), append(f.from, from), append(f.speeds, speed)
	f.sound = ui.Sound{Playing: f.err == nil, Position: from, Length: 10 * time.Second}
	return f.err
}

func (f *filesFake) Pause() {
	f.with(func() { f.pauses++; f.sound.Playing = false })
	f.notify(func() {})
}

func (f *filesFake) Status() ui.Sound {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sound
}

// sounds opens a conversation of voice messages with the hashes, "" for one
// that is not here.
func sounds(t *testing.T, files *filesFake, hashes ...string) (*viewtest.Bench, *conversations.Screen, []model.MessageID) {
	t.Helper()
	f := newFake()
	f.add(1, "Ana", 0)
	b := viewtest.NewTestContext(t, viewtest.WindowSize(1000, 700))
	f.notify, files.notify = b.Queue.Do, b.Queue.Do
	var ids []model.MessageID
	for i, hash := range hashes {
		state := model.MediaStored
		if hash == "" {
			state = model.MediaRemote
		}
		m := message(1, viewtest.Start().Add(time.Duration(i-10)*time.Minute), "")
		file(model.TypeVoice, state, "", model.MediaInfo{Seconds: 10})(&m)
		m.MediaHash = hash
		f.messages[1] = append(f.messages[1], m)
		ids = append(ids, m.ID)
	}
	s := conversations.New(b.Context, f, conversations.Options{Media: files, Player: files})
	b.Window.SetContent(s.Content())
	s.Activate()
	t.Cleanup(s.Deactivate)
	s.Open(1)
	b.WaitFor(func() bool { l := messageList(s); return l != nil && len(l.Items()) > len(hashes) })
	return b, s, ids
}

// barSays tells whether the bar with what is played says a text.
func barSays(s *conversations.Screen, text string) bool { return slices.Contains(labels(s), text) }

func tell(s *conversations.Screen, id model.MessageID, action string) {
	messageList(s).OnAction(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(id)}, action)
}

func TestVoiceMessagesPlayOneAfterTheOther(t *testing.T) {
	f := &filesFake{}
	b, s, ids := sounds(t, f, "aa", "bb")
	tell(s, ids[0], widgets.ActionPlay)
	b.WaitFor(func() bool { return barSays(s, "0:00 / 0:10") })
	f.with(func() { f.sound.Position = 4 * time.Second })
	b.WaitFor(func() bool { b.Clock.Advance(100 * time.Millisecond); return barSays(s, "0:04 / 0:10") })
	require.NotNil(t, button(s, "1×"))

	f.with(func() { f.sound = ui.Sound{Ended: true, Position: 10 * time.Second, Length: 10 * time.Second} })
	b.WaitFor(func() bool {
		b.Clock.Advance(100 * time.Millisecond)
		return f.count(func() int { return len(f.played) }) == 2
	})
	require.Equal(t, []string{"/media/aa", "/media/bb"}, f.played)
	f.with(func() { f.sound = ui.Sound{Ended: true, Length: 10 * time.Second} })
	b.WaitFor(func() bool { b.Clock.Advance(100 * time.Millisecond); return button(s, "1×") == nil })
}

func TestSoundIsPausedMovedInAndPlayedFaster(t *testing.T) {
	f := &filesFake{}
	b, s, ids := sounds(t, f, "aa")
	tell(s, ids[0], widgets.ActionSeek+"0.5")
	b.WaitFor(func() bool { return barSays(s, "0:05 / 0:10") })
	viewtest.TapButton(t, b.Window, "1×")
	b.WaitFor(func() bool { return f.count(func() int { return len(f.played) }) == 2 })
	require.Equal(t, []float64{1, 1.5}, f.speeds)
	require.Equal(t, 5*time.Second, f.from[1])
	b.WaitFor(func() bool { return button(s, "1.5×") != nil })
	b.Settle()

	before := f.count(func() int { return f.pauses })
	tell(s, ids[0], widgets.ActionPlay)
	b.WaitFor(func() bool { return f.count(func() int { return f.pauses }) > before })
	tell(s, ids[0], widgets.ActionPlay)
	b.WaitFor(func() bool { return f.count(func() int { return len(f.played) }) == 3 })
	require.Equal(t, 5*time.Second, f.from[2], "it goes on where it was")

	before = f.count(func() int { return f.pauses })
	s.Deactivate()
	b.WaitFor(func() bool { return f.count(func() int { return f.pauses }) > before })
}

func TestSilenceIsExplained(t *testing.T) {
	f := &filesFake{err: viewtest.Fail(model.ProblemNoSound, "no device")}
	b, s, ids := sounds(t, f, "aa")
	tell(s, ids[0], widgets.ActionPlay)
	b.WaitFor(b.ModalOpen)
	viewtest.Find(t, b.Window, b.T("action.play_sound"))
	viewtest.TapButton(t, b.Window, b.T("media.player.outside"))
	b.WaitFor(func() bool { return f.count(func() int { return len(f.opened) }) == 1 })
	require.Equal(t, ids[0], f.opened[0])
}

func TestFilesAreFetchedAndCancelled(t *testing.T) {
	f := &filesFake{err: viewtest.Fail(model.ProblemUnreachable, "no route")}
	b, s, ids := sounds(t, f, "", "bb")
	tell(s, ids[0], widgets.ActionDownload)
	b.WaitFor(func() bool {
		return slices.ContainsFunc(labels(s), func(l string) bool { return len(l) > 20 && l[:8] == b.T("action.download_media")[:8] })
	})
	require.Equal(t, []model.MessageID{ids[0]}, f.downloaded)
	b.Bus.Publish(event.Batch{Media: map[model.MessageID]model.MediaProgress{ids[0]: {Done: 1, Total: 2, State: model.MediaDownloading}}})
	b.Settle()
	tell(s, ids[0], widgets.ActionCancel)
	require.Equal(t, []model.MessageID{ids[0]}, f.cancelled)
}
