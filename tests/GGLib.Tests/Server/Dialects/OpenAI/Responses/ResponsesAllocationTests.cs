using System.Buffers;
using System.Text.Json;
using GGLib.Server.Dialects.OpenAI.Responses;
using GGLib.Server.Streaming;

namespace GGLib.Tests.Server.Dialects.OpenAI.Responses;

public class ResponsesAllocationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_delta_is_written_without_allocating(bool thinking)
    {
        using var body = JsonDocument.Parse("""{"model":"m","input":"hi","stream":true}""");
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var store = new ResponseStore(0, 0);
        var writer = new ResponsesWriter(output, (ResponsesEcho)ResponsesReader.Read(body.RootElement, store).Echo!, streaming: true, null, TimeProvider.System, new("0"), store);
        writer.Begin();

        // So much that the item's own buffer has room for the rest.
        Write(new byte[5000]);
        Write(" token"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var index = 0; index < 100; index++)
        {
            Write(" token"u8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Write(ReadOnlySpan<byte> text) => writer.Accept(thinking ? StreamEvent.Reasoning(text) : StreamEvent.Content(text));
    }
}
