using System.Net;
using System.Text;

namespace GGLib.Bench.Load;

/// <summary>What is asked, and where.</summary>
internal sealed record Endpoint(string Name, IPEndPoint Address, string Path, Dialect Dialect, Func<int, string> Body)
{
    public static Endpoint OpenAI(string name, int port, string model) => new(name, Loopback(port), "/v1/chat/completions", Dialect.Events, tokens =>
        $$"""{"model":"{{model}}","stream":true,"max_tokens":{{tokens}},"messages":[{"role":"user","content":"Why is the sky blue?"}]}""");

    public static Endpoint Chat(string name, int port, string model) => new(name, Loopback(port), "/api/chat", Dialect.Lines, tokens =>
        $$"""{"model":"{{model}}","options":{"num_predict":{{tokens}}},"messages":[{"role":"user","content":"Why is the sky blue?"}]}""");

    public static Endpoint Generate(string name, int port, string model) => new(name, Loopback(port), "/api/generate", Dialect.Lines, tokens =>
        $$"""{"model":"{{model}}","options":{"num_predict":{{tokens}}},"prompt":"Why is the sky blue?"}""");

    public static Endpoint Responses(string name, int port, string model) => new(name, Loopback(port), "/v1/responses", Dialect.Responses, tokens =>
        $$"""{"model":"{{model}}","stream":true,"max_output_tokens":{{tokens}},"input":"Why is the sky blue?"}""");

    public static Endpoint Messages(string name, int port, string model) => new(name, Loopback(port), "/v1/messages", Dialect.Messages, tokens =>
        $$"""{"model":"{{model}}","stream":true,"max_tokens":{{tokens}},"messages":[{"role":"user","content":"Why is the sky blue?"}]}""");

    /// <summary>Line ends of one token's event.</summary>
    public int LineEndsOfToken => Dialect switch { Dialect.Events => 2, Dialect.Lines => 1, _ => 3 };

    /// <summary>The request's bytes.</summary>
    public byte[] Request(int tokens)
    {
        var body = Body(tokens);
        return Encoding.UTF8.GetBytes(
            $"POST {Path} HTTP/1.1\r\nHost: 127.0.0.1:{Address.Port}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>Line ends of a whole answer.</summary>
    public int LineEnds(int tokens) => LineEndsOfToken * (tokens + Dialect switch { Dialect.Events => 3, Dialect.Lines => 1, Dialect.Responses => 8, _ => 5 });

    /// <summary>Line ends after which the first token is there.</summary>
    public int LineEndsOfFirst => LineEndsOfToken * Dialect switch { Dialect.Events => 2, Dialect.Lines => 1, Dialect.Responses => 5, _ => 3 };

    private static IPEndPoint Loopback(int port) => new(IPAddress.Loopback, port);
}
