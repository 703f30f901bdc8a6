using System.Text.Json;
using GGLib.Gguf;
using GGLib.Tests.Gguf;

namespace GGLib.Tests.Program;

/// <summary>What <c>gglib show</c> prints of the main model families, through the real command line and a library on disk.</summary>
public sealed class FamilyShowTests(ITestOutputHelper output) : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Every_family_shows_what_it_can_do()
    {
        var models = Directory.CreateDirectory(Path.Combine(_run.Folder, "models")).FullName;
        foreach (var family in Family.All)
        {
            family.Writer().Write(Path.Combine(models, family.Name + "-Q4_K_M.gguf"));
            family.Projector?.Writer.Write(Path.Combine(models, $"mmproj-{family.Name}-F16.gguf"));
        }

        Assert.Equal(ExitCode.Ok, await _run.RunAsync("add", models));
        foreach (var family in Family.All)
        {
            var name = family.Name + "-Q4_K_M";
            Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", name, "--json"));
            using (var json = JsonDocument.Parse(_run.Output))
            {
                var together = json.RootElement.GetProperty("capabilities").EnumerateArray().Select(static item => item.GetString());
                Assert.Contains(string.Join(", ", together), new[] { family.Capabilities, family.Projector?.Capabilities });
                var thinking = json.RootElement.TryGetProperty("thinking", out var kind) ? kind.GetString() : "none";
                Assert.Equal(family.Thinking.ToString(), thinking, ignoreCase: true);
            }

            Assert.Equal(ExitCode.Ok, await _run.RunAsync("show", name));
            var facts = _run.Output.Split('\n').Skip(1).Where(static line => line.Length > 16).ToDictionary(static line => line[2..16].TrimEnd(), static line => line[16..]);
            // A catalog that pairs a model with the projector beside it may show more.
            Assert.Contains(facts["capabilities"], new[] { family.Capabilities, family.Projector?.Capabilities });
            Assert.Equal((family.Architecture, "Q4_K_M", "32768 tokens"), (facts["architecture"], facts["quantisation"], facts["context"]));
            Assert.Equal(family.Thinking is not ThinkingKind.None, facts.ContainsKey("thinking"));
            Assert.Equal(family.Switch is not null, facts.TryGetValue("thinking", out var said) && said.Contains($"({family.Switch})", StringComparison.Ordinal));
            output.WriteLine($"{family.Name,-34}{facts["capabilities"],-46}{said}");
        }
    }
}
