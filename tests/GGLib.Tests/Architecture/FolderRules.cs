using System.Text.RegularExpressions;

namespace GGLib.Tests.Architecture;

/// <summary>
/// Checks the folders of one project from its source text: which folder names types or extension methods of which other folder. A name counts where it is visible: through a using directive, from an
/// enclosing namespace, or fully qualified. The project's own folder is the empty string.
/// </summary>
/// <param name="rootNamespace">The project's namespace.</param>
/// <param name="allowed">For each folder, the folders that it may use. A folder may always use itself.</param>
/// <param name="rootFiles">The files that may lie outside a folder.</param>
internal sealed partial class FolderRules(string rootNamespace, IReadOnlyDictionary<string, string[]> allowed, IReadOnlyCollection<string> rootFiles)
{
    /// <summary>Finds every violation.</summary>
    /// <param name="files">Source texts by path, relative to the project, with slashes.</param>
    /// <returns>One sentence for each violation; empty when there is none.</returns>
    public IReadOnlyList<string> Check(IReadOnlyDictionary<string, string> files)
    {
        var sources = files.OrderBy(static file => file.Key, StringComparer.Ordinal).Select(file => new Source(file.Key, SourceCode.Strip(file.Value), rootNamespace)).ToList();
        var arrows = Arrows(sources);
        return
        [
            .. sources.Where(source => source.Folder.Length == 0 && !rootFiles.Contains(source.Path)).Select(static source => $"{source.Path} lies outside a folder"),
            .. sources.Where(static source => source.Namespace != source.ExpectedNamespace).Select(static source => $"{source.Path} has namespace {source.Namespace}; its folder is {source.ExpectedNamespace}"),
            .. sources.Select(static source => source.Folder).Distinct().Where(folder => !allowed.ContainsKey(folder)).Select(static folder => $"{Name(folder)} has no row in the table"),
            .. arrows.Where(arrow => !allowed.GetValueOrDefault(arrow.Key.From, []).Contains(arrow.Key.To)).Select(static arrow => $"{Name(arrow.Key.From)} must not use {Name(arrow.Key.To)}: {arrow.Value}"),
            .. Cycles(arrows.Keys.ToLookup(static arrow => arrow.From, static arrow => arrow.To)),
        ];
    }

    /// <summary>Every arrow with its first reason, for example <c>Json/A.cs names B</c>.</summary>
    private Dictionary<(string From, string To), string> Arrows(List<Source> sources)
    {
        var folders = sources.Select(static source => source.Folder).ToHashSet();
        var declared = new Dictionary<string, HashSet<string>>();
        foreach (var source in sources)
        {
            foreach (var name in source.Declared)
            {
                (declared.TryGetValue(name, out var where) ? where : declared[name] = []).Add(source.Folder);
            }
        }

        var arrows = new Dictionary<(string From, string To), string>();
        foreach (var source in sources)
        {
            foreach (var (folder, name) in source.Uses(rootNamespace, folders, declared))
            {
                arrows.TryAdd((source.Folder, folder), $"{source.Path} names {name}");
            }
        }

        return arrows;
    }

    private static List<string> Cycles(ILookup<string, string> arrows)
    {
        var finished = new HashSet<string>();
        var path = new List<string>();
        var found = new List<string>();
        foreach (var folder in arrows.Select(static from => from.Key))
        {
            Visit(folder);
        }

        return found;

        void Visit(string folder)
        {
            if (path.IndexOf(folder) is >= 0 and var start)
            {
                found.Add($"cycle: {string.Join(" -> ", path[start..].Append(folder).Select(Name))}");
                return;
            }

            if (!finished.Contains(folder))
            {
                path.Add(folder);
                foreach (var next in arrows[folder])
                {
                    Visit(next);
                }

                path.RemoveAt(path.Count - 1);
                finished.Add(folder);
            }
        }
    }

    private static string Name(string folder) => folder.Length == 0 ? "the project's root" : folder;

    private sealed class Source
    {
        private readonly string _code;
        private readonly List<string> _usings = [];

