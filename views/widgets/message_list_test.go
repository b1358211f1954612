package widgets_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func messageID(n int) widgets.ItemID {
	return widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(n)}
}

// chat returns the messages from..to-1, of very different lengths.
func chat(from, to int) []widgets.Item {
	items := make([]widgets.Item, 0, to-from)
	for n := from; n < to; n++ {
		words := 1 + (n*7919)%40
		text := fmt.Sprintf("%d %s", n, strings.Repeat("palabra ", words))
		items = append(items, widgets.Item{ID: messageID(n), Content: &widgets.Content{Own: n%3 == 0, Text: text, Meta: "10:42"}})
	}
	return items
}

func newList(t testing.TB) (*viewtest.Bench, *widgets.MessageList) {
	b := viewtest.NewTestContext(t)
	l := widgets.NewMessageList(b.Context)
	b.Window.SetPadded(false)
	b.Window.SetContent(l)
	b.Window.Resize(fyne.NewSize(600, 500))
	return b, l
}

// button finds a visible button by its text.
func button(root fyne.CanvasObject, text string) *widget.Button {
	for _, o := range test.LaidOutObjects(root) {
		if w, ok := o.(*widget.Button); ok && w.Text == text && w.Visible() {
			return w
		}
	}
	return nil
}

func TestListOpensAtTheEndAndFollows(t *testing.T) {
	_, l := newList(t)
	l.Reset(chat(0, 200), false)
	require.True(t, l.AtEnd())
	_, seen := l.RowTop(messageID(199))
	require.True(t, seen)

	l.SetItems(chat(0, 205), false)
	require.True(t, l.AtEnd())
	_, seen = l.RowTop(messageID(204))
	require.True(t, seen)
	require.Zero(t, l.NewBelow())
}

func TestListFewRowsStandAtTheTop(t *testing.T) {
	_, l := newList(t)
	l.Reset(chat(0, 2), false)
	y, seen := l.RowTop(messageID(0))
	require.True(t, seen)
	require.Zero(t, y)
	require.True(t, l.AtEnd())
}

func TestListKeepsItsPlace(t *testing.T) {
	changes := map[string]func(*viewtest.Bench, *widgets.MessageList){
		"older rows come": func(_ *viewtest.Bench, l *widgets.MessageList) { l.SetItems(chat(50, 300), false) },
		"newer rows come": func(_ *viewtest.Bench, l *widgets.MessageList) { l.SetItems(chat(100, 350), false) },
		"far rows go":     func(_ *viewtest.Bench, l *widgets.MessageList) { l.SetItems(chat(100, 280), true) },
		"a row above changes": func(_ *viewtest.Bench, l *widgets.MessageList) {
			items := chat(100, 300)
			items[10].Content = &widgets.Content{Text: strings.Repeat("mucho más largo ", 100)}
			l.SetItems(items, false)
		},
		"lower":        func(b *viewtest.Bench, _ *widgets.MessageList) { b.Window.Resize(fyne.NewSize(600, 400)) },
		"narrower":     func(b *viewtest.Bench, _ *widgets.MessageList) { b.Window.Resize(fyne.NewSize(420, 500)) },
		"wider":        func(b *viewtest.Bench, _ *widgets.MessageList) { b.Window.Resize(fyne.NewSize(900, 500)) },
		"drawn anew":   func(_ *viewtest.Bench, l *widgets.MessageList) { l.Refresh() },
		"nothing does": func(_ *viewtest.Bench, l *widgets.MessageList) { l.SetItems(chat(100, 300), false) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			b, l := newList(t)
			l.Reset(chat(100, 300), false)
			test.Scroll(b.Window.Canvas(), fyne.NewPos(200, 200), 0, 4321)
			require.False(t, l.AtEnd())
			// the topmost row that is seen from its beginning holds the place
			held, at := -1, float32(0)
			for n := 100; n < 300 && held < 0; n++ {
				if y, seen := l.RowTop(messageID(n)); seen && y >= 0 {
					held, at = n, y
				}
			}
			require.GreaterOrEqual(t, held, 0)
			change(b, l)
			y, seen := l.RowTop(messageID(held))
			require.True(t, seen)
			require.InDelta(t, at, y, 0.01)
		})
	}
}

