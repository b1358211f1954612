package cli

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// outboxEntry is an outgoing row as the list tells it.
type outboxEntry struct {
	ID           model.OutboxID    `json:"id"`
	Session      model.SessionName `json:"session"`
	Chat         model.JID         `json:"chat"`
	Conversation string            `json:"conversation"`
	model.OutboxItem
}

func (c *command) outboxCommand() *cobra.Command {
	var yes bool
	one := func(use, what string, mode app.Mode, do func(context.Context, *app.App, model.OutboxItem) error) *cobra.Command {
		return &cobra.Command{
			Use: use + " ID", Short: c.text.T("cli.outbox." + what), Args: c.args(cobra.ExactArgs(1)),
			RunE: func(cmd *cobra.Command, args []string) error {
				id, err := strconv.ParseInt(args[0], 10, 64)
				if err != nil || id <= 0 {
					return c.wrongFlag("ID")
				}
				return c.with(cmd.Context(), mode, func(ctx context.Context, a *app.App) error {
					item, err := a.Outbox.Get(ctx, model.OutboxID(id))
					if err != nil {
						return err
					}
					return do(ctx, a, item)
				})
			},
		}
	}
	//translations:cli.outbox.do_*
	cancel := one("cancel", "do_cancel", app.ModeEdit, func(ctx context.Context, a *app.App, item model.OutboxItem) error {
		return c.drop(ctx, a, item, model.OutboxQueued)
	})
	forget := one("forget", "do_forget", app.ModeEdit, func(ctx context.Context, a *app.App, item model.OutboxItem) error {
		return c.drop(ctx, a, item, model.OutboxFailed, model.OutboxUnknown)
	})
	retry := one("retry", "do_retry", app.ModeCommand, func(ctx context.Context, a *app.App, item model.OutboxItem) error {
		return c.retry(ctx, a, item, yes)
	})
	retry.Long = c.text.T("cli.outbox.retry_long")
	retry.Flags().BoolVar(&yes, "yes", false, c.text.T("cli.flag.yes_twice"))
	return c.group("outbox", c.text.T("cli.outbox.short"), c.outboxList(), cancel, retry, forget, c.outboxSend())
}

func (c *command) outboxList() *cobra.Command {
	var f listFlags
	var states []string
	list := c.list("list", c.text.T("cli.outbox.list"), cobra.NoArgs, &f, func(ctx context.Context, a *app.App, id model.SessionID, _ []string) error {
		q := model.OutboxQuery{Session: id}
		for _, state := range states {
			q.States = append(q.States, model.OutboxState(state))
		}
		rows, err := outboxRows(ctx, a, q, f.limit)
		if err != nil {
			return err
		}
		entries := make([]outboxEntry, len(rows))
		for i, r := range rows {
			entries[i] = outboxEntry{ID: r.ID, Session: r.Session, Chat: r.Chat, Conversation: r.Conversation, OutboxItem: r.OutboxItem}
		}
		return c.print(entries, func(w io.Writer) error { return c.printOutbox(w, entries) })
	})
	run := list.RunE
	list.RunE = func(cmd *cobra.Command, args []string) error {
		for _, state := range states {
			switch model.OutboxState(state) {
			case model.OutboxQueued, model.OutboxSending, model.OutboxSent, model.OutboxFailed, model.OutboxUnknown:
			default:
				return c.wrongFlag("--state")
			}
		}
		return run(cmd, args)
	}
	list.Flags().StringArrayVar(&states, "state", nil, c.text.T("cli.flag.state"))
	return list
}

// outboxRows reads page after page.
func outboxRows(ctx context.Context, a *app.App, q model.OutboxQuery, limit int) ([]model.OutboxRow, error) {
	rows := []model.OutboxRow{}
	for {
		if q.Limit = page(limit, len(rows)); q.Limit <= 0 {
			return rows, nil
		}
		next, err := a.Outbox.List(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, next...)
		if len(next) < q.Limit {
			return rows, nil
		}
		q.After = next[len(next)-1].ID
	}
}

// printOutbox writes a row a line: its id, when it was written, its state, where
// it goes and what it says.
func (c *command) printOutbox(w io.Writer, entries []outboxEntry) error {
	for _, e := range entries {
		says := e.Text
		if e.Kind != model.OutboxText {
			says = strings.TrimSpace(e.Kind + " " + says)
		}
		if err := printf(w, "%6d  %s  %-8s %s  %s\n", e.ID, e.CreatedAt.Time().Local().Format(time.DateTime), e.State, e.Chat, model.CleanLine(says, 200)); err != nil {
			return err
		}
		if e.Error == "" {
			continue
		}
		why, _ := c.problem(model.Problem{Kind: model.ProblemKind(e.Error)})
		if err := printf(w, "        %s %s\n", why, e.ErrorText); err != nil {
			return err
		}
	}
	return nil
}

