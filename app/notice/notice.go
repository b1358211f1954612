// Package notice decides when the owner is told of new messages on the desktop,
// and how much in one: it groups what comes together, keeps silent in quiet
// hours and of what the owner is looking at, and makes one notice of all that
// came while the gateway was away.
//
// Contract: no input, no output, no words and no goroutine. The clock is given.
// A Policy belongs to one goroutine, which calls Due when Next says so.
package notice

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// fresh is the age up to which a message is told of by itself; older ones
	// come by a catch-up, or are history.
	fresh = 5 * time.Minute
	// collect is how long more messages are waited for before the first is told of.
	collect = time.Second
	// calm is the least time between two notices of one conversation.
	calm = 5 * time.Second
	// few is how many conversations get notices of their own within burst.
	few   = 3
	burst = 10 * time.Second
	// hush is the least time between two sounds.
	hush = 10 * time.Second
	// remember is how long a notice goes on counting what comes after it.
	remember = 10 * time.Minute
	// A catch-up is over when nothing came for awayLull; it is told of after
	// awayMost at the latest.
	awayLull = 5 * time.Second
	awayMost = time.Minute
	// settled is for how long nothing must have come before what a session holds
	// counts as known: only what is newer than that can be a catch-up.
	settled = time.Minute
	// maxCounted bounds what is remembered of messages, whatever their times say.
	maxCounted = 20_000
)

// Key names a place on the desktop: a notice with the same key replaces the one before.
type Key string

// The keys of notices about several conversations.
const (
	KeyMany Key = "many" // more conversations than get a notice each
	KeyAway Key = "away" // what came while the gateway was away
)

const keyPrefix = "conversation-"

// KeyOf returns the key of the notices of one conversation.
func KeyOf(id model.ConversationID) Key { return Key(keyPrefix + strconv.FormatInt(int64(id), 10)) }

// Conversation returns the conversation of such a key; ok is false for a key of several.
func (k Key) Conversation() (id model.ConversationID, ok bool) {
	number, ok := strings.CutPrefix(string(k), keyPrefix)
	n, err := strconv.ParseInt(number, 10, 64)
	return model.ConversationID(n), ok && err == nil
}

// Notice is one thing to tell the owner.
type Notice struct {
	Key           Key
	Conversations int // that it is about
	Messages      int // in all of them
	// Row is the conversation when there is just one, and Last its newest
	// message, which nothing but notices of KeyAway may lack.
	Row   model.ConversationRow
	Last  *model.MessageRow
	Sound bool
}

// News is what the desktop has to show, and what it need not show any more.
type News struct {
	Tell     []Notice
	Withdraw []Key
}

// Arrival is what came into one conversation.
type Arrival struct {
	Row      model.ConversationRow
	Parts    []model.ConversationID // of the same person, under another identifier each
	Silenced bool                   // the owner wants to hear nothing of it on this computer
	Messages []model.MessageRow     // the newest that are held, from others and from the owner
	New      int                    // how many messages of others were new
}

// Policy keeps what was told and what waits to be told.
type Policy struct {
	now      func() time.Time
	start    model.Stamp
	front    model.ConversationID // what the owner is looking at, zero when nothing
	sessions map[model.SessionID]*session
	counted  map[model.MessageID]struct{} // fresh messages that were counted
	waiting  map[model.ConversationID]*group
	shown    map[model.ConversationID]*group
	many     map[model.ConversationID]*group // told of by KeyMany
	manyAt   time.Time
	away     map[model.ConversationID]*group // wait to be told of by KeyAway
	awayFrom time.Time
	awayAt   time.Time
	sounded  time.Time
}

// session is what is known of the times of a session's messages.
type session struct {
	known  model.Stamp // what is older came before
	newest model.Stamp
	last   time.Time // of its last arrival
}

// group is what one conversation has to tell.
type group struct {
	row      model.ConversationRow
	last     *model.MessageRow
	messages int
	first    time.Time // when it began
	at       time.Time // waiting: when it is due; shown: when it was told last
	unread   bool      // it was seen to be unread since
}

// New returns a policy. known says for each session how new its newest held
// message is: only what is newer is told of.
func New(now func() time.Time, known map[model.SessionID]model.Stamp) *Policy {
	p := &Policy{
		now: now, start: model.StampOf(now()), sessions: map[model.SessionID]*session{}, counted: map[model.MessageID]struct{}{},
		waiting: map[model.ConversationID]*group{}, shown: map[model.ConversationID]*group{},
		many: map[model.ConversationID]*group{}, away: map[model.ConversationID]*group{},
	}
	for id, stamp := range known {
		p.sessions[id] = &session{known: stamp, newest: stamp}
	}
	return p
}

