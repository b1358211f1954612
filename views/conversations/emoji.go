package conversations

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/emoji"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	recentKey   = "emoji.recent" // in the preferences of the application
	mostRecent  = 27
	pickerWide  = 392 // device-independent pixels: nine emoji and the scroll bar
	pickerHigh  = 320
	pickerFound = 180 // that are shown of what was found
)

// emojiPicker is the small window in which emoji are chosen.
type emojiPicker struct {
	ctx      *ui.Context
	onChoose func(seq string)
	onClose  func()

	search *keyEntry
	grid   *widgets.EmojiGrid
	groups *widgets.EmojiGrid
	name   *widget.Label
	popup  *widget.PopUp
	names  map[string]string
	recent []string
}

// newEmojiPicker returns a picker that is not shown yet.
func newEmojiPicker(ctx *ui.Context, onChoose func(string), onClose func()) *emojiPicker {
	p := &emojiPicker{ctx: ctx, onChoose: onChoose, onClose: onClose, names: map[string]string{}}
	p.recent = recentEmoji()
	p.search = newKeyEntry()
	p.search.PlaceHolder = ctx.T("compose.emoji.search")
	p.search.onKey = p.key
	p.search.OnChanged = func(string) { p.fill() }
	p.grid, p.groups = widgets.NewEmojiGrid(), widgets.NewEmojiGrid()
	p.name = widget.NewLabel("")
	p.name.Truncation, p.name.Importance = fyne.TextTruncateEllipsis, widget.LowImportance
	p.grid.OnMark = func(seq string) { p.name.SetText(p.names[seq]) }
	p.grid.OnChoose = func(seq string) { p.choose(seq, false) }
	p.grid.OnMenu = p.tones
	return p
}

// recentEmoji returns those that were chosen last, the latest first.
func recentEmoji() []string {
	list := fyne.CurrentApp().Preferences().StringList(recentKey)
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return emoji.Image(s, 1) == nil })
	return list[:min(len(list), mostRecent)]
}

// show shows the picker above an object.
func (p *emojiPicker) show(above fyne.CanvasObject) {
	all := emoji.All()
	var firsts []string
	for i := range all {
		n := &all[i]
		p.names[n.Seq] = n.In(p.ctx.Text.Lang())
		if n.Group == len(firsts) {
			firsts = append(firsts, n.Seq)
		}
	}
	p.groups.Set([]widgets.EmojiSection{{Seqs: firsts}}, false)
	p.groups.OnChoose = func(seq string) {
		p.search.SetText("")
		p.grid.ShowSection(slices.Index(firsts, seq) + 1)
		p.ctx.Window.Canvas().Focus(p.search)
	}
	size := p.ctx.Window.Canvas().Size()
	groups := container.NewGridWrap(fyne.NewSize(pickerWide, 42), p.groups.Scroll)
	grid := container.NewGridWrap(fyne.NewSize(pickerWide, min(pickerHigh, size.Height-260)), p.grid.Scroll)
	p.popup = widget.NewPopUp(container.NewVBox(p.search, groups, widget.NewSeparator(), grid, p.name), p.ctx.Window.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(above)
	needs := p.popup.MinSize()
	x := min(at.X, size.Width-needs.Width-theme.Padding())
	p.popup.ShowAtPosition(fyne.NewPos(max(x, 0), max(at.Y-needs.Height-theme.Padding(), 0)))
	p.fill()
	p.ctx.Window.Canvas().Focus(p.search)
}

func (p *emojiPicker) close() {
	p.popup.Hide()
	p.onClose()
}

// fill shows what was found, or all, after those that were chosen last.
//
// translations: compose.emoji.group.*
func (p *emojiPicker) fill() {
	if text := strings.TrimSpace(p.search.Text); text != "" {
		var found []string
		for _, n := range emoji.Find(text) {
			found = append(found, n.Seq)
		}
		p.grid.Set([]widgets.EmojiSection{{Seqs: found[:min(len(found), pickerFound)]}}, true)
		if len(found) == 0 {
			p.name.SetText(p.ctx.T("compose.emoji.none"))
		}
		return
	}
	sections := []widgets.EmojiSection{{Title: p.ctx.T("compose.emoji.recent"), Seqs: p.recent}}
	for group := range emoji.Groups {
		sections = append(sections, widgets.EmojiSection{Title: p.ctx.T("compose.emoji.group." + string(rune('0'+group)))})
	}
	all := emoji.All()
	for i := range all {
		s := &sections[1+all[i].Group]
		s.Seqs = append(s.Seqs, all[i].Seq)
	}
	p.grid.Set(sections, true)
}

// key moves the mark and chooses.
func (p *emojiPicker) key(key fyne.KeyName, shift bool) bool {
	switch key {
	case fyne.KeyEscape:
		p.close()
	case fyne.KeyReturn, fyne.KeyEnter:
		if seq := p.grid.Marked(); seq != "" {
			p.choose(seq, !shift)
		}
	case fyne.KeyDown:
		p.grid.Move(0, 1)
	case fyne.KeyUp:
		p.grid.Move(0, -1)
	case fyne.KeyPageDown:
		p.grid.Move(0, 7)
	case fyne.KeyPageUp:
		p.grid.Move(0, -7)
	case fyne.KeyLeft, fyne.KeyRight:
		if p.search.Text != "" && p.search.CursorColumn != len([]rune(p.search.Text)) {
			return false // it moves the cursor in what is written
		}
		step := 1
		if key == fyne.KeyLeft {
			step = -1
		}
		p.grid.Move(step, 0)
	default:
		return false
	}
	return true
}

// choose takes an emoji and remembers it.
func (p *emojiPicker) choose(seq string, last bool) {
	p.recent = slices.DeleteFunc(p.recent, func(s string) bool { return s == seq })
	p.recent = append([]string{seq}, p.recent[:min(len(p.recent), mostRecent-1)]...)
	fyne.CurrentApp().Preferences().SetStringList(recentKey, p.recent)
	p.onChoose(seq)
	if last {
		p.close()
		return
	}
	p.ctx.Window.Canvas().Focus(p.search)
}

// tones offers the skin tones of an emoji.
func (p *emojiPicker) tones(seq string, at fyne.Position) {
	list := emoji.Tones(seq)
	if len(list) == 0 {
		return
	}
	list = append([]string{seq}, list...)
	grid := widgets.NewEmojiGrid()
	var popup *widget.PopUp
	grid.OnChoose = func(seq string) {
		popup.Hide()
		p.choose(seq, false)
	}
	popup = widget.NewPopUp(container.NewGridWrap(fyne.NewSize(float32(40*len(list)), 42), grid.Scroll), p.ctx.Window.Canvas())
	popup.ShowAtPosition(at)
	grid.Set([]widgets.EmojiSection{{Seqs: list}}, false)
}

// newEmojiButton returns the button that shows the picker.
func (c *compose) newEmojiButton() *widgets.IconButton {
	return widgets.NewIconButton(c.ctx, apptheme.Icon(apptheme.IconReact), c.ctx.T("compose.emoji"), c.pickEmoji)
}

// pickEmoji shows the picker; what is chosen goes where the cursor is.
func (c *compose) pickEmoji() {
	newEmojiPicker(c.ctx, c.composer.Insert, c.composer.Focus).show(c.composer)
}
