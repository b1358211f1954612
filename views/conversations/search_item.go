package conversations

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Lengths of what a row of a search shows, in characters.
const (
	excerptLead = 28  // before the first word that was found
	excerptMost = 240 // in all; a row is one line
)

// foundRow is a row of the search: what it shows, and what it leads to. One
// that leads nowhere is a heading.
type foundRow struct {
	item  widgets.SearchItem
	open  func()
	erase func() // the button at its end; nil: none
}

// placeRow returns the row of a conversation, or of a contact without one.
func placeRow(ctx *ui.Context, p *model.PlaceHit, open func()) foundRow {
	item := widgets.SearchItem{
		Title:  widgets.ConversationName(ctx, model.ConversationRow{Name: p.Name, JID: p.JID, Main: p.Main}),
		Avatar: string(p.JID), Hash: p.AvatarHash,
	}
	if p.Kind != model.KindPerson && p.Kind != "" {
		item.Text = ctx.T("conversations.kind." + string(p.Kind)) //translations: conversations.kind.*
	} else {
		item.Text = ctx.NumberOf(p.PersonJID())
	}
	if p.ConversationID == 0 {
		item.Text += " · " + ctx.T("search.place.new")
	}
	return foundRow{item: item, open: open}
}

// hitRow returns the row of a message.
func hitRow(ctx *ui.Context, h *model.SearchHit, open func()) foundRow {
	item := widgets.SearchItem{
		Title:  widgets.ConversationName(ctx, model.ConversationRow{Name: h.ConversationName, JID: h.ConversationJID}),
		Avatar: string(h.ConversationJID), Hash: h.AvatarHash, When: foundWhen(ctx, h.ID.Stamp()),
	}
	item.Name = item.Title
	author := model.CleanLine(h.Author, 60)
	if h.FromMe {
		author = ctx.T("conversations.you")
	}
	if author != "" {
		item.Title = ctx.T("search.author", translations.Data{"Author": author, "Place": item.Title})
	}
	item.Text, item.Marks = excerpt(model.NameMarked(h.Text, h.Marks, func(jid model.JID) string { return h.Names[jid] }))
	kind := ctx.MessageTypeText(h.Type)
	switch {
	case item.Text == "":
		item.Text = kind
	case kind != "" && !h.Type.IsNotice() && !ui.MessageTypeUnknown(h.Type):
		lead := kind + " · "
		item.Text = lead + item.Text
		for i := range item.Marks {
			item.Marks[i].From += len(lead)
			item.Marks[i].To += len(lead)
		}
	}
	if item.Text == "" {
		item.Text = ctx.T("conversations.quote_gone")
	}
	return foundRow{item: item, open: open}
}

// foundWhen returns day and time: the time alone for today.
func foundWhen(ctx *ui.Context, at model.Stamp) string {
	if day := ctx.FormatDay(at); day == ctx.FormatDay(model.StampOf(ctx.Now())) {
		return ctx.FormatTime(at)
	}
	return ctx.FormatDateTime(at)
}

// excerpt returns one line of a text around what was found in it, and where
// that is in the line.
func excerpt(text string, marks []model.TextRange) (string, []model.TextRange) {
	from := 0
	if len(marks) > 0 {
		from = excerptStart(text, min(max(marks[0].From, 0), len(text)))
	}
	var line strings.Builder
	if from > 0 {
		line.WriteString("…")
	}
	lights := lights{marks: marks, open: -1}
	runes := 0
	for i, r := range text[from:] {
		lights.at(from+i, line.Len())
		if r = shownOnOneLine(r); r == 0 || r == ' ' && endsWithSpace(line.String()) {
			continue
		}
		line.WriteRune(r)
		if runes++; runes == excerptMost {
			break
		}
	}
	lights.end(line.Len())
	lit := lights.lit
	out := strings.TrimRight(line.String(), " ")
	for i := range lit {
		lit[i].To = min(lit[i].To, len(out))
	}
	return out, lit
}

// lights carries marks of a text over to the line that is made of it.
type lights struct {
	marks []model.TextRange // those that have not begun
	until int               // end of the one that is open, in the text
	open  int               // where it begins in the line; below zero: none is
	lit   []model.TextRange
}

// at says that the line, so long by now, goes on with a byte of the text.
func (l *lights) at(text, line int) {
	if l.open >= 0 && text >= l.until {
		l.end(line)
	}
	for l.open < 0 && len(l.marks) > 0 && l.marks[0].From <= text {
		if l.marks[0].To > text {
			l.open, l.until = line, l.marks[0].To
		}
		l.marks = l.marks[1:]
	}
}

// end says that what is lit ends here.
func (l *lights) end(line int) {
	if l.open >= 0 {
		l.lit = append(l.lit, model.TextRange{From: l.open, To: line})
		l.open = -1
	}
}

// shownOnOneLine returns what stands for a character on one line, zero for
// nothing.
func shownOnOneLine(r rune) rune {
	switch {
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	case model.CleanLine(string(r), 1) == "": // never shown
		return 0
	}
	return r
}

func endsWithSpace(s string) bool { return s == "" || strings.HasSuffix(s, " ") }

// excerptStart returns where the excerpt begins: at its beginning, unless what
// was found is far from it; then at a word a little before.
func excerptStart(text string, mark int) int {
	start, runes := mark, 0
	for start > 0 && runes <= excerptLead {
		_, size := utf8.DecodeLastRuneInString(text[:start])
		start -= size
		runes++
	}
	if start == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[start:mark], unicode.IsSpace); i >= 0 {
		start += i
		_, size := utf8.DecodeRuneInString(text[start:])
		start += size
	}
	return start
}

// iconRow returns a row with an icon.
func iconRow(icon apptheme.IconName, title, text string, open func()) foundRow {
	return foundRow{item: widgets.SearchItem{Icon: icon, Title: title, Text: text}, open: open}
}

// headingRow returns the name of the rows that follow.
func headingRow(title string) foundRow {
	return foundRow{item: widgets.SearchItem{Title: title}}
}
