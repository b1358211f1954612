package session

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// card shows one session: who it is, its state, its figures and its buttons.
type card struct {
	ctx  *ui.Context
	svc  Service
	run  *runner
	root fyne.CanvasObject

	title   *widget.Label
	name    *widget.Label
	dot     *widgets.StatusDot
	account *widget.Label
	about   *widget.Label
	times   *widget.Label
	figures *figures
	buttons map[action]*widget.Button
	rows    *fyne.Container // of the buttons
	doing   *widget.Label
	panel   *panel
	wrong   *conditions
	frame   *fyne.Container // the panel with its separator
	box     *fyne.Container // all of it
	work    *progressView
	history *historyView
	opts    Options

	session model.Session // as it was written down
	shown   model.Session // as it can be shown: nobody knows its state while the gateway is away
	stats   model.Statistics
	statGen int
	opened  bool // the owner asked for the panel
	hidden  bool // the owner put the panel away
	paired  bool // the panel showed a QR, so that success is worth showing
	active  bool
}

func newCard(ctx *ui.Context, svc Service, sync Sync, s model.Session, opts Options) *card {
	c := &card{ctx: ctx, svc: svc, session: s, buttons: map[action]*widget.Button{}, figures: newFigures(ctx), opts: opts}
	c.run = &runner{ctx: ctx, svc: svc, sync: sync, changed: c.apply, heard: c.set, accepted: c.accepted}
	c.title = widget.NewLabel("")
	c.title.TextStyle.Bold = true
	c.title.SizeName = theme.SizeNameSubHeadingText
	c.title.Truncation = fyne.TextTruncateEllipsis
	c.name, c.account, c.times = quiet(""), widget.NewLabel(""), quiet("")
	c.account.Truncation = fyne.TextTruncateEllipsis
	c.about, c.doing = wrapped(""), widget.NewLabel("")
	c.doing.Importance = widget.LowImportance
	c.dot = widgets.NewStatusDot()
	c.work = newProgressView(ctx, func() { sync.Cancel(s.ID) })
	c.history = newHistoryView(ctx, opts.Ledger, s.ID)
	c.panel = newPanel(ctx, svc, sync, s.ID, opts, c.do)
	c.wrong = newConditions(ctx, c.help)
	c.frame = container.NewVBox(widget.NewSeparator(), container.NewPadded(c.panel.root), widget.NewSeparator())

	head := container.NewBorder(nil, nil, nil, container.NewCenter(c.dot), container.New(&titled{}, c.title, c.name))
	words := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()-theme.Padding()), c.account, c.about, c.times)
	c.box = container.New(newColumn(c.fit), head, words, c.wrong.root, c.frame, c.work.root, c.figures.root, c.history.root, c.newButtons())
	c.root = newSurface(c.box)
	c.apply()
	return c
}

func buttonIcon(a action) apptheme.IconName {
	switch a {
	case actionConnect:
		return apptheme.IconConnect
	case actionQR:
		return apptheme.IconQR
	case actionDisconnect:
		return apptheme.IconDisconnect
	case actionLogout:
		return apptheme.IconLogout
	case actionSyncAll:
		return apptheme.IconSync
	case actionSyncContacts:
		return apptheme.IconContacts
	case actionSyncConversations:
		return apptheme.IconChat
	case actionSettings:
		return apptheme.IconSettings
	}
	return apptheme.IconRefresh
}

func (c *card) newButtons() fyne.CanvasObject {
	row := func(actions ...action) []fyne.CanvasObject {
		var objects []fyne.CanvasObject
		for _, a := range actions {
			b := widget.NewButtonWithIcon(buttonText(c.ctx, a, model.StateUnknown), apptheme.Icon(buttonIcon(a)), func() { c.do(a) })
			c.buttons[a] = b
			objects = append(objects, b)
		}
		return objects
	}
	session := row(actionSettings, actionConnect, actionQR, actionCheck, actionDisconnect, actionReconnect, actionLogout)
	data := row(actionSyncAll, actionSyncContacts, actionSyncConversations)
	c.rows = container.NewVBox(
		container.New(&flow{}, session...),
		container.New(&flow{}, append(data, c.doing)...),
	)
	return c.rows
}

