package session

import (
	"context"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// qrSide is how large the QR is drawn, in pixels: a phone reads it at arm's
// length. A code of the usual length (61 modules and its white border) gets four
// pixels a module.
const qrSide = 288

// qrLeast is as small as the QR gets where the window is low: three pixels a module.
const qrLeast = 210

// minPhoneDigits is the shortest number that can be one with its country code.
const minPhoneDigits = 7

// qrView shows the QR with what to do on the phone, or the code for those who
// type instead of scanning.
type qrView struct {
	ctx  *ui.Context
	svc  Service
	id   model.SessionID
	root fyne.CanvasObject

	image     *widgets.QRImage
	side      float32 // of the image
	countdown *widget.Label
	scan      *fyne.Container // the steps of scanning
	typing    *fyne.Container // the form for a code

	phone  *ui.Entry
	ask    *widget.Button
	answer *widget.Label // why there is no code, or what is going on
	code   *widget.Label
	steps  *widget.Label // what to do with the code
	copy   *widget.Button
	asking bool

	qr   model.QR
	stop func() // ends the ticking; nil while it does not tick
}

func newQRView(ctx *ui.Context, svc Service, id model.SessionID) *qrView {
	v := &qrView{ctx: ctx, svc: svc, id: id, image: widgets.NewQRImage(ctx), side: qrSide, countdown: wrapped("")}
	v.countdown.Importance = widget.LowImportance
	title := widget.NewLabel(ctx.T("session.qr.title"))
	title.TextStyle.Bold = true
	instead := widget.NewButtonWithIcon(ctx.T("session.code.instead"), apptheme.Icon(apptheme.IconPhone), func() { v.showTyping(true) })
	v.scan = container.NewVBox(title,
		step("1", ctx.T("session.qr.step1")), step("2", ctx.T("session.qr.step2")), step("3", ctx.T("session.qr.step3")),
		v.countdown, below(instead))
	v.typing = v.newTyping()
	v.typing.Hide()
	picture := container.NewVBox(container.New(&square{&v.side}, v.image))
	v.root = container.NewBorder(nil, nil, picture, nil, container.NewPadded(container.NewStack(v.scan, v.typing)))
	return v
}

// fit makes the image as large as room allows and tells whether that changed it.
func (v *qrView) fit(room float32) bool {
	side := max(min(float32(math.Floor(float64(room))), qrSide), qrLeast)
	changed := side != v.side
	v.side = side
	return changed
}

// square lays one object out as a square of a given side.
type square struct{ side *float32 }

// Layout implements fyne.Layout.
func (s *square) Layout(objects []fyne.CanvasObject, _ fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(fyne.NewSquareSize(*s.side))
	}
}

// MinSize implements fyne.Layout.
func (s *square) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(*s.side) }

// step is one numbered instruction.
func step(number, text string) fyne.CanvasObject {
	n := widget.NewLabel(number)
	n.TextStyle.Bold = true
	n.Importance = widget.HighImportance
	return container.NewBorder(nil, nil, n, nil, wrapped(text))
}

func (v *qrView) newTyping() *fyne.Container {
	title := widget.NewLabel(v.ctx.T("session.code.title"))
	title.TextStyle.Bold = true
	v.phone = ui.NewEntry()
	v.phone.SetPlaceHolder(v.ctx.T("session.code.placeholder"))
	v.phone.OnSubmitted = func(string) { v.askCode() }
	v.ask = widget.NewButton(v.ctx.T("session.code.ask"), v.askCode)
	v.ask.Importance = widget.HighImportance
	v.answer = wrapped("")
	v.code = widget.NewLabel("")
	v.code.TextStyle = fyne.TextStyle{Bold: true, Monospace: true}
	v.code.SizeName = theme.SizeNameHeadingText
	v.code.Selectable = true
	v.steps = wrapped(v.ctx.T("session.code.steps"))
	v.copy = widget.NewButtonWithIcon(v.ctx.T("session.code.copy"), apptheme.Icon(apptheme.IconCopy), func() {
		v.ctx.Copy(v.code.Text)
		v.ctx.Toast(v.ctx.T("session.code.copied"))
	})
	back := widget.NewButtonWithIcon(v.ctx.T("session.code.back"), apptheme.Icon(apptheme.IconQR), func() { v.showTyping(false) })
	v.answer.Hide()
	v.showCode("")
	return container.NewVBox(title, wrapped(v.ctx.T("session.code.about")),
		container.NewBorder(nil, nil, nil, v.ask, v.phone), v.answer,
		container.NewHBox(v.code, container.NewCenter(v.copy)), v.steps, container.NewHBox(back)) // under the field
}

func (v *qrView) showTyping(typing bool) {
	show(v.scan, !typing)
	show(v.typing, typing)
	if c := fyne.CurrentApp().Driver().CanvasForObject(v.phone); typing && c != nil {
		c.Focus(v.phone)
	}
}

// askCode asks the gateway for the code of the number that was typed.
func (v *qrView) askCode() {
	if v.asking {
		return
	}
	phone := strings.TrimSpace(v.phone.Text)
	if len(phone) > 64 || len(model.Digits(phone)) < minPhoneDigits {
		v.say(v.ctx.T("session.code.invalid"), widget.DangerImportance)
		return
	}
	v.asking = true
	v.ask.Disable()
	v.showCode("")
	v.say(v.ctx.T("session.code.asking"), widget.MediumImportance)
	v.ctx.Load(context.Background(), func(ctx context.Context) func() {
		code, err := v.svc.PairingCode(ctx, v.id, phone)
		return func() {
			v.asking = false
			v.ask.Enable()
			if err != nil {
				why, do := v.ctx.ProblemText(v.ctx.Describe(err))
				v.say(strings.TrimSpace(why+" "+do), widget.DangerImportance)
				return
			}
			v.say("", widget.MediumImportance)
			v.showCode(code)
		}
	})
}

func (v *qrView) say(text string, importance widget.Importance) {
	v.answer.Importance = importance
	v.answer.SetText(text)
	show(v.answer, text != "")
}

func (v *qrView) showCode(code string) {
	v.code.SetText(formatCode(code))
	for _, o := range []fyne.CanvasObject{v.code, v.copy, v.steps} {
		show(o, code != "")
	}
}

// formatCode writes a pairing code as WhatsApp shows it on the phone: XXXX-XXXX.
func formatCode(code string) string {
	code = model.CleanLine(code, 32)
	if len(code) == 8 && !strings.Contains(code, "-") {
		return code[:4] + "-" + code[4:]
	}
	return code
}

// set shows a code, or an empty square while there is none.
func (v *qrView) set(qr model.QR) {
	if qr.Text != v.qr.Text {
		v.image.Set(qr.Text)
	}
	v.qr = qr
	v.tick()
}

// tick says how long the code will still be good.
func (v *qrView) tick() {
	if v.qr.Text == "" || v.qr.Renews.IsZero() {
		setText(v.countdown, "")
		return
	}
	left := int(v.qr.Renews.Time().Sub(v.ctx.Now()).Round(time.Second) / time.Second)
	if left <= 0 {
		setText(v.countdown, v.ctx.T("session.qr.renewing"))
		return
	}
	setText(v.countdown, v.ctx.T("session.qr.renews", translations.Data{"Seconds": left}))
}

// setVisible starts the ticking when the code comes on the screen, and ends it.
func (v *qrView) setVisible(visible bool) {
	if visible == (v.stop != nil) {
		return
	}
	if visible {
		v.tick()
		v.stop = v.ctx.Every(time.Second, v.tick)
		return
	}
	v.stop()
	v.stop = nil
}
