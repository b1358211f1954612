package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// lookLimit is how many of a conversation's newest messages a look reads first,
	// and lookMost how many at most when they do not reach back to the attempt.
	lookLimit = 50
	lookMost  = 1000
	// clockSkew is how far this computer's clock may be ahead of WhatsApp's before
	// an own message looks older than the attempt to send it.
	clockSkew = 2 * time.Minute
	// surelyAfter is how much older than the attempt a message may look and still
	// be taken for the one that was sent without a doubt.
	surelyAfter = 5 * time.Second
	// lookLongest is the longest wait between two looks.
	lookLongest = 10 * time.Minute
	// looksEnough is how many looks at least a message must not be found in before
	// it is said that it is not there.
	looksEnough = 5
	// afterLink is for how long after a connection the phone is still sending what
	// it has (contract §4.4): a look in that time does not prove that nothing is there.
	afterLink = time.Minute
	// matchMost bounds the own messages that are held against a row.
	matchMost = 500
	// knownIDs is how many ids of the gateway tell what its ids look like.
	knownIDs = 5
)

// lookDue looks for the messages of unknown fate whose time has come, and returns
// when the next one's comes. What is not found stays unknown: only the owner sends
// it again.
func (l *outboxLane) lookDue(ctx context.Context) (next time.Time) {
	items, err := l.w.e.p.Store.OutboxByState(ctx, l.w.id, model.OutboxUnknown)
	if err != nil {
		l.w.log.WithError(err).Warn("load the messages of unknown fate")
		return l.w.e.p.Now().Add(laneRest)
	}
	for _, item := range items {
		if item.NotFound {
			continue // any sync may still bring it, see matchArrived
		}
		due := l.dueLook(item)
		if passed(due, l.w.e.p.Now()) {
			found, err := l.look(ctx, item)
			if err != nil {
				l.w.log.WithError(err).Debug("look for a message of unknown fate")
			}
			if found || ctx.Err() != nil {
				continue
			}
			if item, err = l.w.e.p.Store.OutboxItem(ctx, item.ID); err != nil || item.NotFound {
				continue
			}
			due = l.dueLook(item)
		}
		next = earlier(next, due)
	}
	return next
}

// dueLook returns when to look for a message again: ever more seldom.
func (l *outboxLane) dueLook(item model.OutboxItem) time.Time {
	last := max(item.AttemptedAt, item.LookedAt).Time()
	if now := l.w.e.p.Now(); last.After(now) { // the clock was set back
		last = now
	}
	wait := l.w.e.p.Timing.Reconcile
	for n := item.Looks + l.misses[item.ID]; n > 0 && wait < lookLongest; n-- {
		wait *= 2
	}
	return last.Add(min(wait, lookLongest))
}

// look reads the conversation back, stores what it gives and sees whether the
// message is there. A look that failed counts for the wait until the next one,
// but proves nothing.
func (l *outboxLane) look(ctx context.Context, item model.OutboxItem) (found bool, err error) {
	o, err := l.w.outgoing(ctx, item)
	if err != nil {
		return false, err
	}
	reached, err := l.readBack(ctx, o)
	if err != nil {
		l.misses[item.ID]++
		return false, fmt.Errorf("read the conversation back: %w", err)
	}
	if found, err = l.match(ctx, o); found || err != nil {
		return found, err
	}
	now := l.w.e.p.Now()
	l.mu.Lock()
	linked := l.since
	l.mu.Unlock()
	enough := item.Looks+1 >= looksEnough && now.Sub(item.AttemptedAt.Time()) >= l.w.e.p.Timing.NotFound
	settled := now.Sub(linked) >= min(afterLink, l.w.e.p.Timing.NotFound)
	notFound := enough && settled && reached
	if err := l.w.e.p.Store.LookedOutbox(ctx, item.ID, model.StampOf(now), notFound); err != nil {
		return false, fmt.Errorf("count the look: %w", err)
	}
	if notFound {
		delete(l.misses, item.ID)
		l.w.record(model.ActivityMessage, "message_not_found", o.began, nil, func(a *model.Activity) {
			a.Chat, a.Outcome = o.chat.JID, model.OutcomeUnknown
		})
	}
	l.w.outboxChanged(o.chat.ID)
	return false, nil
}

