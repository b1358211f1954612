package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// keySetting is how the command line names the API key, which is no setting of the file.
const keySetting = "api_key"

func (c *command) settingsCommand() *cobra.Command {
	get := &cobra.Command{
		Use: "get [KEY]", Short: c.text.T("cli.settings.get"), Args: c.args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), app.ModeRead, func(ctx context.Context, a *app.App) error { return c.getSettings(ctx, a, args) })
		},
	}
	var accept bool
	set := &cobra.Command{
		Use: "set KEY [VALUE]", Short: c.text.T("cli.settings.set"), Long: c.text.T("cli.settings.set_long"),
		Args: c.args(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), app.ModeEdit, func(ctx context.Context, a *app.App) error {
				if args[0] == keySetting {
					return c.setKey(ctx, a, args[1:])
				}
				return c.setSetting(ctx, a, args, accept)
			})
		},
	}
	set.Flags().BoolVar(&accept, "accept-plain-http", false, c.text.T("cli.flag.accept_plain_http"))
	return c.group("settings", c.text.T("cli.settings.short"), get, set)
}

func (c *command) getSettings(ctx context.Context, a *app.App, args []string) error {
	if err := a.Settings.Problem(); err != nil {
		return err
	}
	settings := a.Settings.Get()
	names := app.SettingKeys()
	if len(args) == 1 {
		names = args
	}
	values := map[string]any{}
	for _, name := range names {
		if name == keySetting {
			values[name] = a.Settings.KeyPlace(ctx)
			continue
		}
		value, err := app.SettingValue(settings, name)
		if err != nil {
			return err
		}
		values[name] = value
	}
	if len(args) == 0 {
		names = append(names, keySetting)
		values[keySetting] = a.Settings.KeyPlace(ctx)
	}
	var out any = values
	if len(args) == 1 {
		out = values[args[0]]
	}
	return c.print(out, func(w io.Writer) error {
		for _, name := range names {
			text := fmt.Sprint(values[name])
			if place, ok := values[name].(model.KeyPlace); ok {
				text = c.keyPlace(place)
			}
			if len(args) == 1 {
				if err := printf(w, "%s\n", text); err != nil {
					return err
				}
				continue
			}
			if err := printf(w, "%-24s %s\n", name, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// keyPlace says where the key is, never what it is.
//
// translations: cli.key.*
func (c *command) keyPlace(p model.KeyPlace) string {
	return c.text.T("cli.key."+string(p.Kind), translations.Data{"Path": p.Path})
}

func (c *command) setSetting(ctx context.Context, a *app.App, args []string, accept bool) error {
	if len(args) != 2 {
		return &usageError{errors.New(c.text.T("cli.settings.value_missing"))}
	}
	settings, err := app.WithSetting(a.Settings.Get(), args[0], args[1])
	if err != nil {
		return err
	}
	if settings.NeedsPlainHTTPConsent() && args[0] == "base_url" {
		if !accept {
			return &usageError{errors.New(c.text.T("cli.settings.plain_http"))}
		}
		settings.PlainHTTPAccepted = settings.PlainHTTPHost()
	}
	if err := a.Settings.Save(ctx, settings, nil); err != nil {
		return err
	}
	value, err := app.SettingValue(a.Settings.Get(), args[0])
	if err != nil {
		return err
	}
	return c.print(map[string]any{args[0]: value}, func(w io.Writer) error { return printf(w, "%s %v\n", args[0], value) })
}

// setKey takes the key from the environment or standard input, never from the
// arguments, which every user of the computer can read.
func (c *command) setKey(ctx context.Context, a *app.App, args []string) error {
	if len(args) > 0 {
		return &usageError{errors.New(c.text.T("cli.settings.key_in_arguments"))}
	}
	key := strings.TrimSpace(os.Getenv("BUZON_API_KEY"))
	if key == "" {
		var err error
		if key, err = c.readSecret(); err != nil {
			return err
		}
	}
	place, err := a.Settings.SetKey(ctx, key)
	if err != nil {
		return err
	}
	return c.print(place, func(w io.Writer) error { return printf(w, "%s\n", c.keyPlace(place)) })
}

func (c *command) readSecret() (string, error) {
	if f, ok := terminal(c.streams.In, term.IsTerminal); ok {
		_ = printf(c.streams.Err, "%s ", c.text.T("cli.settings.key_prompt"))
		secret, err := term.ReadPassword(int(f.Fd()))
		_ = printf(c.streams.Err, "\n")
		if err != nil {
			return "", fmt.Errorf("read the key: %w", err)
		}
		return string(secret), nil
	}
	const longest = 4096 // far above any key
	line, err := bufio.NewReader(io.LimitReader(c.streams.In, longest)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the key: %w", err)
	}
	return strings.TrimSpace(line), nil
}

func (c *command) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: c.text.T("cli.doctor.short"), Args: c.args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.doctor(cmd.Context()) },
	}
}

// doctor prints each check as it ends, and fails when one failed.
//
// translations: doctor.*
func (c *command) doctor(ctx context.Context) error {
	checks, err := app.Examine(ctx, c.dataDir, func(check app.Check) {
		if c.asJSON {
			return
		}
		_ = printf(c.streams.Out, "%-10s %s", c.text.T("doctor.status."+string(check.Status)), c.text.T("doctor.check."+check.Name))
		if said := strings.Trim(check.Subject+": "+check.Detail, ": "); said != "" {
			_ = printf(c.streams.Out, ": %s", said)
		}
		_ = printf(c.streams.Out, "\n")
		if advice := strings.TrimSpace(c.says(check) + " " + c.text.T(check.Cure)); advice != "" {
			_ = printf(c.streams.Out, "           %s\n", advice)
		}
	})
	if err != nil {
		return err
	}
	if c.asJSON {
		type entry struct {
			app.Check
			Title string `json:"title"`
			Says  string `json:"says,omitempty"`
			Cure  string `json:"cure,omitempty"`
		}
		entries := make([]entry, len(checks))
		for i, check := range checks {
			entries[i] = entry{Check: check, Title: c.text.T("doctor.check." + check.Name), Says: c.says(check), Cure: c.text.T(check.Cure)}
		}
		if err := c.print(entries, nil); err != nil {
			return err
		}
	}
	for _, check := range checks {
		if check.Status == app.CheckFailed {
			return errReported
		}
	}
	return nil
}

// says puts into words what a check found wrong.
func (c *command) says(check app.Check) string {
	return c.text.N(check.Says, check.Count)
}
