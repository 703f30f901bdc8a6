using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GGLib.Engine.Processes;

namespace GGLib.Engine.Connections;

/// <summary>The head of an HTTP/1.1 answer as it comes, and what came with it of the body. Not thread-safe.</summary>
internal sealed class ResponseHead : IDisposable
{
    private const int FirstSize = 4 * 1024;
    private const int Longest = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private int _bodyAt = -1;

    /// <summary>Where the next bytes go.</summary>
    /// <exception cref="HttpIOException">The head does not end.</exception>
    public Memory<byte> Free()
    {
        if (_end == _buffer.Length)
        {
            if (_end >= Longest)
            {
                throw Invalid("a head that does not end");
            }

            var larger = ArrayPool<byte>.Shared.Rent(_end * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(_end);
    }

    public void Filled(int count) => _end += count;

    /// <summary>Whether the head is whole. Interim answers (1xx) are passed over.</summary>
    /// <exception cref="HttpIOException">It is not HTTP/1.</exception>
    public bool TryParse()
    {
        while (true)
        {
            var bytes = _buffer.AsSpan(_start, _end - _start);
            if (!bytes.IsEmpty && !"HTTP/1."u8.StartsWith(bytes[..Math.Min(bytes.Length, 7)]))
            {
                throw Invalid("no HTTP/1 status line");
            }

            var end = bytes.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return false;
            }

            _bodyAt = _start + end + 4;
            if (Status() >= 200)
            {
                return true;
            }

            _start = _bodyAt;
        }
    }

    /// <summary>The answer, whose body owns the socket and this buffer from here on.</summary>
    /// <exception cref="HttpIOException">The head is malformed.</exception>
    public HttpResponseMessage ToResponse(HttpRequestMessage request, Socket socket, Traffic? traffic)
    {
        var response = new HttpResponseMessage((HttpStatusCode)Status()) { RequestMessage = request };
        long? length = null;
        var isChunked = false;
        var fields = new List<(string Name, string Value)>(8);
        var lines = _buffer.AsSpan(_start, _bodyAt - 4 - _start);
        var next = lines.IndexOf("\r\n"u8);
        while (next >= 0)
        {
            lines = lines[(next + 2)..];
            next = lines.IndexOf("\r\n"u8);
            var line = next < 0 ? lines : lines[..next];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                throw Invalid("a header without a name");
            }

            var name = Encoding.Latin1.GetString(line[..colon]);
            var value = Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8));
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid("a wrong Content-Length");
            }
            else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                isChunked = value.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? true : throw Invalid("an unknown Transfer-Encoding");
            }

            fields.Add((name, value));
        }

        if (response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified || request.Method == HttpMethod.Head)
        {
            (length, isChunked) = (0, false);
        }

        var body = new ResponseBody(socket, traffic, new ArraySegment<byte>(_buffer, _bodyAt, _end - _bodyAt), isChunked, isChunked ? null : length);
        _buffer = [];
        response.Content = new ResponseContent(body);
        foreach (var (name, value) in fields)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private static HttpIOException Invalid(string what) => new(HttpRequestError.InvalidResponse, $"the engine's answer is not HTTP: {what}");

    // "HTTP/1.1 200 OK": the end of the head, and with it four bytes more, is there.
    private int Status() =>
        int.TryParse(_buffer.AsSpan(_start + 8, 4), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 1000
            ? status
            : throw Invalid("no status");
}
