package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// textField is a field for a short text.
type textField struct {
	entry *ui.Entry
	at    func(*model.Settings) *string
}

func (f *form) text(name, caption string, at func(*model.Settings) *string) *field {
	entry := ui.NewEntry()
	entry.OnChanged = func(string) { f.changed() }
	f.texts = append(f.texts, textField{entry, at})
	return f.add(name, newField(caption, entry, ""))
}

// check adds a check box for a setting.
func (f *form) check(caption, hint string, at func(*model.Settings) *bool) *field {
	box := widget.NewCheck(caption, func(bool) { f.changed() })
	f.checks = append(f.checks, check{box, at})
	return choice(box, hint)
}

// notifySection is about what the owner is told of on the desktop, and when.
func (f *form) notifySection() fyne.CanvasObject {
	t := f.ctx.T
	on := f.check(t("settings.notify.on"), t("settings.notify.on.hint"), func(s *model.Settings) *bool { return &s.Notify })
	f.content = newChoices([]string{model.NotifyNothing, model.NotifyName, model.NotifyText},
		[]string{t("settings.notify.content.none"), t("settings.notify.content.name"), t("settings.notify.content.text")}, f.changed)
	content := f.add("notify_content", newField(t("settings.notify.content"), f.content.Select, t("settings.notify.content.hint")))
	sound := f.check(t("settings.notify.sound"), "", func(s *model.Settings) *bool { return &s.NotifySound })
	quiet := f.check(t("settings.quiet"), t("settings.quiet.hint"), func(s *model.Settings) *bool { return &s.QuietHours })
	from := f.text("quiet_from", t("settings.quiet.from"), func(s *model.Settings) *string { return &s.QuietFrom })
	to := f.text("quiet_to", t("settings.quiet.to"), func(s *model.Settings) *string { return &s.QuietTo })
	f.days = newDays(f)
	edge := layout.NewCustomPaddedLayout(0, 0, -fynetheme.InnerPadding(), 0) // boxes keep room around themselves
	days := f.add("quiet_days", newField(t("settings.quiet.days"), container.New(edge, f.days.body), t("settings.quiet.days.hint")))
	return section(t("settings.notify"), on.box, beside(content, &field{box: container.NewStack()}), sound.box, quiet.box, beside(from, to), days.box)
}

// days are the weekdays on which quiet hours begin.
type days struct {
	boxes []*widget.Check
	body  *fyne.Container
}

func newDays(f *form) *days {
	d := &days{body: container.NewGridWithColumns(len(model.Weekdays()))}
	for _, day := range model.Weekdays() {
		//translations: settings.day.*
		box := widget.NewCheck(f.ctx.T("settings.day."+day), func(bool) { f.changed() })
		d.boxes = append(d.boxes, box)
		d.body.Add(box)
	}
	return d
}

// value returns the days as the setting has them; ok is false when there are none.
func (d *days) value() (text string, ok bool) {
	var chosen []string
	for i, day := range model.Weekdays() {
		if d.boxes[i].Checked {
			chosen = append(chosen, day)
		}
	}
	if len(chosen) == len(d.boxes) {
		return "", true
	}
	return strings.Join(chosen, " "), len(chosen) > 0
}

func (d *days) set(text string) {
	chosen := strings.Fields(text)
	for i, day := range model.Weekdays() {
		d.boxes[i].SetChecked(len(chosen) == 0 || slices.Contains(chosen, day))
	}
}

// readNotify takes in the fields of the section.
func (f *form) readNotify(s *model.Settings, base model.Settings) (problems []model.FieldError) {
	for _, x := range f.texts {
		*x.at(s) = strings.TrimSpace(x.entry.Text)
	}
	s.NotifyContent = f.content.value(base.NotifyContent)
	text, ok := f.days.value()
	switch {
	case ok && sameDays(text, base.QuietDays): // however it was written
	case ok:
		s.QuietDays = text
	case s.QuietHours:
		problems = append(problems, model.FieldError{Field: "quiet_days", Code: "days"})
	default:
		s.QuietDays = ""
	}
	return problems
}

func sameDays(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	if len(y) == len(model.Weekdays()) {
		y = nil
	}
	return slices.Equal(x, y)
}

func (f *form) writeNotify(s model.Settings) {
	for _, x := range f.texts {
		x.entry.SetText(*x.at(&s))
	}
	f.content.set(s.NotifyContent)
	f.days.set(s.QuietDays)
}
