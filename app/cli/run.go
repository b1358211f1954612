package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// The exit statuses.
const (
	ExitDone    = 0
	ExitFailed  = 1
	ExitUsage   = 2
	ExitUnknown = 3 // a message may or may not have been sent
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// WindowOptions say how the window is to be opened.
type WindowOptions struct {
	DataDir  string
	LogLevel string
	Demo     bool
	Language string // of the demo's business; "" follows the system

	Background bool   // begins in the tray, or minimised where there is none
	Open       string // SESSION/ID of the conversation to show, "" = none
}

// Window opens the window and returns when it is closed.
type Window func(ctx context.Context, o WindowOptions) error

// Run does the command that the arguments name and returns the exit status.
// Without a command it opens the window.
func Run(ctx context.Context, args []string, streams Streams, window Window) int {
	return run(ctx, args, streams, window, app.Options{})
}

func run(ctx context.Context, args []string, streams Streams, window Window, options app.Options) int {
	text, err := translations.New(translations.FromEnvironment())
	if err != nil {
		_, _ = fmt.Fprintln(streams.Err, err)
		return ExitFailed
	}
	c := &command{streams: streams, text: text, window: window, options: options, status: ExitDone}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	if err := root.ExecuteContext(ctx); err != nil {
		return c.fail(err)
	}
	return c.status
}

// command holds the global flags of one run.
type command struct {
	streams Streams
	text    *translations.Printer
	window  Window
	options app.Options // the command line adds to these
	status  int

	dataDir  string
	logLevel string
	asJSON   bool
	printed  bool // standard output has its JSON value
}

// usageError says that the arguments make no sense.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func (c *command) root() *cobra.Command {
	var demo bool
	var language, open string
	var background bool
	root := &cobra.Command{
		Use: "buzon", Short: c.text.T("cli.root.short"), Long: c.text.T("cli.root.long"), Version: app.Version,
		SilenceErrors: true, SilenceUsage: true, Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.checkOpen(cmd.Context(), open, demo); err != nil {
				return err
			}
			return c.window(cmd.Context(), WindowOptions{
				DataDir: c.dataDir, LogLevel: c.logLevel, Demo: demo, Language: language, Background: background, Open: open,
			})
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&c.dataDir, "data-dir", "", c.text.T("cli.flag.data_dir"))
	flags.StringVar(&c.logLevel, "log-level", "", c.text.T("cli.flag.log_level"))
	flags.BoolVar(&c.asJSON, "json", false, c.text.T("cli.flag.json"))
	root.Flags().BoolVar(&demo, "demo", false, c.text.T("cli.flag.demo"))
	root.Flags().StringVar(&language, "demo-language", "", c.text.T("cli.flag.demo_language"))
	root.Flags().BoolVar(&background, "background", false, c.text.T("cli.flag.background"))
	root.Flags().StringVar(&open, "open", "", c.text.T("cli.flag.open"))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &usageError{errors.New(c.text.T("cli.wrong_flag", translations.Data{"Detail": err.Error()}))}
	})
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(c.settingsCommand(), c.doctorCommand(), c.sessionCommand(), c.syncCommand(), c.contactsCommand(),
		c.conversationsCommand(), c.ledgerCommand(), c.messagesCommand(), c.searchCommand(), c.activityCommand(), c.statsCommand(),
		c.sendCommand(), c.outboxCommand(), c.backupCommand(), c.verifyCommand(), c.restoreCommand(), c.repairCommand(), c.simulateCommand())
	c.translateHelp(root)
	return root
}

// args makes a check of positional arguments count as wrong usage.
func (c *command) args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch err := check(cmd, args); {
		case err == nil:
			return nil
		case !cmd.HasParent():
			return c.unknownCommand(args[0])
		default:
			return &usageError{errors.New(c.text.T("cli.wrong_arguments", translations.Data{"Use": synopsis(cmd)}))}
		}
	}
}

func (c *command) unknownCommand(name string) error {
	return &usageError{errors.New(c.text.T("cli.unknown_command", translations.Data{"Name": name}))}
}

// group returns a command that only holds others.
func (c *command) group(name, short string, children ...*cobra.Command) *cobra.Command {
	g := &cobra.Command{
		Use: name, Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{errors.New(c.text.T("cli.missing_command"))}
			}
			return c.unknownCommand(args[0])
		},
	}
	g.AddCommand(children...)
	return g
}

// with opens Buzón, does f and closes it again.
func (c *command) with(ctx context.Context, mode app.Mode, f func(context.Context, *app.App) error) error {
	options := c.options
	options.DataDir, options.Mode, options.LogLevel = c.dataDir, mode, c.logLevel
	if c.logLevel != "" {
		options.Console = c.streams.Err
	}
	a, err := app.New(ctx, options)
	if err != nil {
		return err
	}
	err = c.serve(ctx, a, mode, f)
	return errors.Join(err, a.Close())
}

