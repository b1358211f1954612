package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/sync/simulator"
)

// simulateFlags are the flags of the simulated gateway.
type simulateFlags struct {
	config  simulator.Config
	listen  string
	session string
	truth   bool
	record  bool
	flavour string
	socket  string
	untold  string // events, joined as in DISABLED_CALLBACKS
	silent  bool
	faults  []string
	store   string
}

func (c *command) simulateCommand() *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use: "simulate", Short: c.text.T("cli.simulate.short"), Long: c.text.T("cli.simulate.long"), Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.store != "" {
				return c.fillStore(cmd.Context(), f.store, f)
			}
			return c.simulate(cmd.Context(), f, cmd.Flags().Changed("listen"))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8084", c.text.T("cli.flag.listen"))
	flags.StringVar(&f.config.APIKey, "api-key", "", c.text.T("cli.flag.api_key"))
	flags.StringVar(&f.config.BasePath, "base-path", "", c.text.T("cli.flag.base_path"))
	flags.IntVar(&f.config.Contacts, "contacts", 200, c.text.T("cli.flag.sim_contacts"))
	flags.IntVar(&f.config.Conversations, "conversations", 50, c.text.T("cli.flag.sim_conversations"))
	flags.IntVar(&f.config.Messages, "messages", 5000, c.text.T("cli.flag.sim_messages"))
	flags.IntVar(&f.config.Labels, "labels", 0, c.text.T("cli.flag.sim_labels"))
	flags.BoolVar(&f.config.Business, "business", false, c.text.T("cli.flag.business"))
	flags.StringVar(&f.config.Language, "language", translations.FromEnvironment(), c.text.T("cli.flag.language"))
	flags.Int64Var(&f.config.Seed, "seed", 1, c.text.T("cli.flag.seed"))
	flags.DurationVar(&f.config.PairAfter, "pair-after", 5*time.Second, c.text.T("cli.flag.pair_after"))
	flags.DurationVar(&f.config.QRInterval, "qr-interval", 0, c.text.T("cli.flag.qr_interval"))
	flags.DurationVar(&f.config.StartDelay, "start-delay", 0, c.text.T("cli.flag.start_delay"))
	flags.DurationVar(&f.config.ReadyDelay, "ready-delay", 0, c.text.T("cli.flag.ready_delay"))
	flags.BoolVar(&f.config.Paired, "paired", false, c.text.T("cli.flag.paired"))
	flags.StringVar(&f.flavour, "flavour", string(simulator.FlavourA), c.text.T("cli.flag.flavour"))
	flags.StringVar(&f.socket, "websocket", "off", c.text.T("cli.flag.websocket"))
	flags.StringVar(&f.untold, "disabled-callbacks", "", c.text.T("cli.flag.disabled_callbacks"))
	flags.BoolVar(&f.silent, "silent-websocket", false, c.text.T("cli.flag.silent_websocket"))
	flags.BoolVar(&f.config.MarksSeen, "marks-seen", false, c.text.T("cli.flag.marks_seen"))
	flags.DurationVar(&f.config.ClockSkew, "clock-skew", 0, c.text.T("cli.flag.clock_skew"))
	flags.BoolVar(&f.config.DollarIDs, "dollar-ids", false, c.text.T("cli.flag.dollar_ids"))
	flags.BoolVar(&f.config.SendWithoutMessage, "send-without-message", false, c.text.T("cli.flag.send_without_message"))
	flags.DurationVar(&f.config.Latency, "latency", 0, c.text.T("cli.flag.latency"))
	flags.StringArrayVar(&f.faults, "fault", nil, c.text.T("cli.flag.fault"))
	flags.StringVar(&f.session, "session", "empresa", c.text.T("cli.flag.truth_session"))
	flags.StringVar(&f.store, "store", "", c.text.T("cli.flag.sim_store"))
	flags.Int64Var(&f.config.MaxAttachment, "max-attachment", 0, c.text.T("cli.flag.max_attachment"))
	flags.BoolVar(&f.record, "print-accepted", false, c.text.T("cli.flag.print_accepted"))
	flags.BoolVar(&f.truth, "print-truth", false, c.text.T("cli.flag.print_truth"))
	return cmd
}

// simulate serves until the command is interrupted. With --print-truth it
// prints what a perfect client would hold, and serves only when an address was
// named that is free.
func (c *command) simulate(ctx context.Context, f simulateFlags, listen bool) error {
	config := f.config
	config.Flavour = simulator.Flavour(f.flavour)
	config.WebSocket = simulator.WebSocketMode(f.socket)
	if f.untold != "" {
		config.Events.Disabled = strings.Split(f.untold, "|")
	}
	if f.silent {
		config.Events.Drop = 1
	}
	for _, text := range f.faults {
		fault, err := simulator.ParseFault(text)
		if err != nil {
			return &usageError{err}
		}
		config.Faults = append(config.Faults, fault)
	}
	server, err := simulator.New(config)
	if err != nil {
		return &usageError{err}
	}
	defer server.Close() //nolint:errcheck // the command ends here
	if f.truth {
		c.asJSON = true
		if err := c.print(server.Truth(f.session), nil); err != nil {
			return err
		}
		if !listen {
			return nil
		}
	}
	if err := server.Listen(f.listen); err != nil {
		if f.truth && errors.Is(err, syscall.EADDRINUSE) {
			return nil // another one serves there; the truth was asked for
		}
		return fmt.Errorf("serve the simulated gateway: %w", err)
	}
	_ = printf(c.streams.Err, "%s\n", c.text.T("cli.simulate.serving", translations.Data{"URL": server.URL()}))
	<-ctx.Done()
	if !f.record {
		return nil
	}
	c.asJSON = true
	return c.print(append([]simulator.Accepted{}, server.Accepted()...), nil)
}
