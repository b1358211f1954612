package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// ledgerLine is one conversation of "buzon ledger".
type ledgerLine struct {
	JID          model.JID         `json:"jid"`
	Name         string            `json:"name"`
	State        model.LedgerState `json:"state"`
	From         model.Stamp       `json:"from"`
	Newest       model.Stamp       `json:"newest"`
	Whole        bool              `json:"whole"` // nothing older exists
	ReconciledAt model.Stamp       `json:"reconciled_at"`
	End          model.FetchEnd    `json:"end"`     // why the last fetch brought no more
	Problem      string            `json:"problem"` // kind of the error of the last fetch
	Gaps         []gapLine         `json:"gaps"`
}

// gapLine is a stretch in which messages may be missing.
type gapLine struct {
	After  model.Stamp `json:"after"`
	Before model.Stamp `json:"before"` // zero: until now
	model.Gap
}

func ledgerLineOf(row *model.LedgerRow) ledgerLine {
	s := model.Summarize([]model.LedgerRow{*row})
	line := ledgerLine{
		JID: row.JID, Name: row.Name, State: s.State, From: s.From, Newest: s.Newest, Whole: s.Whole,
		ReconciledAt: s.ReconciledAt, End: s.End, Problem: s.Problem, Gaps: []gapLine{},
	}
	for _, g := range s.Gaps {
		line.Gaps = append(line.Gaps, gapLine{After: g.Below.Stamp(), Before: g.Above.Stamp(), Gap: g})
	}
	return line
}

func (c *command) ledgerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "ledger [NAME]", Short: c.text.T("cli.ledger.short"), Long: c.text.T("cli.ledger.long"), Args: c.args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), app.ModeRead, func(ctx context.Context, a *app.App) error {
				name := ""
				if len(args) > 0 {
					name = args[0]
				}
				id, err := sessionNamed(ctx, a, name)
				if err != nil {
					return err
				}
				rows, err := a.Ledgers.List(ctx, id)
				if err != nil {
					return err
				}
				lines := make([]ledgerLine, len(rows))
				for i := range rows {
					lines[i] = ledgerLineOf(&rows[i])
				}
				return c.print(lines, func(w io.Writer) error { return c.printLedger(w, lines) })
			})
		},
	}
	return cmd
}

// printLedger prints one line for each conversation, and one for each gap below it.
//
// translations: ledger.state.* ledger.cause.*
func (c *command) printLedger(w io.Writer, lines []ledgerLine) error {
	day := func(at model.Stamp) string {
		if at.IsZero() {
			return "–"
		}
		return at.Time().Local().Format("2006-01-02 15:04")
	}
	for i := range lines {
		l := &lines[i]
		name := l.Name
		if name == "" {
			name = string(l.JID)
		}
		err := printf(w, "%s\n", c.text.T("cli.ledger.line", translations.Data{
			"Name": name, "State": c.text.T("ledger.state." + string(l.State)), "From": day(l.From), "Newest": day(l.Newest), "Compared": day(l.ReconciledAt),
		}))
		if err != nil {
			return err
		}
		for _, g := range l.Gaps {
			before := day(g.Before)
			err := printf(w, "  %s\n", c.text.T("cli.ledger.gap", translations.Data{
				"After": day(g.After), "Before": before, "Why": c.text.T("ledger.cause." + string(g.Cause)),
			}))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// repairWish is what the flags of "buzon sync" ask of the ledger.
type repairWish struct {
	repair  string // a conversation, or everyChat; "": none
	since   string
	phone   bool
	history bool
}

func (r *repairWish) flags(c *command, cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.repair, "repair", "", c.text.T("cli.flag.repair"))
	cmd.Flags().Lookup("repair").NoOptDefVal = everyChat
	cmd.Flags().StringVar(&r.since, "since", "", c.text.T("cli.flag.repair_since"))
	cmd.Flags().BoolVar(&r.phone, "ask-phone", false, c.text.T("cli.flag.ask_phone"))
	cmd.Flags().BoolVar(&r.history, "history", false, c.text.T("cli.flag.history"))
}

func (r *repairWish) wanted() bool { return r.repair != "" || r.history }

// repaired is what was made of one conversation.
type repaired struct {
	JID model.JID `json:"jid"`
	model.RepairReport
}

// ledgerWork repairs conversations, or fetches the whole history.
func (c *command) ledgerWork(ctx context.Context, a *app.App, session model.Session, r repairWish) error {
	if r.history {
		job, err := a.Ledgers.RunHistory(ctx, session.ID, func(job model.LedgerJob) { c.tellHistory(&job) })
		if job.StartedAt.IsZero() {
			return err
		}
		if perr := c.print(job, func(w io.Writer) error { return printf(w, "%s\n", c.historyLine(&job)) }); perr != nil {
			return perr
		}
		return err
	}
	wish := model.RepairWish{AskPhone: r.phone}
	if r.since != "" {
		day, err := time.ParseInLocation("2006-01-02", r.since, time.Local)
		if err != nil {
			return c.wrongFlag("--since")
		}
		wish.Since = model.StampOf(day)
	}
	rows, err := c.toRepair(ctx, a, session, r)
	if err != nil {
		return err
	}
	done := []repaired{}
	for i := range rows {
		report, rerr := a.Ledgers.Repair(ctx, rows[i].ID, wish, nil)
		if rerr != nil {
			err = rerr
			break
		}
		done = append(done, repaired{rows[i].JID, report})
	}
	if perr := c.print(done, func(w io.Writer) error { return c.printRepairs(w, done) }); perr != nil {
		return perr
	}
	return err
}

// toRepair returns the conversation that was named, or all with gaps.
func (c *command) toRepair(ctx context.Context, a *app.App, session model.Session, r repairWish) ([]model.LedgerRow, error) {
	if r.repair != everyChat {
		conversation, err := a.Conversations.Find(ctx, session.ID, r.repair)
		return []model.LedgerRow{{ID: conversation.ID, JID: conversation.JID}}, err
	}
	rows, err := a.Ledgers.List(ctx, session.ID)
	var due []model.LedgerRow
	for i := range rows {
		if state := rows[i].Ledger.State(); state == model.LedgerGaps || state == model.LedgerFilling || r.since != "" {
			due = append(due, rows[i])
		}
	}
	return due, err
}

// printRepairs prints one line for each conversation.
//
// translations: ledger.end.*
func (c *command) printRepairs(w io.Writer, done []repaired) error {
	if len(done) == 0 {
		return printf(w, "%s\n", c.text.T("cli.ledger.nothing"))
	}
	for _, d := range done {
		err := printf(w, "%s\n", c.text.T("cli.ledger.repaired", translations.Data{
			"Name": string(d.JID), "Created": d.Created, "Why": c.text.T("ledger.end." + string(d.End)),
		}))
		if err != nil {
			return err
		}
	}
	return nil
}

// tellHistory says on standard error how far the whole history is: standard output
// is for the result.
func (c *command) tellHistory(job *model.LedgerJob) {
	if !c.asJSON {
		_ = printf(c.streams.Err, "%s\n", c.historyLine(job))
	}
}

func (c *command) historyLine(job *model.LedgerJob) string {
	line := c.text.T("cli.ledger.history", translations.Data{"Done": job.Done, "Total": job.Total, "Found": job.Found})
	if left := time.Duration(job.Left()) * time.Millisecond; left > 0 {
		line += " " + c.text.T("cli.ledger.left", translations.Data{"Left": left.Round(time.Second).String()})
	}
	return line
}
