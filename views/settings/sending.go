package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
)

// sendingSection is about what goes out: how fast, after how long it asks, how
// large files may be, and what others see meanwhile.
func (f *form) sendingSection() fyne.CanvasObject {
	t := f.ctx.T
	minute := f.number("send_per_minute", t("settings.send.minute"), "", func(s *model.Settings) *int { return &s.SendPerMinute })
	hour := f.number("send_per_hour", t("settings.send.hour"), "", func(s *model.Settings) *int { return &s.SendPerHour })
	day := f.number("send_per_day", t("settings.send.day"), "", func(s *model.Settings) *int { return &s.SendPerDay })
	pace := container.New(lines{gap: 8}, beside(minute, hour, day), wrapped(t("settings.send.pace.hint"), widget.LowImportance))
	ask := f.number("outbox_ask_hours", t("settings.send.ask"), t("settings.send.ask.hint"), func(s *model.Settings) *int { return &s.OutboxAskHours })
	size := f.number("max_send_mb", t("settings.send.size"), t("settings.send.size.hint"), func(s *model.Settings) *int { return &s.MaxSendMB })
	typing := widget.NewCheck(t("settings.send.typing"), func(bool) { f.changed() })
	f.checks = append(f.checks, check{typing, func(s *model.Settings) *bool { return &s.SendTyping }})
	return section(t("settings.send"), pace, beside(ask, size), choice(typing, t("settings.send.typing.hint")).box)
}
