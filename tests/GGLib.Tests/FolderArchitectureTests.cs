using GGLib.Tests.Architecture;

namespace GGLib.Tests;

/// <summary>The folders of GGLib.Server use each other in one direction only.</summary>
public sealed class FolderArchitectureTests
{
    private const string Root = "";

    // Lowest first: a folder may use only folders above its own row.
    private static readonly Dictionary<string, string[]> Server = new()
    {
        ["Json"] = [],
        ["Threads"] = [],
        ["Connections"] = [],
        ["Failures"] = [],
        ["Telemetry"] = [],
        [Root] = ["Telemetry"],
        ["Replies"] = ["Json"],
        ["Access"] = [Root],
        ["Requests"] = ["Json", "Threads", "Failures"],
        ["Streaming"] = ["Json", "Failures", "Telemetry"],
        ["EngineRequests/Schemas"] = ["Json", "Threads", "Requests"],
        ["EngineRequests"] = ["Json", "Requests", "EngineRequests/Schemas"],
        ["ToolCalls"] = ["Json", "Failures", "Telemetry", "Requests", "Streaming"],
        ["Inference"] = [Root, "Json", "Threads", "Failures", "Telemetry", "Requests"],
        ["Prompts"] = ["Json", "Threads", "Failures", "Requests", "Streaming", "EngineRequests/Schemas", "EngineRequests", "Inference"],
        ["Pipeline/Messages"] = [Root, "Failures", "Requests", "EngineRequests", "Inference"],
        ["Pipeline"] = [Root, "Json", "Threads", "Failures", "Telemetry", "Replies", "Requests", "Streaming", "ToolCalls", "EngineRequests/Schemas", "EngineRequests", "Inference", "Prompts", "Pipeline/Messages"],
        ["Dialects/Admin"] = [Root, "Telemetry", "Replies", "Inference"],
        ["Dialects/Ollama"] = [Root, "Json", "Failures", "Telemetry", "Replies", "Requests", "Streaming", "Inference", "Pipeline"],
        ["Dialects/OpenAI"] = ["Json", "Failures", "Telemetry", "Replies", "Requests", "Streaming", "Inference", "Pipeline"],
        ["Dialects/OpenAI/Responses"] = [Root, "Replies", "Json", "Failures", "Telemetry", "Requests", "Streaming", "Pipeline", "Dialects/OpenAI"],
        ["Dialects/Anthropic"] = ["Json", "Failures", "Pipeline"],
        ["Dialects/Anthropic/Messages"] = ["Json", "Failures", "Requests", "Streaming", "Pipeline", "Dialects/Anthropic"],
        ["Dialects/Models"] = ["Json", "Failures", "Telemetry", "Replies", "Inference", "Dialects/OpenAI", "Dialects/Anthropic"],
        ["Dialects/LlamaServer"] = [Root, "Json", "Failures", "Telemetry", "Requests", "Streaming", "Inference", "Dialects/OpenAI"],
        ["Hosting"] =
        [
            Root, "Access", "Connections", "Threads", "Failures", "Telemetry", "Replies", "Requests", "Inference", "Prompts", "Pipeline", "Pipeline/Messages",
            "Dialects/Admin", "Dialects/Ollama", "Dialects/OpenAI", "Dialects/OpenAI/Responses", "Dialects/Anthropic", "Dialects/Anthropic/Messages", "Dialects/Models", "Dialects/LlamaServer",
        ],
    };

