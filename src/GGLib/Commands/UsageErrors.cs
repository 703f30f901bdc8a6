using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using GGLib.Rendering;

namespace GGLib.Commands;

/// <summary>What is wrong with a command line, a sentence each.</summary>
internal static partial class UsageErrors
{
    private const string NoCommand = "Required command was not provided.";

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

        var errors = line.Errors.Select(static error => error.Message).Distinct().ToList();
        return [.. errors.Where(error => errors.Count == 1 || error != NoCommand)];
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
