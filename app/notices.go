package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

// Follow calls tell with what there is to tell, one call at a time, on a
// goroutine that Close of the App ends and waits for; its context ends then too.
// It is called once, before Start.
func (n *Notices) Follow(ctx context.Context, tell func(context.Context, notice.News)) error {
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

// look says what the owner looks at. It does not block.
func (n *Notices) look(inFront bool, open model.ConversationID) {
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

// Look says whether the window is in front, and which conversation it shows,
// zero when none: of that one nothing is told, and the gateway is asked for news
// more often. It does not block.
func (a *App) Look(inFront bool, open model.ConversationID) {
	a.Notices.look(inFront, open)
	a.engine.Attention(inFront, open)
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
// computer, under all identifiers of its person. WhatsApp's own mute is not touched.
func (c *Conversations) NotifyFrom(ctx context.Context, id model.ConversationID, on bool) error {
	thread, err := c.a.readThread(ctx, id)
	if err != nil {
		return err
	}
	settings := c.a.Settings.Get()
	for _, jid := range thread.jids {
		settings = settings.WithNotifiesFrom(thread.session, jid, on)
	}
	return c.a.Settings.Set(ctx, "notify_muted", settings.NotifyMuted)
}

// NotifiesFrom tells whether the owner is told of a conversation on this computer.
func (c *Conversations) NotifiesFrom(ctx context.Context, id model.ConversationID) (bool, error) {
	thread, err := c.a.readThread(ctx, id)
	return err == nil && !thread.silenced(c.a.Settings.Get()), err
}

// thread is a conversation under all the identifiers of its person.
type thread struct {
	id      model.SessionID
	session model.SessionName
	jids    []model.JID
}

// silenced tells whether the owner wants to hear nothing of it on this computer.
func (t *thread) silenced(s model.Settings) bool {
	return slices.ContainsFunc(t.jids, func(jid model.JID) bool { return !s.NotifiesFrom(t.session, jid) })
}

func (a *App) readThread(ctx context.Context, id model.ConversationID) (*thread, error) {
	ids, err := a.Store.Thread(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load the conversation: %w", err)
	}
	t := &thread{}
	for _, part := range ids {
		conversation, err := a.Store.Conversation(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("load the conversation: %w", err)
		}
		if t.session == "" {
			session, err := a.Store.Session(ctx, conversation.SessionID)
			if err != nil {
				return nil, fmt.Errorf("load the session: %w", err)
			}
			t.session = session.Name
		}
		t.jids = append(t.jids, conversation.JID)
		t.id = conversation.SessionID
	}
	// Also those without a conversation here: the settings outlive a store.
	known, err := a.Store.IDsOf(ctx, t.id, t.jids[:1])
	if err != nil {
		return nil, fmt.Errorf("look under which ids a person is known: %w", err)
	}
	for _, jid := range known[t.jids[0]] {
		if !slices.Contains(t.jids, jid) {
			t.jids = append(t.jids, jid)
		}
	}
	return t, nil
}

// run is the goroutine of Follow.
func (n *Notices) run(ctx context.Context, box *event.Mailbox, tell func(context.Context, notice.News)) {
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
func (n *Notices) due() (news notice.News) {
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

// arrivals reads what came and gives it to the policy. What came under several
// identifiers of one person came into one conversation.
func (n *Notices) arrivals(ctx context.Context, settings model.Settings, incoming map[model.ConversationID]int) error {
	counts, parts := map[model.ConversationID]int{}, map[model.ConversationID][]model.ConversationID{}
	for id, count := range incoming {
		thread, err := n.a.Store.Thread(ctx, id)
		if err != nil {
			return err
		}
		counts[thread[0]] += count
		parts[thread[0]] = thread
	}
	rows, err := n.a.Store.ConversationRows(ctx, slices.Sorted(maps.Keys(counts)))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := n.arrival(ctx, settings, row, parts[row.ID], counts[row.ID]); err != nil {
			return err
		}
	}
	return nil
}

func (n *Notices) arrival(ctx context.Context, settings model.Settings, row model.ConversationRow, parts []model.ConversationID, count int) error {
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
	arrival := notice.Arrival{Row: row, Parts: parts, Messages: page, New: count}
	if settings.NotifyMuted != "" {
		thread, err := n.a.readThread(ctx, row.ID)
		if err != nil {
			return err
		}
		arrival.Silenced = thread.silenced(settings)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.policy.Add(settings, arrival)
	return nil
}
