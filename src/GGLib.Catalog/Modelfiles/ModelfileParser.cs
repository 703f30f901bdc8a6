using System.Collections.Immutable;
using System.Text;

namespace GGLib.Catalog.Modelfiles;

/// <summary>
/// Reads Modelfiles as Ollama does: a command a line, whatever its case; a value ends with its line unless it is in quotes, one or three of them, which may span lines
/// and know no escapes; <c>#</c> begins a comment where a command would. Thread-safe.
/// </summary>
public static class ModelfileParser
{
    private const string Commands = "\"from\", \"license\", \"template\", \"system\", \"adapter\", \"draft\", \"renderer\", \"parser\", \"parameter\", \"message\", or \"requires\"";
    private const string Triple = "\"\"\"";

    private static readonly string[] Roles = ["system", "user", "assistant"];

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text, of any line endings.</param>
    /// <param name="problem">What is wrong, when null is returned.</param>
    public static Modelfile? Parse(string text, out ModelfileProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n');
        var file = new Modelfile();
        problem = null;
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var began = at;
            var (command, rest) = Split(line);
            string? role = null;
            string? name = null;
            if (command is "message")
            {
                (role, rest) = Split(rest);
                if (!Roles.Contains(role))
                {
                    problem = new ModelfileProblem(began + 1, "message role must be one of \"system\", \"user\", or \"assistant\"");
                    return null;
                }
            }
            else if (command is "parameter")
            {
                (name, rest) = Split(rest);
            }

            if (!TryReadValue(lines, ref at, rest, out var value))
            {
                problem = new ModelfileProblem(began + 1, $"{command} has quotes that are never closed");
                return null;
            }

            if (value.Length == 0 && command is not ("system" or "template" or "license"))
            {
                problem = new ModelfileProblem(began + 1, name is { Length: > 0 } ? $"parameter {name} has no value" : $"{command} has no value");
                return null;
            }

            if (ProblemIn(command, name, value) is { } wrong)
            {
                problem = new ModelfileProblem(began + 1, wrong);
                return null;
            }

            Modelfile? next = command switch
            {
                "from" => file with { From = file.From.Add(value) },
                "parameter" => file with { Parameters = file.Parameters.Add(new ModelfileParameter(name!, value)) },
                "template" => file with { Template = value },
                "system" => file with { System = value },
                "license" => file with { Licenses = file.Licenses.Add(value) },
                "message" => file with { Messages = file.Messages.Add(new ModelfileMessage(role!, value)) },
                "adapter" => file with { Adapters = file.Adapters.Add(value) },
                "draft" => file with { Draft = value },
                "requires" => file with { Requires = value },

                // They choose among Ollama's built-in ways to render and parse; the model's own template does that here.
                "renderer" or "parser" => file,
                _ => null,
            };
            if (next is null)
            {
                problem = new ModelfileProblem(began + 1, $"command must be one of {Commands}");
                return null;
            }

            file = next;
        }

        if (file.From.IsEmpty)
        {
            problem = new ModelfileProblem(null, "no FROM line");
            return null;
        }

        return file;
    }

    /// <summary>What a value can be judged by alone, while its line is known.</summary>
    private static string? ProblemIn(string command, string? name, string value)
    {
        switch (command)
        {
            case "parameter":
                ModelOptions.Parse([new ModelfileParameter(name!, value)], out var problem);
                return problem is null || problem.Contains(name!, StringComparison.Ordinal) ? problem : $"parameter {name}: {problem}";
            case "template":
                return ModelProfile.TemplateProblemOf(value);
            default:
                return null;
        }
    }

    /// <summary>The first word, in lower case, and what follows it.</summary>
    private static (string Word, string Remainder) Split(string text)
    {
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (text.ToLowerInvariant(), "") : (text[..end].ToLowerInvariant(), text[end..].TrimStart());
    }

    /// <summary>The value that begins on this line; further lines are taken as long as its quotes are open.</summary>
    private static bool TryReadValue(string[] lines, ref int at, string first, out string value)
    {
        var quote = first.StartsWith(Triple, StringComparison.Ordinal) ? Triple : first.StartsWith('"') ? "\"" : "";
        value = first;
        if (quote.Length == 0)
        {
            return true;
        }

        var text = new StringBuilder(first);
        while (!IsClosed(text.ToString(), quote))
        {
            if (++at == lines.Length)
            {
                return false;
            }

            text.Append('\n').Append(lines[at]);
        }

        var whole = text.ToString().TrimEnd();
        value = whole[quote.Length..^quote.Length];
        return true;
    }

    private static bool IsClosed(string text, string quote)
    {
        var trimmed = text.AsSpan().TrimEnd();
        return trimmed.Length >= 2 * quote.Length && trimmed.EndsWith(quote, StringComparison.Ordinal);
    }
}
