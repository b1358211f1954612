package sync

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// clockSkew is how far this computer's clock may be ahead of WhatsApp's, while
	// nothing is known of that, before an own message looks older than the attempt
	// to send it.
	clockSkew = 2 * time.Minute
	// clockMargin is what is allowed for when it is known how the clocks stand.
	clockMargin = 3 * time.Second
	// clockAge is for how long an answer tells how the clocks stand.
	clockAge = 24 * time.Hour
	// answerTime is how long a call may have taken that tells of the clocks.
	answerTime = 30 * time.Second
	// sureFor is how long after the attempt a message that says the same is ours
	// without a doubt: a page call ends after 180 s (contract §3).
	sureFor = 10 * time.Minute
	// lateFor is how long after the attempt a message can still be ours, because the
	// page was stuck in between, and lateUnknown the same while nothing is known of
	// how the clocks stand.
	lateFor     = time.Hour
	lateUnknown = 24 * time.Hour
	// matchMost bounds the own messages that are held against a row.
	matchMost = 500
	// knownSends is how many answers tell what the gateway's ids look like.
	knownSends = 5
)

// span is the time, in seconds by WhatsApp's clock, in which the message of an
// attempt can have come to be: not before since or after until, and without a doubt
// from first to last.
type span struct{ since, first, last, until int64 }

// sender is what the gateway's earlier answers tell of it.
type sender struct {
	phoneIDs bool // its ids look like those of a phone: then the form of an id says nothing
	ahead    time.Duration
	known    bool // ahead: how much its clock is ahead of this computer's, at least
}

// sender reads what is known of the gateway of the session.
func (l *outboxLane) sender(ctx context.Context) (sender, error) {
	sends, err := l.w.e.p.Store.AnsweredSends(ctx, l.w.id, knownSends)
	if err != nil {
		return sender{}, fmt.Errorf("read what earlier answers told: %w", err)
	}
	var s sender
	for i, send := range sends {
		s.phoneIDs = s.phoneIDs || send.ShortID.TypedOnPhone()
		took := send.FinishedAt.Time().Sub(send.AttemptedAt.Time())
		old := l.w.e.p.Now().Sub(send.AttemptedAt.Time())
		if i == 0 && took >= 0 && took <= answerTime && old >= 0 && old <= clockAge {
			// The message came to be before the answer was written down.
			s.known, s.ahead = true, time.Unix(send.MessageID.Unix(), 0).Sub(send.FinishedAt.Time())
		}
	}
	return s, nil
}

// span returns when the message of an attempt can have come to be.
func (s sender) span(attempt model.Stamp) span {
	at := attempt.Time().Add(s.ahead)
	if s.known {
		since := at.Add(-clockMargin).Unix()
		return span{since: since, first: since, last: at.Add(sureFor).Unix(), until: at.Add(lateFor).Unix()}
	}
	return span{
		since: at.Add(-clockSkew).Unix(), first: at.Add(-clockMargin).Unix(), last: at.Add(sureFor).Unix(), until: at.Add(lateUnknown).Unix(),
	}
}

// wanted is a row of unknown fate with what its message may be.
type wanted struct {
	*outgoing
	span
	excluded []model.ShortID
	target   *model.MessageRow // of a forward
}

// want reads what tells the message of a row from others.
func (l *outboxLane) want(ctx context.Context, item model.OutboxItem, s sender) (*wanted, error) {
	o, err := l.w.outgoing(ctx, item)
	if err != nil {
		return nil, err
	}
	x := &wanted{outgoing: o, span: s.span(item.AttemptedAt)}
	if x.excluded, err = excludedOf(&item); err != nil {
		return nil, err
	}
	if item.Kind == model.OutboxForward {
		message, _, err := l.w.target(ctx, o)
		if err != nil && !errors.Is(err, context.Canceled) {
			l.w.log.WithError(err).Debug("what was forwarded is not held any more")
		} else {
			x.target = &message
		}
	}
	return x, nil
}

// excludedOf reads the own messages that a row cannot have become.
func excludedOf(item *model.OutboxItem) (ids []model.ShortID, err error) {
	if item.Excluded == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(item.Excluded), &ids); err != nil {
		return nil, fmt.Errorf("read what was held before: %w", err)
	}
	return ids, nil
}

// could tells how well an own message fits the row.
func (x *wanted) could(m *model.MessageRow, s sender) model.Likeness {
	at := m.UnixSeconds()
	if at < x.since || at > x.until || slices.Contains(x.excluded, m.ShortID) || !s.phoneIDs && m.ShortID.TypedOnPhone() {
		return model.Different
	}
	return x.item.Compare(&x.payload, m, x.target)
}

// distance is how many seconds lie between a message and the attempt.
func (x *wanted) distance(m *model.MessageRow) int64 {
	at := x.first + int64(clockMargin.Seconds())
	return max(m.UnixSeconds()-at, at-m.UnixSeconds())
}

