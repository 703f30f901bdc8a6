using GGLib.Catalog.Registries;

namespace GGLib.Tests.Catalog.Registries;

public sealed class RemoteNameTests
{
    [Theory]
    [InlineData("qwen3:0.6b", "registry.ollama.ai/library/qwen3:0.6b", null)]
    [InlineData(" qwen3 ", "registry.ollama.ai/library/qwen3:latest", null)]
    [InlineData("user/model:tag", "registry.ollama.ai/user/model:tag", null)]
    [InlineData("localhost:5000/ns/model:tag", "localhost:5000/ns/model:tag", null)]
    [InlineData("127.0.0.1:5000/ns/tiny", "127.0.0.1:5000/ns/tiny:latest", null)]
    [InlineData("http://127.0.0.1:5000/ns/tiny", "127.0.0.1:5000/ns/tiny:latest", "http")]
    [InlineData("http://localhost:5000/ns/model", "localhost:5000/ns/model:latest", "http")]
    [InlineData("HTTPS://example.com/ns/model", "example.com/ns/model:latest", "https")]
    public void A_name_in_Ollamas_grammar_is_one_of_a_registry(string text, string full, string? scheme)
    {
        var name = Assert.IsType<RemoteName.Registry>(RemoteName.Parse(text, out var failure));

        Assert.Null(failure);
        Assert.Equal(full, name.Model.Full);
        Assert.Equal(scheme, name.Scheme);
    }

    [Theory]
    [InlineData("hf.co/unsloth/Qwen3-0.6B-GGUF", "unsloth", "Qwen3-0.6B-GGUF", null, "hf.co/unsloth/Qwen3-0.6B-GGUF:latest")]
    [InlineData("hf.co/unsloth/Qwen3-0.6B-GGUF:latest", "unsloth", "Qwen3-0.6B-GGUF", null, "hf.co/unsloth/Qwen3-0.6B-GGUF:latest")]
    [InlineData("huggingface.co/unsloth/Qwen3-0.6B-GGUF:Q8_0", "unsloth", "Qwen3-0.6B-GGUF", "Q8_0", "hf.co/unsloth/Qwen3-0.6B-GGUF:Q8_0")]
    [InlineData("https://huggingface.co/unsloth/Qwen3-0.6B-GGUF/", "unsloth", "Qwen3-0.6B-GGUF", null, "hf.co/unsloth/Qwen3-0.6B-GGUF:latest")]
    [InlineData("HF.co/o/r:model-Q8_0.gguf", "o", "r", "model-Q8_0.gguf", "hf.co/o/r:model-Q8_0.gguf")]
    [InlineData("https://huggingface.co/o/r/resolve/main/sub/x%20y-Q8_0.gguf?download=true", "o", "r", "sub/x y-Q8_0.gguf", "r-x-y-Q8_0:latest")]
    [InlineData("https://huggingface.co/o/r/blob/main/x.gguf", "o", "r", "x.gguf", "hf.co/o/r:x.gguf")]
    public void A_repository_of_the_Hub_is_known_by_its_host(string text, string owner, string repository, string? wanted, string model)
    {
        var name = Assert.IsType<RemoteName.HuggingFace>(RemoteName.Parse(text, out _));

        Assert.Equal((owner, repository, wanted), (name.Owner, name.Repository, name.Wanted));
        Assert.Equal(model, name.Model.Display);
    }

    [Fact]
    public void An_address_of_a_GGUF_file_is_that_file()
    {
        var name = Assert.IsType<RemoteName.File>(RemoteName.Parse("https://example.com/a/Tiny%20Model.Q8_0.gguf?x=1", out _));

        Assert.Equal(new Uri("https://example.com/a/Tiny%20Model.Q8_0.gguf?x=1"), name.Address);
        Assert.Equal("Tiny-Model.Q8_0:latest", name.Model.Display);
        Assert.Equal("https://example.com/a/Tiny%20Model.Q8_0.gguf", name.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\x\\y.gguf")]
    [InlineData("a/../b:c")]
    [InlineData("a..b/ns/model")]
    [InlineData("model\0:tag")]
    [InlineData("file:///etc/x.gguf")]
    [InlineData("ftp://host/ns/model")]
    [InlineData("hf.co/owner")]
    [InlineData("hf.co/owner/..")]
    [InlineData("hf.co/../repo")]
    [InlineData("hf.co/owner/re..po")]
    [InlineData("hf.co/owner/repo:")]
    [InlineData("hf.co/owner/repo:../x.gguf")]
    [InlineData("hf.co/owner/repo/resolve/main/../../x.gguf")]
    [InlineData("hf.co/owner/repo/resolve/main/%2e%2e/x.gguf")]
    [InlineData("hf.co/owner/repo/resolve/main/x%00.gguf")]
    [InlineData("hf.co/owner/repo/tree/main")]
    [InlineData("https://user:secret@example.com/x.gguf")]
    public void Hostile_and_broken_names_are_none(string? text)
    {
        Assert.Null(RemoteName.Parse(text, out var failure));
        Assert.Equal(TransferFault.InvalidName, failure!.Fault);
        Assert.DoesNotContain('\0', failure.Message);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("hf.co/a/")]
    [InlineData("../")]
    public void A_name_of_10_KB_is_none_and_its_sentence_is_short(string unit)
    {
        Assert.Null(RemoteName.Parse(string.Concat(Enumerable.Repeat(unit, 10_240 / unit.Length)), out var failure));
        Assert.Equal(TransferFault.InvalidName, failure!.Fault);
        Assert.True(failure.Message.Length < 300);
    }

    [Theory]
    [InlineData("qwen3-coder:480b-cloud")]
    [InlineData("qwen3:cloud")]
    public void A_model_that_runs_elsewhere_cannot_be_pulled(string text)
    {
        Assert.Null(RemoteName.Parse(text, out var failure));
        Assert.Equal(TransferFault.Unsupported, failure!.Fault);
    }

    [Fact]
    public void Two_names_of_the_same_source_are_equal()
    {
        Assert.Equal(RemoteName.Parse("qwen3", out _), RemoteName.Parse("registry.ollama.ai/library/qwen3:latest", out _));
        Assert.NotEqual(RemoteName.Parse("qwen3", out _), RemoteName.Parse("Qwen3", out _));
        Assert.Equal(RemoteName.Parse("hf.co/o/r", out _), RemoteName.Parse("huggingface.co/o/r:latest", out _));
        Assert.NotEqual(RemoteName.Parse("hf.co/o/r", out _), RemoteName.Parse("hf.co/o/r:Q8_0", out _));
    }
}
