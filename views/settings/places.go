package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// newPlaces returns the section that says where things are on this computer.
func newPlaces(ctx *ui.Context, o Options) fyne.CanvasObject {
	rows := []fyne.CanvasObject{wrapped(ctx.T("settings.places.hint"), widget.LowImportance)}
	for _, p := range []struct{ caption, path, hint string }{
		{ctx.T("settings.places.data"), o.DataDir, ctx.T("settings.places.data.hint")},
		{ctx.T("settings.places.settings"), o.SettingsFile, ""},
		{ctx.T("settings.places.log"), o.LogFile, ctx.T("settings.places.log.hint")},
		{ctx.T("settings.places.key"), o.KeyFile, ctx.T("settings.places.key.hint")},
	} {
		if p.path == "" {
			continue
		}
		path := widget.NewLabel(p.path)
		path.Wrapping = fyne.TextWrapBreak
		path.Selectable = true
		path.Resize(fyne.NewSize(columnWidth-60, 0))
		button := widgets.NewIconButton(ctx, theme.Icon(theme.IconCopy), ctx.T("settings.places.copy"), func() {
			ctx.Copy(p.path)
			ctx.Toast(ctx.T("settings.places.copied"))
		})
		line := container.NewBorder(nil, nil, nil, container.NewCenter(button),
			container.NewVBox(layout.NewSpacer(), container.New(lines{}, path), layout.NewSpacer()))
		rows = append(rows, newField(p.caption, line, p.hint).box)
	}
	return section(ctx.T("settings.places"), rows...)
}
