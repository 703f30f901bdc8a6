using System.Security.Cryptography;
using System.Text;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>
/// The names under which a model sees a client's tools. Tools outside a namespace keep their names. A tool in a namespace is always prefixed with it, <c>mcp__weather__get_weather</c>, whether or
/// not its own name is unique: the name must not change when a client adds a tool, because the prompt cache would be lost. For one request; not thread-safe.
/// </summary>
internal sealed class ToolNames
{
    /// <summary>The longest name that OpenAI's API allows.</summary>
    public const int MaxLength = 64;

    private readonly Dictionary<string, DeclaredTool> _declared = new(StringComparer.Ordinal);

    /// <summary>The declared tools by the model's name for them.</summary>
    public IReadOnlyDictionary<string, DeclaredTool> Declared => _declared;

    /// <summary>Declares a tool.</summary>
    /// <returns>The name for the model; null when the client has already declared the tool.</returns>
    public string? Declare(DeclaredTool tool)
    {
        var name = Flatten(tool.Namespace, tool.Name);
        if (_declared.TryGetValue(name, out var other))
        {
            if (other.Namespace == tool.Namespace && other.Name == tool.Name)
            {
                return null;
            }

            name = Shorten(name, $"{tool.Namespace}\n{tool.Name}");
        }

        return _declared.TryAdd(name, tool) ? name : null;
    }

    /// <summary>The model's name for a tool that a conversation mentions. It need not be declared: clients change their tools while a conversation lasts.</summary>
    public string Of(string? space, string name) => Find(space, name) ?? Flatten(space, name);

    /// <summary>The model's name for a declared tool; null when none fits. A name without a namespace also finds the only tool of that name in any namespace.</summary>
    public string? Find(string? space, string name)
    {
        string? found = null;
        foreach (var (flat, tool) in _declared)
        {
            if (tool.Name != name)
            {
                continue;
            }

            if (tool.Namespace == space)
            {
                return flat;
            }

            if (space is null)
            {
                found = found is null ? flat : "";
            }
        }

        return found is "" ? null : found;
    }

    /// <summary>The model's names for all declared tools of a namespace.</summary>
    public IEnumerable<string> In(string space) => _declared.Where(pair => pair.Value.Namespace == space).Select(static pair => pair.Key);

    private static string Flatten(string? space, string name)
    {
        if (string.IsNullOrEmpty(space))
        {
            return name;
        }

        var flat = new StringBuilder(space.TrimEnd('_')).Append("__").Append(name);
        for (var index = 0; index < flat.Length; index++)
        {
            if (!char.IsAsciiLetterOrDigit(flat[index]) && flat[index] is not ('_' or '-'))
            {
                flat[index] = '_';
            }
        }

        return flat.Length <= MaxLength ? flat.ToString() : Shorten(flat.ToString(), $"{space}\n{name}");
    }

    // Cut names must stay different from one another, and the same in every request.
    private static string Shorten(string name, string identity)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 4));
        return $"{name.AsSpan(0, Math.Min(name.Length, MaxLength - mark.Length - 1))}_{mark}";
    }
}
