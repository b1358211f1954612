package settings

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// form is every field of the screen.
type form struct {
	ctx     *ui.Context
	changed func()
	filling bool // the program writes into the fields, nobody types

	gateway    *gateway
	autoSync   *widget.Check
	enterSends *widget.Check
	language   *choices
	theme      *choices
	country    *countryField
	numbers    []number
	texts      []textField
	content    *choices
	days       *days
	starting   *starting
	checks     []check
	safety     *safety           // nil without a service
	fields     map[string]*field // by JSON name of the setting
	body       fyne.CanvasObject
}

// number is a field for a whole number.
type number struct {
	name  string
	entry *ui.Entry
	at    func(*model.Settings) *int
}

// check is a field for yes or no.
type check struct {
	box *widget.Check
	at  func(*model.Settings) *bool
}

// choices is a list to choose one value from.
type choices struct {
	*widget.Select
	values []string
}

func newChoices(values, texts []string, changed func()) *choices {
	return &choices{Select: widget.NewSelect(texts, func(string) { changed() }), values: values}
}

// value returns what is chosen; other while nothing is.
func (c *choices) value(other string) string {
	if i := c.SelectedIndex(); i >= 0 {
		return c.values[i]
	}
	return other
}

func (c *choices) set(value string) {
	for i, v := range c.values {
		if v == value {
			c.SetSelectedIndex(i)
			return
		}
	}
	c.ClearSelected()
}

func newForm(ctx *ui.Context, o Options, changed func()) *form {
	f := &form{ctx: ctx, fields: map[string]*field{}}
	f.changed = func() {
		if !f.filling {
			changed()
		}
	}
	f.gateway = newGateway(ctx, f.changed)
	f.fields["base_url"] = f.gateway.address
	f.country = newCountryField(ctx, f.changed)
	sections := []fyne.CanvasObject{
		f.gatewaySection(), f.syncSection(), f.mediaSection(o), f.appearanceSection(), f.writingSection(), f.sendingSection(), f.notifySection(), f.backgroundSection(o),
		f.safetySection(o), newPlaces(ctx, o),
	}
	f.body = container.New(layout.NewCustomPaddedLayout(20, 28, 0, 0), container.New(lines{gap: 34}, sections...))
	return f
}

func (f *form) gatewaySection() fyne.CanvasObject {
	timeout := f.number("timeout_seconds", f.ctx.T("settings.timeout"), f.ctx.T("settings.timeout.hint"),
		func(s *model.Settings) *int { return &s.TimeoutSeconds })
	retries := f.number("retry_attempts", f.ctx.T("settings.retries"), f.ctx.T("settings.retries.hint"),
		func(s *model.Settings) *int { return &s.RetryAttempts })
	return section(f.ctx.T("settings.gateway"), append(f.gateway.parts(), beside(timeout, retries))...)
}

func (f *form) syncSection() fyne.CanvasObject {
	f.autoSync = widget.NewCheck(f.ctx.T("settings.auto_sync"), func(bool) { f.changed() })
	interval := f.number("sync_interval_minutes", f.ctx.T("settings.interval"), f.ctx.T("settings.interval.hint"),
		func(s *model.Settings) *int { return &s.SyncIntervalMinutes })
	perRun := f.number("conversations_per_sync", f.ctx.T("settings.per_run"), f.ctx.T("settings.per_run.hint"),
		func(s *model.Settings) *int { return &s.ConversationsPerSync })
	contacts := f.number("limit_contacts", f.ctx.T("settings.limit_contacts"), "",
		func(s *model.Settings) *int { return &s.LimitContacts })
	conversations := f.number("limit_conversations", f.ctx.T("settings.limit_conversations"), "",
		func(s *model.Settings) *int { return &s.LimitConversations })
	messages := f.number("limit_messages", f.ctx.T("settings.limit_messages"), "",
		func(s *model.Settings) *int { return &s.LimitMessages })
	limits := container.New(lines{gap: 8},
		beside(contacts, conversations, messages),
		wrapped(f.ctx.T("settings.limits.hint"), widget.LowImportance))
	daily := widget.NewCheck(f.ctx.T("settings.reconcile_daily"), func(bool) { f.changed() })
	f.checks = append(f.checks, check{daily, func(s *model.Settings) *bool { return &s.ReconcileDaily }})
	return section(f.ctx.T("settings.sync"),
		choice(f.autoSync, f.ctx.T("settings.auto_sync.hint")).box, choice(daily, f.ctx.T("settings.reconcile_daily.hint")).box, beside(interval, perRun), limits)
}

