package start

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// gatewayStep asks for the address and the key, tries them and keeps them.
type gatewayStep struct {
	ctx  *ui.Context
	svc  Settings
	done func(sessions []model.SessionName)

	root    fyne.CanvasObject
	address *ui.Entry
	key     *ui.Entry
	wrong   *widget.Label // under the address
	outcome *widget.Label // of the test
	test    *widget.Button
	next    *widget.Button

	busy   bool
	tested tried // what the last test was about
	report model.ConnectionReport
}

// tried is an address with a key.
type tried struct{ address, key string }

func newGatewayStep(ctx *ui.Context, svc Settings, done func([]model.SessionName)) *gatewayStep {
	g := &gatewayStep{ctx: ctx, svc: svc, done: done, address: ui.NewEntry(), key: ui.NewPasswordEntry(), wrong: wrapped(""), outcome: wrapped("")}
	g.address.SetPlaceHolder(ctx.T("start.address.placeholder"))
	g.address.SetText(svc.Get().BaseURL)
	g.key.SetPlaceHolder(ctx.T("start.key.placeholder"))
	g.wrong.Importance = widget.DangerImportance
	g.wrong.Hide()
	g.outcome.Hide()
	g.test = widget.NewButton(ctx.T("start.test"), func() { g.try(func() {}) })
	g.next = widget.NewButton(ctx.T("start.next"), g.goOn)
	g.next.Importance = widget.HighImportance
	changed := func(string) {
		if g.typed() == g.tested {
			g.outcome.Show()
		} else {
			g.outcome.Hide() // it speaks of what was typed before
		}
		g.apply()
	}
	g.address.OnChanged, g.key.OnChanged = changed, changed
	g.address.OnSubmitted = func(string) { g.goOn() }
	g.key.OnSubmitted = func(string) { g.goOn() }
	g.root = container.NewVBox(
		label(ctx.T("start.address.label")), g.address, g.wrong, hint(ctx.T("start.address.hint")),
		label(ctx.T("start.key.label")), g.key, hint(ctx.T("start.key.hint")),
		g.outcome,
		container.NewBorder(nil, nil, g.test, g.next),
	)
	g.apply()
	return g
}

// typed returns what is in the fields.
func (g *gatewayStep) typed() tried {
	return tried{address: strings.TrimSpace(g.address.Text), key: strings.TrimSpace(g.key.Text)}
}

// keyToSave returns the key of the field; an empty field leaves the kept one alone.
func (t tried) keyToSave() *string {
	if t.key == "" {
		return nil
	}
	return &t.key
}

// apply is the only place that changes what is seen, except the texts of the two labels.
func (g *gatewayStep) apply() {
	enable(g.test, !g.busy)
	enable(g.next, !g.busy)
	text := g.ctx.T("start.next")
	if g.failedAsTyped() {
		text = g.ctx.T("start.next_anyway")
	}
	if g.next.Text != text {
		g.next.SetText(text)
	}
}

// failedAsTyped tells whether what is in the fields was tested and did not work.
func (g *gatewayStep) failedAsTyped() bool {
	return g.tested.address != "" && g.tested == g.typed() && g.report.Status != model.ConnectionGood
}

// valid checks the address and says what is wrong with it.
func (g *gatewayStep) valid() bool {
	t := g.typed()
	if t.address == "" {
		g.sayWrong(g.ctx.T("start.address.missing"))
		return false
	}
	s := g.svc.Get()
	s.BaseURL = t.address
	for _, f := range s.Validate() {
		if f.Field == "base_url" {
			g.sayWrong(g.ctx.T("start.address.invalid"))
			return false
		}
	}
	g.sayWrong("")
	return true
}

func (g *gatewayStep) sayWrong(text string) {
	g.wrong.SetText(text)
	show(g.wrong, text != "")
}

func (g *gatewayStep) sayOutcome(text string, importance widget.Importance) {
	g.outcome.Importance = importance
	g.outcome.SetText(text)
	show(g.outcome, text != "")
}

// try tests the connection and says in words what came of it; good is called when it works.
func (g *gatewayStep) try(good func()) {
	if g.busy || !g.valid() {
		return
	}
	t := g.typed()
	g.consent(t, func() {
		g.busy = true
		g.sayOutcome(g.ctx.T("start.testing"), widget.LowImportance)
		g.apply()
		g.ctx.Load(context.Background(), func(ctx context.Context) func() {
			report := g.svc.TestConnection(ctx, t.address, t.keyToSave())
			return func() {
				g.busy, g.tested, g.report = false, t, report
				g.sayOutcome(outcomeText(g.ctx, report), outcomeImportance(report.Status))
				g.apply()
				if report.Status == model.ConnectionGood && t == g.typed() {
					good()
				}
			}
		})
	})
}

// consent asks before the key goes to another machine unencrypted, once for each host.
func (g *gatewayStep) consent(t tried, yes func()) {
	s := g.svc.Get()
	s.BaseURL = t.address
	if !s.NeedsPlainHTTPConsent() || g.tested.address == t.address {
		yes()
		return
	}
	g.ctx.Confirm(ui.ConfirmOptions{
		Title: g.ctx.T("start.plain.title"), Body: g.ctx.T("start.plain.body", translations.Data{"Host": hostOf(t.address)}),
		Button: g.ctx.T("start.plain.button"),
	}, yes)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// goOn tests what was not tested yet, keeps it and leads to the next step.
func (g *gatewayStep) goOn() {
	switch {
	case g.busy || !g.valid():
	case g.tested == g.typed():
		g.save() // it works, or the owner goes on although it does not
	default:
		g.try(g.save)
	}
}

func (g *gatewayStep) save() {
	t := g.typed()
	s := g.svc.Get()
	s.BaseURL = t.address
	if s.NeedsPlainHTTPConsent() {
		s.PlainHTTPAccepted = hostOf(t.address) // it was asked before the test
	}
	g.busy = true
	g.apply()
	g.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := g.svc.Save(ctx, s, t.keyToSave())
		return func() {
			g.busy = false
			g.apply()
			var refused *model.SettingsError
			switch {
			case errors.As(err, &refused):
				g.sayWrong(g.ctx.T("start.address.invalid"))
			case err != nil:
				g.ctx.ShowError("action.save_settings", err)
			default:
				g.key.SetText("") // it is kept now; nothing is left to be read over a shoulder
				g.tested = tried{address: t.address}
				g.done(g.report.Sessions)
			}
		}
	})
}

// outcomeText says in words what a test found.
func outcomeText(ctx *ui.Context, r model.ConnectionReport) string {
	text := ""
	switch r.Status {
	case model.ConnectionGood, model.ConnectionUnreachable, model.ConnectionTLS, model.ConnectionNotGateway,
		model.ConnectionWrongKey, model.ConnectionNotConfigured:
		text = ctx.T("start.outcome." + string(r.Status)) //translations: start.outcome.*
	default:
		text = ctx.T("start.outcome.unreachable")
	}
	if r.Status == model.ConnectionGood && r.Generation != "" {
		took := time.Duration(r.DurationMS) * time.Millisecond
		text += " " + ctx.T("start.outcome.detail", translations.Data{
			"Generation": model.CleanLine(r.Generation, 40), "Millis": took.Milliseconds(),
		})
	}
	return text
}

func outcomeImportance(s model.ConnectionStatus) widget.Importance {
	if s == model.ConnectionGood {
		return widget.SuccessImportance
	}
	return widget.DangerImportance
}
