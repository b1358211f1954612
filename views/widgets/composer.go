package widgets

import (
	"slices"
	"strings"
	"time"
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

// Above slowParagraph characters in one paragraph the entry takes longer to
// wrap anew than keys take to come, so what is typed is gathered for slowDelay.
// A long text of short paragraphs is not wrapped at all: that is ten times as
// fast, and paragraphs up to unwrapped characters can still be drawn on one line.
const (
	slowParagraph = 1_500
	slowText      = 20_000
	slowDelay     = 120 * time.Millisecond
	longText      = 8_000
	unwrapped     = 1_000
	countFrom     = MaxComposed - 2_000 // from here on it is said how much room is left
)

// Composer is where a message is written: a text of several lines and a button
// to send it. Nothing that was typed is lost: the text stays until Clear.
type Composer struct {
	widget.BaseWidget
	OnSend    func(text string) // the text, which is not blank
	OnChanged func(text string) // by the owner or by SetText
	OnEscape  func()            // the Escape key; may be nil

	ctx   *ui.Context
	entry *composeEntry
	send  *widget.Button
	note  *widget.Label
	body  *fyne.Container
	busy  bool
}

// NewComposer returns an empty composer. enterSends tells at each press
// whether Enter sends (and Shift+Enter begins a line) or begins a line;
// Ctrl+Enter always sends.
func NewComposer(ctx *ui.Context, enterSends func() bool) *Composer {
	c := &Composer{ctx: ctx}
	c.entry = newComposeEntry(c, enterSends)
	c.entry.SetPlaceHolder(ctx.T("conversations.compose"))
	c.entry.OnChanged = c.changed
	c.send = widget.NewButtonWithIcon(ctx.T("conversations.send"), apptheme.Icon(apptheme.IconSend), c.submit)
	c.send.Importance = widget.HighImportance
	c.send.Disable()
	c.note = widget.NewLabel("")
	c.note.SizeName = theme.SizeNameCaptionText
	c.note.Importance = widget.WarningImportance
	c.note.Hide()
	button := container.NewBorder(nil, c.send, nil, nil)
	c.body = container.NewBorder(nil, c.note, nil, button, c.entry)
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *Composer) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.body) }

// Text returns what was written.
func (c *Composer) Text() string {
	c.entry.flush()
	return c.entry.Text
}

// SetText replaces what was written, cut to MaxComposed characters.
func (c *Composer) SetText(text string) {
	c.entry.gathered = ""
	text = capRunes(text, MaxComposed)
	c.entry.wrapFor(len(text), text)
	c.entry.SetText(text)
	c.entry.toEnd()
}

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
	if c.busy || text == "" || c.OnSend == nil {
		return
	}
	c.OnSend(c.entry.Text)
}

func (c *Composer) changed(text string) {
	if len(text) > MaxComposed && utf8.RuneCountInString(text) > MaxComposed {
		c.entry.SetText(capRunes(text, MaxComposed)) // comes back here
		return
	}
	c.update()
	if c.OnChanged != nil {
		c.OnChanged(text)
	}
}

