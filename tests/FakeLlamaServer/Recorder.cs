using System.Text;
using System.Text.Json;
using FakeLlama.Script;

namespace FakeLlama;

/// <summary>Remembers the last requests, and writes each to a file when asked.</summary>
internal sealed class Recorder
{
    // Enough for any test; a benchmark sends millions.
    private const int Kept = 1000;

    private readonly Lock gate = new();
    private readonly Queue<RecordedRequest> requests = new();

    public string Json
    {
        get
        {
            lock (gate)
            {
                return JsonSerializer.Serialize([.. requests], FakeJson.Default.RecordedRequestArray);
            }
        }
    }

    public async Task<byte[]> Read(HttpRequest request, string? recordTo)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        var bytes = body.ToArray();
        var recorded = new RecordedRequest
        {
            Method = request.Method,
            Path = request.Path + request.QueryString,
            Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
            Body = Encoding.UTF8.GetString(bytes),
        };
        lock (gate)
        {
            requests.Enqueue(recorded);
            if (requests.Count > Kept)
            {
                requests.Dequeue();
            }

            if (recordTo is not null)
            {
                File.AppendAllText(recordTo, JsonSerializer.Serialize(recorded, FakeJson.Default.RecordedRequest) + "\n");
            }
        }

        return bytes;
    }
}
