package widgets

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// PlayerBar shows what is being played and lets it be paused, moved in and
// played faster. It is hidden until Show.
type PlayerBar struct {
	widget.BaseWidget
	ctx      *ui.Context
	OnToggle func()              // play or pause
	OnSeek   func(share float64) // of the length, 0 to 1
	OnSpeed  func()              // the next speed
	OnClose  func()

	toggle *IconButton
	name   *widget.Label
	time   *widget.Label
	slider *widget.Slider
	speed  *widget.Button
	ground *canvas.Rectangle
	body   fyne.CanvasObject
	moving bool // the program moves the slider, nobody drags it
}

// NewPlayerBar returns a hidden bar.
func NewPlayerBar(ctx *ui.Context) *PlayerBar {
	b := &PlayerBar{ctx: ctx, ground: canvas.NewRectangle(nil)}
	b.toggle = NewIconButton(ctx, apptheme.Icon(apptheme.IconPause), ctx.T("media.player.pause"), func() { b.OnToggle() })
	b.name = widget.NewLabel("")
	b.name.Truncation = fyne.TextTruncateEllipsis
	b.time = widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{})
	b.slider = widget.NewSlider(0, 1)
	b.slider.Step = 0.001
	b.slider.OnChangeEnded = func(v float64) {
		if !b.moving {
			b.OnSeek(v)
		}
	}
	b.speed = widget.NewButton("", func() { b.OnSpeed() })
	b.speed.Importance = widget.LowImportance
	stop := NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("media.player.stop"), func() { b.OnClose() })
	right := container.NewHBox(b.time, b.speed, stop)
	b.body = container.NewStack(b.ground, container.NewBorder(nil, nil, container.NewHBox(b.toggle), right,
		container.NewGridWithColumns(2, b.name, b.slider)))
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *PlayerBar) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.body) }

// Refresh implements fyne.CanvasObject.
func (b *PlayerBar) Refresh() {
	b.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	b.BaseWidget.Refresh()
}

// Set shows what is being done; the same again costs nothing.
func (b *PlayerBar) Set(name string, s ui.Sound, speed float64) {
	b.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	icon, word := apptheme.IconPlay, b.ctx.T("media.player.play")
	if s.Playing {
		icon, word = apptheme.IconPause, b.ctx.T("media.player.pause")
	}
	if b.toggle.Name() != word {
		b.toggle.SetIcon(apptheme.Icon(icon), word)
	}
	setLabel(b.name, name)
	at := clockText(s.Position)
	if s.Length > 0 {
		at += " / " + clockText(s.Length)
	}
	setLabel(b.time, at)
	if text := strconv.FormatFloat(speed, 'g', 3, 64) + "×"; b.speed.Text != text {
		b.speed.SetText(text)
	}
	if s.Length > 0 {
		b.moving = true
		b.slider.SetValue(float64(s.Position) / float64(s.Length))
		b.moving = false
	}
}

// clockText returns a moment such as "0:07".
func clockText(d time.Duration) string {
	s := int(d / time.Second)
	return strconv.Itoa(s/60) + ":" + string(rune('0'+s%60/10)) + string(rune('0'+s%10))
}
