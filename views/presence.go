package views

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/desktop"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// ProgramName is how the program calls itself in titles. Names of people never
// go there: a title is seen by everybody who looks at the screen.
const ProgramName = "Buzón"

// Desktop is what the desktop offers beside the window; each part may be nil.
type Desktop struct {
	Tray     Tray
	Notifier Notifier
	Icon     image.Image // the program's, for the tray
}

// Tray is the place of the program in the tray. No method may block.
type Tray interface {
	// Shown tells whether the desktop shows it now.
	Shown() bool
	SetIcon(image.Image)
	SetTooltip(text string)
	SetMenu([]desktop.Item)
}

// Notifier shows notifications. Its methods may block.
type Notifier interface {
	Show(ctx context.Context, n desktop.Notification) error
	Withdraw(ctx context.Context, key string) error
}

// Notices hold what the owner is told of. Pause may block, Closed does not.
type Notices interface {
	// Pause silences notices until an instant; the zero time ends the pause.
	Pause(ctx context.Context, until time.Time) error
	// Closed says that the owner has closed a notice or followed it.
	Closed(key notice.Key)
}

// morning is when a pause "until the morning" ends; one that is asked for within
// the hours before it lasts until the next.
const (
	morning    = 8
	notMorning = 4 * time.Hour
)

// maxErrands is how many notifications may wait for a desktop that does not
// answer; what comes beyond is not shown.
const maxErrands = 32

// presence is what the program shows beside its window: the number in the title
// and the tray, the tray's menu, and notifications. UI goroutine only.
type presence struct {
	m           *Main
	ctx         *ui.Context
	desktop     Desktop
	errands     chan func(context.Context)
	hidden      bool
	unread      int
	badge       int // that the icon of the tray has; -1 before the first
	menu        string
	stopEnd     func()                                  // of the timer that waits for the end of a pause
	stopWaiting func()                                  // of the timer that waits to tell of a session
	trouble     map[model.SessionID]model.ConditionKind // that the owner was told of, or has seen
}

func newPresence(m *Main) *presence {
	return &presence{m: m, ctx: m.ctx, desktop: m.svc.Desktop, badge: -1, stopEnd: func() {}, stopWaiting: func() {}, trouble: map[model.SessionID]model.ConditionKind{}}
}

// start begins to show, once the application runs.
func (p *presence) start() {
	if p.desktop.Notifier != nil {
		p.errands = make(chan func(context.Context), maxErrands)
		p.ctx.Go(func(ctx context.Context) {
			for {
				select {
				case <-ctx.Done():
					return
				case f := <-p.errands:
					f(ctx)
				}
			}
		})
	}
	p.update()
}

func (p *presence) close() {
	p.stopEnd()
	p.stopWaiting()
}

// setUnread shows how many conversations hold something unread.
func (p *presence) setUnread(n int) {
	if n != p.unread {
		p.unread = n
		p.update()
	}
}

// update shows what has changed, and nothing else: each of these wakes up others.
func (p *presence) update() {
	title := ProgramName
	if p.unread > 0 {
		title = "(" + countText(p.unread) + ") " + ProgramName
	}
	if p.ctx.Window.Title() != title {
		p.ctx.Window.SetTitle(title)
	}
	p.updateTray()
}

// countText is a number of conversations as the rail shows it.
func countText(n int) string {
	if n >= unreadLimit {
		return "99+"
	}
	return strconv.Itoa(n)
}

func (p *presence) updateTray() {
	tray := p.desktop.Tray
	if tray == nil {
		return
	}
	if badge := min(p.unread, 10); badge != p.badge && p.desktop.Icon != nil {
		if icon, err := desktop.Badge(p.desktop.Icon, badge); err == nil {
			tray.SetIcon(icon)
			p.badge = badge
		}
	}
	items := p.items()
	if lines := fmt.Sprint(labels(items)); lines != p.menu {
		p.menu = lines
		tray.SetMenu(items)
		tray.SetTooltip(p.tooltip())
	}
	p.stopEnd()
	if until := p.m.svc.Settings.Get().NotifyPause(); until.After(p.ctx.Now()) {
		p.stopEnd = p.ctx.Later(until.Sub(p.ctx.Now())+time.Second, p.updateTray)
	}
}

func labels(items []desktop.Item) (all []string) {
	for _, i := range items {
		all = append(all, i.Label)
		all = append(all, labels(i.Children)...)
	}
	return all
}

func (p *presence) tooltip() string {
	if p.unread == 0 {
		return ProgramName
	}
	return ProgramName + " · " + p.unreadText()
}

