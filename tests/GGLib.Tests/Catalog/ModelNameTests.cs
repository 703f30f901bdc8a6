using FsCheck;
using FsCheck.Fluent;
using GGLib.Catalog;

namespace GGLib.Tests.Catalog;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("x", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("x:latest", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("  x \n", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("library/x", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("registry.ollama.ai/library/x:latest", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("https://registry.ollama.ai/library/x", "x:latest", "registry.ollama.ai/library/x:latest")]
    [InlineData("Registry.Ollama.AI/Library/X", "X:latest", "Registry.Ollama.AI/Library/X:latest")]
    [InlineData("me/Phi-3.5:Q4_K_M", "me/Phi-3.5:Q4_K_M", "registry.ollama.ai/me/Phi-3.5:Q4_K_M")]
    [InlineData("hf.co/user/repo-GGUF:Q4_K_M", "hf.co/user/repo-GGUF:Q4_K_M", "hf.co/user/repo-GGUF:Q4_K_M")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [InlineData("_x:_1", "_x:_1", "registry.ollama.ai/library/_x:_1")]
    [InlineData("gpt-oss:20b", "gpt-oss:20b", "registry.ollama.ai/library/gpt-oss:20b")]
    public void Names_are_filled_in_and_shown(string text, string display, string full)
    {
        Assert.True(ModelName.TryParse(text, out var name));
        Assert.Equal((display, full, NameOrigin.Unspecified), (name.Display, name.Full, name.Origin));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("x:")]
    [InlineData(":x")]
    [InlineData("/x")]
    [InlineData("x/")]
    [InlineData("a//b")]
    [InlineData("a/b/c/d")]
    [InlineData("a/b/c/d/e")]
    [InlineData("ti ny")]
    [InlineData("-x")]
    [InlineData(".x")]
    [InlineData("x:-1")]
    [InlineData("x:a:b")]
    [InlineData("us.er/x")]
    [InlineData("hf.co/own.er/x")]
    [InlineData("modül")]
    [InlineData("x@sha256")]
    [InlineData("sha256:8072990d6efffccae3638e846f9a405fde07fbc89b83b15a0ff369604d78e8b78072990d6efffccae")]
    [InlineData("http://x")]
    [InlineData("http://a/x")]
    [InlineData("../x")]
    [InlineData("x\0")]
    [InlineData("x:local:local")]
    [InlineData(":local")]
    public void Ill_formed_names_are_refused(string? text)
    {
        Assert.False(ModelName.TryParse(text, out var name));
        Assert.Null(name);
    }

    [Fact]
    public void Parts_have_a_longest_length()
    {
        var (fits, tooLong) = (new string('a', 80), new string('a', 81));

        Assert.True(ModelName.TryParse($"{fits}/{fits}:{fits}", out _));
        Assert.False(ModelName.TryParse($"{tooLong}/x", out _));
        Assert.False(ModelName.TryParse(tooLong, out _));
        Assert.False(ModelName.TryParse($"x:{tooLong}", out _));
        Assert.True(ModelName.TryParse($"{new string('h', 350)}/n/x", out _));
        Assert.False(ModelName.TryParse($"{new string('h', 351)}/n/x", out _));
        Assert.False(ModelName.TryParse(new string('/', 1_000_000), out _));
    }

    [Theory]
    [InlineData("x:local", "x:latest", NameOrigin.Local)]
    [InlineData("gpt-oss:20b:LOCAL", "gpt-oss:20b", NameOrigin.Local)]
    [InlineData("gpt-oss:20b:cloud", "gpt-oss:20b", NameOrigin.Cloud)]
    [InlineData("x:Cloud", "x:latest", NameOrigin.Cloud)]
    [InlineData("gpt-oss:20b-cloud", "gpt-oss:20b-cloud", NameOrigin.Cloud)]
    public void Suffixes_say_which_copy_is_meant(string text, string display, NameOrigin origin)
    {
        Assert.True(ModelName.TryParse(text, out var name));
        Assert.Equal((display, origin), (name.Display, name.Origin));
    }

    [Fact]
    public void Names_are_equal_without_regard_to_case()
    {
        Assert.True(ModelName.TryParse("Hf.co/User/Repo:q4_k_m", out var one));
        Assert.True(ModelName.TryParse("hf.co/user/repo:Q4_K_M", out var other));
        Assert.True(ModelName.TryParse("hf.co/user/repo:Q8_0", out var different));

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.True(one == other);
        Assert.True(one != different);
    }

    [Theory]
    [InlineData("Qwen3-0.6B-Q4_K_M.gguf", "Qwen3-0.6B-Q4_K_M:latest")]
    [InlineData("/models/Llama 3 (8B).GGUF", "Llama-3--8B-:latest")]
    [InlineData(@"C:\models\phi.gguf", "phi:latest")]
    [InlineData("big-00001-of-00003.gguf", "big:latest")]
    [InlineData("..hidden.gguf", "hidden:latest")]
    [InlineData(".gguf", "model:latest")]
    [InlineData("日本.gguf", "model:latest")]
    [InlineData("no-extension", "no-extension:latest")]
    public void A_file_name_makes_a_name(string fileName, string expected) => Assert.Equal(expected, ModelName.FromFileName(fileName).Display);

    [Fact]
    public void Every_file_name_makes_a_valid_name() => Check.QuickThrowOnFailure(
        Prop.ForAll<string?>(text => ModelName.TryParse(ModelName.FromFileName(text ?? "").Display, out var name) && name == ModelName.FromFileName(text ?? "")));

    [Fact]
    public void Parsing_never_throws_and_what_it_shows_parses_again() => Check.QuickThrowOnFailure(
        Prop.ForAll<string?>(text => !ModelName.TryParse(text, out var name) || (ModelName.TryParse(name.Display, out var again) && again == name && ModelName.TryParse(name.Full, out again) && again == name)));
}
