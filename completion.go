package main

import (
	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for a shell",
		Long:  `Completion prints the script by which bash, fish, PowerShell or zsh completes oxgen's command lines.`,
		Example: `  source <(oxgen completion bash)                              # bash, this session
  oxgen completion zsh > "${fpath[1]}/_oxgen"                  # zsh
  oxgen completion fish > ~/.config/fish/completions/oxgen.fish
  oxgen completion powershell | Out-String | Invoke-Expression`,
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "fish", "powershell", "zsh"},
		RunE: a.action(func(c *cobra.Command, args []string) error {
			root := c.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.out, true)
			case "fish":
				return root.GenFishCompletion(a.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.out)
			}
			return root.GenZshCompletion(a.out)
		}),
	}
}

// completeDir completes the argument DIR.
func completeDir(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeProject completes the argument that is a directory or a script.
func completeProject(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// completeTargets makes the shell complete --target.
func completeTargets(c *cobra.Command) {
	var names []string
	for _, t := range target.Known() {
		names = append(names, t.String())
	}
	mustComplete(c, "target", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// releaseVersions are the versions that a SPEC may be, with what else the shell offers: files.
func releaseVersions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var versions []string
	for _, r := range dist.Known() {
		versions = append(versions, r.Version)
	}
	return versions, cobra.ShellCompDirectiveDefault
}

// mustComplete registers the completion of a flag. It only fails for a flag that c does not have.
func mustComplete(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}