func TestListKeepsTheEndWhenItsSizeChanges(t *testing.T) {
	b, l := newList(t)
	l.Reset(chat(0, 100), false)
	for _, size := range []fyne.Size{{Width: 300, Height: 500}, {Width: 900, Height: 200}, {Width: 600, Height: 700}} {
		b.Window.Resize(size)
		require.True(t, l.AtEnd())
		_, seen := l.RowTop(messageID(99))
		require.True(t, seen)
	}
}

func TestListCountsWhatIsNewBelow(t *testing.T) {
	b, l := newList(t)
	l.Reset(chat(0, 100), false)
	l.ScrollBy(2000)
	require.False(t, l.AtEnd())
	require.Nil(t, button(l, "2 new messages"))

	l.SetItems(chat(0, 103), false) // 100 and 101 from others, 102 is own
	require.Equal(t, 2, l.NewBelow())
	pill := button(l, "2 new messages")
	require.NotNil(t, pill)
	l.SetItems(chat(0, 103), false)
	require.Equal(t, 2, l.NewBelow(), "the same rows again are not new")

	test.Tap(pill)
	require.True(t, l.AtEnd())
	require.Zero(t, l.NewBelow())
	require.Nil(t, button(b.Window.Content(), "2 new messages"))
}

func TestListAsksForMoreNearItsEnds(t *testing.T) {
	_, l := newList(t)
	older, newer, newest := 0, 0, 0
	l.OnNearTop = func() { older++ }
	l.OnNearBottom = func() { newer++ }
	l.OnNewest = func() { newest++ }
	l.Reset(chat(0, 300), false)
	require.Zero(t, older)

	l.ScrollToTop()
	require.Positive(t, older)
	require.Zero(t, newer, "nothing newer was announced")

	l.SetItems(chat(0, 300), true)
	require.Zero(t, newer)
	for range 200 {
		l.ScrollBy(-400)
	}
	require.Positive(t, newer)
	require.False(t, l.AtEnd(), "the real end is not held")
	l.ScrollToEnd()
	require.Equal(t, 1, newest)
}

func TestListKeys(t *testing.T) {
	b, l := newList(t)
	l.Reset(chat(0, 300), false)
	test.TapCanvas(b.Window.Canvas(), fyne.NewPos(300, 250))
	require.Equal(t, fyne.Focusable(l), b.Window.Canvas().Focused())
	key := func(name fyne.KeyName) { l.TypedKey(&fyne.KeyEvent{Name: name}) }

	key(fyne.KeyPageUp)
	require.False(t, l.AtEnd())
	key(fyne.KeyPageDown)
	require.True(t, l.AtEnd())
	key(fyne.KeyHome)
	y, seen := l.RowTop(messageID(0))
	require.True(t, seen)
	require.Zero(t, y)
	key(fyne.KeyDown)
	require.Equal(t, messageID(0), l.Selected(), "the first message in view")
	for n := 1; n < 40; n++ {
		key(fyne.KeyDown)
		require.Equal(t, messageID(n), l.Selected())
		_, seen = l.RowTop(messageID(n))
		require.True(t, seen, "what the keyboard is on is in view")
	}
	for n := 38; n >= 0; n-- {
		key(fyne.KeyUp)
		require.Equal(t, messageID(n), l.Selected())
		y, seen = l.RowTop(messageID(n))
		require.True(t, seen && y >= 0, "and not cut at the top")
	}
	key(fyne.KeyUp)
	require.Equal(t, messageID(0), l.Selected(), "there is nothing above the first row")
	key(fyne.KeyEscape)
	require.Zero(t, l.Selected())
	key(fyne.KeyEnd)
	require.True(t, l.AtEnd())
}

func TestListBarMovesThroughAllRows(t *testing.T) {
	b, l := newList(t)
	l.Reset(chat(0, 5000), false)
	right := float32(594)
	test.Drag(b.Window.Canvas(), fyne.NewPos(right, 480), 0, -470)
	_, seen := l.RowTop(messageID(4999))
	require.False(t, seen)
	l.ScrollToTop()
	test.TapCanvas(b.Window.Canvas(), fyne.NewPos(right, 400))
	y, seen := l.RowTop(messageID(0))
	require.True(t, !seen || y < 0, "a tap below the thumb goes a page on")
}

