using FsCheck;
using FsCheck.Fluent;
using GGLib.Catalog.Modelfiles;

namespace GGLib.Tests.Catalog.Modelfiles;

public sealed class ModelfileTests
{
    [Fact]
    public void Every_command_is_read()
    {
        var file = Parse(
            "\ufeff# a comment\r\nfrom llama3:8b\r\n\r\nPARAMETER temperature 0.5\nparameter STOP \"<|end|>\"\nPARAMETER stop <|eot|>\n  SYSTEM You are \"terse\".  \n"
            + "TEMPLATE \"\"\"{{ .System }}\n# no comment\n\"{{ .Prompt }}\"\"\"\"\nLICENSE \"\"\"MIT\n\"\"\"\nLICENSE Apache-2.0\nMESSAGE user Hello\nMESSAGE assistant \"Hi\nthere\"\n"
            + "ADAPTER ./lora.gguf\nDRAFT ./small.gguf\nRENDERER qwen3\nPARSER qwen3\nREQUIRES 0.14.0");

        Assert.Equal(["llama3:8b"], file.From);
        Assert.Equal([new("temperature", "0.5"), new("stop", "<|end|>"), new("stop", "<|eot|>")], file.Parameters);
        Assert.Equal("You are \"terse\".", file.System);
        Assert.Equal("{{ .System }}\n# no comment\n\"{{ .Prompt }}\"", file.Template);
        Assert.Equal(["MIT\n", "Apache-2.0"], file.Licenses);
        Assert.Equal([new("user", "Hello"), new("assistant", "Hi\nthere")], file.Messages);
        Assert.Equal(["./lora.gguf"], file.Adapters);
        Assert.Equal(("./small.gguf", "0.14.0"), (file.Draft, file.Requires));
    }

    [Theory]
    [InlineData("", null, "no FROM line")]
    [InlineData("SYSTEM x\n", null, "no FROM line")]
    [InlineData("FROM x\nFORM y", 2, "command must be one of \"from\", \"license\", \"template\", \"system\", \"adapter\", \"draft\", \"renderer\", \"parser\", \"parameter\", \"message\", or \"requires\"")]
    [InlineData("FROM x\n\nMESSAGE tool y", 3, "message role must be one of \"system\", \"user\", or \"assistant\"")]
    [InlineData("FROM x\nSYSTEM \"\"\"y\nz", 2, "system has quotes that are never closed")]
    [InlineData("FROM x\nTEMPLATE \"y", 2, "template has quotes that are never closed")]
    [InlineData("FROM", 1, "from has no value")]
    [InlineData("FROM x\nPARAMETER temperature", 2, "parameter temperature has no value")]
    [InlineData("FROM x\nPARAMETER", 2, "parameter has no value")]
    [InlineData("FROM x\nPARAMETER temperature warm", 2, "parameter temperature: invalid float value [warm]")]
    [InlineData("FROM x\nPARAMETER temprature 0", 2, "unknown parameter 'temprature'")]
    [InlineData("FROM x\n\nTEMPLATE \"\"\"{{ if .System }}\n\"\"\"", 3, "template: the template ends inside a block: an 'end' is missing (line 2, column 1)")]
    public void What_is_wrong_is_told_with_its_line(string text, int? line, string message)
    {
        Assert.Null(ModelfileParser.Parse(text, out var problem));
        Assert.Equal(new ModelfileProblem(line, message), problem);
    }

    [Fact]
    public void It_is_written_as_Ollama_writes_it()
    {
        var file = new Modelfile
        {
            From = ["/models/x.gguf"],
            Template = "{{ .System }}\n{{ .Prompt }}",
            System = "You are a tiny test model.",
            Parameters = [new("num_ctx", "1024"), new("stop", " \"x\" ")],
            Licenses = ["MIT"],
            Messages = [new("user", "Hello")],
        };

        Assert.Equal(
            "FROM /models/x.gguf\nTEMPLATE \"{{ .System }}\n{{ .Prompt }}\"\nSYSTEM You are a tiny test model.\nPARAMETER num_ctx 1024\nPARAMETER stop \"\"\" \"x\" \"\"\"\nLICENSE MIT\nMESSAGE user Hello\n",
            ModelfileText.Of(file));
    }

    [Fact]
    public void No_text_makes_it_throw() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            ArbMap.Default.GeneratorFor<string>().Where(static text => text is not null).ToArbitrary(),
            static text =>
            {
                foreach (var start in (ReadOnlySpan<string>)["", "FROM x\n", "FROM x\nSYSTEM \"", "FROM x\nTEMPLATE \"\"\"", "FROM x\nPARAMETER a "])
                {
                    Assert.True(ModelfileParser.Parse(start + text, out var problem) is null != (problem is null));
                }
            }));

    private static Modelfile Parse(string text)
    {
        var file = ModelfileParser.Parse(text, out var problem);
        Assert.Null(problem);
        return file!;
    }
}
