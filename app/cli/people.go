package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
)

// contactEntry is a contact as the command line prints it.
type contactEntry struct {
	model.ContactRow
	IDs []model.JID `json:"ids"` // every identifier of the person, the main one first
}

// people fills in the identifiers of the people of a list, one query for each session.
type people struct {
	ctx  context.Context
	a    *app.App
	rows map[model.SessionID]map[model.JID][]*[]model.JID
}

func newPeople(ctx context.Context, a *app.App) *people {
	return &people{ctx: ctx, a: a, rows: map[model.SessionID]map[model.JID][]*[]model.JID{}}
}

// add notes where the identifiers of somebody are wanted.
func (p *people) add(session model.SessionID, jid model.JID, to *[]model.JID) {
	if p.rows[session] == nil {
		p.rows[session] = map[model.JID][]*[]model.JID{}
	}
	p.rows[session][jid] = append(p.rows[session][jid], to)
}

func (p *people) fill() error {
	for session, rows := range p.rows {
		jids := make([]model.JID, 0, len(rows))
		for jid := range rows {
			jids = append(jids, jid)
		}
		all, err := p.a.Contacts.AllIDs(p.ctx, session, jids)
		if err != nil {
			return err
		}
		for jid, wanted := range rows {
			for _, to := range wanted {
				*to = all[jid]
			}
		}
	}
	return nil
}

// standing says how an identifier stands to a person.
//
// translations: cli.standing.*
func (c *command) standing(s model.Standing) string { return c.text.T("cli.standing." + string(s)) }

// reason says from where it is known, "" for nobody but the look of it.
//
// translations: cli.reason.*
func (c *command) reason(s model.IdentitySource) string {
	if s == "" {
		return ""
	}
	return c.text.T("cli.reason." + string(s))
}

// samePersonCommands join identifiers and take them apart.
func (c *command) samePersonCommands() []*cobra.Command {
	decide := func(use, short string, do func(context.Context, *app.App, model.SessionID, model.JID, model.JID) error) *cobra.Command {
		var session string
		cmd := &cobra.Command{
			Use: use, Short: short, Args: c.args(cobra.ExactArgs(2)),
			RunE: func(cmd *cobra.Command, args []string) error {
				return c.with(cmd.Context(), app.ModeCommand, func(ctx context.Context, a *app.App) error {
					id, err := sessionNamed(ctx, a, session)
					if err != nil {
						return err
					}
					if id, err = oneSession(ctx, a, id); err != nil {
						return err
					}
					one, err := a.Conversations.ReadID(args[0])
					if err != nil {
						return err
					}
					other, err := a.Conversations.ReadID(args[1])
					if err != nil {
						return err
					}
					return do(ctx, a, id, one, other)
				})
			},
		}
		cmd.Flags().StringVar(&session, "session", "", c.text.T("cli.flag.session"))
		return cmd
	}
	return []*cobra.Command{
		decide("same ID OTHER", c.text.T("cli.contacts.same"), func(ctx context.Context, a *app.App, s model.SessionID, one, other model.JID) error {
			return a.Contacts.SamePerson(ctx, s, one, other)
		}),
		decide("apart ID OTHER", c.text.T("cli.contacts.apart"), func(ctx context.Context, a *app.App, s model.SessionID, one, other model.JID) error {
			return a.Contacts.NotSamePerson(ctx, s, one, other)
		}),
	}
}