// checkOpen fails when the conversation that the window is to show is none. Where
// that cannot be known, the window says what is wrong with the store.
func (c *command) checkOpen(ctx context.Context, ref string, demo bool) error {
	if ref == "" {
		return nil
	}
	if _, _, err := model.ParseConversationRef(ref); err != nil {
		return &usageError{errors.New(c.text.T("cli.wrong_ref"))}
	}
	if demo {
		return nil
	}
	err := c.with(ctx, app.ModeRead, func(ctx context.Context, a *app.App) error {
		_, err := a.LookUpRef(ctx, ref)
		return err
	})
	if err == nil {
		return nil
	}
	p := app.Describe(err)
	if p.Kind != model.ProblemNotFound {
		return nil
	}
	why := c.text.T("cli.open.missing", translations.Data{"Name": ref})
	c.printFailure(p, why, "")
	_ = printf(c.streams.Err, "buzon: %s\n", why)
	return errReported
}

func (c *command) serve(ctx context.Context, a *app.App, mode app.Mode, f func(context.Context, *app.App) error) error {
	if mode == app.ModeCommand || mode == app.ModeEdit {
		// On the defaults a command would look for no gateway, and a change would
		// put them in place of what the file still says.
		if err := a.Settings.Problem(); err != nil {
			return fmt.Errorf("read %s: %w", a.Paths.SettingsFile, err)
		}
	}
	if mode == app.ModeCommand {
		if err := a.Start(ctx); err != nil {
			return err
		}
	}
	return f(ctx, a)
}

// print writes a result: as JSON, or as text by f.
func (c *command) print(value any, f func(io.Writer) error) error {
	if !c.asJSON {
		return f(c.streams.Out)
	}
	c.printed = true
	encoder := json.NewEncoder(c.streams.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// printf writes text, ignoring a reader that has gone: there is nobody to tell.
func printf(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

// fail says what went wrong and returns the exit status for it.
func (c *command) fail(err error) int {
	var usage *usageError
	if errors.As(err, &usage) {
		_ = printf(c.streams.Err, "buzon: %s\n%s\n", usage.Error(), c.text.T("cli.see_help"))
		return ExitUsage
	}
	if errors.Is(err, errReported) {
		return max(c.status, ExitFailed)
	}
	p := app.Describe(err)
	why, do := c.sentences(err, p)
	c.printFailure(p, why, do)
	_ = printf(c.streams.Err, "buzon: %s\n", why)
	if do != "" {
		_ = printf(c.streams.Err, "  %s\n", do)
	}
	_ = printf(c.streams.Err, "  (%s)\n", p.Detail)
	c.fieldErrors(err)
	if p.Kind == model.ProblemUnknownOutcome || c.status == ExitUnknown {
		return ExitUnknown
	}
	return ExitFailed
}

// printFailure gives a failure to a program that reads JSON, in place of the result.
func (c *command) printFailure(p model.Problem, why, do string) {
	if c.asJSON && !c.printed {
		_ = c.print(map[string]any{"error": map[string]string{"kind": string(p.Kind), "message": why, "cure": do, "detail": p.Detail}}, nil)
	}
}

// errReported ends a command with a failure that its output has told already.
var errReported = errors.New("the failure was reported")

// sentences returns what went wrong and what to do. Why a file is not taken is
// told in the words of the window, which say both at once.
//
// translations: compose.refused.*
func (c *command) sentences(err error, p model.Problem) (why, do string) {
	var refused *model.FileError
	if errors.As(err, &refused) {
		return c.text.T("compose.refused."+string(refused.Reason), translations.Data{"Limit": c.text.Bytes(refused.Limit)}), ""
	}
	return c.problem(p)
}

// problem returns the two sentences for a problem.
//
// translations: problem.*
func (c *command) problem(p model.Problem) (why, do string) {
	return c.text.T("problem." + string(p.Kind) + ".why"), c.text.T("problem." + string(p.Kind) + ".do")
}

// fieldErrors says what is wrong with each setting.
//
// translations: cli.field.*
func (c *command) fieldErrors(err error) {
	var wrong *model.SettingsError
	if !errors.As(err, &wrong) {
		return
	}
	for _, f := range wrong.Fields {
		sentence := c.text.T("cli.field."+f.Code, translations.Data{"Min": f.Min, "Max": f.Max})
		_ = printf(c.streams.Err, "  %s: %s\n", f.Field, sentence)
	}
}

// terminal returns the file behind a stream when it is a terminal's.
func terminal(stream any, is func(fd int) bool) (*os.File, bool) {
	f, ok := stream.(*os.File)
	if !ok || !is(int(f.Fd())) {
		return nil, false
	}
	return f, true
}
