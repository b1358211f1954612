package widgets_test

import (
	"context"
	"errors"
	"image"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// days is a conversation of that many messages, fifty a day.
func days(n int) []widgets.Item {
	var items []widgets.Item
	for i, m := range chat(0, n) {
		if i%50 == 0 {
			items = append(items, widgets.Item{ID: widgets.ItemID{Kind: widgets.ItemDay, Key: int64(i / 50)}, Content: &widgets.Content{Text: "Day " + string(rune('A'+i/50%26))}})
		}
		items = append(items, m)
	}
	return items
}

func TestListJumpsToAnyRowAndLightsItForAMoment(t *testing.T) {
	b, l := newList(t)
	l.Reset(chat(0, 100_000), false)
	require.True(t, l.JumpTo(messageID(42_123), true))
	y, seen := l.RowTop(messageID(42_123))
	require.True(t, seen)
	require.Less(t, y, l.Size().Height/2)
	require.False(t, l.AtEnd())
	require.Equal(t, messageID(42_123), l.Lit())
	b.Clock.Advance(2 * time.Second)
	b.WaitFor(func() bool { return l.Lit() == widgets.ItemID{} })
	require.False(t, l.JumpTo(messageID(100_000), true), "it is not held")

	b.Window.Resize(fyne.NewSize(420, 430))
	_, seen = l.RowTop(messageID(42_123))
	require.True(t, seen, "a resize keeps the place")
	l.ScrollBy(3000)
	l.ScrollBy(-3000)
	at, seen := l.RowTop(messageID(42_123))
	require.True(t, seen)
	require.Less(t, at, l.Size().Height)
}

func TestListOpensAtARow(t *testing.T) {
	_, l := newList(t)
	asked := 0
	l.OnNearBottom = func() { asked++ }
	require.True(t, l.ResetAt(chat(0, 400), true, messageID(200), false))
	_, seen := l.RowTop(messageID(200))
	require.True(t, seen)
	require.Zero(t, asked, "on its way the list passes an end that nobody sees")
	require.False(t, l.ResetAt(chat(0, 400), false, messageID(900), false))
	require.True(t, l.AtEnd())
}

func TestListSaysWhereUnreadMessagesBegin(t *testing.T) {
	_, l := newList(t)
	l.Reset(chat(0, 100), false)
	l.JumpTo(messageID(50), false)
	before, _ := l.RowTop(messageID(48))
	l.SetUnreadFrom(messageID(52))
	require.Contains(t, strings.Join(viewtest.Texts(l), " "), "Unread from here")
	after, _ := l.RowTop(messageID(48))
	require.InDelta(t, before, after, 0.01)
	l.SetUnreadFrom(widgets.ItemID{})
	require.NotContains(t, strings.Join(viewtest.Texts(l), " "), "Unread from here")
}

// lit counts the grounds of words that are lit.
func lit(l *widgets.MessageList) int {
	n := 0
	for _, o := range test.LaidOutObjects(l) {
		if r, ok := o.(*canvas.Rectangle); ok && r.Visible() && r.FillColor == theme.Color(apptheme.ColorNameLit) {
			n++
		}
	}
	return n
}

func TestListLightsWordsThatAreSearchedFor(t *testing.T) {
	_, l := newList(t)
	l.Reset([]widgets.Item{{ID: messageID(1), Content: &widgets.Content{Text: "El café está en la Cafetería, no en casa (café)."}}}, false)
	require.Zero(t, lit(l))
	l.SetHighlight([]string{"cafe"})
	require.Equal(t, 3, lit(l), "accents and case are not told apart, and a beginning is enough")
	l.SetHighlight([]string{"ferias", "asa"})
	require.Zero(t, lit(l), "not within a word")
	l.SetHighlight([]string{"CAFÉ", "casa"})
	require.Equal(t, 4, lit(l))
	l.SetHighlight(nil)
	require.Zero(t, lit(l))
}

func TestListNamesTheDayAtItsTop(t *testing.T) {
	_, l := newList(t)
	var day []widgets.ItemID
	l.OnDay = func(id widgets.ItemID) { day = append(day, id) }
	l.Reset(days(500), false)
	l.JumpTo(messageID(120), false)
	// the label lies over the middle of the top
	at := fyne.NewPos(l.Size().Width/2, 16)
	test.TapCanvas(fyne.CurrentApp().Driver().CanvasForObject(l), at)
	require.Equal(t, []widgets.ItemID{{Kind: widgets.ItemDay, Key: 2}}, day)
	require.Contains(t, viewtest.Texts(l), "Day C")
}

// TestTheDayDoesNotLieOnTheLineOfTheUnread: a conversation opens with that line at
// its top, where the day stands.
func TestTheDayDoesNotLieOnTheLineOfTheUnread(t *testing.T) {
	_, l := newList(t)
	days := days(500)
	asked := false
	l.OnDay = func(widgets.ItemID) { asked = true }
	l.Reset(days, false)
	l.SetUnreadFrom(messageID(120))
	l.ScrollTo(messageID(120))
	at := fyne.NewPos(l.Size().Width/2, 16)
	test.TapCanvas(fyne.CurrentApp().Driver().CanvasForObject(l), at)
	require.False(t, asked, "the label of the day lies there")
	l.ScrollTo(messageID(125))
	test.TapCanvas(fyne.CurrentApp().Driver().CanvasForObject(l), at)
	require.True(t, asked)
}

// TestTheDayDoesNotStayOnWhatIsRead: it is seen while the rows move and for a while
// after, then only where it covers nothing.
func TestTheDayDoesNotStayOnWhatIsRead(t *testing.T) {
	for _, c := range []struct {
		text string
		rest bool // it is seen at rest
	}{{"short", true}, {strings.Repeat("so long that it reaches the middle ", 4), false}} {
		b, l := newList(t)
		days := days(500)
		for i := range days {
			if days[i].ID.Kind == widgets.ItemMessage {
				days[i].Content = &widgets.Content{Text: c.text, Meta: "12:00"}
			}
		}
		asked := 0
		l.OnDay = func(widgets.ItemID) { asked++ }
		tap := func() {
			test.TapCanvas(fyne.CurrentApp().Driver().CanvasForObject(l), fyne.NewPos(l.Size().Width/2, 16))
		}
		l.Reset(days, false)
		l.ScrollTo(messageID(125))
		tap()
		require.Equal(t, 1, asked, c.text)
		l.ScrollBy(-1)
		b.WaitFor(func() bool {
			b.Clock.Advance(2 * time.Second)
			before := asked
			tap()
			return (asked > before) == c.rest
		})
	}
}

// sweep taps all over the list and returns what that did.
func sweep(l *widgets.MessageList) map[string]int {
	done := map[string]int{}
	l.OnAction = func(_ widgets.ItemID, action string) {
		if name, _, ok := strings.Cut(action, ":"); ok {
			action = name + ":"
		}
		done[action]++
	}
	for y := float32(2); y < l.Size().Height; y += 5 {
		for x := float32(2); x < l.Size().Width; x += 7 {
			l.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, y)})
		}
	}
	return done
}

