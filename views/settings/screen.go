package settings

import (
	"context"
	"errors"
	"net/url"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Service is what the screen asks of the program.
type Service interface {
	// Get returns the settings in force; it reads memory and does not block.
	Get() model.Settings
	// Save puts settings in force and on disk. A nil key stays as it is, an
	// empty one is removed. Settings that are not valid give a *model.SettingsError.
	Save(ctx context.Context, s model.Settings, key *string) error
	// KeyPlace says where the API key is kept; it may block.
	KeyPlace(ctx context.Context) model.KeyPlace
	// TestConnection tries an address with a key; nil stands for the stored one.
	TestConnection(ctx context.Context, baseURL string, key *string) model.ConnectionReport
}

// Options say where things are on this computer.
type Options struct {
	DataDir      string // the store and the pictures
	SettingsFile string
	LogFile      string
	KeyFile      string // where the key goes when there is no keyring
	// Problem returns why the last edit of the settings file by hand could not
	// be used, nil when it could. It must not block. A nil function: not known
	// until an event says it.
	Problem func() error
	// Autostart has Buzón started with the system; nil: it cannot be chosen.
	Autostart Autostart
	// OnStorage shows what the files of messages weigh; nil: there is no such page.
	OnStorage func()
	Safety    Safety // nil: backups are only set
	OnRestart func() // closes Buzón and starts it again, to restore a backup
}

// Screen shows the settings. Build it with New.
type Screen struct {
	ctx *ui.Context
	svc Service
	opt Options

	base   model.Settings // what the form was last filled with
	filled bool
	saving bool
	form   *form

	banner   *banner
	unsaved  *widget.Label
	saveBtn  *widget.Button
	undoBtn  *widget.Button
	scroll   *container.Scroll
	body     *fyne.Container
	active   bool
	life     context.Context
	cancel   context.CancelFunc
	stop     func()
	accepted string // host for which plain http was accepted, not saved yet
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	s := &Screen{ctx: ctx, svc: svc, opt: o}
	s.form = newForm(ctx, o, s.changed)
	s.form.gateway.onTest = s.test
	s.banner = newBanner()

	s.unsaved = widget.NewLabel("")
	s.unsaved.Importance = widget.WarningImportance
	s.unsaved.Truncation = fyne.TextTruncateEllipsis
	s.undoBtn = widget.NewButton(ctx.T("settings.revert"), s.revert)
	s.saveBtn = widget.NewButtonWithIcon(ctx.T("settings.save"), fynetheme.DocumentSaveIcon(), s.save)
	s.saveBtn.Importance = widget.HighImportance
	buttons := container.NewHBox(s.undoBtn, s.saveBtn)
	bar := container.NewVBox(widget.NewSeparator(), container.New(column{},
		container.New(layout.NewCustomPaddedLayout(4, 8, 0, 0), container.NewBorder(nil, nil, nil, buttons, container.New(layout.NewCustomPaddedLayout(0, 0, -8, 0), s.unsaved)))))

	s.scroll = container.NewVScroll(container.New(column{}, s.form.body))
	s.form.liesIn(s.scroll)
	s.body = container.NewBorder(container.New(column{}, s.banner), bar, nil, nil, s.scroll)
	s.mark()
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("settings.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate fills the form, unless it holds unsaved changes, and follows edits
// of the settings from outside.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.follow)
	s.reread()
	s.followSafety(event.Batch{Safety: true})
	s.loadStarting()
	if s.opt.Problem != nil {
		if err := s.opt.Problem(); err != nil {
			s.showRefused(s.ctx.Describe(err).Kind)
		}
	}
}

// Deactivate follows nothing any more; what was typed stays in the form.
func (s *Screen) Deactivate() {
	if !s.active {
		return
	}
	s.active = false
	s.stop()
	s.cancel()
	s.form.gateway.testDone(nil)
	s.ctx.Window.Canvas().Unfocus() // a hidden entry would go on taking keys
}

// Unsaved tells whether the form holds changes that are not in force.
func (s *Screen) Unsaved() bool { return s.filled && s.dirty() }

func (s *Screen) follow(b event.Batch) {
	if !s.active {
		return
	}
	if b.Settings {
		s.hideBanner()
		s.reread()
	}
	if b.SettingsError != "" {
		s.showRefused(model.ProblemKind(b.SettingsError))
	}
	s.followSafety(b)
}

// reread shows the settings in force, or offers them when they are not what
// the form was filled with and the owner has changed the form.
func (s *Screen) reread() {
	s.loadKeyPlace()
	if s.saving {
		return // the end of saving reads again
	}
	now := s.svc.Get()
	if s.filled && now == s.base {
		return
	}
	if s.filled && s.dirty() {
		mine, _ := s.form.read(s.base)
		if mine != now {
			s.offer(now)
			return
		}
		s.base = now
		s.mark()
		return
	}
	s.fill(now)
}

func (s *Screen) fill(now model.Settings) {
	s.base, s.filled, s.accepted = now, true, ""
	s.form.write(now)
	s.form.gateway.clearKey()
	s.form.quietly(func() { s.form.starting.box.SetChecked(s.form.starting.base) })
	s.form.showProblems(nil)
	s.mark()
}

// offer asks which of two sets of changes is to stay.
func (s *Screen) offer(now model.Settings) {
	s.banner.show(s.ctx.T("settings.outside.text"), "",
		bannerButton{s.ctx.T("settings.outside.load"), func() {
			s.hideBanner()
			s.fill(now)
		}},
		bannerButton{s.ctx.T("settings.outside.keep"), func() {
			s.hideBanner()
			mine, _ := s.form.read(s.base)
			mine = merge(s.base, mine, now)
			s.base = now
			s.form.write(mine)
			s.mark()
		}})
	s.body.Refresh()
}

// merge returns the settings now in force with the owner's changes upon them.
func merge(base, mine, now model.Settings) model.Settings {
	b, m, n := reflect.ValueOf(base), reflect.ValueOf(mine), reflect.ValueOf(&now).Elem()
	for i := range b.NumField() {
		if !m.Field(i).Equal(b.Field(i)) {
			n.Field(i).Set(m.Field(i))
		}
	}
	return now
}

func (s *Screen) showRefused(kind model.ProblemKind) {
	why, _ := s.ctx.ProblemText(model.Problem{Kind: kind})
	s.banner.show(s.ctx.T("settings.refused.title"), why+" "+s.ctx.T("settings.refused.do"),
		bannerButton{s.ctx.T("settings.refused.close"), s.hideBanner},
		bannerButton{s.ctx.T("settings.refused.replace"), s.save})
	s.body.Refresh()
}

func (s *Screen) hideBanner() {
	if s.banner.Visible() {
		s.banner.Hide()
		s.body.Refresh()
	}
}

func (s *Screen) loadKeyPlace() {
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		place := s.svc.KeyPlace(ctx)
		return func() { s.form.gateway.setPlace(place) }
	})
}

