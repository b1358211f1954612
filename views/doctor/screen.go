package doctor

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Service makes the checks.
type Service interface {
	// Examine makes all checks and hands each to report, from its own goroutine, as
	// soon as it is done. It blocks for as long as that takes.
	Examine(ctx context.Context, report func(model.Check)) []model.Check
	// Mask takes secrets, identifiers and numbers out of a text.
	Mask(text string) string
}

// Options are what a report says beside the checks.
type Options struct {
	Version string // of Buzón and of the system, in one line
}

// Screen shows the checks. Build it with New.
type Screen struct {
	ctx *ui.Context
	svc Service
	opt Options

	root    fyne.CanvasObject
	summary *widget.Label
	busy    *widget.Activity
	again   *widget.Button
	copy    *widget.Button
	list    *fyne.Container
	scroll  *container.Scroll
	fault   fyne.CanvasObject // the row of the first check that failed; nil without one

	checks  []model.Check
	running bool
	gen     int
	life    context.Context
	cancel  context.CancelFunc
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen. It checks nothing before Activate.
func New(ctx *ui.Context, svc Service, opt Options) *Screen {
	s := &Screen{ctx: ctx, svc: svc, opt: opt, summary: widget.NewLabel(""), busy: widget.NewActivity(), list: container.NewVBox()}
	title := widget.NewLabel(s.Title())
	title.TextStyle.Bold = true
	title.SizeName = theme.SizeNameHeadingText
	s.summary.Wrapping = fyne.TextWrapWord
	s.busy.Hide()
	s.again = widget.NewButtonWithIcon(ctx.T("doctor.again"), apptheme.Icon(apptheme.IconRefresh), s.run)
	s.copy = widget.NewButtonWithIcon(ctx.T("doctor.copy"), apptheme.Icon(apptheme.IconCopy), s.copyReport)
	s.scroll = container.NewVScroll(container.NewPadded(s.list))
	buttons := container.NewHBox(container.NewCenter(s.busy), s.copy, s.again)
	head := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()), container.NewBorder(nil, nil, nil, container.NewCenter(buttons), title), s.summary)
	s.root = container.NewBorder(container.NewPadded(head), nil, nil, nil, s.scroll)
	s.apply()
	return s
}

// Title implements ui.Screen.
func (s *Screen) Title() string { return s.ctx.T("doctor.title") }

// Content implements ui.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// Activate implements ui.Screen. The checks are made when the page is opened.
func (s *Screen) Activate() {
	if s.cancel != nil {
		return
	}
	s.life, s.cancel = context.WithCancel(context.Background())
	s.run()
}

// Deactivate implements ui.Screen. Checks that run are given up.
func (s *Screen) Deactivate() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.cancel = nil
	s.gen++
	s.running = false
	s.apply()
}

// run makes the checks anew; each is shown as soon as it is done.
func (s *Screen) run() {
	if s.cancel == nil || s.running {
		return
	}
	s.gen++
	gen := s.gen
	s.running, s.checks, s.fault = true, nil, nil
	s.list.RemoveAll()
	s.scroll.ScrollToTop()
	s.apply()
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		all := s.svc.Examine(ctx, func(c model.Check) {
			s.ctx.Do(func() {
				if gen == s.gen {
					s.add(c)
				}
			})
		})
		return func() {
			if gen != s.gen {
				return
			}
			s.running, s.checks = false, all
			s.apply()
			s.showFault()
		}
	})
}

func (s *Screen) add(c model.Check) {
	if c.Status == model.CheckSkipped {
		return // it says nothing
	}
	s.checks = append(s.checks, c)
	row := newRow(s.ctx, c)
	s.list.Add(row)
	if s.fault == nil && c.Status == model.CheckFailed {
		s.fault = row
	}
	s.apply()
}

// showFault scrolls to what does not work, which the summary speaks of, unless
// somebody has scrolled meanwhile.
func (s *Screen) showFault() {
	if s.fault == nil || s.scroll.Offset.Y != 0 {
		return
	}
	if below := s.fault.Position().Y + s.fault.Size().Height + theme.Padding(); below > s.scroll.Size().Height {
		s.scroll.Refresh() // takes the size of its rows, beyond which it does not scroll
		s.scroll.Offset.Y = s.fault.Position().Y
		s.scroll.Refresh()
	}
}

