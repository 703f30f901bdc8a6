using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GGLib.Server.Dialects.OpenAI.Responses;

/// <summary>The ids of one response and of its items: the kind, a stem that is the same for the whole response, and the item's number.</summary>
/// <param name="stem">Makes the ids unique among all responses.</param>
internal sealed class ResponseIds(string stem)
{
    /// <summary>Ids that no other response has.</summary>
    public static ResponseIds New() => new(RandomNumberGenerator.GetHexString(40, lowercase: true));

    public byte[] Response { get; } = Encoding.ASCII.GetBytes("resp_" + stem);

    /// <param name="kind">For example <c>msg</c>.</param>
    /// <param name="index">The item's index in the output.</param>
    public byte[] Item(string kind, int index) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}_{stem}{index:x4}"));
}