        public Source(string path, string code, string rootNamespace)
        {
            Path = path;
            Folder = path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";
            ExpectedNamespace = Folder.Length == 0 ? rootNamespace : $"{rootNamespace}.{Folder.Replace('/', '.')}";
            Namespace = NamespaceLine().Match(code).Groups[1].Value;
            _code = UsingLine().Replace(code, match =>
            {
                _usings.Add(match.Groups[1].Value);
                return "";
            });
            Declared = [.. TopLevel(TypeDeclaration().Matches(_code)), .. ExtensionMethod().Matches(_code).Select(static match => match.Groups[1].Value)];
        }

        public string Path { get; }

        public string Folder { get; }

        public string Namespace { get; }

        public string ExpectedNamespace { get; }

        /// <summary>The names of the types and extension methods that other files can use.</summary>
        public IReadOnlyList<string> Declared { get; }

        public IEnumerable<(string Folder, string Name)> Uses(string rootNamespace, HashSet<string> folders, Dictionary<string, HashSet<string>> declared)
        {
            var visible = new List<string>();
            for (var folder = Folder; folder.Length > 0; visible.Add(folder))
            {
                folder = folder.LastIndexOf('/') is > 0 and var end ? folder[..end] : "";
            }

            foreach (var imported in _usings)
            {
                if (!imported.StartsWith(rootNamespace + ".", StringComparison.Ordinal))
                {
                    continue;
                }

                var folder = imported[(rootNamespace.Length + 1)..].Replace('.', '/');
                if (folders.Contains(folder))
                {
                    visible.Add(folder);
                }
                else if (folder.LastIndexOf('/') is > 0 and var end && folders.Contains(folder[..end]) && folder[..end] != Folder)
                {
                    // A static import, or an alias of one type.
                    yield return (folder[..end], folder[(end + 1)..]);
                }
            }

            foreach (var name in Word().Matches(_code).Select(static match => match.Value).Distinct())
            {
                if (!declared.TryGetValue(name, out var where) || where.Contains(Folder))
                {
                    continue;
                }

                foreach (var folder in visible.Where(where.Contains).Distinct())
                {
                    yield return (folder, name);
                }
            }

            foreach (var (folder, name) in QualifiedNames(folders, rootNamespace))
            {
                if (folder != Folder && declared.TryGetValue(name, out var where) && where.Contains(folder))
                {
                    yield return (folder, name);
                }
            }
        }

        /// <summary>The dotted names whose beginning is a namespace, from the root or from an enclosing namespace.</summary>
        private IEnumerable<(string Folder, string Name)> QualifiedNames(HashSet<string> folders, string rootNamespace)
        {
            foreach (Match match in DottedName().Matches(_code))
            {
                var parts = match.Value.Split('.');
                for (var length = 1; length < parts.Length; length++)
                {
                    var qualifier = string.Join('.', parts[..length]);
                    if (qualifier.StartsWith(rootNamespace + ".", StringComparison.Ordinal) && folders.Contains(qualifier[(rootNamespace.Length + 1)..].Replace('.', '/')))
                    {
                        yield return (qualifier[(rootNamespace.Length + 1)..].Replace('.', '/'), parts[length]);
                    }

                    for (var enclosing = ExpectedNamespace; enclosing.StartsWith(rootNamespace, StringComparison.Ordinal); enclosing = enclosing[..Math.Max(0, enclosing.LastIndexOf('.'))])
                    {
                        var folder = $"{enclosing}.{qualifier}"[(rootNamespace.Length + 1)..].Replace('.', '/');
                        if (folders.Contains(folder))
                        {
                            yield return (folder, parts[length]);
                        }
                    }
                }
            }
        }

        /// <summary>Nested types are members of their type and do not count.</summary>
        private IEnumerable<string> TopLevel(IEnumerable<Match> declarations)
        {
            var (depth, at) = (0, 0);
            foreach (var declaration in declarations)
            {
                for (; at < declaration.Index; at++)
                {
                    depth += _code[at] switch { '{' => 1, '}' => -1, _ => 0 };
                }

                if (depth == 0)
                {
                    yield return declaration.Groups[1].Value;
                }
            }
        }
    }

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^\s*(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:struct|class))?|delegate\s+[\w.<>?,\[\]\s]+?)\s+([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bstatic\s[^=;{}()]*?\b(\w+)(?:<[^>()]*>)?\(\s*this\s")]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b[A-Z]\w*(?:\.[A-Z]\w*)+")]
    private static partial Regex DottedName();
}
