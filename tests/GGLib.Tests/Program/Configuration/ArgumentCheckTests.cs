using System.Collections.Frozen;
using GGLib.Configuration;
using GGLib.Engine.Installation;

namespace GGLib.Tests.Program.Configuration;

/// <summary>What a file asks of the llama-server that is used.</summary>
public sealed class ArgumentCheckTests
{
    [Theory]
    [InlineData("""{"models":{"x":{"speculative":["ngram-mod","ngram-new"]}}}""", "/c/gglib.json:1:31: llama-server 0.7.0 knows no speculative decoding 'ngram-new'; it has none, ngram-mod.")]
    [InlineData("""{"models":{"x":{"speculative":"ngram-mod"}}}""", null)]
    [InlineData("""{"models":{"x":{"draftModel":"/d.gguf"}}}""", null)]
    [InlineData("""{"models":{"x":{"threads":1,"mmap":false}}}""", null)]
    [InlineData("""{"models":{"x":{"threads":1,"splitMode":"row"}}}""", "/c/gglib.json:1:41: llama-server 0.7.0 knows no flag '--split-mode', which 'splitMode' needs.")]
    public void A_word_that_llama_server_does_not_list_is_told_with_those_it_lists(string file, string? expected)
    {
        var engine = new EngineBinary
        {
            Path = "/llama-server",
            Command = ["/llama-server"],
            Origin = EngineOrigin.Configured,
            Version = "0.7.0",
            Flags = new[] { "--spec-type", "--model-draft" }.ToFrozenSet(),
            SpeculativeTypes = ["none", "ngram-mod"],
        };

        Assert.Equal(expected, ArgumentCheck.Of(ConfigurationFileTests.Resolve(file), engine)?.Message);
    }
}
