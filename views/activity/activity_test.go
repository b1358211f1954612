package activity_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/activity"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// gate keeps an answer back: entered tells that it was asked for.
type gate struct {
	entered, release chan struct{}
	once             sync.Once
}

func newGate() *gate { return &gate{entered: make(chan struct{}), release: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.release) }) }

// fake is a store of activity, newest first. hold keeps the answer to a filter
// by outcome back, whatever became of the question.
type fake struct {
	mu      sync.Mutex
	rows    []model.Activity
	err     error
	hold    map[model.ActivityOutcome]*gate
	queries []model.ActivityQuery
}

func (f *fake) List(_ context.Context, q model.ActivityQuery) ([]model.Activity, error) {
	f.mu.Lock()
	held := f.hold[q.Outcome]
	f.queries = append(f.queries, q)
	f.mu.Unlock()
	if held != nil {
		close(held.entered)
		<-held.release
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	var some []model.Activity
	for _, a := range f.rows {
		if (q.Before == 0 || a.ID < q.Before) && (q.Outcome == "" || a.Outcome == q.Outcome) && (q.Kind == "" || a.Kind == q.Kind) &&
			(q.SessionID == 0 || a.SessionID == q.SessionID) && len(some) < q.Limit {
			some = append(some, a)
		}
	}
	return some, nil
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) asked() []model.ActivityQuery {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.queries)
}

type sessions []model.Session

func (s sessions) List(context.Context) ([]model.Session, error) { return s, nil }

func done(n int) []model.Activity {
	rows := make([]model.Activity, n)
	for i := range rows {
		id := model.ActivityID(n - i)
		rows[i] = model.Activity{
			ID: id, At: model.StampOf(viewtest.Start()) - model.Stamp(i)*60_000, SessionID: 1, Session: "obrador",
			Kind: model.ActivitySync, Action: "scheduled_sync", Outcome: model.OutcomeSuccess, User: "ana", Created: int(id),
		}
	}
	return rows
}

