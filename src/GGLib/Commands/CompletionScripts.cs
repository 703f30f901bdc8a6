namespace GGLib.Commands;

/// <summary>
/// A completion script for each shell. All do the same: they give what stands before the cursor, without the program's own name, to the
/// program's <c>[suggest:N]</c> directive, which prints a candidate a line.
/// </summary>
internal static class CompletionScripts
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "powershell"];

    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };

    private const string Bash = """
        # bash completion for gglib; needs bash 3.2 or later.
        _gglib() {
            local line=${COMP_LINE:0:COMP_POINT} word candidate IFS=$'\n'
            case $line in
                *[[:space:]]*) line=${line#*[[:space:]]} ;;
                *) line= ;;
            esac
            word=${line##*[[:space:]]}
            COMPREPLY=()
            for candidate in $("$1" "[suggest:${#line}]" "$line" 2>/dev/null </dev/null); do
                [[ $candidate == "$word"* ]] || continue
                # Readline takes a colon for a word's end and replaces only what is behind it.
                if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
                    candidate=${candidate#"${word%"${word##*:}"}"}
                fi
                COMPREPLY+=("$candidate")
            done
        }
        complete -o default -F _gglib gglib

        """;

    private const string Zsh = """
        #compdef gglib
        # zsh completion for gglib; compinit must have run.
        _gglib() {
            local line="${(j: :)${(@)words[2,CURRENT]}}"
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null </dev/null)}")
            candidates=(${candidates:#})
            if (( ${#candidates} )); then
                compadd -- "${candidates[@]}"
            else
                _files
            fi
        }
        compdef _gglib gglib

        """;

    private const string Fish = """
        # fish completion for gglib
        function __gglib_complete
            set -l line (commandline -cp | string replace -r '^\s*\S+\s*' '')
            gglib "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null </dev/null
        end
        complete -c gglib -f -a '(__gglib_complete)'
        complete -c gglib -n '__fish_seen_subcommand_from add create' -F

        """;

    private const string PowerShell = """
        # PowerShell completion for gglib
        Register-ArgumentCompleter -Native -CommandName gglib -ScriptBlock {
            param($word, $ast, $cursor)
            $line = $ast.Extent.Text
            $length = $cursor - $ast.Extent.StartOffset
            $line = if ($length -lt $line.Length) { $line.Substring(0, $length) } else { $line.PadRight($length) }
            $line = $line -replace '^\s*\S+\s*', ''
            gglib "[suggest:$($line.Length)]" $line 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;
}
