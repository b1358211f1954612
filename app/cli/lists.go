package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// pageSize is how many rows are read from the store at a time.
const pageSize = 1000

// listFlags are the flags that the commands on lists share.
type listFlags struct {
	session string
	limit   int
}

func (c *command) listFlags(cmd *cobra.Command, f *listFlags) {
	cmd.Flags().StringVar(&f.session, "session", "", c.text.T("cli.flag.session"))
	cmd.Flags().IntVar(&f.limit, "limit", 0, c.text.T("cli.flag.limit"))
}

// list returns a command that reads the store.
func (c *command) list(use, short string, args cobra.PositionalArgs, f *listFlags, do func(context.Context, *app.App, model.SessionID, []string) error) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: c.args(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.limit < 0 {
				return c.wrongFlag("--limit")
			}
			return c.with(cmd.Context(), app.ModeRead, func(ctx context.Context, a *app.App) error {
				id, err := sessionNamed(ctx, a, f.session)
				if err != nil {
					return err
				}
				return do(ctx, a, id, args)
			})
		},
	}
	c.listFlags(cmd, f)
	return cmd
}

// wrongFlag says that the value of a flag makes no sense.
func (c *command) wrongFlag(name string) error {
	return &usageError{errors.New(c.text.T("cli.wrong_flag", translations.Data{"Detail": name}))}
}

// sessionNamed returns the key of a session, zero for "".
func sessionNamed(ctx context.Context, a *app.App, name string) (model.SessionID, error) {
	if name == "" {
		return 0, nil
	}
	s, err := a.Sessions.ByName(ctx, model.SessionName(name), false)
	return s.ID, err
}

// page returns how many rows to ask for next, zero when there are enough.
func page(limit, have int) int {
	if limit <= 0 {
		return pageSize
	}
	return min(pageSize, limit-have)
}

