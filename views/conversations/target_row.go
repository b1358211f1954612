package conversations

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const targetAvatar = 32 // device-independent pixels

// targetRow is a conversation or person that can be chosen in a dialog.
type targetRow struct {
	widget.BaseWidget
	avatar *widgets.Avatar
	name   *widgets.Line
	sign   *widget.Icon
	body   fyne.CanvasObject
}

func newTargetRow(ctx *ui.Context) *targetRow {
	r := &targetRow{avatar: widgets.NewAvatar(ctx, targetAvatar), sign: widget.NewIcon(nil)}
	r.name = widgets.NewLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{})
	sign := container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(theme.IconInlineSize()), r.sign))
	r.body = container.New(layout.NewCustomPaddedLayout(2, 2, 6, 6), container.NewBorder(nil, nil, container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(targetAvatar), r.avatar)), sign, r.name))
	r.ExtendBaseWidget(r)
	return r
}

func (r *targetRow) set(id, name, picture string, chosen bool) {
	r.avatar.Set(id, name, picture)
	r.name.SetText(name)
	if chosen {
		r.sign.SetResource(apptheme.ColoredIcon(apptheme.IconCheck, theme.ColorNamePrimary))
	} else {
		r.sign.SetResource(nil)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *targetRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.body) }
