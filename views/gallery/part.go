package gallery

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	pageSize = 90
	columns  = 5 // pictures beside each other
)

// line is one row of the list: the heading of a month, some pictures, a file or a link.
type line struct {
	month string
	items []model.MediaItem
	link  string
}

// part is one tab.
type part struct {
	s       *Screen
	kind    model.GalleryKind
	items   []model.MediaItem
	lines   []line
	more    bool
	loaded  bool
	reading bool
	heights []float32 // of the lines, as the list knows them
	list    *widget.List
	states  *widgets.StateView
}

func newPart(s *Screen, kind model.GalleryKind) *part {
	p := &part{s: s, kind: kind}
	p.list = widget.NewList(func() int { return len(p.lines) }, func() fyne.CanvasObject { return newLineView(p) }, func(i int, o fyne.CanvasObject) {
		if v, ok := o.(*lineView); ok && i < len(p.lines) {
			v.set(p.lines[i])
		}
		if p.more && i >= len(p.lines)-10 {
			p.read()
		}
	})
	p.list.HideSeparators = true
	p.list.OnSelected = func(i int) {
		p.list.UnselectAll()
		if i < len(p.lines) && kind != model.GalleryPictures {
			p.chosen(p.lines[i])
		}
	}
	p.states = widgets.NewStateView(s.ctx, p.list)
	return p
}

// read reads the next page.
func (p *part) read() {
	if p.reading || !p.s.active {
		return
	}
	p.reading = true
	if !p.loaded {
		p.states.ShowLoading()
	}
	q := model.MediaQuery{ConversationID: p.s.conv, Kind: p.kind, Limit: pageSize}
	if n := len(p.items); n > 0 {
		q.Before = p.items[n-1].MessageID
	}
	p.s.ctx.Load(p.s.life, func(ctx context.Context) func() {
		page, err := p.s.svc.Gallery(ctx, q)
		return func() {
			p.reading = false
			if err != nil {
				p.more = false
				if p.loaded {
					p.s.ctx.ShowError("action.load_gallery", err)
					return
				}
				p.states.ShowError("action.load_gallery", err, p.read)
				return
			}
			p.loaded, p.more = true, len(page) >= pageSize
			p.items = append(p.items, page...)
			p.show()
		}
	})
}

func (p *part) show() {
	if len(p.items) == 0 {
		p.states.ShowEmpty(widgets.Empty{
			Icon:  apptheme.Icon(apptheme.IconMedia),
			Title: p.s.ctx.T("gallery.empty." + string(p.kind)), Text: p.s.ctx.T("gallery.empty.text"), //translations: gallery.empty.*
		})
		return
	}
	p.arrange()
	p.size()
	p.states.ShowData()
	p.list.Refresh()
}

// stored notes that a file is here now.
func (p *part) stored(id model.MessageID) {
	for i := range p.items {
		if p.items[i].MessageID == id {
			p.items[i].State = model.MediaStored
			p.arrange()
			p.list.Refresh()
			return
		}
	}
}

// arrange makes lines of the items, under the months in which they were sent.
func (p *part) arrange() {
	p.lines = nil
	month := ""
	for _, item := range p.items {
		if m := p.month(item); m != month {
			month = m
			p.lines = append(p.lines, line{month: m})
		}
		switch p.kind {
		case model.GalleryLinks:
			for _, link := range item.Links {
				p.lines = append(p.lines, line{items: []model.MediaItem{item}, link: link})
			}
		case model.GalleryFiles:
			p.lines = append(p.lines, line{items: []model.MediaItem{item}})
		default:
			last := &p.lines[len(p.lines)-1]
			if last.month != "" || len(last.items) == columns {
				p.lines = append(p.lines, line{})
				last = &p.lines[len(p.lines)-1]
			}
			last.items = append(last.items, item)
		}
	}
}

// size gives the headings of pictures less height than the pictures. Each
// height that is set draws the list anew, so only those that changed are.
func (p *part) size() {
	if p.kind != model.GalleryPictures {
		return
	}
	for i, l := range p.lines {
		h := float32(tileHeight)
		if l.month != "" {
			h = headingHeight
		}
		if i < len(p.heights) && p.heights[i] == h {
			continue
		}
		p.heights = append(p.heights[:min(i, len(p.heights))], h)
		p.list.SetItemHeight(i, h)
	}
}

// month names the month of an item.
func (p *part) month(item model.MediaItem) string {
	t := item.MessageID.Stamp().Time().In(p.s.ctx.Location)
	return p.s.ctx.T("gallery.month", translations.Data{
		"Month": p.s.ctx.T(fmt.Sprintf("format.month.%d", t.Month())), "Year": t.Year(), //translations: format.month.*
	})
}

// chosen opens a file, or asks about a link.
func (p *part) chosen(l line) {
	switch {
	case len(l.items) == 0:
	case l.link != "":
		p.askLink(l)
	default:
		p.s.open(l.items[0])
	}
}

// host returns where a link leads, "" when it is none that is opened.
func host(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return model.CleanLine(u.Hostname(), 200)
}

func (p *part) askLink(l line) {
	ctx := p.s.ctx
	h := host(l.link)
	u, err := url.Parse(l.link)
	if h == "" || err != nil {
		ctx.Toast(ctx.T("conversations.link.bad"))
		return
	}
	text := widget.NewLabel(ctx.T("conversations.link.text", translations.Data{"Host": h, "Address": model.CleanLine(l.link, 300)}))
	text.Wrapping = fyne.TextWrapWord
	body := text.Text
	if strings.Contains(h, "xn--") || strings.IndexFunc(h, func(r rune) bool { return r > 0x7f }) >= 0 {
		body += "\n\n" + ctx.T("conversations.link.letters")
		text.SetText(body)
	}
	ctx.ShowModal(ui.Modal{
		Title: ctx.T("conversations.link.title", translations.Data{"Host": h}), Content: text, FocusButton: 2,
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("gallery.in_conversation"), Tapped: func() { p.s.inConversation(l.items[0]) }},
			{Text: ctx.T("conversations.link.open"), Importance: widget.HighImportance, Tapped: func() {
				if err := ctx.OpenURL(u); err != nil {
					ctx.ShowError("action.open_link", err)
				}
			}},
		},
	})
}
