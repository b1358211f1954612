package storage

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Service is what the screen asks of the program. It may block.
type Service interface {
	// Usage returns what each conversation's stored files weigh, the heaviest first.
	Usage(ctx context.Context) ([]model.MediaUsage, error)
	// PreviewDelete returns what DeleteOld would remove; zero stands for all conversations.
	PreviewDelete(ctx context.Context, olderThanDays int, conversation model.ConversationID) (model.MediaUsage, error)
	DeleteOld(ctx context.Context, olderThanDays int, conversation model.ConversationID) (model.MediaUsage, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	OnBack func()
}

// defaultDays is the age that is proposed.
const defaultDays = 180

// mostNamed is how many conversations a confirmation names.
const mostNamed = 8

// Screen shows what files weigh. Build it with New.
type Screen struct {
	ctx *ui.Context
	svc Service

	rows   []model.MediaUsage
	total  model.MediaUsage
	chosen model.ConversationID // zero: all

	sum     *widget.Label
	list    *widget.List
	states  *widgets.StateView
	days    *ui.Entry
	scope   *widget.Label
	remove  *widget.Button
	all     *widget.Button
	body    fyne.CanvasObject
	active  bool
	working bool
	life    context.Context
	cancel  context.CancelFunc
	stop    func()
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	s := &Screen{ctx: ctx, svc: svc}
	back := widget.NewButtonWithIcon(ctx.T("storage.back"), apptheme.Icon(apptheme.IconBack), o.OnBack)
	back.Importance = widget.LowImportance
	title := widget.NewLabelWithStyle(ctx.T("storage.title"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	title.SizeName = fynetheme.SizeNameSubHeadingText
	s.sum = widget.NewLabel("")
	s.sum.Truncation = fyne.TextTruncateEllipsis
	note := widget.NewLabel(ctx.T("storage.note"))
	note.Wrapping = fyne.TextWrapWord
	note.Importance = widget.LowImportance

	s.list = widget.NewList(func() int { return len(s.rows) }, func() fyne.CanvasObject { return newRow(ctx) }, func(i int, o fyne.CanvasObject) {
		if r, ok := o.(*row); ok && i < len(s.rows) {
			r.set(s.rows[i], s.rows[0].Bytes, s.rows[i].ConversationID == s.chosen)
		}
	})
	s.list.HideSeparators = true
	s.list.OnSelected = func(i int) {
		s.list.UnselectAll()
		if i < len(s.rows) {
			s.choose(s.rows[i].ConversationID)
		}
	}
	s.states = widgets.NewStateView(ctx, s.list)

	s.days = ui.NewEntry()
	s.days.SetText(strconv.Itoa(defaultDays))
	s.days.OnSubmitted = func(string) { s.preview() }
	s.scope = widget.NewLabel("")
	s.scope.Truncation = fyne.TextTruncateEllipsis
	s.all = widget.NewButton(ctx.T("storage.all"), func() { s.choose(0) })
	s.all.Importance = widget.LowImportance
	s.remove = widget.NewButton(ctx.T("storage.preview"), s.preview)
	s.remove.Importance = widget.DangerImportance
	field := container.NewHBox(widget.NewLabel(ctx.T("storage.older")), container.NewGridWrap(fyne.NewSize(80, s.days.MinSize().Height), s.days), widget.NewLabel(ctx.T("storage.days")))
	bar := container.NewBorder(nil, nil, field, s.remove, container.NewBorder(nil, nil, nil, s.all, s.scope))

	head := container.NewVBox(container.NewHBox(back, title), s.sum, note)
	s.body = container.New(layout.NewCustomPaddedLayout(10, 10, 20, 20), container.NewBorder(
		container.NewVBox(head, widget.NewSeparator()), container.NewVBox(widget.NewSeparator(), bar), nil, nil, s.states))
	s.choose(0)
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("storage.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate measures the files and follows downloads.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(func(b event.Batch) {
		for _, p := range b.Media {
			if p.State != model.MediaDownloading {
				s.load()
				return
			}
		}
	})
	s.load()
}

// Deactivate cancels what is being read.
func (s *Screen) Deactivate() {
	if !s.active {
		return
	}
	s.active = false
	s.stop()
	s.cancel()
}

func (s *Screen) load() {
	if !s.active {
		return
	}
	if len(s.rows) == 0 {
		s.states.ShowLoading()
	}
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		rows, err := s.svc.Usage(ctx)
		return func() {
			if err != nil {
				s.states.ShowError("action.load_storage", err, s.load)
				return
			}
			s.take(rows)
		}
	})
}