func TestBubblesOfferWhatTheirKindOffers(t *testing.T) {
	stored := func(k widgets.CardKind) *widgets.Card {
		return &widgets.Card{Kind: k, Title: "a.pdf", State: model.MediaStored, Length: "0:12", Size: "1 MB", Seed: "x"}
	}
	in := func(c *widgets.Card, s model.MediaState) *widgets.Card { c.State = s; return c }
	cases := map[string]struct {
		content  widgets.Content
		progress widgets.Progress
		offers   []string
	}{
		"quote":       {content: widgets.Content{Text: "sí", Quote: &widgets.Quote{Author: "Ana", Text: "¿vienes?"}}, offers: []string{widgets.ActionQuote}},
		"reactions":   {content: widgets.Content{Text: "sí", Chips: []widgets.Chip{{Emoji: "👍", Count: 3, Mine: true}}}, offers: []string{widgets.ActionReactions}},
		"author":      {content: widgets.Content{Text: "sí", Author: "Ana", AuthorID: "a", Lead: true}, offers: []string{widgets.ActionSender}},
		"photo":       {content: widgets.Content{Card: stored(widgets.CardPicture)}, offers: []string{widgets.ActionOpen}},
		"far photo":   {content: widgets.Content{Card: in(stored(widgets.CardPicture), model.MediaRemote)}, offers: []string{widgets.ActionDownload}},
		"on its way":  {content: widgets.Content{Card: in(stored(widgets.CardPicture), model.MediaRemote)}, progress: widgets.Progress{Busy: true, Done: 0.4}, offers: []string{widgets.ActionCancel}},
		"gone":        {content: widgets.Content{Card: in(stored(widgets.CardPicture), model.MediaGone)}},
		"failed":      {content: widgets.Content{Card: in(stored(widgets.CardDocument), model.MediaFailed)}, offers: []string{widgets.ActionDownload}},
		"video":       {content: widgets.Content{Card: stored(widgets.CardVideo)}, offers: []string{widgets.ActionOpen}},
		"voice":       {content: widgets.Content{Card: stored(widgets.CardVoice)}, offers: []string{widgets.ActionPlay, widgets.ActionSeek}},
		"playing":     {content: widgets.Content{Card: stored(widgets.CardVoice)}, progress: widgets.Progress{Playing: true, Played: 0.5, Position: "0:06"}, offers: []string{widgets.ActionPlay, widgets.ActionSeek}},
		"music":       {content: widgets.Content{Card: stored(widgets.CardAudio)}, offers: []string{widgets.ActionPlay, widgets.ActionSeek}},
		"document":    {content: widgets.Content{Card: stored(widgets.CardDocument)}, offers: []string{widgets.ActionOpen}},
		"doc. coming": {content: widgets.Content{Card: in(stored(widgets.CardDocument), model.MediaDownloading)}, progress: widgets.Progress{Busy: true, Done: 0.9}, offers: []string{widgets.ActionDownload, widgets.ActionCancel}},
		"place":       {content: widgets.Content{Card: stored(widgets.CardPlace)}, offers: []string{widgets.ActionMap}},
		"people":      {content: widgets.Content{Card: &widgets.Card{Kind: widgets.CardContacts, Entries: []widgets.Entry{{Title: "Ana", Action: widgets.Action{ID: widgets.ActionCard + "0"}}}}}, offers: []string{widgets.ActionCard}},
		"text":        {content: widgets.Content{Text: "sí"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, l := newList(t)
			l.Reset([]widgets.Item{{ID: messageID(1), Content: &c.content}}, false)
			l.SetProgress(messageID(1), c.progress)
			done := sweep(l)
			require.Len(t, done, len(c.offers), "%v", done)
			for _, action := range c.offers {
				require.Positive(t, done[action], "%s of %v", action, done)
			}
		})
	}
}

