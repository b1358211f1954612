package conversations_test

import (
	"context"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// files are files by their names: what they are and why they cannot be taken.
type files struct {
	mu      sync.Mutex
	looks   map[string]model.FileLook
	refused map[string]model.FileRefusal // at once
	gone    map[string]bool              // when they are taken
	taken   []string
	sides   []int
	hold    chan struct{}
}

func (f *files) Limit() int64 { return 1_000_000 }

func (f *files) Look(_ context.Context, path string) (model.FileLook, error) {
	name := filepath.Base(path)
	look := f.looks[name]
	look.Name = name
	if why := f.refused[name]; why != "" {
		return look, &model.FileError{Reason: why, Limit: f.Limit()}
	}
	return look, nil
}

func (f *files) Take(_ context.Context, path string, o model.TakeOptions) (model.OutgoingFile, error) {
	if f.hold != nil {
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name := filepath.Base(path)
	if f.gone[name] {
		return model.OutgoingFile{}, &model.FileError{Reason: model.FileMissing}
	}
	o.Progress(10, 10)
	f.taken, f.sides = append(f.taken, name), append(f.sides, o.MaxSide)
	return model.OutgoingFile{SHA256: name, FileName: name, MimeType: f.looks[name].MimeType, Size: 10}, nil
}

func (f *files) PreviewPath(context.Context, string, int) (image.Image, error) {
	return image.NewGray(image.Rect(0, 0, 8, 8)), nil
}

func (f *files) Preview(context.Context, model.OutgoingFile, int) (image.Image, error) {
	return image.NewGray(image.Rect(0, 0, 8, 8)), nil
}

func someFiles() *files {
	return &files{
		looks: map[string]model.FileLook{
			"pan.jpg":  {Size: 4_000_00, MimeType: "image/jpeg", Width: 4000, Height: 3000},
			"menu.pdf": {Size: 9_000, MimeType: "application/pdf"},
			"nota.ogg": {Size: 9_000, MimeType: "audio/ogg; codecs=opus", Voice: true},
		},
		refused: map[string]model.FileRefusal{"carpeta": model.FileFolder, "grande.mp4": model.FileTooLarge},
		gone:    map[string]bool{},
	}
}

// showWith puts a screen into the window that can attach files.
func showWith(t testing.TB, f *fake, o conversations.Options, options ...viewtest.Option) (*viewtest.Bench, *conversations.Screen) {
	b := viewtest.NewTestContext(t, options...)
	f.notify = b.Queue.Do
	o.Finder, o.Sessions = f, connected()
	s := conversations.New(b.Context, f, o)
	b.Window.SetPadded(false)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func iconButton(s *conversations.Screen, name string) []*widgets.IconButton {
	var list []*widgets.IconButton
	for _, b := range viewtest.All[*widgets.IconButton](s.Content()) {
		if b.Name() == name {
			list = append(list, b)
		}
	}
	return list
}

func reads(s *conversations.Screen, text string) bool { return slices.Contains(labels(s), text) }

func TestFilesGoInTheirOrderWithTheirCaptions(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	fs := someFiles()
	b, s := showWith(t, f, conversations.Options{Attach: fs})
	opened(t, b, s, 1, "message 2 of Ana")
	ctrl(writing(t, b, s), fyne.KeyUp)
	s.Attach([]string{"/tmp/menu.pdf", "/tmp/pan.jpg", "/tmp/nota.ogg"})
	b.WaitFor(func() bool {
		return reads(s, "400 kB · 4000 × 3000") && len(viewtest.All[*widget.Select](s.Content())) == 2
	})
	test.Tap(iconButton(s, b.T("compose.attach.up"))[1]) // the picture goes first
	selects := viewtest.All[*widget.Select](s.Content())
	require.Equal(t, b.T("compose.as.smaller"), selects[0].Selected)
	require.Equal(t, b.T("compose.as.voice"), selects[1].Selected)
	selects[1].SetSelected(b.T("compose.as.document"))
	for _, e := range viewtest.All[*ui.Entry](s.Content()) {
		if e.PlaceHolder == b.T("compose.attach.caption") {
			e.SetText("la segunda")
			break
		}
	}
	test.Type(writing(t, b, s), "pan de hoy")
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return len(f.sentOut()) == 3 && composer(s).Text() == "" })
	out := f.sentOut()
	require.Equal(t, []string{"pan.jpg", "menu.pdf", "nota.ogg"}, fs.taken)
	require.Equal(t, []int{1600, 0, 0}, fs.sides)
	require.Equal(t, []string{"pan de hoy", "la segunda", ""}, []string{out[0].Text, out[1].Text, out[2].Text})
	require.Equal(t, f.messages[1][2].ID, out[0].Quote)
	require.Zero(t, out[1].Quote)
	require.Equal(t, model.FileOptions{AsDocument: true}, out[2].FileOptions)
	require.Empty(t, iconButton(s, b.T("compose.attach.remove")), "nothing is attached any more")
}

func TestAFileThatCannotBeSentSaysWhyAndHoldsTheRest(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	fs := someFiles()
	b, s := showWith(t, f, conversations.Options{Attach: fs})
	opened(t, b, s, 1, "message 2 of Ana")
	s.Attach([]string{"/tmp/carpeta", "/tmp/grande.mp4", "/tmp/menu.pdf"})
	b.WaitFor(func() bool { return reads(s, b.T("compose.refused.folder")) })
	b.WaitFor(func() bool {
		return slices.ContainsFunc(labels(s), func(l string) bool { return strings.Contains(l, "at most 1.0 MB") })
	})
	writing(t, b, s)
	press(b, fyne.KeyReturn)
	require.Equal(t, []string{b.T("compose.attach.refused_left")}, b.Toasts.Texts())
	for range 2 {
		test.Tap(iconButton(s, b.T("compose.attach.remove"))[0])
	}
	writing(t, b, s)
	fs.gone["menu.pdf"] = true // it vanishes before it is taken
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return reads(s, b.T("compose.refused.missing")) })
	require.Empty(t, f.sentOut())
}