// do is what the buttons call.
func (c *card) do(a action) {
	if a == actionSettings {
		c.opts.OnOpenSettings()
		return
	}
	if a != actionQR {
		if a == actionConnect {
			c.opened, c.hidden = true, false
		}
		c.run.run(a, c.session)
		return
	}
	visible := c.frame.Visible()
	c.opened, c.hidden = !visible, visible
	c.apply()
}

// help does what a condition offers.
func (c *card) help(a action) {
	if a == actionCheck || a == actionConnect {
		c.opened, c.hidden = true, false
	}
	c.run.run(a, c.session)
}

// accepted says what a quick action found; what takes longer comes by events.
func (c *card) accepted(a action) {
	switch a {
	case actionCheck:
		word := c.dot.Text()
		c.ctx.Toast(c.ctx.T("session.checked", translations.Data{"Name": DisplayName(c.session), "State": word}))
	case actionLogout:
		c.opened, c.paired = false, false
		c.ctx.Toast(c.ctx.T("session.logged_out", translations.Data{"Name": DisplayName(c.session)}))
	}
}

// set shows a newer state of the session.
func (c *card) set(s model.Session) {
	if s.State == model.StateWaitingQR {
		c.paired = true
	}
	if s.State != model.StateConnected && s.State != model.StateWaitingQR && s.State != model.StateConnecting {
		c.paired, c.hidden = false, false
	}
	c.session = s
	c.apply()
}

// setActive says whether the card is on the screen.
func (c *card) setActive(active bool) {
	c.active = active
	c.apply()
}

// loadStatistics counts again; counting reads the store and runs off the UI goroutine.
func (c *card) loadStatistics(life context.Context) {
	c.history.load(life)
	c.statGen++
	gen, id := c.statGen, c.session.ID
	c.ctx.Load(life, func(ctx context.Context) func() {
		stats, err := c.svc.Statistics(ctx, id)
		return func() {
			if gen != c.statGen {
				return
			}
			if err != nil {
				c.figures.fail(c.ctx.Describe(err))
				return
			}
			c.stats = stats
			c.figures.set(stats)
			c.apply()
		}
	})
}

// panelVisible tells whether the pairing is worth showing.
func (c *card) panelVisible() bool {
	if c.hidden {
		return false
	}
	switch known(c.shown.State) {
	case model.StateWaitingQR:
		return true
	case model.StateConnecting:
		return c.opened || c.paired
	case model.StateConnected:
		return c.paired
	}
	return c.opened && c.run.running == actionConnect
}

// apply is the only place that changes what is seen.
func (c *card) apply() {
	if c.frame == nil {
		return // still being built
	}
	why := GatewayAway(c.session, c.opts.gateway())
	c.shown = behind(c.session, why)
	state := known(c.shown.State)
	progress := c.run.sync.Progress(c.session.ID)
	setText(c.title, DisplayName(c.session))
	setText(c.name, string(c.session.Name))
	show(c.name, DisplayName(c.session) != string(c.session.Name))
	wrong := Wrong(c.shown, c.svc.Conditions(c.session.ID))
	if why != "" {
		c.dot.Set(GatewayStanding(c.ctx, why))
	} else {
		c.dot.Set(Standing(c.ctx, state, wrong))
	}
	who := account(c.ctx, c.session)
	setText(c.account, who)
	show(c.account, who != "")
	about := aboutState(c.ctx, state)
	if state == model.StateUnknown {
		about = aboutUnknown(c.ctx, c.shown)
	}
	if said := gatewaySaid(c.ctx, c.shown); said != "" && len(wrong) == 0 {
		about += "\n" + said
	}
	if state == model.StateConnected {
		about += liveText(c.ctx, c.run.sync.Live(c.session.ID))
	}
	setText(c.about, about)
	show(c.about, len(wrong) == 0 || wrong[0].Kind.Minor()) // else the condition says it
	c.applyTimes()

	phoneAway := away(state, wrong)
	visible := c.panelVisible() && !phoneAway
	busy := c.run.running != actionNone
	c.wrong.set(wrong, state, visible, busy)
	c.panel.set(c.shown, progress, busy, c.paired)
	c.panel.setActive(c.active && visible)
	show(c.frame, visible)
	if visible && state == model.StateConnected {
		progress.Running = false // the panel says it
	}
	c.work.set(progress)
	show(c.figures.root, state != model.StateWaitingQR || !c.session.LastSyncAt.IsZero())
	c.history.setOnline(state == model.StateConnected)
	c.applyButtons(state, visible, phoneAway)
}

