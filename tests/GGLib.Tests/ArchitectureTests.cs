using System.Xml.Linq;

namespace GGLib.Tests;

/// <summary>Dependencies point inward: GGLib → Server → {Engine, Catalog} → Gguf. Engine and Catalog do not know each other.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["GGLib"] = ["GGLib.Server"],
        ["GGLib.Server"] = ["GGLib.Catalog", "GGLib.Engine"],
        ["GGLib.Engine"] = ["GGLib.Gguf"],
        ["GGLib.Catalog"] = ["GGLib.Gguf"],
        ["GGLib.Gguf"] = [],
    };

    [Fact]
    public void Source_projects_reference_only_inward()
    {
        var src = Path.Combine(Repository.Root, "src");
        var projects = Directory.GetFiles(src, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Keys.Order(), projects.Select(path => Path.GetFileNameWithoutExtension(path)!).Order());

        foreach (var project in projects)
        {
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(element => Path.GetFileNameWithoutExtension(element.Attribute("Include")!.Value))
                .Order();
            Assert.Equal(Allowed[Path.GetFileNameWithoutExtension(project)], references);
        }
    }

    /// <summary>Project references are transitive, so the file above alone does not hold Program's inner code from reaching the leaf.</summary>
    [Fact]
    public void Compiled_assemblies_reference_only_inward()
    {
        foreach (var name in Allowed.Keys.Where(name => name != "GGLib"))
        {
            var reached = System.Reflection.Assembly.Load(name).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(Allowed.ContainsKey);
            Assert.Subset(Reachable(name), reached.ToHashSet());
        }
    }

    private static HashSet<string> Reachable(string name) =>
        [.. Allowed[name], .. Allowed[name].SelectMany(Reachable)];
}
