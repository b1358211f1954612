package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// gateway is the part of the form about the gateway: address, key and test.
type gateway struct {
	ctx     *ui.Context
	changed func()
	onTest  func()

	enabled *widget.Check
	url     *ui.Entry
	address *field

	place    model.KeyPlace
	removing bool // the stored key goes at the next Save
	filling  bool
	keyState *widget.Label
	keyEntry *ui.Entry
	remove   *widget.Button

	gen     uint64 // of the test; answers of an older one are dropped
	testBtn *widget.Button
	outcome *widgets.StatusDot
	advice  *widget.Label
	result  *fyne.Container
}

func newGateway(ctx *ui.Context, changed func()) *gateway {
	g := &gateway{ctx: ctx, changed: changed}
	g.enabled = widget.NewCheck(ctx.T("settings.enabled"), func(bool) { changed() })
	g.url = ui.NewEntry()
	g.url.SetPlaceHolder("http://192.168.1.20:3000")
	g.url.OnChanged = func(string) { g.edited() }
	g.address = newField(ctx.T("settings.address"), g.url, ctx.T("settings.address.hint"))

	g.keyState = wrapped("", widget.LowImportance)
	g.keyEntry = ui.NewPasswordEntry()
	g.keyEntry.OnChanged = func(string) { g.edited() }
	g.remove = widget.NewButtonWithIcon("", theme.Icon(theme.IconClose), g.toggleRemove)
	g.testBtn = widget.NewButtonWithIcon(ctx.T("settings.test"), theme.Icon(theme.IconConnect), func() {
		if g.onTest != nil {
			g.onTest()
		}
	})
	g.outcome = widgets.NewStatusDot()
	g.advice = wrapped("", widget.MediumImportance)
	g.result = container.New(lines{gap: 6}, g.outcome, container.New(layout.NewCustomPaddedLayout(-14, -8, 16, 0), g.advice))
	g.result.Hide()
	g.showKeyState()
	return g
}

// parts returns what the section shows before its numbers.
func (g *gateway) parts() []fyne.CanvasObject {
	caption := widget.NewLabel(g.ctx.T("settings.key"))
	caption.TextStyle.Bold = true
	key := container.New(lines{gap: 6}, caption,
		container.NewBorder(nil, nil, nil, g.remove, g.keyEntry), g.keyState)
	return []fyne.CanvasObject{
		choice(g.enabled, g.ctx.T("settings.enabled.hint")).box, g.address.box, key,
		container.New(lines{gap: 10}, container.NewHBox(g.testBtn), g.result),
	}
}

// key returns what Save does with the key: nil leaves it, "" removes it.
func (g *gateway) key() *string {
	key := g.keyEntry.Text
	if key != "" || g.removing {
		return &key
	}
	return nil
}

// clearKey forgets what was typed and asked for.
func (g *gateway) clearKey() {
	g.filling = true
	g.keyEntry.SetText("")
	g.removing, g.filling = false, false
	g.showKeyState()
}

// setPlace shows where the key is kept.
func (g *gateway) setPlace(p model.KeyPlace) {
	g.place = p
	g.showKeyState()
}

func (g *gateway) toggleRemove() {
	g.removing = !g.removing
	if g.removing {
		g.filling = true
		g.keyEntry.SetText("")
		g.filling = false
	}
	g.showKeyState()
	g.edited()
}

func (g *gateway) showKeyState() {
	stored := g.place.Kind == model.KeyKeyring || g.place.Kind == model.KeyFile
	text := ""
	switch {
	case g.removing:
		text = g.ctx.T("settings.key.removing")
	case g.place.Kind == model.KeyKeyring:
		text = g.ctx.T("settings.key.keyring")
	case g.place.Kind == model.KeyFile:
		text = g.ctx.T("settings.key.file", translations.Data{"Path": g.place.Path})
	case g.place.Kind == model.KeyEnvironment:
		text = g.ctx.T("settings.key.environment", translations.Data{"Name": "BUZON_API_KEY"})
	case g.place.Kind == model.KeyNone:
		text = g.ctx.T("settings.key.none")
	}
	g.keyState.SetText(text)
	placeholder := g.ctx.T("settings.key.type")
	if stored {
		placeholder = g.ctx.T("settings.key.replace")
	}
	g.keyEntry.SetPlaceHolder(placeholder)
	g.remove.SetText(g.ctx.T("settings.key.remove"))
	if g.removing {
		g.remove.SetText(g.ctx.T("settings.key.keep"))
	}
	if g.place.Kind == model.KeyEnvironment { // what is stored would not be used
		g.keyEntry.Disable()
	} else {
		g.keyEntry.Enable()
	}
	if stored {
		g.remove.Show()
	} else {
		g.remove.Hide()
	}
}

// edited follows the address and the key: an earlier test says nothing of them.
func (g *gateway) edited() {
	if g.filling {
		return
	}
	if g.keyEntry.Text != "" && g.removing {
		g.removing = false
		g.showKeyState()
	}
	g.testDone(nil)
	g.changed()
}

// testStarts shows that a test is running and returns its number.
func (g *gateway) testStarts() uint64 {
	g.gen++
	g.testBtn.Disable()
	g.outcome.Set(widgets.StatusBusy, g.ctx.T("settings.test.running"))
	g.advice.Hide()
	g.result.Show()
	g.result.Refresh()
	return g.gen
}

// isTest tells whether the answer of a test is still wanted.
func (g *gateway) isTest(gen uint64) bool { return gen == g.gen }

// testDone shows what a test found; nil takes it away.
func (g *gateway) testDone(report *model.ConnectionReport) {
	g.gen++
	g.testBtn.Enable()
	if report == nil {
		g.result.Hide()
		return
	}
	status := widgets.StatusBad
	if report.Status == model.ConnectionGood {
		status = widgets.StatusGood
	}
	//translations: settings.outcome.*
	title, advice := "settings.outcome."+string(report.Status), "settings.outcome."+string(report.Status)+".do"
	if !g.ctx.Text.Has(title) {
		title, advice = "settings.outcome.unreachable", "settings.outcome.unreachable.do"
	}
	g.outcome.Set(status, g.ctx.T(title, translations.Data{
		"Generation": model.CleanLine(report.Generation, 60), "Time": g.ctx.FormatMillis(report.DurationMS),
	}))
	text := ""
	if report.Status == model.ConnectionGood {
		text = g.ctx.N("settings.outcome.sessions", len(report.Sessions))
	} else {
		text = g.ctx.T(advice)
	}
	if report.Status != model.ConnectionGood && report.Detail != "" {
		text += "\n" + g.ctx.T("settings.outcome.detail", translations.Data{"Detail": model.CleanLine(report.Detail, 300)})
	}
	g.advice.SetText(text)
	g.advice.Show()
	g.result.Show()
	g.result.Refresh()
}
