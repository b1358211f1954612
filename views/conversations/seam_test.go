package conversations_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// book is a ledger that a test writes; repair does what a repair does.
type book struct {
	mu      sync.Mutex
	summary model.LedgerSummary
	wishes  []model.RepairWish
	repair  func(tell func(model.RepairReport)) (model.RepairReport, error)
}

func (k *book) set(seams ...model.Seam) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.summary.State = model.LedgerComplete
	if len(seams) > 0 {
		k.summary.State = model.LedgerGaps
	}
	k.summary.Seams, k.summary.FetchedAt = seams, 1
	k.summary.Gaps = nil
	for _, s := range seams {
		if !s.Floor {
			k.summary.Gaps = append(k.summary.Gaps, model.Gap{ConversationID: s.ConversationID, Below: s.From, Above: s.Until, Cause: s.Cause, Tries: s.Tries, Outcome: s.Outcome})
		}
	}
}

func (k *book) Summary(context.Context, model.ConversationID) (model.LedgerSummary, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.summary, nil
}

func (k *book) Repair(_ context.Context, _ model.ConversationID, wish model.RepairWish, tell func(model.RepairReport)) (model.RepairReport, error) {
	k.mu.Lock()
	k.wishes = append(k.wishes, wish)
	repair := k.repair
	k.mu.Unlock()
	return repair(tell)
}

func (k *book) wished() []model.RepairWish {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.wishes)
}

// torn is a screen that shows a conversation of 200 messages in which those from
// missing[0] to missing[1] are not held, and its ledger says so.
type torn struct {
	*viewtest.Bench
	t       *testing.T
	f       *fake
	book    *book
	s       *conversations.Screen
	missing []model.MessageRow
	seam    model.Seam
}

func newTorn(t *testing.T, ss *sessions, from, to int, options ...viewtest.Option) *torn {
	f := newFake()
	f.add(1, "Ana", 200)
	all := f.messages[1]
	d := &torn{t: t, f: f, book: &book{}, missing: slices.Clone(all[from:to])}
	d.seam = model.Seam{ConversationID: 1, After: all[from-1].ID, From: all[from-1].ID, Until: all[to].ID, Cause: model.GapWindow}
	f.messages[1] = append(slices.Clone(all[:from]), all[to:]...)
	d.book.set(d.seam)
	d.Bench = viewtest.NewTestContext(t, options...)
	f.notify = d.Queue.Do
	d.s = conversations.New(d.Context, f, conversations.Options{Sessions: ss, Ledger: d.book, Outbox: outgoing{f}})
	d.Window.SetPadded(false)
	d.Window.SetContent(d.s.Content())
	d.Window.Resize(fyne.NewSize(1200, 800))
	d.s.Activate()
	t.Cleanup(d.s.Deactivate)
	d.Settle()
	require.Len(t, rowNames(d.s), 1)
	d.s.Open(1)
	d.settle()
	require.Greater(t, len(messageList(d.s).Items()), 10)
	require.Equal(t, len(ss.connected()), f.called("FetchMessages 1"))
	want := "held"
	if len(ss.connected()) > 0 {
		want = "fill"
	}
	seams, _ := d.rows()
	require.Len(t, seams, 1)
	require.Equal(t, want, seams[0].Content.Main)
	return d
}

func (s *sessions) connected() (list []model.Session) {
	for _, o := range s.list {
		if o.State == model.StateConnected {
			list = append(list, o)
		}
	}
	return list
}

func (d *torn) settle() {
	d.t.Helper()
	d.Settle()
	require.Nil(d.t, button(d.s, d.T("conversations.syncing")))
}

// fill lets the messages come that were missing.
func (d *torn) fill() {
	d.f.set(func() {
		all := append(slices.Clone(d.f.messages[1]), d.missing...)
		slices.SortFunc(all, func(a, b model.MessageRow) int { return byID(a, b.ID) })
		d.f.messages[1] = all
	})
	d.book.set()
}

