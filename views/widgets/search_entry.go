package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// searchDelay is the pause in typing after which a search begins.
const searchDelay = 150 * time.Millisecond

// searchRunes is the longest text that is searched for.
const searchRunes = 200

// SearchEntry is a field to search as one types.
type SearchEntry struct {
	widget.BaseWidget
	OnChanged func(text string) // a moment after the last key; at once when cleared
	OnDown    func()            // the Down key: move to the list
	OnSubmit  func(text string) // the Enter key

	ctx    *ui.Context
	entry  *ui.Entry
	clear  *IconButton
	told   string // what OnChanged was called with last
	cancel func()
}

// NewSearchEntry returns an empty field.
func NewSearchEntry(ctx *ui.Context, placeholder string) *SearchEntry {
	s := &SearchEntry{ctx: ctx, entry: ui.NewEntry(), cancel: func() {}}
	s.clear = NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("common.search.clear"), s.Clear)
	s.clear.Hide()
	s.entry.SetPlaceHolder(placeholder)
	s.entry.Icon = apptheme.ColoredIcon(apptheme.IconSearch, theme.ColorNamePlaceHolder)
	s.entry.ActionItem = s.clear
	s.entry.Scroll = fyne.ScrollHorizontalOnly
	s.entry.OnChanged = s.typed
	s.entry.OnSubmitted = func(string) {
		s.tell()
		if s.OnSubmit != nil {
			s.OnSubmit(s.told)
		}
	}
	s.entry.OnEscape = s.escape
	s.entry.OnDown = func() {
		s.tell()
		if s.OnDown != nil {
			s.OnDown()
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// Text returns what was typed.
func (s *SearchEntry) Text() string { return s.entry.Text }

// SetText changes the text, as if it was typed.
func (s *SearchEntry) SetText(text string) { s.entry.SetText(text) }

// Clear empties the field and tells so at once.
func (s *SearchEntry) Clear() {
	s.entry.SetText("")
	s.tell()
}

// Focus moves the keyboard here and selects the text.
func (s *SearchEntry) Focus() {
	s.ctx.Window.Canvas().Focus(s.entry)
	s.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// Field returns what takes the focus.
func (s *SearchEntry) Field() fyne.Focusable { return s.entry }

// escape clears the field, or leaves it when it is clear.
func (s *SearchEntry) escape() {
	if s.entry.Text != "" {
		s.Clear()
		return
	}
	s.ctx.Window.Canvas().Unfocus()
}

func (s *SearchEntry) typed(text string) {
	if r := []rune(text); len(r) > searchRunes {
		s.entry.SetText(string(r[:searchRunes])) // calls typed again
		return
	}
	setVisible(s.clear, text != "")
	s.cancel()
	if text == "" {
		s.tell()
		return
	}
	s.cancel = s.ctx.Later(searchDelay, s.tell)
}

// tell calls OnChanged, once for each text.
func (s *SearchEntry) tell() {
	s.cancel()
	s.cancel = func() {}
	if s.told == s.entry.Text {
		return
	}
	s.told = s.entry.Text
	if s.OnChanged != nil {
		s.OnChanged(s.told)
	}
}

// CreateRenderer implements fyne.Widget.
func (s *SearchEntry) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(s.entry)
}
