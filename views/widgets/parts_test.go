package widgets_test

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ana García": "AG", "ana": "A", "María del Carmen López": "ML", "+34 600 11 12 22": "", "🥖 Pan": "P",
		"مطعم الأمل": "", "王 Wang": "W", "": "", "3 Hermanos": "H", "Ñoño Élite": "ÑÉ",
	} {
		require.Equal(t, want, widgets.Initials(name), name)
	}
}

func TestAvatarColorsAreSteadyAndReadable(t *testing.T) {
	require.Equal(t, widgets.AvatarColor("34600111222@c.us"), widgets.AvatarColor("34600111222@c.us"))
	seen := map[color.NRGBA]bool{}
	for i := range 100 {
		seen[widgets.AvatarColor(string(rune('a'+i)))] = true
	}
	require.Len(t, seen, len(widgets.AvatarColors()))
	for _, c := range widgets.AvatarColors() { // white text: (1 + 0.05) / (L + 0.05) >= 4.5
		require.LessOrEqual(t, luminance(c), 1.05/4.5-0.05, "%v", c)
	}
}

func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		s := float64(v) / 255
		return s * s * (s*0.305306 + 0.682171 + 0.012523/max(s, 0.001))
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func TestAvatarShowsThePictureWhenItIsThere(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "abc"))
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, image.NewGray(image.Rect(0, 0, 90, 60))))
	require.NoError(t, f.Close())
	b := viewtest.NewTestContext(t, viewtest.AvatarPath(func(hash string) string { return filepath.Join(dir, hash) }))
	a := widgets.NewAvatar(b.Context, 44)
	b.Window.SetContent(container.NewCenter(a))
	a.Set("1@c.us", "Ana García", "abc")
	require.Contains(t, viewtest.Texts(a), "AG", "initials until then")
	b.WaitFor(a.HasPicture)
	require.Empty(t, viewtest.Texts(a))
	a.Set("2@c.us", "Juan", "")
	require.False(t, a.HasPicture(), "nothing of the former one stays")
	require.Equal(t, []string{"J"}, viewtest.Texts(a))
	a.Set("3@c.us", "Lucía", "missing")
	a.Set("2@c.us", "Juan", "")
	require.Equal(t, []string{"J"}, viewtest.Texts(a))
}

func TestConversationRowShowsWhatThereIs(t *testing.T) {
	b := viewtest.NewTestContext(t)
	r := widgets.NewConversationRow(b.Context)
	b.Window.SetContent(container.NewVBox(r))
	rows := conversations()
	want := [][]string{
		{"AG", "Ana García", "10:52", "Thanks, see you tomorrow"},
		{"SN", "3", "10:02", "Juan: Document: invoice.pdf with a rather long name that cannot fit here"},
		{"J", "99+", "Juan", "09:12", "Draft:", "I will bring the bread"},
		{"L", "Lucía", "Yesterday", "A quiet one"},
	}
	height := r.MinSize().Height
	for i, texts := range want {
		r.Set(rows[i])
		require.Subset(t, viewtest.Texts(r), texts)
		require.Equal(t, height, r.MinSize().Height, "all rows are equally high")
	}
	r.Set(rows[0])
	require.NotContains(t, viewtest.Texts(r), "Draft:", "nothing of the former row stays")
	r.Set(rows[5])
	require.Subset(t, viewtest.Texts(r), []string{"+34 600 11 12 22", "Voice message"})
}

func TestConversationRowCutsWhatDoesNotFit(t *testing.T) {
	b := viewtest.NewTestContext(t)
	r := widgets.NewConversationRow(b.Context)
	b.Window.SetContent(container.NewWithoutLayout(r))
	r.Resize(fyne.NewSize(260, r.MinSize().Height))
	r.Set(conversations()[1])
	for _, o := range test.WidgetRenderer(r).Objects() {
		if o.Visible() {
			require.LessOrEqual(t, o.Position().X+o.Size().Width, float32(260))
		}
	}
	found := false
	for _, s := range viewtest.Texts(r) {
		found = found || len(s) > 3 && s[len(s)-len("…"):] == "…"
	}
	require.True(t, found, "%q", viewtest.Texts(r))
}