// inSight tells whether a text stands where the scroll around it shows it.
func inSight(s *conversations.Screen, text string) bool {
	d := fyne.CurrentApp().Driver()
	for _, scroll := range viewtest.All[*container.Scroll](s.Content()) {
		top := d.AbsolutePositionForObject(scroll).Y
		for _, l := range viewtest.All[*widget.Label](scroll.Content) {
			if y := d.AbsolutePositionForObject(l).Y; l.Text == text && y >= top && y+l.Size().Height <= top+scroll.Size().Height {
				return true
			}
		}
	}
	return false
}

func TestTheWheelGoesOnOverTheWordsToAFile(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := showWith(t, f, conversations.Options{Attach: someFiles()})
	b.Window.Resize(fyne.NewSize(1000, 640))
	opened(t, b, s, 1, "message 2 of Ana")
	s.Attach([]string{"/tmp/pan.jpg", "/tmp/menu.pdf", "/tmp/pan.jpg", "/tmp/menu.pdf", "/tmp/pan.jpg", "/tmp/menu.pdf"})
	b.WaitFor(func() bool { return scrollOf(s.Content(), 5) != nil })
	viewtest.TheWheelGoesOn(t, b.Window, scrollOf(s.Content(), 5))
}

func TestTheTrayShowsWhatCameAndWhatCannotBeSent(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := showWith(t, f, conversations.Options{Attach: someFiles()})
	b.Window.Resize(fyne.NewSize(1000, 640))
	opened(t, b, s, 1, "message 2 of Ana")
	s.Attach([]string{"/tmp/carpeta", "/tmp/menu.pdf", "/tmp/menu.pdf", "/tmp/menu.pdf"})
	b.WaitFor(func() bool { return inSight(s, b.T("compose.refused.folder")) })
	s.Attach([]string{"/tmp/pan.jpg"})
	b.WaitFor(func() bool { return inSight(s, "400 kB · 4000 × 3000") && !inSight(s, b.T("compose.refused.folder")) })
	writing(t, b, s)
	press(b, fyne.KeyReturn)
	require.True(t, inSight(s, b.T("compose.refused.folder")), "the reason is out of sight")
}

func TestFilesAreRefusedWithAReasonWhileNothingCanBeWritten(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	fs := someFiles()
	fs.hold = make(chan struct{})
	b, s := showWith(t, f, conversations.Options{Attach: fs})
	require.False(t, s.Attach([]string{"/tmp/menu.pdf"}))
	require.Equal(t, []string{b.T("compose.attach.nowhere")}, b.Toasts.Texts())
	opened(t, b, s, 1, "message 2 of Ana")
	require.True(t, s.Attach([]string{"/tmp/menu.pdf"}))
	b.WaitFor(func() bool { return reads(s, "9.0 kB") })
	writing(t, b, s)
	press(b, fyne.KeyReturn)
	require.False(t, s.Attach([]string{"/tmp/pan.jpg"}), "the others are on their way")
	require.Contains(t, b.Toasts.Texts(), b.T("compose.attach.wait"))
	close(fs.hold)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 })
}

func TestWhatIsBeingTakenIsNotSentTwice(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	fs := someFiles()
	fs.hold = make(chan struct{})
	b, s := showWith(t, f, conversations.Options{Attach: fs})
	opened(t, b, s, 1, "message 2 of Ana")
	s.Attach([]string{"/tmp/menu.pdf"})
	b.WaitFor(func() bool { return reads(s, "9.0 kB") })
	writing(t, b, s)
	press(b, fyne.KeyReturn)
	opened(t, b, s, 2, "message 2 of Bruno")
	opened(t, b, s, 1, "message 2 of Ana")
	writing(t, b, s)
	press(b, fyne.KeyReturn)
	close(fs.hold)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 && len(iconButton(s, b.T("compose.attach.remove"))) == 0 })
	b.Settle()
	require.Len(t, f.sentOut(), 1)
}

func TestCopiedFilesArePastedAsFilesAndAPathIsOffered(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := showWith(t, f, conversations.Options{Attach: someFiles()})
	opened(t, b, s, 1, "message 2 of Ana")
	keys := writing(t, b, s)
	paste := func(text string) {
		b.App.Clipboard().SetContent(text)
		keys.TypedShortcut(&fyne.ShortcutPaste{Clipboard: b.App.Clipboard()})
	}
	paste("file:///tmp/menu.pdf\r\nfile:///tmp/pan%2Ejpg\r\n")
	b.WaitFor(func() bool { return len(iconButton(s, b.T("compose.attach.remove"))) == 2 })
	require.Empty(t, composer(s).Text())
	b.WaitFor(func() bool { return reads(s, "400 kB · 4000 × 3000") })

	paste("/etc/no such file")
	require.Equal(t, "/etc/no such file", composer(s).Text())
	composer(s).SetText("mira ")
	path, err := filepath.Abs("attach_test.go")
	require.NoError(t, err)
	paste(path + "\r\n")
	require.Equal(t, "mira "+path+"\n", composer(s).Text(), "a text is a text until the owner says otherwise")
	b.WaitFor(func() bool { return button(s, b.N("compose.paste.attach", 1)) != nil })
	test.Tap(button(s, b.N("compose.paste.attach", 1)))
	require.Equal(t, "mira ", composer(s).Text())
	require.Len(t, iconButton(s, b.T("compose.attach.remove")), 3)
}
