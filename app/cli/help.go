package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// translateHelp replaces the words that the command line library has in
// English only.
func (c *command) translateHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = printf(c.streams.Out, "%s", c.help(cmd)) })
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.InitDefaultVersionFlag()
	root.Flags().Lookup("version").Usage = c.text.T("cli.flag.version")
	root.PersistentFlags().BoolP("help", "h", false, c.text.T("cli.flag.help"))
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
}

// help returns what a command is for and how it is written.
func (c *command) help(cmd *cobra.Command) string {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	b.WriteString(about + "\n\n" + c.text.T("cli.help.usage") + "\n  " + synopsis(cmd) + "\n")
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n" + c.text.T("cli.help.commands") + "\n")
		width := 0
		for _, child := range cmd.Commands() {
			width = max(width, len(child.Use))
		}
		for _, child := range cmd.Commands() {
			if child.IsAvailableCommand() {
				b.WriteString("  " + child.Use + strings.Repeat(" ", width-len(child.Use)+2) + child.Short + "\n")
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		b.WriteString("\n" + c.text.T("cli.help.flags") + "\n" + c.flags(cmd.LocalFlags().FlagUsages()))
	}
	if cmd.HasAvailableInheritedFlags() {
		b.WriteString("\n" + c.text.T("cli.help.global") + "\n" + c.flags(cmd.InheritedFlags().FlagUsages()))
	}
	return b.String()
}

func (c *command) flags(usages string) string {
	return strings.ReplaceAll(usages, "(default ", "("+c.text.T("cli.help.default")+" ")
}

// synopsis returns a command as it is written, with its arguments.
func synopsis(cmd *cobra.Command) string {
	use := cmd.Use
	if cmd.HasParent() {
		use = cmd.Parent().CommandPath() + " " + use
	}
	if cmd.HasAvailableFlags() {
		use += " [--…]"
	}
	return use
}