func TestListUnfoldsLongTexts(t *testing.T) {
	_, l := newList(t)
	items := chat(0, 20)
	items[19].Content = &widgets.Content{Text: strings.Repeat("una línea\n", 500)}
	l.Reset(items, false)
	more := button(l, "Show more")
	require.NotNil(t, more)
	top, seen := l.RowTop(messageID(19))
	require.True(t, seen)
	test.Tap(more)
	y, seen := l.RowTop(messageID(19))
	require.True(t, seen)
	require.InDelta(t, top, y, 0.01)
	l.ScrollToEnd()
	more = button(l, "Show more")
	require.NotNil(t, more, "500 lines take more than one step")
	for range 5 {
		if more = button(l, "Show more"); more != nil {
			test.Tap(more)
			l.ScrollToEnd()
		}
	}
	require.Nil(t, more)
	require.Less(t, len(test.LaidOutObjects(l)), 1000, "what is out of view is not built")
}

func TestListActionsAndMenusNameTheirRow(t *testing.T) {
	_, l := newList(t)
	var acted, menu []any
	l.OnAction = func(id widgets.ItemID, action string) { acted = append(acted, id, action) }
	l.OnMenu = func(id widgets.ItemID, _ fyne.Position) { menu = append(menu, id) }
	items := chat(0, 3)
	out := widgets.ItemID{Kind: widgets.ItemOutbox, Key: 7}
	items = append(items, widgets.Item{ID: out, Content: &widgets.Content{
		Own: true, Text: "hola", Status: "Not sent", Alarm: true, Actions: []widgets.Action{{ID: "again", Text: "Send again"}, {ID: "forget", Text: "Discard"}},
	}})
	l.Reset(items, false)
	test.Tap(button(l, "Send again"))
	test.Tap(button(l, "Discard"))
	require.Equal(t, []any{out, "again", out, "forget"}, acted)

	y, _ := l.RowTop(messageID(1))
	test.TapSecondaryAt(l, fyne.NewPos(100, y+5))
	require.Equal(t, []any{messageID(1)}, menu)
}

// TestListAtRandom does what people and phones do in any order, and holds that
// rows never overlap, leave no gap and fill the list.
func TestListAtRandom(t *testing.T) {
	b, l := newList(t)
	r := rand.New(rand.NewSource(7))
	from, to := 1000, 1100
	l.Reset(chat(from, to), false)
	for step := range 600 {
		switch r.Intn(8) {
		case 0:
			from = max(from-r.Intn(60), 0)
			l.SetItems(chat(from, to), false)
		case 1:
			to += r.Intn(5)
			l.SetItems(chat(from, to), false)
		case 2:
			from = min(from+r.Intn(50), to-1)
			l.SetItems(chat(from, to), false)
		case 3:
			b.Window.Resize(fyne.NewSize(float32(250+r.Intn(700)), float32(150+r.Intn(600))))
		case 4:
			l.ScrollToEnd()
		default:
			l.ScrollBy(float32(r.Intn(3000) - 1500))
		}
		first, last := to, -1
		for n := from; n < to; n++ {
			if _, seen := l.RowTop(messageID(n)); seen {
				first, last = min(first, n), max(last, n)
			}
		}
		require.GreaterOrEqual(t, last, first, "step %d shows nothing", step)
		top, _ := l.RowTop(messageID(first))
		require.LessOrEqual(t, top, float32(0.01), "step %d leaves a gap at the top", step)
		prev := top - 1
		for n := first; n <= last; n++ {
			y, seen := l.RowTop(messageID(n))
			require.True(t, seen, "step %d skips a row", step)
			require.Greater(t, y, prev)
			prev = y
		}
	}
}

func benchmarkList(b *testing.B, n int) {
	items := chat(0, n)
	b.Run("open", func(b *testing.B) {
		_, l := newList(b)
		b.ReportAllocs()
		for b.Loop() {
			l.Reset(items, false)
		}
	})
	b.Run("scroll", func(b *testing.B) {
		_, l := newList(b)
		l.Reset(items, false)
		dy := float32(60)
		b.ReportAllocs()
		for b.Loop() {
			l.ScrollBy(dy)
			if y, seen := l.RowTop(messageID(0)); seen && y == 0 || l.AtEnd() {
				dy = -dy
			}
		}
	})
	b.Run("append", func(b *testing.B) {
		_, l := newList(b)
		l.Reset(items, false)
		l.ScrollBy(5000)
		b.ReportAllocs()
		for b.Loop() {
			l.SetItems(items, false)
		}
	})
}

func BenchmarkMessageList20000(b *testing.B)  { benchmarkList(b, 20_000) }
func BenchmarkMessageList100000(b *testing.B) { benchmarkList(b, 100_000) }