func (d *torn) happened() {
	d.Bus.Publish(event.Batch{Ledger: event.Of(model.SessionID(1)), Messages: event.Of(model.ConversationID(1))})
}

// rows returns the rows about missing messages, and what stands before each.
func (d *torn) rows() (seams []widgets.Item, before []string) {
	items := messageList(d.s).Items()
	for i, item := range items {
		if item.ID.Kind == widgets.ItemSeam {
			text := ""
			if i > 0 {
				text = items[i-1].Content.Text
			}
			seams, before = append(seams, item), append(before, text)
		}
	}
	return seams, before
}

func (d *torn) says() string {
	if seams, _ := d.rows(); len(seams) == 1 {
		return seams[0].Content.Text
	}
	return ""
}

func (d *torn) act(action string) {
	d.t.Helper()
	seams, _ := d.rows()
	require.Len(d.t, seams, 1)
	require.Equal(d.t, action, seams[0].Content.Main)
	messageList(d.s).OnAction(seams[0].ID, action)
}

func at(n int) widgets.ItemID {
	when := viewtest.Start().Add(time.Duration(n-200) * time.Minute)
	return widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(model.MessageIDAt(when.Unix()))}
}

func TestMissingMessagesAreFilledWhereTheyAreMissing(t *testing.T) {
	d := newTorn(t, connected(), 170, 180)
	seams, before := d.rows()
	require.Equal(t, []string{"message 169 of Ana"}, before)
	require.Equal(t, "Messages may be missing here", seams[0].Content.Text)
	require.Equal(t, []widgets.Action{{ID: "fill", Text: "Fill"}}, seams[0].Content.Actions)

	first, rest := make(chan struct{}), make(chan struct{})
	d.book.repair = func(tell func(model.RepairReport)) (model.RepairReport, error) {
		<-first
		tell(model.RepairReport{Counts: model.Counts{Created: 4}, Calls: 1})
		<-rest
		d.fill()
		d.happened()
		return model.RepairReport{Counts: model.Counts{Created: 10}, Calls: 2, End: model.RepairFilled}, nil
	}
	d.act("fill")
	require.Equal(t, "Messages may be missing here. Fetching…", d.says())
	seams, _ = d.rows()
	require.Empty(t, seams[0].Content.Actions, "it is not begun twice")
	require.Equal(t, "held", seams[0].Content.Main)
	close(first)
	d.WaitFor(func() bool { return d.says() == "Messages may be missing here. Fetching… 4 new messages." })
	close(rest)
	d.WaitFor(func() bool { return has(d.s, "message 175 of Ana") })
	d.settle()
	require.Empty(t, d.says())
	require.Equal(t, []model.RepairWish{{Only: 1}}, d.book.wished())
	d.WaitFor(func() bool { return slices.Contains(d.Toasts.Texts(), "10 new messages. Nothing is missing.") })
}

func TestWhatCameOfFillingIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		end  model.RepairEnd
		err  error
		seam func(*model.Seam)
		says string
		main string
	}{
		"the device has no more":    {end: model.RepairDevice, seam: func(s *model.Seam) { s.Tries, s.Outcome = 1, model.EndDevice }, says: "The linked device has no more. The phone can be asked.", main: "ask_phone"},
		"the phone has no more":     {end: model.RepairPhone, seam: func(s *model.Seam) { s.Tries, s.Outcome = 1, model.EndPhone }, says: "The phone no longer has them.", main: "held"},
		"the phone sends nothing":   {end: model.RepairLater, seam: func(s *model.Seam) { s.Tries, s.Outcome = 1, model.EndDevice }, says: "The phone was asked and has sent nothing more so far. Try again later.", main: "ask_phone"},
		"the phone cannot be asked": {end: model.RepairUnable, seam: func(s *model.Seam) { s.Tries, s.Outcome = 1, model.EndDevice }, says: "The linked device has no more, and this gateway cannot ask the phone.", main: "held"},
		"what came cannot be read":  {end: model.RepairUnread, seam: func(s *model.Seam) { s.Tries, s.Cause = 1, model.GapUnreadable }, says: "What is missing cannot be read.", main: "fill"},
		"the gateway refused": {
			err: viewtest.Fail(model.ProblemTimeout, ""), seam: func(*model.Seam) {}, main: "fill",
			says: "The answer took too long. The gateway is busy or asleep. Wait a minute and try again.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newTorn(t, connected(), 170, 180)
			if c.err != nil {
				why, do := d.ProblemText(d.Describe(c.err))
				c.says = why + " " + do
			}
			d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
				s := d.seam
				c.seam(&s)
				d.book.set(s)
				return model.RepairReport{Calls: 1, End: c.end}, c.err
			}
			d.act("fill")
			d.WaitFor(func() bool { return d.says() == "Messages may be missing here. "+c.says })
			d.settle()
			seams, _ := d.rows()
			require.Equal(t, c.main, seams[0].Content.Main)
			require.Nil(t, d.Window.Canvas().Overlays().Top(), "no dialog on top of it")
			if c.main == "ask_phone" {
				d.act("ask_phone")
				d.WaitFor(func() bool { return len(d.book.wished()) == 2 })
				require.Equal(t, model.RepairWish{Only: 1, AskPhone: true}, d.book.wished()[1])
			}
			d.settle()
		})
	}
}

func TestNothingCanBeFilledOffline(t *testing.T) {
	d := newTorn(t, offline(), 170, 180)
	require.Equal(t, "Messages may be missing here. They can be fetched as soon as the session is connected.", d.says())
	d.act("held")
	require.Contains(t, viewtest.Texts(d.Window.Canvas().Overlays().Top()), "Saved messages")
}

// TestMissingMessagesDoNotMoveWhatIsRead fills, tears and mends above, within and
// below what is read.
func TestMissingMessagesDoNotMoveWhatIsRead(t *testing.T) {
	mend := func(d *torn) { d.fill(); d.happened() }
	flood := func(d *torn) { d.flood(); d.happened() }
	top := func(d *torn) widgets.ItemID {
		id, _ := topmost(messageList(d.s))
		return id
	}
	for name, c := range map[string]struct {
		scroll float32
		read   func(*torn) widgets.ItemID // what is being read
		do     func(*torn)
	}{
		"in view":          {500, func(*torn) widgets.ItemID { return at(169) }, mend},
		"in view, a flood": {500, func(*torn) widgets.ItemID { return at(169) }, flood},
		"above, a flood":   {0, func(*torn) widgets.ItemID { return at(199) }, flood},
		"below":            {1600, top, mend},
		"below, a flood":   {1600, top, flood},
		"it appears elsewhere": {500, func(*torn) widgets.ItemID { return at(169) }, func(d *torn) {
			other := d.seam
			other.From, other.After = model.MessageID(at(150).Key), model.MessageID(at(150).Key)
			other.Until = model.MessageID(at(151).Key)
			d.book.set(other, d.seam)
			d.Bus.Publish(event.Batch{Ledger: event.Of(model.SessionID(1))})
		}},
		"it vanishes": {500, func(*torn) widgets.ItemID { return at(180) }, func(d *torn) {
			d.book.set()
			d.Bus.Publish(event.Batch{Ledger: event.Of(model.SessionID(1))})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newTorn(t, connected(), 170, 180)
			l := messageList(d.s)
			for range int(c.scroll / 100) {
				l.ScrollBy(100)
				d.settle()
			}
			id := c.read(d)
			y, seen := l.RowTop(id)
			require.True(t, seen)
			end := l.AtEnd()
			c.do(d)
			d.WaitFor(func() bool { seams, _ := d.rows(); return len(seams) != 1 })
			d.settle()
			now, seen := l.RowTop(id)
			require.True(t, seen, "what was read is in view")
			if name == "it vanishes" { // what stood below it moves up, what stood above does not
				require.Less(t, now, y)
				return
			}
			require.InDelta(t, y, now, 0.5)
			require.Equal(t, end, l.AtEnd())
			require.Zero(t, l.NewBelow(), "what came in between is not new below")
		})
	}
}

