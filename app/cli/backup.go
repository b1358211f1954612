package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

func (c *command) backupCommand() *cobra.Command {
	var media bool
	cmd := &cobra.Command{
		Use: "backup [FILE]", Short: c.text.T("cli.backup.short"), Long: c.text.T("cli.backup.long"), Args: c.args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			path := ""
			if len(args) == 1 {
				path = args[0]
			}
			return c.with(cmd.Context(), app.ModeEdit, func(ctx context.Context, a *app.App) error {
				report, err := a.Safety.BackUp(ctx, path, media, c.backupProgress())
				if err != nil {
					return err
				}
				return c.printBackup("cli.backup.done", report)
			})
		},
	}
	cmd.Flags().BoolVar(&media, "media", false, c.text.T("cli.flag.media"))
	return cmd
}

func (c *command) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "verify FILE", Short: c.text.T("cli.verify.short"), Args: c.args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := backup.Verify(cmd.Context(), args[0], "", c.backupProgress())
			if err != nil {
				return err
			}
			return c.printBackup("cli.verify.done", report)
		},
	}
}

func (c *command) restoreCommand() *cobra.Command {
	var preview, yes bool
	cmd := &cobra.Command{
		Use: "restore FILE", Short: c.text.T("cli.restore.short"), Long: c.text.T("cli.restore.long"), Args: c.args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if preview && yes {
				return &usageError{errors.New(c.text.T("cli.restore.either"))}
			}
			return c.withCustody(cmd.Context(), func(ctx context.Context, custody *app.Custody) error {
				if yes {
					report, err := custody.Restore(ctx, args[0], c.backupProgress())
					if err != nil {
						return err
					}
					return c.printBackup("cli.restore.done", report)
				}
				found, err := custody.Preview(ctx, args[0], c.backupProgress())
				if err != nil {
					return err
				}
				return c.printPreview(found, preview)
			})
		},
	}
	cmd.Flags().BoolVar(&preview, "preview", false, c.text.T("cli.flag.preview"))
	cmd.Flags().BoolVar(&yes, "yes", false, c.text.T("cli.flag.yes"))
	return cmd
}

func (c *command) repairCommand() *cobra.Command {
	var fill bool
	cmd := &cobra.Command{
		Use: "repair", Short: c.text.T("cli.repair.short"), Long: c.text.T("cli.repair.long"), Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withCustody(cmd.Context(), func(ctx context.Context, custody *app.Custody) error { return c.repair(ctx, custody, fill) })
		},
	}
	cmd.Flags().BoolVar(&fill, "from-backup", false, c.text.T("cli.flag.from_backup"))
	return cmd
}

func (c *command) repair(ctx context.Context, custody *app.Custody, fill bool) error {
	from := ""
	if fill {
		if newest, ok := custody.NewestBackup(ctx); ok {
			from = newest.File
		}
	}
	shown := model.SalvageProgress{}
	report, err := custody.Repair(ctx, from, func(p model.SalvageProgress) {
		if p.Phase != shown.Phase || p.Rows-shown.Rows >= 100_000 {
			shown = p
			//translations: safety.phase.*
			c.tell("%s (%d)", c.text.T("safety.phase."+string(p.Phase)), p.Rows)
		}
	})
	if err != nil {
		return err
	}
	return c.print(report, func(w io.Writer) error {
		for _, t := range report.Tables {
			if t.Recovered+t.Lost+t.FromCopy == 0 {
				continue
			}
			if err := printf(w, "%-20s %s\n", t.Name, c.text.T("cli.repair.table", translations.Data{"Recovered": t.Recovered, "Lost": t.Lost, "Filled": t.FromCopy})); err != nil {
				return err
			}
		}
		if report.Asks > 0 {
			if err := printf(w, "%s\n", c.text.N("safety.asks", int(report.Asks))); err != nil {
				return err
			}
		}
		if report.SetAside == "" { // there was nothing to set aside
			return printf(w, "%s\n", c.text.T("cli.repair.renewed", translations.Data{"Path": custody.Paths.StoreFile}))
		}
		return printf(w, "%s\n", c.text.T("cli.repair.done", translations.Data{"Path": report.SetAside}))
	})
}

// withCustody takes the right to replace the store, does f and gives it back.
func (c *command) withCustody(ctx context.Context, f func(context.Context, *app.Custody) error) error {
	options := c.options
	options.DataDir, options.LogLevel = c.dataDir, c.logLevel
	custody, err := app.OpenCustody(ctx, options)
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, custody), custody.Close())
}

// tell writes a line of progress, where a person may be reading.
func (c *command) tell(format string, args ...any) {
	if f, ok := terminal(c.streams.Err, term.IsTerminal); ok {
		_ = printf(f, format+"\n", args...)
	}
}

// backupProgress shows how far a backup is, on a terminal.
//
//translations:safety.step.*
func (c *command) backupProgress() backup.Progress {
	step := ""
	return func(p model.BackupProgress) {
		if p.Step != step {
			step = p.Step
			c.tell("%s", c.text.T("safety.step."+step))
		}
	}
}

// printBackup tells what is in a backup under a sentence.
func (c *command) printBackup(key string, report model.BackupReport) error {
	return c.print(report, func(w io.Writer) error {
		if err := printf(w, "%s\n", c.text.T(key, translations.Data{"File": report.File, "Size": c.text.Bytes(report.Bytes)})); err != nil {
			return err
		}
		if report.Missing > 0 {
			if err := printf(w, "%s\n", c.text.N("safety.missing", report.Missing)); err != nil {
				return err
			}
		}
		return c.printContent(w, report.Content, nil)
	})
}

// printContent lists the rows of the tables an owner knows, beside those that are here.
//
//translations:safety.table.*
func (c *command) printContent(w io.Writer, content model.BackupContent, here map[string]int64) error {
	if err := printf(w, "%s\n", c.text.T("safety.made", translations.Data{"At": content.CreatedAt.Local().Format("2006-01-02 15:04"), "Version": content.Program})); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(content.Counts)) {
		if !slices.Contains([]string{"sessions", "contacts", "conversations", "messages", "outbox"}, name) {
			continue
		}
		line := fmt.Sprintf("  %-16s %d", c.text.T("safety.table."+name), content.Counts[name])
		if here != nil {
			line += " " + c.text.T("safety.here", translations.Data{"Count": here[name]})
		}
		if err := printf(w, "%s\n", line); err != nil {
			return err
		}
	}
	if !content.WithMedia {
		return printf(w, "  %s\n", c.text.T("safety.without_media"))
	}
	return printf(w, "  %-16s %d\n", c.text.T("safety.media"), content.Media)
}

// printPreview tells what a restore would do; without --preview it is an error
// that nothing was done.
func (c *command) printPreview(p model.RestorePreview, asked bool) error {
	err := c.print(p, func(w io.Writer) error {
		if err := c.printContent(w, p.Backup.Content, p.Here); err != nil {
			return err
		}
		var notes []string
		if p.Older {
			notes = append(notes, c.text.T("safety.older"))
		}
		if p.Migrate {
			notes = append(notes, c.text.T("safety.migrate"))
		}
		if p.Here != nil {
			notes = append(notes, c.text.T("safety.set_aside"))
		}
		for _, note := range notes {
			if err := printf(w, "%s\n", note); err != nil {
				return err
			}
		}
		if asked {
			return nil
		}
		return printf(w, "%s\n", c.text.T("cli.restore.say_yes"))
	})
	if err == nil && !asked {
		return errReported
	}
	return err
}