func TestListActsByKeyboard(t *testing.T) {
	b, l := newList(t)
	items := chat(0, 30)
	items[29].Content = &widgets.Content{Text: "foto", Main: widgets.ActionOpen}
	l.Reset(items, false)
	b.Window.Canvas().Focus(l)
	var menus, acts []any
	l.OnMenu = func(id widgets.ItemID, _ fyne.Position) { menus = append(menus, id) }
	l.OnAction = func(id widgets.ItemID, action string) { acts = append(acts, id, action) }
	key := func(name fyne.KeyName) { l.TypedKey(&fyne.KeyEvent{Name: name}) }
	key(desktop.KeyMenu)
	key(fyne.KeyReturn)
	require.Empty(t, menus, "no message is chosen")
	key(fyne.KeyUp)
	require.Equal(t, messageID(29), l.Selected())
	key(fyne.KeyReturn)
	require.Equal(t, []any{messageID(29), widgets.ActionOpen}, acts)
	key(desktop.KeyMenu)
	key(fyne.KeyF10)
	require.Len(t, menus, 1, "F10 alone is no menu key")
	l.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	key(fyne.KeyF10)
	require.Equal(t, []any{messageID(29), messageID(29)}, menus)
	l.SetItems(chat(0, 30), false)
	require.Equal(t, messageID(29), l.Selected(), "it stays chosen when rows change")
}