// Add takes in what came into a conversation.
func (p *Policy) Add(s model.Settings, a Arrival) {
	now := p.now()
	latest, old := p.sort(now, a)
	if latest.messages+old == 0 || !p.wanted(s, now, a) {
		return
	}
	if old > 0 && unread(a.Row) {
		p.catchUp(now, a, old)
	}
	if latest.messages == 0 {
		return
	}
	if len(p.away) > 0 { // one notice for all that comes with it
		p.catchUp(now, a, latest.messages)
		return
	}
	id := a.Row.ID
	g := p.waiting[id]
	if g == nil {
		g = &group{first: now, at: now.Add(collect)}
		if told := p.shown[id]; told != nil && told.at.Add(calm).After(g.at) {
			g.at = told.at.Add(calm)
		}
		p.waiting[id] = g
	}
	g.row, g.last, g.messages = a.Row, latest.last, g.messages+latest.messages
}

// Matters tells whether anything in a conversation is new enough to be added, by
// the time of its newest message.
func (p *Policy) Matters(row model.ConversationRow) bool {
	known := p.start
	if s := p.sessions[row.SessionID]; s != nil {
		known = s.known
	}
	return row.LastAt > known || p.now().Sub(row.LastAt.Time()) <= fresh
}

// wanted tells whether the owner wants to hear of the conversation at all, now.
func (p *Policy) wanted(s model.Settings, now time.Time, a Arrival) bool {
	switch {
	case !audible(s, now), a.Row.Archived, p.front == a.Row.ID, slices.Contains(a.Parts, p.front), a.Silenced,
		a.Row.MutedUntil == model.MutedForever, a.Row.MutedUntil.Time().After(now):
		return false
	}
	return a.Row.Kind == model.KindPerson || a.Row.Kind == model.KindGroup
}

// audible tells whether anything is told of at a time.
func audible(s model.Settings, now time.Time) bool {
	return s.Notify && !s.Quiet(now) && !s.NotifyPause().After(now)
}

func unread(row model.ConversationRow) bool { return row.Unread > 0 || row.MarkedUnread }

// sort tells the messages that have just been written from those that a
// catch-up brought, and leaves out what is history or was counted before.
func (p *Policy) sort(now time.Time, a Arrival) (latest group, old int) {
	s := p.sessions[a.Row.SessionID]
	if s == nil {
		s = &session{known: p.start}
		p.sessions[a.Row.SessionID] = s
	}
	if now.Sub(s.last) > settled {
		s.known = max(s.known, s.newest)
	}
	s.last = now
	messages := slices.Clone(a.Messages)
	slices.SortFunc(messages, func(x, y model.MessageRow) int { return int(min(max(y.ID-x.ID, -1), 1)) })
	for _, m := range messages {
		if m.FromMe || m.Type.IsNotice() || m.Type.IsGone() || latest.messages+old >= a.New {
			continue
		}
		if _, again := p.counted[m.ID]; again {
			continue
		}
		s.newest = max(s.newest, m.ID.Stamp())
		switch age := now.Sub(m.ID.Stamp().Time()); {
		case age <= fresh:
			if len(p.counted) >= maxCounted {
				clear(p.counted)
			}
			p.counted[m.ID] = struct{}{}
			latest.messages++
			if latest.last == nil {
				latest.last = &m
			}
		case m.ID.Stamp() > s.known:
			old++
		}
	}
	return latest, old
}

// catchUp puts a conversation among those that one notice is going to name, and
// with it all that still waits.
func (p *Policy) catchUp(now time.Time, a Arrival, messages int) {
	if len(p.away) == 0 {
		p.awayFrom = now
		p.away, p.waiting = p.waiting, p.away
	}
	p.awayAt = now.Add(awayLull)
	if latest := p.awayFrom.Add(awayMost); p.awayAt.After(latest) {
		p.awayAt = latest
	}
	g := p.away[a.Row.ID]
	if g == nil {
		g = &group{first: now}
		p.away[a.Row.ID] = g
	}
	g.row = a.Row
	g.messages += messages
}

// Next returns when Due has something to say; ok is false when nothing waits.
func (p *Policy) Next() (at time.Time, ok bool) {
	if len(p.away) > 0 {
		at, ok = p.awayAt, true
	}
	for _, g := range p.waiting {
		if !ok || g.at.Before(at) {
			at, ok = g.at, true
		}
	}
	return at, ok
}

// Due returns what is to be told now.
func (p *Policy) Due(s model.Settings) []Notice {
	now := p.now()
	p.forget(now)
	if !audible(s, now) {
		clear(p.waiting)
		clear(p.away)
		return nil
	}
	var notices []Notice
	if len(p.away) > 0 && !now.Before(p.awayAt) {
		notices = append(notices, p.tellAway(now))
	}
	notices = append(notices, p.tellWaiting(now)...)
	if s.NotifySound && len(notices) > 0 && now.Sub(p.sounded) >= hush {
		notices[0].Sound = true
		p.sounded = now
	}
	return notices
}