func (c *card) applyTimes() {
	text := c.ctx.T("session.never_synced")
	if at := c.session.LastSyncAt; !at.IsZero() {
		text = c.ctx.T("session.synced", translations.Data{"Ago": c.ctx.FormatAgo(at)})
	}
	switch {
	case c.shown.State == model.StateConnected && !c.session.ConnectedSince.IsZero():
		text = c.ctx.T("session.connected_since", translations.Data{"When": c.ctx.FormatDateTime(c.session.ConnectedSince)}) + " · " + text
	case c.shown.State != model.StateConnected && !c.session.LastSeenAt.IsZero():
		text = c.ctx.T("session.last_seen", translations.Data{"When": c.ctx.FormatDateTime(c.session.LastSeenAt)}) + " · " + text
	}
	setText(c.times, text)
}

func (c *card) applyButtons(state model.SessionState, panelShown, phoneAway bool) {
	busy := c.run.running != actionNone
	syncing := c.run.sync.Progress(c.session.ID).Running
	best := c.bestAction(state)
	for a, b := range c.buttons {
		importance := widget.MediumImportance
		switch {
		case a == best && !busy && !c.helped(a, panelShown):
			importance = widget.HighImportance
		case a == actionLogout:
			importance = widget.LowImportance
		}
		enabled := a == actionSettings || offered(a, state, busy, syncing) && (a != actionQR || !phoneAway)
		if a == actionQR && panelShown {
			c.offerHiding(b, state, importance)
			continue
		}
		setButton(b, buttonIcon(a), buttonText(c.ctx, a, state), importance, enabled)
	}
	doing := ""
	if busy {
		doing = c.ctx.T("session.doing." + string(c.run.running)) //translations: session.doing.*
	}
	setText(c.doing, doing)
}

// bestAction returns what helps most now, and shows the way to the settings where
// they may be it.
func (c *card) bestAction(state model.SessionState) action {
	offer, only := curedInSettings(c.shown)
	leads := c.opts.OnOpenSettings != nil
	if b := c.buttons[actionSettings]; b.Visible() != (offer && leads) {
		show(b, offer && leads)
		c.rows.Refresh() // the others move
	}
	if only && leads {
		return actionSettings
	}
	return next(state)
}

// offerHiding makes the button of the QR one that puts the panel away.
func (c *card) offerHiding(b *widget.Button, state model.SessionState, importance widget.Importance) {
	icon, label := buttonIcon(actionQR), c.ctx.T("session.button.hide_qr")
	if state == model.StateConnected { // the code is gone
		icon, label = apptheme.IconCheck, c.ctx.T("session.button.done")
	}
	setButton(b, icon, label, importance, true)
}

// helped tells whether the best action of a state has been taken already, so
// that it is not shouted any more.
func (c *card) helped(a action, panelShown bool) bool {
	return a == actionQR && panelShown || a == actionSyncAll && !c.session.LastSyncAt.IsZero()
}

// setButton changes a button only when something differs.
func setButton(b *widget.Button, icon apptheme.IconName, label string, importance widget.Importance, enabled bool) {
	if b.Text != label || b.Importance != importance {
		b.Icon, b.Text, b.Importance = apptheme.Icon(icon), label, importance
		b.Refresh()
	}
	setEnabled(b, enabled)
}

// setEnabled lets a button be pressed or not; it is drawn again only when that changes.
func setEnabled(b *widget.Button, enabled bool) {
	if enabled != b.Disabled() {
		return
	}
	if enabled {
		b.Enable()
	} else {
		b.Disable()
	}
}