func (f *form) appearanceSection() fyne.CanvasObject {
	f.language = newChoices([]string{"", "es", "en"},
		[]string{f.ctx.T("settings.language.system"), "Español", "English"}, f.changed)
	f.theme = newChoices([]string{"system", "light", "dark"},
		[]string{f.ctx.T("settings.theme.system"), f.ctx.T("settings.theme.light"), f.ctx.T("settings.theme.dark")}, f.changed)
	language := f.add("language", newField(f.ctx.T("settings.language"), f.language.Select, ""))
	look := f.add("theme", newField(f.ctx.T("settings.theme"), f.theme.Select, ""))
	return section(f.ctx.T("settings.appearance"), beside(language, look))
}

func (f *form) writingSection() fyne.CanvasObject {
	f.enterSends = widget.NewCheck(f.ctx.T("settings.enter"), func(bool) { f.changed() })
	country := f.add("country", newField(f.ctx.T("settings.country"), f.country.button, f.ctx.T("settings.country.hint")))
	return section(f.ctx.T("settings.writing"), choice(f.enterSends, f.ctx.T("settings.enter.hint")).box, beside(country, &field{box: container.NewStack()}))
}

func (f *form) add(name string, fd *field) *field {
	f.fields[name] = fd
	return fd
}

func (f *form) number(name, caption, hint string, at func(*model.Settings) *int) *field {
	entry := ui.NewEntry()
	entry.OnChanged = func(string) { f.changed() }
	f.numbers = append(f.numbers, number{name, entry, at})
	return f.add(name, newField(caption, entry, hint))
}

// liesIn says what scrolls the form, so that the wheel goes on over a field.
func (f *form) liesIn(page fyne.Scrollable) {
	f.gateway.url.Page, f.gateway.keyEntry.Page = page, page
	for _, n := range f.numbers {
		n.entry.Page = page
	}
	for _, t := range f.texts {
		t.entry.Page = page
	}
}

// read returns base with what the fields say, and the fields that say nothing usable.
func (f *form) read(base model.Settings) (model.Settings, []model.FieldError) {
	s := base
	var problems []model.FieldError
	s.Enabled = f.gateway.enabled.Checked
	s.BaseURL = strings.TrimSpace(f.gateway.url.Text)
	for _, n := range f.numbers {
		v, err := strconv.Atoi(strings.TrimSpace(n.entry.Text))
		if err != nil {
			problems = append(problems, model.FieldError{Field: n.name, Code: "number"})
			continue
		}
		*n.at(&s) = v
	}
	for _, c := range f.checks {
		*c.at(&s) = c.box.Checked
	}
	problems = append(problems, f.readNotify(&s, base)...)
	s.AutoSync = f.autoSync.Checked
	s.Language = f.language.value(base.Language)
	s.Theme = f.theme.value(base.Theme)
	s.EnterSends = f.enterSends.Checked
	s.Country = f.country.code
	return s, problems
}

// write fills the fields.
func (f *form) write(s model.Settings) {
	f.quietly(func() { f.writeAll(s) })
}

// quietly changes fields without taking it for a change by the owner.
func (f *form) quietly(change func()) {
	f.filling = true
	defer func() { f.filling = false }()
	change()
}

func (f *form) writeAll(s model.Settings) {
	f.writeNotify(s)
	f.gateway.enabled.SetChecked(s.Enabled)
	f.gateway.url.SetText(s.BaseURL)
	for _, n := range f.numbers {
		n.entry.SetText(strconv.Itoa(*n.at(&s)))
	}
	for _, c := range f.checks {
		c.box.SetChecked(*c.at(&s))
	}
	f.autoSync.SetChecked(s.AutoSync)
	f.language.set(s.Language)
	f.theme.set(s.Theme)
	f.enterSends.SetChecked(s.EnterSends)
	f.country.set(s.Country)
}

// showProblems shows each problem under its field and returns the first field
// that has one, nil when none has.
func (f *form) showProblems(problems []model.FieldError) (first *field) {
	for _, fd := range f.fields {
		fd.setProblem("")
	}
	top := float32(0)
	for _, p := range problems {
		fd, ok := f.fields[p.Field]
		if !ok {
			continue
		}
		fd.setProblem(f.problemText(p))
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(fd.box).Y
		if first == nil || y < top {
			first, top = fd, y
		}
	}
	return first
}

// problemText says what is wrong with a setting.
func (f *form) problemText(p model.FieldError) string {
	//translations: settings.problem.*
	key := "settings.problem." + p.Code
	if !f.ctx.Text.Has(key) {
		key = "settings.problem.choice"
	}
	return f.ctx.T(key, translations.Data{"Min": f.ctx.FormatNumber(p.Min), "Max": f.ctx.FormatNumber(p.Max), "Field": p.Field})
}