func TestListBarIsHonest(t *testing.T) {
	b, l := newList(t)
	items := chat(0, 2000)
	for i := range 1000 { // the first half is twenty times as tall as the second
		items[i].Content = &widgets.Content{Text: strings.Repeat("línea\n", 20) + "fin"}
		items[1000+i].Content = &widgets.Content{Text: "una"}
	}
	l.Reset(items, false)
	test.Drag(b.Window.Canvas(), fyne.NewPos(594, 485), 0, -240)
	first := -1
	for n := range 2000 {
		if _, seen := l.RowTop(messageID(n)); seen {
			first = n
			break
		}
	}
	require.InDelta(t, 540, first, 60, "half of the way is where half of the height is")
}

// shownPictures counts the pictures of cards that a list shows now.
func shownPictures(l *widgets.MessageList) int {
	n := 0
	for _, o := range test.LaidOutObjects(l) {
		if i, ok := o.(*canvas.Image); ok && i.Image != nil && i.Visible() && i.Size().Width > 100 {
			n++
		}
	}
	return n
}

func TestListLoadsPicturesOnlyForWhatIsSeen(t *testing.T) {
	b, l := newList(t)
	var items []widgets.Item
	for n := range 300 {
		items = append(items, widgets.Item{ID: messageID(n), Content: &widgets.Content{Card: &widgets.Card{
			Kind: widgets.CardPicture, Picture: "p" + string(rune('a'+n%26)) + string(rune('a'+n/26)), State: model.MediaStored, Width: 400, Height: 300,
		}}})
	}
	var asked, running, most atomic.Int32
	l.SetPictures(func(_ context.Context, key string, side int) (image.Image, error) {
		asked.Add(1)
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer running.Add(-1)
		if strings.HasSuffix(key, "b") {
			return nil, errors.New("truncated")
		}
		return image.NewNRGBA(image.Rect(0, 0, side, side)), nil
	})
	l.Reset(items, false)
	b.WaitFor(func() bool { return shownPictures(l) >= 2 })
	require.LessOrEqual(t, asked.Load(), int32(5))
	require.LessOrEqual(t, most.Load(), int32(3))
	for range 100 {
		l.ScrollBy(400)
		b.Drain()
	}
	b.Settle()
	require.Zero(t, running.Load())
	require.LessOrEqual(t, most.Load(), int32(3))
}

// TestBubblesAreBounded shows what hostile or broken senders send.
func TestBubblesAreBounded(t *testing.T) {
	zalgo := strings.Repeat("h\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307", 400)
	for name, text := range map[string]string{
		"one word of a megabyte": strings.Repeat("x", 1<<20), "a megabyte of words": strings.Repeat("word ", 200_000), "a megabyte of lines": strings.Repeat("\n", 1<<20),
		"ten thousand emoji": strings.Repeat("🥐", 10_000), "zalgo": zalgo, "marks alone": strings.Repeat("\u0301", 50_000), "broken bytes": strings.Repeat("\xff\xfe", 5000),
	} {
		_, l := newList(t)
		l.Reset([]widgets.Item{{ID: messageID(1), Content: &widgets.Content{Text: text, Meta: "10:42"}}, {ID: messageID(2), Content: &widgets.Content{
			Author: text, AuthorID: "x", Lead: true, Mark: text[:min(len(text), 2000)], Quote: &widgets.Quote{Author: text[:min(len(text), 2000)], Text: text[:min(len(text), 2000)]},
			Card: &widgets.Card{Kind: widgets.CardDocument, Title: text[:min(len(text), 2000)], Badge: text[:min(len(text), 2000)], State: model.MediaStored}, Text: "ok",
		}}}, false)
		for range 20 {
			l.ScrollBy(300)
		}
		objects := test.LaidOutObjects(l)
		require.Less(t, len(objects), 6000, name)
		for _, o := range objects {
			if text, ok := o.(*canvas.Text); ok && text.Visible() {
				require.LessOrEqual(t, len(text.Text), 4096, "a text on one line of %s", name)
			}
		}
	}
}
