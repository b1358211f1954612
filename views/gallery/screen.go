package gallery

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Service is what the screen asks of the program. Every method may block.
type Service interface {
	widgets.ViewerService
	Thumb(ctx context.Context, id model.MessageID, maxSide int) (image.Image, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	Name      string // of the conversation, "" when it is not known yet
	OnBack    func()
	OnMessage func(id model.ConversationID, at model.MessageID) // shows a message in its conversation
}

// Screen shows what was sent in a conversation. Build it with New.
type Screen struct {
	ctx  *ui.Context
	svc  Service
	opt  Options
	conv model.ConversationID

	parts  []*part
	tabs   []*widget.Button
	shown  int
	place  *fyne.Container
	body   fyne.CanvasObject
	active bool
	life   context.Context
	cancel context.CancelFunc
	viewer *widgets.Viewer
}

var _ ui.Screen = (*Screen)(nil)

// kinds are the parts in the order of the tabs.
func kinds() []model.GalleryKind {
	return []model.GalleryKind{model.GalleryPictures, model.GalleryFiles, model.GalleryLinks}
}

// New returns the screen of a conversation; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, conv model.ConversationID, o Options) *Screen {
	s := &Screen{ctx: ctx, svc: svc, opt: o, conv: conv, place: container.NewStack()}
	back := widget.NewButtonWithIcon(ctx.T("gallery.back"), apptheme.Icon(apptheme.IconBack), o.OnBack)
	back.Importance = widget.LowImportance
	title := widgets.NewLine(ctx, fynetheme.SizeNameSubHeadingText, fynetheme.ColorNameForeground, fyne.TextStyle{Bold: true})
	title.SetText(s.Title())
	tabs := container.NewHBox()
	for i, k := range kinds() {
		p := newPart(s, k)
		s.parts = append(s.parts, p)
		b := widget.NewButton(ctx.T("gallery.tab."+string(k)), func() { s.show(i) }) //translations: gallery.tab.*
		s.tabs = append(s.tabs, b)
		tabs.Add(b)
	}
	s.body = container.New(layout.NewCustomPaddedLayout(10, 6, 16, 16), container.NewBorder(
		container.NewVBox(container.NewBorder(nil, nil, back, tabs, title), widget.NewSeparator()), nil, nil, nil, s.place))
	s.mark(0)
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string {
	if s.opt.Name != "" {
		return model.CleanLine(s.opt.Name, 80)
	}
	return s.ctx.T("gallery.title")
}

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate reads the part that is shown.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.show(s.shown)
}

// Deactivate cancels what is being read.
func (s *Screen) Deactivate() {
	if !s.active {
		return
	}
	s.active = false
	s.cancel()
	if s.viewer != nil {
		s.viewer.Close()
	}
	for _, p := range s.parts {
		p.reading = false
	}
}

// Escape leads back.
func (s *Screen) Escape() bool {
	s.opt.OnBack()
	return true
}

// mark shows which tab is open.
func (s *Screen) mark(i int) {
	s.shown = i
	for j, b := range s.tabs {
		b.Importance = widget.LowImportance
		if i == j {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
	s.place.Objects = []fyne.CanvasObject{s.parts[i].states}
	s.place.Refresh()
}

func (s *Screen) show(i int) {
	s.mark(i)
	if p := s.parts[i]; s.active && !p.loaded {
		p.read()
	}
}

// open does what a tap on an item means.
func (s *Screen) open(item model.MediaItem) {
	switch {
	case item.Type == model.TypeImage || item.Type == model.TypeVideo:
		s.viewer = widgets.NewViewer(s.ctx, s.svc)
		s.viewer.Open(item)
	case item.State == model.MediaStored:
		widgets.OpenOutside(s.ctx, s.svc, item.MessageID, s.ctx.Toast)
	default:
		s.fetch(item)
	}
}

// fetch downloads a file and opens it.
func (s *Screen) fetch(item model.MediaItem) {
	s.ctx.Toast(s.ctx.T("media.viewer.downloading"))
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		err := s.svc.Download(ctx, item.MessageID)
		return func() {
			if err != nil {
				s.ctx.ShowError("action.download_media", err)
				return
			}
			for _, p := range s.parts {
				p.stored(item.MessageID)
			}
			widgets.OpenOutside(s.ctx, s.svc, item.MessageID, s.ctx.Toast)
		}
	})
}

// inConversation shows the message of an item.
func (s *Screen) inConversation(item model.MediaItem) { s.opt.OnMessage(s.conv, item.MessageID) }
