using GGLib.Gguf;
using GGLib.Tests.Catalog;

namespace GGLib.Tests.Gguf;

public sealed class SplitSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_part_stands_for_the_whole(int part)
    {
        WriteParts("big", 3);

        var set = GgufSet.Read(PathOf("big", part, 3));

        Assert.Equal([PathOf("big", 1, 3), PathOf("big", 2, 3), PathOf("big", 3, 3)], set.Paths);
        Assert.Equal((3, 3 * 6L, "llama"), (set.Parts.Length, set.ParameterCount, set.First.Metadata.Text("general.architecture")));
        var facts = ModelFacts.From(set);
        Assert.Equal((3, 18, ModelFileKind.Model), (facts.SplitCount, facts.ParameterCount, facts.Kind));
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        WriteParts("big", 3);
        File.Delete(PathOf("big", 2, 3));

        Refused("Part 2 of 3 of the model is missing: '" + PathOf("big", 2, 3) + "'.");
    }

    [Fact]
    public void A_damaged_part_is_named()
    {
        WriteParts("big", 3);
        File.WriteAllBytes(PathOf("big", 3, 3), File.ReadAllBytes(PathOf("big", 3, 3))[..60]);

        Refused("Part 3 of 3, 'big-00003-of-00003.gguf', cannot be read: ");
    }

    [Fact]
    public void An_ordinary_model_in_place_of_a_part_is_named()
    {
        WriteParts("big", 3);
        new GgufWriter().Add("general.architecture", "llama").Write(PathOf("big", 2, 3));

        Refused("'big-00002-of-00003.gguf' is not a part of a split model");
    }

    [Fact]
    public void A_part_of_a_set_of_another_length_is_named()
    {
        WriteParts("big", 3);
        Part(1, 4, tensors: 3).Write(PathOf("big", 2, 3));

        Refused("'big-00002-of-00003.gguf' belongs to another model: it is one of 4 parts, not of 3.");
    }

    [Fact]
    public void Parts_that_changed_places_are_named()
    {
        WriteParts("big", 3);
        File.Copy(PathOf("big", 3, 3), PathOf("big", 2, 3), overwrite: true);

        Refused("'big-00002-of-00003.gguf' is not what its name says: it is part 3 of 3, not part 2.");
    }

    [Fact]
    public void A_part_of_a_model_with_other_tensors_is_named()
    {
        WriteParts("big", 3);
        Part(1, 3, tensors: 291).Write(PathOf("big", 2, 3));

        Refused("'big-00002-of-00003.gguf' belongs to another model: its split.tensors.count");
    }

    [Fact]
    public void A_part_of_another_architecture_is_named()
    {
        WriteParts("big", 3);
        Part(2, 3, tensors: 3).Add("general.architecture", "qwen3").Write(PathOf("big", 3, 3));

        Refused("'big-00003-of-00003.gguf' belongs to another model: its architecture");
    }

    [Fact]
    public void A_part_that_repeats_a_tensor_is_named()
    {
        WriteParts("big", 3);
        Part(2, 3, tensors: 3, tensor: "blk.0.w").Write(PathOf("big", 3, 3));

        Refused("'big-00003-of-00003.gguf' belongs to another model: its tensor 'blk.0.w' is in an earlier part too.");
    }

    [Fact]
    public void Parts_without_all_the_tensors_are_refused()
    {
        WriteParts("big", 3, tensors: 4);

        Refused("have 3 tensors together, not the 4 that split.tensors.count says");
    }

    [Fact]
    public void A_part_under_another_name_says_what_its_name_should_be()
    {
        Part(1, 3, tensors: 3).Write(_folder["renamed.gguf"]);

        Assert.Contains("part 2 of a model split into 3 files, but its name does not end in -00002-of-00003.gguf", Message(_folder["renamed.gguf"]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_file_is_a_set_of_one()
    {
        new GgufWriter().Add("general.architecture", "llama").Write(_folder["one.gguf"]);
        new GgufWriter().Add("general.architecture", "llama").Write(PathOf("alone", 1, 1));

        Assert.Single(GgufSet.Read(_folder["one.gguf"]).Parts);
        Assert.Single(GgufSet.Read(PathOf("alone", 1, 1)).Parts);
    }

    private string PathOf(string name, int part, int count) => _folder[$"{name}-{part:D5}-of-{count:D5}.gguf"];

    // As llama-gguf-split writes them: everything about the model is in the first part.
    private void WriteParts(string name, int count, int? tensors = null)
    {
        for (var no = 0; no < count; no++)
        {
            var part = Part(no, count, tensors ?? count);
            (no == 0 ? part.Add("general.architecture", "llama") : part).Write(PathOf(name, no + 1, count));
        }
    }

    private static GgufWriter Part(int no, int count, int tensors, string? tensor = null) => new GgufWriter()
        .Add("split.no", GgufValue.Of((ushort)no))
        .Add("split.count", GgufValue.Of((ushort)count))
        .Add("split.tensors.count", GgufValue.Of(tensors))
        .AddZeros(tensor ?? $"blk.{no}.w", GgufTensorType.F32, 2, 3);

    private void Refused(string expected) => Assert.Contains(expected, Message(PathOf("big", 1, 3)), StringComparison.Ordinal);

    private static string Message(string path) => Assert.Throws<GgufException>(() => GgufSet.Read(path)).Message;
}
