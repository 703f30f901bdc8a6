using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GGLib.Commands;

/// <summary><c>[suggest:N] LINE</c>: what can stand at a place of a command line, a candidate a line. Options only once a dash is typed.</summary>
internal sealed class Suggest(RootCommand root) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(static token => token.Type is not TokenType.Directive)?.Value ?? "";
        var directive = root.Directives.OfType<SuggestDirective>().First();
        var place = parseResult.GetResult(directive)?.Values is [var value, ..] && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Math.Min(number, line.Length)
            : line.Length;
        var word = line[(line.LastIndexOf(' ', Math.Max(place - 1, 0)) + 1)..place];
        foreach (var candidate in root.Parse(line).GetCompletions(place).Select(static item => item.Label).Distinct())
        {
            var isOption = candidate.StartsWith('-');
            if (candidate.StartsWith('/') || candidate is "-?" || (isOption && !word.StartsWith('-')))
            {
                continue;
            }

            parseResult.InvocationConfiguration.Output.WriteLine(candidate);
        }

        return ExitCode.Ok;
    }
}
