using System.Text;
using FakeLlama.Wire;
using static FakeLlama.Wire.JsonText;

namespace FakeLlama.Answers;

/// <summary>A token's log probability: always certain, its alternatives all the same token.</summary>
internal sealed class Probabilities(Vocabulary vocabulary)
{
    public string Of(string token, int top)
    {
        var one = $$"""{"id":{{vocabulary.NumberOf(token)}},"token":{{Quote(token)}},"bytes":[{{string.Join(',', Encoding.UTF8.GetBytes(token))}}],"logprob":-0.5""";
        var alternatives = string.Join(',', Enumerable.Repeat(one + "}", top));
        return $$"""{{one}},"top_logprobs":[{{alternatives}}]}""";
    }
}
