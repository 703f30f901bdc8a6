using System.Text.Json;
using GGLib.Catalog;
using GGLib.Catalog.Modelfiles;
using GGLib.Gguf;

namespace GGLib.Tests.Catalog.Profiles;

/// <summary>What is stored of a model beside its files.</summary>
public sealed class ModelProfileTests : IDisposable
{
    private const string Everything =
        """
        FROM x
        PARAMETER temperature 0.50
        PARAMETER stop "<end>"
        PARAMETER STOP two
        PARAMETER num_ctx 1024
        PARAMETER use_mmap False
        PARAMETER mirostat 1
        SYSTEM Be brief.
        LICENSE MIT
        LICENSE and more
        MESSAGE user Hello
        MESSAGE assistant Hi!
        TEMPLATE "{{ .System }}{{ range .Messages }}{{ .Content }}{{ end }}"
        REQUIRES 0.14.0
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_Modelfile_is_kept_across_a_restart()
    {
        var path = _folder.Model("m.gguf", 4096);
        using (var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System))
        {
            Assert.True(catalog.Add(path, "m", profile: Profile(Everything)).Succeeded);
        }

        using var again = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        var profile = again.Find("m")!.Profile;
        Assert.Equal("""{"num_ctx":1024,"stop":["<end>","two"],"temperature":0.5,"use_mmap":false}""", profile.Parameters?.GetRawText());
        Assert.Equal(("Be brief.", "MIT\nand more", "0.14.0"), (profile.System, profile.License, profile.Requires));
        Assert.Equal([new("user", "Hello"), new("assistant", "Hi!")], profile.Messages);
        Assert.Equal(profile.Template, again.Find("m")!.TemplateInForce);
    }

    [Fact]
    public void Adding_the_file_again_keeps_what_is_stored()
    {
        var path = _folder.Model("m.gguf", 4096);
        using var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        catalog.Add(path, "m", profile: Profile(Everything));

        Assert.Equal("Be brief.", catalog.Add(path, "m").Model?.Profile.System);
        Assert.Null(catalog.Add(path, "m", profile: ModelProfile.None).Model?.Profile.System);
    }

    [Fact]
    public void What_is_stored_changes_the_digest_and_a_manifest_is_the_digest()
    {
        var path = _folder.Model("m.gguf", 4096);
        using var catalog = ModelCatalog.OpenInMemory(TimeProvider.System);
        var plain = catalog.Add(path, "plain").Model!;
        var brief = catalog.Add(path, "brief", profile: Profile("FROM x\nSYSTEM Be brief.")).Model!;
        var hot = catalog.Add(path, "hot", profile: Profile("FROM x\nPARAMETER num_ctx 7")).Model!;
        var pulled = catalog.Add(path, "pulled", profile: new() { ManifestDigest = new string('a', 64) }).Model!;

        Assert.Equal(3, new[] { plain.Digest, brief.Digest, hot.Digest }.Distinct().Count());
        Assert.Equal(new string('a', 64), pulled.Digest);

        // A system prompt is the request's affair; a context is the launch's.
        Assert.Equal(plain.RunDigest, brief.RunDigest);
        Assert.NotEqual(plain.RunDigest, hot.RunDigest);
    }

    [Theory]
    [InlineData("FROM x\nTEMPLATE {{ .Prompt }}", "completion")]
    [InlineData("FROM x\nTEMPLATE {{ .Prompt }}{{ .Suffix }}", "completion,insert")]
    [InlineData("FROM x\nTEMPLATE {{ .Tools }}{{ .Messages }}{{ .Thinking }}", "completion,tools,thinking")]
    [InlineData("FROM x\nTEMPLATE {% for m in messages %}{{ m.content }}{% endfor %}", "completion")]
    [InlineData("FROM x\nTEMPLATE {% if tools %}{{ tools }}{% endif %}{{ enable_thinking }}", "completion,tools,thinking")]
    public void The_template_in_force_decides_what_a_model_can_do(string modelfile, string capabilities)
    {
        var path = _folder["m.gguf"];
        new GgufWriter().Add("general.architecture", "llama").Add("tokenizer.chat_template", "{{ tools }}").Write(path);
        using var catalog = ModelCatalog.OpenInMemory(TimeProvider.System);

        Assert.Equal("completion,tools", string.Join(',', catalog.Add(path, "own").Model!.Facts.Capabilities));
        Assert.Equal(capabilities, string.Join(',', catalog.Add(path, "m", profile: Profile(modelfile)).Model!.Facts.Capabilities));

        // Published with a Go text for Ollama's renderer: the file's own goes before it.
        var published = catalog.Add(path, "p", profile: Profile(modelfile) with { PrefersFileTemplate = true }).Model!;
        Assert.Equal(("completion,tools", null), (string.Join(',', published.Facts.Capabilities), published.TemplateInForce));
    }

    [Fact]
    public void A_second_name_costs_nothing_and_keeps_everything()
    {
        var path = _folder.Model("m.gguf", 4096);
        using var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        var model = catalog.Add(path, "m", profile: Profile(Everything)).Model!;
        Assert.True(ModelName.TryParse("n", out var name));

        catalog.Copy(model, name);
        catalog.Remove("m");

        using var again = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        Assert.Equal(("n:latest", path, "Be brief."), (Assert.Single(again.List()).Name.Display, again.Find("n")!.Path, again.Find("n")!.Profile.System));
    }

    [Fact]
    public void An_adapter_that_is_gone_takes_the_model_away_until_it_is_back()
    {
        var path = _folder.Model("m.gguf", 4096);
        var adapter = _folder.Model("a.gguf", 1);
        using var catalog = ModelCatalog.Open(_folder.Path, TimeProvider.System);
        var profile = new ModelProfile { Adapters = [adapter] };
        Assert.Equal(FileRole.Adapter, catalog.Add(path, "m", profile: profile).Model?.Files[^1].Role);

        File.Move(adapter, adapter + ".away");
        Assert.Equal((FileState.Missing, $"There is no adapter '{adapter}'."), (catalog.Find("m")!.State, catalog.Find("m")!.Problem));

        File.Move(adapter + ".away", adapter);
        Assert.Equal(FileState.Ready, catalog.Find("m")!.State);
    }

    [Theory]
    [InlineData("nope", "1", "", "unknown parameter 'nope'")]
    [InlineData("temperature", "warm", "", "invalid float value [warm]")]
    [InlineData("num_ctx", "1.5", "", "invalid int value [1.5]")]
    [InlineData("use_mmap", "maybe", "", "invalid bool value [maybe]")]
    [InlineData("seed", "1", "{{ if }}", "template: ")]
    public void What_makes_no_sense_is_told(string name, string value, string template, string problem)
    {
        Assert.Null(ModelProfile.Of(new Modelfile { From = ["x"], Parameters = [new ModelfileParameter(name, value)], Template = template }, out var told));
        Assert.StartsWith(problem, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_sets_of_options_the_upper_one_counts()
    {
        using var upper = JsonDocument.Parse("""{"top_k":1,"seed":2}""");
        using var lower = JsonDocument.Parse("""{"top_k":3,"min_p":0.5}""");
        Assert.Equal("""{"min_p":0.5,"seed":2,"top_k":1}""", ModelOptions.Over(upper.RootElement, lower.RootElement)?.GetRawText());
    }

    private static ModelProfile Profile(string modelfile)
    {
        var profile = ModelProfile.Of(ModelfileParser.Parse(modelfile, out _)!, out var problem);
        Assert.Null(problem);
        return profile!;
    }
}