// tellAway makes the notice of a catch-up. What of it comes later, because the
// gateway is slow, is not told of again.
func (p *Policy) tellAway(now time.Time) Notice {
	n := several(KeyAway, p.away)
	for _, g := range p.away {
		s := p.sessions[g.row.SessionID]
		s.known = max(s.known, s.newest, model.StampOf(now.Add(-fresh)))
	}
	clear(p.away)
	return n
}

// several makes a notice about some conversations.
func several(key Key, groups map[model.ConversationID]*group) Notice {
	n := Notice{Key: key, Conversations: len(groups)}
	for _, g := range groups {
		n.Messages += g.messages
		if len(groups) == 1 {
			n.Row, n.Last = g.row, g.last
		}
	}
	return n
}

// tellWaiting makes the notices that are due: of each conversation, or of all
// those together that would be too many.
func (p *Policy) tellWaiting(now time.Time) []Notice {
	var due []*group
	added := 0
	for _, id := range slices.Sorted(maps.Keys(p.waiting)) {
		g := p.waiting[id]
		if g.at.After(now) {
			continue
		}
		delete(p.waiting, id)
		due = append(due, g)
		if p.shown[id] == nil {
			added++
		}
	}
	slices.SortStableFunc(due, func(a, b *group) int { return a.first.Compare(b.first) })
	recent := 0
	for _, g := range p.shown {
		if now.Sub(g.first) < burst {
			recent++
		}
	}
	single := recent+added <= few && len(p.many) == 0
	var notices []Notice
	told := false // of many
	for _, g := range due {
		if p.shown[g.row.ID] == nil && !single {
			p.addMany(g)
			told = true
			continue
		}
		notices = append(notices, p.tell(now, g))
	}
	if told {
		p.manyAt = now
		notices = append(notices, several(KeyMany, p.many))
	}
	return notices
}

func (p *Policy) addMany(g *group) {
	if before := p.many[g.row.ID]; before != nil {
		g.messages += before.messages
	}
	p.many[g.row.ID] = g
}

// tell makes the notice of one conversation, which counts what was told before.
func (p *Policy) tell(now time.Time, g *group) Notice {
	told := p.shown[g.row.ID]
	if told == nil {
		told = &group{first: now}
		p.shown[g.row.ID] = told
	}
	told.row, told.last, told.at, told.unread = g.row, g.last, now, told.unread || unread(g.row)
	told.messages += g.messages
	return Notice{Key: KeyOf(g.row.ID), Conversations: 1, Messages: told.messages, Row: told.row, Last: told.last}
}

// forget lets go of what is long past.
func (p *Policy) forget(now time.Time) {
	maps.DeleteFunc(p.shown, func(_ model.ConversationID, g *group) bool { return now.Sub(g.at) > remember })
	if now.Sub(p.manyAt) > remember {
		clear(p.many)
	}
	oldest := model.MessageIDAt(now.Add(-fresh).Unix() - 1)
	maps.DeleteFunc(p.counted, func(id model.MessageID, _ struct{}) bool { return id < oldest })
}

// Look says what the owner is looking at: a conversation, or zero when none is
// open or the window is not in front. It returns what need not be shown any more.
func (p *Policy) Look(inFront bool, open model.ConversationID) (withdraw []Key) {
	if !inFront {
		p.front = 0
		return nil
	}
	p.front = open
	if len(p.many) > 0 {
		clear(p.many)
		withdraw = append(withdraw, KeyMany)
	}
	withdraw = append(withdraw, KeyAway) // it is not remembered whether it is still there
	delete(p.waiting, open)
	if p.shown[open] != nil {
		delete(p.shown, open)
		withdraw = append(withdraw, KeyOf(open))
	}
	return withdraw
}

// Shown returns the conversations that have a notice of their own.
func (p *Policy) Shown() []model.ConversationID { return slices.Sorted(maps.Keys(p.shown)) }

// Read takes in how conversations with a notice stand now; it returns the
// notices of those that were read meanwhile, wherever that was done.
func (p *Policy) Read(rows []model.ConversationRow) (withdraw []Key) {
	for _, row := range rows {
		g := p.shown[row.ID]
		switch {
		case g == nil:
		case unread(row):
			g.unread = true
		case g.unread:
			delete(p.shown, row.ID)
			withdraw = append(withdraw, KeyOf(row.ID))
		}
	}
	return withdraw
}

// Closed says that the owner has closed a notice or followed it: what comes
// after begins anew.
func (p *Policy) Closed(key Key) {
	if key == KeyMany {
		clear(p.many)
		return
	}
	maps.DeleteFunc(p.shown, func(id model.ConversationID, _ *group) bool { return KeyOf(id) == key })
}
