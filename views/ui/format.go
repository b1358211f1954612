package ui

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// local returns an instant in the zone of the owner.
func (c *Context) local(at model.Stamp) time.Time { return at.Time().In(c.Location) }

// daysAgo counts calendar days from at to today in the zone of the owner;
// negative when at lies on a later day.
func (c *Context) daysAgo(at time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // no day is longer than another here
	}
	return int(day(c.Now().In(c.Location)).Sub(day(at)) / (24 * time.Hour))
}

// FormatTime returns the time of day, such as "10:42"; "" for no time.
func (c *Context) FormatTime(at model.Stamp) string {
	if at.IsZero() {
		return ""
	}
	return c.local(at).Format("15:04")
}

// FormatDay returns the day in full ("Monday, 23 November 2026"), or "Today"
// or "Yesterday"; "" for no time.
func (c *Context) FormatDay(at model.Stamp) string {
	if at.IsZero() {
		return ""
	}
	t := c.local(at)
	switch c.daysAgo(t) {
	case 0:
		return c.T("format.today")
	case 1:
		return c.T("format.yesterday")
	}
	return c.T("format.day_full", translations.Data{
		"Weekday": c.weekday(t.Weekday()), "Day": t.Day(), "Month": c.month(t.Month()), "Year": t.Year(),
	})
}

// FormatDateTime returns day and time in a short form, such as "23 Nov 2026,
// 10:42"; "never" for no time.
func (c *Context) FormatDateTime(at model.Stamp) string {
	if at.IsZero() {
		return c.T("format.never")
	}
	t := c.local(at)
	return c.T("format.date_time", translations.Data{"Date": c.date(t), "Time": t.Format("15:04")})
}

// FormatWhen returns what a list shows: the time of today, "Yesterday", the
// weekday within a week, else the date; "" for no time.
func (c *Context) FormatWhen(at model.Stamp) string {
	if at.IsZero() {
		return ""
	}
	t := c.local(at)
	switch days := c.daysAgo(t); {
	case days == 0:
		return t.Format("15:04")
	case days == 1:
		return c.T("format.yesterday")
	case days > 1 && days < 7:
		return c.weekday(t.Weekday())
	case t.Year() == c.Now().In(c.Location).Year():
		return c.T("format.date_this_year", translations.Data{"Day": t.Day(), "Month": c.shortMonth(t.Month())})
	default:
		return c.date(t)
	}
}

// FormatAgo returns how long ago something was, such as "2 min ago"; beyond a
// month the date, "never" for no time.
func (c *Context) FormatAgo(at model.Stamp) string {
	if at.IsZero() {
		return c.T("format.never")
	}
	d := c.Now().Sub(at.Time())
	switch {
	case d < time.Minute: // also what a clock that runs ahead puts into the future
		return c.T("format.ago.now")
	case d < time.Hour:
		return c.N("format.ago.minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return c.N("format.ago.hours", int(d/time.Hour))
	case d < 31*24*time.Hour:
		return c.N("format.ago.days", int(d/(24*time.Hour)))
	default:
		return c.date(c.local(at))
	}
}

func (c *Context) date(t time.Time) string {
	return c.T("format.date", translations.Data{"Day": t.Day(), "Month": c.shortMonth(t.Month()), "Year": t.Year()})
}

// translations: format.weekday.*
func (c *Context) weekday(d time.Weekday) string {
	return c.T("format.weekday." + strconv.Itoa(int(d)))
}

// translations: format.month.*
func (c *Context) month(m time.Month) string { return c.T("format.month." + strconv.Itoa(int(m))) }

// translations: format.month_short.*
func (c *Context) shortMonth(m time.Month) string {
	return c.T("format.month_short." + strconv.Itoa(int(m)))
}

// FormatNumber returns a number with the separators of the language.
func (c *Context) FormatNumber(n int) string { return c.numbers.Sprintf("%d", n) }

// FormatBytes returns a size such as "1.4 MB"; "" when it is not known (zero or less).
func (c *Context) FormatBytes(n int64) string { return c.Text.Bytes(n) }

// FormatSeconds returns a length such as "0:12" or "1:02:03"; "" when it is not known.
func (c *Context) FormatSeconds(n int) string {
	switch {
	case n <= 0:
		return ""
	case n < 3600:
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	default:
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
}

// FormatMillis returns how long something took, such as "350 ms", "2.4 s" or "3:25".
func (c *Context) FormatMillis(ms int64) string {
	switch {
	case ms < 1000:
		return strconv.FormatInt(max(ms, 0), 10) + " ms"
	case ms < 60_000:
		return c.numbers.Sprintf("%.1f", float64(ms)/1000) + " s"
	default:
		return c.FormatSeconds(int(ms / 1000))
	}
}

// phones keeps numbers that were formatted: parsing one costs as much as drawing its row.
type phones struct {
	mu   sync.Mutex
	held map[model.Phone]string
}

// NameOf returns what somebody or a conversation is called, by model.ShownName, on
// one line.
func (c *Context) NameOf(jid model.JID, names ...string) string {
	if jid == model.StatusJID { // everybody's, and WhatsApp gives it no name
		return c.T("conversations.kind.status")
	}
	return model.CleanLine(model.ShownName(jid, c.FormatPhone, names...), model.MaxName)
}

// NumberOf returns the number of somebody, or that it is hidden: it never shows
// the digits of a hidden id. It is "" for who has none, as groups.
func (c *Context) NumberOf(jid model.JID) string {
	if jid.IsLID() {
		return c.T("format.hidden_number")
	}
	return c.FormatPhone(jid.Phone())
}

// phonesHeld bounds the memory of phones; beyond it, it starts anew.
const phonesHeld = 4096

// FormatPhone returns a number in international form, such as "+34 600 11 12
// 22"; "" for no number. A number of no known country gets only its plus sign.
func (c *Context) FormatPhone(p model.Phone) string {
	if p == "" {
		return ""
	}
	c.phones.mu.Lock()
	defer c.phones.mu.Unlock()
	if s, ok := c.phones.held[p]; ok {
		return s
	}
	s := p.Plus()
	if n, err := phonenumbers.Parse(s, ""); err == nil && phonenumbers.IsPossibleNumber(n) {
		s = phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
	}
	if c.phones.held == nil || len(c.phones.held) >= phonesHeld {
		c.phones.held = map[model.Phone]string{}
	}
	c.phones.held[p] = s
	return s
}
