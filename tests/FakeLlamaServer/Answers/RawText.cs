using FakeLlama.Script;

namespace FakeLlama.Answers;

/// <summary>What the model itself would have written: thinking between its tags, in the same tokens.</summary>
internal static class RawText
{
    public static string[] Of(IReadOnlyList<FakeChunk> chunks)
    {
        var texts = new string[chunks.Count];
        var thinking = false;
        for (var i = 0; i < chunks.Count; i++)
        {
            var opens = !thinking && chunks[i].Reasoning is not null;
            var closes = thinking && chunks[i].Reasoning is null;
            thinking = chunks[i].Reasoning is not null;
            texts[i] = (opens ? "<think>" : closes ? "</think>" : "") + (chunks[i].Reasoning ?? chunks[i].Content);
        }

        return texts;
    }
}
