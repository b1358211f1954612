package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
)

// mediaSection is about the files of messages: which come by themselves, and
// how long they stay.
func (f *form) mediaSection(o Options) fyne.CanvasObject {
	size := f.number("media_auto_download_mb", f.ctx.T("settings.media.size"), f.ctx.T("settings.media.size.hint"),
		func(s *model.Settings) *int { return &s.MediaAutoDownloadMB })
	days := f.number("auto_delete_media_days", f.ctx.T("settings.media.days"), f.ctx.T("settings.media.days.hint"),
		func(s *model.Settings) *int { return &s.AutoDeleteMediaDays })
	kinds := container.NewGridWithColumns(4)
	for _, k := range []struct {
		text string
		at   func(*model.Settings) *bool
	}{
		{f.ctx.T("settings.media.images"), func(s *model.Settings) *bool { return &s.MediaAutoImages }},
		{f.ctx.T("settings.media.videos"), func(s *model.Settings) *bool { return &s.MediaAutoVideos }},
		{f.ctx.T("settings.media.audio"), func(s *model.Settings) *bool { return &s.MediaAutoAudio }},
		{f.ctx.T("settings.media.documents"), func(s *model.Settings) *bool { return &s.MediaAutoDocuments }},
	} {
		box := widget.NewCheck(k.text, func(bool) { f.changed() })
		f.checks = append(f.checks, check{box, k.at})
		kinds.Add(box)
	}
	parts := []fyne.CanvasObject{newField(f.ctx.T("settings.media.kinds"), kinds, "").box, beside(size, days)}
	if o.OnStorage != nil {
		button := widget.NewButton(f.ctx.T("settings.media.storage"), o.OnStorage)
		parts = append(parts, newField("", container.NewHBox(button), f.ctx.T("settings.media.storage.hint")).box)
	}
	return section(f.ctx.T("settings.media"), parts...)
}