func (s *Screen) take(rows []model.MediaUsage) {
	s.rows, s.total = rows, model.MediaUsage{}
	held := false
	for _, r := range rows {
		s.total.Files += r.Files
		s.total.Bytes += r.Bytes
		held = held || r.ConversationID == s.chosen
	}
	if !held {
		s.chosen = 0
	}
	s.narrow(s.chosen)
	if len(rows) == 0 {
		s.sum.SetText("")
		s.states.ShowEmpty(widgets.Empty{Icon: apptheme.Icon(apptheme.IconMedia), Title: s.ctx.T("storage.empty.title"), Text: s.ctx.T("storage.empty.text")})
		return
	}
	s.sum.SetText(s.ctx.N("storage.sum", s.total.Files, translations.Data{"Size": s.ctx.FormatBytes(s.total.Bytes), "Conversations": s.ctx.FormatNumber(len(rows))}))
	s.states.ShowData()
	s.list.Refresh()
}

// choose narrows what is removed to a conversation; choosing it again widens it.
func (s *Screen) choose(id model.ConversationID) {
	if id == s.chosen {
		id = 0
	}
	s.narrow(id)
}

// narrow says of which conversation files are removed, zero for all.
func (s *Screen) narrow(id model.ConversationID) {
	s.chosen = id
	text := s.ctx.T("storage.scope.all")
	if id != 0 {
		text = s.ctx.T("storage.scope.one", translations.Data{"Name": s.name(id)})
	}
	s.scope.SetText(text)
	s.all.Hidden = id == 0
	s.list.Refresh()
}

func (s *Screen) name(id model.ConversationID) string {
	for _, r := range s.rows {
		if r.ConversationID == id {
			return rowName(s.ctx, r)
		}
	}
	return ""
}

func rowName(ctx *ui.Context, r model.MediaUsage) string {
	if name := model.CleanLine(r.Name, 80); name != "" {
		return name
	}
	return ctx.T("storage.unnamed")
}

// plan is what a confirmation tells.
type plan struct {
	sum  model.MediaUsage
	each []model.MediaUsage
}

// preview counts what would go, then asks.
func (s *Screen) preview() {
	days, err := strconv.Atoi(strings.TrimSpace(s.days.Text))
	if err != nil || days < 1 || days > 36_500 {
		s.ctx.Toast(s.ctx.T("storage.days.wrong"))
		s.ctx.Window.Canvas().Focus(s.days)
		return
	}
	if !s.active || s.working {
		return
	}
	id, rows := s.chosen, s.rows
	s.setWorking(true)
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		p, err := s.plan(ctx, days, id, rows)
		return func() {
			s.setWorking(false)
			switch {
			case err != nil:
				s.ctx.ShowError("action.delete_media", err)
			case p.sum.Files == 0:
				s.ctx.Toast(s.ctx.N("storage.nothing", days))
			default:
				s.confirm(days, id, p)
			}
		}
	})
}

func (s *Screen) plan(ctx context.Context, days int, id model.ConversationID, rows []model.MediaUsage) (p plan, err error) {
	if p.sum, err = s.svc.PreviewDelete(ctx, days, id); err != nil || id != 0 {
		return p, err
	}
	for _, r := range rows {
		if len(p.each) == mostNamed {
			break
		}
		u, err := s.svc.PreviewDelete(ctx, days, r.ConversationID)
		if err != nil {
			return p, err
		}
		if u.Files > 0 {
			u.ConversationID, u.Name = r.ConversationID, r.Name
			p.each = append(p.each, u)
		}
	}
	return p, nil
}

func (s *Screen) confirm(days int, id model.ConversationID, p plan) {
	where := s.ctx.T("storage.confirm.all")
	if id != 0 {
		where = s.name(id)
	}
	lines := []string{s.ctx.N("storage.confirm.text", p.sum.Files, translations.Data{"Size": s.ctx.FormatBytes(p.sum.Bytes), "Where": where, "Days": days})}
	files := 0
	for _, u := range p.each {
		files += u.Files
		lines = append(lines, "• "+s.ctx.N("storage.confirm.row", u.Files, translations.Data{"Name": rowName(s.ctx, u), "Size": s.ctx.FormatBytes(u.Bytes)}))
	}
	if rest := p.sum.Files - files; len(p.each) > 0 && rest > 0 {
		lines = append(lines, "• "+s.ctx.N("storage.confirm.rest", rest))
	}
	lines = append(lines, "", s.ctx.T("storage.confirm.stay"))
	s.ctx.Confirm(ui.ConfirmOptions{
		Title: s.ctx.T("storage.confirm.title"), Body: strings.Join(lines, "\n"), Button: s.ctx.N("storage.confirm.button", p.sum.Files), Danger: true,
	}, func() { s.delete(days, id) })
}

// delete removes for as long as the window lives: what was confirmed is done.
func (s *Screen) delete(days int, id model.ConversationID) {
	s.setWorking(true)
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		removed, err := s.svc.DeleteOld(ctx, days, id)
		return func() {
			s.setWorking(false)
			if err != nil {
				s.ctx.ShowError("action.delete_media", err)
			} else {
				s.ctx.Toast(s.ctx.N("storage.deleted", removed.Files, translations.Data{"Size": s.ctx.FormatBytes(removed.Bytes)}))
			}
			s.load()
		}
	})
}

func (s *Screen) setWorking(on bool) {
	s.working = on
	if on {
		s.remove.Disable()
	} else {
		s.remove.Enable()
	}
}
