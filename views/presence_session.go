package views

import (
	"context"
	"strconv"
	"time"

	"github.com/xappiens/buzon/desktop"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/session"
)

// sessionKey is the key of the notification about a session; no key of a
// conversation looks like it.
func sessionKey(id model.SessionID) string { return "session-" + strconv.FormatInt(int64(id), 10) }

// aboutSession tells whether a key is one of sessionKey.
func (p *presence) aboutSession(key string) bool {
	for id := range p.trouble {
		if sessionKey(id) == key {
			return true
		}
	}
	return false
}

// untilTold is between two looks whether what could not be told can be told now.
const untilTold = time.Minute

// needsOwner tells whether somebody has to do something about a condition; what
// comes back by itself is not told on the desktop.
func needsOwner(kind model.ConditionKind) bool {
	return !kind.Minor() && kind != model.ConditionPhoneAway
}

// tellSessions tells once of each session that does not work any more and needs
// its owner, and takes that back when it works again. Who looks at the window
// sees it there. What happens in quiet hours, or in a pause, is told after them.
func (p *presence) tellSessions(sessions []model.Session) {
	settings, now := p.m.svc.Settings.Get(), p.ctx.Now()
	quiet := settings.NotifyPause().After(now) || settings.Quiet(now.In(p.ctx.Location))
	seen := p.m.attention.front || !settings.Notify
	waits := false
	p.stopWaiting()
	for _, s := range sessions {
		var worst model.Condition
		if all := p.m.svc.Sessions.Conditions(s.ID); len(all) > 0 && needsOwner(all[0].Kind) {
			worst = all[0]
		}
		told, known := p.trouble[s.ID]
		switch {
		case worst.Kind == told:
		case worst.Kind == "":
			delete(p.trouble, s.ID)
			p.errand(func(ctx context.Context) error { return p.desktop.Notifier.Withdraw(ctx, sessionKey(s.ID)) })
		case seen || quiet:
			if known { // another one was told of
				p.errand(func(ctx context.Context) error { return p.desktop.Notifier.Withdraw(ctx, sessionKey(s.ID)) })
			}
			if delete(p.trouble, s.ID); seen {
				p.trouble[s.ID] = worst.Kind
			}
			waits = waits || !seen
		default:
			p.trouble[s.ID] = worst.Kind
			title := session.ConditionTitle(p.ctx, worst)
			note := desktop.Notification{
				Key: sessionKey(s.ID), Title: session.DisplayName(s), Body: title, Brief: title, Open: p.ctx.T("notify.open"), Sound: settings.NotifySound,
			}
			p.errand(func(ctx context.Context) error { return p.desktop.Notifier.Show(ctx, note) })
		}
	}
	if waits {
		p.stopWaiting = p.ctx.Later(untilTold, func() { p.tellSessions(p.m.status.sessions) })
	}
}
