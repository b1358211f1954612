package widgets

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// MaxComposed is the longest text that can be written, in characters:
// WhatsApp's own limit.
const MaxComposed = 65_536

// countFrom is the length from which on it is said how much room is left.
const countFrom = MaxComposed - 2_000

// Composer is where a message is written: a text of several lines and a button
// to send it. Nothing that was typed is lost: the text stays until Clear.
type Composer struct {
	widget.BaseWidget
	OnSend    func(text string) // the text, which is not blank unless SetReady allowed it
	OnChanged func(text string) // by the owner or by SetText
	OnEscape  func()            // the Escape key; may be nil
	// OnKey is offered keys that write nothing, and Enter and Escape, before they
	// do what they do, and tells whether it took one; may be nil.
	OnKey func(key fyne.KeyName, shift bool) bool
	// OnTab tells whether OnKey wants the Tab key now; else it leaves the field. May be nil.
	OnTab func() bool
	// OnShortcut is offered shortcuts before they do what they do, and tells
	// whether it took one; may be nil.
	OnShortcut func(key fyne.KeyName, modifier fyne.KeyModifier) bool
	// OnPaste is told of a text before it is put in, and tells whether it did
	// something else with it; may be nil.
	OnPaste func(text string) bool

	ctx   *ui.Context
	entry *composeEntry
	tools *fyne.Container
	send  *widget.Button
	note  *widget.Label
	body  *fyne.Container
	busy  bool
	ready bool
}

// NewComposer returns an empty composer. enterSends tells at each press
// whether Enter sends (and Shift+Enter begins a line) or begins a line;
// Ctrl+Enter always sends.
func NewComposer(ctx *ui.Context, enterSends func() bool) *Composer {
	c := &Composer{ctx: ctx}
	c.entry = newComposeEntry(c, enterSends)
	c.entry.placeholder = ctx.T("conversations.compose")
	c.entry.onChanged = c.changed
	c.send = widget.NewButtonWithIcon(ctx.T("conversations.send"), apptheme.Icon(apptheme.IconSend), c.submit)
	c.send.Importance = widget.HighImportance
	c.send.Disable()
	c.note = widget.NewLabel("")
	c.note.SizeName = theme.SizeNameCaptionText
	c.note.Importance = widget.WarningImportance
	c.note.Hide()
	c.tools = container.NewHBox()
	tools, button := container.NewBorder(nil, c.tools, nil, nil), container.NewBorder(nil, c.send, nil, nil)
	c.body = container.NewBorder(nil, c.note, tools, button, c.entry)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *Composer) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.body) }

// Text returns what was written.
func (c *Composer) Text() string { return c.entry.text }

// AddTool puts a button before the field.
func (c *Composer) AddTool(o fyne.CanvasObject) { c.tools.Add(o) }

// SetPlaceholder changes what stands in the empty field.
func (c *Composer) SetPlaceholder(text string) {
	if c.entry.placeholder != text {
		c.entry.placeholder = text
		c.entry.draw()
	}
}

// SetReady allows to send without a text, as with a file.
func (c *Composer) SetReady(ready bool) {
	c.ready = ready
	c.update()
}

// Cursor returns where the cursor is, in bytes of the text.
func (c *Composer) Cursor() int { return c.entry.cursor }

// Replace puts a text in the place of a part, given in bytes, and the cursor behind it.
func (c *Composer) Replace(from, to int, text string) {
	n := len(c.entry.text)
	c.entry.moveTo(min(max(from, 0), n), false)
	c.entry.moveTo(min(max(to, from), n), true)
	if text == "" {
		c.entry.erase(c.entry.cursor)
		return
	}
	c.entry.write(text)
}

// Insert puts a text in the place of what is selected.
func (c *Composer) Insert(text string) { c.entry.write(text) }

// SetText replaces what was written, cut to MaxComposed characters.
func (c *Composer) SetText(text string) { c.entry.SetText(capRunes(text, MaxComposed)) }

// Sent takes a text away that was sent; what was typed meanwhile stays.
func (c *Composer) Sent(text string) {
	if rest, ok := strings.CutPrefix(c.Text(), text); ok {
		c.SetText(strings.TrimLeft(rest, "\n"))
	}
}

// SetBusy keeps the composer from sending while a text is being stored.
func (c *Composer) SetBusy(busy bool) {
	c.busy = busy
	c.update()
}

