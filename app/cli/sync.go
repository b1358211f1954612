package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// everyChat is what --messages means without a value.
const everyChat = "*"

func (c *command) syncCommand() *cobra.Command {
	var contacts, conversations, all, watch bool
	var messages string
	var ledger repairWish
	cmd := &cobra.Command{
		Use: "sync NAME|--watch [NAME...]", Short: c.text.T("cli.sync.short"), Long: c.text.T("cli.sync.long"),
		Args: func(cmd *cobra.Command, args []string) error {
			if watch {
				return nil
			}
			return c.args(cobra.ExactArgs(1))(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if watch {
				if contacts || conversations || all || messages != "" {
					return c.wrongFlag("--watch")
				}
				return c.watch(cmd.Context(), args)
			}
			return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
				session, err := a.Sessions.ByName(ctx, model.SessionName(args[0]), true)
				if err != nil {
					return err
				}
				if ledger.wanted() {
					return c.ledgerWork(ctx, a, session, ledger)
				}
				scope := model.SyncScope{Contacts: contacts, Conversations: conversations, Messages: messages != ""}
				if messages != "" && messages != everyChat {
					conversation, err := a.Conversations.Find(ctx, session.ID, messages)
					if err != nil {
						return err
					}
					scope.Conversation = conversation.ID
				}
				switch {
				case all:
					scope = model.Full()
				case scope == model.SyncScope{}:
					scope = model.SyncScope{Contacts: true, Conversations: true, Messages: true}
				}
				return c.sync(ctx, a, session, scope)
			})
		},
	}
	cmd.Flags().BoolVar(&contacts, "contacts", false, c.text.T("cli.flag.contacts"))
	cmd.Flags().BoolVar(&conversations, "conversations", false, c.text.T("cli.flag.conversations"))
	cmd.Flags().BoolVar(&all, "all", false, c.text.T("cli.flag.all"))
	cmd.Flags().BoolVar(&watch, "watch", false, c.text.T("cli.flag.watch"))
	cmd.Flags().StringVar(&messages, "messages", "", c.text.T("cli.flag.messages"))
	cmd.Flags().Lookup("messages").NoOptDefVal = everyChat
	ledger.flags(c, cmd)
	return cmd
}

func (c *command) sync(ctx context.Context, a *app.App, session model.Session, scope model.SyncScope) error {
	report, err := a.Sync.Run(ctx, session.ID, scope)
	if report.Phases == nil { // it did not even begin
		return err
	}
	if perr := c.print(report, func(w io.Writer) error { return c.printReport(w, report) }); perr != nil {
		return perr
	}
	return err
}

// printReport prints one line for each phase.
func (c *command) printReport(w io.Writer, report model.SyncReport) error {
	for _, phase := range []model.Phase{model.PhaseSession, model.PhaseContacts, model.PhaseConversations, model.PhaseMessages} {
		r, ok := report.Phases[phase]
		if !ok || phase == model.PhaseSession && r.Error == "" {
			continue
		}
		if err := printf(w, "%s\n", c.phaseLine(phase, r)); err != nil {
			return err
		}
	}
	return printf(w, "%s\n", c.text.T("cli.sync.took", translations.Data{"Seconds": float64(report.DurationMS) / 1000}))
}

// phaseLine tells what a phase came to. One that failed before anything was
// counted only says why.
//
// translations: cli.phase.*
func (c *command) phaseLine(phase model.Phase, r model.PhaseReport) string {
	name := c.text.T("cli.phase." + string(phase))
	why := ""
	if r.Error != "" {
		why, _ = c.problem(model.Problem{Kind: model.ProblemKind(r.Error)})
		if r.Created+r.Updated+r.Unchanged+r.Failed+r.NotSeen == 0 {
			return name + ": " + why
		}
	}
	line := c.text.T("cli.sync.counts", translations.Data{
		"Phase": name, "Created": r.Created, "Updated": r.Updated, "Unchanged": r.Unchanged, "Failed": r.Failed, "NotSeen": r.NotSeen,
	})
	if r.Cut {
		line += " " + c.text.T("cli.sync.cut")
	}
	if why != "" {
		line += " " + why
	}
	return line
}
