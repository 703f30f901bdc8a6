using System.Text;

namespace GGLib.Catalog.Modelfiles;

/// <summary>Writes Modelfiles as <c>ollama show --modelfile</c> does.</summary>
public static class ModelfileText
{
    /// <summary>The commands, one after another, each with its line's end.</summary>
    public static string Of(Modelfile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var text = new StringBuilder();
        foreach (var from in file.From)
        {
            Add("FROM", from);
        }

        foreach (var adapter in file.Adapters)
        {
            Add("ADAPTER", adapter);
        }

        if (file.Draft is { } draft)
        {
            Add("DRAFT", draft);
        }

        if (file.Template is { } template)
        {
            Add("TEMPLATE", Quote(template));
        }

        if (file.System is { } system)
        {
            Add("SYSTEM", Quote(system));
        }

        foreach (var parameter in file.Parameters)
        {
            Add("PARAMETER", $"{parameter.Name} {Quote(parameter.Value)}");
        }

        foreach (var license in file.Licenses)
        {
            Add("LICENSE", Quote(license));
        }

        foreach (var message in file.Messages)
        {
            Add("MESSAGE", $"{message.Role} {Quote(message.Content)}");
        }

        if (file.Requires is { } requires)
        {
            Add("REQUIRES", requires);
        }

        return text.ToString();

        void Add(string command, string value) => text.Append(command).Append(' ').Append(value).Append('\n');
    }

    // Only what needs quotes gets them.
    private static string Quote(string value) =>
        value.Contains('\n', StringComparison.Ordinal) || value.StartsWith(' ') || value.EndsWith(' ')
            ? value.Contains('"', StringComparison.Ordinal) ? $"\"\"\"{value}\"\"\"" : $"\"{value}\""
            : value;
}
