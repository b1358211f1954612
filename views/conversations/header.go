package conversations

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const headerAvatar = 42 // device-independent pixels

// header says whose conversation is shown, and what can be done to it.
type header struct {
	ctx    *ui.Context
	onMark func(mark)
	onSync func()
	// onGallery shows the pictures, files and links; nil: there is no gallery.
	onGallery func()
	onDay     func()
	onFind    func() // nil: nothing can be searched

	avatar  *widgets.Avatar
	name    *widgets.Line
	sub     *widget.Label
	sync    *widget.Button
	buttons []*widget.Button // for marks
	marks   []mark
	more    *widget.Button
	sign    fyne.CanvasObject // whether messages may be missing; nil: not known
	onHeld  func()            // shows what is held; nil: not known
	phone   string
	muted   model.Stamp
	// extra returns more items for what can be done to the conversation; nil: none.
	extra func() []*fyne.MenuItem
	body  *fyne.Container
}

func newHeader(ctx *ui.Context) *header {
	h := &header{ctx: ctx, avatar: widgets.NewAvatar(ctx, headerAvatar), marks: marksFor(false, false, false)}
	h.name = widgets.NewLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	h.sub = widget.NewLabel("")
	h.sub.Truncation = fyne.TextTruncateEllipsis
	h.sub.SizeName = theme.SizeNameCaptionText
	h.sync = widget.NewButtonWithIcon(ctx.T("conversations.sync_messages"), apptheme.Icon(apptheme.IconSync), func() { h.onSync() })
	h.body = container.New(&headerLayout{}, h.avatar, h.name, h.sub, h.sync)
	for i := range 3 {
		b := widget.NewButton("", func() { h.onMark(h.marks[i]) })
		h.buttons = append(h.buttons, b)
		h.body.Add(b)
	}
	h.more = widget.NewButtonWithIcon(ctx.T("conversations.more"), apptheme.Icon(apptheme.IconMore), h.menu)
	h.body.Add(h.more)
	return h
}

func markIcon(m mark) fyne.Resource {
	switch m {
	case markRead:
		return apptheme.Icon(apptheme.IconRead)
	case markUnread:
		return apptheme.Icon(apptheme.IconUnread)
	case markArchive:
		return apptheme.Icon(apptheme.IconArchive)
	case markUnarchive:
		return apptheme.Icon(apptheme.IconUnarchive)
	default:
		return apptheme.Icon(apptheme.IconPin)
	}
}

// set shows a conversation; group is nil when it is none or nothing is known.
func (h *header) set(c *model.Conversation, group *model.Group) {
	name := conversationName(h.ctx, c)
	h.avatar.Set(string(c.JID), name, c.AvatarHash)
	h.name.SetText(name)
	h.phone = h.ctx.FormatPhone(c.PersonJID().Phone())
	h.muted = c.MutedUntil
	h.sub.SetText(h.subtitle(c, group))
	importance := widget.LowImportance
	if !c.NotSeenSince.IsZero() {
		importance = widget.WarningImportance
	}
	if h.sub.Importance != importance {
		h.sub.Importance = importance
		h.sub.Refresh()
	}
	h.marks = marksFor(c.Unread > 0 || c.MarkedUnread, c.Archived, c.Pinned)
	for i, m := range h.marks {
		if text := m.text(h.ctx); h.buttons[i].Text != text {
			h.buttons[i].Icon = markIcon(m)
			h.buttons[i].SetText(text)
		}
	}
	h.place()
}

// setSign puts a sign beside the buttons that says whether messages may be missing.
func (h *header) setSign(sign fyne.CanvasObject, open func()) {
	h.sign, h.onHeld = sign, open
	h.body.Objects = slices.Insert(h.body.Objects, 3, sign)
}

// place lays the parts out anew. A refresh of the whole would draw every icon again.
func (h *header) place() { h.body.Layout.Layout(h.body.Objects, h.body.Size()) }

func conversationName(ctx *ui.Context, c *model.Conversation) string {
	return widgets.ConversationName(ctx, model.ConversationRow{Name: c.Name, JID: c.JID, Main: c.Main})
}