// match holds the stored own messages of a conversation against its rows of
// unknown fate, also those that were not found, and ends those whose message is
// there.
func (l *outboxLane) match(ctx context.Context, id model.ConversationID) error {
	rows, err := l.w.e.p.Store.UnknownOutbox(ctx, id)
	if err != nil || len(rows) == 0 {
		return err
	}
	s, err := l.sender(ctx)
	if err != nil {
		return err
	}
	var open []*wanted
	var own []model.MessageRow
	for _, row := range rows {
		x, err := l.want(ctx, row, s)
		if err != nil {
			return err
		}
		open = append(open, x)
		since, err := l.w.e.p.Store.OwnMessages(ctx, id, x.since, matchMost)
		if err != nil {
			return fmt.Errorf("load the own messages there: %w", err)
		}
		own = append(own, since...)
	}
	slices.SortFunc(own, func(a, b model.MessageRow) int { return cmp.Compare(a.ID, b.ID) })
	own = slices.CompactFunc(own, func(a, b model.MessageRow) bool { return a.ID == b.ID })
	for len(open) > 0 {
		x, m, how := best(open, own, s)
		if x == nil {
			return nil
		}
		if err := l.found(ctx, x, m, how); err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(other *wanted) bool { return other == x })
		own = slices.DeleteFunc(own, func(other model.MessageRow) bool { return other.ShortID == m.ShortID })
	}
	return nil
}

// best returns the row and the message that fit best: those that say the very
// same before those that are only like it, then those that are nearest in time.
// x is nil when none fits.
func best(open []*wanted, own []model.MessageRow, s sender) (x *wanted, m model.MessageRow, how model.OutboxMatch) {
	likeness := model.Different
	for _, candidate := range open {
		for i := range own {
			fits := candidate.could(&own[i], s)
			if fits == model.Different || fits < likeness {
				continue
			}
			if fits > likeness || candidate.distance(&own[i]) < x.distance(&m) {
				x, m, likeness = candidate, own[i], fits
			}
		}
	}
	if x == nil {
		return nil, m, ""
	}
	how = model.MatchFound
	if at := m.UnixSeconds(); likeness != model.Same || at < x.first || at > x.last || x.rivalled(open, own, s) {
		how = model.MatchUnsure
	}
	return x, m, how
}

// rivalled tells whether more messages fit a row than there are rows that say the
// same. Those may take each other's messages; one message more was written by
// somebody else, and which one is not known.
func (x *wanted) rivalled(open []*wanted, own []model.MessageRow, s sender) bool {
	rows, messages := 0, 0
	for _, other := range open {
		if other.item.SaysTheSame(&x.item) {
			rows++
		}
	}
	for i := range own {
		if x.could(&own[i], s) != model.Different && own[i].UnixSeconds() <= x.last {
			messages++
		}
	}
	return messages > rows
}

// found ends a row whose message is there. Its file need not be fetched: it is held.
func (l *outboxLane) found(ctx context.Context, x *wanted, m model.MessageRow, how model.OutboxMatch) error {
	delete(l.misses, x.item.ID)
	if file := x.payload.File; file != nil && file.SHA256 != "" && how == model.MatchFound && m.MediaHash == "" {
		_, _, err := l.w.e.p.Store.UpdateMedia(ctx, m.ID, l.w.e.stamp(), func(held *model.Media) {
			held.State, held.SHA256, held.Size, held.Error = model.MediaStored, file.SHA256, file.Size, ""
			held.MimeType, held.FileName = file.MimeType, file.FileName
		})
		if err != nil {
			l.w.log.WithError(err).Debug("keep the file of a message that was found")
		}
	}
	return l.w.settle(x.outgoing, model.OutboxOutcome{State: model.OutboxSent, ShortID: m.ShortID, Match: how}, nil)
}

// excluded returns, as JSON, the own messages of that time that are held before a row
// is tried: none of them can be the one that it becomes. They are all named, whatever
// they say: until the claim the owner may still change what the row says.
func (l *outboxLane) excluded(ctx context.Context, o *outgoing) (string, error) {
	if !model.BecomesMessage(o.item.Kind) {
		return "", nil
	}
	s, err := l.sender(ctx)
	if err != nil {
		return "", err
	}
	// Further back than any span: how the clocks stand may be learned in between.
	since := s.span(l.w.e.stamp()).since - 2*int64(clockSkew.Seconds())
	own, err := l.w.e.p.Store.OwnMessages(ctx, o.chat.ID, since, matchMost)
	if err != nil {
		return "", fmt.Errorf("load the own messages there: %w", err)
	}
	if len(own) == 0 {
		return "", nil
	}
	ids := make([]model.ShortID, len(own))
	for i := range own {
		ids[i] = own[i].ShortID
	}
	list, err := json.Marshal(ids)
	return string(list), err
}
