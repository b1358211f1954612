package views

import (
	"context"
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// agoInterval is how often "synced 2 min ago" is written anew.
const agoInterval = 30 * time.Second

// barWidth is the width of the bar of running work.
const barWidth = 140

// status is the strip at the lower edge: the session in words, the last sync,
// what is in the way, and running work with Cancel.
type status struct {
	ctx     *ui.Context
	svc     Services
	content fyne.CanvasObject

	dot    *widgets.StatusDot
	words  *widget.Label
	begin  *widget.Button
	repair *widget.Button
	work   *fyne.Container
	phase  *widget.Label
	bar    *widget.ProgressBar
	cancel *widget.Button

	sessions []model.Session
	read     bool              // whether the sessions were read
	starting bool              // the first steps are on the screen
	stopping bool              // Cancel was pressed and the work has not ended yet
	waiting  int               // messages that wait to be sent
	health   model.StoreHealth // what is known of the store and its disk
	gen      int
	stopAgo  func()
	loaded   func([]model.Session) // called with the sessions when they were read; never nil
}

func newStatus(ctx *ui.Context, svc Services, begin func()) *status {
	s := &status{ctx: ctx, svc: svc, loaded: func([]model.Session) {}, dot: widgets.NewStatusDot(), words: widget.NewLabel(""), phase: widget.NewLabel(""), bar: widget.NewProgressBar()}
	s.words.Truncation = fyne.TextTruncateEllipsis
	s.words.Importance = widget.LowImportance
	s.bar.TextFormatter = func() string { return "" } // the words say the numbers
	s.begin = widget.NewButton(ctx.T("main.status.begin"), begin)
	s.begin.Importance = widget.HighImportance
	s.repair = widget.NewButton(ctx.T("safety.repair"), s.askRepair)
	s.repair.Importance = widget.HighImportance
	s.cancel = widget.NewButton(ctx.T("main.status.cancel"), s.cancelWork)
	s.work = container.NewHBox(s.phase, container.NewCenter(container.NewGridWrap(fyne.NewSize(barWidth, 8), s.bar)), s.cancel)
	s.work.Hide()
	side := layout.NewCustomPaddedLayout(0, 0, 2*theme.Padding(), theme.Padding())
	high := canvas.NewRectangle(color.Transparent) // work that comes and goes moves nothing
	high.SetMinSize(fyne.NewSize(0, s.cancel.MinSize().Height))
	strip := container.New(side, container.NewStack(high, container.NewBorder(nil, nil, s.dot, container.NewHBox(s.begin, s.repair, s.work), s.words)))
	s.content = newGround(theme.ColorNameHeaderBackground, container.NewBorder(widget.NewSeparator(), nil, nil, nil, strip))
	s.apply()
	return s
}

// setStarting says whether the first steps are on the screen: the button that
// leads there is of no use then.
func (s *status) setStarting(starting bool) {
	s.starting = starting
	s.apply()
}

// setWaiting says how many messages and changes wait to be sent.
func (s *status) setWaiting(n int) {
	if n != s.waiting {
		s.waiting = n
		s.apply()
	}
}

// offline says what can be done while the gateway is away, and what waits for it.
func (s *status) offline() string {
	if s.waiting == 0 {
		return s.ctx.T("main.status.offline")
	}
	return s.ctx.N("main.status.waiting", s.waiting, translations.Data{"Count": s.ctx.FormatNumber(s.waiting)})
}

// start begins to read and to write times anew.
func (s *status) start() {
	s.stopAgo = s.ctx.Every(agoInterval, s.apply)
	s.reload()
	s.reloadHealth()
}

func (s *status) close() {
	if s.stopAgo != nil {
		s.stopAgo()
		s.stopAgo = nil
	}
}

// handle takes what has happened.
func (s *status) handle(b event.Batch) {
	if len(b.Sessions) > 0 {
		s.reload()
	}
	if b.Safety {
		s.reloadHealth()
	}
	if b.Gateway != nil || len(b.Progress) > 0 || b.Settings {
		s.apply()
	}
}

// reload reads the sessions. A failure leaves what is shown: the screens say
// what is wrong with the store.
func (s *status) reload() {
	s.gen++
	gen := s.gen
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		sessions, err := s.svc.Sessions.List(ctx)
		if err != nil {
			return nil
		}
		return func() {
			if gen == s.gen {
				s.sessions, s.read = sessions, true
				s.apply()
				s.loaded(sessions)
			}
		}
	})
}

// session returns the one that the strip speaks of: the default one, else one
// that is connected, else the first.
func (s *status) session() (model.Session, bool) {
	name := s.svc.Settings.Get().DefaultSession
	for _, row := range s.sessions {
		if name != "" && string(row.Name) == name {
			return row, true
		}
	}
	for _, row := range s.sessions {
		if row.State == model.StateConnected {
			return row, true
		}
	}
	if len(s.sessions) == 0 {
		return model.Session{}, false
	}
	return s.sessions[0], true
}