// subtitle says the number or what it is, and what is special about it.
func (h *header) subtitle(c *model.Conversation, group *model.Group) string {
	var parts []string
	if !c.NotSeenSince.IsZero() {
		parts = append(parts, h.ctx.T("conversations.not_seen", translations.Data{"When": h.ctx.FormatWhen(c.NotSeenSince)}))
	}
	switch {
	case c.Kind == model.KindGroup && group != nil && len(group.Participants) > 0:
		parts = append(parts, h.ctx.N("conversations.participants", len(group.Participants)))
	case c.Kind != model.KindPerson:
		parts = append(parts, h.ctx.T("conversations.kind."+string(c.Kind))) //translations: conversations.kind.*
	case h.phone != "" && h.phone == conversationName(h.ctx, c): // it stands above
		parts = append(parts, h.ctx.T("conversations.only_number"))
	default:
		if number := h.ctx.NumberOf(c.PersonJID()); number != "" {
			parts = append(parts, number)
		}
	}
	if c.MutedUntil == model.MutedForever || c.MutedUntil.Time().After(h.ctx.Now()) {
		parts = append(parts, h.ctx.T("conversations.muted"))
	}
	if c.Archived {
		parts = append(parts, h.ctx.T("conversations.archived"))
	}
	return strings.Join(parts, " · ")
}

// setSyncing shows whether messages are being fetched.
func (h *header) setSyncing(on bool) {
	if on {
		h.sync.SetText(h.ctx.T("conversations.syncing"))
		h.sync.Disable()
	} else {
		h.sync.SetText(h.ctx.T("conversations.sync_messages"))
		h.sync.Enable()
	}
	h.place()
}

// menu offers everything, also what has no room as a button.
func (h *header) menu() {
	fetch := fyne.NewMenuItem(h.ctx.T("conversations.sync_messages"), func() { h.onSync() })
	fetch.Disabled = h.sync.Disabled()
	items := []*fyne.MenuItem{fetch}
	if h.onFind != nil {
		items = append(items, fyne.NewMenuItem(h.ctx.T("search.find.open"), h.onFind))
	}
	if h.onGallery != nil {
		items = append(items, fyne.NewMenuItem(h.ctx.T("media.gallery.open"), h.onGallery))
	}
	if h.sign != nil && h.sign.Visible() {
		items = append(items, fyne.NewMenuItem(h.ctx.T("ledger.title"), h.onHeld))
	}
	items = append(items, fyne.NewMenuItem(h.ctx.T("search.calendar.open"), h.onDay), fyne.NewMenuItemSeparator())
	for _, m := range h.marks {
		items = append(items, fyne.NewMenuItem(m.text(h.ctx), func() { h.onMark(m) }))
	}
	items = append(items, muteItem(h.ctx, h.muted, h.onMark))
	if h.extra != nil {
		items = append(items, h.extra()...)
	}
	if h.phone != "" {
		items = append(items, fyne.NewMenuItemSeparator(), copyItem(h.ctx, "conversations.copy_phone", h.phone))
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), h.ctx.Window.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more)
	menu.ShowAtPosition(at.AddXY(h.more.Size().Width-menu.MinSize().Width, h.more.Size().Height))
}

// headerLayout places avatar, name, subtitle and as many buttons as there is
// room for, the last one always.
type headerLayout struct{}

const (
	headerPad  = 10
	headerName = 170 // least width of the name
	headerSub  = 260 // of what stands below it, buttons give way to so much
)

// MinSize implements fyne.Layout.
func (headerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	more := objects[len(objects)-1].MinSize()
	return fyne.NewSize(headerAvatar+120+more.Width+4*headerPad, headerAvatar+2*headerPad)
}

// Layout implements fyne.Layout.
func (headerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	avatar, name, sub, buttons := objects[0], objects[1], objects[2], objects[3:]
	var sign fyne.CanvasObject // beside the name, also where there is no room for buttons
	if _, ok := buttons[0].(*widgets.IconButton); ok {
		sign, buttons = buttons[0], buttons[1:]
	}
	avatar.Resize(fyne.NewSquareSize(headerAvatar))
	avatar.Move(fyne.NewPos(headerPad+4, (size.Height-headerAvatar)/2))
	left := float32(headerAvatar + headerPad + 8)

	more := buttons[len(buttons)-1]
	room := size.Width - left - textWidth(sub) - headerPad - more.MinSize().Width
	if sign != nil && sign.Visible() {
		room -= sign.MinSize().Width + theme.Padding()
	}
	fits := 0
	for _, b := range buttons[:len(buttons)-1] {
		w := b.MinSize().Width + theme.Padding()
		if w > room {
			break
		}
		room -= w
		fits++
	}
	x := size.Width - headerPad
	place := func(o fyne.CanvasObject) {
		needs := o.MinSize()
		x -= needs.Width
		o.Resize(needs)
		o.Move(fyne.NewPos(x, (size.Height-needs.Height)/2))
		x -= theme.Padding()
	}
	place(more)
	for i := len(buttons) - 2; i >= 0; i-- {
		setVisible(buttons[i], i < fits)
		if i < fits {
			place(buttons[i])
		}
	}
	if sign != nil && sign.Visible() {
		place(sign)
	}
	width := max(x-left, 0)
	nameH, subH := name.MinSize().Height, sub.MinSize().Height
	top := (size.Height - nameH - subH + 16) / 2 // labels bring room above and below
	name.Resize(fyne.NewSize(width, nameH))
	name.Move(fyne.NewPos(left, top))
	sub.Resize(fyne.NewSize(width, subH))
	sub.Move(fyne.NewPos(left, top+nameH-16))
}

