package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// panel guides through the pairing of one session: the gateway starts, the QR
// waits for the phone, the phone is linked and the first sync runs, or
// something is in the way and one button helps.
type panel struct {
	ctx  *ui.Context
	svc  Service
	root *fyne.Container

	starting   *fyne.Container
	startTitle *widget.Label
	startText  *widget.Label
	activity   *widget.Activity
	qr         *qrView
	done       *fyne.Container
	doneText   *widget.Label
	doneSync   *widget.Label
	progress   *progressView
	trouble    *fyne.Container
	why        *widget.Label
	help       *widget.Button

	active  bool
	session model.Session
	running model.Progress
	busy    bool
	scanned bool // a code was shown, and the phone is on its way
	do      func(action)
}

// newPanel returns the panel of a session; do runs an action on it.
func newPanel(ctx *ui.Context, svc Service, sync Sync, id model.SessionID, opts Options, do func(action)) *panel {
	p := &panel{ctx: ctx, svc: svc, do: do, qr: newQRView(ctx, svc, id), activity: widget.NewActivity()}
	p.qr.phone.Page = opts.Page
	if !ctx.Animations {
		p.activity.Hide()
	}
	p.startTitle, p.startText = boldLine(""), wrapped("")
	p.starting = container.NewVBox(container.NewHBox(p.activity, p.startTitle), p.startText)

	p.doneText, p.doneSync = bold(""), wrapped("")
	p.progress = newProgressView(ctx, func() { sync.Cancel(id) })
	done := container.NewVBox(p.doneText, p.doneSync, p.progress.root)
	if opts.OnOpenConversations != nil {
		open := widget.NewButtonWithIcon(ctx.T("session.done.open"), apptheme.Icon(apptheme.IconChat), opts.OnOpenConversations)
		open.Importance = widget.HighImportance
		done.Add(below(open))
	}
	p.done = container.NewBorder(nil, nil, container.NewVBox(sign(apptheme.ColoredIcon(apptheme.IconCheck, theme.ColorNameSuccess))), nil, done)

	p.why = wrapped("")
	p.help = widget.NewButton("", p.helpNow)
	p.help.Importance = widget.HighImportance
	p.trouble = container.NewBorder(nil, nil, container.NewVBox(sign(apptheme.ColoredIcon(apptheme.IconWarning, theme.ColorNameWarning))), nil,
		container.NewVBox(p.why, below(p.help)))

	p.root = container.NewStack(p.starting, p.qr.root, p.done, p.trouble)
	p.apply()
	return p
}

// sign is a large icon beside a text.
func sign(icon fyne.Resource) fyne.CanvasObject {
	img := canvas.NewImageFromResource(icon)
	img.FillMode = canvas.ImageFillContain
	return container.NewPadded(container.NewGridWrap(fyne.NewSquareSize(40), img))
}