// Focus moves the keyboard here.
func (c *Composer) Focus() {
	if cv := fyne.CurrentApp().Driver().CanvasForObject(c.entry); cv != nil {
		cv.Focus(c.entry)
	}
}

func (c *Composer) submit() {
	text := strings.TrimSpace(c.Text())
	if c.busy || text == "" && !c.ready || c.OnSend == nil {
		return
	}
	c.OnSend(c.entry.text)
}

func (c *Composer) changed(text string) {
	c.update()
	if c.OnChanged != nil {
		c.OnChanged(text)
	}
}

// update shows what can be done with the text, and how much room is left.
func (c *Composer) update() {
	text := c.entry.text
	if c.busy || strings.TrimSpace(text) == "" && !c.ready {
		c.send.Disable()
	} else {
		c.send.Enable()
	}
	left := MaxComposed
	if len(text) >= countFrom {
		left -= utf8.RuneCountInString(text)
	}
	switch {
	case left > MaxComposed-countFrom:
		c.setNote("")
	case left <= 0:
		c.setNote(c.ctx.T("conversations.compose_full", translations.Data{"Limit": c.ctx.FormatNumber(MaxComposed)}))
	default:
		c.setNote(c.ctx.N("conversations.compose_left", left, translations.Data{"Left": c.ctx.FormatNumber(left)}))
	}
	c.entry.fit()
}

func (c *Composer) setNote(text string) {
	if c.note.Text == text {
		return
	}
	c.note.SetText(text)
	if text == "" {
		c.note.Hide()
	} else {
		c.note.Show()
	}
	c.body.Refresh()
}

// capRunes cuts a text to a number of characters.
func capRunes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i]
		}
		n++
	}
	return s
}

// composeEntry is the field of a Composer.
type composeEntry struct {
	textArea
	composer   *Composer
	enterSends func() bool
}

// The field grows with its text up to this number of lines.
const composeMaxLines = 6

func newComposeEntry(c *Composer, enterSends func() bool) *composeEntry {
	e := &composeEntry{composer: c, enterSends: enterSends}
	e.init(c.ctx, e)
	e.limit = MaxComposed
	e.onPaste = func(text string) bool { return c.OnPaste != nil && c.OnPaste(text) }
	e.ExtendBaseWidget(e)
	return e
}

// fit grows and shrinks the field with its text.
func (e *composeEntry) fit() {
	if lines := min(max(e.lines(), 1), composeMaxLines); lines != e.minLines {
		e.minLines = lines
		e.composer.Refresh()
	}
}

// TypedKey sends with Enter, or begins a line.
func (e *composeEntry) TypedKey(ev *fyne.KeyEvent) {
	if on := e.composer.OnKey; on != nil && on(ev.Name, e.shift != 0) {
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.enterSends() && e.shift == 0 {
			e.composer.submit()
			return
		}
	case fyne.KeyEscape:
		if e.composer.OnEscape != nil {
			e.composer.OnEscape()
		}
		return
	}
	e.textArea.TypedKey(ev)
}

// AcceptsTab implements fyne.Tabbable.
func (e *composeEntry) AcceptsTab() bool { return e.composer.OnTab != nil && e.composer.OnTab() }

// TypedShortcut does what a text field does, sends with Ctrl+Enter, and hands
// every other shortcut on to the window, which a focused field would swallow.
func (e *composeEntry) TypedShortcut(s fyne.Shortcut) {
	if k, ok := s.(*desktop.CustomShortcut); ok {
		if k.KeyName == fyne.KeyReturn || k.KeyName == fyne.KeyEnter {
			e.composer.submit()
			return
		}
		if on := e.composer.OnShortcut; on != nil && on(k.KeyName, k.Modifier) {
			return
		}
	}
	if e.shortcut(s) {
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(e).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// Tapped moves the keyboard here, where nothing told of the mouse before.
func (e *composeEntry) Tapped(*fyne.PointEvent) { e.requestFocus(e) }

// MouseDown moves the keyboard and the cursor here.
func (e *composeEntry) MouseDown(ev *desktop.MouseEvent) {
	e.requestFocus(e)
	e.mouseDown(ev)
}

// TappedSecondary shows what can be done with the text.
func (e *composeEntry) TappedSecondary(ev *fyne.PointEvent) {
	e.requestFocus(e)
	e.menu(ev.AbsolutePosition, e)
}
