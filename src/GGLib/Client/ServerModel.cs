using GGLib.Catalog;
using GGLib.Configuration;
using GGLib.Rendering;

namespace GGLib.Client;

/// <summary>A model by the name that a user gives.</summary>
internal static class ServerModel
{
    /// <summary>The server's own name for it, or that it has none such, with the names that are near.</summary>
    public static async Task<Attempt<string>> FindAsync(OllamaClient client, string asked, CancellationToken cancellation)
    {
        if (!(await client.ModelsAsync(cancellation).ConfigureAwait(false)).Succeeded(out var answer, out var failure))
        {
            return failure;
        }

        var names = (answer.Models ?? []).Select(static model => model.Name).ToList();
        return names.Find(name => Same(name, asked)) is { } found ? found : Unknown(asked, names);
    }

    /// <summary>Whether two names mean one model: without regard to case, with or without <c>:latest</c>.</summary>
    public static bool Same(string one, string other) =>
        ModelName.TryParse(one, out var first) && ModelName.TryParse(other, out var second) ? first == second : one == other;

    /// <summary>The failure for a name that nobody has.</summary>
    public static CommandFailure Unknown(string asked, IReadOnlyList<string> names)
    {
        var shown = SafeText.OneLine(asked, 100);
        var near = NearNames.Question(asked, names.Select(static name => name.EndsWith(":latest", StringComparison.Ordinal) ? name[..^":latest".Length] : name));
        return new CommandFailure(ExitCode.NoModel, File.Exists(asked)
            ? $"'{shown}' is a file, not a model's name. Give it one with: gglib add {shown}"
            : $"There is no model '{shown}'.{(near.Length > 0 ? near : names.Count == 0 ? " There are none at all; add one with: gglib add /path/to/model.gguf" : " See: gglib list")}");
    }
}