// drop takes a row away that is in one of the states.
func (c *command) drop(ctx context.Context, a *app.App, item model.OutboxItem, states ...model.OutboxState) error {
	for _, state := range states {
		if item.State == state {
			if err := a.Outbox.Forget(ctx, item.ID); err != nil {
				return err
			}
			return c.print(item, func(w io.Writer) error { return printf(w, "%s\n", c.text.T("cli.outbox.dropped")) })
		}
	}
	return c.wrongState(item)
}

// wrongState says that a row cannot be treated so where it stands.
func (c *command) wrongState(item model.OutboxItem) error {
	c.status = ExitFailed
	if err := c.print(item, func(w io.Writer) error {
		state := c.text.T("cli.outbox."+string(item.State), translations.Data{"ID": string(item.ShortID)})
		return printf(w, "%s\n", c.text.T("cli.outbox.wrong_state", translations.Data{"State": state}))
	}); err != nil {
		return err
	}
	return errReported
}

// retry sends a row again. One that may have been sent already only when the
// owner takes it upon them that it may arrive twice.
func (c *command) retry(ctx context.Context, a *app.App, item model.OutboxItem, yes bool) error {
	switch {
	case item.State == model.OutboxUnknown && !yes:
		found, err := a.Outbox.Resolve(ctx, item.ID)
		if err == nil && found.State == model.OutboxSent {
			return c.printSent(found)
		}
		return &usageError{errors.New(c.text.T("cli.outbox.needs_yes"))}
	case item.State == model.OutboxUnknown, item.State == model.OutboxFailed:
		if err := a.Outbox.SendAgain(ctx, item.ID); err != nil {
			return err
		}
	case item.State == model.OutboxQueued && item.Asks:
		if err := a.Outbox.Release(ctx, item.ID); err != nil {
			return err
		}
	case item.State != model.OutboxQueued:
		return c.wrongState(item)
	}
	sent, err := a.Outbox.SendNow(ctx, item.ID)
	if err != nil {
		return err
	}
	return c.printSent(sent)
}

// outboxSend sends all that waits, in its order.
func (c *command) outboxSend() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use: "send", Short: c.text.T("cli.outbox.do_send"), Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
				session, err := sessionNamed(ctx, a, name)
				if err != nil {
					return err
				}
				rows, err := outboxRows(ctx, a, model.OutboxQuery{Session: session, States: []model.OutboxState{model.OutboxQueued}}, 0)
				if err != nil {
					return err
				}
				items, err := c.sendWaiting(ctx, a, rows)
				return errors.Join(err, c.print(items, func(w io.Writer) error { // what went before an error too
					for _, item := range items {
						says := c.text.T("cli.outbox."+string(item.State), translations.Data{"ID": string(item.ShortID)})
						if item.State == model.OutboxQueued && item.Asks {
							says = c.text.T("cli.outbox.asks", translations.Data{"ID": int64(item.ID)})
						}
						if err := printf(w, "%6d  %s\n", item.ID, says); err != nil {
							return err
						}
					}
					return nil
				}))
			})
		},
	}
	cmd.Flags().StringVar(&name, "session", "", c.text.T("cli.flag.session"))
	return cmd
}

// sendWaiting sends rows one after the other. When a session is not there, its
// rows go on waiting, as do those that are too old to go unasked; when one of unknown fate is in front of others of its
// conversation, those wait too, for their order.
func (c *command) sendWaiting(ctx context.Context, a *app.App, rows []model.OutboxRow) ([]model.OutboxItem, error) {
	away, held := map[model.SessionID]bool{}, map[model.ConversationID]bool{}
	items := []model.OutboxItem{}
	for _, row := range rows {
		asks, err := a.Outbox.AskIfOld(ctx, row.OutboxItem)
		if err != nil {
			return items, err
		}
		if row.Asks = asks; asks || away[row.SessionID] || held[row.ConversationID] {
			items = append(items, row.OutboxItem)
			continue
		}
		item, err := a.Outbox.SendNow(ctx, row.ID)
		if err != nil {
			return items, err
		}
		if item, err = keepQueued(ctx, a, item); err != nil {
			return items, err
		}
		c.noteState(item.State)
		switch item.State {
		case model.OutboxQueued:
			away[row.SessionID] = true
		case model.OutboxUnknown, model.OutboxSending:
			held[row.ConversationID] = true
		}
		items = append(items, item)
	}
	return items, nil
}