func TestMissingMessagesAreReachedByKeyboard(t *testing.T) {
	d := newTorn(t, connected(), 190, 195)
	l := messageList(d.s)
	d.Window.Canvas().Focus(l)
	key := func(name fyne.KeyName) { l.TypedKey(&fyne.KeyEvent{Name: name}) }
	for range 6 {
		key(fyne.KeyUp)
	}
	require.Equal(t, widgets.ItemSeam, l.Selected().Kind, "after the five messages below it")
	key(desktop.KeyMenu)
	require.Equal(t, []string{"Fill", "Saved messages"}, menuItems(d.Bench))
	d.Window.Canvas().Overlays().Remove(d.Window.Canvas().Overlays().Top())
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		return model.RepairReport{}, errors.New("x")
	}
	key(fyne.KeyReturn)
	d.WaitFor(func() bool { return len(d.book.wished()) == 1 })
	d.settle()
	require.Equal(t, widgets.ItemSeam, l.Selected().Kind, "the keyboard stays there")
	key(fyne.KeyUp)
	require.Equal(t, at(189), l.Selected())
}

func menuItems(b *viewtest.Bench) []string {
	return viewtest.Texts(b.Window.Canvas().Overlays().Top())
}

func TestWhereMessagesAreMissing(t *testing.T) {
	key := func(n int) model.MessageID { return model.MessageID(at(n).Key) }
	for name, c := range map[string]struct {
		seams  []model.Seam
		texts  []string
		before []string
	}{
		"messages lie in it": {
			[]model.Seam{{ConversationID: 2, After: key(185), From: key(185), Until: key(190), Cause: model.GapReconnect}},
			[]string{"Messages may be missing from here to 23 Nov 2026, 11:32"}, []string{"message 185 of Ana"},
		},
		"both conversations of a person": {
			[]model.Seam{{ConversationID: 1, After: key(150), From: key(150), Until: key(151)}, {ConversationID: 2, After: key(182), From: key(182), Until: key(183)}},
			[]string{"Messages may be missing here", "Messages may be missing here"}, []string{"message 150 of Ana", "message 182 of Ana"},
		},
		"in the same second of both": {
			[]model.Seam{{ConversationID: 1, After: key(150), From: key(150), Until: key(151)}, {ConversationID: 2, After: key(150), From: key(150), Until: key(151)}},
			[]string{"Messages may be missing here"}, []string{"message 150 of Ana"},
		},
		"a newer one never came": {
			[]model.Seam{{ConversationID: 1, After: key(200), From: key(199), Cause: model.GapTold}},
			[]string{"Messages may be missing here"}, []string{"message 199 of Ana"},
		},
		"older ones were not fetched whole": {
			[]model.Seam{{ConversationID: 1, Floor: true, After: key(184) - 1, Until: key(184), From: key(3)}},
			[]string{"Messages from before this may be missing"}, []string{"message 183 of Ana"},
		},
		"where nothing is read yet": {seams: []model.Seam{{ConversationID: 1, After: key(20), From: key(20), Until: key(21)}}},
		"the messages above are not read yet, and it reaches to what is": {
			[]model.Seam{{ConversationID: 1, After: key(20), From: key(20), Until: key(190)}},
			[]string{"Messages may be missing from here to 23 Nov 2026, 11:32"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newTorn(t, connected(), 170, 180)
			d.fill()
			d.book.set(c.seams...)
			d.happened()
			d.settle()
			d.WaitFor(func() bool {
				n := 0
				for _, i := range messageList(d.s).Items() {
					if i.ID.Kind == widgets.ItemSeam {
						n++
					}
				}
				return n == len(c.texts) && has(d.s, "message 175 of Ana")
			})
			if c.before == nil && c.texts != nil {
				require.Equal(t, widgets.ItemSeam, messageList(d.s).Items()[0].ID.Kind)
				return
			}
			seams, before := d.rows()
			require.Equal(t, c.before, before)
			for i, s := range seams {
				require.Equal(t, c.texts[i], s.Content.Text)
			}
		})
	}
}