func TestRowsTellOfTapsAndCostNothingWhenUnchanged(t *testing.T) {
	b := viewtest.NewTestContext(t)
	r := widgets.NewConversationRow(b.Context)
	c := widgets.NewContactRow(b.Context)
	b.Window.SetContent(container.NewVBox(r, c))
	var got []string
	r.OnTapped = func(row model.ConversationRow) { got = append(got, row.Name) }
	r.OnSecondary = func(row model.ConversationRow, _ *fyne.PointEvent) { got = append(got, "menu "+row.Name) }
	c.OnTapped = func(row model.ContactRow) { got = append(got, row.DisplayName) }
	c.OnSecondary = func(row model.ContactRow, _ *fyne.PointEvent) { got = append(got, "menu "+row.DisplayName) }
	test.Tap(r)
	require.Empty(t, got, "a template is not a row")
	r.Set(conversations()[0])
	c.Set(contacts()[1])
	test.Tap(r)
	test.TapSecondary(r)
	test.Tap(c)
	test.TapSecondary(c)
	require.Equal(t, []string{"Ana García", "menu Ana García", contacts()[1].DisplayName, "menu " + contacts()[1].DisplayName}, got)

	row, person := conversations()[0], contacts()[1]
	require.Zero(t, testing.AllocsPerRun(20, func() { c.Set(person) }))
	require.Less(t, testing.AllocsPerRun(20, func() { r.Set(row) }), 5.0, "only the time is formatted")
	r.SetSelected(true)
	c.SetSelected(true)
	require.True(t, r.Selected() && c.Selected())
}

func TestContactRowNamesEveryone(t *testing.T) {
	b := viewtest.NewTestContext(t)
	r := widgets.NewContactRow(b.Context)
	for i, want := range [][2]string{
		{"Ana García", "+34 600 11 13 33 · ~Anita"}, {contacts()[1].DisplayName, "+34 600 11 14 44"},
		{"+34 600 11 15 55", ""}, {"🥖 Pan", ""},
	} {
		r.Set(contacts()[i])
		require.Equal(t, want, [2]string{r.Name(), r.Second()})
	}
	r.Set(model.ContactRow{ID: 9, JID: "77@lid"})
	require.Equal(t, "~77", r.Name(), "a hidden id is no number")
}

func TestBadge(t *testing.T) {
	b := viewtest.NewTestContext(t)
	badge := widgets.NewBadge()
	b.Window.SetContent(container.NewCenter(badge))
	require.False(t, badge.Visible())
	for n, want := range map[int]string{1: "1", 99: "99", 100: "99+"} {
		badge.Set(n)
		require.True(t, badge.Visible())
		require.Equal(t, want, badge.Text())
	}
	badge.Set(-1)
	require.False(t, badge.Visible())
	badge.SetDot()
	require.True(t, badge.Visible())
	require.Empty(t, badge.Text())
	badge.Set(0)
	require.False(t, badge.Visible())
}

func TestSignsDifferInShape(t *testing.T) {
	b := viewtest.NewTestContext(t)
	shape := func(o fyne.CanvasObject) string {
		img := viewtest.Capture(t, "sign", onGround("light", container.NewCenter(o)), fyne.NewSquareSize(80), "light")
		ground := img.At(1, 1)
		var s []byte
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				if img.At(x, y) != ground {
					s = append(s, 1)
				} else {
					s = append(s, 0)
				}
			}
		}
		return string(s)
	}
	require.NotNil(t, b.Context)
	seen := map[string]bool{}
	for a := model.AckError; a <= model.AckPlayed; a++ {
		k := widgets.NewTicks(28)
		k.Set(a)
		seen[shape(k)] = true
	}
	require.Len(t, seen, 6, "each ack has a shape of its own")
	clear(seen)
	for s := widgets.StatusOff; s <= widgets.StatusBad; s++ {
		d := widgets.NewStatusDot()
		d.Set(s, "")
		seen[shape(d)] = true
	}
	require.Len(t, seen, 5, "each status has a shape of its own")
}

