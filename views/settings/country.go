package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// country is one whose national numbers can be understood.
type country struct {
	code string // ISO 3166, two letters
	name string
	dial int // without the plus
	key  string
}

func (c country) String() string {
	if c.dial == 0 {
		return fmt.Sprintf("%s (%s)", c.name, c.code)
	}
	return fmt.Sprintf("%s (%s, +%d)", c.name, c.code, c.dial)
}

// countries returns all of them, by name in a language.
func countries(lang string) []country {
	var all []country
	for code := range phonenumbers.GetSupportedRegions() {
		c := countryOf(code, lang)
		c.key = fold(c.name)
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b country) int { return strings.Compare(a.key+a.code, b.key+b.code) })
	return all
}

// countryOf returns the country of a code; one that is not known has its code for a name.
func countryOf(code, lang string) country {
	c := country{code: code, name: code, dial: phonenumbers.GetCountryCodeForRegion(code)}
	region, err := language.ParseRegion(code)
	if err != nil {
		return c
	}
	names := display.English
	if lang == "es" {
		names = display.Spanish
	}
	if name := names.Regions().Name(region); name != "" {
		c.name = name
	}
	return c
}

// fold makes a name comparable: small letters without their accents.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// matching returns the countries whose name, code or dialling code fits a text.
func matching(all []country, text string) []country {
	text = strings.TrimSpace(fold(text))
	if text == "" {
		return all
	}
	digits := strings.TrimLeft(strings.TrimPrefix(text, "+"), "0")
	var some []country
	for _, c := range all {
		if strings.Contains(c.key, text) || strings.ToLower(c.code) == text ||
			digits != "" && strings.HasPrefix(strconv.Itoa(c.dial), digits) {
			some = append(some, c)
		}
	}
	return some
}

// countryField is a button that opens the list of countries.
type countryField struct {
	ctx     *ui.Context
	changed func()
	code    string
	button  *widget.Button
}

func newCountryField(ctx *ui.Context, changed func()) *countryField {
	f := &countryField{ctx: ctx, changed: changed}
	f.button = widget.NewButtonWithIcon("", theme.Icon(theme.IconDown), f.open)
	f.button.Alignment = widget.ButtonAlignLeading
	f.button.IconPlacement = widget.ButtonIconTrailingText
	return f
}

func (f *countryField) set(code string) {
	f.code = code
	f.button.SetText(countryOf(code, f.ctx.Text.Lang()).String())
}

func (f *countryField) open() {
	all := countries(f.ctx.Text.Lang())
	shown := all
	var closeModal func()
	choose := func(c country) {
		closeModal()
		f.set(c.code)
		f.changed()
	}
	list := widget.NewList(func() int { return len(shown) },
		func() fyne.CanvasObject {
			l := widget.NewLabel("")
			l.Truncation = fyne.TextTruncateEllipsis
			return l
		},
		func(i int, o fyne.CanvasObject) {
			if l, ok := o.(*widget.Label); ok && i < len(shown) {
				l.SetText(shown[i].String())
			}
		})
	list.HideSeparators = true
	list.OnSelected = func(i int) {
		if i < len(shown) {
			choose(shown[i])
		}
	}
	search := widgets.NewSearchEntry(f.ctx, f.ctx.T("settings.country.search"))
	search.OnChanged = func(text string) {
		shown = matching(all, text)
		list.ScrollToOffset(0)
		list.Refresh()
	}
	search.OnSubmit = func(text string) {
		if some := matching(all, text); len(some) > 0 && text != "" {
			choose(some[0])
		}
	}
	search.OnDown = func() { f.ctx.Window.Canvas().Focus(list) }
	room := canvas.NewRectangle(nil)
	room.SetMinSize(fyne.NewSize(400, 320))
	closeModal = f.ctx.ShowModal(ui.Modal{
		Title:   f.ctx.T("settings.country"),
		Content: container.NewBorder(search, nil, nil, nil, container.NewStack(room, list)),
		Buttons: []ui.ModalButton{{Text: f.ctx.T("common.cancel")}},
	})
	search.Focus()
}
