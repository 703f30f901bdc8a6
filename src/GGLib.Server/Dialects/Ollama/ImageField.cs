using System.Buffers.Text;
using System.Text.Json;
using GGLib.Server.Requests;

namespace GGLib.Server.Dialects.Ollama;

/// <summary>The field <c>images</c>: base64 in the standard alphabet, padded; line breaks inside are allowed. It carries sound too.</summary>
internal static class ImageField
{
    /// <summary>The decoded files, in order.</summary>
    public static IReadOnlyList<byte[]> Read(GoObject request, string goType)
    {
        var images = new List<byte[]>();
        foreach (var element in request.Array("images", "[]api.ImageData"))
        {
            if (element.ValueKind is JsonValueKind.Null)
            {
                images.Add([]);
            }
            else if (element.ValueKind is not JsonValueKind.String)
            {
                request.Fail($"json: cannot unmarshal {(element.ValueKind is JsonValueKind.Number ? "number" : "object")} into Go struct field {goType}.images of type api.ImageData");
            }
            else if (Decode(element.GetString()!, out var badAt) is { } image)
            {
                images.Add(image);
            }
            else
            {
                request.Fail($"json: cannot unmarshal string into {goType}.images.{images.Count} of type api.ImageData: illegal base64 data at input byte {badAt}");
            }
        }

        return images;
    }

    private static byte[]? Decode(string text, out int badAt)
    {
        badAt = 0;
        try
        {
            // The framework also passes over blanks, which Go's decoder refuses.
            badAt = text.AsSpan().IndexOfAny(' ', '\t');
            return badAt < 0 && Base64.IsValid(text) ? Convert.FromBase64String(text) : Locate(text, ref badAt);
        }
        catch (FormatException)
        {
            return Locate(text, ref badAt);
        }
    }

    private static byte[]? Locate(string text, ref int badAt)
    {
        if (badAt < 0)
        {
            var bad = text.AsSpan().IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n");
            badAt = bad >= 0 ? bad : text.Length;
        }

        return null;
    }
}
