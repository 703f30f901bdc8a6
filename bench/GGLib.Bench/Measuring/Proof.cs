using System.Text;
using System.Text.Json;
using GGLib.Bench.Load;

namespace GGLib.Bench.Measuring;

/// <summary>Before anything is measured: one answer of each endpoint is read as a client reads it, and its text must be the engine's.</summary>
internal static class Proof
{
    private const int Tokens = 100;

    public static void Of(Endpoint endpoint)
    {
        using var connection = new Connection(endpoint, endpoint.Request(Tokens));
        var body = new MemoryStream();
        connection.Reader.Seen = bytes => body.Write(bytes);
        connection.Send();
        var buffer = new byte[4096];
        for (var ended = false; !ended;)
        {
            var read = Epoll.Read(connection.Descriptor, buffer);
            if (read == 0)
            {
                throw connection.Reader.Bad("cut");
            }

            if (read < 0)
            {
                Thread.Sleep(1);
                continue;
            }

            ended = connection.Reader.Take(buffer.AsSpan(0, read));
        }

        connection.Reader.CheckEnd(endpoint.LineEnds(Tokens));
        var text = string.Concat(Encoding.UTF8.GetString(body.ToArray()).Split('\n').Select(line => Text(endpoint.Dialect, line)));
        if (text != Scripts.Text(Tokens))
        {
            throw connection.Reader.Bad("another text than the engine's: " + text);
        }
    }

    private static string? Text(Dialect dialect, string line)
    {
        if (dialect is not Dialect.Lines)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                return null;
            }

            using var json = JsonDocument.Parse(line["data: ".Length..]);
            var root = json.RootElement;
            return dialect switch
            {
                Dialect.Responses => root.GetProperty("type").ValueEquals("response.output_text.delta") ? root.GetProperty("delta").GetString() : null,
                Dialect.Messages => root.GetProperty("type").ValueEquals("content_block_delta") ? root.GetProperty("delta").GetProperty("text").GetString() : null,
                _ => root.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null,
            };
        }

        if (line.Length == 0)
        {
            return null;
        }

        using var answer = JsonDocument.Parse(line);
        return answer.RootElement.TryGetProperty("message", out var message) ? message.GetProperty("content").GetString() : answer.RootElement.GetProperty("response").GetString();
    }
}