// readBack reads the newest messages of the conversation, back to the attempt, and
// stores them. reached is false when they do not go back that far.
func (l *outboxLane) readBack(ctx context.Context, o *outgoing) (reached bool, err error) {
	since := o.item.AttemptedAt.Unix() - int64(clockSkew.Seconds())
	for limit := lookLimit; ; limit *= 4 {
		release, err := l.w.slots.side(ctx)
		if err != nil {
			return false, err
		}
		oldest, got := int64(math.MaxInt64), 0
		batch := model.MessageBatch{ConversationID: o.chat.ID}
		_, err = l.w.e.p.Gateway().FetchMessages(ctx, l.w.name, string(o.chat.JID), gateway.FetchOptions{Limit: min(limit, lookMost)}, func(wire *gateway.Message) error {
			m, err := messageOf(wire)
			if err != nil {
				return nil //nolint:nilerr // one bad message does not spoil the list
			}
			got++
			oldest = min(oldest, m.Unix)
			batch.Messages = append(batch.Messages, m)
			return nil
		})
		release()
		l.w.e.heard(err)
		l.w.lookIfLost(err)
		if err != nil {
			return false, err
		}
		if oldest > since && got >= limit && limit < lookMost {
			continue
		}
		results, err := l.w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{batch}, l.w.e.stamp())
		if err != nil {
			return false, fmt.Errorf("write what was read: %w", err)
		}
		l.w.announce(results)
		return oldest <= since || got < limit, nil
	}
}

// matchArrived sees whether messages that came by any way are ones of unknown fate.
func (l *outboxLane) matchArrived(ctx context.Context) {
	l.mu.Lock()
	changed := l.changed
	l.changed = map[model.ConversationID]struct{}{}
	l.mu.Unlock()
	if len(changed) == 0 {
		return
	}
	items, err := l.w.e.p.Store.OutboxByState(ctx, l.w.id, model.OutboxUnknown)
	if err != nil {
		l.w.log.WithError(err).Warn("load the messages of unknown fate")
		return
	}
	for _, item := range items {
		if _, ok := changed[item.ConversationID]; !ok {
			continue
		}
		o, err := l.w.outgoing(ctx, item)
		if err == nil {
			_, err = l.match(ctx, o)
		}
		if err != nil {
			l.w.log.WithError(err).Warn("see whether a message of unknown fate has come")
		}
	}
}

// match looks among the stored messages for the one that a row became: an own one
// that says the same, not older than the attempt, that was not held before it, that
// is no other row's and does not look typed on a phone.
func (l *outboxLane) match(ctx context.Context, o *outgoing) (found bool, err error) {
	candidates, err := l.candidates(ctx, o, o.item.AttemptedAt.Unix()-int64(clockSkew.Seconds()))
	if err != nil {
		return false, err
	}
	excluded, twins, err := l.rivals(ctx, o)
	if err != nil {
		return false, err
	}
	phones, err := l.phoneIDs(ctx)
	if err != nil {
		return false, err
	}
	candidates = slices.DeleteFunc(candidates, func(m model.MessageRow) bool {
		return slices.Contains(excluded, m.ShortID) || !phones && typedOnPhone(m.ShortID)
	})
	if len(candidates) == 0 {
		return false, nil
	}
	best := nearest(candidates, o.item.AttemptedAt.Unix())
	how := model.MatchFound
	if len(candidates) > max(twins, 1) || best.UnixSeconds() < o.item.AttemptedAt.Unix()-int64(surelyAfter.Seconds()) {
		how = model.MatchUnsure
	}
	delete(l.misses, o.item.ID)
	return true, l.w.settle(o, model.OutboxOutcome{State: model.OutboxSent, ShortID: best.ShortID, Match: how}, nil)
}

// rivals returns the messages that are another row's or were held before the attempt,
// and how many rows of unknown fate say the same, this one included.
func (l *outboxLane) rivals(ctx context.Context, o *outgoing) (excluded []model.ShortID, twins int, err error) {
	rows, err := l.w.e.p.Store.OutboxOf(ctx, o.chat.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("load what else was sent there: %w", err)
	}
	if o.item.Excluded != "" {
		if err := json.Unmarshal([]byte(o.item.Excluded), &excluded); err != nil {
			return nil, 0, fmt.Errorf("read what was held before: %w", err)
		}
	}
	for _, row := range rows {
		if row.ShortID != "" {
			excluded = append(excluded, row.ShortID)
		} else if row.Kind == o.item.Kind && row.Text == o.item.Text && row.Payload == o.item.Payload && row.Target == o.item.Target {
			twins++
		}
	}
	return excluded, twins, nil
}

// nearest returns the message that is nearest to a second; of equally near ones the first.
func nearest(rows []model.MessageRow, unix int64) model.MessageRow {
	distance := func(m model.MessageRow) int64 { return max(m.UnixSeconds()-unix, unix-m.UnixSeconds()) }
	return slices.MinFunc(rows, func(a, b model.MessageRow) int { return int(distance(a) - distance(b)) })
}

