package ui

import (
	"github.com/xappiens/buzon/model"
)

// FormatTime returns the time of day, such as "10:42"; "" for no time.
func (c *Context) FormatTime(at model.Stamp) string { return "" }

// FormatDay returns the day in full ("Monday, 23 November 2026"), or "Today" or "Yesterday".
func (c *Context) FormatDay(at model.Stamp) string { return "" }

// FormatDateTime returns day and time in a short form, such as "23 Nov 2026, 10:42".
func (c *Context) FormatDateTime(at model.Stamp) string { return "" }

// FormatWhen returns what a list shows: the time of today, "Yesterday", the
// weekday within a week, else the date.
func (c *Context) FormatWhen(at model.Stamp) string { return "" }

// FormatAgo returns how long ago something was, such as "2 min ago".
func (c *Context) FormatAgo(at model.Stamp) string { return "" }

// FormatNumber returns a number with the separators of the language.
func (c *Context) FormatNumber(n int) string { return "" }

// FormatBytes returns a size such as "1.4 MB".
func (c *Context) FormatBytes(n int64) string { return "" }

// FormatSeconds returns a length such as "0:12" or "1:02:03".
func (c *Context) FormatSeconds(n int) string { return "" }

// FormatMillis returns how long something took, such as "350 ms" or "2.4 s".
func (c *Context) FormatMillis(ms int64) string { return "" }

// FormatPhone returns a number in international form, such as "+34 600 11 12 22".
func (c *Context) FormatPhone(p model.Phone) string { return "" }

// FormatAck says in words how far an own message got.
func (c *Context) FormatAck(a model.Ack) string { return "" }

// MessagePreview returns the one line that the conversation list shows of the last message.
func (c *Context) MessagePreview(row model.ConversationRow) string { return "" }

// MessageSummary returns one line for a message: its text or what it is, such
// as "Photo" or "Voice message 0:12".
func (c *Context) MessageSummary(row model.MessageRow) string { return "" }

// MessageTypeText names a type of message, such as "Photo"; "" for plain text.
func (c *Context) MessageTypeText(t model.MessageType) string { return "" }

// ProblemText returns why something failed and what to do about it.
func (c *Context) ProblemText(p model.Problem) (why, do string) { return "", "" }
