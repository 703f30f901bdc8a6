using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary>What is wrong with a command line, a sentence each.</summary>
internal static partial class UsageErrors
{
    /// <summary>Empty when nothing is wrong.</summary>
    public static IReadOnlyList<string> In(ParseResult line)
    {
        var command = line.CommandResult.Command;

        // The parser lets an argument have any text: a misspelt option would be a model's name, or part of a prompt.
        var behindDashes = line.Tokens.SkipWhile(static token => token.Type is not TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        var misspelt = line.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(static argument => argument.Tokens)
            .Where(token => !behindDashes.Contains(token) && OptionForm().IsMatch(token.Value))
            .Select(static token => token.Value)
            .ToList();
        var unknown = misspelt.Concat(line.UnmatchedTokens).Select(word => Unknown(command, word)).ToList();
        if (unknown.Count > 0)
        {
            return [unknown[0]];
        }

        if (Missing(command, line) is { } missing)
        {
            return [missing];
        }

        return [.. line.Errors.Select(static error => error.Message).Distinct()];
    }

    /// <summary>The parser's own words name neither the verb nor what it lacks.</summary>
    private static string? Missing(Command command, ParseResult line)
    {
        var verb = command is RootCommand ? "gglib" : $"gglib {string.Join(' ', command.Parents.OfType<Command>().Where(static parent => parent is not RootCommand).Select(static parent => parent.Name + " "))}{command.Name}";
        if (command.Subcommands.Count > 0)
        {
            return line.Errors.Count > 0 ? $"'{verb}' needs one of: {string.Join(", ", command.Subcommands.Where(static sub => !sub.Hidden).Select(static sub => sub.Name))}." : null;
        }

        List<string> lacking = [.. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0 && line.GetResult(argument) is null or { Tokens.Count: 0 }).Select(static argument => argument.HelpName ?? argument.Name)];
        return lacking.Count > 0 ? $"'{verb}' needs a {string.Join(" and a ", lacking)}." : null;
    }

    private static string Unknown(Command command, string word)
    {
        var shown = SafeText.OneLine(word, 60);
        if (OptionForm().IsMatch(word))
        {
            return $"There is no option '{shown}'.{NearNames.Question(word.Split('=')[0], command.Options.Select(static option => option.Name))}";
        }

        return command.Subcommands.Count > 0
            ? $"There is no verb '{shown}'.{NearNames.Question(word, command.Subcommands.Where(static sub => !sub.Hidden).SelectMany(static sub => sub.Aliases.Prepend(sub.Name)))}"
            : $"'{shown}' is one word too many.";
    }

    /// <summary>As options are written; a prompt such as "-5 + 3" or "- a list" is none.</summary>
    [GeneratedRegex(@"^--?[A-Za-z][A-Za-z0-9-]*(=\S*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex OptionForm();
}