// apply is the only place that changes what is around the rows.
func (s *Screen) apply() {
	bad, odd := 0, 0
	for _, c := range s.checks {
		switch c.Status {
		case model.CheckFailed:
			bad++
		case model.CheckWarning:
			odd++
		}
	}
	words := ""
	switch {
	case s.running:
		words = s.ctx.T("doctor.running")
	case bad > 0:
		words = s.ctx.N("doctor.bad", bad, translations.Data{"Count": s.ctx.FormatNumber(bad)})
	case odd > 0:
		words = s.ctx.N("doctor.odd", odd, translations.Data{"Count": s.ctx.FormatNumber(odd)})
	case len(s.checks) > 0:
		words = s.ctx.T("doctor.good")
	}
	if s.summary.Text != words {
		s.summary.SetText(words)
	}
	if s.running {
		s.again.Disable()
		s.copy.Disable()
		if s.ctx.Animations {
			s.busy.Show()
			s.busy.Start()
		}
		return
	}
	s.busy.Stop()
	s.busy.Hide()
	s.again.Enable()
	if len(s.checks) > 0 {
		s.copy.Enable()
	} else {
		s.copy.Disable()
	}
}

// copyReport puts the checks on the clipboard, without secrets and numbers.
func (s *Screen) copyReport() {
	var b strings.Builder
	b.WriteString(s.opt.Version + "\n")
	for _, c := range s.checks {
		b.WriteString(statusText(s.ctx, c.Status) + " · " + titleText(s.ctx, c))
		if c.Detail != "" {
			b.WriteString(": " + c.Detail)
		}
		if c.Reason != "" {
			b.WriteString(" (" + c.Reason + ")")
		}
		if words := adviceText(s.ctx, c); words != "" {
			b.WriteString("\n    " + words)
		}
		b.WriteString("\n")
	}
	s.ctx.Copy(s.svc.Mask(b.String()))
	s.ctx.Toast(s.ctx.T("doctor.copied"))
}

func statusText(ctx *ui.Context, status model.CheckStatus) string {
	return ctx.T("doctor.status." + string(status)) //translations: doctor.status.*
}

// titleText names a check, and the session where it is about one.
func titleText(ctx *ui.Context, c model.Check) string {
	title := ctx.T("doctor.check." + c.Name) //translations: doctor.check.*
	if c.Subject != "" {
		return ctx.T("doctor.subject", translations.Data{"Name": c.Subject, "Check": title})
	}
	return title
}

// adviceText says what is wrong and what to do.
func adviceText(ctx *ui.Context, c model.Check) string {
	var words []string
	if c.Says != "" {
		words = append(words, ctx.N(c.Says, c.Count, translations.Data{"Count": ctx.FormatNumber(c.Count)}))
	}
	if c.Cure != "" {
		words = append(words, ctx.T(c.Cure))
	}
	return strings.Join(words, " ")
}

// newRow shows one check: its sign, what was looked at, what was found and what to do.
func newRow(ctx *ui.Context, c model.Check) fyne.CanvasObject {
	icon, color := apptheme.IconCheck, theme.ColorNameSuccess
	switch c.Status {
	case model.CheckWarning:
		icon, color = apptheme.IconWarning, theme.ColorNameWarning
	case model.CheckFailed:
		icon, color = apptheme.IconClose, theme.ColorNameError
	}
	title := widget.NewLabel(titleText(ctx, c))
	title.TextStyle.Bold = c.Status != model.CheckOK
	title.Truncation = fyne.TextTruncateEllipsis
	detail := widget.NewLabel(c.Detail)
	detail.Importance = widget.LowImportance
	detail.Truncation = fyne.TextTruncateEllipsis
	words := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()), container.NewGridWithColumns(2, title, detail))
	if c.Status == model.CheckFailed { // what went wrong is worth all of its words
		detail.Truncation, detail.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	}
	if advice := adviceText(ctx, c); advice != "" {
		cure := &widget.Label{Wrapping: fyne.TextWrapWord}
		cure.ExtendBaseWidget(cure)
		cure.Resize(fyne.NewSize(600, 0)) // measuring it without a width is slow
		cure.SetText(advice)
		words.Add(cure)
	}
	sign := widget.NewIcon(apptheme.ColoredIcon(icon, color))
	return container.NewBorder(nil, nil, container.NewVBox(container.New(layout.NewCustomPaddedLayout(theme.InnerPadding(), 0, theme.Padding(), 0), sign)), nil, words)
}
