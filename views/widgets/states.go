package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// State is one of the states of a list.
type State int

// The states of a list.
const (
	StateLoading State = iota
	StateEmpty
	StateError
	StateData
)

// loadingDelay is how long nothing is shown before "Loading…": most data are
// there sooner, and a sign that flashes up only disturbs.
const loadingDelay = 200 * time.Millisecond

// StateView shows a list in one of its four states.
type StateView struct {
	widget.BaseWidget
	ctx     *ui.Context
	state   State
	data    fyne.CanvasObject
	loading *fyne.Container
	spinner *widget.Activity
	notice  *EmptyState
	cancel  func() // of the delay
}

// NewStateView returns a view of data that is loading.
func NewStateView(ctx *ui.Context, data fyne.CanvasObject) *StateView {
	s := &StateView{ctx: ctx, data: data, spinner: widget.NewActivity(), notice: NewEmptyState(Empty{}), cancel: func() {}}
	label := widget.NewLabelWithStyle(ctx.T("common.loading"), fyne.TextAlignCenter, fyne.TextStyle{})
	s.loading = container.NewCenter(container.NewHBox(s.spinner, label))
	if !ctx.Animations {
		s.spinner.Hide()
	}
	s.ExtendBaseWidget(s)
	s.turn(StateLoading)
	return s
}

// State returns the present state.
func (s *StateView) State() State { return s.state }

// ShowLoading shows that the data are being read, after a moment.
func (s *StateView) ShowLoading() {
	if s.state != StateLoading {
		s.turn(StateLoading)
	}
}

// ShowEmpty says that there are no data.
func (s *StateView) ShowEmpty(e Empty) {
	if e.Icon == nil {
		e.Icon = apptheme.ColoredIcon(apptheme.IconEmpty, apptheme.ColorNameMuted)
	}
	s.notice.Set(e)
	s.turn(StateEmpty)
}

// ShowError says what was tried (a key such as "action.load_contacts"), why it
// failed and what to do, with a button that calls retry (nil: none) and one
// that shows the details.
func (s *StateView) ShowError(action string, err error, retry func()) {
	s.ctx.LogError(action, err)
	why, do := s.ctx.ProblemText(s.ctx.Describe(err))
	e := Empty{
		Icon:  apptheme.ColoredIcon(apptheme.IconWarning, theme.ColorNameWarning),
		Title: s.ctx.T(action), Text: why + "\n" + do,
		Second: s.ctx.T("common.details"), Other: func() { s.ctx.ExplainError(action, err) },
	}
	if retry != nil {
		e.Action, e.Tapped = s.ctx.T("common.retry"), retry
	}
	s.notice.Set(e)
	s.turn(StateError)
}

// ShowData shows the data.
func (s *StateView) ShowData() { s.turn(StateData) }

// Notice returns what says "empty" or "error".
func (s *StateView) Notice() *EmptyState { return s.notice }

func (s *StateView) turn(to State) {
	s.cancel()
	s.cancel = func() {}
	s.state = to
	s.spinner.Stop()
	s.loading.Hide()
	setVisible(s.notice, to == StateEmpty || to == StateError)
	if s.data != nil {
		setVisible(s.data, to == StateData)
	}
	if to == StateLoading {
		s.cancel = s.ctx.Later(loadingDelay, func() {
			s.loading.Show()
			if s.ctx.Animations {
				s.spinner.Start()
			}
			s.Refresh()
		})
	}
	s.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *StateView) CreateRenderer() fyne.WidgetRenderer {
	stack := container.NewStack(s.loading, s.notice)
	if s.data != nil {
		stack.Add(s.data)
	}
	return widget.NewSimpleRenderer(stack)
}
