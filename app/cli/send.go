package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

func (c *command) sendCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "send NAME CHAT [TEXT]", Short: c.text.T("cli.send.short"), Long: c.text.T("cli.send.long"),
		Args: c.args(cobra.RangeArgs(2, 3)),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := strings.Join(args[2:], "")
			if text == "" && file == "" {
				return &usageError{errors.New(c.text.T("cli.send.nothing"))}
			}
			return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
				session, err := a.Sessions.ByName(ctx, model.SessionName(args[0]), true)
				if err != nil {
					return err
				}
				conversation, err := a.Conversations.Open(ctx, session.ID, args[1])
				if err != nil {
					return err
				}
				out := model.Outgoing{Text: text}
				if file != "" {
					taken, err := a.Attach.Take(ctx, file, model.TakeOptions{})
					if err != nil {
						return err
					}
					out.File = &taken
				}
				item, err := a.Conversations.SendAndWait(ctx, conversation.ID, out)
				if err != nil {
					return err
				}
				return c.printSent(item)
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", c.text.T("cli.flag.file"))
	return cmd
}

// printSent says how a send ended and sets the exit status for it.
//
// translations: cli.outbox.*
func (c *command) printSent(item model.OutboxItem) error {
	switch item.State {
	case model.OutboxSent:
		c.status = ExitDone
	case model.OutboxUnknown, model.OutboxSending:
		c.status = ExitUnknown
	default:
		c.status = ExitFailed
	}
	return c.print(item, func(w io.Writer) error {
		if err := printf(w, "%s\n", c.text.T("cli.outbox."+string(item.State), translations.Data{"ID": string(item.ShortID)})); err != nil {
			return err
		}
		if item.Error == "" {
			return nil
		}
		why, do := c.problem(model.Problem{Kind: model.ProblemKind(item.Error)})
		return printf(w, "%s\n%s\n%s\n", why, do, item.ErrorText)
	})
}
