using System.Collections.Concurrent;
using GGLib.Catalog;
using GGLib.Catalog.Templates;
using GGLib.Server.Threads;

namespace GGLib.Server.Prompts;

/// <summary>Parsed Go templates: each is parsed once, although every request needs its model's. Thread-safe.</summary>
internal sealed class GoTemplateCache
{
    private const int Capacity = 64;

    private readonly ConcurrentDictionary<string, GoTemplate?> _parsed = new(StringComparer.Ordinal);

    /// <summary>The Go template in force; null when the model has none.</summary>
    public GoTemplate? Of(CatalogModel model)
    {
        if (model.TemplateInForce is not { } text || TemplateDialect.Of(text) is not TemplateLanguage.Go)
        {
            return null;
        }

        if (_parsed.Count > Capacity)
        {
            // Only requests that bring templates of their own produce so many.
            _parsed.Clear();
        }

        return _parsed.GetOrAdd(text, static source =>
        {
            SocketThread.Forbid();
            return GoTemplate.Parse(source).Template;
        });
    }
}