// textWidth returns the width that name and subtitle have before any button.
func textWidth(sub fyne.CanvasObject) float32 {
	label, ok := sub.(*widget.Label)
	if !ok {
		return headerName
	}
	text := fyne.MeasureText(label.Text, theme.Size(label.SizeName), label.TextStyle).Width + 2*theme.InnerPadding()
	return max(headerName, min(text, headerSub))
}

func setVisible(o fyne.CanvasObject, visible bool) {
	if o.Visible() == visible {
		return
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// banner says inside of the pane what failed.
type banner struct {
	ctx     *ui.Context
	about   string // the action that failed
	text    *widget.Label
	retry   *widget.Button
	details *widget.Button
	ground  *canvas.Rectangle
	body    *fyne.Container
}

const bannerWidth = 600 // that is assumed before it is known, in device-independent pixels

func newBanner(ctx *ui.Context) *banner {
	b := &banner{ctx: ctx, text: widget.NewLabel(""), ground: canvas.NewRectangle(nil)}
	b.text.Wrapping = fyne.TextWrapWord
	b.retry = widget.NewButtonWithIcon(ctx.T("common.retry"), apptheme.Icon(apptheme.IconRefresh), nil)
	b.details = widget.NewButton(ctx.T("common.details"), nil)
	b.details.Importance = widget.LowImportance
	dismiss := widget.NewButton(ctx.T("conversations.banner.close"), b.hide)
	dismiss.Importance = widget.LowImportance
	buttons := container.NewHBox(b.retry, b.details, dismiss)
	b.body = container.NewStack(b.ground, container.New(&bannerLayout{width: bannerWidth, framed: b.retry.Visible}, b.text, buttons))
	b.body.Hide()
	return b
}

// show says that an action (a key such as "action.send") failed; retry may be nil.
func (b *banner) show(action string, err error, retry func()) {
	p := b.ctx.Describe(err)
	if p.Kind == model.ProblemCanceled {
		return
	}
	b.ctx.LogError(action, err)
	b.about = action
	why, do := b.ctx.ProblemText(p)
	b.text.SetText(b.ctx.T("conversations.banner", translations.Data{"What": b.ctx.T(action), "Why": why, "Do": do}))
	b.retry.OnTapped = func() {
		b.hide()
		retry()
	}
	setVisible(b.retry, retry != nil)
	b.details.OnTapped = func() { b.ctx.ExplainError(action, err) }
	b.ground.FillColor = theme.Color(apptheme.ColorNameNotice)
	b.body.Show()
	b.body.Refresh()
}

func (b *banner) hide() {
	if b.body.Visible() {
		b.body.Hide()
	}
}

// says tells whether it is shown, about an action.
func (b *banner) says(action string) bool { return b.body.Visible() && b.about == action }

// settle takes back what is said about an action that has worked since.
func (b *banner) settle(action string) {
	if b.says(action) {
		b.hide()
	}
}

// bannerLayout puts the buttons below the text, whose height depends on the width.
type bannerLayout struct {
	width  float32
	framed func() bool // the first button has a ground, which begins where the text does
}

const bannerPad = 8

// MinSize implements fyne.Layout.
func (l *bannerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := l.textHeight(objects[0])
	buttons := objects[1].MinSize()
	return fyne.NewSize(l.indent()+buttons.Width+2*bannerPad, h+buttons.Height+bannerPad)
}

func (l *bannerLayout) textHeight(text fyne.CanvasObject) float32 {
	if w := l.width - 2*bannerPad; text.Size().Width != w {
		text.Resize(fyne.NewSize(w, text.MinSize().Height))
	}
	return text.MinSize().Height
}

// Layout implements fyne.Layout.
func (l *bannerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	h := l.textHeight(objects[0])
	objects[0].Resize(fyne.NewSize(size.Width-2*bannerPad, h))
	objects[0].Move(fyne.NewPos(bannerPad, 0))
	objects[1].Resize(objects[1].MinSize())
	objects[1].Move(fyne.NewPos(bannerPad+l.indent(), h))
}

// indent is how far the buttons stand from where the label of the text begins. The
// words of a button without a ground are as far inside of it as those of the label.
func (l *bannerLayout) indent() float32 {
	if l.framed() {
		return theme.InnerPadding()
	}
	return 0
}