// excluded returns, as JSON, the own messages that say the same as a row and are held
// before it is tried: none of them can be the one that it becomes.
func (l *outboxLane) excluded(ctx context.Context, o *outgoing) (string, error) {
	if !model.BecomesMessage(o.item.Kind) {
		return "", nil
	}
	held, err := l.candidates(ctx, o, l.w.e.p.Now().Unix()-2*int64(clockSkew.Seconds()))
	if err != nil || len(held) == 0 {
		return "", err
	}
	ids := make([]model.ShortID, len(held))
	for i := range held {
		ids[i] = held[i].ShortID
	}
	list, err := json.Marshal(ids)
	return string(list), err
}

// candidates returns the own messages since a second that say what a row says.
func (l *outboxLane) candidates(ctx context.Context, o *outgoing, since int64) ([]model.MessageRow, error) {
	rows, err := l.w.e.p.Store.OwnMessages(ctx, o.chat.ID, since, matchMost)
	if err != nil {
		return nil, fmt.Errorf("look the message up: %w", err)
	}
	says := saysSame(o)
	if o.item.Kind == model.OutboxForward {
		target, err := l.w.e.p.Store.Message(ctx, o.item.Target)
		if err != nil {
			return nil, fmt.Errorf("load the message that was forwarded: %w", err)
		}
		says = func(m *model.MessageRow, _ model.MessageDetails) bool {
			return m.Type == target.Type && m.Text == target.Text
		}
	}
	return slices.DeleteFunc(rows, func(m model.MessageRow) bool { return !says(&m, detailsIn(&m)) }), nil
}

// detailsIn reads the stored details of a message.
func detailsIn(m *model.MessageRow) (d model.MessageDetails) {
	if m.Details != "" {
		_ = json.Unmarshal([]byte(m.Details), &d) // of our own making; without them the message says less
	}
	return d
}

// saysSame returns what tells whether a message says what a row says.
func saysSame(o *outgoing) func(*model.MessageRow, model.MessageDetails) bool {
	want, _ := model.CleanText(o.item.Text, model.MaxMessageText)
	switch o.item.Kind {
	case model.OutboxFile:
		return func(m *model.MessageRow, d model.MessageDetails) bool { return sameFile(o.payload.File, want, m, d) }
	case model.OutboxLocation:
		return func(m *model.MessageRow, d model.MessageDetails) bool {
			const near = 1e-4 // degrees, about ten metres: coordinates are rounded on the way
			p := o.payload.Location
			return m.Type == model.TypeLocation && p != nil && d.Location != nil &&
				math.Abs(p.Latitude-d.Location.Latitude) < near && math.Abs(p.Longitude-d.Location.Longitude) < near
		}
	case model.OutboxContact:
		return func(m *model.MessageRow, d model.MessageDetails) bool {
			return m.Type == model.TypeContact && slices.ContainsFunc(d.VCards, func(card string) bool {
				return strings.Contains(model.Digits(card), o.payload.Contact.User())
			})
		}
	case model.OutboxPoll:
		return func(m *model.MessageRow, d model.MessageDetails) bool {
			return m.Type == model.TypePoll && d.Poll != nil && m.Text == want && o.payload.Poll != nil && len(d.Poll.Options) == len(o.payload.Poll.Options)
		}
	}
	return func(m *model.MessageRow, _ model.MessageDetails) bool { return !m.Type.IsMedia() && m.Text == want }
}

// sameFile tells whether a message carries a file with a caption. The body of a
// document without a caption is its file name (contract §9.4).
func sameFile(file *model.OutgoingFile, caption string, m *model.MessageRow, d model.MessageDetails) bool {
	if file == nil || !m.Type.IsMedia() {
		return false
	}
	if m.MediaHash != "" && m.MediaHash == file.SHA256 {
		return m.Text == caption || caption == "" && m.Text == file.FileName
	}
	if d.Media != nil && (d.Media.FileName != "" && d.Media.FileName != file.FileName || d.Media.Size > 0 && d.Media.Size != file.Size) {
		return false
	}
	return m.Text == caption || caption == "" && m.Text == file.FileName
}

// phoneID is what the ids of messages look like that were typed on a phone
// (contract §10.2): 32 hex digits on Android, 3A and 18 hex digits on iOS.
var phoneID = regexp.MustCompile(`^(?:[0-9A-F]{32}|3A[0-9A-F]{18})$`)

func typedOnPhone(id model.ShortID) bool { return phoneID.MatchString(strings.ToUpper(string(id))) }

// phoneIDs tells whether the gateway's own ids look like those of a phone: then
// the form of an id says nothing.
func (l *outboxLane) phoneIDs(ctx context.Context) (bool, error) {
	ids, err := l.w.e.p.Store.AnsweredIDs(ctx, l.w.id, knownIDs)
	if err != nil {
		return false, fmt.Errorf("read the ids of sent messages: %w", err)
	}
	return slices.ContainsFunc(ids, typedOnPhone), nil
}
