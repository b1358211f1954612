package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/model"
)

// noticePage is the most messages of one conversation that are looked at to see
// what is new in it.
const noticePage = 60

// Notices are the use case of telling the owner of new messages on the desktop.
// The rules are in package notice.
type Notices struct {
	a    *App
	wake chan struct{}

	mu       sync.Mutex
	policy   *notice.Policy // nil before Follow
	withdraw []notice.Key   // not told yet
}

// News is what the desktop has to show, and what it need not show any more.
type News struct {
	Tell     []notice.Notice
	Withdraw []notice.Key
}

// Follow calls tell with what there is to tell, one call at a time, on a
// goroutine that Close of the App ends and waits for; its context ends then too.
// It is called once, before Start.
func (n *Notices) Follow(ctx context.Context, tell func(context.Context, News)) error {
	known, err := n.a.Store.NewestHeld(ctx)
	if err != nil {
		return fmt.Errorf("look which messages are known: %w", err)
	}
	n.mu.Lock()
	n.policy = notice.New(n.a.now, known)
	n.mu.Unlock()
	box := n.a.Events.Subscribe()
	n.a.wg.Go(func() {
		defer box.Close()
		n.run(n.a.life, box, tell)
	})
	return nil
}

// Look says whether the window is in front, and which conversation it shows,
// zero when none. It does not block.
func (n *Notices) Look(inFront bool, open model.ConversationID) {
	n.mu.Lock()
	if n.policy != nil {
		n.withdraw = append(n.withdraw, n.policy.Look(inFront, open)...)
	}
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Closed says that the owner has closed a notice or followed it. It does not block.
func (n *Notices) Closed(key notice.Key) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.policy != nil {
		n.policy.Closed(key)
	}
}

// Pause silences notices until an instant; the zero time ends the pause.
func (n *Notices) Pause(ctx context.Context, until time.Time) error {
	text := ""
	if !until.IsZero() {
		text = until.Format(time.RFC3339)
	}
	return n.a.Settings.Set(ctx, "notify_paused_until", text)
}

// NotifyFrom chooses whether the owner is told of a conversation on this
// computer. WhatsApp's own mute is not touched.
func (c *Conversations) NotifyFrom(ctx context.Context, id model.ConversationID, on bool) error {
	session, jid, err := c.notifyKey(ctx, id)
	if err != nil {
		return err
	}
	now := c.a.Settings.Get()
	return c.a.Settings.Set(ctx, "notify_muted", now.WithNotifiesFrom(session, jid, on).NotifyMuted)
}

// NotifiesFrom tells whether the owner is told of a conversation on this computer.
func (c *Conversations) NotifiesFrom(ctx context.Context, id model.ConversationID) (bool, error) {
	session, jid, err := c.notifyKey(ctx, id)
	if err != nil {
		return false, err
	}
	return c.a.Settings.Get().NotifiesFrom(session, jid), nil
}

func (c *Conversations) notifyKey(ctx context.Context, id model.ConversationID) (model.SessionName, model.JID, error) {
	conversation, err := c.a.Store.Conversation(ctx, id)
	if err != nil {
		return "", "", fmt.Errorf("load the conversation: %w", err)
	}
	session, err := c.a.Store.Session(ctx, conversation.SessionID)
	if err != nil {
		return "", "", fmt.Errorf("load the session: %w", err)
	}
	return session.Name, conversation.JID, nil
}

// run is the goroutine of Follow.
func (n *Notices) run(ctx context.Context, box *event.Mailbox, tell func(context.Context, News)) {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-box.Ready():
			if !open {
				return
			}
			n.take(ctx, box.Take())
		case <-n.wake:
		case <-timer.C:
		}
		if news := n.due(); len(news.Tell)+len(news.Withdraw) > 0 {
			tell(ctx, news)
		}
		timer.Stop()
		if wait, ok := n.next(); ok {
			timer.Reset(wait)
		}
	}
}

// due takes what the policy has to say by now.
func (n *Notices) due() (news News) {
	settings := n.a.settings.Current()
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := n.policy.Next(); ok && !at.After(n.a.now()) {
		news.Tell = n.policy.Due(settings)
	}
	news.Withdraw, n.withdraw = n.withdraw, nil
	return news
}

// next returns for how long the policy has nothing to say.
func (n *Notices) next() (wait time.Duration, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.policy.Next()
	return max(at.Sub(n.a.now()), time.Millisecond), ok
}

// take hands what has happened to the policy.
func (n *Notices) take(ctx context.Context, b event.Batch) {
	settings := n.a.settings.Current()
	if len(b.Incoming) > 0 && settings.Notify {
		if err := n.arrivals(ctx, settings, b.Incoming); err != nil && ctx.Err() == nil {
			n.a.Log.WithError(err).Warn("look for messages to tell of")
		}
	}
	if len(b.Conversations) == 0 {
		return
	}
	n.mu.Lock()
	shown := n.policy.Shown()
	n.mu.Unlock()
	if len(shown) == 0 {
		return
	}
	rows, err := n.a.Store.ConversationRows(ctx, shown)
	if err != nil {
		return // the notices stay, which is harmless
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.withdraw = append(n.withdraw, n.policy.Read(rows)...)
}

// arrivals reads what came and gives it to the policy.
func (n *Notices) arrivals(ctx context.Context, settings model.Settings, incoming map[model.ConversationID]int) error {
	sessions, err := n.a.Store.Sessions(ctx)
	if err != nil {
		return err
	}
	names := map[model.SessionID]model.SessionName{}
	for _, s := range sessions {
		names[s.ID] = s.Name
	}
	ids := make([]model.ConversationID, 0, len(incoming))
	for id := range incoming {
		ids = append(ids, id)
	}
	rows, err := n.a.Store.ConversationRows(ctx, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := n.arrival(ctx, settings, names[row.SessionID], row, incoming[row.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notices) arrival(ctx context.Context, settings model.Settings, session model.SessionName, row model.ConversationRow, count int) error {
	n.mu.Lock()
	matters := n.policy.Matters(row)
	n.mu.Unlock()
	if !matters { // a history that is imported is not read twice
		return nil
	}
	page, err := n.a.Store.Messages(ctx, model.MessageQuery{ConversationID: row.ID, Limit: min(count+10, noticePage)})
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.policy.Add(settings, notice.Arrival{Session: session, Row: row, Messages: page, New: count})
	return nil
}