func (c *command) contactsCommand() *cobra.Command {
	var f, g listFlags
	list := c.list("list", c.text.T("cli.contacts.list"), cobra.NoArgs, &f, func(ctx context.Context, a *app.App, id model.SessionID, _ []string) error {
		q := model.ContactQuery{SessionID: id, Groups: true}
		rows := []contactEntry{}
		for {
			if q.Limit = page(f.limit, len(rows)); q.Limit <= 0 {
				break
			}
			next, err := a.Contacts.List(ctx, q)
			if err != nil {
				return err
			}
			for _, r := range next {
				rows = append(rows, contactEntry{ContactRow: r})
			}
			if len(next) < q.Limit {
				break
			}
			last := next[len(next)-1]
			q.AfterName, q.AfterID = last.DisplayName, last.ID
		}
		ids := newPeople(ctx, a)
		for i := range rows {
			ids.add(rows[i].SessionID, rows[i].JID, &rows[i].IDs)
		}
		if err := ids.fill(); err != nil {
			return err
		}
		return c.print(rows, func(w io.Writer) error {
			for _, r := range rows {
				if err := printf(w, "%-40s %-16s %s\n", r.DisplayName, r.Phone.Plus(), r.JID); err != nil {
					return err
				}
			}
			return nil
		})
	})
	show := c.list("show ID", c.text.T("cli.contacts.show"), cobra.ExactArgs(1), &g, func(ctx context.Context, a *app.App, id model.SessionID, args []string) error {
		id, err := oneSession(ctx, a, id)
		if err != nil {
			return err
		}
		contact, err := a.Contacts.Find(ctx, id, args[0])
		if err != nil {
			return err
		}
		return c.print(contact, func(w io.Writer) error {
			if err := printf(w, "%s\n%s\n%s\n%s\n", contact.DisplayName, contact.Phone.Plus(), contact.JID, contact.About); err != nil {
				return err
			}
			for _, id := range contact.IDs[1:] {
				if err := printf(w, "%s  %s  %s\n", id.JID, c.standing(id.Standing), c.reason(id.Source)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return c.group("contacts", c.text.T("cli.contacts.short"), append(c.samePersonCommands(), list, show)...)
}

// oneSession returns the session that was named, or the only one, or the one
// that the settings name.
func oneSession(ctx context.Context, a *app.App, id model.SessionID) (model.SessionID, error) {
	if id != 0 {
		return id, nil
	}
	sessions, err := a.Sessions.List(ctx)
	if err != nil {
		return 0, err
	}
	preferred := model.SessionName(a.Settings.Get().DefaultSession)
	for _, s := range sessions {
		if s.Name == preferred || len(sessions) == 1 {
			return s.ID, nil
		}
	}
	if len(sessions) == 0 {
		return 0, &app.InputError{What: "session"}
	}
	return 0, &usageError{errors.New("--session")}
}

func (c *command) conversationsCommand() *cobra.Command {
	var f listFlags
	var filter string
	list := c.list("list", c.text.T("cli.conversations.list"), cobra.NoArgs, &f, func(ctx context.Context, a *app.App, id model.SessionID, _ []string) error {
		if !slices.Contains(conversationFilters(), model.ConversationFilter(filter)) {
			return c.wrongFlag("--filter")
		}
		q := model.ConversationQuery{SessionID: id, Filter: model.ConversationFilter(filter)}
		rows, sessions := []conversationEntry{}, []model.SessionID{}
		for {
			if q.Limit = page(f.limit, len(rows)); q.Limit <= 0 {
				break
			}
			next, err := a.Conversations.List(ctx, q)
			if err != nil {
				return err
			}
			for _, r := range next {
				rows = append(rows, entryOf(r))
				sessions = append(sessions, r.SessionID)
			}
			if len(next) < q.Limit {
				break
			}
			last := next[len(next)-1]
			q.After = &model.ConversationCursor{Pinned: last.Pinned, LastAt: last.LastAt, ID: last.ID}
		}
		ids := newPeople(ctx, a)
		for i := range rows {
			ids.add(sessions[i], rows[i].JID, &rows[i].IDs)
		}
		if err := ids.fill(); err != nil {
			return err
		}
		return c.print(rows, func(w io.Writer) error {
			for _, r := range rows {
				if err := printf(w, "%5d  %-20s %-40s %s\n", r.Unread, r.LastMessageAt, r.Name, r.JID); err != nil {
					return err
				}
			}
			return nil
		})
	})
	list.Flags().StringVar(&filter, "filter", string(model.FilterEverything), c.text.T("cli.flag.filter"))
	return c.group("conversations", c.text.T("cli.conversations.short"), list)
}

func conversationFilters() []model.ConversationFilter {
	return []model.ConversationFilter{
		model.FilterAll, model.FilterUnread, model.FilterPinned, model.FilterGroups, model.FilterArchived, model.FilterEverything,
	}
}

// conversationEntry is a conversation as the command line prints it.
type conversationEntry struct {
	JID           model.JID              `json:"jid"`
	IDs           []model.JID            `json:"ids"` // every identifier of the person, the main one first
	Name          string                 `json:"name"`
	Kind          model.ConversationKind `json:"kind"`
	Unread        int                    `json:"unread"`
	MarkedUnread  bool                   `json:"marked_unread"`
	Pinned        bool                   `json:"pinned"`
	Archived      bool                   `json:"archived"`
	LastMessageAt string                 `json:"last_message_at"` // RFC 3339 in UTC, "" when there is none
	LastText      string                 `json:"last_text"`
	NotSeen       bool                   `json:"not_seen"`
}

func entryOf(r model.ConversationRow) conversationEntry {
	return conversationEntry{
		JID: r.JID, Name: r.Name, Kind: r.Kind, Unread: r.Unread, MarkedUnread: r.MarkedUnread, Pinned: r.Pinned,
		Archived: r.Archived, LastMessageAt: stampText(r.LastAt), LastText: r.LastText, NotSeen: !r.NotSeenSince.IsZero(),
	}
}

func stampText(s model.Stamp) string {
	if s.IsZero() {
		return ""
	}
	return s.Time().Format(time.RFC3339)
}

// messageEntry is a message as the command line prints it.
type messageEntry struct {
	ID        model.ShortID     `json:"id"`
	FromMe    bool              `json:"from_me"`
	Author    model.JID         `json:"author"`
	Name      string            `json:"author_name"`
	Type      model.MessageType `json:"type"`
	Text      string            `json:"text"`
	Timestamp int64             `json:"timestamp"` // unix seconds
	Ack       model.Ack         `json:"ack"`
	Starred   bool              `json:"starred"`
	Chat      model.JID         `json:"chat,omitempty"`

	names map[model.JID]string // of those whom the text mentions
}

func (c *command) messagesCommand() *cobra.Command {
	var f listFlags
	return c.list("messages CHAT", c.text.T("cli.messages.short"), cobra.ExactArgs(1), &f, func(ctx context.Context, a *app.App, id model.SessionID, args []string) error {
		id, err := oneSession(ctx, a, id)
		if err != nil {
			return err
		}
		conversation, err := a.Conversations.Find(ctx, id, args[0])
		if err != nil {
			return err
		}
		entries, err := readMessages(ctx, a, conversation.ID, f.limit)
		if err != nil {
			return err
		}
		return c.print(entries, func(w io.Writer) error { return printMessages(w, entries) })
	})
}

// readMessages reads the newest messages of a conversation, oldest first.
func readMessages(ctx context.Context, a *app.App, id model.ConversationID, limit int) ([]messageEntry, error) {
	q := model.MessageQuery{ConversationID: id}
	var pages [][]model.MessageRow
	have := 0
	for {
		if q.Limit = page(limit, have); q.Limit <= 0 {
			break
		}
		rows, err := a.Conversations.Messages(ctx, q)
		if err != nil {
			return nil, err
		}
		have += len(rows)
		pages = append(pages, rows)
		if len(rows) < q.Limit {
			break
		}
		q.Before = rows[0].ID
	}
	entries := make([]messageEntry, 0, have)
	for i := len(pages) - 1; i >= 0; i-- {
		for _, r := range pages[i] {
			name := r.Author
			if r.AuthorJID != "" {
				name = model.ShownName(r.AuthorJID, model.Phone.Plus, r.Author)
			}
			entries = append(entries, messageEntry{
				ID: r.ShortID, FromMe: r.FromMe, Author: r.AuthorJID, Name: name, Type: r.Type, Text: r.Text,
				Timestamp: r.UnixSeconds(), Ack: r.Ack, Starred: r.Starred, names: r.Names,
			})
		}
	}
	return entries, nil
}

func printMessages(w io.Writer, entries []messageEntry) error {
	for _, e := range entries {
		who := e.Name
		if e.FromMe {
			who = ">"
		}
		text := model.NameMentioned(e.Text, func(jid model.JID) string { return e.names[jid] })
		text = strings.ReplaceAll(text, "\n", "\n    ")
		if text == "" {
			text = "[" + string(e.Type) + "]"
		}
		at := time.Unix(e.Timestamp, 0).Local().Format("2006-01-02 15:04")
		if err := printf(w, "%s %s %s %s\n", at, e.Chat, who, text); err != nil {
			return err
		}
	}
	return nil
}

func (c *command) activityCommand() *cobra.Command {
	var f listFlags
	cmd := c.list("activity", c.text.T("cli.activity.short"), cobra.NoArgs, &f, func(ctx context.Context, a *app.App, id model.SessionID, _ []string) error {
		q := model.ActivityQuery{SessionID: id}
		rows := []model.Activity{}
		for {
			if q.Limit = page(f.limit, len(rows)); q.Limit <= 0 {
				break
			}
			next, err := a.Activity.List(ctx, q)
			if err != nil {
				return err
			}
			rows = append(rows, next...)
			if len(next) < q.Limit {
				break
			}
			q.Before = next[len(next)-1].ID
		}
		return c.print(rows, func(w io.Writer) error {
			for _, r := range rows {
				at := r.At.Time().Local().Format("2006-01-02 15:04:05")
				if err := printf(w, "%s %-9s %-16s %-20s %s\n", at, r.Outcome, r.Session, r.Action, r.ErrorKind); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return cmd
}

func (c *command) statsCommand() *cobra.Command {
	var f listFlags
	return c.list("stats", c.text.T("cli.stats.short"), cobra.NoArgs, &f, func(ctx context.Context, a *app.App, id model.SessionID, _ []string) error {
		sessions, err := a.Sessions.List(ctx)
		if err != nil {
			return err
		}
		type entry struct {
			Session model.SessionName `json:"session"`
			model.Statistics
		}
		entries := []entry{}
		for _, s := range sessions {
			if id != 0 && s.ID != id {
				continue
			}
			stats, err := a.Sessions.Statistics(ctx, s.ID)
			if err != nil {
				return err
			}
			entries = append(entries, entry{s.Name, stats})
		}
		return c.print(entries, func(w io.Writer) error {
			for _, e := range entries {
				for _, figure := range []struct {
					key   string
					value int
				}{
					{"contacts", e.Contacts}, {"conversations", e.Conversations}, {"groups", e.Groups}, {"messages", e.Messages},
					{"messages_in", e.MessagesIn}, {"messages_out", e.MessagesOut}, {"unread", e.Unread},
				} {
					if err := printf(w, "%-20s %-24s %d\n", e.Session, c.figure(figure.key), figure.value); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

// figure returns the title of a number of the statistics.
//
// translations: cli.stats.*
func (c *command) figure(key string) string { return c.text.T("cli.stats." + key) }