func (p *presence) unreadText() string {
	if p.unread == 0 {
		return p.ctx.T("main.tray.read")
	}
	return p.ctx.N("main.tray.unread", p.unread, translations.Data{"Count": countText(p.unread)})
}

// items returns the menu of the tray. The desktop calls it from anywhere.
func (p *presence) items() []desktop.Item {
	item := func(text string, do func()) desktop.Item {
		return desktop.Item{Label: text, Do: func() { p.ctx.Do(do) }}
	}
	items := []desktop.Item{item(p.ctx.T("main.tray.open"), p.m.Raise), {Label: p.unreadText(), Disabled: true}, {Separator: true}}
	now := p.ctx.Now()
	switch s := p.m.svc.Settings.Get(); {
	case p.m.svc.Notices == nil:
	case s.NotifyPause().After(now):
		until := p.ctx.FormatTime(model.StampOf(s.NotifyPause()))
		if s.NotifyPause().Sub(now) >= 24*time.Hour {
			until = p.ctx.FormatDateTime(model.StampOf(s.NotifyPause()))
		}
		items = append(items,
			desktop.Item{Label: p.ctx.T("main.tray.paused", translations.Data{"Until": until}), Disabled: true},
			item(p.ctx.T("main.tray.resume"), func() { p.pause(time.Time{}) }))
	default:
		items = append(items, desktop.Item{Label: p.ctx.T("main.tray.pause"), Children: []desktop.Item{
			item(p.ctx.T("main.tray.pause_hour"), func() { p.pause(p.ctx.Now().Add(time.Hour)) }),
			item(p.ctx.T("main.tray.pause_morning"), func() { p.pause(nextMorning(p.ctx.Now().In(p.ctx.Location))) }),
		}})
	}
	return append(items, desktop.Item{Separator: true}, item(p.ctx.T("main.menu.quit"), p.m.quit))
}

// nextMorning returns the next eight o'clock that is not too near.
func nextMorning(now time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), morning, 0, 0, 0, now.Location())
	for at.Sub(now) < notMorning {
		at = time.Date(at.Year(), at.Month(), at.Day()+1, morning, 0, 0, 0, now.Location())
	}
	return at
}

func (p *presence) pause(until time.Time) {
	p.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := p.m.svc.Notices.Pause(ctx, until)
		return func() {
			if err != nil {
				p.m.Raise()
				p.ctx.ShowError("action.save_settings", err)
				return
			}
			p.updateTray()
		}
	})
}

// tell shows notices, and takes others back.
func (p *presence) tell(news notice.News) {
	if p.errands == nil {
		return
	}
	for _, key := range news.Withdraw {
		p.errand(func(ctx context.Context) error { return p.desktop.Notifier.Withdraw(ctx, string(key)) })
	}
	for _, n := range news.Tell {
		shown := p.notification(n)
		p.errand(func(ctx context.Context) error { return p.desktop.Notifier.Show(ctx, shown) })
	}
}

func (p *presence) errand(f func(context.Context) error) {
	select {
	case p.errands <- func(ctx context.Context) {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			p.ctx.LogError("action.notify", err)
		}
	}:
	default: // a desktop that does not answer misses some
	}
}

// notification puts a notice into words, as many as the settings allow.
func (p *presence) notification(n notice.Notice) desktop.Notification {
	content := p.m.svc.Settings.Get().NotifyContent
	count := p.ctx.N("notify.messages", n.Messages)
	shown := desktop.Notification{Key: string(n.Key), Title: ProgramName, Body: count, Brief: count, Open: p.ctx.T("notify.open"), Sound: n.Sound}
	if n.Conversations > 1 {
		shown.Body = p.ctx.T("notify.several", translations.Data{
			"Messages": count, "Conversations": p.ctx.N("notify.conversations", n.Conversations),
		})
		shown.Brief = shown.Body
	}
	if n.Key == notice.KeyAway {
		shown.Body = p.ctx.T("notify.away", translations.Data{"What": shown.Body})
	}
	if n.Conversations > 1 || content == model.NotifyNothing {
		return shown
	}
	shown.Title = widgets.ConversationName(p.ctx, n.Row)
	if content != model.NotifyText || n.Last == nil || n.Key == notice.KeyAway {
		return shown
	}
	text := p.ctx.MessageSummary(*n.Last)
	if author := strings.TrimSpace(n.Last.Author); author != "" && n.Row.Kind == model.KindGroup {
		text = p.ctx.T("format.preview.author", translations.Data{"Author": p.ctx.NameOf(n.Last.AuthorJID, model.CleanLine(author, model.MaxName)), "Text": text})
	}
	shown.Body = text
	if n.Messages > 1 {
		shown.Body = count + "\n" + text
	}
	return shown
}
