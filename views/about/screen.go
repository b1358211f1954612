package about

import (
	"fmt"
	"net/url"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Options are what the screen tells of this installation.
type Options struct {
	Version string
	DataDir string
}

const (
	columnWidth = 720 // longer lines are hard to read
	columnSides = 24
	markSide    = 72
)

// Screen says what Buzón is. Build it with New.
type Screen struct {
	ctx  *ui.Context
	opt  Options
	body fyne.CanvasObject
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen.
func New(ctx *ui.Context, o Options) *Screen {
	s := &Screen{ctx: ctx, opt: o}
	parts := container.NewVBox(s.header())
	for _, section := range [][]fyne.CanvasObject{
		{head(ctx.T("about.what")), paragraph(ctx.T("about.what.text"))},
		{
			head(ctx.T("about.limits")), point(ctx.T("about.limits.unofficial")), point(ctx.T("about.limits.history")),
			point(ctx.T("about.limits.disk")), point(ctx.T("about.limits.access")),
		},
		s.data(),
		{
			head(ctx.T("about.links")), s.link(ctx.T("about.link.project"), "https://github.com/xappiens/buzon"),
			s.link(ctx.T("about.link.gateway"), "https://github.com/avoylenko/wwebjs-api"),
		},
		{head(ctx.T("about.licence")), paragraph(ctx.T("about.licence.text"))},
		{head(ctx.T("about.third")), paragraph(ctx.T("about.third.text")), works()},
	} {
		parts.Add(container.New(layout.NewCustomPaddedVBoxLayout(-6), section...))
	}
	s.body = container.NewVScroll(container.New(column{}, container.New(layout.NewCustomPaddedLayout(20, 28, 0, 0), parts)))
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("about.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate has nothing to read.
func (s *Screen) Activate() {}

// Deactivate has nothing to end.
func (s *Screen) Deactivate() {}

func (s *Screen) header() fyne.CanvasObject {
	mark := canvas.NewImageFromResource(theme.AppIcon())
	mark.FillMode = canvas.ImageFillContain
	mark.SetMinSize(fyne.NewSquareSize(markSide))
	name := widget.NewLabel("Buzón")
	name.TextStyle.Bold = true
	name.SizeName = fynetheme.SizeNameHeadingText
	version := widget.NewLabel(s.ctx.T("about.version", translations.Data{"Version": s.opt.Version}))
	version.Importance = widget.LowImportance
	version.Selectable = true
	copyVersion := widgets.NewIconButton(s.ctx, theme.Icon(theme.IconCopy), s.ctx.T("about.copy_version"), func() {
		s.copy(fmt.Sprintf("Buzón %s, %s/%s, %s", s.opt.Version, runtime.GOOS, runtime.GOARCH, runtime.Version()))
	})
	lines := container.New(layout.NewCustomPaddedVBoxLayout(-10), name, paragraph(s.ctx.T("about.tagline")),
		container.NewHBox(version, container.NewCenter(copyVersion)))
	return container.NewBorder(nil, nil,
		container.New(layout.NewCustomPaddedLayout(0, 0, 8, 4), container.NewCenter(mark)), nil, lines) // in line with the texts
}

func (s *Screen) data() []fyne.CanvasObject {
	path := widget.NewLabel(s.opt.DataDir)
	path.Wrapping = fyne.TextWrapBreak
	path.Selectable = true
	path.TextStyle.Monospace = true
	copyPath := widgets.NewIconButton(s.ctx, theme.Icon(theme.IconCopy), s.ctx.T("about.copy_path"), func() { s.copy(s.opt.DataDir) })
	return []fyne.CanvasObject{
		head(s.ctx.T("about.data")), paragraph(s.ctx.T("about.data.text")),
		container.NewBorder(nil, nil, nil, container.NewVBox(copyPath), path),
	}
}

func (s *Screen) copy(text string) {
	s.ctx.Copy(text)
	s.ctx.Toast(s.ctx.T("about.copied"))
}

// link opens a page of the web; the address is beside it, so that one knows where it leads.
func (s *Screen) link(text, address string) fyne.CanvasObject {
	link := widget.NewHyperlink(text, nil)
	link.OnTapped = func() {
		u, err := url.Parse(address)
		if err == nil {
			err = s.ctx.OpenURL(u)
		}
		if err != nil {
			s.ctx.ShowError("action.open_link", err)
		}
	}
	where := widget.NewLabel(address)
	where.Importance = widget.LowImportance
	where.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, link, nil, where)
}

func head(text string) fyne.CanvasObject {
	l := widget.NewLabel(text)
	l.TextStyle.Bold = true
	l.SizeName = fynetheme.SizeNameSubHeadingText
	return l
}

// paragraph gets its width before its text: measuring a label without a width is slow.
func paragraph(text string) *widget.Label {
	l := &widget.Label{Wrapping: fyne.TextWrapWord}
	l.ExtendBaseWidget(l)
	l.Resize(fyne.NewSize(columnWidth, 0))
	l.SetText(text)
	return l
}

// point is a paragraph of a list.
func point(text string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.NewVBox(widget.NewLabel("•")), nil, paragraph(text))
}

// works lists what Buzón is built with, and each one's licence.
func works() fyne.CanvasObject {
	grid := container.New(layout.NewCustomPaddedVBoxLayout(-10))
	for _, w := range thirdParty() {
		name := widget.NewLabel(w.name)
		name.Truncation = fyne.TextTruncateEllipsis
		licence := widget.NewLabel(w.licence)
		licence.Importance = widget.LowImportance
		grid.Add(container.NewGridWithColumns(2, name, licence))
	}
	return grid
}

// column lays its objects in a centred column that is not wider than columnWidth.
type column struct{}

func (column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(size.Width-2*columnSides, columnWidth)
	for _, o := range objects {
		o.Move(fyne.NewPos((size.Width-width)/2, 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}

func (column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least.AddWidthHeight(2*columnSides, 0)
}