// apply is the only place that changes what is seen.
func (s *status) apply() {
	row, any := s.session()
	away := s.svc.gateway()
	show(s.begin, away == model.ProblemNotConfigured && !s.starting)
	switch {
	case s.sayTrouble():
	case away != "":
		s.sayAway(away)
	case !s.read: // for a moment, nothing is known of them
		s.say(widgets.StatusOff, "", "")
	case !any:
		s.say(widgets.StatusOff, s.ctx.T("main.status.no_session"), s.ctx.T("main.status.no_session_do"))
	default:
		if kind := session.GatewayAway(row, ""); kind != "" { // since before the window was there
			s.sayAway(kind)
			break
		}
		s.sayStatus(row)
	}
	s.applyWork()
}

// sayAway says why the gateway is of no use.
func (s *status) sayAway(kind model.ProblemKind) {
	sign, state := session.GatewayStanding(s.ctx, kind)
	words := s.offline()
	switch kind {
	case model.ProblemNotConfigured:
		words = s.ctx.T("main.status.no_gateway_do")
	case model.ProblemDisabled: // the owner's own doing
	default:
		why, _ := s.ctx.ProblemText(model.Problem{Kind: kind})
		words = why + " " + words
	}
	s.say(sign, state, words)
}

// problemKind returns the kind of a gateway that does not answer.
func problemKind(kind string) model.ProblemKind {
	for _, k := range model.ProblemKinds() {
		if string(k) == kind {
			return k
		}
	}
	return model.ProblemUnreachable
}

func (s *status) sayStatus(row model.Session) {
	if c, who, any := s.condition(row); any {
		s.sayCondition(c, who)
		return
	}
	state := session.StateText(s.ctx, row.State)
	if len(s.sessions) > 1 {
		state = s.ctx.T("main.status.named", translations.Data{"Name": session.DisplayName(row), "State": state})
	}
	words := s.ctx.FormatPhone(row.Phone)
	if !row.LastSyncAt.IsZero() {
		synced := s.ctx.T("main.status.synced", translations.Data{"Ago": s.ctx.FormatAgo(row.LastSyncAt)})
		if words == "" {
			words = synced
		} else {
			words += " · " + synced
		}
	}
	if s.waiting > 0 && row.State != model.StateConnected {
		words = strings.TrimPrefix(words+" · "+s.offline(), " · ")
	}
	s.say(session.Status(row.State), state, words)
}

// wrong returns what is to be said of what is wrong with a session.
func (s *status) wrong(row model.Session) []model.Condition {
	return session.Wrong(row, s.svc.Sessions.Conditions(row.ID))
}

// condition returns what the strip must say first: what keeps any session from
// working, else what is wrong with the one that it speaks of.
func (s *status) condition(row model.Session) (model.Condition, model.Session, bool) {
	own := s.wrong(row)
	if len(own) > 0 && !own[0].Kind.Minor() {
		return own[0], row, true
	}
	for _, other := range s.sessions {
		if all := s.wrong(other); len(all) > 0 && !all[0].Kind.Minor() {
			return all[0], other, true
		}
	}
	if len(own) > 0 {
		return own[0], row, true
	}
	return model.Condition{}, row, false
}

func (s *status) sayCondition(c model.Condition, row model.Session) {
	sign, state := session.Standing(s.ctx, row.State, s.wrong(row))
	if len(s.sessions) > 1 {
		state = s.ctx.T("main.status.named", translations.Data{"Name": session.DisplayName(row), "State": state})
	}
	if sign == widgets.StatusGood {
		sign = widgets.StatusWaiting
	}
	words := session.ConditionTitle(s.ctx, c)
	if s.waiting > 0 && !c.Kind.Minor() {
		words += " " + s.offline()
	}
	s.say(sign, state, words)
}

func (s *status) say(sign widgets.Status, state, words string) {
	s.dot.Set(sign, state)
	setText(s.words, words)
}

// running returns the work that is shown: of the first session that has any.
func (s *status) running() (model.Session, model.Progress) {
	for _, row := range s.sessions {
		if p := s.svc.Sync.Progress(row.ID); p.Running {
			return row, p
		}
	}
	return model.Session{}, model.Progress{}
}

func (s *status) applyWork() {
	row, p := s.running()
	show(s.work, p.Running)
	if !p.Running {
		s.stopping = false
		return
	}
	words := session.ProgressText(s.ctx, p)
	if len(s.sessions) > 1 {
		words = s.ctx.T("main.status.named", translations.Data{"Name": session.DisplayName(row), "State": words})
	}
	if s.stopping {
		words = s.ctx.T("main.status.stopping")
		s.cancel.Disable()
	} else {
		s.cancel.Enable()
	}
	setText(s.phase, words)
	show(s.bar, p.Total > 0)
	if p.Total > 0 {
		if v := float64(min(p.Done, p.Total)) / float64(p.Total); v != s.bar.Value {
			s.bar.SetValue(v)
		}
	}
}

func (s *status) cancelWork() {
	row, p := s.running()
	if !p.Running {
		return
	}
	s.stopping = true
	s.svc.Sync.Cancel(row.ID)
	s.applyWork()
}