// boldLine is a short title on one line.
func boldLine(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func bold(text string) *widget.Label {
	l := wrapped(text)
	l.TextStyle.Bold = true
	return l
}

// set shows a session; busy says that a call that changes its state is under way,
// paired that its code was shown.
func (p *panel) set(s model.Session, running model.Progress, busy, paired bool) {
	p.session, p.running, p.busy = s, running, busy
	p.scanned = paired && s.State == model.StateConnecting
	p.apply()
}

// setActive says whether the panel is on the screen.
func (p *panel) setActive(active bool) {
	p.active = active
	p.apply()
}

// apply is the only place that changes what is seen.
func (p *panel) apply() {
	state := known(p.session.State)
	code, hasCode := p.code(state)
	stage := p.stage(state, hasCode)
	show(p.starting, stage == stageStarting)
	show(p.qr.root, stage == stageScan)
	show(p.done, stage == stageDone)
	show(p.trouble, stage == stageTrouble)
	if stage == stageStarting && p.active && p.ctx.Animations {
		p.activity.Start()
	} else {
		p.activity.Stop() // it would repaint for ever while hidden
	}
	p.qr.set(code)
	p.qr.setVisible(p.active && stage == stageScan)
	switch stage {
	case stageStarting:
		p.applyStarting()
	case stageDone:
		p.applyDone()
	case stageTrouble:
		p.applyTrouble(state)
	}
}

// stage is how far a pairing is.
type stage int

const (
	stageTrouble  stage = iota // something is in the way
	stageStarting              // the gateway starts, there is no code yet
	stageScan                  // the code waits for the phone
	stageDone                  // linked
)

func (p *panel) stage(state model.SessionState, hasCode bool) stage {
	switch {
	case state == model.StateConnected:
		return stageDone
	case hasCode:
		return stageScan
	case state == model.StateConnecting || p.busy:
		return stageStarting
	}
	return stageTrouble
}

// code returns the QR to show; there is none outside of the waiting state,
// because an older gateway goes on naming a used one.
func (p *panel) code(state model.SessionState) (model.QR, bool) {
	if state != model.StateWaitingQR {
		return model.QR{}, false
	}
	qr, ok := p.svc.QR(p.session.ID)
	return qr, ok && qr.Text != ""
}

func (p *panel) applyStarting() {
	if p.scanned {
		setText(p.startTitle, p.ctx.T("session.linking.title"))
		setText(p.startText, p.ctx.T("session.linking.text"))
		return
	}
	setText(p.startTitle, p.ctx.T("session.starting.title"))
	setText(p.startText, p.ctx.T("session.starting.text"))
}

func (p *panel) applyDone() {
	who := account(p.ctx, p.session)
	if who == "" {
		who = DisplayName(p.session)
	}
	setText(p.doneText, p.ctx.T("session.done.title", translations.Data{"Account": who}))
	key := "session.done."
	if p.session.Connections > 1 { // linked again: its sync is not the first one
		key = "session.again."
	}
	switch {
	case syncedSince(p.session): // one that runs now is a later one
		key += "synced"
	case p.running.Running:
		key += "syncing"
	default:
		key += "waiting"
	}
	setText(p.doneSync, p.ctx.T(key)) //translations: session.done.* session.again.*
	p.progress.set(p.running)
}

// syncedSince tells whether a sync ended since the session was connected.
func syncedSince(s model.Session) bool {
	return !s.LastSyncAt.IsZero() && s.LastSyncAt >= s.ConnectedSince
}

// helpNow is what the button in trouble does. A code that nobody looked at for
// minutes is not followed any more: asking for the state follows it again.
func (p *panel) helpNow() {
	if known(p.session.State) == model.StateWaitingQR {
		p.do(actionCheck)
		return
	}
	p.do(next(p.session.State))
}

func (p *panel) applyTrouble(state model.SessionState) {
	if state == model.StateWaitingQR {
		setText(p.why, p.ctx.T("session.code_old"))
		if label := p.ctx.T("session.button.qr"); p.help.Text != label {
			p.help.SetText(label)
		}
		return
	}
	text := aboutState(p.ctx, state)
	if state == model.StateUnknown {
		text = aboutUnknown(p.ctx, p.session)
	}
	if said := gatewaySaid(p.ctx, p.session); said != "" {
		text += "\n" + said
	}
	setText(p.why, text)
	if label := buttonText(p.ctx, next(state), state); p.help.Text != label {
		p.help.SetText(label)
	}
}

// gatewaySaid quotes the gateway's own words about a state that is not good. Of
// a start it says words of its protocol only, such as "session_not_found".
func gatewaySaid(ctx *ui.Context, s model.Session) string {
	detail := model.CleanLine(s.StateDetail, model.PreviewRunes)
	if detail == "" || s.State != model.StateBroken {
		return ""
	}
	return ctx.T("session.detail", translations.Data{"Detail": detail})
}

// buttonText returns the name of an action; a broken session is restarted, not reconnected.
func buttonText(ctx *ui.Context, a action, state model.SessionState) string {
	if a == actionReconnect && state == model.StateBroken {
		return ctx.T("session.button.restart")
	}
	if a == actionNone {
		return ""
	}
	return ctx.T("session.button." + string(a)) //translations: session.button.*
}