func TestOlderMessagesThatWereNotFetchedWholeAreAskedForFromTheirOldest(t *testing.T) {
	d := newTorn(t, connected(), 170, 180)
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		return model.RepairReport{End: model.RepairFilled}, nil
	}
	d.book.set(model.Seam{ConversationID: 1, Floor: true, After: model.MessageID(at(181).Key) - 1, Until: model.MessageID(at(181).Key), From: model.MessageID(at(3).Key)})
	d.happened()
	d.WaitFor(func() bool { return d.says() == "Messages from before this may be missing" })
	d.act("fill")
	d.WaitFor(func() bool { return len(d.book.wished()) == 1 })
	require.Equal(t, []model.RepairWish{{Only: 1, Since: model.MessageID(at(3).Key).Stamp() + 1000}}, d.book.wished())
	d.settle()
}

func TestLineOfMissingMessagesIsTapped(t *testing.T) {
	d := newTorn(t, connected(), 190, 195)
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		return model.RepairReport{End: model.RepairFilled}, nil
	}
	l := messageList(d.s)
	seams, _ := d.rows()
	y, seen := l.RowTop(seams[0].ID)
	require.True(t, seen)
	for x := float32(0); x < l.Size().Width && len(d.book.wished()) == 0; x += 12 {
		test.TapAt(l, fyne.NewPos(x, y+18))
	}
	d.WaitFor(func() bool { return len(d.book.wished()) == 1 })
	d.settle()
}

func TestOnlyTheConversationOfTheLineIsFilled(t *testing.T) {
	d := newTorn(t, connected(), 170, 180)
	other := d.seam
	other.ConversationID = 2
	other.After, other.From, other.Until = model.MessageID(at(160).Key), model.MessageID(at(160).Key), model.MessageID(at(161).Key)
	d.book.set(other, d.seam)
	d.happened()
	d.WaitFor(func() bool { seams, _ := d.rows(); return len(seams) == 2 })
	rest := make(chan struct{})
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		<-rest
		return model.RepairReport{}, viewtest.Fail(model.ProblemTimeout, "")
	}
	seams, _ := d.rows()
	messageList(d.s).OnAction(seams[0].ID, "fill")
	seams, _ = d.rows()
	require.Equal(t, "Messages may be missing here. Fetching…", seams[0].Content.Text)
	require.Equal(t, "Messages may be missing here", seams[1].Content.Text)
	require.Empty(t, seams[1].Content.Actions, "one after the other")
	close(rest)
	d.WaitFor(func() bool { seams, _ := d.rows(); return len(seams[1].Content.Actions) == 1 })
	seams, _ = d.rows()
	require.Equal(t, "Try again", seams[0].Content.Actions[0].Text)
	require.Equal(t, "Fill", seams[1].Content.Actions[0].Text)
	require.Equal(t, []model.RepairWish{{Only: 2}}, d.book.wished())
	d.settle()
}

func TestThatOneConversationIsWholeSaysNothingOfTheOther(t *testing.T) {
	d := newTorn(t, connected(), 170, 180)
	other := d.seam
	other.ConversationID = 2
	other.After, other.From, other.Until = model.MessageID(at(160).Key), model.MessageID(at(160).Key), model.MessageID(at(161).Key)
	d.book.set(other, d.seam)
	d.happened()
	d.WaitFor(func() bool { seams, _ := d.rows(); return len(seams) == 2 })
	d.book.repair = func(func(model.RepairReport)) (model.RepairReport, error) {
		d.book.set(d.seam)
		return model.RepairReport{Calls: 1, Counts: model.Counts{Created: 3}, End: model.RepairFilled}, nil
	}
	seams, _ := d.rows()
	messageList(d.s).OnAction(seams[0].ID, "fill")
	d.WaitFor(func() bool {
		return slices.Contains(d.Toasts.Texts(), "3 new messages. "+d.T("ledger.elsewhere"))
	})
	d.settle()
}