// changed follows every key that is typed.
func (s *Screen) changed() {
	if s.filled {
		s.mark()
	}
}

func (s *Screen) dirty() bool {
	mine, problems := s.current()
	return mine != s.base || len(problems) > 0 || s.form.gateway.key() != nil || s.form.starting.changed()
}

// current returns what the form says, with the consent that was given.
func (s *Screen) current() (model.Settings, []model.FieldError) {
	mine, problems := s.form.read(s.base)
	if s.accepted != "" && s.accepted == hostOf(mine.BaseURL) {
		mine.PlainHTTPAccepted = s.accepted
	}
	return mine, problems
}

// mark shows whether there is something to save.
func (s *Screen) mark() {
	dirty := s.filled && s.dirty()
	text := ""
	switch {
	case s.saving:
		text = s.ctx.T("settings.saving")
	case dirty:
		text = s.ctx.T("settings.unsaved")
	}
	s.unsaved.SetText(text)
	for _, b := range []*widget.Button{s.saveBtn, s.undoBtn} {
		if dirty && !s.saving {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

func (s *Screen) revert() {
	s.hideBanner()
	s.fill(s.svc.Get())
	s.body.Refresh()
}

func (s *Screen) save() {
	if s.saving {
		return
	}
	want, problems := s.current()
	problems = allProblems(problems, want.Validate())
	if !s.accept(problems) {
		return
	}
	if want.NeedsPlainHTTPConsent() {
		s.askConsent(want.BaseURL, s.save)
		return
	}
	s.saving = true
	s.mark()
	key := s.form.gateway.key()
	starts, startsChanged, wantStart := s.form.starting, s.form.starting.changed(), s.form.starting.box.Checked
	// The life of the window, not of the screen: leaving the screen does not undo a Save.
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := s.svc.Save(ctx, want, key)
		on, startErr := starts.base, error(nil)
		if err == nil && startsChanged {
			on, startErr = starts.save(wantStart)
		}
		return func() {
			if err == nil && startsChanged {
				s.form.quietly(func() { starts.base = on; starts.box.SetChecked(on) })
			}
			s.saved(want, err)
			if startErr != nil {
				s.ctx.ShowError("action.autostart", startErr)
			}
		}
	})
}

func (s *Screen) saved(want model.Settings, err error) {
	s.saving = false
	var refused *model.SettingsError
	switch {
	case errors.As(err, &refused):
		s.accept(refused.Fields)
	case err != nil:
		s.ctx.ShowError("action.save_settings", err)
	default:
		s.hideBanner()
		s.base, s.accepted = want, ""
		s.form.gateway.clearKey()
		s.ctx.Toast(s.ctx.T("settings.saved"))
	}
	s.mark()
	if s.active {
		s.reread()
	}
}

// accept shows problems under their fields; it returns whether there are none.
func (s *Screen) accept(problems []model.FieldError) bool {
	first := s.form.showProblems(problems)
	s.body.Refresh()
	if len(problems) == 0 {
		return true
	}
	if first == nil { // of a setting that has no field here
		s.banner.show(s.ctx.T("settings.problems"), s.form.problemText(problems[0]),
			bannerButton{s.ctx.T("settings.refused.close"), s.hideBanner})
		return false
	}
	driver := fyne.CurrentApp().Driver()
	top := driver.AbsolutePositionForObject(first.box).Y - driver.AbsolutePositionForObject(s.scroll.Content).Y
	s.scroll.ScrollToOffset(fyne.NewPos(0, top-2*fynetheme.Padding()))
	if first.focus != nil {
		s.ctx.Window.Canvas().Focus(first.focus)
	}
	return false
}

// allProblems joins what cannot be read with what is not valid, one a field.
func allProblems(unread, invalid []model.FieldError) []model.FieldError {
	seen := map[string]bool{}
	var all []model.FieldError
	for _, p := range append(unread, invalid...) {
		if !seen[p.Field] {
			seen[p.Field] = true
			all = append(all, p)
		}
	}
	return all
}

// askConsent asks once whether the key may travel unencrypted to a host that
// is not local; then goes on.
func (s *Screen) askConsent(baseURL string, then func()) {
	host := hostOf(baseURL)
	s.ctx.Confirm(ui.ConfirmOptions{
		Title: s.ctx.T("settings.plain.title"), Body: s.ctx.T("settings.plain.text", translations.Data{"Host": host}),
		Button: s.ctx.T("settings.plain.button"), Danger: true,
	}, func() {
		s.accepted = host
		s.mark()
		then()
	})
}

func hostOf(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// test tries the address and key that the form says, saved or not.
func (s *Screen) test() {
	want, _ := s.current()
	if want.BaseURL == "" {
		s.accept([]model.FieldError{{Field: "base_url", Code: "missing"}})
		return
	}
	probe := s.svc.Get()
	probe.BaseURL = want.BaseURL
	for _, p := range probe.Validate() {
		if p.Field == "base_url" {
			s.accept([]model.FieldError{p})
			return
		}
	}
	if want.NeedsPlainHTTPConsent() {
		s.askConsent(want.BaseURL, s.test)
		return
	}
	key := s.form.gateway.key()
	gen := s.form.gateway.testStarts()
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		report := s.svc.TestConnection(ctx, want.BaseURL, key)
		return func() {
			if s.form.gateway.isTest(gen) {
				s.form.gateway.testDone(&report)
				s.body.Refresh()
			}
		}
	})
}
