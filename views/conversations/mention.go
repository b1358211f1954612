package conversations

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/text/unicode/norm"

	"github.com/xappiens/buzon/model"
)

const (
	mentionShown = 6
	mentionWord  = 60 // bytes of what is typed behind "@" at most
)

// mention is somebody who was named in what is written.
type mention struct {
	jid  model.JID
	name string // as it stands in the text behind "@"
}

// rank puts first whose name begins as wanted, then those of whom another word does
// so, and last those who have no name.
func (m mention) rank(wanted string) int {
	switch {
	case model.NamelessTitle(m.name, m.jid):
		return 2
	case !strings.HasPrefix(plainName(m.name), wanted):
		return 1
	}
	return 0
}

// mentions is the list of people of a group that appears behind an "@".
type mentions struct {
	c       *compose
	choices []mention
	chosen  int
	from    int // of the "@", in bytes of the text
	left    int // an "@" whose list was sent away, -1 for none

	box    *fyne.Container
	ground *canvas.Rectangle
	body   *fyne.Container
}

func newMentions(c *compose) *mentions {
	m := &mentions{c: c, left: -1, box: container.NewVBox(), ground: canvas.NewRectangle(nil)}
	m.box.Layout = &column{}
	m.ground.StrokeWidth, m.ground.CornerRadius = 1, 6
	m.body = container.New(&raised{}, container.NewStack(m.ground, m.box))
	m.body.Hide()
	return m
}

// raised puts what it holds at the lower left, as large as it needs to be.
type raised struct{}

// MinSize implements fyne.Layout.
func (raised) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (raised) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		needs := o.MinSize()
		needs = fyne.NewSize(min(needs.Width, size.Width-4*theme.Padding()), min(needs.Height, size.Height))
		o.Resize(needs)
		o.Move(fyne.NewPos(2*theme.Padding(), size.Height-needs.Height-theme.Padding()))
	}
}

// typed proposes who can be meant by what stands before the cursor.
func (m *mentions) typed() {
	d := m.c.d
	text := m.c.composer.Text()
	word, from, ok := mentionAt(text, m.c.composer.Cursor())
	if !ok || d.group == nil || from == m.left {
		if !ok {
			m.left = -1
		}
		m.hide()
		return
	}
	m.from, m.choices = from, nil
	w, wanted := d.writer(), plainName(word)
	for _, p := range d.group.Participants {
		if s := d.session(); p.IsMe || s != nil && s.JID == p.JID {
			continue // nobody calls oneself
		}
		name := strings.TrimPrefix(model.CleanLine(w.name(p.JID), 80), "@")
		if name != "" && namesBegin(plainName(name), wanted) {
			m.choices = append(m.choices, mention{p.JID, name})
		}
	}
	slices.SortStableFunc(m.choices, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.rank(wanted), b.rank(wanted)), cmp.Compare(plainName(a.name), plainName(b.name)))
	})
	m.choices = m.choices[:min(len(m.choices), mentionShown)]
	m.fill()
}

func (m *mentions) fill() {
	m.chosen = 0
	m.box.RemoveAll()
	for i, one := range m.choices {
		phone := m.c.ctx.FormatPhone(one.jid.Phone())
		if phone == one.name {
			phone = ""
		}
		m.box.Add(newChoiceRow(choice{word: one.name, explain: phone, name: true}, i == 0, func() {
			m.take(i)
			m.c.composer.Focus()
		}))
	}
	m.ground.FillColor = theme.Color(theme.ColorNameOverlayBackground)
	m.ground.StrokeColor = theme.Color(theme.ColorNameInputBorder)
	setVisible(m.body, len(m.choices) > 0)
	m.body.Refresh()
}

func (m *mentions) hide() {
	m.choices = nil
	m.body.Hide()
}

// open tells whether there is somebody to choose.
func (m *mentions) open() bool { return len(m.choices) > 0 }

// key takes the keys that are for the list while it is open.
func (m *mentions) key(key fyne.KeyName) bool {
	if !m.open() {
		return false
	}
	switch key {
	case fyne.KeyDown:
		m.choose(m.chosen + 1)
	case fyne.KeyUp:
		m.choose(m.chosen - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab:
		m.take(m.chosen)
	case fyne.KeyEscape:
		m.left = m.from
		m.hide()
	default:
		return false
	}
	return true
}

func (m *mentions) choose(i int) {
	m.chosen = (i + len(m.choices)) % len(m.choices)
	for n, o := range m.box.Objects {
		if row, ok := o.(*choiceRow); ok {
			row.setOn(n == m.chosen)
		}
	}
}

// take puts a name into the text.
func (m *mentions) take(i int) {
	if i >= len(m.choices) {
		return
	}
	one := m.choices[i]
	m.hide()
	u := m.c.now
	if !slices.Contains(u.mentions, one) {
		u.mentions = append(u.mentions, one)
	}
	m.c.composer.Replace(m.from, m.c.composer.Cursor(), "@"+one.name+" ")
	m.hide()
}

// mentionAt returns what was typed behind the "@" before the cursor. An "@"
// within a word, as in an address, is none.
func mentionAt(text string, cursor int) (word string, from int, ok bool) {
	before := text[:min(max(cursor, 0), len(text))]
	from = strings.LastIndexByte(before, '@')
	if from < 0 || len(before)-from > mentionWord {
		return "", 0, false
	}
	if r, _ := utf8.DecodeLastRuneInString(before[:from]); from > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return "", 0, false
	}
	word = before[from+1:]
	return word, from, !strings.ContainsAny(word, "\n\t") && !strings.HasPrefix(word, " ") && !strings.HasSuffix(word, "  ")
}

// namesBegin tells whether a name, or one of its words, begins so.
func namesBegin(name, begin string) bool {
	return strings.HasPrefix(name, begin) || strings.Contains(name, " "+begin)
}

// plainName makes small letters without accents of a name.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// named writes the names that were chosen as WhatsApp wants them, "@" and the
// user part of the identifier, and returns whom the text still names.
func named(text string, chosen []mention) (string, []model.JID) {
	if len(chosen) == 0 {
		return text, nil
	}
	chosen = slices.Clone(chosen)
	slices.SortFunc(chosen, func(a, b mention) int { return len(b.name) - len(a.name) }) // Ana María before Ana
	var out strings.Builder
	var who []model.JID
	for {
		at := strings.IndexByte(text, '@')
		if at < 0 {
			break
		}
		out.WriteString(text[:at])
		text = text[at:]
		i := slices.IndexFunc(chosen, func(m mention) bool { return stands(text[1:], m.name) })
		if i < 0 {
			out.WriteByte('@')
			text = text[1:]
			continue
		}
		out.WriteString("@" + chosen[i].jid.User())
		text = text[1+len(chosen[i].name):]
		if !slices.Contains(who, chosen[i].jid) {
			who = append(who, chosen[i].jid)
		}
	}
	out.WriteString(text)
	return out.String(), who
}

// stands tells whether a text begins with a whole name.
func stands(text, name string) bool {
	rest, ok := strings.CutPrefix(text, name)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLetter(next) && !unicode.IsDigit(next))
}