func TestStateViewShowsOneStateAtATime(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		b := viewtest.NewTestContext(t, viewtest.Variant(variant), viewtest.WindowSize(480, 420))
		data := widget.NewLabel("the data")
		s := widgets.NewStateView(b.Context, data)
		b.Window.SetContent(s)
		require.Equal(t, widgets.StateLoading, s.State())
		require.Empty(t, viewtest.Texts(s), "nothing flashes up")
		b.Clock.Advance(time.Second)
		b.WaitFor(func() bool { return len(viewtest.Texts(s)) > 0 })
		require.Equal(t, []string{"Loading…"}, viewtest.Texts(s))

		tapped := 0
		s.ShowEmpty(widgets.Empty{Title: "No contacts yet", Text: "They come with the first sync.", Action: "Sync contacts", Tapped: func() { tapped++ }})
		require.Equal(t, widgets.StateEmpty, s.State())
		require.Equal(t, []string{"No contacts yet", "They come with the first sync.", "Sync contacts"}, viewtest.Texts(s))
		viewtest.TapButton(t, b.Window, "Sync contacts")
		require.Equal(t, 1, tapped)
		viewtest.CaptureWindow(t, "state-empty", b.Window, variant)

		retried := 0
		err := viewtest.Fail(model.ProblemStore, "disk I/O error")
		s.ShowError("action.load_contacts", err, func() { retried++ })
		require.Equal(t, widgets.StateError, s.State())
		require.Subset(t, viewtest.Texts(s), []string{"Could not load the contacts", "Try again", "Details"})
		require.NotContains(t, viewtest.Texts(s), "Sync contacts")
		require.Equal(t, []error{err}, b.Logged)
		viewtest.CaptureWindow(t, "state-error", b.Window, variant)
		viewtest.TapButton(t, b.Window, "Try again")
		require.Equal(t, 1, retried)
		viewtest.TapButton(t, b.Window, "Details")
		viewtest.TapButton(t, b.Window, "Details")
		require.NotNil(t, viewtest.Find(t, b.Window, "disk I/O error"))
		viewtest.TapButton(t, b.Window, "Close")

		s.ShowData()
		require.Equal(t, []string{"the data"}, viewtest.Texts(s))
		b.Clock.Advance(time.Hour)
		b.Settle()
		require.Equal(t, widgets.StateData, s.State())
	}
}

func TestSearchEntryWaitsForAPause(t *testing.T) {
	b := viewtest.NewTestContext(t)
	s := widgets.NewSearchEntry(b.Context, "Search…")
	b.Window.SetContent(container.NewVBox(s))
	var asked []string
	down, sent := 0, ""
	s.OnChanged = func(text string) { asked = append(asked, text) }
	s.OnDown = func() { down++ }
	s.OnSubmit = func(text string) { sent = text }
	s.Focus()
	test.Type(s.Field(), "flo")
	b.Clock.Advance(100 * time.Millisecond)
	test.Type(s.Field(), "ur")
	b.Settle()
	require.Empty(t, asked)
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return len(asked) == 1 })
	require.Equal(t, []string{"flour"}, asked)

	test.Type(s.Field(), "s")
	s.Field().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	require.Equal(t, 1, down)
	require.Equal(t, []string{"flour", "flours"}, asked, "moving to the list searches at once")
	s.Field().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, "flours", sent)

	s.Field().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Empty(t, s.Text())
	require.Equal(t, []string{"flour", "flours", ""}, asked)
	require.NotNil(t, b.Window.Canvas().Focused())
	s.Field().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	require.Nil(t, b.Window.Canvas().Focused(), "Escape in an empty field leaves it")
	b.Clock.Advance(time.Hour)
	b.Settle()
	require.Len(t, asked, 3)
}

func TestIconButtonSaysItsName(t *testing.T) {
	b := viewtest.NewTestContext(t)
	pressed := 0
	button := widgets.NewIconButton(b.Context, apptheme.Icon(apptheme.IconSync), "Sync", func() { pressed++ })
	b.Window.SetContent(container.NewStack(container.NewCenter(button), b.Toasts.Overlay()))
	button.MouseIn(nil)
	require.Empty(t, b.Toasts.TipText())
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return b.Toasts.TipText() == "Sync" })
	button.MouseOut()
	require.Empty(t, b.Toasts.TipText())
	b.Window.Canvas().Focus(button)
	require.Equal(t, "Sync", b.Toasts.TipText())
	test.Tap(button)
	require.Empty(t, b.Toasts.TipText())
	require.Equal(t, 1, pressed)
	button.SetIcon(theme.CancelIcon(), "Cancel")
	require.Equal(t, "Cancel", button.Name())
	button.Disable()
	test.Tap(button)
	require.Equal(t, 1, pressed)
}

func BenchmarkConversationRowSet(b *testing.B) {
	t := viewtest.NewTestContext(b)
	r := widgets.NewConversationRow(t.Context)
	r.Resize(fyne.NewSize(320, 64))
	rows := conversations()
	test.WidgetRenderer(r)
	i := 0
	for b.Loop() {
		r.Set(rows[i%len(rows)])
		i++
	}
}
