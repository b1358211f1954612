package conversations

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// ledgerRanges are what can be fetched, in the order in which they are offered.
func ledgerRanges() []string { return []string{"gaps", "week", "month", "year", "since", "all"} }

// ledgerDialog shows what is held of a conversation, and fetches what is chosen.
type ledgerDialog struct {
	v     *ledgerView
	lines *widget.Label
	gaps  *widget.Label
	rng   *closingSelect
	since *ui.Entry     // the day of the range "since"
	read  *widget.Label // how it was understood, or why not
	day   *fyne.Container
	fill  *closingButton
	ask   *closingButton
	words *widget.Label
	body  *fyne.Container
	shown bool // the dialog has been built
}

func newLedgerDialog(v *ledgerView) *ledgerDialog {
	d := &ledgerDialog{v: v, lines: wrappedLabel(""), gaps: wrappedLabel(""), words: wrappedLabel(""), since: ui.NewEntry(), read: hint()}
	d.gaps.Importance = widget.LowImportance
	var names []string
	for _, r := range ledgerRanges() {
		names = append(names, v.ctx.T("ledger.range."+r)) //translations: ledger.range.*
	}
	d.rng = newClosingSelect(names, d.choose)
	d.since.SetPlaceHolder(v.ctx.T("ledger.since.like"))
	d.since.OnChanged = func(string) { d.understood() }
	d.since.OnSubmitted = func(string) { d.start(false) }
	d.day = container.NewVBox(d.since, d.read)
	d.day.Hide()
	d.fill = newClosingButton(v.ctx.T("ledger.fill"), apptheme.Icon(apptheme.IconSync), func() { d.start(false) })
	d.fill.Importance = widget.HighImportance
	d.ask = newClosingButton(v.ctx.T("ledger.ask"), apptheme.Icon(apptheme.IconPhone), func() { d.start(true) })
	name := container.NewVBox(widget.NewLabel(v.ctx.T("ledger.range")))
	d.body = container.NewVBox(d.lines, d.gaps,
		container.NewBorder(nil, nil, name, nil, container.NewVBox(d.rng, d.day)),
		container.NewHBox(d.fill, d.ask), d.words)
	d.rng.SetSelectedIndex(0)
	d.apply()
	d.shown = true
	return d
}

// choose shows the field for a day where one is wanted.
func (d *ledgerDialog) choose(string) {
	wanted := d.wantsDay()
	setVisible(d.day, wanted)
	if !d.shown {
		return
	}
	if wanted {
		d.understood()
		if !d.rng.typing { // the arrows go on to the next choice
			d.v.ctx.Window.Canvas().Focus(d.since)
		}
	}
	d.v.ctx.FitModal()
}

func (d *ledgerDialog) wantsDay() bool { return d.chosen() == "since" }

func (d *ledgerDialog) chosen() string {
	return ledgerRanges()[max(d.rng.SelectedIndex(), 0)]
}

// understood reads the day that was written, and says how it was understood.
func (d *ledgerDialog) understood() (day time.Time, ok bool) {
	ctx := d.v.ctx
	text := strings.TrimSpace(d.since.Text)
	now := ctx.Now().In(ctx.Location)
	r, ok := query.ReadDate(text, now)
	switch {
	case text == "":
		sayHint(d.read, ctx.T("ledger.since.how"), false)
		return day, false
	case !ok:
		sayHint(d.read, ctx.T("ledger.since.not"), true)
		return day, false
	case r.Since.After(now):
		sayHint(d.read, ctx.T("ledger.since.future", translations.Data{"Day": ctx.FormatDay(model.StampOf(r.Since))}), true)
		return day, false
	}
	sayHint(d.read, ctx.T("ledger.since.read", translations.Data{"Day": ctx.FormatDay(model.StampOf(r.Since))}), false)
	return r.Since, true
}

// start begins to fetch what is chosen; a day that is not one is asked for again.
func (d *ledgerDialog) start(phone bool) {
	if d.v.busy() || !d.v.d.online() {
		return
	}
	wish, ok := d.wish(phone)
	if !ok {
		d.v.ctx.Window.Canvas().Focus(d.since)
		return
	}
	d.v.repair(wish)
}

// wish is what the owner chose; false when the day is missing or wrong.
func (d *ledgerDialog) wish(phone bool) (model.RepairWish, bool) {
	wish := model.RepairWish{AskPhone: phone}
	now := d.v.ctx.Now().In(d.v.ctx.Location)
	switch d.chosen() {
	case "week":
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		wish.Since = model.StampOf(day.AddDate(0, 0, -(int(day.Weekday())+6)%7))
	case "month":
		wish.Since = model.StampOf(now.AddDate(0, 0, -30))
	case "year":
		wish.Since = model.StampOf(now.AddDate(-1, 0, 0))
	case "since":
		day, ok := d.understood()
		if !ok {
			if strings.TrimSpace(d.since.Text) == "" {
				sayHint(d.read, d.v.ctx.T("ledger.since.how"), true)
			}
			return wish, false
		}
		wish.Since = max(model.StampOf(day), 1)
	case "all":
		wish.Whole = true
	default:
		if phone && len(d.v.summary.Gaps) == 0 { // there is nothing to fill but what is older
			wish.Whole = true
		}
	}
	return wish, true
}

// apply shows what is known, and whether it is being filled.
func (d *ledgerDialog) apply() {
	v := d.v
	d.lines.SetText(strings.Join(v.held(), "\n"))
	gaps := v.gapLines()
	d.gaps.SetText(strings.Join(gaps, "\n"))
	setVisible(d.gaps, len(gaps) > 0)
	for _, b := range []*closingButton{d.fill, d.ask} {
		if v.busy() || !v.d.online() {
			b.Disable()
		} else {
			b.Enable()
		}
	}
	said := ""
	switch run := v.runs[v.d.id]; {
	case run != nil && (run.on || v.d.online()):
		said = run.said
	case !v.d.online():
		said = v.ctx.T("ledger.offline")
	}
	d.words.SetText(said)
	setVisible(d.words, said != "")
	if d.shown {
		v.ctx.FitModal()
	}
}

// closingButton is a button in a dialog that hears Enter, and where Escape closes the dialog.
type closingButton struct {
	widget.Button
	escape func()
}

func newClosingButton(text string, icon fyne.Resource, tapped func()) *closingButton {
	b := &closingButton{escape: func() {}}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// AdoptEscape takes what Escape does; a dialog calls it.
func (b *closingButton) AdoptEscape(do func()) { b.escape = do }

// TypedKey implements fyne.Focusable.
func (b *closingButton) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		b.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(&fyne.PointEvent{})
	default:
		b.Button.TypedKey(e)
	}
}

// closingSelect is a choice in a dialog where Escape closes the dialog.
type closingSelect struct {
	widget.Select
	escape func()
	typing bool // a key is being heard, which may choose something
}

func newClosingSelect(options []string, changed func(string)) *closingSelect {
	s := &closingSelect{escape: func() {}}
	s.Options, s.OnChanged = options, changed
	s.ExtendBaseWidget(s)
	return s
}

// AdoptEscape takes what Escape does; a dialog calls it.
func (s *closingSelect) AdoptEscape(do func()) { s.escape = do }

// TypedKey implements fyne.Focusable.
func (s *closingSelect) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		s.escape()
		return
	}
	s.typing = true
	defer func() { s.typing = false }()
	s.Select.TypedKey(e)
}