    [Fact]
    public void Server_folders_use_each_other_in_one_direction()
    {
        var project = Path.Combine(Repository.Root, "src", "GGLib.Server");
        var files = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: Path.GetRelativePath(project, path).Replace('\\', '/'), Full: path))
            .Where(static file => !file.Path.StartsWith("obj/", StringComparison.Ordinal) && !file.Path.StartsWith("bin/", StringComparison.Ordinal))
            .ToDictionary(static file => file.Path, static file => File.ReadAllText(file.Full));
        Assert.True(files.Count > 100, "The source files were not found.");
        Assert.Empty(new FolderRules("GGLib.Server", Server, ["ServerOptions.cs"]).Check(files));
    }

    /// <summary>An arrow in the table that points down would permit a cycle.</summary>
    [Fact]
    public void Every_row_of_the_table_names_rows_above_it()
    {
        var above = new HashSet<string>();
        foreach (var (folder, uses) in Server)
        {
            Assert.Subset(above, uses.ToHashSet());
            above.Add(folder);
        }
    }

    [Fact]
    public void A_correct_tree_has_no_violation() => Assert.Empty(Check(
        ("Low/Thing.cs", "namespace P.Low; class Thing { class Inner; }"),
        ("High/User.cs", "using P.Low;\nnamespace P.High; class User { Thing t; }"),
        ("Options.cs", "namespace P; class Options;")));

    [Fact]
    public void An_arrow_outside_the_table_is_found() => Assert.Equal(
        ["Low must not use High: Low/Thing.cs names User"],
        Check(("Low/Thing.cs", "using P.High;\nnamespace P.Low; class Thing { User u; }"), ("High/User.cs", "namespace P.High; class User;")));

    [Fact]
    public void An_arrow_made_by_an_extension_method_is_found() => Assert.Equal(
        ["Low must not use High: Low/Thing.cs names Shout"],
        Check(
            ("Low/Thing.cs", "using P.High;\nnamespace P.Low; class Thing { string s = 1.ToString().Shout(); }"),
            ("High/Texts.cs", "namespace P.High; static class Texts { public static string Shout<T>(this string text) => text; }")));

    [Theory]
    [InlineData("namespace P.Low; class Thing { P.High.User u; }")]
    [InlineData("namespace P.Low; class Thing { High.User u; }")]
    [InlineData("using U = P.High.User;\nnamespace P.Low; class Thing { U u; }")]
    [InlineData("using static P.High.User;\nnamespace P.Low; class Thing;")]
    [InlineData("using P.High;\nnamespace P.Low; class Thing { string s = $\"{new User()}\"; }")]
    [InlineData("using P.High;\nnamespace P.Low; class Thing { string s = $$\"\"\"{ {{new User()}} }\"\"\"; }")]
    [InlineData("using P.High;\nnamespace P.Low; class Thing { char c = '\"'; User u; }")]
    public void Every_way_to_name_a_type_counts(string source) => Assert.Equal(
        ["Low must not use High: Low/Thing.cs names User"], Check(("Low/Thing.cs", source), ("High/User.cs", "namespace P.High; class User { class Inner; }")));

    [Theory]
    [InlineData("// User")]
    [InlineData("/* User */")]
    [InlineData("/// <summary><see cref=\"User\"/></summary>")]
    [InlineData("string s = \"User\";")]
    [InlineData("string s = \"\\\" User\";")]
    [InlineData("string s = @\"\\\" + \"User\";")]
    [InlineData("string s = @\"\"\" User\";")]
    [InlineData("string s = $\"{{User}}\";")]
    [InlineData("string s = \"\"\" \"User\" \"\"\";")]
    [InlineData("var s = \"User\"u8;")]
    [InlineData("Inner i;")]
    public void Comments_literals_and_nested_types_do_not_count(string member) => Assert.Empty(Check(
        ("Low/Thing.cs", $"using P.High;\nnamespace P.Low; class Thing {{ {member}\n }}"), ("High/User.cs", "namespace P.High; class User { class Inner; }")));

    [Fact]
    public void A_name_that_is_not_visible_does_not_count() => Assert.Empty(Check(
        ("Low/Thing.cs", "namespace P.Low; class Thing { string User; }"), ("High/User.cs", "namespace P.High; class User;")));

    [Fact]
    public void A_cycle_is_found_even_where_the_table_allows_it()
    {
        var rules = new FolderRules("P", new Dictionary<string, string[]> { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["A"] }, []);
        Assert.Equal(["cycle: A -> B -> C -> A"], rules.Check(new Dictionary<string, string>
        {
            ["A/One.cs"] = "using P.B;\nnamespace P.A; class One { Two x; }",
            ["B/Two.cs"] = "using P.C;\nnamespace P.B; class Two { Three x; }",
            ["C/Three.cs"] = "using P.A;\nnamespace P.C; class Three { One x; }",
        }));
    }

    [Fact]
    public void A_namespace_that_differs_from_its_folder_is_found() => Assert.Equal(
        ["Low/Thing.cs has namespace P.Elsewhere; its folder is P.Low"], Check(("Low/Thing.cs", "namespace P.Elsewhere; class Thing;")));

    [Fact]
    public void A_file_outside_a_folder_is_found() => Assert.Equal(["Loose.cs lies outside a folder"], Check(("Loose.cs", "namespace P; class Loose;")));

    [Fact]
    public void A_folder_without_a_row_is_found() => Assert.Equal(["New has no row in the table"], Check(("New/Thing.cs", "namespace P.New; class Thing;")));

    private static IReadOnlyList<string> Check(params (string Path, string Source)[] files) => new FolderRules(
        "P", new Dictionary<string, string[]> { [Root] = [], ["Low"] = [], ["High"] = ["Low"] }, ["Options.cs"]).Check(files.ToDictionary(static file => file.Path, static file => file.Source));
}