// update shows what can be done with the text, and how much room is left.
func (c *Composer) update() {
	text := c.entry.Text
	if c.busy || strings.TrimSpace(text) == "" {
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
	widget.Entry
	composer   *Composer
	enterSends func() bool
	shift      int    // how many shift keys are down
	gathered   string // typed, not yet in the text
	cancel     func() // of the timer that puts it there
	lines      int
}

// The field grows with its text between these numbers of lines.
const (
	composeLines    = 1
	composeMaxLines = 6
)

func newComposeEntry(c *Composer, enterSends func() bool) *composeEntry {
	e := &composeEntry{composer: c, enterSends: enterSends, lines: composeLines}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(composeLines)
	return e
}

// fit grows and shrinks the field with its text.
func (e *composeEntry) fit() {
	lines := 1 + strings.Count(e.Text, "\n")
	if perLine := int(e.Size().Width / (theme.TextSize() * 0.55)); perLine > 10 && len(e.Text) < perLine*composeMaxLines {
		for _, p := range strings.Split(e.Text, "\n") {
			lines += utf8.RuneCountInString(p) / perLine
		}
	} else if perLine > 10 {
		lines = composeMaxLines
	}
	lines = min(max(lines, composeLines), composeMaxLines)
	if lines != e.lines {
		e.lines = lines
		e.SetMinRowsVisible(lines)
		e.composer.Refresh()
	}
}

// toEnd puts the cursor behind the text.
func (e *composeEntry) toEnd() {
	e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
}

// TypedRune adds a character.
func (e *composeEntry) TypedRune(r rune) {
	if e.gathered == "" && !e.slow() {
		if len(e.Text) < MaxComposed || utf8.RuneCountInString(e.Text) < MaxComposed || e.SelectedText() != "" {
			e.Entry.TypedRune(r)
		}
		return
	}
	e.gathered += string(r)
	if e.cancel == nil {
		e.cancel = e.composer.ctx.Later(slowDelay, e.flush)
	}
}

// slow tells whether laying the text out anew takes long.
func (e *composeEntry) slow() bool {
	return len(e.Text) > slowText || hasParagraph(e.Text, slowParagraph)
}

// wrapFor chooses how a text of that many bytes, made of those parts, is
// wrapped; before it is set, because each change of it lays all out anew.
func (e *composeEntry) wrapFor(size int, parts ...string) {
	wrapping := fyne.TextWrapWord
	if size > longText && !slices.ContainsFunc(parts, func(p string) bool { return hasParagraph(p, unwrapped) }) {
		wrapping = fyne.TextWrapOff
	}
	e.Wrapping = wrapping
}

// hasParagraph tells whether a paragraph of the text is longer than that many bytes.
func hasParagraph(text string, limit int) bool {
	for len(text) > limit {
		i := strings.IndexByte(text, '\n')
		if i < 0 || i > limit {
			return true
		}
		text = text[i+1:]
	}
	return false
}

// flush puts what was gathered into the text.
func (e *composeEntry) flush() {
	if e.cancel != nil {
		e.cancel()
		e.cancel = nil
	}
	if text := e.gathered; text != "" {
		e.gathered = ""
		e.paste(text)
	}
}

// paste inserts as much of a text as there is room for.
func (e *composeEntry) paste(text string) {
	room := MaxComposed - utf8.RuneCountInString(e.Text) + utf8.RuneCountInString(e.SelectedText())
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if text = capRunes(text, max(room, 0)); text != "" {
		e.wrapFor(len(e.Text)+len(text), e.Text, text)
		e.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: heldText(text)})
	}
}

// KeyDown notes the shift key.
func (e *composeEntry) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		e.shift++
	}
	e.Entry.KeyDown(ev)
}

// KeyUp notes that the shift key was let go.
func (e *composeEntry) KeyUp(ev *fyne.KeyEvent) {
	if (ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight) && e.shift > 0 {
		e.shift--
	}
	e.Entry.KeyUp(ev)
}

// FocusLost lets go of keys that will be released elsewhere.
func (e *composeEntry) FocusLost() {
	e.flush()
	e.shift = 0
	e.Entry.FocusLost()
}

// TypedKey sends with Enter, or begins a line.
func (e *composeEntry) TypedKey(ev *fyne.KeyEvent) {
	e.flush()
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.enterSends() && e.shift == 0 {
			e.composer.submit()
			return
		}
		if utf8.RuneCountInString(e.Text) < MaxComposed {
			e.Entry.TypedKey(ev) // without OnSubmitted, shift or not begins a line
		}
	case fyne.KeyEscape:
		if e.composer.OnEscape != nil {
			e.composer.OnEscape()
		}
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut does what an entry does, sends with Ctrl+Enter, and hands
// every other shortcut on to the window, which a focused entry would swallow.
func (e *composeEntry) TypedShortcut(s fyne.Shortcut) {
	e.flush()
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		e.paste(s.Clipboard.Content())
	case *desktop.CustomShortcut:
		switch s.KeyName {
		case fyne.KeyReturn, fyne.KeyEnter:
			e.composer.submit()
		case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete: // by words
			e.Entry.TypedShortcut(s)
		default:
			if c, ok := fyne.CurrentApp().Driver().CanvasForObject(e).(fyne.Shortcutable); ok {
				c.TypedShortcut(s)
			}
		}
	default:
		e.Entry.TypedShortcut(s)
	}
}

// heldText is a clipboard that holds a text and nothing else.
type heldText string

// Content returns the text.
func (h heldText) Content() string { return string(h) }

// SetContent does nothing.
func (h heldText) SetContent(string) {}