func open(t *testing.T, f *fake, o activity.Options, options ...viewtest.Option) (*viewtest.Bench, *activity.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	s := activity.New(b.Context, f, o)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func states(s *activity.Screen) (list, detail *widgets.StateView) {
	all := viewtest.All[*widgets.StateView](s.Content())
	return all[0], all[1]
}

func says(o fyne.CanvasObject, text string) bool {
	return slices.ContainsFunc(viewtest.All[*widget.Label](o), func(l *widget.Label) bool { return strings.Contains(l.Text, text) })
}

func button(o fyne.CanvasObject, text string) *widget.Button {
	for _, b := range viewtest.All[*widget.Button](o) {
		if b.Text == text {
			return b
		}
	}
	return nil
}

func TestListShowsItsFourStates(t *testing.T) {
	f := &fake{err: viewtest.Fail(model.ProblemStore, "disk I/O error")}
	b, s := open(t, f, activity.Options{})
	list, _ := states(s)
	require.Equal(t, widgets.StateLoading, list.State())
	b.WaitFor(func() bool { return list.State() == widgets.StateError })
	require.Equal(t, b.T("action.load_activity"), list.Notice().Title())

	f.set(func() { f.err = nil })
	test.Tap(list.Notice().Button(b.T("common.retry")))
	b.WaitFor(func() bool { return list.State() == widgets.StateEmpty })
	require.Equal(t, b.T("activity.empty.title"), list.Notice().Title())

	f.set(func() { f.rows = done(2) })
	b.Bus.Publish(event.Batch{Activity: true})
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	require.True(t, says(list, b.T("activity.action.scheduled_sync")))
}

func TestListIsReadByPages(t *testing.T) {
	f := &fake{rows: done(350)}
	b, s := open(t, f, activity.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	l := viewtest.All[*widget.List](s.Content())[0]
	require.Equal(t, 100, l.Length())
	for l.Length() < 350 {
		held := l.Length()
		l.ScrollTo(held - 1)
		b.WaitFor(func() bool { return l.Length() > held })
	}
	l.ScrollToBottom()
	require.True(t, says(list, b.N("activity.count.created", 1)), "the oldest one is there")
}

func TestFailingPageCanBeAskedAgain(t *testing.T) {
	f := &fake{rows: done(150)}
	b, s := open(t, f, activity.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	l := viewtest.All[*widget.List](s.Content())[0]
	f.set(func() { f.err = viewtest.Fail(model.ProblemStore, "busy") })
	l.ScrollTo(99)
	b.WaitFor(func() bool { return button(s.Content(), b.T("activity.more_failed")) != nil })
	require.Equal(t, widgets.StateData, list.State(), "what is held stays")
	f.set(func() { f.err = nil })
	test.Tap(button(s.Content(), b.T("activity.more_failed")))
	b.WaitFor(func() bool { return l.Length() == 150 })
	require.Nil(t, button(s.Content(), b.T("activity.more_failed")))
}

func TestFiltersNarrowAndCanBeTakenAway(t *testing.T) {
	rows := done(6)
	rows[1].Outcome, rows[1].Action = model.OutcomeFailed, "sync_contacts"
	rows[2].Kind, rows[2].Action = model.ActivityMessage, "send_message"
	rows[3].SessionID, rows[3].Session = 2, "tienda"
	f := &fake{rows: rows}
	b, s := open(t, f, activity.Options{Sessions: sessions{{ID: 1, Name: "obrador"}, {ID: 2, Name: "tienda"}}})
	list, _ := states(s)
	b.WaitFor(func() bool {
		return list.State() == widgets.StateData && len(viewtest.All[*widget.Select](s.Content())) == 3
	})
	l := viewtest.All[*widget.List](s.Content())[0]
	filters := viewtest.All[*widget.Select](s.Content())
	choose := func(filter int, text string) { filters[filter].SetSelected(text) }

	choose(0, b.T("activity.outcome.failed"))
	b.WaitFor(func() bool { return l.Length() == 1 })
	require.True(t, says(list, b.T("activity.action.sync_contacts")))

	choose(1, b.T("activity.kind.message"))
	b.WaitFor(func() bool { return list.State() == widgets.StateEmpty })
	require.Equal(t, b.T("activity.nothing.title"), list.Notice().Title())

	test.Tap(list.Notice().Button(b.T("activity.nothing.all")))
	b.WaitFor(func() bool { return list.State() == widgets.StateData && l.Length() == 6 })
	require.Equal(t, b.T("activity.outcomes.all"), filters[0].Selected)

	choose(2, "tienda")
	b.WaitFor(func() bool { return l.Length() == 1 })
	require.Equal(t, model.SessionID(2), f.asked()[len(f.asked())-1].SessionID)
}

func TestLateAnswerOfAnEarlierFilterIsDropped(t *testing.T) {
	slow := newGate()
	rows := done(3)
	rows[0].Outcome, rows[0].Action = model.OutcomeFailed, "sync_contacts"
	rows[1].Outcome, rows[1].Action = model.OutcomeUnknown, "send_message"
	f := &fake{rows: rows, hold: map[model.ActivityOutcome]*gate{model.OutcomeFailed: slow}}
	b, s := open(t, f, activity.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	outcome := viewtest.All[*widget.Select](s.Content())[0]
	outcome.SetSelected(b.T("activity.outcome.failed"))
	<-slow.entered
	defer slow.open() // also when the test fails
	outcome.SetSelected(b.T("activity.outcome.unknown"))
	b.WaitFor(func() bool {
		return says(list, b.T("activity.action.send_message")) && !says(list, b.T("activity.action.scheduled_sync"))
	})
	slow.open()
	b.Settle()
	require.False(t, says(list, b.T("activity.action.sync_contacts")))
}

func TestSelectionIsKeptByIdWhenRowsAreAdded(t *testing.T) {
	f := &fake{rows: done(5)}
	b, s := open(t, f, activity.Options{})
	list, detail := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	require.Equal(t, b.T("activity.nobody.title"), detail.Notice().Title())
	l := viewtest.All[*widget.List](s.Content())[0]
	l.Select(1)
	require.Equal(t, widgets.StateData, detail.State())
	require.True(t, says(detail, b.N("activity.count.created", 4)))

	f.set(func() { f.rows = done(7) })
	b.Bus.Publish(event.Batch{Activity: true})
	b.WaitFor(func() bool { return l.Length() == 7 })
	require.True(t, says(detail, b.N("activity.count.created", 4)))
}

func TestDetailSaysWhyAndCopies(t *testing.T) {
	f := &fake{rows: []model.Activity{failure()}}
	b, s := open(t, f, activity.Options{})
	list, detail := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	viewtest.All[*widget.List](s.Content())[0].Select(0)
	why, do := b.ProblemText(model.Problem{Kind: model.ProblemTimeout})
	for _, text := range []string{b.T("activity.action.sync_messages"), b.T("activity.outcome.failed"), why, do, "ana", "obrador", "+34 600 11 12 22", "context deadline exceeded"} {
		require.True(t, says(detail, text), text)
	}
	test.Tap(button(detail, b.T("activity.copy")))
	require.Len(t, b.Copied, 1)
	for _, text := range []string{b.T("activity.action.sync_messages"), why, "timeout", "context deadline exceeded", "obrador", "11:42:00"} {
		require.Contains(t, b.Copied[0], text)
	}
}

func TestUnknownWordsAreShownAsTheyAre(t *testing.T) {
	a := failure()
	a.Action, a.Outcome, a.Kind = "some_later_action", "some_later_outcome", "later"
	f := &fake{rows: []model.Activity{a}}
	b, s := open(t, f, activity.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	require.True(t, says(list, "some_later_action"))
	require.True(t, says(list, "some_later_outcome"))
}

func TestWhatHappenedByItselfIsNotDoneWithFaults(t *testing.T) {
	for action, end := range map[string]string{
		"session_disconnected": "Notice", model.ConditionAction + string(model.ConditionLoggedOut): "Notice", "scheduled_sync": "Done with faults",
	} {
		t.Run(action, func(t *testing.T) {
			a := failure()
			a.Action, a.Outcome, a.ErrorKind = action, model.OutcomeWarning, ""
			b, s := open(t, &fake{rows: []model.Activity{a}}, activity.Options{})
			list, detail := states(s)
			b.WaitFor(func() bool { return list.State() == widgets.StateData })
			row := func() (all []string) {
				for _, l := range viewtest.All[*widget.Label](list) {
					all = append(all, l.Text)
				}
				return all
			}
			require.True(t, slices.ContainsFunc(row(), func(text string) bool { return text == end || strings.HasPrefix(text, end+" · ") }), "%q", row())
			viewtest.All[*widget.List](s.Content())[0].Select(0)
			require.True(t, says(detail, end))
		})
	}
}

// A filter names all that its rows say of how they ended.
func TestTheFilterAndTheRowsNameAnOutcomeAlike(t *testing.T) {
	for _, lang := range translations.Languages() {
		for i, outcome := range []model.ActivityOutcome{model.OutcomeSuccess, model.OutcomeWarning, model.OutcomeFailed, model.OutcomeCanceled, model.OutcomeUnknown} {
			for _, action := range []string{"scheduled_sync", "session_disconnected"} {
				t.Run(lang+"/"+string(outcome)+"/"+action, func(t *testing.T) {
					a := failure()
					a.Action, a.Outcome, a.ErrorKind = action, outcome, ""
					b, s := open(t, &fake{rows: []model.Activity{a}}, activity.Options{}, viewtest.Language(lang))
					list, _ := states(s)
					b.WaitFor(func() bool { return list.State() == widgets.StateData })
					outcomes := viewtest.All[*widget.Select](s.Content())[0]
					outcomes.SetSelectedIndex(i + 1)
					b.Settle()
					require.Equal(t, widgets.StateData, list.State())
					named := false
					for _, l := range viewtest.All[*widget.Label](list) {
						said, _, _ := strings.Cut(l.Text, " · ")
						named = named || strings.Contains(strings.ToLower(outcomes.Selected), strings.ToLower(said))
					}
					require.True(t, named, "%q does not name what its rows say", outcomes.Selected)
				})
			}
		}
	}
}

func TestEveryActionThatIsRecordedHasWords(t *testing.T) {
	actions := strings.Fields(`sync_contacts sync_conversations sync_messages full_sync scheduled_sync catch_up reconcile whole_history
		send_message forward_message react_message edit_message delete_message star_message
		read_conversation unread_conversation archive_conversation pin_conversation mute_conversation block_conversation labels_conversation
		mark_read mark_unread archive unarchive pin unpin settings_reloaded settings_refused store_opened`)
	for _, dir := range []string{"../../sync", "../../app"} { // those that stand there in one piece
		files, err := filepath.Glob(dir + "/*.go")
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range recorded.FindAllStringSubmatch(string(source), -1) {
				actions = append(actions, m[1])
			}
		}
	}
	require.Subset(t, actions, []string{"message_not_found", "auto_restart", "logout_session", "delete_media"}, "they stand there still")
	for _, lang := range []string{"es", "en"} {
		b := viewtest.NewTestContext(t, viewtest.Language(lang))
		for _, action := range actions {
			require.True(t, b.Text.Has("activity.action."+action), "%s: %s", lang, action)
		}
	}
}

// recorded finds the name of what is noted, in the calls that note it.
var recorded = regexp.MustCompile(`\.(?:record|recordRow|change|launch)\([^"\n]*"([a-z]+_[a-z_]+|repair)"`)

// TestScreenIsDrawn draws the screen in every language and theme; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestScreenIsDrawn(t *testing.T) {
	viewtest.EachPicture(t, "activity", func(t *testing.T, p viewtest.Picture) {
		f := &fake{rows: morning()}
		b, s := open(t, f, activity.Options{Sessions: sessions{{ID: 1, Name: "obrador"}, {ID: 2, Name: "tienda", Title: "Tienda del centro"}}}, p.Options()...)
		b.Window.Resize(p.Size)
		list, _ := states(s)
		b.WaitFor(func() bool {
			return list.State() == widgets.StateData && len(viewtest.All[*widget.Select](s.Content())) == 3
		})
		viewtest.All[*widget.List](s.Content())[0].Select(2)
		b.Settle()
		p.Capture(t, b.Window)
	})
}

func failure() model.Activity {
	return model.Activity{
		ID: 9, At: model.StampOf(viewtest.Start()), SessionID: 1, Session: "obrador", Kind: model.ActivitySync, Action: "sync_messages",
		Outcome: model.OutcomeFailed, User: "ana", Chat: "34600111222@c.us", DurationMS: 30_012, Created: 1250, Updated: 3, Unchanged: 48_211,
		Failed: 2, NotSeen: 1, ErrorKind: string(model.ProblemTimeout), ErrorDetail: "POST /chat/fetchMessages/obrador: context deadline exceeded",
	}
}

func morning() []model.Activity {
	rows := done(8)
	rows[0].Action, rows[0].Kind, rows[0].Created, rows[0].DurationMS = "send_message", model.ActivityMessage, 0, 640
	rows[1].Outcome, rows[1].Failed, rows[1].DurationMS = model.OutcomeWarning, 3, 4_210
	rows[2] = failure()
	rows[2].ID = 6
	rows[3].Outcome, rows[3].Action, rows[3].Kind = model.OutcomeUnknown, "send_message", model.ActivityMessage
	rows[4].Outcome, rows[4].Action = model.OutcomeCanceled, "full_sync"
	rows[5].Action, rows[5].Kind, rows[5].Session, rows[5].Created = "settings_reloaded", model.ActivitySettings, "", 0
	rows[6].Action, rows[6].Kind, rows[6].At = "session_connected", model.ActivitySession, rows[6].At-86_400_000
	return rows
}
