package cli

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
)

// searchEntry is a message that was found.
type searchEntry struct {
	messageEntry
	ChatName string   `json:"chat_name"`
	Marks    [][2]int `json:"marks"` // what matched in the text: first byte, and the byte after the last
}

func (c *command) searchCommand() *cobra.Command {
	var f listFlags
	var chat string
	cmd := c.list("search QUERY", c.text.T("cli.search.short"), cobra.MinimumNArgs(1), &f, func(ctx context.Context, a *app.App, id model.SessionID, args []string) error {
		q := model.SearchQuery{SessionID: id, Text: joinQuery(args), Location: time.Local}
		if chat != "" {
			one, err := oneSession(ctx, a, id)
			if err != nil {
				return err
			}
			conversation, err := a.Conversations.Find(ctx, one, chat)
			if err != nil {
				return err
			}
			q.ConversationID = conversation.ID
		}
		entries, err := search(ctx, a, q, f.limit)
		if err != nil {
			return err
		}
		return c.print(entries, func(w io.Writer) error {
			plain := make([]messageEntry, len(entries))
			for i, e := range entries {
				plain[i] = e.messageEntry
			}
			return printMessages(w, plain)
		})
	})
	cmd.Long = c.text.T("cli.search.long")
	cmd.Flags().StringVar(&chat, "chat", "", c.text.T("cli.flag.chat"))
	if err := cmd.Flags().Set("limit", "50"); err == nil {
		cmd.Flags().Lookup("limit").DefValue = "50"
	}
	return cmd
}

// search reads page after page. Where one stopped early it goes on after it:
// nobody is waiting for a keystroke here.
func search(ctx context.Context, a *app.App, q model.SearchQuery, limit int) ([]searchEntry, error) {
	entries := []searchEntry{}
	for {
		if q.Limit = page(limit, len(entries)); q.Limit <= 0 {
			return entries, nil
		}
		found, err := a.Conversations.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range found.Hits {
			entry := searchEntry{ChatName: h.ConversationName, Marks: make([][2]int, len(h.Marks)), messageEntry: messageEntry{
				ID: h.ShortID, FromMe: h.FromMe, Name: h.Author, Type: h.Type, Text: h.Text,
				Timestamp: h.ID.Unix(), Ack: h.Ack, Starred: h.Starred, Chat: h.ConversationJID, names: h.Names,
			}}
			for i, m := range h.Marks {
				entry.Marks[i] = [2]int{m.From, m.To}
			}
			entries = append(entries, entry)
		}
		if found.Next == 0 {
			return entries, nil
		}
		q.Before = found.Next
	}
}

// joinQuery puts a query together that the shell took apart: an argument with
// spaces that is one operator gets its quotes back. One argument alone is taken as it is.
func joinQuery(args []string) string {
	if len(args) == 1 {
		return args[0]
	}
	parts := make([]string, len(args))
	for i, arg := range args {
		parts[i] = arg
		name, value, ok := strings.Cut(arg, ":")
		switch {
		case !strings.ContainsAny(arg, " \t") || strings.Contains(arg, `"`):
		case ok && query.IsOperator(strings.TrimPrefix(name, "-")):
			parts[i] = name + ":" + query.Quote(value)
		default:
			parts[i] = query.Quote(arg)
		}
	}
	return strings.Join(parts, " ")
}
